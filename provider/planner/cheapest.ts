import type { End, Operation } from "../model/relationship";
import type { Hazard, Loss, Until } from "./plan";

/** A step that may be taken somewhere, and where it leads. */
export interface Move<At> {
	readonly kind: "operation" | "wait" | "create";
	/** `null` unless it is an operation. */
	readonly name: Operation | null;
	readonly code: number;
	readonly at: End;
	readonly hazard: Hazard;
	readonly loses: Loss | null;
	readonly movesRoles: boolean;
	/** Ids of the members of a group that it is sent to one by one; left out: it is sent to the whole. */
	readonly members?: readonly string[];
	/** How those members stand: of equal steps for several of them, whoever plans again has the same one first. */
	readonly standing?: string;
	/** Ids of the pairs that it creates, adds to a group or takes out of it. */
	readonly pairs?: readonly string[];
	readonly until: Until;
	readonly to: At;
	readonly why: () => string;
}

/** Where a search may go: from a standing of one relationship, or of all members of a group. */
export interface Ways<At> {
	readonly start: At;
	readonly movesFrom: (at: At) => readonly Move<At>[];
	readonly holds: (at: At) => boolean;
	/** Two places with the same key are the same place. */
	readonly keyOf: (at: At) => number | string;
}

interface Path<At> {
	readonly at: At;
	readonly key: number | string;
	/**
	 * dataLoss steps, those of them that take `yes` writes, role moves, protectionLoss steps, member steps, operations: one
	 * number, each below 100.
	 */
	readonly cost: number;
	/** The operations in order, so that string comparison is the tie-break. */
	readonly order: string;
	readonly waits: number;
	/** All steps in order, a wait before everything else: among equally many the earlier wait comes first, then how members stand. */
	readonly sequence: string;
	readonly move: Move<At> | null;
	readonly before: Path<At> | null;
}

/**
 * The cheapest legal way to where the wish holds (replication-model.md §5), or null. A uniform-cost search: the cost never
 * falls along a path and equal costs mean equally many operations, so the first path taken from the frontier that ends
 * where the wish holds is the answer, ties included.
 */
export function findCheapest<At>({ start, movesFrom, holds, keyOf }: Ways<At>): readonly Move<At>[] | null {
	const frontier = new Frontier<At>();
	frontier.add({ at: start, key: keyOf(start), cost: 0, order: "", waits: 0, sequence: "", move: null, before: null });
	const done = new Set<number | string>();
	for (;;) {
		const path = frontier.takeCheapest();
		if (path === null) return null;
		if (done.has(path.key)) continue;
		done.add(path.key);
		if (holds(path.at)) return movesOf(path);
		for (const move of movesFrom(path.at)) {
			const key = keyOf(move.to);
			if (done.has(key)) continue;
			const order = orderOf(move);
			frontier.add({
				at: move.to,
				key,
				cost: path.cost + costOf(move),
				order: path.order + order,
				waits: path.waits + (move.kind === "wait" ? 1 : 0),
				sequence: `${path.sequence}${order || "\u0000"}${move.standing ?? ""}`,
				move,
				before: path,
			});
		}
	}
}

/** A binary heap: the members of a torn group stand in many ways. */
class Frontier<At> {
	private readonly paths: Path<At>[] = [];

	add(path: Path<At>): void {
		const { paths } = this;
		let at = paths.length;
		paths.push(path);
		while (at > 0) {
			const above = (at - 1) >> 1;
			const parent = paths[above] as Path<At>;
			if (!isBefore(path, parent)) break;
			paths[at] = parent;
			at = above;
		}
		paths[at] = path;
	}

	takeCheapest(): Path<At> | null {
		const { paths } = this;
		const [best] = paths;
		const last = paths.pop();
		if (best === undefined || last === undefined) return null;
		if (paths.length > 0) this.sink(last);
		return best;
	}

	private sink(path: Path<At>): void {
		const { paths } = this;
		let at = 0;
		for (;;) {
			let below = 2 * at + 1;
			if (below >= paths.length) break;
			if (below + 1 < paths.length && isBefore(paths[below + 1] as Path<At>, paths[below] as Path<At>)) below++;
			const child = paths[below] as Path<At>;
			if (!isBefore(child, path)) break;
			paths[at] = child;
			at = below;
		}
		paths[at] = path;
	}
}

function costOf<At>(move: Move<At>): number {
	if (move.kind === "wait") return 0;
	return (
		(move.hazard === "dataLoss" ? 1e10 : 0) +
		(move.loses?.age === "yes" && move.loses.what === undefined ? 1e8 : 0) +
		(move.movesRoles ? 1e6 : 0) +
		(move.hazard === "protectionLoss" ? 1e4 : 0) +
		(move.members === undefined ? 0 : 1e2) +
		1
	);
}

/** Suspend and create come before all others: stopping the copy is the mildest thing that can be done. */
function orderOf<At>({ kind, name, code, members }: Move<At>): string {
	if (kind === "wait") return "";
	const byCode = name === null || name === "Suspend" ? "\u0001" : String.fromCharCode(code);
	// A call to the group comes before the same one to some of its members.
	return members === undefined ? byCode : `${byCode}\uffff`;
}

/** Equal in cost and operations: the fewest waits, then the earlier one. */
function isBefore<At>(one: Path<At>, other: Path<At>): boolean {
	if (one.cost !== other.cost) return one.cost < other.cost;
	if (one.order !== other.order) return one.order < other.order;
	if (one.waits !== other.waits) return one.waits < other.waits;
	return one.sequence < other.sequence;
}

function movesOf<At>(path: Path<At>): readonly Move<At>[] {
	const moves: Move<At>[] = [];
	for (let at: Path<At> | null = path; at !== null && at.move !== null; at = at.before) moves.unshift(at.move);
	return moves;
}
