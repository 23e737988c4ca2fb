import * as pulumi from "@pulumi/pulumi";
import { VirtualDiskReplication, VirtualDiskSnapshot } from "pulumi-storage-replication";

const config = new pulumi.Config();

// The mirror goes on protecting Orders while the drill runs.
const orders = new VirtualDiskReplication("orders", {
	source: { host: "east", virtualDisk: "Orders" },
	target: { host: "west", virtualDisk: "Orders-DR" },
});

// A disk at the other site that holds Orders-DR as it was at one moment: mount it, start the application from it, write to it.
const drill = new VirtualDiskSnapshot(
	"drill",
	{
		source: { host: "west", virtualDisk: "Orders-DR" },
		target: { virtualDisk: "Orders-Drill", storagePool: "Drills" },
		triggers: config.get("drill"),
		expiresAt: config.require("expiresAt"),
		expendable: "everything",
		deletePolicy: "returnToResourcePool",
		reason: config.get("reason"),
	},
	{ dependsOn: orders },
);

export const mirror = orders.copyState;
export const drillDisk = drill.copy;
export const asOf = drill.pointInTime;
export const ended = drill.ended;
