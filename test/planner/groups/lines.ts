import type { Answer, Step } from "../../../provider/planner/plan";
import type { GroupAnswer } from "./answer";
import { type GroupStep, groupCodes } from "./steps";

/** What the text says, a line per step; equal to the planner's lines exactly if both say the same. */
export function linesOfText(answer: GroupAnswer): string[] {
	switch (answer.outcome) {
		case "refused":
			return [`refused ${answer.code}`];
		case "plan":
			return [...inOneOrder(answer.steps.map(ofText)), endOf(answer.needsApproval, answer.replan)];
		default:
			throw answer satisfies never;
	}
}

/** What a planner says, without the words; and without what the text leaves open. */
export function linesOfAnswer(answer: Answer, text: GroupAnswer): string[] {
	switch (answer.outcome) {
		case "refused": {
			const allowed = text.outcome === "refused" && text.also.some((code) => code === answer.code);
			return [`refused ${allowed ? text.code : answer.code}`];
		}
		case "plan": {
			const open = (index: number) => (text.outcome === "plan" ? text.steps[index] : undefined);
			const steps = answer.steps.map((step, index) => withoutWhatIsOpen(step, open(index)));
			return [...inOneOrder(steps), endOf(answer.needsApproval, answer.replan ?? false)];
		}
		default:
			throw answer satisfies never;
	}
}

/** What is compared of a step. The planner's types grow with groups; what they do not have yet is not there. */
export interface Line {
	readonly kind: Step["kind"];
	readonly operation?: string | undefined;
	readonly code?: number | undefined;
	readonly at?: string | undefined;
	readonly hazard?: string | undefined;
	readonly loses?:
		| { readonly end: string; readonly age: string; readonly members?: readonly string[] | undefined }
		| undefined;
	readonly until: {
		readonly copyState: string | null;
		readonly direction: string;
		readonly consistency?: boolean | undefined;
		readonly pairs?: readonly string[] | undefined;
	} | null;
	readonly members?: readonly string[] | undefined;
	readonly pairs?: readonly string[] | undefined;
}

export function ofText(step: GroupStep): Line {
	return { ...step, code: step.operation && groupCodes[step.operation] };
}

/** An ambiguous wait may be for anything; members that get to several states may be told by any of them. */
function withoutWhatIsOpen(step: Line, text: GroupStep | undefined): Line {
	if (text?.until === null && step.kind === "wait") {
		return { ...step, until: null };
	}
	return text?.until?.copyState === null && step.until ? { ...step, until: { ...step.until, copyState: null } } : step;
}

export function lineOf({ kind, operation, code, at, hazard, loses, until, members, pairs }: Line): string {
	return JSON.stringify({
		kind,
		operation,
		code,
		at,
		hazard,
		loses: loses && { end: loses.end, age: loses.age, members: sorted(loses.members) },
		until: until && {
			copyState: until.copyState,
			direction: until.direction,
			consistency: until.consistency,
			pairs: sorted(until.pairs),
		},
		members: sorted(members),
		// A wait says what it waits for in its words.
		pairs: kind === "wait" ? undefined : sorted(pairs),
	});
}

/** The text does not say which of several standings is sent the same member step first, nor which create is. */
function inOneOrder(steps: readonly Line[]): string[] {
	const runs: string[][] = [];
	let before: string | null = null;
	for (const step of steps) {
		const name = step.members || step.kind === "create" ? `${step.kind} ${step.operation}` : null;
		const last = runs.at(-1);
		if (name !== null && name === before && last) {
			last.push(lineOf(step));
		} else {
			runs.push([lineOf(step)]);
		}
		before = name;
	}
	return runs.flatMap((run) => run.sort());
}

function sorted(ids: readonly string[] | undefined): string[] | undefined {
	return ids && [...ids].sort();
}

function endOf(needsApproval: boolean, replan: boolean): string {
	return `needsApproval ${needsApproval}, replan ${replan}`;
}
