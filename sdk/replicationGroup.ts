import * as pulumi from "@pulumi/pulumi";
import type { GroupDeletePolicy } from "../provider/model/argumentValues";
import { hideNames, seeded, withHiddenText } from "./declared";
import { groupType, moduleName } from "./resourceType";
import { thinProvider } from "./thinProvider";

/** What `new ReplicationGroup(name, args)` takes. All mistakes in it are told at once, in preview (SR2001). */
export interface ReplicationGroupArgs {
	/** A name of `storageReplication:hosts` in the stack's configuration. */
	host: pulumi.Input<string>;
	/** The array: FriendlyName, Name or UniqueId of its storage subsystem. */
	storageSubsystem: pulumi.Input<string>;
	/**
	 * The group's name; of two groups of one name, the UniqueId of the one that is meant. A group that another hand renames
	 * stays the one of this resource; a name that the program changes asks for the group of that name, which is another one.
	 */
	friendlyName: pulumi.Input<string>;
	/**
	 * The disks in the order in which they are to be kept consistent, by friendly name, UniqueId or ObjectId. Left out: as
	 * found, and a group that does not exist is made empty, where the array has empty groups. Not changed while the group is
	 * in a relationship (SR2023).
	 */
	members?: pulumi.Input<pulumi.Input<string>[]> | undefined;
	/**
	 * `delete`: deleting the resource takes all members out and deletes the group; the disks stay. `keep`: nothing is sent.
	 * Default: `delete` for a group that this resource made, `keep` for one that it adopted.
	 */
	deletePolicy?: pulumi.Input<GroupDeletePolicy> | undefined;
	/** Why this is wished: told with every call. At most 1,000 characters. To change it alone changes nothing. */
	reason?: pulumi.Input<string> | undefined;
}

const outputNames = ["plannedOperations", "uniqueId", "members", "related", "record"] as const;
const namingOutputs = ["plannedOperations", "uniqueId", "members"] as const;

/**
 * A replication group of one array (MSFT_ReplicationGroup): disks that are replicated as one. It holds one side of the pairs;
 * the other side is a group of the other array.
 *
 * ```ts
 * const sales = new ReplicationGroup("sales", {
 *     host: "east",
 *     storageSubsystem: "east-array",
 *     friendlyName: "Sales",
 *     members: ["Orders", "Ledger"],
 * });
 * export const members = sales.members;
 * ```
 *
 * **Adopting.** A group of this name in this array is adopted; if `members` are as declared, or left out, nothing is sent. Two
 * groups of one name are refused (SR2006).
 *
 * **Members.** Preview says each call, in order, for example `1. RemoveMember at east: Orders leaves Sales` and
 * `2. AddMember at east: Orders joins Sales at its end`. Order is kept: what has to move is taken out and added again, and a
 * group is never empty on the way. No disk and nothing on it changes with its group.
 *
 * **In a relationship** its members are pairs' ends, and change together with the other side or not at all: other `members`
 * are refused before anything is sent (SR2023), and so is its deletion. End the relationship first, or leave `members` out.
 *
 * **Refused in preview** is what arrays only answer by Invalid Parameter: a disk of another array, one that is named twice, or
 * is in another group, a group without disks; the last two unless the array says that it has such groups.
 *
 * **Secret.** Where the name of the group, its array or one of its disks is secret, so are all of them and what they mean:
 * outputs are marked, and plans, errors and the log count disks and name no array.
 *
 * **Proved.** Every call is proved by a look. One whose answer did not come is looked after and never sent again in that run.
 * What the array refused is told as refused; a group that somebody else made meanwhile is found, and not made by this resource.
 * Before each call the group is looked at once more.
 *
 * **Stopped or killed.** A create that is stopped after its call (Ctrl-C, a silent host) is in the state: the next run waits for
 * the group, and it is this resource's own. One whose process is killed is in no state: with a ledger (docs/ledger.md) the next
 * run waits and knows it as its own just the same; without one it adopts what it finds, and destroy keeps that unless
 * `deletePolicy` is `delete`; a group that had not shown yet may be made twice.
 *
 * Source of the errors: docs/errors.md.
 */
export class ReplicationGroup extends pulumi.dynamic.Resource {
	/** The type that the engine and policies know it by. */
	static readonly __pulumiType = groupType;

	/** The calls as preview showed them, one line each; after an update what was done. */
	declare readonly plannedOperations: pulumi.Output<string[]>;
	/** UniqueId of the group, its identity; its ObjectId where it reports none; empty: it was not seen yet. */
	declare readonly uniqueId: pulumi.Output<string>;
	/** UniqueIds of its disks, in order; in a preview, as they are declared. */
	declare readonly members: pulumi.Output<string[]>;
	/** The group is in a relationship with another one. */
	declare readonly related: pulumi.Output<boolean>;
	/** What the provider remembers between runs. Its layout is its own. */
	declare readonly record: pulumi.Output<unknown>;

	constructor(name: string, args: ReplicationGroupArgs, opts?: pulumi.CustomResourceOptions) {
		const props = seeded(name, args, opts, { type: groupType, outputNames, namingOutputs, kind: "ReplicationGroup" });
		const { host, storageSubsystem, friendlyName, members = [] } = args;
		const names = [host, storageSubsystem, friendlyName, members].flat();
		// Written-out names are no secret (see declared.ts).
		if (!names.every((each) => typeof each === "string")) hideNames(props, pulumi.output(names), namingOutputs);
		super(thinProvider, name, props, withHiddenText(opts), moduleName, "ReplicationGroup");
	}
}
