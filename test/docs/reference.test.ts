import { expect, test } from "vitest";
import { everyCommand, makeProgram } from "../../cli/program";
import { type Reference, references, storedText } from "../../scripts/reference";
import { helpOf } from "../../scripts/referenceCommands";

test.each(Object.keys(references) as Reference[])("%s is what npm run reference writes today", (path) => {
	expect(storedText(path)).toBe(references[path]());
});

test("every command has examples in its help, and the faults have theirs in one place", () => {
	for (const command of everyCommand(makeProgram())) {
		if (command.parent?.name() === "fault") continue;
		expect(helpOf(command), command.name()).toMatch(
			/\nExamples:\n(?: {2}pulumi .*\n)? {2}npx pulumi-storage-replication /,
		);
	}
});

test("every command that has --json is in docs/json.md", () => {
	for (const command of everyCommand(makeProgram())) {
		if (!command.options.some(({ long }) => long === "--json")) continue;
		expect(storedText("docs/json.md")).toMatch(new RegExp(`\`(simulator )?${command.name()} [^\`]*--json`));
	}
});
