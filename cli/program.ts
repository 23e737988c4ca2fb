import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Help } from "commander";
import { embeddedHosts, hostEntry } from "../provider/hosts/hostsConfig";
import { ciSummaryCommand } from "./ciSummary";
import { completeCommand, completionCommand } from "./completion";
import { type DoctorEntry, doctorCommand } from "./doctor";
import { expireCommand } from "./expire";
import { generateCommand } from "./generate";
import { historyCommand } from "./history";
import { listCommand } from "./list";
import { operationCommand } from "./operation";
import { planCommand } from "./plan";
import { readHostsFile } from "./relationshipOptions";
import { reportCommand } from "./report";
import { simulatorCommand } from "./simulator";
import { statusCommand } from "./status";

/** What fits a terminal that nobody widened. */
const helpColumns = 80;

/** Every command, ready to parse. Ends with a `CommanderError` instead of the process. */
export function makeProgram(): Command {
	const program = new Command("pulumi-storage-replication")
		.description("Plan, look at and simulate replication between Windows-managed virtual disks.")
		.version(versionOfPackage())
		.addCommand(planCommand())
		.addCommand(operationCommand())
		.addCommand(expireCommand())
		.addCommand(statusCommand())
		.addCommand(listCommand())
		.addCommand(reportCommand())
		.addCommand(historyCommand())
		.addCommand(generateCommand())
		.addCommand(doctor())
		.addCommand(ciSummaryCommand())
		.addCommand(simulatorCommand())
		.addCommand(completionCommand())
		.addCommand(completeCommand(), { hidden: true })
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication simulator init --related
  npx pulumi-storage-replication plan --state suspended \\
    --source simulator:Orders --target simulator:Orders-DR
  npx pulumi-storage-replication plan --json < situations.jsonl

Exit codes: 0 done; 1 it could not be done; 2 the command line, a file that it
names or the input is malformed. Errors are one line on standard error, with a
code that docs/errors.md explains.`,
		);
	for (const command of everyCommand(program)) {
		command.configureHelp({ commandUsage: usageOf });
		command.exitOverride().configureOutput({
			// Help that was not asked for goes to standard error too and stays readable.
			outputError: (text, write) => write(`${text.trim().replace(/\s*\n\s*/g, " ")}\n`),
			getOutHelpWidth: () => Math.min(process.stdout.columns ?? helpColumns, helpColumns),
			getErrHelpWidth: () => Math.min(process.stderr.columns ?? helpColumns, helpColumns),
		});
	}
	return program;
}

export function everyCommand(command: Command): Command[] {
	return [command, ...command.commands.flatMap(everyCommand)];
}

/** Commander wraps everything but this line. */
function usageOf(command: Command): string {
	const usage = new Help().commandUsage(command);
	return "Usage: ".length + usage.length <= helpColumns ? usage : usage.replace(" [options]", "\n         [options]");
}

function doctor(): Command {
	const hosts = async (options: Readonly<Record<string, unknown>>): Promise<ReadonlyMap<string, DoctorEntry>> => {
		const config = readHostsFile(typeof options.hosts === "string" ? options.hosts : undefined);
		const entries = Object.entries(config).map(([name, entry]) => [name, hostEntry(name, entry)] as const);
		// The hosts that exist without configuration are examined when they are asked for or when there are no others: a
		// management server of other hosts need not see an array itself.
		const configured = entries.filter(([name]) => name === options.host || config[name] !== embeddedHosts[name]);
		return new Map(configured.length > 0 ? configured : entries);
	};
	return doctorCommand({ hosts }).option("--hosts <file>", "JSON file with the content of storageReplication:hosts");
}

function versionOfPackage(): string {
	// dist/cli/program.js and cli/program.ts are two folders and one below it.
	for (const up of ["..", "../.."]) {
		try {
			const { name, version } = JSON.parse(readFileSync(join(__dirname, up, "package.json"), "utf8")) as {
				name: string;
				version: string;
			};
			if (name === "pulumi-storage-replication") return version;
		} catch {
			// Not there: the next one.
		}
	}
	return "unknown";
}
