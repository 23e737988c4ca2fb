import type * as pulumi from "@pulumi/pulumi";
import type {
	CreatePolicy,
	DeletePolicy,
	ReplicationEnd,
	ReplicationState,
	RoleChangePolicy,
	SyncMode,
} from "../provider/model/argumentValues";

/** An end of the relationship, by a name of `storageReplication:hosts` and a disk. */
export interface VirtualDiskEnd {
	/** A name of `storageReplication:hosts` in the stack's configuration; `local` and `simulator` exist without one. */
	host: string;
	/** FriendlyName, UniqueId or ObjectId of the virtual disk. An ambiguous name is an error that lists the ids. */
	virtualDisk: string;
}

/** The target: a disk that exists, or one that the array is to make. */
export interface TargetVirtualDiskEnd extends VirtualDiskEnd {
	/** ObjectId or name of the storage pool in which a disk that does not exist yet is made. Used by CreateReplica only. */
	storagePool?: string;
	/** Name of the storage subsystem for a disk that does not exist yet. Default: that of the pool. */
	storageSubsystem?: string;
}

/** Time limits. There is no unlimited wait: past its limit an update stops, says so, and the next one goes on. */
export interface ReplicationTimeouts {
	/** Minutes for a state that needs no copying. Greater than 0, default 30. */
	transitionMinutes?: number;
	/** Minutes for copying: initial copies and resynchronizations take hours. Greater than 0, default 1440. */
	syncMinutes?: number;
	/** Minutes for the relationship to be gone on both sides. Greater than 0, default 10. */
	deleteMinutes?: number;
}

/** What `new VirtualDiskReplication(name, args)` takes. All mistakes in it are told at once, in preview (SR2001). */
export interface VirtualDiskReplicationArgs {
	/** The end that data flows from as long as the roles are as declared. Never changes meaning. */
	source: pulumi.Input<{ [Key in keyof VirtualDiskEnd]: pulumi.Input<VirtualDiskEnd[Key]> }>;
	/** The end that holds the copy as long as the roles are as declared. Never changes meaning. */
	target: pulumi.Input<{ [Key in keyof TargetVirtualDiskEnd]: pulumi.Input<TargetVirtualDiskEnd[Key]> }>;
	/**
	 * - `active`: source → target, synchronized. - `reversed`: target → source, synchronized.
	 * - `suspended`: the copy stands still, roles as they are. - `split`: separated as a consistent copy, roles as they are.
	 * - `failedOver`: the end named by `failoverTo` serves in place of the current source.
	 *
	 * Default `active`.
	 */
	state?: pulumi.Input<ReplicationState> | undefined;
	/**
	 * Wished mode. Left out: any. Changed in place where the array can. A new relationship is made in it where the host's
	 * CreateReplica takes a mode; elsewhere in the one that the array chooses, with a warning, and changed then.
	 */
	syncMode?: pulumi.Input<SyncMode> | undefined;
	/**
	 * Recovery point objective, 0 to 65,535, in the unit of your array: it is passed on as it is, and in spite of this
	 * name no reference says that Windows means minutes. Only CreateReplica takes it; a later change is refused (SR2008).
	 */
	recoveryPointObjectiveMinutes?: pulumi.Input<number> | undefined;
	/** With `failedOver`: the declared end that serves afterwards. Default `target`. */
	failoverTo?: pulumi.Input<ReplicationEnd> | undefined;
	/**
	 * The declared end whose older writes may not be given up, whatever the plan. Default: the end that serves, as long
	 * as it can be read.
	 */
	keep?: pulumi.Input<ReplicationEnd> | undefined;
	/**
	 * A declared end that is lost: it is never contacted and counts as unreachable, so the other one can be failed over
	 * to. What it holds counts as lost writes and needs `approval`. Remove it when the end is back.
	 */
	lost?: pulumi.Input<ReplicationEnd> | undefined;
	/**
	 * When the array's roles are not those that the last run left: `stop` (default) says who serves now and does nothing;
	 * `adopt` takes the array's word until this program wishes something else; `repair` plans back.
	 */
	onRoleChange?: pulumi.Input<RoleChangePolicy> | undefined;
	/** How deleting the resource ends the relationship; both disks stay. Default `detach`. */
	deletePolicy?: pulumi.Input<DeletePolicy> | undefined;
	/**
	 * The token that preview printed: consent to the loss it named. Fits that plan on that observation, once; a leftover
	 * means nothing. Also taken from the list `storageReplication:approvals`.
	 */
	approval?: pulumi.Input<string> | undefined;
	/**
	 * Consent to lose writes of at most this many seconds, measured in preview and again right before the operation; an
	 * unknown lag is too much. Never consents to more than the most recent writes. At least 0, default: no consent.
	 */
	maxDataLossSeconds?: pulumi.Input<number> | undefined;
	/** Time limits of updates and deletion. */
	timeouts?: pulumi.Input<ReplicationTimeouts> | undefined;
	/** `never`: a relationship that does not exist is an error. Default `ifMissing`: CreateReplica is called. */
	create?: pulumi.Input<CreatePolicy> | undefined;
	/**
	 * Why this is wished, for the ledger (`storageReplication:journal`, docs/ledger.md), where it stands in clear: a ticket, a
	 * drill. At most 1,000 characters; STORAGE_REPLICATION_REASON comes before it. To change it alone changes nothing.
	 */
	reason?: pulumi.Input<string> | undefined;
}
