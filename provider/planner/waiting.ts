import { currentSource, currentTarget, type Operation } from "../model/relationship";
import { copyCompleted, restored } from "./copyStanding";
import { features } from "./features";
import { isAdvertised, type NameEnd } from "./operations";
import { ruleFor } from "./rules";
import { type Frame, type Standing, settledIn, synchronized } from "./standing";

/** Waiting: where it leads, or null when nothing moves or nobody could see it arrive. */
export function waitFrom(standing: Standing, frame: Frame): Standing | null {
	if (standing.copy !== null && (!frame.bothReachable || isNotWaitedFor(standing, frame))) return null;
	switch (standing.phase) {
		case "copying":
		case "toSynchronized":
			return frame.bothReachable ? synchronizedByWaiting(standing, frame) : null;
		case "restoring":
			return frame.bothReachable ? restored(standing, frame) : null;
		case "toFractured":
			return settledIn(standing, frame, "Fractured");
		case "toSplit":
			return settledIn(standing, frame, "Split");
		case "toSuspended":
			return settledIn(standing, frame, "Suspended");
		case "toFailedover":
			return settledIn(standing, frame, "Failedover");
		case "settled":
			// A restore that broke is nothing to be waited for: from Broken nothing leads on (CCI refuses).
			return standing.copyState === "Broken" &&
				standing.copy?.restoreOpen !== true &&
				frame.bothReachable &&
				frame.features.has(features.brokenRecoversAutomatically)
				? synchronizedByWaiting(standing, frame)
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

/**
 * Whoever wishes a clone suspended, or gone, means the copy that is running, not the whole one that it would become in
 * hours: to wait costs no call and would be the cheaper plan.
 */
function isNotWaitedFor(standing: Standing, frame: Frame): boolean {
	const { state, by } = frame.desired;
	if (standing.phase !== "copying") return false;
	const may = (operation: Operation) =>
		isAdvertised(operation, frame) && ruleFor(operation, frame.kind)?.legal(standing, frame) === true;
	if (state === "absent") return (["Detach", "Dissolve"] as const).some((end) => (by ?? end) === end && may(end));
	const isAsked = standing.copy?.done.retake === false || standing.copy?.done.restore === false;
	return state === "suspended" && !isAsked && may("Suspend");
}

function synchronizedByWaiting(standing: Standing, frame: Frame): Standing {
	return standing.copy === null ? synchronized(standing, frame) : copyCompleted(standing, frame);
}

export function whyWait({ phase, copyState, direction }: Standing, name: NameEnd): string {
	if (phase === "copying")
		return `${name(currentTarget(direction))} is being copied from ${name(currentSource(direction))}`;
	if (phase === "restoring")
		return `${name(currentSource(direction))} is being made what ${name(currentTarget(direction))} is`;
	if (copyState === "Broken") return "the array recovers on its own";
	return "the array is on its way there";
}
