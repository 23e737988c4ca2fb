import { type ErrorCode, errorCodes } from "../model/errorCodes";
import { type ErrorClass, ReplicationError } from "../model/replicationError";
import type { ReturnCodeClass } from "../model/returnCodes";
import { describeStep, describeUntil } from "../planner/describePlan";
import { describeSighting, labelsOf } from "./describeOutlook";
import type { StepPosition } from "./events";
import type { Call } from "./issue";
import type { Outlook } from "./outlook";
import type { Request } from "./request";
import { operationOf } from "./runRecord";

/** A step that was not proved, as an error tells of it. */
export interface Unproved {
	readonly position: StepPosition;
	readonly before: Outlook;
	readonly request: Request;
	/** Null: nothing was sent, the array moves on its own. */
	readonly call: Call | null;
}

/** How long a state is waited for. */
export interface Limit {
	readonly ms: number;
	/** The argument that sets it, of a resource or of the command line; `null`: none does. */
	readonly argument:
		| "timeouts.transitionMinutes"
		| "timeouts.syncMinutes"
		| "timeouts.deleteMinutes"
		| "--timeout"
		| null;
}

export const runAgain = "run again: it observes first and goes on from what it finds.";

/** What was begun goes on without us. */
function goOn({ ms, argument }: Limit): string {
	if (argument === null) return runAgain;
	const minutes = Number((ms / 60_000).toPrecision(3));
	return `run again: it waits for what is under way and sends nothing a second time. For a longer wait raise ${argument}, which is ${minutes}.`;
}

/** 8 Object Not Found. */
const objectNotFound = 8;
/** Where one array has forgotten a relationship that the other one lists, every call is answered so, and no look tells. */
const lookWhetherHalf =
	"look with the array's own tools whether both arrays still have the relationship; if one of them has not,";
const declareAnew = "destroy the resource, which keeps both disks, and declare it again.";
const halfGone = `${lookWhetherHalf} ${declareAnew}`;

const whenSettled = "look with the array's own tools at what is in flight there, and run again when it has ended.";

/** A copy that nobody carries on looks like one that is slow. What is only being adopted is no resource yet to destroy. */
function ifNothingMoves({ request: { record } }: Unproved): string {
	const adopted = `${lookWhetherHalf} end what is left of it there, which keeps both disks, and run again.`;
	return `run again if the copy goes on; if nothing moves, ${record === null ? adopted : halfGone}`;
}

/** What came to nothing in the last run and in this one will in the next: to run again is no way out any more. */
function afterTwo({ position, request: { record } }: Unproved, remedy: string): string {
	if (remedy !== runAgain || record?.interrupted?.operation !== operationOf(position.step)) return remedy;
	return `the last run ended in this step, too: look with the array's own tools at what stands in its way; if one array does not have the relationship any more, ${declareAnew}`;
}

interface Refusal {
	readonly code: ErrorCode;
	readonly remedy: string;
}

export const refusals: Record<ReturnCodeClass, Refusal> = {
	success: { code: errorCodes.operationHadNoEffect, remedy: runAgain },
	job: { code: errorCodes.jobFailed, remedy: runAgain },
	unknown: { code: errorCodes.arrayRefused, remedy: runAgain },
	retryable: { code: errorCodes.arrayRefused, remedy: runAgain },
	staleCache: { code: errorCodes.arrayRefused, remedy: runAgain },
	// The same host would give the same answer again.
	wrongPlace: {
		code: errorCodes.wrongPlace,
		remedy: "name the host that is in charge of the disk in the declaration (docs/hosts.md), then run again.",
	},
	authorization: {
		code: errorCodes.accessDenied,
		remedy: "give the account of that host administrator rights there (docs/hosts.md), then run again.",
	},
	refused: { code: errorCodes.arrayRefused, remedy: runAgain },
};

