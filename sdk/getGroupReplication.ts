import * as pulumi from "@pulumi/pulumi";
import type { PairStatus } from "../provider/status";
import type { ReplicationStatus } from "./getReplication";
import type { GroupEnd, TargetGroupEnd } from "./groupReplicationArgs";
import { forProgram } from "./programError";
import { readerOfProgram } from "./readerOfProgram";

/** What `getGroupReplication` takes: the ends as `GroupReplication` takes them. Anything else is an error (SR2001). */
export interface GetGroupReplicationArgs {
	/** The group that is the source as long as the roles are as declared. */
	source: GroupEnd;
	/** The group that is the target as long as the roles are as declared. */
	target: TargetGroupEnd;
}

/** The same with values that may be outputs. */
export interface GetGroupReplicationOutputArgs {
	/** As in `GetGroupReplicationArgs`. */
	source: pulumi.Input<{ [Key in keyof GroupEnd]: pulumi.Input<GroupEnd[Key]> }>;
	/** As in `GetGroupReplicationArgs`. */
	target: pulumi.Input<{ [Key in keyof TargetGroupEnd]: pulumi.Input<TargetGroupEnd[Key]> }>;
}

/** The relationship of two groups as it is right now: by the worst of its pairs, and pair by pair. */
export interface GroupReplicationStatus
	extends Omit<ReplicationStatus, "kind" | "primary" | "secondary" | "complete" | "pointInTime" | "health"> {
	/** The group that takes I/O now. */
	primary: GroupEnd;
	/** The other one. */
	secondary: GroupEnd;
	/** What all pairs hold is one point in time, as the array reports it; null: it does not. */
	consistency: boolean | null;
	/** Null: the array shows none of them by itself, and the group's own word is all there is. */
	pairs: PairStatus[] | null;
}

/**
 * Reads the relationship of two replication groups as `getReplication` reads that of two disks: in the program, in preview as
 * well, by the hosts of the stack's `storageReplication:hosts`, from a reading that all calls of a program share for 30
 * seconds.
 *
 * Throws for wrong arguments (SR2001), a host or a group that is not there (SR2004, SR2005), a host without replication
 * groups (SR2022), and if a host that may hold the relationship could not be read and no other one shows it (SR4xxx).
 *
 * ```ts
 * const { pairs } = await getGroupReplication({
 *     source: { host: "east", group: "Sales" },
 *     target: { host: "west", group: "Sales-DR" },
 * });
 * ```
 */
export function getGroupReplication(args: GetGroupReplicationArgs): Promise<GroupReplicationStatus> {
	return forProgram(async () => {
		const reader = readerOfProgram(args, ["source", "target"], "groups");
		const asRead = ({ group, ...place }: TargetGroupEnd) => ({ ...place, virtualDisk: group });
		const ends = { source: asRead(args.source), target: asRead(args.target) };
		const { kind: _, primary, secondary, ...status } = await reader.readGroups(ends, "cached");
		const asDeclared = ({ host, virtualDisk }: { readonly host: string; readonly virtualDisk: string }): GroupEnd => ({
			host,
			group: virtualDisk,
		});
		return { ...status, primary: asDeclared(primary), secondary: asDeclared(secondary) };
	});
}

/**
 * The same for arguments that may be outputs, as an output. Not known in a preview as long as an argument is not; secret
 * if one of them is.
 *
 * ```ts
 * export const { pairs } = getGroupReplicationOutput({ source: sales.primary, target: sales.secondary });
 * ```
 */
export function getGroupReplicationOutput(args: GetGroupReplicationOutputArgs): pulumi.Output<GroupReplicationStatus> {
	return pulumi.output(args).apply(getGroupReplication);
}
