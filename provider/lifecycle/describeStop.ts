import { describeSighting, labelsOf } from "../executor/describeOutlook";
import type { TransitionEvent } from "../executor/events";
import type { Request } from "../executor/request";
import type { TransitionStopped } from "../executor/transitionEnd";
import { describeError } from "../model/replicationError";
import { describeStep } from "../planner/describePlan";
import type { Step } from "../planner/plan";

interface Called {
	readonly step: Step;
	/** `null`: it was not made, or its host was not reached and took nothing. */
	readonly answer: { readonly returnCode: number; readonly job: string | null } | "cutOff" | null;
}

/** What a run told of itself while it went on: the plan it was at, and the call it made last. */
export class Course {
	private planned: readonly Step[] = [];
	private doneBefore = 0;
	private proved = 0;
	private call: Called | null = null;

	note(event: TransitionEvent): void {
		if (event.kind === "planned") {
			this.planned = event.steps;
			this.doneBefore = this.proved;
		} else if (event.kind === "beforeCall") {
			this.call = { step: event.at.step, answer: null };
		} else if (event.kind === "afterCall") {
			this.call = { step: event.at.step, answer: { returnCode: event.returnCode, job: event.job } };
		} else if (event.kind === "callCutOff") {
			this.call = { step: event.at.step, answer: "cutOff" };
		} else if (event.kind === "proved") {
			this.proved++;
			this.call = null;
		}
	}

	/** The step whose call was made, or may have been, and is not proved. */
	unproved(done: readonly Step[]): Called | null {
		return this.call === null || this.call.answer === null || done.includes(this.call.step) ? null : this.call;
	}

	/** Steps of the last plan after those that were done or sent. */
	notTried(done: readonly Step[], sent: boolean): readonly Step[] {
		return this.planned.slice(done.length - this.doneBefore + (sent ? 1 : 0));
	}
}

/**
 * One reason for the CLI, told like a good run: what was done, what was sent and is not proved, what was not tried, what
 * was seen last.
 */
export function describeStop(stopped: TransitionStopped, course: Course, request: Request): string {
	const labels = labelsOf(request);
	const { facts } = stopped.reason;
	const sent = course.unproved(stopped.done);
	const list = (steps: readonly Step[]) =>
		steps.length === 0 ? "none" : steps.map((step) => describeStep(step, labels)).join("; ");
	return [
		describeError(facts),
		`Done: ${list(stopped.done)}.`,
		...(sent === null ? [] : [`Sent, not proved: ${list([sent.step])} (${describeAnswer(sent.answer)}).`]),
		`Not tried: ${list(course.notTried(stopped.done, sent !== null))}.`,
		`Last seen: ${describeSighting(stopped.outlook)}.`,
	].join(" ");
}

function describeAnswer(answer: Called["answer"]): string {
	if (answer === null || answer === "cutOff") return "no answer came";
	return `answered ${answer.returnCode}${answer.job === null ? "" : `, job ${answer.job}`}`;
}
