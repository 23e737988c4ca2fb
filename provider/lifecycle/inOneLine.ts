import { errorCodes } from "../model/errorCodes";
import { describeError, ReplicationError } from "../model/replicationError";
import { RunStopped } from "./apply";

/** Codes of what the configuration may be to blame for. */
const aboutHosts: readonly string[] = [
	errorCodes.unknownHost,
	errorCodes.invalidHostsConfig,
	errorCodes.hostUnreachable,
	errorCodes.simulatorFileInvalid,
];

const told = new Set<string>();
let printAnyway: typeof console.error | null = null;

/**
 * The error of a read or a delete as the engine is to show it: once, as one line. The SDK's server prints what these two
 * throw with its stack as well (measured); of errors that have a code the stack says nothing to anybody who reads it.
 *
 * Refresh and destroy run with the configuration that the state holds (measured): what has moved since is not found, and
 * the error alone would send people to a configuration that is right.
 */
export async function inOneLine<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		if (!(error instanceof ReplicationError || error instanceof RunStopped)) throw error;
		const plain = new Error(textOf(error), { cause: error });
		told.add(`${plain}: ${plain.stack}`);
		printOthers();
		throw plain;
	}
}

function textOf(error: ReplicationError | RunStopped): string {
	if (error instanceof RunStopped || !aboutHosts.includes(error.code)) return error.message;
	const stored =
		"Refresh and destroy use storageReplication:hosts as the last `pulumi up` stored it in the state (inputs of the provider pulumi-nodejs); if it has changed since, give them --run-program, or run `pulumi up` first.";
	return describeError({ ...error.facts, remedy: `${error.facts.remedy} ${stored}` });
}

function printOthers(): void {
	if (printAnyway !== null) return;
	const print = console.error.bind(console);
	printAnyway = print;
	console.error = (...values: unknown[]) => {
		if (values.length === 1 && told.delete(String(values[0]))) return;
		print(...values);
	};
}
