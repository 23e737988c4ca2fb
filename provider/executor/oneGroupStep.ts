import { type ErrorCode, errorCodes } from "../model/errorCodes";
import { type ErrorClass, ReplicationError } from "../model/replicationError";
import type { GroupCall } from "../planner/groupMembership";
import { type Call, mayHaveBegun } from "./issue";
import { type DeclaredGroup, describeGroup, type GroupSight } from "./oneGroup";
import type { SentGroupCall } from "./sentGroupCall";
import { runAgain } from "./unproved";

/** A call of a group's run, from its plan to its proof. */
export interface GroupStep {
	readonly asked: DeclaredGroup;
	readonly call: GroupCall;
	/** It, and those after it. */
	readonly rest: readonly GroupCall[];
	/** Counted from 1. */
	readonly number: number;
	readonly of: number;
	readonly line: string;
	/** Lines of what this run did before. */
	readonly done: readonly string[];
	/** The call, as the next run has to know it if this one does not see its end; `null`: it was not made. */
	left: SentGroupCall | null;
	/** `null`: it was not made, or nothing is known of it. */
	sent: Call | null;
	last: GroupSight;
}

/** The array says that it did it, or does. */
export function isTaken(sent: Call | null): boolean {
	return sent?.kind === "answered" && (sent.meaning.class === "success" || sent.meaning.class === "job");
}

/** An error that says of the run what is known of it. */
export class StoppedStep extends ReplicationError {}

/** What was thrown by whoever knows only his own moment: his "nothing was changed" is untrue of a run that sent something. */
export function told(step: GroupStep, error: unknown): StoppedStep {
	if (error instanceof StoppedStep) return error;
	if (error instanceof ReplicationError) {
		const { code, class: errorClass, what, remedy } = error.facts;
		const effect = mayHaveBegun(step.sent) ? "; the call was sent, and whether it had its effect is not known" : "";
		return stopped(step, code, errorClass, `${what.replace(/\.$/, "")}${effect}`, remedy);
	}
	const what = `an internal error: ${error instanceof Error ? error.message : String(error)}`;
	return stopped(step, errorCodes.internal, "internal", what, "report it with the arguments that caused it.");
}

export function stopped(
	step: GroupStep,
	code: ErrorCode,
	errorClass: ErrorClass,
	what: string,
	remedy = runAgain,
): StoppedStep {
	return new StoppedStep({
		code,
		class: errorClass,
		what: `${labelOf(step)}: ${what}; last seen: ${describeGroup(step.asked, step.last)}${doneBefore(step)}.`,
		dataSafety: "yes; no disk changes with its group, and nothing further was sent.",
		remedy,
	});
}

export function cancelled(step: GroupStep): StoppedStep {
	return new StoppedStep({
		code: errorCodes.engineGone,
		class: "safety",
		what: `cancelled before ${labelOf(step)}${doneBefore(step)}.`,
		dataSafety: "yes; the call was not sent.",
		remedy: "run again to go on.",
	});
}

function labelOf({ number, of, line }: GroupStep): string {
	return `step ${number} of ${of}, ${line}`;
}

function doneBefore({ done }: GroupStep): string {
	return done.length === 0 ? "" : `; done before it: ${done.join("; ")}`;
}
