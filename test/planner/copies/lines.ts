import type { Answer, Step } from "../../../provider/planner/plan";
import type { OracleAnswer } from "./answer";
import type { CopyStep } from "./rows";
import { codeOf } from "./search";

/** What the text says, a line per step; equal to the planner's lines exactly if both say the same. */
export function linesOfOracle(answer: OracleAnswer): string[] {
	switch (answer.outcome) {
		case "refused":
			return [`refused ${answer.codes[0]}`];
		case "plan":
			return [
				...answer.steps.map((step) => lineOf({ ...step, code: step.operation && codeOf(step.operation) })),
				endOf(answer.needsApproval, answer.replan),
			];
		default:
			throw answer satisfies never;
	}
}

/** What the planner says, without the words; and without what the text leaves open. */
export function linesOfPlanner(answer: Answer, oracle: OracleAnswer): string[] {
	switch (answer.outcome) {
		case "refused": {
			const allowed = oracle.outcome === "refused" && oracle.codes.includes(answer.code);
			return [`refused ${allowed ? oracle.codes[0] : answer.code}`];
		}
		case "plan":
			return [
				...answer.steps.map((step, index) => lineOf(withoutOpenUntil(step, oracle, index))),
				endOf(answer.needsApproval, answer.replan ?? false),
			];
		default:
			throw answer satisfies never;
	}
}

/** A wait in an ambiguous phase may be for anything. */
function withoutOpenUntil(step: Step, oracle: OracleAnswer, index: number): Line {
	const open = oracle.outcome === "plan" && oracle.steps[index]?.until === null;
	return { ...step, until: open && step.kind === "wait" ? null : step.until };
}

/** A step of either side: the planner's names are more than the oracle knows. */
export interface Line extends Omit<CopyStep, "until" | "loses"> {
	readonly code?: number | undefined;
	readonly loses?: { readonly end: string; readonly age: string; readonly what?: string };
	readonly until: { readonly copyState: string; readonly direction: string; readonly done?: string } | null;
}

export function lineOf({ kind, operation, code, at, hazard, loses, until }: Line): string {
	// §4: `done` is for steps that CopyState cannot prove; create and Activate it can, so either is right there.
	const proves = operation === "ResyncReplica" || operation === "RestoreFromReplica";
	return JSON.stringify({
		kind,
		operation,
		code,
		at,
		hazard,
		// §4 "`loses` adds `what` (left out: `writes`)". The age of what is no writes is nowhere said.
		loses: loses && { end: loses.end, ...(isWrites(loses) ? { age: loses.age } : { what: loses.what }) },
		until: until && {
			copyState: until.copyState,
			direction: until.direction,
			done: proves ? until.done : undefined,
		},
	});
}

function isWrites({ what }: NonNullable<Line["loses"]>): boolean {
	return what === undefined || what === "writes";
}

function endOf(needsApproval: boolean, replan: boolean): string {
	return `needsApproval ${needsApproval}, replan ${replan}`;
}