export function refusedBy(proof: Unproved, outlook: Outlook): ReplicationError {
	const { call } = proof;
	if (call === null || call.kind === "cutOff") return withoutEffect(proof, outlook);
	const { meaning, answer } = call;
	const { code } = refusals[meaning.class];
	const remedy = meaning.code === objectNotFound ? halfGone : refusals[meaning.class].remedy;
	const text = answer.message === null ? "" : ` (${answer.message})`;
	const what = `the array answered ${meaning.code}, ${meaning.wording}${text}`;
	return failed(proof, outlook, code, "array", what, afterTwo(proof, remedy));
}

export function withoutEffect(proof: Unproved, outlook: Outlook): ReplicationError {
	const { position, before, request } = proof;
	const wasToBeMade = position.step.kind === "create" && before.sighting.ids.target === null;
	const what = "the array took the operation, and nothing changed";
	if (!wasToBeMade) {
		return failed(proof, outlook, errorCodes.operationHadNoEffect, "array", what, afterTwo(proof, runAgain));
	}
	// It may be there under a name that nobody told: the next run would make another one.
	const made = request.declared.hideNames === true ? null : outlook.sighting.ids.target;
	return failed(
		proof,
		outlook,
		errorCodes.operationHadNoEffect,
		"array",
		made === null
			? "the array took the operation, and no relationship with a disk of the target's name appeared"
			: `the array took the operation and made the disk ${made}, and no relationship with it appeared`,
		"look with the array's own tools for a new disk under another name; if there is one, declare the target by its UniqueId before running again, because a run would make another one.",
	);
}

export function strange(proof: Unproved, outlook: Outlook): ReplicationError {
	const expected = describeUntil(proof.position.step.until);
	const what = `expected ${expected}, or ${describeSighting(proof.before)} as before; found neither`;
	return failed(proof, outlook, errorCodes.unexpectedState, "array", what);
}

export function notReached(
	proof: Unproved,
	outlook: Outlook,
	{ limit, standsStill }: { readonly limit: Limit; readonly standsStill: boolean },
): ReplicationError {
	const { job, copyState, direction } = outlook.situation.observed;
	const { until } = proof.position.step;
	const { percentSynced } = outlook.sighting;
	// The state is there, and what is in flight beside it does not end.
	const isThere =
		outlook.sighting.differences.length === 0 && copyState === until.copyState && direction === until.direction;
	const copies = until.copyState === "Synchronized" && !isThere;
	const why = [
		...(percentSynced === null || !copies ? [] : [`${percentSynced} % are copied`]),
		...(job === null ? [] : [`job ${job} is still in flight`]),
		// A listing that goes on saying otherwise keeps a state from being proved.
		...outlook.sighting.differences.map(({ what }) => what),
	];
	const limitSeconds = Math.round(limit.ms / 1000);
	const told = isThere ? "it did not settle" : `${describeUntil(until)} was not reached`;
	const what = [`${told} in ${limitSeconds} s`, ...why].join("; ");
	const remedy = isThere ? whenSettled : standsStill ? ifNothingMoves(proof) : goOn(limit);
	return failed(proof, outlook, errorCodes.notReachedInTime, "array", what, remedy);
}

export function givenUp(proof: Unproved, outlook: Outlook): ReplicationError {
	return failed(proof, outlook, errorCodes.engineGone, "safety", "the run was cancelled while this was under way");
}

export function failed(
	{ position, request }: Unproved,
	outlook: Outlook,
	code: ErrorCode,
	errorClass: ErrorClass,
	what: string,
	remedy = runAgain,
): ReplicationError {
	const { step, number, of } = position;
	return new ReplicationError({
		code,
		class: errorClass,
		what: `step ${number} of ${of}, ${describeStep(step, labelsOf(request))}: ${what}; last seen: ${describeSighting(outlook)}.`,
		// Told anew from the whole run when it stops (dataSafety.ts).
		dataSafety: "nothing further was sent.",
		remedy,
	});
}
