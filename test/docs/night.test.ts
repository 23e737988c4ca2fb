import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { play, stages } from "../../examples/demo";
import { run } from "../cli/runCli";
import { describeWithEngine, tokenIn, useLab } from "../engine/lab";
import { blocksOf, root } from "./pages";
import { commandsIn, wordsOf } from "./shellLine";

const textOf = (path: string) => readFileSync(join(root, path), "utf8");

/** The commands of a runbook, in order; a section ends where the next one begins. */
function runbook(title: string): string[] {
	const [, section = ""] = textOf("docs/runbooks.md").split(`\n## ${title}\n`);
	const [text = ""] = section.split("\n## ");
	return blocksOf({ path: title, text })
		.filter(({ language }) => language === "")
		.flatMap((block) => commandsIn(block.text));
}

/** One night for the README's excerpt and for the runbooks: an engine's command costs two seconds. */
describeWithEngine("the documented night", () => {
	const lab = useLab();

	/** Types a runbook, and what the last preview printed where it says `<token>`. A preview of which nothing is needed is left out. */
	async function follow(commands: readonly string[]): Promise<void> {
		const { project } = lab();
		const printed: string[] = [];
		const needed = (command: string, index: number) =>
			command !== "pulumi preview" || commands.slice(index).some((later) => later.includes("<token>"));
		for (const command of commands.filter(needed)) {
			const [program, ...words] = wordsOf(command.replace("<token>", () => tokenIn(printed.join("\n"))));
			if (program === "npx") {
				const { code, out, err } = await run(words.slice(1), { cwd: project.folder });
				expect(code, `${command}\n${err}`).toBe(0);
				printed.push(out);
				continue;
			}
			expect(program).toBe("pulumi");
			const changes = words[0] === "up" || words[0] === "destroy";
			const ended = await project.run(changes ? [...words, "--yes", "--skip-preview"] : words);
			expect(ended.exitCode, `${command}\n${ended.text}`).toBe(0);
			printed.push(ended.text);
		}
	}

	test("adoption and disaster: the demo prints what the README shows, and does what the runbooks say", async () => {
		const lines: string[] = [];
		const [adoption, disaster] = stages;
		if (adoption === undefined || disaster === undefined) throw new Error("the demo has no stages");
		const demo = { ...lab(), verbose: false, print: (line: string) => void lines.push(line) };
		await play(demo, adoption);
		const adopted = lines.splice(0);
		expect(lab().sites.calls()).toEqual([]);
		await play(demo, disaster);
		expect(textOf("README.md")).toContain(`\n\`\`\`\n${lines.join("\n").trimEnd()}\n\`\`\`\n`);
		const typed = (printed: readonly string[]) =>
			printed.filter((line) => line.startsWith("  $ ")).map((line) => line.slice(4));
		expect(typed(adopted).slice(1)).toEqual(runbook("Adoption"));
		const asWritten = typed(lines).map((line) => line.replace(/(approval) .*/, "$1 <token>"));
		expect(runbook("Disaster").sort()).toEqual(asWritten.sort());
	});

	test("return", async () => {
		const { sites } = lab();
		await sites.write("Orders-DR", 3);
		await sites.array("east-array").restore();
		await follow(runbook("Return"));
		expect(sites.look().relationships).toMatchObject([{ source: "6000100000000001", copyState: 4 }]);
		expect(sites.writes().lost).toBe(0);
	});

	test("planned move, and back", async () => {
		const { sites } = lab();
		const before = sites.calls().length;
		await follow(runbook("Planned move"));
		expect(
			sites
				.calls()
				.slice(before)
				.map(({ operation }) => operation),
		).toEqual(["ReverseRoles", "ReverseRoles"]);
	});

	// After a kill: test/engine/kill.test.ts types the same. A renamed resource: test/engine/components.test.ts.

	test("retiring a site", async () => {
		const { project, sites } = lab();
		const host = { kind: "simulator", file: sites.file };
		writeFileSync(join(project.folder, "hosts.json"), JSON.stringify({ east: host, west: host }));
		await follow(runbook("Retiring a site"));
		expect(sites.look().relationships).toEqual([]);
		expect(sites.look().disks).toHaveLength(2);
	});
});
