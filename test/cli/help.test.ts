import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { everyCommand, makeProgram } from "../../cli/program";
import { run } from "./runCli";

describe("help", () => {
	const commands = everyCommand(makeProgram()).map((command) => [pathOf(command), command] as const);

	test.each(commands)("%s: no line is over 80 columns", (_, command) => {
		let text = "";
		command.configureOutput({ writeOut: (piece) => (text += piece), getOutHelpWidth: () => 80 });
		command.outputHelp();
		expect(text).toContain("Usage:");
		for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
	});

	test.each([[[]], [["simulator"]], [["simulator", "fault"]]])(
		"%j without a subcommand prints the help, readable, and exits with 2",
		async (args) => {
			const { code, out, err } = await run(args);
			expect([code, out]).toEqual([2, ""]);
			expect(err).toMatch(/^Usage: pulumi-storage-replication .*\n\n[\s\S]*^Commands:$/m);
			expect(err.split("\n").length).toBeGreaterThan(10);
		},
	);

	test("that was asked for exits with 0", async () => {
		const { code, out, err } = await run(["plan", "--help"]);
		expect([code, err]).toEqual([0, ""]);
		expect(out).toContain("Exit codes:");
	});

	test("every command with exit codes of its own documents them", () => {
		for (const name of ["plan", "operation", "expire", "status", "list", "report", "history", "doctor", "simulator"]) {
			const command = makeProgram().commands.find((each) => each.name() === name);
			let text = "";
			command?.configureOutput({ writeOut: (piece) => (text += piece) }).outputHelp();
			expect(text, name).toMatch(/Exit codes: 0 /);
		}
	});
});

function pathOf(command: Command): string {
	return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
