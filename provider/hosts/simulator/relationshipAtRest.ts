import {
	synchronizedSyncMode as modes,
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
	synchronizedSyncType as types,
} from "../../model/vocabulary/relationship";
import type { SimulatedRelationship } from "./world";

/** Two disks in a relationship that is at rest: a synchronous mirror, but for what is given. */
export function relationshipAtRest(
	given: Pick<SimulatedRelationship, "id" | "source" | "target"> & Partial<SimulatedRelationship>,
): SimulatedRelationship {
	return {
		copyState: states.Synchronized,
		progressStatus: progress.Completed,
		syncMode: modes.Synchronous,
		syncType: types.Mirror,
		recoveryPointObjectiveMinutes: null,
		consistent: true,
		change: null,
		copy: null,
		tail: [],
		shown: null,
		hiddenUntilMs: null,
		sourceFenced: false,
		...given,
	};
}
