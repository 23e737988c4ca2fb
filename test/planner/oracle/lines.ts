import type { Answer, Step } from "../../../provider/planner/plan";
import type { OracleAnswer, OracleRefusal } from "./answer";
import { codes, type OracleStep } from "./moves";

/** What the model says, a line per step; equal to the planner's lines exactly if both say the same. */
export function linesOfOracle(answer: OracleAnswer): string[] {
	switch (answer.outcome) {
		case "refused":
			return [`refused ${answer.code}`];
		case "plan":
			return [...answer.steps.map(lineOfMove), endOf(answer.needsApproval, answer.replan)];
		default:
			throw answer satisfies never;
	}
}

/** What the planner says, without the words; and without what the model leaves open. */
export function linesOfPlanner(answer: Answer, oracle: OracleAnswer): string[] {
	switch (answer.outcome) {
		case "refused":
			return [`refused ${isAllowed(answer.code, oracle) ? oracle.code : answer.code}`];
		case "plan":
			return [
				...answer.steps.map((step, index) => lineOf(withoutOpenUntil(step, oracle, index))),
				endOf(answer.needsApproval, answer.replan ?? false),
			];
		default:
			throw answer satisfies never;
	}
}

function isAllowed(code: string, oracle: OracleAnswer): oracle is OracleRefusal {
	return oracle.outcome === "refused" && oracle.also === code;
}

/** A wait in an ambiguous phase may be for anything. */
function withoutOpenUntil(step: Step, oracle: OracleAnswer, index: number): Line {
	const open = oracle.outcome === "plan" && oracle.steps[index]?.until === null;
	return { ...step, until: open && step.kind === "wait" ? null : step.until };
}

/** A step of either side: the planner's names are more than the oracle knows. */
interface Line extends Omit<OracleStep, "until"> {
	readonly code?: number | undefined;
	readonly until: { readonly copyState: string; readonly direction: string } | null;
}

/** A step of the oracle, comparable with `lineOf` of the planner's. */
export function lineOfMove(step: OracleStep): string {
	return lineOf({ ...step, code: step.operation && codes[step.operation] });
}

export function lineOf({ kind, operation, code, at, hazard, loses, until }: Line): string {
	return JSON.stringify({
		kind,
		operation,
		code,
		at,
		hazard,
		loses: loses && { end: loses.end, age: loses.age },
		until: until && { copyState: until.copyState, direction: until.direction },
	});
}

function endOf(needsApproval: boolean, replan: boolean): string {
	return `needsApproval ${needsApproval}, replan ${replan}`;
}
