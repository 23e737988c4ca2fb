#!/usr/bin/env node
import { CommanderError } from "commander";
import { type ErrorCode, errorCodes } from "../provider/model/errorCodes";
import { describeError, ReplicationError } from "../provider/model/replicationError";
import { exitCodes } from "./exitCodes";
import { makeProgram } from "./program";

/** Errors about what the user typed, or about a file that the command line names. */
const usageErrors: readonly ErrorCode[] = [
	errorCodes.invalidCommandLine,
	errorCodes.invalidHostsConfig,
	errorCodes.unknownHost,
	errorCodes.outsidePulumiMissing,
];

async function main(): Promise<void> {
	try {
		await makeProgram().parseAsync();
	} catch (error) {
		process.exitCode = exitCodeOf(error);
		// Commander has said what it has to say.
		if (!(error instanceof CommanderError)) process.stderr.write(`${oneLine(error)}\n`);
	}
}

function exitCodeOf(error: unknown): number {
	if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
	return error instanceof ReplicationError && usageErrors.includes(error.code) ? exitCodes.usage : exitCodes.failed;
}

function oneLine(error: unknown): string {
	if (error instanceof ReplicationError) return describeError(error.facts).replace(/\s*\n\s*/g, " ");
	return `error: ${error instanceof Error ? error.message : String(error)}`.replace(/\s*\n\s*/g, " ");
}

// A reader that closes early (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code === "EPIPE") process.exit(exitCodes.done);
	throw error;
});

void main();
