import * as pulumi from "@pulumi/pulumi";
import type { VirtualDiskEnd } from "./virtualDiskReplicationArgs";

/** A relationship as it is right now, telemetry included. */
export interface ReplicationStatus {
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
	/** Why an end could not be read; null: it was. */
	unread: { source: string | null; target: string | null };
}

/**
 * Reads a relationship live, with the percentage and lag that are no outputs of the resource because they would make
 * every refresh a difference. Runs in the program, in preview as well. Throws if nothing can be said.
 */
export async function getReplication(args: {
	source: VirtualDiskEnd;
	target: VirtualDiskEnd;
}): Promise<ReplicationStatus> {
	const { readStatus } = await import("../provider/status.js");
	const config = new pulumi.Config("storageReplication");
	return readStatus(args, config.get("hosts"));
}
