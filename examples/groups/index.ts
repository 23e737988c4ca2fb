import * as pulumi from "@pulumi/pulumi";
import type { ReplicationEnd, ReplicationState } from "pulumi-storage-replication";
import { GroupReplication } from "pulumi-storage-replication";

const config = new pulumi.Config();

// All disks of Sales move with one call, or none does.
const sales = new GroupReplication("sales", {
	source: { host: "east", group: "Sales" },
	target: { host: "west", group: "Sales-DR" },
	state: config.get<ReplicationState>("state"),
	lost: config.get<ReplicationEnd>("lost"),
	consistency: config.getBoolean("consistency"),
	// Left out, the pairs are those that the groups have.
	pairs: config.getObject<string[]>("pairs")?.map((disk) => ({ source: disk, target: `${disk}-DR` })),
	reason: config.get("reason"),
});

export const serving = sales.primary;
export const members = sales.members;
export const consistent = sales.consistency;
export const torn = sales.torn;
