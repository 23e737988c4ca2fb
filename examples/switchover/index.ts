import * as pulumi from "@pulumi/pulumi";
import type { ReplicationState } from "pulumi-storage-replication";
import { VirtualDiskReplication } from "pulumi-storage-replication";

// The wish comes from the stack's configuration, so that a switch-over is a reviewed change of one line.
const config = new pulumi.Config();

const orders = new VirtualDiskReplication("orders", {
	source: { host: "east", virtualDisk: "Orders" },
	target: { host: "west", virtualDisk: "Orders-DR" },
	syncMode: "synchronous",
	state: config.get<ReplicationState>("state") ?? "active",
	failoverTo: config.get<"source" | "target">("failoverTo"),
	lost: config.get<"source" | "target">("lost"),
	approval: config.get("approval"),
});

// Where the application has to do its I/O now.
export const serving = orders.primary;
export const state = orders.copyState;
