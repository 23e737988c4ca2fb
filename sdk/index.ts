export type { LedgerLine } from "../provider/ledger/line";
export { vocabulary } from "../provider/model/vocabulary";
export type { Answer, Plan, Refusal, Step } from "../provider/planner/plan";
export type { DiskHealth } from "../provider/status";
export { getReplication, type ReplicationStatus } from "./getReplication";
export { type InvalidSituation, planTransition } from "./planTransition";
export { StorageReplicationProvider, type StorageReplicationProviderArgs } from "./storageReplicationProvider";
export { VirtualDiskReplication } from "./virtualDiskReplication";
export type {
	ReplicationState,
	ReplicationTimeouts,
	TargetVirtualDiskEnd,
	VirtualDiskEnd,
	VirtualDiskReplicationArgs,
} from "./virtualDiskReplicationArgs";
