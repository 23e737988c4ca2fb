import { type CopyState, currentSource, currentTarget, type End, isUnknown } from "../model/relationship";
import { features } from "./features";
import { phaseOf } from "./phase";
import type { Done, Situation } from "./situation";
import { type CopyFacts, type Frame, perEnd, type Standing } from "./standing";

/** CopyState 18 of newer DMTF, what some arrays show after a restore: it counts as Synchronized (copies-and-groups.md §1.3). */
const restoredState = 18;

/**
 * A point-in-time copy as the planner's start (copies-and-groups.md §1.3). Call only after the refusals: 16 and 17 are left
 * for a removal alone, and count as Broken there.
 */
export function makeCopyStanding({ observed, desired }: Pick<Situation, "observed" | "desired">): Standing {
	const { direction, done = everythingDone } = observed;
	const copy: CopyFacts = {
		done: {
			// Nothing is held where a snapshot is inactive, so nothing can be taken anew.
			retake: done.retake || desired.retake !== true || desired.state === "inactive",
			restore: done.restore || desired.restore !== true,
		},
		ended: observed.ended ?? null,
		restoreOpen: isRestoreOpen({ observed, desired }),
		halfRestored: observed.restoreOpen === true,
	};
	const phase = phaseOf(observed, desired.kind);
	if (observed.presence === "absent") {
		return {
			copyState: "absent",
			phase,
			direction: "forward",
			syncMode: "Unknown",
			ahead: { source: "no", target: "no" },
			whole: { source: true, target: true },
			copy,
		};
	}
	const copyState = copyStateIn(observed);
	const [source, target] = [currentSource(direction), currentTarget(direction)];
	const whole = isWholeIn(copyState, phase, observed.targetConsistent);
	// While a restore is open nobody can say what either disk holds; to keep the source does not tell it.
	const sourceAhead = copy.halfRestored || !observed.reachable[source] ? "yes" : (observed.ahead[source] ?? "yes");
	const targetAhead = copy.halfRestored ? "yes" : (observed.ahead[target] ?? (whole ? "yes" : "no"));
	return {
		copyState,
		phase,
		direction,
		syncMode: observed.syncMode,
		ahead: perEnd(source, sourceAhead, targetAhead),
		whole: perEnd(source, observed.sourceConsistent !== false || isProven(copyState, phase), whole),
		copy,
	};
}

function isProven(copyState: CopyState, phase: Standing["phase"]): boolean {
	return copyState === "Synchronized" && phase !== "copying" && phase !== "toSynchronized";
}

const everythingDone: Done = { retake: true, restore: true };

/** The way out without a restore is to keep the source: whoever says so says that it is good. */
export function isRestoreOpen({ observed, desired }: Pick<Situation, "observed" | "desired">): boolean {
	return observed.restoreOpen === true && desired.keep !== "source";
}

function copyStateIn({ copyState }: Situation["observed"]): CopyState {
	if (!isUnknown(copyState)) return copyState;
	return copyState.unknown === restoredState ? "Synchronized" : "Broken";
}

export function countsAsNamed(copyState: Situation["observed"]["copyState"]): boolean {
	return isUnknown(copyState) && copyState.unknown === restoredState;
}

/** The point in time is whole: proven by Synchronized, denied by the states that hold none and by a copy that runs onto it. */
function isWholeIn(copyState: CopyState, phase: Standing["phase"], targetConsistent: boolean | null): boolean {
	if (phase === "copying" || phase === "toSynchronized") return false;
	switch (copyState) {
		case "Synchronized":
			return true;
		case "Initialized":
		case "Unsynchronized":
		case "Prepared":
		case "Inactive":
		case "Aborted":
			return false;
		case "Suspended":
		case "Broken":
		case "Fractured":
		case "Split":
		case "Skewed":
		case "Failedover":
		case "Mixed":
		case "NotApplicable":
			return targetConsistent !== false;
		default:
			return copyState satisfies never;
	}
}

