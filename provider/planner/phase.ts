import type { SyncType } from "../model/relationship";
import type { Observed } from "./situation";

/**
 * Where a relationship stands between two states.
 * - `settled`: nothing moves. - `copying`: towards Synchronized, the copy state says so.
 * - `requires…`: done, but nothing else goes on until that operation is issued.
 * - `to…`: on the way to that copy state. - `restoring`: a copy is being written over its source. - `ambiguous`: what is seen has no one meaning; only waiting tells.
 */
export type Phase =
	| "settled"
	| "copying"
	| "requiresFracture"
	| "requiresResyncReplica"
	| "requiresActivate"
	| "requiresSplit"
	| "requiresResume"
	| "requiresDetach"
	| "toSynchronized"
	| "restoring"
	| "toFractured"
	| "toSplit"
	| "toSuspended"
	| "toFailedover"
	| "ambiguous";

/** The first row that fits (replication-model.md §2). An unknown ProgressStatus is refused before anybody asks. */
export function phaseOf(
	observed: Pick<Observed, "presence" | "copyState" | "progressStatus" | "job">,
	kind: SyncType = "Mirror",
): Phase {
	const { copyState, progressStatus, job } = observed;
	const isMirror = kind === "Mirror";
	if (job !== null) return "ambiguous";
	if (observed.presence === "absent" || typeof progressStatus !== "string") return "settled";
	switch (progressStatus) {
		case "Pending":
		case "Detaching":
		case "Aborting":
		case "Mixed":
		case "Terminating":
			return "ambiguous";
		case "RequiresFracture":
			return "requiresFracture";
		case "RequiresResync":
			return "requiresResyncReplica";
		case "RequiresActivate":
			return "requiresActivate";
		case "RequiresSplit":
			return "requiresSplit";
		case "RequiresResume":
			return "requiresResume";
		case "RequiresDetach":
			return "requiresDetach";
		case "Fracturing":
			return copyState === "Failedover" ? "ambiguous" : "toFractured";
		case "Splitting":
			return copyState === "Failedover" ? "ambiguous" : "toSplit";
		case "Suspending":
			return copyState === "Failedover" ? "ambiguous" : "toSuspended";
		case "FailingOver":
			return "toFailedover";
		case "FailingBack":
			return "toSynchronized";
		case "Restoring":
			return isMirror ? "toSynchronized" : "restoring";
		case "Initializing":
		case "Preparing":
		case "Synchronizing":
		case "Resyncing":
			return copyState === "Unsynchronized" || copyState === "Initialized" ? "copying" : "toSynchronized";
		case "Completed":
		case "Dormant":
		case "NotApplicable":
		case "Unknown":
			// A copy that is Initialized is associated, and nothing was started.
			return copyState === "Unsynchronized" || (copyState === "Initialized" && isMirror) ? "copying" : "settled";
		default:
			progressStatus satisfies never;
			return "ambiguous";
	}
}

/** The same with what only time can tell set aside: where the relationship stands once a job or a passing status is over. */
export function phaseAtRest(observed: Observed, kind?: SyncType): Phase {
	const phase = phaseOf({ ...observed, job: null }, kind);
	return phase === "ambiguous" ? phaseOf({ ...observed, job: null, progressStatus: "Completed" }, kind) : phase;
}

/** Failed over, or on the way there: the target serves. Said by what is seen and not by the phase, which a job hides. */
export function isFailedOver({
	presence,
	copyState,
	progressStatus,
}: Pick<Observed, "presence" | "copyState" | "progressStatus">): boolean {
	return presence === "present" && (copyState === "Failedover" || progressStatus === "FailingOver");
}
