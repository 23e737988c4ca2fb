import { type CopyState, currentSource, currentTarget, type End, type PerEnd } from "../model/relationship";
import { isRestoreOpen, makeCopyStanding } from "./copyStanding";
import { isFailedOver, phaseOf } from "./phase";
import type { Situation } from "./situation";
import { type Frame, perEnd, type Standing, tail, targetAheadIn } from "./standing";

export function makeFrame(situation: Situation): Frame {
	const { observed, capabilities, desired } = situation;
	const failoverObserved = isFailedOver(observed);
	const serving = failoverObserved ? currentTarget(observed.direction) : currentSource(observed.direction);
	const kind = desired.kind ?? "Mirror";
	return {
		kind,
		desired,
		reachable: observed.reachable,
		bothReachable: observed.reachable.source && observed.reachable.target,
		readOnly: observed.readOnly,
		tailUntold: observed.tailUntold === true,
		usable: observed.usable,
		features: new Set(capabilities.features),
		advertised: capabilities.operations === null ? null : new Set(capabilities.operations),
		targetExists: observed.targetExists || (kind !== "Mirror" && observed.presence === "present"),
		journal: observed.ahead,
		neighbours: observed.neighbours ?? [],
		failoverObserved,
		kept: kind === "Mirror" ? (desired.keep ?? (observed.reachable[serving] ? serving : null)) : keptOfCopy(situation),
	};
}

/** Nobody serves from a copy: its source is kept, but for a restore that is open, when the copy is the only good image. */
function keptOfCopy(situation: Situation): End {
	return isRestoreOpen(situation) ? "target" : (situation.desired.keep ?? "source");
}

/**
 * The observation as the planner's start. Call only after the refusals: states without a meaning are gone by then,
 * but for CopyState 16 (Partitioned, DMTF), which counts as Broken for removal and for a failover away from a lost end.
 */
export function makeStanding({
	observed,
	desired,
}: Pick<Situation, "observed"> & Partial<Pick<Situation, "desired">>): Standing {
	if (desired?.kind !== undefined && desired.kind !== "Mirror") return makeCopyStanding({ observed, desired });
	if (observed.presence === "absent") {
		return {
			copyState: "absent",
			phase: phaseOf(observed),
			direction: "forward",
			syncMode: "Unknown",
			ahead: { source: "no", target: "no" },
			whole: { source: true, target: true },
			copy: null,
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
		ahead: perEnd(source, sourceAhead, observed.ahead[target] ?? targetAheadIn(copyState, observed.readOnly[target])),
		whole: wholeBy(observed, source, copyState),
		copy: null,
	};
}

/** Synchronized proves both disks; Initialized, Unsynchronized and Aborted say by themselves that the target is not whole. */
function wholeBy(
	{ targetConsistent, sourceConsistent }: Situation["observed"],
	source: End,
	copyState: CopyState,
): PerEnd<boolean> {
	if (copyState === "Synchronized") return { source: true, target: true };
	const begun = copyState === "Initialized" || copyState === "Unsynchronized" || copyState === "Aborted";
	return perEnd(source, sourceConsistent !== false, targetConsistent !== false && !begun);
}
