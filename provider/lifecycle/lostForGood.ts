import { labelsOf } from "../executor/describeOutlook";
import type { Outlook } from "../executor/outlook";
import type { Request } from "../executor/request";
import { describeWish } from "../executor/wish";
import { errorCodes } from "../model/errorCodes";
import { currentSource, otherEnd } from "../model/relationship";
import type { EndLabel } from "../planner/describePlan";

/**
 * An end declared lost that nothing has to be failed away from: the other one serves, and every wish that needs both is
 * refused. To declare it must be possible all the same: only what the state holds can be obeyed by a destroy, which then
 * ends the relationship at the end that is left. The wish itself is that of the last run; a new one is refused as ever.
 */
export function isOnlyLost(
	{ answer, situation }: Outlook,
	{ declared: { lost }, wish }: Request,
	lastWish: string | undefined,
): boolean {
	return (
		lost !== null &&
		answer.outcome === "refused" &&
		answer.code === errorCodes.endUnreachable &&
		currentSource(situation.observed.direction) === otherEnd(lost) &&
		lastWish === describeWish(wish.desired)
	);
}

export function describeUnprotected(request: Request): string {
	const { lost } = request.declared;
	if (lost === null) return "";
	const labels: Record<"source" | "target", EndLabel> = labelsOf(request);
	const [gone, left] = [labels[lost], labels[otherEnd(lost)]];
	return [
		`nothing protects ${left.disk} at ${left.host} while ${gone.disk} at ${gone.host} is declared lost; nothing is sent.`,
		"If that end is gone for good, take the resource out of the program or run pulumi destroy: the relationship then ends at the end that is left. If it is back, remove lost.",
	].join(" ");
}
