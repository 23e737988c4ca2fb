import { withEachPair } from "../executor/groupMemory";
import { emptyRecord, type RelationshipRecord, withoutNo } from "../executor/record";
import { explainsRoles, mayHaveMovedRoles } from "../executor/roleChange";
import { copiesBackwards } from "../executor/runRecord";
import { mayHaveEffect, returnCode } from "../model/returnCodes";
import type { LineOf } from "./line";
import type { LedgerCall, LedgerRun } from "./runs";

/** Under which name the record knows the step that calls CreateReplica (`operationOf`). */
export const createReplica = "CreateReplica";

/**
 * The last run of a relationship that may have sent something and whose record nobody saved; null: there is none. Killed
 * between a call and its proof, it is known to the ledger alone: a record that is of the same generation does not know
 * it, one that is further on does.
 */
export function killedRunIn(runs: readonly LedgerRun[], record: RelationshipRecord | null): LedgerRun | null {
	for (const run of runs.toReversed()) {
		if (!isOnRequest(run) && run.started.generation < (record?.generation ?? 0)) return null;
		// What finished was looked at to its end, whoever had begun it.
		if (run.ended !== null && run.ended.stop === null) return null;
		if (callsBegun(run).length > 0) return run;
	}
	return null;
}

/**
 * The record that a run begins with after such a run: as if it had saved in which step it was. Nothing else of what it saw
 * is believed, and what its calls may have made untrue is believed no more.
 */
export function withKilledRun(record: RelationshipRecord | null, run: LedgerRun): RelationshipRecord {
	const before = record ?? emptyRecord;
	const begun = callsBegun(run);
	const last = begun.at(-1);
	if (last === undefined) return before;
	const { step, of, operation } = last.started;
	const provedSteps = run.steps.filter(({ proved }) => proved !== null).map((each) => each.step);
	const isProved = provedSteps.includes(step);
	const at = (last.ended ?? last.started).at;
	const operations = begun.map(({ started }) => started.operation);
	// Of an operation on request the program knows nothing: roles that it moved are to be told as changed.
	const rolesMoved = explainsRoles(before.interrupted) || (!isOnRequest(run) && operations.some(mayHaveMovedRoles));
	// One that was proven left a whole disk: told as half, the other one would be copied over what it has taken since.
	const backwards = begun.some(
		({ started }) => copiesBackwards.includes(started.operation) && !provedSteps.includes(started.step),
	);
	const copied = begun.some(({ started }) => mayCopy(started));
	const doubted = (whole: boolean | null) => (copied && whole === true ? null : whole);
	// Whether it ended well nobody of us saw: until one is proven the copy may be the only good image.
	const mayHaveRestored = begun.some(
		({ started }) => started.operation === "RestoreFromReplica" && !provedSteps.includes(started.step),
	);
	return {
		...withEachPair(before, (memory) => ({
			ahead: backwards ? bothAhead : withoutNo(memory.ahead),
			targetConsistent: doubted(memory.targetConsistent),
			sourceConsistent: backwards ? false : doubted(memory.sourceConsistent),
		})),
		...(before.copy !== undefined && mayHaveRestored ? { copy: { ...before.copy, restoreOpen: true } } : {}),
		interrupted: {
			operation: operation === createReplica ? "create" : operation,
			step,
			of,
			at,
			...(isProved ? {} : { sentAt: at }),
			...(rolesMoved || isOnRequest(run) ? { rolesMoved } : {}),
		},
	};
}

const bothAhead = { source: "yes", target: "yes" } as const;

/** Ordered by name and by nobody's program: it has no record, whose generation could be compared. */
function isOnRequest({ started }: LedgerRun): boolean {
	return started.wish.startsWith("operation ");
}

/** Calls that may have had their effect. */
export function callsBegun(run: LedgerRun): LedgerCall[] {
	return run.steps.flatMap(({ calls }) => calls).filter(({ ended }) => ended === null || mayHaveBegun(ended));
}

function mayHaveBegun({ answer }: LineOf<"callEnded">): boolean {
	switch (answer.how) {
		case "answered":
			return mayHaveEffect(returnCode(answer.returnCode));
		case "cutOff":
			return true;
		case "notSent":
			return false;
		default:
			return answer satisfies never;
	}
}

/** It, or what was to follow it, ran a copy onto one of the disks. */
function mayCopy({ operation, until }: LineOf<"callStarted">): boolean {
	return operation === createReplica || until?.copyState === "Synchronized";
}
