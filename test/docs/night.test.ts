import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { play, stages } from "../../examples/demo";
import { Simulator } from "../../provider/hosts/simulator";
import { endOf } from "../../scripts/pulumiProject";
import { run } from "../cli/runCli";
import { describeWithEngine, receivedSince, switchover, tokenIn, useLab, wish } from "../engine/lab";
import { blocksOf, root } from "./pages";
import { commandsIn, wordsOf } from "./shellLine";

const textOf = (path: string) => readFileSync(join(root, path), "utf8");

/** A runbook; it ends where the next one begins. */
function section(title: string): string {
	const [, from = ""] = textOf("docs/runbooks.md").split(`\n## ${title}\n`);
	const [text = ""] = from.split("\n## ");
	return text;
}

/** The commands of a runbook, in order. */
function runbook(title: string): string[] {
	return blocksOf({ path: title, text: section(title) })
		.filter(({ language }) => language === "")
		.flatMap((block) => commandsIn(block.text));
}

/** What a person answers to the command's questions. */
const answers: Readonly<Record<string, readonly string[]>> = {
	up: ["--yes", "--skip-preview"],
	destroy: ["--yes", "--skip-preview"],
	cancel: ["--yes"],
};

/** One night for the README's excerpt and for the runbooks: an engine's command costs two seconds. */
describeWithEngine("the documented night", () => {
	const lab = useLab();

	/** Types a runbook, and what the last preview printed where it says `<token>`. A preview of which nothing is needed is left out. */
	async function follow(commands: readonly string[], cwd = lab().project.folder): Promise<string> {
		const { project } = lab();
		const printed: string[] = [];
		const needed = (command: string, index: number) =>
			command !== "pulumi preview" || commands.slice(index).some((later) => later.includes("<token>"));
		for (const command of commands.filter(needed)) {
			const [program, ...words] = wordsOf(command.replace("<token>", () => tokenIn(printed.join("\n"))));
			if (program === "npx") {
				const { code, out, err } = await run(words.slice(1), { cwd });
				expect(code, `${command}\n${err}`).toBe(0);
				printed.push(out);
				continue;
			}
			expect(program).toBe("pulumi");
			const ended = await project.run([...words, ...(answers[words[0] ?? ""] ?? [])]);
			expect(ended.exitCode, `${command}\n${ended.text}`).toBe(0);
			printed.push(ended.text);
		}
		return printed.join("\n");
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
		expect(section("Adoption")).toContain(adopted.find((line) => line.includes("adopts"))?.trim());
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

	test("planned move, and back; as a drill, and what the ledger tells of it", async () => {
		const { project, sites } = lab();
		const drill = runbook("Drill");
		const history = drill.filter((command) => command.includes(" history "));
		const played = join(project.folder, "drill");
		mkdirSync(played);
		expect(await follow(drill.slice(0, -history.length), played)).toContain("east-array is lost");
		expect(Simulator.open(join(played, "arrays.json")).look().faults).toEqual([]);

		const before = sites.calls().length;
		await wish(lab(), { "storageReplication:journal": "ledger.jsonl" });
		await follow(runbook("Planned move"));
		expect(receivedSince(lab(), before)).toEqual(["ReverseRoles at east", "ReverseRoles at west"]);
		expect((await follow(history)).match(/ReverseRoles/g)?.length).toBeGreaterThanOrEqual(2);
	});

	test("renaming", async () => {
		const { project, sites } = lab();
		const before = sites.calls().length;
		const [, options = "the runbook has no options"] =
			/source, target \}, (\{.*\})\);/.exec(section("Renaming and aliases")) ?? [];
		project.write(switchover.replace('("orders", {', '("orders-dr", {').replace(/^\}\);$/m, `}, ${options});`));
		expect(runbook("Renaming and aliases")).toEqual(["pulumi preview", "pulumi up"]);
		const preview = await project.run(["preview", "--expect-no-changes"]);
		expect(preview.exitCode, preview.text).toBe(0);
		expect(preview.text).toMatch(/\d unchanged/);
		await follow(runbook("Renaming and aliases"));
		expect(Object.keys(project.state())).toContain("orders-dr");
		expect(Object.keys(project.state())).not.toContain("orders");
		expect(receivedSince(lab(), before)).toEqual([]);
	});

	test("after a kill: the step that was sent is not sent again", async () => {
		const { project, sites } = lab();
		const before = sites.calls().length;
		await wish(lab(), { state: "suspended" });
		await sites.addFault({ kind: "slow", factor: 10 });
		const child = project.start(["up", "--yes", "--skip-preview"]);
		const ended = endOf(child, "pulumi up");
		await expect.poll(() => sites.calls().length).toBe(before + 1);
		child.kill("SIGKILL");
		await ended;
		await sites.removeFaults();
		await follow(runbook("After a kill"));
		expect(sites.look().relationships).toMatchObject([{ copyState: 9 }]);
		expect(receivedSince(lab(), before)).toEqual(["Suspend at east"]);
	});

	test("retiring a site", async () => {
		const { project, sites } = lab();
		const host = { kind: "simulator", file: sites.file };
		writeFileSync(join(project.folder, "hosts.json"), JSON.stringify({ east: host, west: host }));
		await follow(runbook("Retiring a site"));
		expect(sites.look().relationships).toEqual([]);
		expect(sites.look().disks).toHaveLength(2);
	});
});