/** Synchronized, Fractured, Split or Skewed, and whole: there is something to restore from. */
export function holdsImage({ copyState, direction, whole }: Standing): boolean {
	return (
		whole[currentTarget(direction)] &&
		(copyState === "Synchronized" || copyState === "Fractured" || copyState === "Split" || copyState === "Skewed")
	);
}

/** While a restore is asked, or open, nothing may replace the very image that is meant. */
export function mayReplaceImage({ done, restoreOpen }: CopyFacts): boolean {
	return done.restore && !restoreOpen;
}

/** Feature 23: a disk is copied from only while it takes no writes. */
export function mayReadSource(end: End, { features: has, readOnly }: Frame): boolean {
	return !has.has(features.copyRequiresOfflineSource) || readOnly[end];
}

/** A new point in time: a snapshot has it at once, a clone copies it first. */
export function taken(standing: Standing, frame: Frame): Standing {
	const source = currentSource(standing.direction);
	const isWhole = frame.kind === "Snapshot";
	return {
		...standing,
		copyState: isWhole ? "Synchronized" : "Unsynchronized",
		phase: isWhole ? "settled" : "copying",
		// While a restore is open nobody can say what the disks hold.
		ahead: standing.copy?.halfRestored
			? standing.ahead
			: perEnd(source, frame.readOnly[source] ? "no" : "recent", "no"),
		whole: perEnd(source, standing.whole[source], isWhole),
		copy: { done: { retake: true, restore: doneOf(standing).restore }, ended: null, ...openOf(standing) },
	};
}

/** The copy ran to its end. A clone may be let go of then (feature 18; a tokenized one is expected to be). */
export function copyCompleted(standing: Standing, frame: Frame): Standing {
	const target = currentTarget(standing.direction);
	const detaches =
		frame.kind === "TokenizedClone" || (frame.kind === "Clone" && frame.features.has(features.completeCloneDetaches));
	const whole: Standing = {
		...standing,
		copyState: "Synchronized",
		phase: "settled",
		ahead: withoutOwnWrites(standing, target),
		whole: { source: true, target: true },
	};
	return detaches ? gone(whole, "complete") : whole;
}

/** The source was made what the copy is; some arrays want the copy detached, resumed or fractured after it. */
export function restored(standing: Standing, frame: Frame): Standing {
	const source = currentSource(standing.direction);
	const has = frame.features;
	return {
		...standing,
		copyState: "Synchronized",
		phase: has.has(features.restoreRequiresDetach)
			? "requiresDetach"
			: has.has(features.restoreRequiresResume)
				? "requiresResume"
				: has.has(features.restoreRequiresFracture)
					? "requiresFracture"
					: "settled",
		ahead: perEnd(source, frame.readOnly[source] ? "no" : "recent", "no"),
		whole: { source: true, target: true },
		copy: { done: { ...doneOf(standing), restore: true }, ended: null, restoreOpen: false, halfRestored: false },
	};
}

/** A state that holds no point in time. */
export function emptied(standing: Standing, copyState: CopyState): Standing {
	const target = currentTarget(standing.direction);
	return {
		...standing,
		copyState,
		phase: "settled",
		ahead: withoutOwnWrites(standing, target),
		whole: { ...standing.whole, [target]: false },
	};
}

/** A copy that runs, or holds nothing, has no writes of its own; while a restore is open nobody can say so. */
function withoutOwnWrites({ ahead, copy }: Standing, target: End): Standing["ahead"] {
	return copy?.halfRestored ? ahead : { ...ahead, [target]: "no" };
}

export function gone(standing: Standing, ended: CopyFacts["ended"]): Standing {
	return {
		...standing,
		copyState: "absent",
		phase: "settled",
		copy: { done: doneOf(standing), ended, ...openOf(standing) },
	};
}

const doneOf = ({ copy }: Standing): Done => copy?.done ?? everythingDone;
const openOf = ({ copy }: Standing): Pick<CopyFacts, "restoreOpen" | "halfRestored"> => ({
	restoreOpen: copy?.restoreOpen ?? false,
	halfRestored: copy?.halfRestored ?? false,
});
