import { VirtualDiskReplication } from "pulumi-storage-replication";

// Hosts by name only: the same declaration is tried on the simulator and runs in production.
const orders = new VirtualDiskReplication("orders", {
	source: { host: "east", virtualDisk: "Orders" },
	target: { host: "west", virtualDisk: "Orders-DR" },
});

export const serving = orders.primary;
