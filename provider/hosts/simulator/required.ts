import { newerProgressStatus, type Operation } from "../../model/relationship";
import { virtualDiskToVirtualDiskProgressStatus as progress } from "../../model/vocabulary/relationship";
import type { SimulatedRelationship } from "./world";

/** The one operation that this relationship waits for; removals go, too. */
export function requiredOf({ progressStatus }: SimulatedRelationship): Operation | null {
	switch (progressStatus) {
		case progress.RequiresFracture:
			return "Fracture";
		case progress.RequiresResync:
			return "ResyncReplica";
		case progress.RequiresActivate:
			return "Activate";
		case newerProgressStatus.RequiresDetach:
			return "Detach";
		case newerProgressStatus.RequiresSplit:
			return "Split";
		case newerProgressStatus.RequiresResume:
			return "Resume";
		default:
			return null;
	}
}
