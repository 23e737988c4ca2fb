import type { JobFact } from "../../executor/host";
import { replicaPeerPeerObjectType as peerObjectTypes } from "../../model/vocabulary/relationship";
import type { AffectedAnswer, JobRow } from "./answers";

/** One MSFT_StorageJob. A state that is not reported is 0, which is neither running nor ended. */
export function jobOf(row: JobRow): JobFact {
	const [objectId, instanceId, uniqueId, jobState, percentComplete, operationalStatus, errorCode, errorDescription] =
		row;
	return {
		id: objectId || instanceId || uniqueId || "",
		jobState: jobState ?? 0,
		percentComplete,
		operationalStatus: operationalStatus ?? [],
		errorCode,
		errorDescription,
	};
}

/** UniqueIds of disks: of those that a job affects, and of those that peers stand for. A peer may also stand for an array. */
export function affectedDisksOf({ disks, peers }: AffectedAnswer): string[] {
	const ofPeers = peers.filter(([, , type]) => type !== peerObjectTypes.StorageSubSystem);
	return [...disks, ...ofPeers].flatMap(([uniqueId, objectId]) => uniqueId || objectId || []);
}
