import { VirtualDiskReplication } from "pulumi-storage-replication";

// What host east holds, as it is. The first up adopts it and sends nothing.

new VirtualDiskReplication("ledger", {
	source: { host: "east", virtualDisk: "Ledger" },
	target: { host: "west", virtualDisk: "Ledger-DR" },
	syncMode: "synchronous",
});

new VirtualDiskReplication("orders", {
	source: { host: "east", virtualDisk: "Orders" },
	target: { host: "west", virtualDisk: "Orders-DR" },
	syncMode: "synchronous",
});
