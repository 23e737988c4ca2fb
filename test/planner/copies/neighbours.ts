import type { Neighbour, Situation } from "../../../provider/planner/situation";
import { phaseOf as mirrorPhaseOf } from "../oracle/world";
import type { Readings } from "./readings";
import type { CopyStep } from "./rows";

/** What §1.7 and F23 say against a step of a copy that was found; the codes that the text allows, the nearest first. */
export function saidAgainst(step: CopyStep, situation: Situation, readings: Readings): readonly string[] {
	const neighbours = situation.observed.neighbours ?? [];
	const features = new Set(situation.capabilities.features);
	const { readOnly } = situation.observed;
	const takesImage = step.kind === "create" || step.operation === "Activate" || step.operation === "ResyncReplica";
	const restores = step.operation === "RestoreFromReplica";
	const copies = takesImage || (readings.resumeIsACopy && step.operation === "Resume");
	const found: string[] = [];
	for (const neighbour of neighbours) {
		if (takesImage && isMirrorOf(neighbour, "source", "target")) {
			// "mirror copying, in transit to Synchronized, Aborted, or known not consistent"
			if (isIncomplete(neighbour)) {
				found.push("SR1027");
			}
			// "F4 …: refused (kinds must be equal)"
			if (features.has(4)) {
				found.push("SR1022");
			}
		}
		// "restore onto S, which is a mirror's source: mirror not Split or Fractured"
		if (restores && isMirrorOf(neighbour, "source", "source") && !isSeparated(neighbour, readings)) {
			found.push("SR1034");
		}
		// "restore onto S, which is a mirror's target: not Failedover: refused: S is not its own"
		if (restores && isMirrorOf(neighbour, "source", "target") && !isSettledIn(neighbour, "Failedover")) {
			found.push("SR1035");
		}
		// "anything that makes a disk a target (create, Failback, ReverseRoles; a copy onto T)"
		if (copies && neighbour.at === "target" && neighbour.role === "target") {
			found.push("SR1035");
		}
		const isMirror = neighbour.syncType === "Mirror";
		// "A neighbour Restoring: nothing that copies from S", of which a copy is none the less one; nor is it restored twice at once.
		if ((takesImage || restores) && isRestoring(neighbour)) {
			found.push("SR1027");
		}
		// The text is silent: a disk that another copy is restoring is not made a target besides. Its image would be gone with it.
		if (copies && isRestoring({ ...neighbour, at: neighbour.at === "target" ? "source" : "target" })) {
			found.push("SR1027");
		}
		if (
			restores &&
			readings.restoreMakesTarget &&
			!isMirror &&
			neighbour.at === "source" &&
			neighbour.role === "target"
		) {
			found.push("SR1035");
		}
	}
	// "F23: create, Activate, ResyncReplica, RestoreFromReplica only while the disk copied *from* takes no writes"
	if (features.has(23) && ((takesImage && !readOnly.source) || (restores && !readOnly.target))) {
		found.push("SR1036");
	}
	return found;
}

function isMirrorOf(neighbour: Neighbour, at: "source" | "target", role: "source" | "target"): boolean {
	return neighbour.syncType === "Mirror" && neighbour.at === at && neighbour.role === role;
}

function isRestoring({ syncType, at, role, progressStatus }: Neighbour): boolean {
	return syncType !== "Mirror" && at === "source" && role === "source" && progressStatus === "Restoring";
}

function isIncomplete({ copyState, progressStatus, targetConsistent }: Neighbour): boolean {
	if (copyState === "Aborted" || targetConsistent === false) {
		return true;
	}
	if (typeof copyState !== "string" || typeof progressStatus !== "string") {
		return false;
	}
	return ["copying", "to Synchronized"].includes(mirrorPhaseOf(copyState, progressStatus, null));
}

function isSeparated(neighbour: Neighbour, readings: Readings): boolean {
	return readings.splitMustBeSettled
		? isSettledIn(neighbour, "Split") || isSettledIn(neighbour, "Fractured")
		: neighbour.copyState === "Split" || neighbour.copyState === "Fractured";
}

function isSettledIn({ copyState, progressStatus }: Neighbour, state: string): boolean {
	return (
		copyState === state &&
		typeof progressStatus === "string" &&
		mirrorPhaseOf(copyState, progressStatus, null) === "settled"
	);
}
