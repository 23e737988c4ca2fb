// The values that arguments take, each by a name. The schema of the arguments and the types of programs are made from these.

/**
 * The wished state of a relationship.
 * - `Active`: source → target, synchronized. - `Reversed`: target → source, synchronized.
 * - `Suspended`: the copy stands still, roles as they are. - `Split`: separated as a consistent copy, roles as they are.
 * - `FailedOver`: the end named by `failoverTo` serves in place of the current source.
 */
export const ReplicationState = {
	Active: "active",
	Suspended: "suspended",
	Reversed: "reversed",
	FailedOver: "failedOver",
	Split: "split",
} as const;
export type ReplicationState = (typeof ReplicationState)[keyof typeof ReplicationState];

/** The modes that can be wished. What an array reports may also be `unknown`, which no program can wish. */
export const SyncMode = {
	Synchronous: "synchronous",
	Asynchronous: "asynchronous",
} as const;
export type SyncMode = (typeof SyncMode)[keyof typeof SyncMode];

/** An end as the program declares it. It never changes meaning, whatever the roles on the array are. */
export const ReplicationEnd = {
	Source: "source",
	Target: "target",
} as const;
export type ReplicationEnd = (typeof ReplicationEnd)[keyof typeof ReplicationEnd];

/**
 * What to do when the array's roles are not those that the last run left. `Stop`: say who serves now and do nothing.
 * `Adopt`: take the array's word until the program wishes something else. `Repair`: plan back.
 */
export const RoleChangePolicy = {
	Stop: "stop",
	Adopt: "adopt",
	Repair: "repair",
} as const;
export type RoleChangePolicy = (typeof RoleChangePolicy)[keyof typeof RoleChangePolicy];

/** How deleting the resource ends the relationship: Detach (8) or Dissolve (9). Both disks stay. */
export const DeletePolicy = {
	Detach: "detach",
	Dissolve: "dissolve",
} as const;
export type DeletePolicy = (typeof DeletePolicy)[keyof typeof DeletePolicy];

/** A relationship that does not exist: `IfMissing`, CreateReplica is called; `Never`, it is an error (SR2009). */
export const CreatePolicy = {
	IfMissing: "ifMissing",
	Never: "never",
} as const;
export type CreatePolicy = (typeof CreatePolicy)[keyof typeof CreatePolicy];

/** State of a `VirtualDiskSnapshot`. */
export const SnapshotState = { Active: "active", Inactive: "inactive" } as const;
export type SnapshotState = (typeof SnapshotState)[keyof typeof SnapshotState];

/** State of a `VirtualDiskClone`. */
export const CloneState = { Active: "active", Suspended: "suspended", Detached: "detached" } as const;
export type CloneState = (typeof CloneState)[keyof typeof CloneState];

/** How deletion and expiry end a snapshot. `returnToResourcePool` deletes its disk. */
export const SnapshotDeletePolicy = {
	Dissolve: "dissolve",
	Detach: "detach",
	ReturnToResourcePool: "returnToResourcePool",
} as const;
export type SnapshotDeletePolicy = (typeof SnapshotDeletePolicy)[keyof typeof SnapshotDeletePolicy];

/** How deletion and expiry end a clone; its disk stays. */
export const CloneDeletePolicy = { Detach: "detach", Dissolve: "dissolve" } as const;
export type CloneDeletePolicy = (typeof CloneDeletePolicy)[keyof typeof CloneDeletePolicy];

/** What a copy may lose of itself without a token. */
export const Expendability = {
	Nothing: "nothing",
	PointInTime: "pointInTime",
	Everything: "everything",
} as const;
export type Expendability = (typeof Expendability)[keyof typeof Expendability];

/** What deleting a `ReplicationGroup` does: RemoveMember of all and DeleteObject, or nothing. The disks stay in any case. */
export const GroupDeletePolicy = { Delete: "delete", Keep: "keep" } as const;
export type GroupDeletePolicy = (typeof GroupDeletePolicy)[keyof typeof GroupDeletePolicy];
