import { labelsOf } from "../../provider/executor/describeOutlook";
import { hindranceOf, isEmptyPlan, type Outlook } from "../../provider/executor/outlook";
import type { Request } from "../../provider/executor/request";
import { isOnlyLost } from "../../provider/lifecycle/lostForGood";
import { errorCodes } from "../../provider/model/errorCodes";
import type { ReplicationError } from "../../provider/model/replicationError";
import { describeStep } from "../../provider/planner/describePlan";
import type { NextUp } from "./estate";

/** What `up` does from here, if the program says what it said last: the way of preview and update, put in a few words. */
export function nextUpOf(outlook: Outlook, request: Request): NextUp {
	const { answer, consent } = outlook;
	// An end is declared lost and nothing else is asked: nothing is sent, and that nothing protects is told elsewhere.
	if (isOnlyLost(outlook, request, request.record?.wish)) return { does: "nothing" };
	const hindrance = hindranceOf(outlook, request.wish);
	if (hindrance !== null && hindrance.code !== errorCodes.approvalMissing) return stopsWith(hindrance);
	if (answer.outcome === "refused" || isEmptyPlan(outlook)) return { does: "nothing" };
	const labels = labelsOf(request);
	return {
		does: "runs",
		steps: answer.steps.map((step) => ({
			text: describeStep(step, labels),
			hazard: step.kind === "wait" ? "none" : step.hazard,
			loses: step.kind === "wait" ? null : (step.loses ?? null),
		})),
		thenPlansAgain: answer.replan === true,
		consent: consent === null ? "notNeeded" : consent.by === "nothing" ? "missing" : "given",
		warnings: [...(answer.warnings ?? [])],
	};
}

/** A look that ended in an error: what cannot be read says nothing of what an up would do. */
export function nextUpAfter(error: ReplicationError): NextUp {
	return error.facts.class === "transport" || error.facts.class === "internal"
		? { does: "notKnown", what: error.message }
		: stopsWith(error);
}

export function stopsWith({ facts: { code, what, remedy } }: ReplicationError): NextUp {
	return { does: "stops", code, what, remedy };
}
