import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeWithEngine, switchover, useLab } from "./lab";

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

describeWithEngine("a TypeScript program as users have it", () => {
	const lab = useLab({ environment: { ...process.env, PULUMI_NODEJS_TRANSPILE_ONLY: "false" } });

	test("passes the type check that Pulumi makes of it", async () => {
		const preview = await lab().project.preview();
		expect(preview.exitCode, preview.text).toBe(0);
	});

	test("and fails it where an argument is misspelled", async () => {
		const { project } = lab();
		project.write(switchover.replace("virtualDisk:", "virtualdisk:"));
		const preview = await project.preview();
		expect(preview.exitCode).not.toBe(0);
		expect(preview.text).toContain("virtualdisk");
	});
});
