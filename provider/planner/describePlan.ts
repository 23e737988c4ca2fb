import type { Direction, PerEnd } from "../model/relationship";
import type { Answer, Hazard, Loss, Step, Until, Whom } from "./plan";

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
			return `${step.operation} (${step.code}) at ${labels[step.at].host}${describeWhom(step)}: ${step.why}${describeHazard(step, labels)}`;
		case "create":
			return `CreateReplica at ${labels[step.at].host}${describeWhom(step)}: ${step.why}${describeHazard(step, labels)}`;
		case "wait":
			return `wait for ${describeUntil(step.until)}: ${step.why}`;
		default:
			return step satisfies never;
	}
}

/** `Synchronized`, `Synchronized, reversed`, or with what a state cannot show: `Synchronized, restore done`. */
export function describeUntil(
	until: { readonly copyState: string; readonly direction: Direction } & Pick<Until, "done" | "consistency" | "pairs">,
): string {
	return [
		until.copyState,
		...(until.direction === "reverse" ? ["reversed"] : []),
		...(until.done === undefined ? [] : [`${until.done} done`]),
		...(until.consistency === undefined ? [] : [until.consistency ? "consistent" : "not consistent"]),
		...(until.pairs === undefined ? [] : [`pairs ${describeIds(until.pairs)}`]),
	].join(", ");
}

/** A group may have a hundred pairs, and a line names three of them. */
const namedAtMost = 3;

export function describeIds(ids: readonly string[]): string {
	const more = ids.length - namedAtMost;
	return more > 0 ? `${ids.slice(0, namedAtMost).join(", ")} and ${more} more` : ids.join(", ");
}

function describeWhom({ members, pairs }: Whom): string {
	if (members !== undefined) return ` for ${describeIds(members)} alone`;
	return pairs === undefined ? "" : ` for ${describeIds(pairs)}`;
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
	{ hazard, loses, pairs, members }: { readonly hazard: Hazard; readonly loses?: Loss } & Whom,
	labels: PerEnd<EndLabel>,
): string {
	if (hazard === "none") return "";
	if (loses === undefined) return ` [${hazard}]`;
	const whose = loses.members === undefined ? "" : `, of ${describeIds(loses.members)} only`;
	// What is done to some pairs destroys nothing of the others: the group would be too much said.
	const own = pairs ?? members;
	const disk = own === undefined ? labels[loses.end].disk : `the ${loses.end}${own.length === 1 ? "" : "s"}`;
	return ` [${hazard}: ${describeLoss(loses)} ${disk}${whose}]`;
}

function describeLoss({ what, age }: Loss): string {
	switch (what) {
		case "pointInTime":
			return "the point in time of";
		case "disk":
			return "the disk";
		case undefined:
			return age === "recent" ? "recent writes of" : "writes of";
		default:
			return what satisfies never;
	}
}

function capitalized(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
