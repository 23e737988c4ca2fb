import { expect, test } from "vitest";
import { describeWithEngine, useLab } from "./lab";

describeWithEngine("explicit providers", () => {
	const lab = useLab({
		program: `
import * as pulumi from "@pulumi/pulumi";
import { StorageReplicationProvider, VirtualDiskReplication, getReplication } from "pulumi-storage-replication";
const file = new pulumi.Config().require("file");
const provider = new StorageReplicationProvider("lab", { hosts: { left: { kind: "simulator", file, host: "east" }, right: { kind: "simulator", file, host: "west" } } });
const orders = new VirtualDiskReplication("orders", {
	source: { host: "left", virtualDisk: "Orders" },
	target: { host: "right", virtualDisk: "Orders-DR" },
}, { provider });
export const serving = orders.primary;
export const live = getReplication({ source: { host: "east", virtualDisk: "Orders" }, target: { host: "west", virtualDisk: "Orders-DR" } }).then((status) => status.lagSeconds);
const again = VirtualDiskReplication.get("again", orders.id, { source: { host: "east", virtualDisk: "Orders" }, target: { host: "west", virtualDisk: "Orders-DR" } });
export const seen = again.copyState;
`,
	});

	test("see exactly their own hosts; get and getReplication read", async () => {
		const { project, sites } = lab();
		await project.setConfig("program:file", sites.file);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(up.text).toMatch(/live +: 0/);
		expect(up.text).toMatch(/seen +: "Synchronized"/);
		expect(project.state().orders?.outputs).toMatchObject({ primary: { host: "left" } });
		expect(sites.calls()).toEqual([]);
	});
});
