import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { everyCommand, makeProgram } from "../../cli/program";
import { blocksOf, pages } from "./pages";
import { commandsIn, wordsOf } from "./shellLine";

const ours = /^npx (?:pulumi-)?storage-replication /;

/** Inline code too: `npx pulumi-storage-replication plan --state absent` is typed as it stands. */
const commands = pages()
	.filter(({ path }) => path !== "CHANGELOG.md")
	.flatMap((page) => [
		...blocksOf(page).flatMap(({ text, line }) =>
			commandsIn(text).map((command) => ({ at: `${page.path}:${line}`, command })),
		),
		...[...page.text.matchAll(/`(npx [^`\n]+)`/g)].map(([, command = ""]) => ({ at: page.path, command })),
	])
	.filter(({ command }) => ours.test(command));

test("every command of ours that a page shows is one that the command line takes", async () => {
	const refused: string[] = [];
	for (const { at, command } of commands) {
		const program = makeProgram();
		for (const each of everyCommand(program)) {
			each.configureOutput({ writeOut: () => {}, writeErr: () => {} });
			if (each.commands.length === 0) each.action(() => {});
		}
		try {
			await program.parseAsync(wordsOf(command.replace(ours, "")), { from: "user" });
		} catch (error) {
			if (!(error instanceof CommanderError) || error.exitCode !== 0) refused.push(`${at}: ${command}: ${error}`);
		}
	}
	expect(refused).toEqual([]);
	expect(commands.length).toBeGreaterThan(40);
});
