import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../cli/runCli";
import { describeWithEngine, useLab } from "./lab";

describeWithEngine("groups that a host holds", () => {
	const lab = useLab({
		program: "",
		pairs: ["Orders", "Ledger", "Stock"].map((source) => ({ source, target: `${source}-DR` })),
		simulator: {
			groups: [{ source: "Sales", target: "Sales-DR", members: ["Orders", "Ledger"] }],
		},
	});

	test("become declarations with their relationship, which are adopted and nothing is sent", async () => {
		const { project, sites } = lab();
		const entry = (host: string) => ({ kind: "simulator", file: sites.file, host });
		const hosts = join(project.folder, "hosts.json");
		writeFileSync(hosts, JSON.stringify({ east: entry("east"), west: entry("west") }));
		const { code, out } = await run(["generate", "--hosts", hosts, "--host", "east"]);
		expect(code, out).toBe(0);
		const declared = [...out.matchAll(/^new (\w+)\("([^"]+)"/gm)].map(([, type, name]) => `${type} ${name}`);
		expect(declared).toEqual([
			"VirtualDiskReplication stock",
			"GroupReplication sales",
			"ReplicationGroup sales-group",
		]);
		project.write(out);

		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		const state = project.state();
		expect(state.sales?.outputs).toMatchObject({ plannedOperations: ["adopt: nothing to do"], members: 2 });
		expect(state["sales-group"]?.outputs).toMatchObject({ related: true });
		const again = await project.up();
		expect(again.text).toMatch(/Resources:\n +4 unchanged/);
		expect(sites.calls()).toEqual([]);
	});
});
