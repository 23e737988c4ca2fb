import type * as pulumi from "@pulumi/pulumi";
import type {
	CloneDeletePolicy,
	CloneState,
	CreatePolicy,
	Expendability,
	ReplicationEnd,
	SnapshotDeletePolicy,
	SnapshotState,
} from "../provider/model/argumentValues";
import type { ReplicationTimeouts, VirtualDiskEnd } from "./virtualDiskReplicationArgs";

/** The disk of a copy: one that exists and is overwritten, or one that the array is to make. */
export interface CopyVirtualDiskEnd {
	/** A name of `storageReplication:hosts`. Default: the host of the source. */
	host?: string;
	/** FriendlyName, UniqueId or ObjectId of a disk that exists, or the name of the one to be made. */
	virtualDisk: string;
	/** ObjectId or name of the storage pool in which a disk that does not exist yet is made. Fixed after creation (SR2020). */
	storagePool?: string;
	/** Name of the storage subsystem for it. Default: that of the source. Fixed after creation (SR2020). */
	storageSubsystem?: string;
}

/** What both classes take. */
export interface CopyArgs {
	/** The disk copied from. It never becomes a target. */
	source: pulumi.Input<{ [Key in keyof VirtualDiskEnd]: pulumi.Input<VirtualDiskEnd[Key]> }>;
	/** The disk of the copy. */
	target: pulumi.Input<{ [Key in keyof CopyVirtualDiskEnd]: pulumi.Input<CopyVirtualDiskEnd[Key]> }>;
	/**
	 * Any JSON value. Another one than was last done asks for a retake: a new point in time, once. The value that a copy is
	 * created or adopted with counts as done.
	 */
	triggers?: pulumi.Input<unknown> | undefined;
	/**
	 * A label, for example a ticket. Another one than was last done asks for a restore of the source, once, with a token.
	 * Refused in the run that creates or adopts (SR2018). A secret one is remembered and told as its digest.
	 */
	restore?: pulumi.Input<string> | undefined;
	/**
	 * What a retake, a deactivation or a deletion may discard of the copy without a token: `nothing` (default), `pointInTime`
	 * (an image that nobody wrote to), `everything` (its own writes and its disk, too). Never covers the source, a target
	 * that no run of this resource knows yet, nor anything while a restore is open. A copy counts as not written to while its
	 * disk takes no writes at one run and the next: what it took in between, made writable for a while, no run can see.
	 */
	expendable?: pulumi.Input<Expendability> | undefined;
	/**
	 * ISO 8601. From then on, by the clock of the source's host, the next `up` ends the copy as `deletePolicy` says; nothing
	 * runs by itself. In the past at creation it is refused (SR2019).
	 */
	expiresAt?: pulumi.Input<string> | undefined;
	/** `source`: says that the source is good, where a restore did not end well. Default: the source is kept. */
	keep?: pulumi.Input<ReplicationEnd> | undefined;
	/** The token that preview printed. Also taken from `storageReplication:approvals` and STORAGE_REPLICATION_APPROVALS. */
	approval?: pulumi.Input<string> | undefined;
	/** Time limits of updates and deletion. */
	timeouts?: pulumi.Input<ReplicationTimeouts> | undefined;
	/** `never`: a copy that does not exist is an error. Default `ifMissing`: CreateReplica is called. */
	create?: pulumi.Input<CreatePolicy> | undefined;
	/** Why this is wished, for the ledger, in clear. At most 1,000 characters. */
	reason?: pulumi.Input<string> | undefined;
}

/** What `new VirtualDiskSnapshot(name, args)` takes. All mistakes in it are told at once, in preview (SR2001). */
export interface VirtualDiskSnapshotArgs extends CopyArgs {
	/** `active` (default): holds a point in time. `inactive`: holds none, what it held is dropped. */
	state?: pulumi.Input<SnapshotState> | undefined;
	/**
	 * How deletion and expiry end it: `dissolve` (default; its disk stays), `detach` (its disk stays and holds differences
	 * without a source), `returnToResourcePool` (its disk is deleted; wants `expendable: "everything"`, SR2021).
	 */
	deletePolicy?: pulumi.Input<SnapshotDeletePolicy> | undefined;
}

/** What `new VirtualDiskClone(name, args)` takes. All mistakes in it are told at once, in preview (SR2001). */
export interface VirtualDiskCloneArgs extends CopyArgs {
	/** `active` (default): complete. `suspended`: a copy that runs is stopped. `detached`: complete, and let go of. */
	state?: pulumi.Input<CloneState> | undefined;
	/** How deletion and expiry end it; its disk stays. Default `detach`. */
	deletePolicy?: pulumi.Input<CloneDeletePolicy> | undefined;
	/** A TokenizedClone (SyncType 9): the array copies by itself. Fixed after creation (SR2020). Default false. */
	offload?: pulumi.Input<boolean> | undefined;
}
