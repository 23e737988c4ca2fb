import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { describeWithEngine, diagnosticsOf, useLab } from "./lab";

const ends = `{ source: { host: "east", virtualDisk: "Orders" }, target: { host: "west", virtualDisk: "Orders-DR" } }`;

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
export const program = process.pid;
export const live = Promise.all(Array.from({ length: 50 }, () => getReplication(${ends}))).then(([first]) => first.lagSeconds);
const again = VirtualDiskReplication.get("again", orders.id, ${ends});
export const seen = again.copyState;
`,
	});

	test("see exactly their own hosts; get and getReplication read, fifty calls at once each host once", async () => {
		const { project, sites } = lab();
		await project.configure({ "program:file": sites.file });
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(up.text).toMatch(/live +: 0/);
		expect(up.text).toMatch(/seen +: "Synchronized"/);
		expect(project.state().orders?.outputs).toMatchObject({ primary: { host: "left" } });
		expect(project.state().again?.outputs).toMatchObject({ plannedOperations: [], targetUniqueId: "6000200000000001" });
		expect(sites.calls()).toEqual([]);
		const program = Number(/program *: (\d+)/.exec(up.text)?.[1]);
		const readings = readFileSync(`${sites.file}.log`, "utf8")
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as { process: number; host: string });
		expect(
			readings
				.filter((reading) => reading.process === program)
				.map(({ host }) => host)
				.sort(),
		).toEqual(["east", "west"]);
	});
});

describeWithEngine("what cannot be read is no output", () => {
	const lab = useLab({ program: "" });

	afterEach(() => lab().sites.removeFaults());

	const get = (id: string) => `
import { VirtualDiskReplication } from "pulumi-storage-replication";
export const seen = VirtualDiskReplication.get("again", "${id}", ${ends}).primary;
`;

	test.each([
		["get with another id", get("6000100000000009:6000200000000009"), false, "SR2012"],
		["get with both hosts silent", get("6000100000000001:6000200000000001"), true, "SR4001"],
		[
			"getReplication with both hosts silent",
			`import { getReplication } from "pulumi-storage-replication";
export const presence = getReplication(${ends}).then((status) => status.presence);
`,
			true,
			"SR4001",
		],
		[
			"the option import",
			`import { VirtualDiskReplication } from "pulumi-storage-replication";
new VirtualDiskReplication("again", ${ends}, { import: "6000100000000001:6000200000000001" });
`,
			false,
			"SR2015",
		],
	])("%s ends the run with its code, in one line, and nothing is stored", async (_, program, silent, code) => {
		const { project, sites } = lab();
		project.write(program);
		if (silent) for (const host of ["east", "west"]) await sites.host(host).down();
		for (const run of [await project.run(["preview"]), await project.up()]) {
			expect(run.exitCode, run.text).not.toBe(0);
			const told = diagnosticsOf(run).filter((line) => line.includes(code) || /^at .*:\d+/.test(line));
			expect(told).toEqual([expect.stringMatching(`^error: (Preview failed: )?${code}: .* Data safe: .* Do: `)]);
		}
		expect(project.state()).not.toHaveProperty("again");
	});
});
