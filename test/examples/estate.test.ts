import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { describeWithEngine, diagnosticsOf, receivedSince, useLab, wish } from "../engine/lab";

const root = join(__dirname, "..", "..");
const folder = join(root, "examples", "estate");
const cli = join(root, "dist", "cli", "main.js");
const text = (name: string) => readFileSync(join(folder, name), "utf8");
const rows = text("estate.csv")
	.trim()
	.split("\n")
	.slice(1)
	.map((line) => line.split(",") as [string, string, string, string]);

describeWithEngine("examples/estate", () => {
	const lab = useLab({
		program: text("index.ts"),
		pairs: rows.map(([, source, target]) => ({ source, target })),
	});
	beforeAll(() => writeFileSync(join(lab().project.folder, "estate.csv"), text("estate.csv")));

	test("adopts fifty, and moves them in waves: none begins before the one before it is over", async () => {
		const { project, sites } = lab();
		const adopted = await project.up();
		expect(adopted.exitCode, adopted.text).toBe(0);
		const said = diagnosticsOf(adopted).find((line) => line.startsWith("50 relationships"));
		expect(text("README.md")).toContain(`\n${said}\n`);
		expect(sites.calls()).toEqual([]);

		await wish(lab(), { state: "reversed" });
		const moved = await project.up();
		expect(moved.exitCode, moved.text).toBe(0);
		const waveOf = new Map(rows.map(([, source, , wave]) => [source, Number(wave)]));
		const waves = sites
			.calls()
			.filter(({ method }) => method !== "Discover")
			.map(({ disk }) => waveOf.get(disk));
		expect(waves).toEqual([...waves].sort());
		expect(waves).toHaveLength(50);
		expect(sites.writes().lost).toBe(0);
	});

	test("a site that is gone: the summary has all tokens in one line, and with them the other one takes over", async () => {
		const { project, sites } = lab();
		await wish(lab(), { state: "active" });
		expect((await project.up()).exitCode).toBe(0);
		await sites.write("Disk-1", 3);
		await sites.array("east-array").lose();
		await wish(lab(), { state: "failedOver", lost: "source" });
		const { stdout } = await project.run(["preview", "--json"]);
		const summary = spawnSync(process.execPath, [cli, "ci-summary"], { input: stdout, encoding: "utf8" }).stdout;
		const tokens = /All tokens[\s\S]*?((?:[0-9a-f]{4}(?:-[0-9a-f]{4}){2} ?){50})/.exec(summary)?.[1] ?? summary;
		const before = sites.calls().length;
		await wish(lab(), { "storageReplication:approvals": tokens });
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		const received = receivedSince(lab(), before).filter((call) => !call.startsWith("Discover"));
		expect(received).toEqual(Array.from({ length: 50 }, () => "Failover at west"));
	});
});
