import {
	synchronizedSyncMode as modes,
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
	synchronizedSyncType as types,
} from "../../model/vocabulary/relationship";
import type { SimulatedRelationship } from "./world";

/** A synchronous mirror of two disks that is at rest, but for what is given. */
export function synchronizedMirror(
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
