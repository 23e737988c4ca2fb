import * as z from "zod";
import type { SupportedOperation } from "../../model/capabilities";
import {
	replicationCapabilitiesGetSupportedOperationsSupportedOperations as operationNumbers,
	replicationCapabilitiesSupportedReplicationTypes as replicationTypes,
} from "../../model/vocabulary/capabilities";
import { virtualDiskCreateReplicaSyncType as types } from "../../model/vocabulary/operations";

/** The name of an operation that an array may advertise. */
export const operation = z.enum(Object.keys(operationNumbers) as [SupportedOperation, ...SupportedOperation[]]);

/**
 * What an array does with point-in-time copies of one kind.
 * - `operations`, `features`: what it advertises for them; an operation that is not among them is answered by 1.
 * - `jobs`: operations that answer 4096 and go on as a job.
 * - `afterRestore`: where a restore ends. `Broken`: it breaks off half way, and the copy is the only good image. `Restored` is
 *   CopyState 18 of newer DMTF.
 * - `haltedVanishes`: a copy that is stopped or breaks off is gone with its relationship (3PAR).
 * - `reportsSyncTime`: false: it never tells the point in time.
 */
export const copyBehaviourSchema = z.strictObject({
	operations: z.array(operation).nullable(),
	features: z.array(z.int()),
	jobs: z.array(operation),
	afterRestore: z.enum(["Synchronized", "Broken", "Inactive", "Restored"]),
	haltedVanishes: z.boolean(),
	reportsSyncTime: z.boolean(),
});

export type CopyBehaviour = z.infer<typeof copyBehaviourSchema>;

/** A TokenizedClone behaves as a Clone does, and always detaches when it is whole. */
export type CopyKind = "Snapshot" | "Clone";

export const kindOf = (syncType: number): CopyKind => (syncType === types.Snapshot ? "Snapshot" : "Clone");

/** The kind that a number of `SupportedReplicationTypes` is about; `null`: a mirror. */
export function kindOfReplicationType(replicationType: number): CopyKind | null {
	const name = Object.entries(replicationTypes).find(([, number]) => number === replicationType)?.[0] ?? "";
	if (name.includes("Snapshot")) return "Snapshot";
	return name.includes("Clone") ? "Clone" : null;
}

const snapshotOperations: SupportedOperation[] = [
	"Activate",
	"Deactivate",
	"Detach",
	"Dissolve",
	"Fracture",
	"ResyncReplica",
	"RestoreFromReplica",
	"Resume",
	"ReturnToResourcePool",
	"Split",
	"Unprepare",
];
const cloneOperations: SupportedOperation[] = [
	...snapshotOperations.filter((name) => name !== "ReturnToResourcePool"),
	"Abort",
	"Suspend",
];

const kind: Omit<CopyBehaviour, "operations"> = {
	features: [],
	jobs: [],
	afterRestore: "Synchronized",
	haltedVanishes: false,
	reportsSyncTime: true,
};

export const kindCopies: Readonly<Record<CopyKind, CopyBehaviour>> = {
	Snapshot: { ...kind, operations: snapshotOperations },
	Clone: { ...kind, operations: cloneOperations },
};

/** 3PAR advertises {Abort} for clones only, a halted one vanishes, and a promoted snapshot is Idle: our Inactive. */
export const threeparCopies: Readonly<Record<CopyKind, CopyBehaviour>> = {
	Snapshot: {
		...kind,
		operations: null,
		jobs: ["ResyncReplica", "RestoreFromReplica"],
		afterRestore: "Inactive",
	},
	Clone: {
		...kind,
		operations: ["Abort"],
		haltedVanishes: true,
	},
};
