import type { Hazard, Loss, Step } from "./plan";

const severity: Record<Hazard, number> = { none: 0, availability: 1, protectionLoss: 2, dataLoss: 3 };

/** The same operations at the same ends towards the same states, and nothing more at risk than was agreed. */
export function isNotWorse(steps: readonly Step[], agreed: readonly Step[]): boolean {
	return (
		steps.length === agreed.length &&
		steps.every((step, index) => {
			const before = agreed[index];
			return before !== undefined && isSameCall(step, before) && risks(step) <= risks(before);
		})
	);
}

/** What is left of an agreed plan when its leading steps already hold. */
export function isRestOf(steps: readonly Step[], agreed: readonly Step[]): boolean {
	return steps.length <= agreed.length && isNotWorse(steps, agreed.slice(agreed.length - steps.length));
}

function isSameCall(one: Step, other: Step): boolean {
	if (one.until.copyState !== other.until.copyState || one.until.direction !== other.until.direction) return false;
	if (one.kind === "wait" || other.kind === "wait") return one.kind === other.kind;
	// To a whole group, and to some of its members alone, it is not the same call.
	if (String(one.members) !== String(other.members) || String(one.pairs) !== String(other.pairs)) return false;
	if (one.kind !== "operation" || other.kind !== "operation") return one.kind === other.kind;
	return one.operation === other.operation && one.at === other.at;
}

function risks(step: Step): number {
	if (step.kind === "wait") return 0;
	return severity[step.hazard] * 10 + (step.loses === undefined ? 0 : weightOf(step.loses));
}

/** Who gave up the image of a copy was not asked for what was written to it. */
function weightOf({ age, what }: Loss): number {
	if (what === "pointInTime") return 1;
	return age === "recent" ? 2 : 3;
}
