/** What a search of any oracle asks of a step. */
interface Ranked {
	readonly kind: "operation" | "wait" | "create";
	readonly operation?: string | undefined;
}

interface Walk<Move, World> {
	readonly moves: readonly Move[];
	readonly world: World;
}

export interface Space<Move, World> {
	readonly start: World;
	readonly keyOf: (world: World) => string;
	readonly holds: (world: World) => boolean;
	readonly movesFrom: (world: World) => Iterable<Move>;
	/** "compared left to right" */
	readonly costOf: (moves: readonly Move[]) => readonly number[];
	readonly codeOf: (operation: string) => number;
}

/**
 * §5 "Cheapest, compared left to right": uniform-cost search, the slow and plain kind. Costs only grow along a path and
 * equal costs stay in their order when the same steps follow, so the first path that reaches a world is its best.
 */
export function cheapestIn<Move extends { readonly step: Ranked; readonly next: World }, World>(
	space: Space<Move, World>,
): readonly Move[] | null {
	const { start, keyOf, holds, movesFrom, costOf, codeOf } = space;
	const frontier: Walk<Move, World>[] = [{ moves: [], world: start }];
	const visited = new Set<string>();
	// Equal costs have equally many operations, so the lists are then equally long.
	const compare = (a: readonly Move[], b: readonly Move[]) =>
		compareLists(costOf(a), costOf(b)) ||
		compareLists(ranksOf(a, codeOf), ranksOf(b, codeOf)) ||
		compareLists(waitsOf(a), waitsOf(b));
	for (;;) {
		const [first, ...others] = frontier;
		if (first === undefined) {
			return null;
		}
		const best = others.reduce((one, other) => (compare(other.moves, one.moves) < 0 ? other : one), first);
		frontier.splice(frontier.indexOf(best), 1);
		if (holds(best.world)) {
			return best.moves;
		}
		if (visited.has(keyOf(best.world))) {
			continue;
		}
		visited.add(keyOf(best.world));
		for (const move of movesFrom(best.world)) {
			frontier.push({ moves: [...best.moves, move], world: move.next });
		}
	}
}

/** "compare the lists of operations from the left, Suspend (and create) before all others, then by code" */
function ranksOf(moves: readonly { readonly step: Ranked }[], codeOf: (operation: string) => number): number[] {
	return moves
		.filter(({ step }) => step.kind !== "wait")
		.map(({ step }) => (step.operation === undefined || step.operation === "Suspend" ? 0 : codeOf(step.operation)));
}

/** "then the fewest waits; then the earlier wait": how many, and where they stand. */
export function waitsOf(moves: readonly { readonly step: Ranked }[]): number[] {
	const places = [...moves.entries()].filter(([, { step }]) => step.kind === "wait").map(([index]) => index);
	return [places.length, ...places];
}

export function compareLists(a: readonly number[], b: readonly number[]): number {
	for (const [index, value] of a.entries()) {
		const other = b[index];
		if (other !== undefined && other !== value) {
			return value - other;
		}
	}
	return 0;
}
