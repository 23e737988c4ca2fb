import type { Capabilities } from "../model/capabilities";

/**
 * What a host can do: the only way to an array. The simulator and the PowerShell bridge implement it; nothing else in
 * the package knows which one it talks to. A host returns facts (numbers, strings); decisions stay with the caller.
 *
 * Every method is bounded in time by the implementation. A method that could not reach the host or read its answer
 * throws a `ReplicationError` of class `transport`; it never answers with an empty result instead, because failure
 * must not be read as absence. A state-changing call that was cut off throws `CallCutOff`: it may have had its effect,
 * nobody may send it again before the array has been read.
 */
export interface Host {
	/** The name the program uses, for example `east`. */
	readonly name: string;
	/** Where it is, for logs and errors. Never holds a secret. */
	readonly address: string;

	/** All disks and all relationships that this host sees, in one round trip, however many there are. */
	observe(): Promise<HostObservation>;

	/**
	 * Some disks by ObjectId, with their relationships and jobs, in one round trip whose cost does not grow with what the
	 * host sees besides. Others may come with them, for copies are shown with both disks. `null`: not all of it could be read by key, and nothing is said; everything has to be observed.
	 */
	observeDisks(objectIds: readonly string[]): Promise<HostObservation | null>;

	/** What the array of this subsystem advertises for a replication type (`SupportedReplicationTypes`). */
	capabilities(request: CapabilitiesRequest): Promise<Capabilities>;

	/** `MSFT_VirtualDisk.SetReplicationRelationship`. Not repeated by the implementation, for any reason. */
	setReplicationRelationship(request: SetRelationshipRequest): Promise<CallAnswer>;

	/** `MSFT_VirtualDisk.CreateReplica`. Not repeated by the implementation, for any reason. */
	createReplica(request: CreateReplicaRequest): Promise<CallAnswer>;

	/** Replication groups. Left out: this host steers none. */
	readonly groups?: ReplicationGroups;

	/** A storage job by id. Jobs may vanish when they end (DeleteOnCompletion): `null` says nothing about success. */
	job(id: string): Promise<JobFact | null>;

	/**
	 * UniqueIds of the disks that a storage job affects, or whose peers it does: the only way to what a job made (docs/hosts.md).
	 * Empty: the host lists no such job any more, or nothing that it affects.
	 */
	affectedDisks(job: string): Promise<readonly string[]>;

	/** When its arrays are discovered, by its configuration. */
	readonly discovers: DiscoverPolicy;

	/** Relationships that are worked on at a time, by its configuration; the rest wait their turn. */
	readonly maxConcurrent: number;

	/** `MSFT_StorageProvider.Discover` on the disk: the remedy for 40003 and 40006, and for a state that may be old. */
	discover(request: { readonly diskObjectId: string }): Promise<DiscoverAnswer>;

	/** `Discover` on each array that the host lists, to its end. Answers with what it could not discover. */
	discoverArrays(): Promise<readonly Unread[]>;

	/** The cheapest contact there is. Answers with the host's clock, ISO 8601; `null`: it may not be read. */
	ping(): Promise<{ readonly hostTime: string | null }>;

	/** Ends processes and sessions. Safe to call twice. */
	close(): Promise<void>;
}

/** What a host can do with replication groups; bounded and never repeated, like the rest. */
export interface ReplicationGroups {
	/** `MSFT_ReplicationGroup.SetReplicationRelationship`. */
	setRelationship(request: SetGroupRelationshipRequest): Promise<CallAnswer>;

	/** `MSFT_ReplicationGroup.CreateReplica`. */
	createReplica(request: CreateGroupReplicaRequest): Promise<CallAnswer>;

	/** `MSFT_StorageSubSystem.CreateReplicationGroup`. */
	create(request: CreateGroupRequest): Promise<CallAnswer & { readonly createdGroupObjectId?: string | undefined }>;

	/** `MSFT_ReplicationGroup.AddMember` and `RemoveMember`. */
	addMembers(request: GroupMembersRequest): Promise<CallAnswer>;
	removeMembers(request: GroupMembersRequest): Promise<CallAnswer>;

	/** `MSFT_ReplicationGroup.DeleteObject`: of an empty group only. */
	delete(request: { readonly groupObjectId: string }): Promise<CallAnswer>;
}

/**
 * Windows answers from a cache that is empty after every restart and may be old after any change (docs/hosts.md).
 * `onDoubt`: arrays are discovered before anything counts as absent. `always`: before the first reading of a process, too.
 * `never`: what the cache says counts, also where it says nothing.
 */
export type DiscoverPolicy = "onDoubt" | "always" | "never";

/** So that an array is not flooded. */
export const defaultMaxConcurrent = 4;

