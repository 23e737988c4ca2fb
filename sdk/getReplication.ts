import * as pulumi from "@pulumi/pulumi";
import type { DiskHealth } from "../provider/status";
import { forProgram } from "./programError";
import { readerOfProgram } from "./readerOfProgram";
import type { TargetVirtualDiskEnd, VirtualDiskEnd } from "./virtualDiskReplicationArgs";

/** What `getReplication` takes: the ends as `VirtualDiskReplication` takes them. Anything else is an error (SR2001). */
export interface GetReplicationArgs {
	/** The end that is the source as long as the roles are as declared. */
	source: VirtualDiskEnd;
	/** The end that is the target as long as the roles are as declared. Of a copy the output `copy` of its resource. */
	target: TargetVirtualDiskEnd;
	/** `Snapshot` or `Clone`: that copy, or none. Default: the mirror, else whatever there is between the two disks. */
	kind?: "Mirror" | "Snapshot" | "Clone" | undefined;
}

/** The same with values that may be outputs. */
export interface GetReplicationOutputArgs {
	/** As in `GetReplicationArgs`. */
	source: pulumi.Input<{ [Key in keyof VirtualDiskEnd]: pulumi.Input<VirtualDiskEnd[Key]> }>;
	/** As in `GetReplicationArgs`. */
	target: pulumi.Input<{ [Key in keyof TargetVirtualDiskEnd]: pulumi.Input<TargetVirtualDiskEnd[Key]> }>;
	/** As in `GetReplicationArgs`. */
	kind?: pulumi.Input<"Mirror" | "Snapshot" | "Clone"> | undefined;
}

/** A relationship as it is right now, telemetry included. */
export interface ReplicationStatus {
	/** `absent`: the hosts of both ends were read and none lists it. What could not be read is an error instead. */
	presence: "present" | "absent";
	/** `Mirror`, `Snapshot`, `Clone`, `TokenizedClone`, or `unknown type 12`. */
	kind: string;
	/** `MSFT_Synchronized.CopyState` by name, or `unknown state 17`. */
	copyState: string;
	/** ProgressStatus by name, or `unknown progress 40`. */
	progressStatus: string;
	/** `forward`: data flows from the declared source to the declared target. A failover does not change it. */
	direction: "forward" | "reverse";
	/** `synchronous`, `asynchronous` or `unknown`. */
	syncMode: string;
	/** The end that takes I/O now; of a copy its source. */
	primary: VirtualDiskEnd;
	/** The other end. */
	secondary: VirtualDiskEnd;
	/** Of a snapshot or a clone: it holds a whole point in time. Null: not known, or a mirror. */
	complete: boolean | null;
	/** Of a snapshot or a clone: which one, as the array reports it, to the second. Null: not reported, not at rest, or a mirror. */
	pointInTime: string | null;
	/** 0 to 100; null: the array does not report it. */
	percentSynced: number | null;
	/** Seconds the target is behind; null: the array does not report it, which is not zero. */
	lagSeconds: number | null;
	/** HealthStatus and OperationalStatus of both disks, by name; null: that end was not read. */
	health: { source: DiskHealth | null; target: DiskHealth | null };
	/** Why an end could not be read; null: it was. */
	unread: { source: string | null; target: string | null };
	/**
	 * Which disk is the source, or whether the target was failed over to, is told in two ways: in words. `direction`,
	 * `primary` and `secondary` mean nothing then. Null: it is not.
	 */
	contradiction: string | null;
	/** What else is told in two ways, in words. The worse of each counts. */
	differences: string[];
}

/**
 * Reads a relationship, with the health, percentage and lag that are no outputs of the resource because they would make
 * every refresh a difference. Runs in the program, in preview as well, and asks the hosts of the stack's
 * `storageReplication:hosts`. All calls of a program share one reading of each host, which serves for 30 seconds, as in a
 * preview: what the program itself changes meanwhile may not be in it yet.
 *
 * Throws for wrong arguments (SR2001), a host or a disk that is not there (SR2004, SR2005), and if a host that may hold
 * the relationship could not be read and no other one shows it (SR4xxx): what was not read is never told as absent.
 *
 * ```ts
 * const { lagSeconds } = await getReplication({
 *     source: { host: "east", virtualDisk: "Orders" },
 *     target: { host: "west", virtualDisk: "Orders-DR" },
 * });
 * ```
 */
export function getReplication(args: GetReplicationArgs): Promise<ReplicationStatus> {
	return forProgram(async () => readerOfProgram(args, ["source", "target", "kind"]).read(args, "cached", args.kind));
}

/**
 * The same for arguments that may be outputs, as an output. Not known in a preview as long as an argument is not; secret
 * if one of them is.
 *
 * ```ts
 * export const lagSeconds = getReplicationOutput({ source: orders.primary, target: orders.secondary }).lagSeconds;
 * ```
 */
export function getReplicationOutput(args: GetReplicationOutputArgs): pulumi.Output<ReplicationStatus> {
	return pulumi.output(args).apply(getReplication);
}
