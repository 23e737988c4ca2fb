import type { Direction, End, PerEnd } from "../model/relationship";
import type { Answer, Hazard, Step } from "./plan";

/** Where each end's calls go, as people know it. */
export interface EndLabel {
	readonly host: string;
	readonly disk: string;
}

/**
 * One line a step: `1. Failover (10) at west: Orders-DR starts serving [availability]`. Preview, log, error, CLI and
 * tests all print plans through here.
 */
export function describeSteps(steps: readonly Step[], labels: PerEnd<EndLabel>): string[] {
	return steps.map((step, index) => `${index + 1}. ${describeStep(step, labels)}`);
}

/** The same without its number, for progress and errors that number themselves. */
export function describeStep(step: Step, labels: PerEnd<EndLabel>): string {
	switch (step.kind) {
		case "operation":
			return `${step.operation} (${step.code}) at ${labels[step.at].host}: ${step.why}${describeHazard(step, labels)}`;
		case "create":
			return `CreateReplica at ${labels[step.at].host}: ${step.why}${describeHazard(step, labels)}`;
		case "wait":
			return `wait for ${describeUntil(step.until)}: ${step.why}`;
		default:
			return step satisfies never;
	}
}

/** `Synchronized` or `Synchronized, reversed`. */
export function describeUntil(until: { readonly copyState: string; readonly direction: Direction }): string {
	return until.direction === "reverse" ? `${until.copyState}, reversed` : until.copyState;
}

/** The line that stands for steps which only a later look can tell. */
export const replanLine = "then plan again from what is seen";

/** The plan or the refusal as lines, the warnings last. */
export function describeAnswer(answer: Answer, labels: PerEnd<EndLabel>): string[] {
	if (answer.outcome === "refused")
		return [`refused: ${answer.code}: ${answer.reason}. ${capitalized(answer.alternative)}.`];
	const steps = answer.steps.length === 0 ? ["nothing to do"] : describeSteps(answer.steps, labels);
	const replan = answer.replan === true ? [replanLine] : [];
	return [...steps, ...replan, ...(answer.warnings ?? []).map((warning) => `warning: ${warning}`)];
}

function describeHazard(
	step: { readonly hazard: Hazard; readonly loses?: { readonly end: End; readonly age: "recent" | "yes" } },
	labels: PerEnd<EndLabel>,
): string {
	if (step.hazard === "none") return "";
	if (step.loses === undefined) return ` [${step.hazard}]`;
	return ` [${step.hazard}: ${step.loses.age === "recent" ? "recent writes" : "writes"} of ${labels[step.loses.end].disk}]`;
}

function capitalized(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
