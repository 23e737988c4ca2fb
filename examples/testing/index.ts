import * as pulumi from "@pulumi/pulumi";
import type { ReplicationState } from "pulumi-storage-replication";
import { VirtualDiskReplication } from "pulumi-storage-replication";

const state = new pulumi.Config().get<ReplicationState>("state") ?? "active";

export const orders = new VirtualDiskReplication("orders", {
	source: { host: "east", virtualDisk: "Orders" },
	target: { host: "west", virtualDisk: "Orders-DR" },
	state,
});

// What other resources are told: where I/O goes.
export const serving = orders.primary;
