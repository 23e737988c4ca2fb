import * as pulumi from "@pulumi/pulumi";
import { declared, withHiddenText } from "./declared";
import { moduleName, resourceType, typeName } from "./resourceType";
import { thinProvider } from "./thinProvider";
import type { VirtualDiskEnd, VirtualDiskReplicationArgs } from "./virtualDiskReplicationArgs";

/**
 * A replication relationship between two virtual disks that Windows manages (Storage Management API, any SMI-S or SMP
 * array behind it). Declare the state you want; preview shows the operations that lead there, in order, with what each
 * one puts at risk; up runs them one at a time and proves each on the array.
 *
 * ```ts
 * const orders = new VirtualDiskReplication("orders", {
 *     source: { host: "east", virtualDisk: "Orders" },
 *     target: { host: "west", virtualDisk: "Orders-DR" },
 *     syncMode: "synchronous",
 * });
 * export const serving = orders.primary;
 * ```
 *
 * **Adopting.** A relationship that exists is adopted: the first up changes nothing if the wish holds. `pulumi import`
 * does not work with dynamic providers; declaring it is the import.
 *
 * **Pausing.** `state: "suspended"`, and back with `active`. Roles never change.
 *
 * **Planned move to the other site.** `state: "reversed"`. With an asynchronous mode either make the source read-only
 * first, declare `syncMode: "synchronous"`, or consent to a measured loss with `maxDataLossSeconds`.
 *
 * **Disaster.** The declared source is lost: `state: "failedOver", lost: "source"`. Preview says what may be lost and
 * prints a token; `approval: "<token>"` lets the next up run it. When the site is back, remove `lost` and declare
 * `active` (what was written at the target is copied back) or `reversed`.
 *
 * **Ends never change meaning.** `source` and `target` are as declared, whoever serves; `primary` is where I/O goes.
 * Reversing, renaming, or declaring the ends the other way round never replaces the resource; another disk does.
 *
 * **Who did what, and why.** The stack's key `storageReplication:journal` names a file or folder to which every run writes
 * what it does, before and after each call; `reason: "CHG-4711"` says why. `pulumi-storage-replication history` shows it.
 *
 * **Not what you might think.** `protect` does not stop a failover, it stops deletion. `--target` observes only its
 * targets. `refresh` and `destroy` use the hosts stored in the state unless `--run-program` is given.
 *
 * Source of the rules: docs/operations.md; of the errors: docs/errors.md; the ledger: docs/ledger.md.
 */
export class VirtualDiskReplication extends pulumi.dynamic.Resource {
	/** The type that the engine knows it by. Policies that name the class match by this; without it none would (measured). */
	static readonly __pulumiType = resourceType;

	/** The plan as preview showed it, one line a step: `1. Suspend (22) at east: … [protectionLoss]`. */
	declare readonly plannedOperations: pulumi.Output<string[]>;
	/** The end that takes I/O now. */
	declare readonly primary: pulumi.Output<VirtualDiskEnd>;
	/** The other end. */
	declare readonly secondary: pulumi.Output<VirtualDiskEnd>;
	/** `forward`: data flows from source to target. A failover does not change it. */
	declare readonly direction: pulumi.Output<"forward" | "reverse">;
	/** `MSFT_Synchronized.CopyState` by name, for example `Synchronized`. */
	declare readonly copyState: pulumi.Output<string>;
	/** The mode the array reports: `synchronous`, `asynchronous`, or `unknown`. */
	declare readonly syncMode: pulumi.Output<string>;
	/** UniqueId of the declared source; its ObjectId where it reports none, or one that is not its own. */
	declare readonly sourceUniqueId: pulumi.Output<string>;
	/** UniqueId of the declared target, likewise. */
	declare readonly targetUniqueId: pulumi.Output<string>;
	/** What the provider remembers between runs. Its layout is its own. */
	declare readonly record: pulumi.Output<unknown>;

	constructor(name: string, args: VirtualDiskReplicationArgs, opts?: pulumi.CustomResourceOptions) {
		const props = declared(name, args, opts, { type: resourceType, outputNames, namingOutputs });
		super(thinProvider, name, props, withHiddenText(opts), moduleName, typeName);
	}

	/**
	 * Reads a relationship that another program manages. Fails if the disks have no relationship, or one with another id,
	 * and if that cannot be told because a host does not answer; `plannedOperations` is empty, `record` is null.
	 * @param id the `id` of that program's resource: both UniqueIds, in order.
	 * @param ends where its disks are seen from here.
	 */
	static get(
		name: string,
		id: pulumi.Input<pulumi.ID>,
		ends: Pick<VirtualDiskReplicationArgs, "source" | "target">,
		opts?: pulumi.CustomResourceOptions,
	): VirtualDiskReplication {
		return new VirtualDiskReplication(name, ends, { ...opts, id });
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
	"sourceUniqueId",
	"targetUniqueId",
	"record",
] as const;

/** Outputs that tell a disk's name or id. */
const namingOutputs = ["primary", "secondary", "sourceUniqueId", "targetUniqueId"] as const;
