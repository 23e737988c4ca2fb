import { compareLists, waitsOf } from "../oracle/cheapest";
import { roleMoves } from "../oracle/moves";
import { wishHolds } from "../oracle/wishes";
import { type GroupFacts, type GroupWorld, keyOfGroup, surplusOf } from "./set";
import { type GroupMove, type GroupStep, groupCodes, groupMovesFrom } from "./steps";

/** §2.4 "`consistency` and `pairs` belong to `active` and `reversed`, as the mode does; an unreported consistency counts as met". */
export function groupWishHolds(world: GroupWorld, facts: GroupFacts): boolean {
	if (!world.standings.every((one) => wishHolds(one.world, one.group))) {
		return false;
	}
	if (facts.wish !== "active" && facts.wish !== "reversed") {
		return true;
	}
	const isConsistent = facts.consistency === null || world.consistency === null;
	const inside = new Set(world.standings.flatMap(({ ids }) => ids));
	const allInside = facts.pairs === null || facts.pairs.every((id) => inside.has(id));
	return (isConsistent || world.consistency === facts.consistency) && allInside && surplusOf(world, facts).length === 0;
}

/**
 * §2.4 "Cost, left to right": uniform-cost search as for a pair. Costs only grow along a path and equal costs stay in their
 * order when the same steps follow, so the first path that reaches a set is its best.
 */
export function findCheapestForGroup(start: GroupWorld, facts: GroupFacts): readonly GroupMove[] | null {
	const frontier: Path[] = [pathOf([], start)];
	const visited = new Set<string>();
	for (;;) {
		const best = takeCheapest(frontier);
		if (best === null) {
			return null;
		}
		if (groupWishHolds(best.world, facts)) {
			return best.moves;
		}
		const key = keyOfGroup(best.world, facts);
		if (visited.has(key)) {
			continue;
		}
		visited.add(key);
		for (const move of groupMovesFrom(best.world, facts)) {
			if (!visited.has(keyOfGroup(move.next, facts))) {
				add(frontier, pathOf([...best.moves, move], move.next));
			}
		}
	}
}

interface Path {
	readonly moves: readonly GroupMove[];
	readonly world: GroupWorld;
	readonly cost: readonly number[];
	readonly ranks: readonly number[];
	readonly waits: readonly number[];
}

function pathOf(moves: readonly GroupMove[], world: GroupWorld): Path {
	const steps = moves.map(({ step }) => step);
	return {
		moves,
		world,
		cost: costOf(steps),
		ranks: steps.flatMap(rankOf),
		waits: waitsOf(steps.map((step) => ({ step }))),
	};
}

/** Costliest first: the cheapest is taken from the end. Among equals the older one goes first. */
function add(frontier: Path[], path: Path): void {
	let low = 0;
	let high = frontier.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (compare(path, frontier[middle]) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	frontier.splice(low, 0, path);
}

function takeCheapest(frontier: Path[]): Path | null {
	return frontier.pop() ?? null;
}

function compare(a: Path | undefined, b: Path | undefined): number {
	if (a === undefined || b === undefined) {
		return 0;
	}
	return compareLists(a.cost, b.cost) || compareLists(a.ranks, b.ranks) || compareLists(a.waits, b.waits);
}

/**
 * §2.4 "dataLoss steps; role moves; protectionLoss steps; **member steps**; operations", and from the pair model "of those
 * among them that take `yes` writes" after the first.
 */
function costOf(steps: readonly GroupStep[]): number[] {
	const count = (counts: (step: GroupStep) => boolean) => steps.filter(counts).length;
	return [
		count(({ hazard }) => hazard === "dataLoss"),
		count(({ hazard, loses }) => hazard === "dataLoss" && loses?.age === "yes"),
		count(({ operation }) => operation !== undefined && roleMoves.includes(operation)),
		count(({ hazard }) => hazard === "protectionLoss"),
		count(({ members }) => members !== undefined),
		count(({ kind }) => kind !== "wait"),
	];
}

/** "then the pair's tie-break, a group step before its member step" */
function rankOf({ kind, operation, members }: GroupStep): number[] {
	switch (kind) {
		case "wait":
			return [];
		case "create":
			return [0];
		case "operation": {
			const code = operation === "Suspend" || operation === undefined ? 0 : (groupCodes[operation] ?? 0);
			return [code + (members === undefined ? 0 : 0.5)];
		}
		default:
			throw kind satisfies never;
	}
}
