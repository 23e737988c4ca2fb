import { CallCutOff } from "../../executor/callCutOff";
import { errorCodes } from "../../model/errorCodes";
import { ReplicationError } from "../../model/replicationError";
import { type ReturnCode, returnCode } from "../../model/returnCodes";
import type { Exception, FailureAnswer } from "./answers";
import type { BridgeFailure } from "./bridgeFailure";
import { meaningOf } from "./exceptions";
import { troubleIn, troubles } from "./troubles";

/** All wordings of the bridge. `where` is host and address; nothing in here has seen a secret. */
export interface CallPlace {
	readonly where: string;
	/** The call in the user's words: `observing`, `SetReplicationRelationship 10`. */
	readonly call: string;
	/** A state-changing call that was sent may have had its effect. */
	readonly changes: boolean;
}

/** No answer. */
export function withoutAnswer(place: CallPlace, failure: BridgeFailure): ReplicationError {
	if (place.changes && failure.sent) {
		return new CallCutOff(`${place.where}: ${place.call} was cut off: ${sentence(failure.message)}`, {
			cause: failure,
		});
	}
	const damaged = failure.reason === "damaged";
	const untouched = place.changes
		? "nothing was sent to the array."
		: "nothing was changed; nothing is known of the array now.";
	return new ReplicationError(
		{
			code: damaged ? errorCodes.hostAnswerInvalid : errorCodes.hostUnreachable,
			class: "transport",
			what: `${place.where}: ${place.call}: ${sentence(failure.message)}`,
			dataSafety: untouched,
			remedy: damaged
				? "run the same command again; if it repeats, report it with the output of npx pulumi-storage-replication doctor."
				: "run npx pulumi-storage-replication doctor for this host, then the same command again.",
		},
		{ cause: failure },
	);
}

/** An answer that says that the far side could not do it. */
export function withFailure(place: CallPlace, failure: FailureAnswer): ReplicationError {
	const what = `${place.where}: ${place.call}: ${describeException(failure)}`;
	if (place.changes && failure.stage === "during" && meaningOf(failure).means === "unknown")
		return new CallCutOff(what);
	return new ReplicationError(
		{
			code: errorCodes.hostUnreachable,
			class: "transport",
			what,
			dataSafety: place.changes
				? "nothing was sent to the array."
				: "nothing was changed; nothing is known of the array now.",
			remedy: remedyFor(failure),
		},
		{ cause: failure },
	);
}

/** What it says, and the ids by which others know it. */
export function describeException({ message, detail, category, errorId, nativeErrorCode }: Exception): string {
	const facts = [category, errorId, nativeErrorCode].filter((fact) => fact).join(", ");
	return `${sentence(message + (detail === null ? "" : ` ${detail}`))} (${facts})`;
}

/** The provider said that it was busy or out of reach for the moment (StorageWMI 6, 40002, 4099, 46000, 46001). */
export function isBusy(error: unknown): boolean {
	if (!(error instanceof ReplicationError)) return false;
	return storageCodeOf((error.cause as Partial<FailureAnswer> | undefined)?.errorId ?? "")?.class === "retryable";
}

/** A list of capabilities that the array neither gave nor denied: nothing may be planned as if it had said nothing. */
export function withUnansweredCapabilities(
	place: CallPlace,
	code: ReturnCode,
	message: string | null,
): ReplicationError {
	return new ReplicationError({
		code: errorCodes.hostUnreachable,
		class: "transport",
		what: `${place.where}: ${place.call}: the array answered ${code.code}, ${sentence(`${code.wording}${message === null ? "" : ` (${message})`}`)}`,
		dataSafety: "nothing was changed.",
		remedy:
			"run the same command again; if it repeats, look at the array's provider with npx pulumi-storage-replication doctor.",
	});
}

function storageCodeOf(errorId: string): ReturnCode | null {
	const code = /^StorageWMI (\d+)(?:,|$)/.exec(errorId)?.[1];
	return code === undefined ? null : returnCode(Number(code));
}

/** An answer in a shape we do not know. */
export function withUnknownShape(place: CallPlace, detail: string): ReplicationError {
	if (place.changes)
		return new CallCutOff(`${place.where}: ${place.call}: the answer cannot be read: ${sentence(detail)}`);
	return new ReplicationError({
		code: errorCodes.hostAnswerInvalid,
		class: "transport",
		what: `${place.where}: ${place.call}: the answer cannot be read: ${sentence(detail)}`,
		dataSafety: "nothing was changed; nothing is known of the array now.",
		remedy:
			"run the same command again; if it repeats, report it with the output of npx pulumi-storage-replication doctor.",
	});
}

export function remedyFor(failure: Exception): string {
	const trouble = troubleIn({ opening: false, exception: failure, said: "" });
	if (trouble !== null) return troubles[trouble].remedy;
	return "run npx pulumi-storage-replication doctor for this host, then the same command again.";
}

export function sentence(text: string): string {
	const line = text.replace(/\s+/g, " ").trim();
	return /[.!?]$/.test(line) ? line : `${line}.`;
}
