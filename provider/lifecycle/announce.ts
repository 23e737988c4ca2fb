import { labelsOf } from "../executor/describeOutlook";
import { hindranceOf, type Outlook, type Request } from "../executor/outlook";
import { currentTarget, ends, type PerEnd } from "../model/relationship";
import { describeError } from "../model/replicationError";
import { describeAnswer, describeStep, type EndLabel } from "../planner/describePlan";
import type { Answer, Step } from "../planner/plan";
import type { ResourceLog } from "./engineLog";

/** The plan as `plannedOperations` shows it: one line a step, none when there is nothing to do. */
export function plannedLines(answer: Answer, labels: PerEnd<EndLabel>): string[] {
	if (answer.outcome === "plan" && answer.steps.length === 0) return [];
	return describeAnswer(answer, labels).filter((line) => !line.startsWith("warning: "));
}

/** What a person has to know before the plan runs: what it does, what it takes, and what consents to it. */
export function announcePlan(outlook: Outlook, request: Request, log: ResourceLog): void {
	const { answer } = outlook;
	if (answer.outcome === "plan" && answer.steps.length > 0) {
		log.info(["plan:", ...plannedLines(answer, labelsOf(request)).map((line) => `  ${line}`)].join("\n"));
	}
	const silent = ends.filter((end) => end !== request.declared.lost && outlook.sighting.unread[end] !== null);
	for (const end of silent) log.warning(outlook.sighting.unread[end]?.message ?? "");
	for (const warning of answer.outcome === "plan" ? (answer.warnings ?? []) : []) {
		// The error that kept an end from being read says more than that it could not be.
		if (silent.length === 0 || !warning.includes("cannot be read")) log.warning(warning);
	}
	const hindrance = hindranceOf(outlook, request.wish);
	if (outlook.consent?.by === "nothing" && hindrance?.facts.property === "approval") {
		log.warning(describeLosses(outlook, request));
	} else if (hindrance !== null) {
		log.warning(describeError(hindrance.facts));
	} else if (outlook.consent?.by === "lag") {
		const { lagSeconds, maxDataLossSeconds } = outlook.consent;
		log.info(
			`recent writes may go: the target is ${lagSeconds} s behind, ${maxDataLossSeconds} s are allowed; measured again right before.`,
		);
	}
}

/** Whose writes would go, how old they may be, what to do first, and the token. */
function describeLosses(outlook: Outlook, request: Request): string {
	const labels = labelsOf(request);
	const steps = outlook.answer.outcome === "plan" ? outlook.answer.steps : [];
	const losses = steps.flatMap((step, index) => {
		if (step.kind === "wait" || step.loses === undefined) return [];
		const { disk, host } = labels[step.loses.end];
		const age = step.loses.age === "recent" ? "its most recent writes" : "all writes that only it holds, of any age";
		return [`  step ${index + 1}, ${describeStep(step, labels)}: ${disk} at ${host} loses ${age}.`];
	});
	const since =
		request.record === null ? "" : ` The last run left it ${request.record.copyState}, ${request.record.direction}.`;
	return [
		`this plan takes writes and needs approval.${since}`,
		...losses,
		`  First: ${adviceFor(steps, outlook)}`,
		`  Then, if those writes may go: approval: "${outlook.token}" (argument, or storageReplication:approvals).`,
	].join("\n");
}

function adviceFor(steps: readonly Step[], { situation }: Outlook): string {
	const taken = steps.find((step) => step.kind !== "wait" && step.loses !== undefined);
	if (taken === undefined || taken.kind === "wait" || taken.loses === undefined) return "nothing.";
	const { end } = taken.loses;
	if (!situation.observed.reachable[end]) {
		return `make sure that the ${end} is really gone; if it can be brought back, bring it back instead.`;
	}
	return taken.kind === "create" || end === currentTarget(situation.observed.direction)
		? `take a snapshot of the ${end}, and look at what was written to it.`
		: "stop the application and make the source read-only if it can be reached; take a snapshot of the target.";
}
