export type {
	CallAnswer,
	CapabilitiesRequest,
	CreateGroupReplicaRequest,
	CreateGroupRequest,
	CreateReplicaRequest,
	DiscoverAnswer,
	DiscoverPolicy,
	DiskFact,
	GroupFact,
	GroupMembersRequest,
	GroupRelationshipFact,
	Host,
	HostObservation,
	JobFact,
	MadePeer,
	RelationshipFact,
	ReplicationGroups,
	SetGroupRelationshipRequest,
	SetRelationshipRequest,
	Unread,
} from "../../executor/host";
export type { Capabilities, SupportedOperation } from "../../model/capabilities";
// With its values: the declarations of the package cannot keep them from a type of the same name.
export { CopyState } from "../../model/relationship";
export type { Ailment } from "./ailments";
export { connectSimulator, type SimulatorEntry } from "./connect";
export type { CopyBehaviour, CopyKind } from "./copyBehaviour";
export type { Creation } from "./creation";
export type { GroupBehaviour } from "./groupBehaviour";
export type { WriteRange } from "./lineage";
export type { CopyOptions, GroupOptions, PairOptions } from "./pair";
export { type Profile, type ProfileName, profiles } from "./profiles";
export { type ContradictOptions, Simulator, type SimulatorOptions } from "./simulator";
export type { Traits } from "./traits";
export type { Fault, ReceivedCall, World } from "./world";
export type { WorldStore } from "./worldStore";
