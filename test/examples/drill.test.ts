import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeWithEngine, diagnosticsOf, receivedSince, useLab, wish } from "../engine/lab";

const folder = join(__dirname, "..", "..", "examples", "drill");
const text = (name: string) => readFileSync(join(folder, name), "utf8");

describeWithEngine("examples/drill", () => {
	const lab = useLab({ program: text("index.ts") });

	test("a drill from start to expiry leaves the mirror alone", async () => {
		const { project, sites } = lab();
		await wish(lab(), { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
		const started = await project.up();
		expect(started.exitCode, started.text).toBe(0);
		await sites.write("Orders-Drill", 3);
		await sites.write("Orders", 2);
		const written = sites.look().disks.find(({ name }) => name === "Orders-Drill")?.content;

		await wish(lab(), { drill: "2" });
		const preview = await project.run(["preview"]);
		const line = (operation: string) => diagnosticsOf(preview).find((each) => each.includes(operation)) ?? preview.text;
		expect(text("README.md")).toContain(line("ResyncReplica").replace(/^.*?1\. /, "1. "));
		const again = await project.up();
		expect(again.exitCode, again.text).toBe(0);
		expect(sites.look().disks.find(({ name }) => name === "Orders-Drill")?.content).not.toEqual(written);

		await wish(lab(), { expiresAt: "1970-01-01T00:00:00Z" });
		const told = await project.run(["preview"]);
		expect(text("README.md")).toContain(
			(diagnosticsOf(told).find((each) => each.includes("ReturnToResourcePool")) ?? told.text).replace(
				/^.*?1\. /,
				"1. ",
			),
		);
		const ended = await project.up();
		expect(ended.exitCode, ended.text).toBe(0);
		expect(receivedSince(lab(), 0).filter((call) => !call.startsWith("Discover"))).toEqual([
			"CreateReplica at west",
			"ResyncReplica at west",
			"ReturnToResourcePool at west",
		]);
		expect(sites.look().disks.map(({ name }) => name)).not.toContain("Orders-Drill");
		expect(sites.calls().every(({ disk }) => disk === "Orders-DR")).toBe(true);
		expect((await project.up()).exitCode).toBe(0);
		expect((await project.run(["refresh", "--yes"])).exitCode).toBe(0);
		expect((await project.run(["destroy", "--yes"])).exitCode).toBe(0);
		// What the drill wrote on its own disk, as consented, and nothing else.
		expect(sites.writes().lost).toBe(3);
	});
});
