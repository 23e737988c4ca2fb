import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeWithEngine, useLab } from "./lab";

describeWithEngine("an ECMAScript module as program", () => {
	const lab = useLab();

	test("imports the package by name, and the provider runs", async () => {
		const { project, sites } = lab();
		writeFileSync(
			join(project.folder, "package.json"),
			JSON.stringify({ name: "program", private: true, type: "module", main: "index.js" }),
		);
		writeFileSync(
			join(project.folder, "index.js"),
			`import { VirtualDiskReplication, vocabulary } from "pulumi-storage-replication";
export const code = vocabulary["MSFT_VirtualDisk.SetReplicationRelationship.Operation"].Suspend;
const orders = new VirtualDiskReplication("orders", {
	source: { host: "east", virtualDisk: "Orders" },
	target: { host: "west", virtualDisk: "Orders-DR" },
	state: "suspended",
});
export const state = orders.copyState;
`,
		);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(up.text).toMatch(/code *: 22/);
		expect(sites.calls().map(({ operation }) => operation)).toEqual(["Suspend"]);
	});
});
