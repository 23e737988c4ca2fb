import { isDeepStrictEqual } from "node:util";
import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import type { Step } from "../planner/plan";
import { describeSighting } from "./describeOutlook";
import type { Outlook } from "./outlook";
import { StoppedAt } from "./proof";
import type { RelationshipRecord } from "./record";

/** A transition that got where the wish holds. */
export interface TransitionResult {
	readonly outlook: Outlook;
	readonly record: RelationshipRecord;
	/** What was issued and proved, in order. */
	readonly done: readonly Step[];
	/** The last look at which the relationship was there; null: none was. */
	readonly lastShown: Outlook | null;
}

/** A transition that stopped half way: what was done is done, and the record says where to go on. */
export class TransitionStopped extends Error {
	readonly reason: ReplicationError;
	readonly record: RelationshipRecord;
	readonly outlook: Outlook;
	readonly done: readonly Step[];
	readonly notTried: readonly Step[];

	constructor(reason: ReplicationError, facts: Pick<TransitionStopped, "record" | "outlook" | "done" | "notTried">) {
		super(reason.message, { cause: reason });
		this.name = "TransitionStopped";
		this.reason = reason;
		this.record = facts.record;
		this.outlook = facts.outlook;
		this.done = facts.done;
		this.notTried = facts.notTried;
	}
}

/** A run that sent nothing, and saw what its record has to remember: who may hold writes now, and a restore that runs. */
export class SeenAndStopped extends ReplicationError {
	readonly record: RelationshipRecord;

	constructor(reason: ReplicationError, record: RelationshipRecord) {
		super(reason.facts, { cause: reason });
		this.record = record;
	}
}

export function seenAndStopped(reason: ReplicationError, record: RelationshipRecord, seen: RelationshipRecord): Error {
	const isNew = (of: "ahead" | "group") => !isDeepStrictEqual(seen[of], record[of]);
	const isOpen = seen.copy?.restoreOpen === true && record.copy?.restoreOpen !== true;
	return isNew("ahead") || isNew("group") || isOpen ? new SeenAndStopped(reason, seen) : reason;
}

export function neverSettles(outlook: Outlook): ReplicationError {
	return new ReplicationError({
		code: errorCodes.notReachedInTime,
		class: "array",
		what: `the array did not settle: last seen ${describeSighting(outlook)}.`,
		dataSafety: "nothing was sent that is not listed as done.",
		remedy: "look at the array's own tools and run again when it has settled.",
	});
}

export function cancelledWhileHidden(): ReplicationError {
	return new ReplicationError({
		code: errorCodes.engineGone,
		class: "safety",
		what: "the run was cancelled before it was known whether the relationship is gone or only hidden for a moment.",
		dataSafety: "yes, nothing was sent.",
		remedy: "run again to go on.",
	});
}

export function asReplicationError(error: unknown): ReplicationError {
	if (error instanceof ReplicationError) return error;
	if (error instanceof StoppedAt) return error.reason;
	return new ReplicationError(
		{
			code: errorCodes.internal,
			class: "internal",
			what: `an internal error: ${error instanceof Error ? error.message : String(error)}.`,
			dataSafety: "the steps listed as done are done, nothing else was sent.",
			remedy: "report this with the log of the run; running again observes first and goes on.",
		},
		{ cause: error },
	);
}
