import { type Command, Help } from "commander";
import { everyCommand, makeProgram } from "../cli/program";

/** What the help of a terminal of the usual width shows. */
const columns = 80;

/** docs/cli.md: every command's own help. */
export function commandsPage(): string {
	const [program, ...commands] = everyCommand(makeProgram());
	if (program === undefined) throw new Error("there is no command");
	const isShown = (command: Command) => command.parent && new Help().visibleCommands(command.parent).includes(command);
	const faults = commands.filter((command) => command.parent?.name() === "fault");
	return `# Command line

\`npx pulumi-storage-replication\` comes with the package. This page is what \`--help\` prints. Tables fit the terminal; into a file or
a pipe nothing is cut. What \`--json\` prints is in [json.md](json.md). Bash, zsh, fish and PowerShell complete commands, options and
their values after [\`completion\`](#completion).

${block(helpOf(program))}
${commands
	.filter((command) => isShown(command) && !faults.includes(command))
	.map((command) => `\n## ${pathOf(command)}\n\n${block(helpOf(command))}`)
	.join("\n")}

### The faults

${faults.map((command) => `- \`${usageOf(command)}\`: ${command.description()}`).join("\n")}
`;
}

/** The text of \`--help\`, as on a terminal of the usual width. */
export function helpOf(command: Command): string {
	let text = "";
	command.configureOutput({
		writeOut: (piece) => {
			text += piece;
		},
		getOutHelpWidth: () => columns,
		getOutHasColors: () => false,
	});
	command.outputHelp();
	return text.trim();
}

export function pathOf(command: Command): string {
	return command.parent === null || command.parent.parent === null
		? command.name()
		: `${pathOf(command.parent)} ${command.name()}`;
}

function usageOf(command: Command): string {
	return `${command.name()} ${command.usage().replace(/^\[options\] ?/, "")}`.trim();
}

function block(text: string): string {
	return `\`\`\`text\n${text}\n\`\`\``;
}
