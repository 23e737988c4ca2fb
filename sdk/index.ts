export type { LedgerLine } from "../provider/ledger/line";
export {
	CloneDeletePolicy,
	CloneState,
	CreatePolicy,
	DeletePolicy,
	Expendability,
	GroupDeletePolicy,
	ReplicationEnd,
	ReplicationState,
	RoleChangePolicy,
	SnapshotDeletePolicy,
	SnapshotState,
	SyncMode,
} from "../provider/model/argumentValues";
export type { SupportedOperation } from "../provider/model/capabilities";
export type { ErrorCode } from "../provider/model/errorCodes";
export { CopyState, Direction, type End, type Operation } from "../provider/model/relationship";
export { vocabulary } from "../provider/model/vocabulary";
export {
	type Answer,
	type CreateStep,
	Hazard,
	type Loss,
	type OperationStep,
	type Plan,
	type Refusal,
	type Step,
	type Until,
	type WaitStep,
	type Whom,
} from "../provider/planner/plan";
export type { DiskHealth, PairStatus } from "../provider/status";
export {
	type GetGroupReplicationArgs,
	type GetGroupReplicationOutputArgs,
	type GroupReplicationStatus,
	getGroupReplication,
	getGroupReplicationOutput,
} from "./getGroupReplication";
export {
	type GetReplicationArgs,
	type GetReplicationOutputArgs,
	getReplication,
	getReplicationOutput,
	type ReplicationStatus,
} from "./getReplication";
export {
	type GetReplicationCapabilitiesArgs,
	type GetReplicationCapabilitiesOutputArgs,
	getReplicationCapabilities,
	getReplicationCapabilitiesOutput,
	type ReplicationCapabilities,
} from "./getReplicationCapabilities";
export { GroupReplication } from "./groupReplication";
export type { DiskPair, GroupEnd, GroupReplicationArgs, TargetGroupEnd } from "./groupReplicationArgs";
export type {
	CimHost,
	LocalHost,
	PowerShellSettings,
	ReplicationHost,
	ReportHost,
	SimulatorHost,
	SshHost,
} from "./hosts";
export { type InvalidSituation, planTransition } from "./planTransition";
export { ReplicationGroup, type ReplicationGroupArgs } from "./replicationGroup";
export { StorageReplicationProvider, type StorageReplicationProviderArgs } from "./storageReplicationProvider";
export { VirtualDiskClone, VirtualDiskCopy, VirtualDiskSnapshot } from "./virtualDiskCopy";
export type {
	CopyArgs,
	CopyVirtualDiskEnd,
	VirtualDiskCloneArgs,
	VirtualDiskSnapshotArgs,
} from "./virtualDiskCopyArgs";
export { VirtualDiskReplication } from "./virtualDiskReplication";
export type {
	ReplicationTimeouts,
	TargetVirtualDiskEnd,
	VirtualDiskEnd,
	VirtualDiskReplicationArgs,
} from "./virtualDiskReplicationArgs";
