import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { run } from "../cli/runCli";
import { describeWithEngine, useLab } from "./lab";

describeWithEngine("copies that a host holds", () => {
	const lab = useLab({
		program: "",
		simulator: {
			copies: [
				{ source: "Orders", target: "Orders-Snap", kind: "Snapshot" },
				{ source: "Orders-DR", target: "Orders-Held", kind: "Snapshot" },
				{ source: "Orders", target: "Orders-Clone", kind: "Clone" },
				{ source: "Orders", target: "Orders-Offloaded", kind: "TokenizedClone" },
			],
		},
	});

	const generate = async (language: string) => {
		const { project, sites } = lab();
		const entry = (host: string) => ({ kind: "simulator", file: sites.file, host });
		const hosts = join(project.folder, "hosts.json");
		writeFileSync(hosts, JSON.stringify({ east: entry("east"), west: entry("west") }));
		const texts = [];
		for (const host of ["east", "west"]) {
			const { code, out } = await run(["generate", "--hosts", hosts, "--host", host, "--language", language]);
			expect(code, out).toBe(0);
			texts.push(out);
		}
		return texts;
	};

	test("become declarations in TypeScript, which are adopted and nothing is sent", async () => {
		const { project, sites } = lab();
		await sites.change((world) => {
			const held = world.disks.find(({ name }) => name === "Orders-Held")?.uniqueId;
			// Inactive, as somebody left it.
			for (const each of world.relationships) if (each.target === held) Object.assign(each, { copyState: 8 });
		});
		const [east = "", west = ""] = await generate("typescript");
		const declared = (text: string) =>
			[...text.matchAll(/^new (\w+)\("([^"]+)"/gm)].map(([, type, name]) => `${type} ${name}`);
		expect(declared(east)).toEqual([
			"VirtualDiskReplication orders",
			"VirtualDiskClone orders-clone",
			"VirtualDiskClone orders-offloaded",
			"VirtualDiskSnapshot orders-snap",
		]);
		expect(declared(west)).toEqual(["VirtualDiskReplication orders", "VirtualDiskSnapshot orders-held"]);
		expect(west).toContain('state: "inactive"');
		expect(east).toContain("offload: true");
		const heldAlone = west
			.replace(/^new VirtualDiskReplication[\s\S]*?^\}\);\n/m, "")
			.replace(/VirtualDiskReplication, /, "");
		writeFileSync(join(project.folder, "west.ts"), heldAlone);
		project.write(`${east}\nimport "./west";\n`);

		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		const state = project.state();
		for (const name of ["orders-snap", "orders-held", "orders-clone", "orders-offloaded"])
			expect(state[name]?.outputs?.plannedOperations, name).toEqual(["adopt: nothing to do"]);
		expect(sites.calls()).toEqual([]);
	});

	test("are the same as data, for a program that reads it", async () => {
		const { project, sites } = lab();
		const [east, west] = (await generate("yaml")).map((text) => parse(text) as object);
		project.write(`
import * as replication from "pulumi-storage-replication";
const declared: Record<string, any> = ${JSON.stringify({ ...west, ...east })};
for (const [name, { class: type = "VirtualDiskReplication", ...args }] of Object.entries(declared))
	new (replication as any)[type](name, args);
`);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(up.text).toMatch(/Resources:\n +6 unchanged/);
		expect(sites.calls()).toEqual([]);
	});
});
