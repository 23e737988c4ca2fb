import {
	type Ahead,
	type CopyState,
	currentSource,
	currentTarget,
	type Direction,
	type End,
	type PerEnd,
	type SyncMode,
} from "../model/relationship";
import { isFailedOver, type Phase, phaseOf } from "./phase";
import type { Desired, Situation } from "./situation";

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
	/** False only when the journal knows of an interrupted copy; then the target must not serve. */
	readonly targetConsistent: boolean;
}

/** What holds for the whole plan: facts that no step changes, and what follows from the wish. */
export interface Frame {
	readonly desired: Desired;
	readonly reachable: PerEnd<boolean>;
	readonly bothReachable: boolean;
	readonly readOnly: PerEnd<boolean>;
	readonly features: ReadonlySet<number>;
	/** `null`: the array does not say, all are assumed. */
	readonly advertised: ReadonlySet<string> | null;
	readonly targetExists: boolean;
	/** What the journal said of each end, for waits that end anywhere but in Synchronized. */
	readonly journal: PerEnd<Ahead | null>;
	/** Failedover, or on the way there, when observed: only then is Failback a way back and not a guess. */
	readonly failoverObserved: boolean;
	/** The end whose old writes may not go; `null`: none. */
	readonly kept: End | null;
}

const severity: Record<Ahead, number> = { no: 0, recent: 1, yes: 2 };

export function higherAhead(one: Ahead, other: Ahead): Ahead {
	return severity[one] >= severity[other] ? one : other;
}

export function makeFrame(situation: Situation): Frame {
	const { observed, capabilities, desired } = situation;
	const failoverObserved = isFailedOver(observed);
	const serving = failoverObserved ? currentTarget(observed.direction) : currentSource(observed.direction);
	return {
		desired,
		reachable: observed.reachable,
		bothReachable: observed.reachable.source && observed.reachable.target,
		readOnly: observed.readOnly,
		features: new Set(capabilities.features),
		advertised: capabilities.operations === null ? null : new Set(capabilities.operations),
		targetExists: observed.targetExists,
		journal: observed.ahead,
		failoverObserved,
		kept: desired.keep ?? (observed.reachable[serving] ? serving : null),
	};
}

/**
 * The observation as the planner's start. Call only after the refusals: states without a meaning are gone by then,
 * but for CopyState 16 (Partitioned, DMTF), which counts as Broken for removal and for a failover away from a lost end.
 */
export function makeStanding({ observed }: Situation): Standing {
	if (observed.presence === "absent") {
		return {
			copyState: "absent",
			phase: phaseOf(observed),
			direction: "forward",
			syncMode: "Unknown",
			ahead: { source: "no", target: "no" },
			targetConsistent: true,
		};
	}
	const copyState = typeof observed.copyState === "string" ? observed.copyState : "Broken";
	const source = currentSource(observed.direction);
	const target = currentTarget(observed.direction);
	const sourceAhead = observed.reachable[source]
		? (observed.ahead[source] ?? (copyState === "Synchronized" ? tail(observed, source, observed.syncMode) : "yes"))
		: "yes";
	return {
		copyState,
		phase: phaseOf(observed),
		direction: observed.direction,
		syncMode: observed.syncMode,
		ahead: perEnd(source, sourceAhead, observed.ahead[target] ?? targetAheadIn(copyState)),
		targetConsistent: observed.targetConsistent !== false || copyState === "Synchronized",
	};
}

/** What an asynchronous source may hold that has not arrived yet. Nothing, once it takes no more writes. */
function tail(
	facts: { readonly reachable: PerEnd<boolean>; readonly readOnly: PerEnd<boolean> },
	source: End,
	syncMode: SyncMode,
): Ahead {
	if (!facts.reachable[source]) return "yes";
	return syncMode !== "Synchronous" && !facts.readOnly[source] ? "recent" : "no";
}

/** Where both ends may have been written to on their own. */
function targetAheadIn(copyState: CopyState): Ahead {
	return copyState === "Fractured" || copyState === "Split" || copyState === "Skewed" || copyState === "Failedover"
		? "yes"
		: "no";
}

/** Reaching Synchronized, by whatever step: the target holds nothing of its own and is proven whole. */
export function synchronized(standing: Standing, frame: Frame, phase: Phase = "settled"): Standing {
	const source = currentSource(standing.direction);
	return {
		...standing,
		copyState: "Synchronized",
		phase,
		ahead: perEnd(source, tail(frame, source, standing.syncMode), "no"),
		targetConsistent: true,
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
		ahead: perEnd(source, sourceAhead, higherAhead(standing.ahead[target], targetAheadIn(copyState))),
	};
}

export function perEnd(source: End, ofSource: Ahead, ofTarget: Ahead): PerEnd<Ahead> {
	return source === "source" ? { source: ofSource, target: ofTarget } : { source: ofTarget, target: ofSource };
}
