import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Simulator } from "../../provider/hosts/simulator";
import { run } from "../cli/runCli";
import { blocksOf } from "../docs/pages";
import { commandsIn, wordsOf } from "../docs/shellLine";
import { describeWithEngine, diagnosticsOf, useLab } from "../engine/lab";

const example = join(__dirname, "..", "..", "examples", "adoption");
const text = (name: string) => readFileSync(join(example, name), "utf8");
const blocks = blocksOf({ path: "README.md", text: text("README.md") }).map((block) => block.text);

/** A command of ours as the README has it; what it would write into a file is returned. */
async function type(command: string, folder: string): Promise<string> {
	const [written] = blocks.flatMap(commandsIn).filter((line) => line.includes(`storage-replication ${command} `));
	const { code, out, err } = await run(wordsOf(written ?? command).slice(2), { cwd: folder });
	expect([code, err], written).toEqual([0, ""]);
	return out;
}

describeWithEngine("examples/adoption", () => {
	const lab = useLab({ program: "export {};\n" });

	test("what a host holds becomes the program, up sends nothing for it, and the first change is one operation", async () => {
		const { project, sites } = lab();
		const { folder } = project;
		rmSync(sites.file);
		cpSync(join(example, "hosts.json"), join(folder, "hosts.json"));
		await type("simulator init", folder);
		const program = await type("generate", folder);
		expect(program).toBe(text("index.ts"));
		expect(program, "the README's excerpt").toContain(blocks.find((block) => block.startsWith("new ")));
		project.write(program);

		const preview = await project.preview();
		expect(preview.exitCode, preview.text).toBe(0);
		const planned = blocks.find((block) => block.includes("plannedOperations")) ?? "the README shows it";
		expect(flush(preview.text).split(flush(planned))).toHaveLength(3);

		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(blocks).toContain(diagnosticsOf(up).find((line) => line.startsWith("2 relationships")));
		const arrays = Simulator.open(sites.file);
		expect(arrays.calls()).toEqual([]);

		project.write(program.replace('virtualDisk: "Orders-DR" },\n', '$&\tstate: "suspended",\n'));
		const changed = await project.up();
		expect(changed.exitCode, changed.text).toBe(0);
		expect(
			blocks.some((block) => block.startsWith("1. ") && changed.text.includes(block)),
			changed.text,
		).toBe(true);
		expect(arrays.calls().map(({ operation, host }) => `${operation} at ${host}`)).toEqual(["Suspend at east"]);
		expect(arrays.writes().lost).toBe(0);
	});
});

/** Without the indentation, which is deeper the further inside a value stands. */
function flush(printed: string): string {
	return printed.replace(/^[ +]+/gm, "");
}