export interface HostObservation {
	/** The host's clock when it answered, ISO 8601; `null`: it may not be read, and no lag is known then. */
	readonly hostTime: string | null;
	readonly disks: readonly DiskFact[];
	readonly relationships: readonly RelationshipFact[];
	/** Replication groups and their relationships. Left out: this host has no such class, or was not asked, as by key. */
	readonly groups?: readonly GroupFact[];
	readonly groupRelationships?: readonly GroupRelationshipFact[];
	/**
	 * What could not be read while the rest was: providers report an array in trouble beside the rows of the healthy ones.
	 * What is listed counts; nothing that one of these may hide counts as absent.
	 */
	readonly unread: readonly Unread[];
}

export type Unread =
	/** Disks, relationships or jobs of disks, or groups with all that is theirs, of this array by `DiskFact.subsystem`; `null`: of any, the error does not say. */
	| {
			readonly hides: "disks" | "relationships" | "jobs" | "groups";
			readonly subsystem: string | null;
			readonly what: string;
			readonly remedy: string;
	  }
	/** A relationship of this disk that is named and cannot be shown; `null`: of a disk that the host does not list. */
	| { readonly hides: "relationship"; readonly diskUniqueId: string | null; readonly what: string };

/** One MSFT_VirtualDisk. */
export interface DiskFact {
	readonly objectId: string;
	readonly uniqueId: string;
	readonly friendlyName: string;
	/** Name of the storage subsystem (the array) that holds it. */
	readonly subsystem: string;
	/** `Name` and `UniqueId` of that array: another array may know it by one of these only. Empty: not reported. */
	readonly subsystemName: string;
	readonly subsystemUniqueId: string;
	/** Names of further subsystems that list it as theirs, too. Which of them is right is not known here. */
	readonly otherSubsystems: readonly string[];
	/** Number of `MSFT_VirtualDisk.Access`; `null`: not reported. */
	readonly access: number | null;
	/** Number of `MSFT_VirtualDisk.HealthStatus`; `null`: not reported. */
	readonly healthStatus: number | null;
	/** Numbers of `MSFT_VirtualDisk.OperationalStatus`; empty: not reported. */
	readonly operationalStatus: readonly number[];
}

/**
 * One relationship as one disk of this host sees it. A host that sees both arrays reports a pair twice, once from each
 * disk. Numbers are those of the vocabulary, unlisted ones included.
 */
export interface RelationshipFact {
	/** The disk on this host that the link belongs to. */
	readonly diskObjectId: string;
	readonly diskUniqueId: string;
	readonly peerUniqueId: string;
	readonly peerName: string;
	readonly peerSubsystem: string;
	/** The host has an MSFT_ReplicaPeer for it. A pair inside one array has none, and one is made for each call. */
	readonly hasReplicaPeer: boolean;
	/** Which role this host's disk has by the array's word; `unknown` when it does not say. Failover does not change it, ReverseRoles does. */
	readonly role: "source" | "target" | "unknown";
	readonly copyState: number;
	/** What was asked of the array last, by the numbers of CopyState: an operation that it has not shown yet. `null`: not reported. */
	readonly requestedCopyState: number | null;
	readonly progressStatus: number;
	readonly syncMode: number;
	readonly syncType: number;
	/** 0 to 100; `null`: not reported. */
	readonly percentSynced: number | null;
	/** How far the target is behind, in seconds; `null`: not reported, which is never read as zero. */
	readonly lagSeconds: number | null;
	/** The moment as of which the target holds everything, by the host's clock, ISO 8601; `null`: not reported. */
	readonly syncTime: string | null;
	/** Id of a storage job in flight that affects this relationship. */
	readonly job: string | null;
}

/** One MSFT_ReplicationGroup. */
export interface GroupFact {
	readonly objectId: string;
	readonly uniqueId: string;
	readonly friendlyName: string;
	readonly subsystem: string;
	readonly subsystemName: string;
	readonly subsystemUniqueId: string;
	/** ObjectIds of its disks, in the order in which they are kept consistent. */
	readonly members: readonly string[];
}

/**
 * The relationship of two groups as one group of this host sees it. Which of the pairs are in it follows from the members of
 * both groups and their relationships; some arrays show none of these (group feature 50).
 */
export interface GroupRelationshipFact {
	readonly groupObjectId: string;
	readonly groupUniqueId: string;
	readonly peerUniqueId: string;
	readonly peerName: string;
	readonly peerSubsystem: string;
	readonly hasReplicaPeer: boolean;
	readonly role: RelationshipFact["role"];
	readonly copyState: number;
	readonly requestedCopyState: number | null;
	readonly progressStatus: number;
	readonly syncMode: number;
	readonly syncType: number;
	/** Number of `MSFT_Synchronized.ConsistencyState`: 3 Consistent, 4 Inconsistent; `null`: not reported. */
	readonly consistencyState: number | null;
	readonly job: string | null;
}

export interface CapabilitiesRequest {
	readonly subsystem: string;
	/** Number of `SupportedReplicationTypes`, for example 4 Synchronous Mirror Remote. */
	readonly replicationType: number;
	/** `group`: `GetSupportedGroupOperations` and `GetSupportedGroupFeatures`. Left out: those of elements. */
	readonly of?: "element" | "group";
}

