import { currentSource, currentTarget, type End } from "../model/relationship";
import { features } from "./features";
import { isAdvertised, type NameEnd, type OperationRule, operationRules, plannedOperations } from "./operations";
import type { Hazard, Loss, Step } from "./plan";
import { type Frame, type Standing, settledIn, synchronized } from "./standing";
import { wishHolds } from "./wishes";

/** A step the search may take, and where it leads. */
interface Move {
	readonly kind: "operation" | "wait" | "create";
	readonly name: (typeof plannedOperations)[number] | null;
	readonly at: End;
	readonly hazard: Hazard;
	readonly loses: Loss | null;
	readonly from: Standing;
	readonly to: Standing;
}

interface Path {
	readonly standing: Standing;
	readonly key: number;
	/** dataLoss steps, those of them that take `yes` writes, role moves, protectionLoss steps, operations: one number, each below 1,000. */
	readonly cost: number;
	/** The operations in order, one character each, so that string comparison is the tie-break. */
	readonly order: string;
	readonly waits: number;
	/** All steps in order, a wait before everything else: among equally many the earlier wait comes first. */
	readonly sequence: string;
	readonly move: Move | null;
	readonly before: Path | null;
}

export interface FoundPlan {
	readonly steps: readonly Step[];
	/** What is predicted after each step; as many as steps. */
	readonly standings: readonly Standing[];
	readonly end: Standing;
}

/**
 * The cheapest legal way from a standing to where the wish holds (replication-model.md §5), or null. A uniform-cost
 * search: the cost never falls along a path and equal costs mean equally many operations, so the first path taken from
 * the frontier that ends where the wish holds is the answer, ties included. The space is small (a few dozen standings
 * at most), so the frontier is an array.
 */
export function findPlan(start: Standing, frame: Frame, name: NameEnd): FoundPlan | null {
	const frontier: Path[] = [
		{ standing: start, key: keyOf(start), cost: 0, order: "", waits: 0, sequence: "", move: null, before: null },
	];
	const done = new Set<number>();
	while (frontier.length > 0) {
		const path = takeCheapest(frontier);
		if (done.has(path.key)) continue;
		done.add(path.key);
		if (wishHolds(frame.desired, path.standing)) return foundAt(path, name);
		for (const move of movesFrom(path.standing, frame)) {
			const key = keyOf(move.to);
			if (done.has(key)) continue;
			frontier.push({
				standing: move.to,
				key,
				cost: path.cost + costOf(move),
				order: path.order + orderOf(move),
				waits: path.waits + (move.kind === "wait" ? 1 : 0),
				sequence: path.sequence + (orderOf(move) || "\u0000"),
				move,
				before: path,
			});
		}
	}
	return null;
}

function movesFrom(standing: Standing, frame: Frame): Move[] {
	const moves: Move[] = [];
	const waited = waitFrom(standing, frame);
	if (waited !== null) {
		moves.push({ kind: "wait", name: null, at: "source", hazard: "none", loses: null, from: standing, to: waited });
	}
	if (standing.copyState === "absent") {
		const created = createFrom(standing, frame);
		if (created !== null) moves.push(created);
		return moves;
	}
	for (const name of plannedOperations) {
		const rule = operationRules[name];
		if (!rule.serves(standing, frame) || !isAdvertised(name, frame) || !rule.legal(standing, frame)) continue;
		const hazard = rule.hazard(standing, frame);
		const loses = hazard === "dataLoss" ? lossOf(rule, standing) : null;
		if (loses !== null && loses.age === "yes" && loses.end === frame.kept) continue;
		moves.push({
			kind: "operation",
			name,
			at: rule.at(standing, frame),
			hazard,
			loses,
			from: standing,
			to: rule.result(standing, frame),
		});
	}
	return moves;
}

function lossOf(rule: OperationRule, { direction, ahead }: Standing): Loss {
	const end = rule.takes === "currentSource" ? currentSource(direction) : currentTarget(direction);
	return { end, age: ahead[end] === "recent" ? "recent" : "yes" };
}

/** Waiting: where it leads, or null when nothing moves or nobody could see it arrive. */
function waitFrom(standing: Standing, frame: Frame): Standing | null {
	switch (standing.phase) {
		case "copying":
		case "toSynchronized":
			return frame.bothReachable ? synchronized(standing, frame) : null;
		case "toFractured":
			return settledIn(standing, frame, "Fractured");
		case "toSplit":
			return settledIn(standing, frame, "Split");
		case "toSuspended":
			return settledIn(standing, frame, "Suspended");
		case "toFailedover":
			return settledIn(standing, frame, "Failedover");
		case "settled":
			return standing.copyState === "Broken" &&
				frame.bothReachable &&
				frame.features.has(features.brokenRecoversAutomatically)
				? synchronized(standing, frame)
				: null;
		case "requiresFracture":
		case "requiresResyncReplica":
		case "requiresActivate":
		case "requiresSplit":
		case "requiresResume":
		case "requiresDetach":
		case "ambiguous":
			return null;
		default:
			standing.phase satisfies never;
			return null;
	}
}

