import * as pulumi from "@pulumi/pulumi";
import { declared, withHiddenText } from "./declared";
import type { GroupEnd, GroupReplicationArgs } from "./groupReplicationArgs";
import { groupReplicationType, moduleName } from "./resourceType";
import { thinProvider } from "./thinProvider";

/**
 * A replication relationship between two replication groups (MSFT_ReplicationGroup): all their pairs of disks are steered
 * together. A step is one call on the group; only pairs that stand apart are brought together by calls of their own first.
 *
 * ```ts
 * const sales = new GroupReplication("sales", {
 *     source: { host: "east", group: "Sales" },
 *     target: { host: "west", group: "Sales-DR" },
 *     consistency: true,
 * });
 * export const serving = sales.primary;
 * ```
 *
 * The wishes are those of a `VirtualDiskReplication`: `suspended`, `reversed`, `failedOver` with `lost`, `split`, and back.
 *
 * **Members decide.** What the group says of itself is not believed, because arrays say Mixed or Failedover for much: each
 * pair is read, and a step is done when every one of them is where it was to be. A group that says that it is failed over
 * gets no second Failover all the same.
 *
 * **Half of it moved.** The run stops, names both halves (SR3013) and sends nothing to help. The next preview plans from
 * both: it completes what may be repeated, leads a half planned failover back by `active`, and asks for a token of its own.
 *
 * **Pairs.** `pairs` names them all; one that is new is made outside the group and added when it may be, one that is left
 * out leaves the group and stays related. Where the array wants the group stopped for that, preview shows the stop.
 *
 * **A disk of a group is not steered alone**: a `VirtualDiskReplication` of such a pair is refused (SR1029) unless it has
 * nothing to do, and deleting it sends nothing. Copies of a member are allowed.
 *
 * Source of the rules: docs/operations.md; of the errors: docs/errors.md.
 */
export class GroupReplication extends pulumi.dynamic.Resource {
	/** The type that the engine and policies know it by. */
	static readonly __pulumiType = groupReplicationType;

	/** The plan as preview showed it, one line a step. */
	declare readonly plannedOperations: pulumi.Output<string[]>;
	/** The end that takes I/O now. */
	declare readonly primary: pulumi.Output<GroupEnd>;
	/** The other end. */
	declare readonly secondary: pulumi.Output<GroupEnd>;
	/** `forward`: data flows from source to target. A failover does not change it. */
	declare readonly direction: pulumi.Output<"forward" | "reverse">;
	/** `MSFT_Synchronized.CopyState` by name: the worst of all pairs; `Mixed` where a part of them is failed over, `Failedover` where the group says so itself. */
	declare readonly copyState: pulumi.Output<string>;
	/** The mode that the array reports: `synchronous`, `asynchronous`, or `unknown`. */
	declare readonly syncMode: pulumi.Output<string>;
	/** Whether the pairs are one point in time, as the array reports it; null: it does not. */
	declare readonly consistency: pulumi.Output<boolean | null>;
	/** How many pairs there are; null: the array shows none of them by themselves. */
	declare readonly members: pulumi.Output<number | null>;
	/** Pairs that do not stand as most of them do, by the UniqueId of their source, sorted; sixteen at most. */
	declare readonly torn: pulumi.Output<string[]>;
	/** UniqueId of the declared source's group. */
	declare readonly sourceUniqueId: pulumi.Output<string>;
	/** UniqueId of the declared target's group. */
	declare readonly targetUniqueId: pulumi.Output<string>;
	/** What the provider remembers between runs. Its layout is its own. */
	declare readonly record: pulumi.Output<unknown>;

	constructor(name: string, args: GroupReplicationArgs, opts?: pulumi.CustomResourceOptions) {
		const how = { type: groupReplicationType, outputNames, namingOutputs, kind: "Group" } as const;
		super(thinProvider, name, declared(name, args, opts, how), withHiddenText(opts), moduleName, "GroupReplication");
	}

	/**
	 * Reads a relationship of groups that another program manages, as `VirtualDiskReplication.get` does for disks.
	 * @param id the `id` of that program's resource.
	 * @param ends where its groups are seen from here.
	 */
	static get(
		name: string,
		id: pulumi.Input<pulumi.ID>,
		ends: Pick<GroupReplicationArgs, "source" | "target">,
		opts?: pulumi.CustomResourceOptions,
	): GroupReplication {
		return new GroupReplication(name, ends, { ...opts, id });
	}
}

/** An output that is not seeded in the arguments does not exist on the resource object. */
const outputNames = [
	"plannedOperations",
	"primary",
	"secondary",
	"direction",
	"copyState",
	"syncMode",
	"consistency",
	"members",
	"torn",
	"sourceUniqueId",
	"targetUniqueId",
	"record",
] as const;

/** Outputs that tell the name or id of a group or disk. */
const namingOutputs = ["primary", "secondary", "torn", "sourceUniqueId", "targetUniqueId"] as const;