export interface SetRelationshipRequest {
	/** Number of `SetReplicationRelationship.Operation`. */
	readonly operation: number;
	/** The disk on this host that the method is called on. */
	readonly diskObjectId: string;
	/** The peer of the relationship, as `RelationshipFact.peerUniqueId` named it. */
	readonly peerUniqueId: string;
	/** What to make an MSFT_ReplicaPeer of, where the host has none; `null`: the relationship's own is used. */
	readonly madePeer: MadePeer | null;
}

/** The disk at the other end as it can be named to a method. */
export interface MadePeer {
	readonly name: string;
	readonly subsystem: string;
	/** `null`: not known, its host was not read. */
	readonly objectId: string | null;
	readonly subsystemName: string | null;
	readonly subsystemUniqueId: string | null;
}

export interface SetGroupRelationshipRequest {
	/** Number of `SetReplicationRelationship.Operation`. */
	readonly operation: number;
	/** The group on this host that the method is called on. */
	readonly groupObjectId: string;
	/** The peer of the relationship, as `GroupRelationshipFact.peerUniqueId` named it. */
	readonly peerUniqueId: string;
	/** What to make an MSFT_ReplicaPeer of, where the host has none; `null`: the relationship's own is used. */
	readonly madePeer: MadePeer | null;
	/** AddSyncPair and RemoveSyncPair: the pairs meant, `SyncPairs`, by the disks' UniqueIds. Empty with every other operation. */
	readonly syncPairs: readonly { readonly sourceUniqueId: string; readonly targetUniqueId: string }[];
}

export interface CreateGroupReplicaRequest {
	readonly sourceGroupObjectId: string;
	/** The existing group that becomes the target; `null`: one is made, by this name. */
	readonly targetGroupObjectId: string | null;
	readonly friendlyName: string | null;
	readonly targetSubsystem: string;
	readonly targetSubsystemName: string | null;
	readonly targetSubsystemUniqueId: string | null;
	readonly targetStoragePool: string | null;
	readonly recoveryPointObjectiveMinutes: number | null;
	readonly syncType: number;
	readonly syncMode: number | null;
}

export interface CreateGroupRequest {
	readonly subsystem: string;
	readonly friendlyName: string;
	readonly memberObjectIds: readonly string[];
}

export interface GroupMembersRequest {
	readonly groupObjectId: string;
	readonly memberObjectIds: readonly string[];
}

export interface CreateReplicaRequest {
	readonly sourceDiskObjectId: string;
	/** Name of the replica to be made; `null` when an existing disk is the target. */
	readonly friendlyName: string | null;
	readonly targetSubsystem: string;
	/** `Name` and `UniqueId` of that array; `null`: not known. */
	readonly targetSubsystemName: string | null;
	readonly targetSubsystemUniqueId: string | null;
	/** An existing disk that will be overwritten; `null`: the array makes one. */
	readonly targetDiskObjectId: string | null;
	readonly targetDiskUniqueId: string | null;
	/** Object id or friendly name of the pool for a disk to be made. */
	readonly targetStoragePool: string | null;
	/** `CreateReplica.RecoveryPointObjective`. No reference says in which unit: it is passed on as it is. */
	readonly recoveryPointObjectiveMinutes: number | null;
	/** Number of `MSFT_Synchronized.SyncType`. */
	readonly syncType: number;
	/** Number of `MSFT_ReplicationSettings.SyncMode`, `null`: none is wished, the array decides. */
	readonly syncMode: number | null;
}

/** The array's answer to a state-changing call, whether it came as a ReturnValue or as an exception. */
export interface CallAnswer {
	readonly returnCode: number;
	/** Id of the started job; with 4096 it may be missing, then only the state tells. */
	readonly jobId: string | null;
	/** Text of MSFT_StorageExtendedStatus or of the exception, for the error only; never parsed. */
	readonly message: string | null;
	/** CreateReplica: UniqueId of what was made (CreatedReplicaPeer). Left out: not said, as with a job, which says it by what it affects. */
	readonly createdPeerUniqueId?: string | undefined;
	/** CreateReplica: whether it said in which mode. Left out: no mode was wished, or nothing was sent. */
	readonly syncModeSent?: boolean | undefined;
}

export interface DiscoverAnswer extends CallAnswer {
	/** Every provider keeps its cache up to date by itself (RemoteSubsystemCacheMode Automatic); `null`: not reported. */
	readonly cacheIsAutomatic: boolean | null;
	/** More than one provider was asked: another one may list the disk from now on that did not before. */
	readonly severalProviders: boolean;
}

export interface JobFact {
	readonly id: string;
	/** Number of `MSFT_StorageJob.JobState`. */
	readonly jobState: number;
	readonly percentComplete: number | null;
	/** Numbers of `MSFT_StorageJob.OperationalStatus`: Completed (17) plus an outcome. */
	readonly operationalStatus: readonly number[];
	readonly errorCode: number | null;
	readonly errorDescription: string | null;
}
