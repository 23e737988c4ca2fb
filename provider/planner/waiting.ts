import { currentSource, currentTarget } from "../model/relationship";
import { copyCompleted, restored } from "./copyStanding";
import { features } from "./features";
import type { NameEnd } from "./operations";
import { type Frame, type Standing, settledIn, synchronized } from "./standing";

/** Waiting: where it leads, or null when nothing moves or nobody could see it arrive. */
export function waitFrom(standing: Standing, frame: Frame): Standing | null {
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
			return standing.copyState === "Broken" &&
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
