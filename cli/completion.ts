import { Argument, Command, Help, type Option } from "commander";
import { type Shell, scripts } from "./completionScripts";

/** `pulumi-storage-replication completion bash`: what a shell needs to complete commands, options and their values. */
export function completionCommand(): Command {
	return new Command("completion")
		.description("print what a shell needs to complete this command line")
		.addArgument(new Argument("<shell>", "the shell that reads it").choices(Object.keys(scripts)))
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication completion bash

In the file that the shell reads when it starts:
  bash, zsh   source <(storage-replication completion bash), or zsh
  fish        storage-replication completion fish | source
  PowerShell  storage-replication completion powershell |
              Out-String | Invoke-Expression

A shell completes a command that it finds by its name: one installed by
npm install --global, or with node_modules/.bin on PATH. Where nothing of ours
fits, it completes names of files.

Exit codes: 0 printed; 2 the command line is wrong.`,
		)
		.action((shell: Shell) => {
			process.stdout.write(scripts[shell]);
		});
}

/** Hidden: what the scripts ask. A line is a word, a tab and what it means. */
export function completeCommand(): Command {
	return new Command("complete")
		.description("what may stand at the end of a command line")
		.option("--begun <word>", "what is there of the word to complete", "")
		.argument("[words...]", "the words before it, after --")
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication complete --begun=s -- plan --state`,
		)
		.action((words: readonly string[], { begun }: { readonly begun: string }, command: Command) => {
			const found = candidates(command.parent ?? command, words, begun);
			process.stdout.write(found.map(({ word, meaning }) => `${word}\t${meaning}\n`).join(""));
		});
}

export interface Candidate {
	readonly word: string;
	readonly meaning: string;
}

/** What may come after `words`, where the word to complete begins with `begun`. None: a name that only the user knows. */
export function candidates(program: Command, words: readonly string[], begun: string): Candidate[] {
	const { command, awaited, given } = placeAfter(program, words);
	const [, flag, value] = /^(--[^=]+=)(.*)$/.exec(begun) ?? [];
	const found = (): Candidate[] => {
		if (awaited !== undefined) return choicesOf(awaited);
		if (flag !== undefined && value !== undefined) {
			const option = optionOf(command, flag.slice(0, -1));
			return choicesOf(option).map((choice) => ({ ...choice, word: `${flag}${choice.word}` }));
		}
		if (begun.startsWith("-")) {
			const options = new Help().visibleOptions(command);
			return options.map(({ long, short, description }) => ({
				word: long ?? short ?? "",
				meaning: inOneLine(description),
			}));
		}
		const commands = new Help().visibleCommands(command);
		const argument = command.registeredArguments[given];
		return [
			...commands.map((each) => ({ word: each.name(), meaning: inOneLine(each.description()) })),
			...choicesOf(argument),
		];
	};
	return found().filter(({ word }) => word.startsWith(begun));
}

/** Read as commander reads it: which command, whether the value of an option comes next, how many arguments there are. */
function placeAfter(program: Command, words: readonly string[]) {
	let command = program;
	let awaited: Option | undefined;
	let given = 0;
	for (const word of words) {
		// Bash takes `--state=active` for three words.
		if (word === "=") continue;
		if (word.startsWith("-")) {
			const option = optionOf(command, word);
			awaited = option?.required || option?.optional ? option : undefined;
		} else if (awaited !== undefined) {
			if (!awaited.variadic) awaited = undefined;
		} else {
			const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
			given = next === undefined ? given + 1 : 0;
			command = next ?? command;
		}
	}
	return { command, awaited, given };
}

function optionOf(command: Command, flag: string): Option | undefined {
	return command.options.find(({ long, short }) => long === flag || short === flag);
}

function choicesOf(from: Option | Argument | undefined): Candidate[] {
	return (from?.argChoices ?? []).map((word) => ({ word, meaning: inOneLine(from?.description ?? "") }));
}

function inOneLine(text: string): string {
	return text.replace(/\s+/g, " ");
}
