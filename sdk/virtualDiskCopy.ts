import * as pulumi from "@pulumi/pulumi";
import { declared, withHiddenText } from "./declared";
import { cloneType, moduleName, snapshotType } from "./resourceType";
import { thinProvider } from "./thinProvider";
import type { VirtualDiskCloneArgs, VirtualDiskSnapshotArgs } from "./virtualDiskCopyArgs";
import type { VirtualDiskEnd } from "./virtualDiskReplicationArgs";

const outputNames = [
	"plannedOperations",
	"copyState",
	"complete",
	"pointInTime",
	"copy",
	"restored",
	"ended",
	"sourceUniqueId",
	"targetUniqueId",
	"record",
] as const;
const namingOutputs = ["copy", "sourceUniqueId", "targetUniqueId"] as const;

/** What a snapshot and a clone have in common: their outputs. */
export abstract class VirtualDiskCopy extends pulumi.dynamic.Resource {
	/** The plan as preview showed it, one line a step. */
	declare readonly plannedOperations: pulumi.Output<string[]>;
	/** `MSFT_Synchronized.CopyState` by name, or `absent`. */
	declare readonly copyState: pulumi.Output<string>;
	/** The point in time is whole: there is something to read, and to restore from. */
	declare readonly complete: pulumi.Output<boolean>;
	/** The moment that the copy holds, as the array reports it, to the second; null where it does not, or while it copies. */
	declare readonly pointInTime: pulumi.Output<string | null>;
	/** Where the copy is. */
	declare readonly copy: pulumi.Output<VirtualDiskEnd>;
	/** The label of the restore last done, of a secret one its digest; null: none was. */
	declare readonly restored: pulumi.Output<string | null>;
	/** Why it is gone, where that is as it should be: `complete`, `restored`, `expired`; else null. */
	declare readonly ended: pulumi.Output<"complete" | "restored" | "expired" | null>;
	/** UniqueId of the source, and of the copy's disk. */
	declare readonly sourceUniqueId: pulumi.Output<string>;
	declare readonly targetUniqueId: pulumi.Output<string>;
	/** What the provider remembers between runs. Its layout is its own. */
	declare readonly record: pulumi.Output<unknown>;

	constructor(
		name: string,
		args: VirtualDiskSnapshotArgs | VirtualDiskCloneArgs,
		opts: pulumi.CustomResourceOptions | undefined,
		kind: "Snapshot" | "Clone",
	) {
		const type = kind === "Snapshot" ? snapshotType : cloneType;
		super(
			thinProvider,
			name,
			declared(name, args, opts, { type, outputNames, namingOutputs, kind }),
			withHiddenText(opts),
			moduleName,
			`VirtualDisk${kind}`,
		);
	}
}

/**
 * A point in time of a virtual disk (SyncType 7): its differences from the source are kept, so it is there at once and is of
 * no use without its source. It is taken when it is created, and again when `triggers` change.
 *
 * ```ts
 * const before = new VirtualDiskSnapshot("before-upgrade", {
 *     source: { host: "east", virtualDisk: "Orders" },
 *     target: { virtualDisk: "Orders-before", storagePool: "Pool-1" },
 *     triggers: { release: "2026.11" },
 *     expendable: "pointInTime",
 * });
 * ```
 *
 * **Retake.** Other `triggers` ask for a new point in time, once; what the old one held goes, which takes a token or
 * `expendable`. **Restore.** A new label in `restore` makes the source what the snapshot is, once, and always takes a token;
 * stop what uses the source first. Removing the label undoes nothing. A restore that does not end well keeps the snapshot:
 * nothing overwrites or ends it until a restore is proven, or `keep: "source"` says that the source is good.
 *
 * **Drill.** A snapshot of a mirror's target with `expendable: "everything"`, `deletePolicy: "returnToResourcePool"` and
 * `expiresAt` never touches the mirror and cleans itself up at the first `up` after that time.
 *
 * Source of the rules: docs/operations.md; of the errors: docs/errors.md.
 */
export class VirtualDiskSnapshot extends VirtualDiskCopy {
	/** The type that the engine and policies know it by. */
	static readonly __pulumiType = snapshotType;

	constructor(name: string, args: VirtualDiskSnapshotArgs, opts?: pulumi.CustomResourceOptions) {
		super(name, args, opts, "Snapshot");
	}

	/** Reads a snapshot that another program manages, as `VirtualDiskReplication.get` does; `restored` and `ended` are null. */
	static get(
		name: string,
		id: pulumi.Input<pulumi.ID>,
		ends: Pick<VirtualDiskSnapshotArgs, "source" | "target">,
		opts?: pulumi.CustomResourceOptions,
	): VirtualDiskSnapshot {
		return new VirtualDiskSnapshot(name, ends, { ...opts, id });
	}
}

/**
 * A full copy of a virtual disk as of one moment (SyncType 8; `offload: true`: 9), of its own once it is complete.
 *
 * ```ts
 * const test = new VirtualDiskClone("orders-for-test", {
 *     source: { host: "east", virtualDisk: "Orders" },
 *     target: { virtualDisk: "Orders-Test", storagePool: "Pool-1" },
 *     state: "active",
 * });
 * ```
 *
 * `detached` lets go of it when it is complete; some arrays do so by themselves, and `ended` then says `complete`. That is
 * believed only of a copy that was seen whole, or whose job ended well (SR3011). `suspended` stops a copy that runs.
 * Retake and restore are as for a snapshot.
 *
 * Source of the rules: docs/operations.md; of the errors: docs/errors.md.
 */
export class VirtualDiskClone extends VirtualDiskCopy {
	/** The type that the engine and policies know it by. */
	static readonly __pulumiType = cloneType;

	constructor(name: string, args: VirtualDiskCloneArgs, opts?: pulumi.CustomResourceOptions) {
		super(name, args, opts, "Clone");
	}

	/** Reads a clone that another program manages, as `VirtualDiskReplication.get` does; `restored` and `ended` are null. */
	static get(
		name: string,
		id: pulumi.Input<pulumi.ID>,
		ends: Pick<VirtualDiskCloneArgs, "source" | "target">,
		opts?: pulumi.CustomResourceOptions,
	): VirtualDiskClone {
		return new VirtualDiskClone(name, ends, { ...opts, id });
	}
}
