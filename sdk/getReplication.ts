import * as pulumi from "@pulumi/pulumi";
import type { DiskHealth, StatusReader } from "../provider/status";
import { forProgram } from "./programError";
import type { VirtualDiskEnd } from "./virtualDiskReplicationArgs";

/** A relationship as it is right now, telemetry included. */
export interface ReplicationStatus {
	/** `absent`: the hosts of both ends were read and none lists it. What could not be read is an error instead. */
	presence: "present" | "absent";
	/** By name, or `unknown state 17`. */
	copyState: string;
	progressStatus: string;
	direction: "forward" | "reverse";
	/** `synchronous`, `asynchronous` or `unknown`. */
	syncMode: string;
	primary: VirtualDiskEnd;
	secondary: VirtualDiskEnd;
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

let shared: { readonly hosts: string; readonly reader: StatusReader } | undefined;

/**
 * Reads a relationship, with the health, percentage and lag that are no outputs of the resource because they would make
 * every refresh a difference. Runs in the program, in preview as well. Throws if a host that may hold the relationship
 * could not be read and no other one shows it: what was not read is never told as absent.
 *
 * All calls of a program share one reading of each host, which serves for 30 seconds, as in a preview: what the program
 * itself changes meanwhile may not be in it yet.
 */
export async function getReplication(args: {
	source: VirtualDiskEnd;
	target: VirtualDiskEnd;
}): Promise<ReplicationStatus> {
	return forProgram(async () => {
		const { statusReader } = await import("../provider/status.js");
		const hosts = new pulumi.Config("storageReplication").get("hosts") ?? "";
		if (shared?.hosts !== hosts) shared = { hosts, reader: statusReader(hosts) };
		return shared.reader.read(args, "cached");
	});
}
