import type { ErrorCode } from "./errorCodes";

/**
 * Who has to act: the user (arguments, a wish that cannot be had), the array (it refused or ended elsewhere), the
 * transport (nothing can be said about the array), a safety stop (we would not go on), or us (a bug).
 */
export type ErrorClass = "user" | "array" | "transport" | "safety" | "internal";

export interface ErrorFacts {
	readonly code: ErrorCode;
	readonly class: ErrorClass;
	/** What happened and where: host, disk, step k of n, operation, return code. No secrets. */
	readonly what: string;
	/** The answer to "is my data safe?", one sentence. */
	readonly dataSafety: string;
	/** What to do now, one sentence. */
	readonly remedy: string;
	/** The argument it is about, as a path, for check failures. */
	readonly property?: string;
}

/** The one error of this package: facts first, then what they mean for the data, then what to do. */
export class ReplicationError extends Error {
	readonly facts: ErrorFacts;

	constructor(facts: ErrorFacts, options?: { readonly cause?: unknown }) {
		super(describeError(facts), options);
		this.name = "ReplicationError";
		this.facts = facts;
	}

	get code(): ErrorCode {
		return this.facts.code;
	}
}

/** The one wording of an error, on one line: CLI, check failures, partial failures and logs print this. */
export function describeError(facts: ErrorFacts): string {
	return `${facts.code}: ${facts.what} Data safe: ${facts.dataSafety} Do: ${facts.remedy}`;
}
