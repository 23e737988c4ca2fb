import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../cli/runCli";
import { describeWithEngine, useLab } from "./lab";

/** A drill of docs/safety.md: its two commands, and the code that its up ends with; null: it ends well. */
interface Drill {
	readonly name: string;
	readonly simulator: readonly string[];
	readonly pulumi: readonly string[];
	readonly code: string | null;
}

const safety = readFileSync(join(__dirname, "..", "..", "docs", "safety.md"), "utf8");
const section = safety.slice(safety.indexOf("## Drills"), safety.indexOf("## Sending"));
const drills = [...section.matchAll(/\*\*(.+?)\.\*\*\n\n```\n(.+)\n(.+)\n```\n\n(SR\d{4})?/g)].map(
	([, name = "", first = "", second = "", code = null]): Drill => ({
		name,
		simulator: first.replace(/^npx pulumi-storage-replication /, "").split(" "),
		pulumi: second.replace(/^pulumi /, "").split(" "),
		code,
	}),
);

describeWithEngine("the drills of docs/safety.md", () => {
	const lab = useLab();

	test("are six", () => {
		expect(drills).toHaveLength(6);
	});

	for (const { name, simulator, pulumi, code } of drills) {
		test(`${name}: two commands, ${code ?? "no error"}, and nothing is sent`, async () => {
			const { project, sites } = lab();
			const cli = (...args: readonly string[]) => run(args, { cwd: project.folder });
			expect(await cli("simulator", "init", "--related", "--force")).toMatchObject({ code: 0 });
			const first = await project.up();
			expect(first.exitCode, first.text).toBe(0);
			const sent = sites.calls().length;
			expect(await cli(...simulator)).toMatchObject({ code: 0, err: "" });
			const up = await project.run(pulumi);
			expect(up.exitCode === 0, up.text).toBe(code === null);
			if (code === null) expect(up.text).toContain("2 unchanged");
			else expect(up.text).toContain(`${code}: `);
			expect(sites.calls().slice(sent)).toEqual([]);
			expect(sites.writes().lost).toBe(0);
		});
	}
});
