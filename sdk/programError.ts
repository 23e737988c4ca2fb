import * as pulumi from "@pulumi/pulumi";
import type { ErrorCode } from "../provider/model/errorCodes";
import { ReplicationError } from "../provider/model/replicationError";

/**
 * What goes wrong while a program runs. Of any other error that nobody catches Pulumi prints source, stack, fields and
 * causes (measured); of a `RunError` the message, which says all that there is to be done.
 */
export class ProgramError extends pulumi.RunError {
	readonly code: ErrorCode;

	constructor({ message, code }: ReplicationError) {
		super(message);
		this.name = "ProgramError";
		this.code = code;
	}
}

/** Does the work of a program's call; an error with a code is told in one line. */
export async function forProgram<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw error instanceof ReplicationError ? new ProgramError(error) : error;
	}
}
