import { codes, type Move, movesFrom, type OracleStep, roleMoves } from "./moves";
import { wishHolds } from "./wishes";
import { type Facts, keyOf, type World } from "./world";

/**
 * §5 "Cheapest, compared left to right": uniform-cost search, the slow and plain kind. Costs only grow along a path and
 * equal costs stay in their order when the same steps follow, so the first path that reaches a world is its best.
 */
export function findCheapest(start: World, facts: Facts): readonly Move[] | null {
	const frontier: Path[] = [{ moves: [], world: start }];
	const visited = new Set<string>();
	for (;;) {
		const best = takeCheapest(frontier);
		if (best === null) {
			return null;
		}
		if (wishHolds(best.world, facts)) {
			return best.moves;
		}
		if (visited.has(keyOf(best.world))) {
			continue;
		}
		visited.add(keyOf(best.world));
		for (const move of movesFrom(best.world, facts)) {
			frontier.push({ moves: [...best.moves, move], world: move.next });
		}
	}
}

interface Path {
	readonly moves: readonly Move[];
	readonly world: World;
}

function takeCheapest(frontier: Path[]): Path | null {
	let best: Path | null = null;
	for (const path of frontier) {
		if (best === null || compare(path, best) < 0) {
			best = path;
		}
	}
	if (best !== null) {
		frontier.splice(frontier.indexOf(best), 1);
	}
	return best;
}

/** Negative: `a` is the better one. Equal costs have equally many operations, so the lists are then equally long. */
function compare(a: Path, b: Path): number {
	return (
		compareLists(costOf(a), costOf(b)) || compareLists(ranksOf(a), ranksOf(b)) || compareLists(waitsOf(a), waitsOf(b))
	);
}

/**
 * "number of dataLoss steps; of those among them that take `yes` writes; of role moves …; of protectionLoss steps; of
 * operations (create counts, wait does not)"
 */
function costOf({ moves }: Path): number[] {
	const count = (counts: (step: OracleStep) => boolean) => moves.filter(({ step }) => counts(step)).length;
	return [
		count(({ hazard }) => hazard === "dataLoss"),
		count(({ hazard, loses }) => hazard === "dataLoss" && loses?.age === "yes"),
		count(({ operation }) => operation !== undefined && roleMoves.includes(operation)),
		count(({ hazard }) => hazard === "protectionLoss"),
		count(({ kind }) => kind !== "wait"),
	];
}

/** "then the fewest waits; then the earlier wait": how many, and where they stand. */
function waitsOf({ moves }: Path): number[] {
	const places = [...moves.entries()].filter(([, { step }]) => step.kind === "wait").map(([index]) => index);
	return [places.length, ...places];
}

/** "compare the lists of operations from the left, Suspend (and create) before all others, then by code" */
function ranksOf({ moves }: Path): number[] {
	return moves.flatMap(({ step }) => {
		switch (step.kind) {
			case "wait":
				return [];
			case "create":
				return [0];
			case "operation":
				return step.operation === "Suspend" ? [0] : [codes[step.operation ?? "Suspend"] ?? 0];
			default:
				throw step.kind satisfies never;
		}
	});
}

function compareLists(a: readonly number[], b: readonly number[]): number {
	for (const [index, value] of a.entries()) {
		const other = b[index];
		if (other !== undefined && other !== value) {
			return value - other;
		}
	}
	return 0;
}