/** CreateReplica onto a disk that exists overwrites it. */
function createFrom(standing: Standing, frame: Frame): Move | null {
	const { desired } = frame;
	if (desired.state !== "active" && desired.state !== "suspended" && desired.state !== "split") return null;
	const loses: Loss | null = frame.targetExists ? { end: "target", age: "yes" } : null;
	if (loses !== null && frame.kept === "target") return null;
	return {
		kind: "create",
		name: null,
		at: "source",
		hazard: loses === null ? "none" : "dataLoss",
		loses,
		from: standing,
		to: {
			copyState: "Unsynchronized",
			phase: "copying",
			direction: "forward",
			syncMode: desired.syncMode ?? "Unknown",
			ahead: { source: "yes", target: "no" },
			whole: { source: true, target: false },
		},
	};
}

function costOf(move: Move): number {
	if (move.kind === "wait") return 0;
	const movesRoles = move.name !== null && operationRules[move.name].movesRoles;
	return (
		(move.hazard === "dataLoss" ? 1e12 : 0) +
		(move.loses?.age === "yes" ? 1e9 : 0) +
		(movesRoles ? 1e6 : 0) +
		(move.hazard === "protectionLoss" ? 1e3 : 0) +
		1
	);
}

/** Suspend and create come before all others: stopping the copy is the mildest thing that can be done. */
function orderOf({ kind, name }: Move): string {
	if (kind === "wait") return "";
	return name === null || name === "Suspend" ? "\u0001" : String.fromCharCode(operationRules[name].code);
}

/** Equal in cost and operations: the fewest waits, then the earlier one. */
function isBefore(one: Path, other: Path): boolean {
	if (one.cost !== other.cost) return one.cost < other.cost;
	if (one.order !== other.order) return one.order < other.order;
	if (one.waits !== other.waits) return one.waits < other.waits;
	return one.sequence < other.sequence;
}

function takeCheapest(frontier: Path[]): Path {
	let best = 0;
	for (let index = 1; index < frontier.length; index++) {
		if (isBefore(frontier[index] as Path, frontier[best] as Path)) best = index;
	}
	const [path] = frontier.splice(best, 1);
	return path as Path;
}

function foundAt(path: Path, name: NameEnd): FoundPlan {
	const moves: Move[] = [];
	for (let at: Path | null = path; at !== null && at.move !== null; at = at.before) moves.unshift(at.move);
	return {
		steps: moves.map((move) => stepOf(move, name)),
		standings: moves.map((move) => move.to),
		end: path.standing,
	};
}

function stepOf(move: Move, name: NameEnd): Step {
	const { from, to } = move;
	const until = { copyState: to.copyState, direction: to.direction };
	const loses = move.loses === null ? {} : { loses: move.loses };
	if (move.kind === "wait") return { kind: "wait", until, why: whyWait(from, name) };
	if (move.kind === "create" || move.name === null) {
		const why = `${name("target")} becomes a copy of ${name("source")}`;
		return { kind: "create", at: "source", hazard: move.hazard, ...loses, until, why };
	}
	const rule = operationRules[move.name];
	return {
		kind: "operation",
		operation: move.name,
		code: rule.code,
		at: move.at,
		hazard: move.hazard,
		...loses,
		until,
		why: rule.why(from, name),
	};
}

function whyWait({ phase, copyState, direction }: Standing, name: NameEnd): string {
	if (phase === "copying")
		return `${name(currentTarget(direction))} is being copied from ${name(currentSource(direction))}`;
	if (copyState === "Broken") return "the array recovers on its own";
	return "the array is on its way there";
}

const copyStateKeys: Record<Standing["copyState"], number> = {
	absent: 0,
	Initialized: 1,
	Unsynchronized: 2,
	Synchronized: 3,
	Broken: 4,
	Fractured: 5,
	Split: 6,
	Inactive: 7,
	Suspended: 8,
	Failedover: 9,
	Prepared: 10,
	Aborted: 11,
	Skewed: 12,
	Mixed: 13,
	NotApplicable: 14,
};
const phaseKeys: Record<Standing["phase"], number> = {
	settled: 0,
	copying: 1,
	requiresFracture: 2,
	requiresResyncReplica: 3,
	requiresActivate: 4,
	toSynchronized: 5,
	toFractured: 6,
	toSplit: 7,
	toSuspended: 8,
	toFailedover: 9,
	ambiguous: 10,
	requiresSplit: 11,
	requiresResume: 12,
	requiresDetach: 13,
};
const aheadKeys = { no: 0, recent: 1, yes: 2 } as const;
const syncModeKeys = { Unknown: 0, Synchronous: 1, Asynchronous: 2 } as const;

/** Two standings with the same number are the same standing. */
function keyOf(standing: Standing): number {
	let key = copyStateKeys[standing.copyState];
	key = key * 14 + phaseKeys[standing.phase];
	key = key * 2 + (standing.direction === "forward" ? 0 : 1);
	key = key * 3 + syncModeKeys[standing.syncMode];
	key = key * 3 + aheadKeys[standing.ahead.source];
	key = key * 3 + aheadKeys[standing.ahead.target];
	key = key * 2 + (standing.whole.source ? 1 : 0);
	return key * 2 + (standing.whole.target ? 1 : 0);
}
