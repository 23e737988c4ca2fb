import type * as pulumi from "@pulumi/pulumi";
import type { VirtualDiskReplicationArgs } from "./virtualDiskReplicationArgs";

/** An end of the relationship, by a name of `storageReplication:hosts` and a replication group. */
export interface GroupEnd {
	/** A name of `storageReplication:hosts` in the stack's configuration; `local` and `simulator` exist without one. */
	host: string;
	/** FriendlyName, UniqueId or ObjectId of the replication group. An ambiguous name is an error that lists the ids. */
	group: string;
}

/** The target: a group that exists, or one that the array is to make. */
export interface TargetGroupEnd extends GroupEnd {
	/** ObjectId or name of the storage pool for the disks that are made. Used by CreateReplica only. */
	storagePool?: string;
	/** Name of the storage subsystem in which a group that does not exist yet is made. */
	storageSubsystem?: string;
}

/** A pair of disks by FriendlyName, UniqueId or ObjectId, at the hosts of the groups. */
export interface DiskPair {
	source: string;
	target: string;
}

/**
 * What `new GroupReplication(name, args)` takes: all that a pair of disks takes, and `consistency` and `pairs`. All mistakes
 * in it are told at once, in preview (SR2001).
 */
export interface GroupReplicationArgs extends Omit<VirtualDiskReplicationArgs, "source" | "target"> {
	/** The group that data flows from as long as the roles are as declared. Never changes meaning. */
	source: pulumi.Input<{ [Key in keyof GroupEnd]: pulumi.Input<GroupEnd[Key]> }>;
	/** The group that holds the copies as long as the roles are as declared. Never changes meaning. */
	target: pulumi.Input<{ [Key in keyof TargetGroupEnd]: pulumi.Input<TargetGroupEnd[Key]> }>;
	/**
	 * Whether what all pairs hold is one point in time. Belongs to `active` and `reversed`; left out: as found. An array that
	 * does not report it is taken to have it, with a warning.
	 */
	consistency?: pulumi.Input<boolean> | undefined;
	/**
	 * The pairs of the group: what is missing is made and added, what is too much is removed and stays related. Belongs to
	 * `active` and `reversed`; left out: as found. Each disk once.
	 */
	pairs?: pulumi.Input<pulumi.Input<{ [Key in keyof DiskPair]: pulumi.Input<DiskPair[Key]> }>[]> | undefined;
}
