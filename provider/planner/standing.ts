import {
	type Ahead,
	type CopyState,
	currentSource,
	currentTarget,
	type Direction,
	type End,
	type PerEnd,
	type SyncMode,
	type SyncType,
} from "../model/relationship";
import type { Phase } from "./phase";
import type { Desired, Done, Neighbour } from "./situation";

/**
 * Where the relationship stands in the planner's head: observed at first, predicted after each step.
 *
 * Invariant: `ahead` is held by declared end, so reversing the roles changes nothing about who holds which writes. An
 * unreachable current source is always ahead `yes`: nobody can say what it still has.
 */
export interface Standing {
	readonly copyState: CopyState | "absent";
	readonly phase: Phase;
	readonly direction: Direction;
	readonly syncMode: SyncMode;
	readonly ahead: PerEnd<Ahead>;
	/**
	 * False where a copy was begun onto that disk and not proven complete: half a disk must neither serve nor be copied
	 * over a whole one. By declared end, like `ahead`; true where nothing is known against it.
	 */
	readonly whole: PerEnd<boolean>;
	/** `null`: a mirror. */
	readonly copy: CopyFacts | null;
}

/** What else is known of a point-in-time copy (copies-and-groups.md §1.3). */
export interface CopyFacts {
	/** False: it is asked for and was not done. */
	readonly done: Done;
	/** Gone because it fulfilled itself. */
	readonly ended: "complete" | "restored" | null;
	readonly restoreOpen: boolean;
	/** A restore was begun and not proven, whatever is kept: either end may hold what the other lacks. */
	readonly halfRestored: boolean;
}

/** What holds for the whole plan: facts that no step changes, and what follows from the wish. */
export interface Frame {
	readonly kind: SyncType;
	readonly desired: Desired;
	readonly reachable: PerEnd<boolean>;
	readonly bothReachable: boolean;
	readonly readOnly: PerEnd<boolean>;
	readonly tailUntold: boolean;
	readonly usable: PerEnd<boolean>;
	readonly features: ReadonlySet<number>;
	/** `null`: the array does not say, all are assumed. */
	readonly advertised: ReadonlySet<string> | null;
	/** A copy would be made onto a disk that is there: it was found, or an earlier step of the plan leaves it. */
	readonly targetExists: boolean;
	/** What the journal said of each end, for waits that end anywhere but in Synchronized. */
	readonly journal: PerEnd<Ahead | null>;
	/** Failedover, or on the way there, when observed: only then is Failback a way back and not a guess. */
	readonly failoverObserved: boolean;
	/** The end whose old writes may not go; `null`: none. */
	readonly kept: End | null;
	readonly neighbours: readonly Neighbour[];
}

const severity: Record<Ahead, number> = { no: 0, recent: 1, yes: 2 };

export function higherAhead(one: Ahead, other: Ahead): Ahead {
	return severity[one] >= severity[other] ? one : other;
}

/** What an asynchronous source may hold that has not arrived yet. Nothing, once it takes no more writes and that is waited for. */
export function tail(
	facts: Pick<Frame, "reachable" | "readOnly"> & { readonly tailUntold?: boolean | undefined },
	source: End,
	syncMode: SyncMode,
): Ahead {
	if (!facts.reachable[source]) return "yes";
	const mayArrive = facts.readOnly[source] && facts.tailUntold !== true;
	return syncMode !== "Synchronous" && !mayArrive ? "recent" : "no";
}

/**
 * What a target may hold of its own. While the copy stands still nobody of us saw what it took, unless it takes nothing;
 * separated or failed over it takes writes by its role.
 */
export function targetAheadIn(copyState: CopyState, readOnly: boolean): Ahead {
	switch (copyState) {
		case "Suspended":
		case "Broken":
		case "Inactive":
			return readOnly ? "no" : "yes";
		case "Fractured":
		case "Split":
		case "Skewed":
		case "Failedover":
			return "yes";
		case "Synchronized":
		case "Initialized":
		case "Unsynchronized":
		case "Prepared":
		case "Aborted":
		case "Mixed":
		case "NotApplicable":
			return "no";
		default:
			return copyState satisfies never;
	}
}

/** Reaching Synchronized, by whatever step: the target holds nothing of its own, and both disks are proven whole. */
export function synchronized(standing: Standing, frame: Frame, phase: Phase = "settled"): Standing {
	const source = currentSource(standing.direction);
	return {
		...standing,
		copyState: "Synchronized",
		phase,
		ahead: perEnd(source, tail(frame, source, standing.syncMode), "no"),
		whole: { source: true, target: true },
	};
}

/** Stopping the copy: from now on a writable source gets writes that the target lacks. */
export function separated(standing: Standing, frame: Frame, copyState: CopyState): Standing {
	const source = currentSource(standing.direction);
	const held = standing.ahead[source];
	return {
		...standing,
		copyState,
		phase: "settled",
		ahead: { ...standing.ahead, [source]: frame.readOnly[source] ? held : higherAhead(held, "recent") },
	};
}

/** Waiting for anything but Synchronized: somebody else stopped the copy, and when is not known. */
export function settledIn(standing: Standing, frame: Frame, copyState: CopyState): Standing {
	const source = currentSource(standing.direction);
	const target = currentTarget(standing.direction);
	const sourceAhead = frame.reachable[source] ? (frame.journal[source] ?? "yes") : "yes";
	return {
		...standing,
		copyState,
		phase: "settled",
		ahead: perEnd(
			source,
			standing.copy === null ? sourceAhead : standing.ahead[source],
			higherAhead(
				standing.ahead[target],
				standing.copy === null
					? targetAheadIn(copyState, frame.readOnly[target])
					: standing.whole[target]
						? "yes"
						: "no",
			),
		),
	};
}

export function perEnd<T>(source: End, ofSource: T, ofTarget: T): PerEnd<T> {
	return source === "source" ? { source: ofSource, target: ofTarget } : { source: ofTarget, target: ofSource };
}
