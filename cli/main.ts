#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { embeddedHosts, hostEntry } from "../provider/hosts/hostsConfig";
import { describeError, ReplicationError } from "../provider/model/replicationError";
import { type DoctorEntry, doctorCommand } from "./doctor";
import { exitCodes } from "./exitCodes";
import { planCommand } from "./plan";
import { readHostsFile } from "./relationshipOptions";
import { simulatorCommand } from "./simulator";
import { statusCommand } from "./status";

async function main(): Promise<void> {
	const program = new Command("storage-replication")
		.description("Replication between Windows-managed virtual disks: plan it, look at it, simulate it.")
		.version(versionOfPackage())
		.addCommand(planCommand())
		.addCommand(statusCommand())
		.addCommand(doctor())
		.addCommand(simulatorCommand())
		.addHelpText(
			"after",
			`
Examples:
  storage-replication simulator init --related
  storage-replication plan --source simulator:Orders --target simulator:Orders-DR --state suspended
  storage-replication plan --json < situations.jsonl

Exit codes: 0 done, 1 it could not be done, 2 the command line or the input is malformed, 3 something this machine
lacks. Errors are one line on standard error, with a code that docs/errors.md explains.`,
		);
	for (const command of everyCommand(program)) command.exitOverride().configureOutput({ writeErr: writeUsageError });
	try {
		await program.parseAsync();
	} catch (error) {
		if (error instanceof CommanderError) {
			process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
			return;
		}
		process.stderr.write(`${oneLine(error)}\n`);
		process.exitCode = exitCodes.failed;
	}
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

function everyCommand(command: Command): Command[] {
	return [command, ...command.commands.flatMap(everyCommand)];
}

/** Usage errors in one line, as all errors. */
function writeUsageError(text: string): void {
	process.stderr.write(`${text.trim().replace(/\s*\n\s*/g, " ")}\n`);
}

function oneLine(error: unknown): string {
	if (error instanceof ReplicationError) return describeError(error.facts).replace(/\s*\n\s*/g, " ");
	return `error: ${error instanceof Error ? error.message : String(error)}`.replace(/\s*\n\s*/g, " ");
}

function versionOfPackage(): string {
	// dist/cli/main.js and cli/main.ts are one and two folders below it.
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

// A reader that closes early (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code === "EPIPE") process.exit(exitCodes.done);
	throw error;
});

void main();
