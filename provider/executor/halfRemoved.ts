import { currentSource, type End, otherEnd } from "../model/relationship";
import type { NameEnd } from "../planner/operations";
import { type PredictedAnswer, planWithPredictions } from "../planner/planTransition";
import type { Desired, Observed, Situation } from "../planner/situation";
import type { Sighting } from "./sighting";

/**
 * The end that has lost its half of the relationship; null: none. That only the target's side lists it is never whole.
 * That only the source's side does is how some providers show every link: half it is only if both listed it before.
 */
export function halfRemovedAt({ unlistedAt, observed }: Sighting, bothListed: boolean): End | null {
	if (unlistedAt === null || observed.presence === "absent") return null;
	return unlistedAt === currentSource(observed.direction) || bothListed ? unlistedAt : null;
}

/** Wishes that a relationship which does not exist can be created for. */
export function mayCreate({ state }: Desired): boolean {
	return state === "active" || state === "suspended" || state === "split";
}

/** What there is once the half that is left is gone: two disks and no relationship. */
export function withoutHalf(observed: Observed): Observed {
	return {
		...observed,
		presence: "absent",
		vanished: false,
		copyState: "NotApplicable",
		progressStatus: "NotApplicable",
		direction: "forward",
		job: null,
	};
}

/**
 * The way on from half a relationship: its other half is removed where it is still listed, then the relationship is
 * created anew, which overwrites the target and takes consent. Nothing is resumed from a half: the end that forgot it has
 * been written to unseen, and an operation sent to the other one ends with 8.
 */
export function planFromHalf(half: Situation, without: End, name: NameEnd): PredictedAnswer {
	const { progressStatus } = half.observed;
	const isEnding = progressStatus === "Detaching" || progressStatus === "Terminating";
	// A copy that it tells of nobody carries on: to wait for it would be to wait for ever. A removal that is under way must
	// not be sent twice.
	const observed = isEnding ? half.observed : ({ ...half.observed, progressStatus: "Completed" } as const);
	const removal = planWithPredictions({ ...half, observed, desired: { state: "absent" } }, name);
	if (removal.answer.outcome === "refused" || removal.answer.replan === true) return removal;
	const creation = planWithPredictions({ ...half, observed: withoutHalf(half.observed) }, name);
	if (creation.answer.outcome === "refused") return creation;
	const listing = otherEnd(without);
	const removed = removal.answer.steps.map((step) =>
		step.kind === "operation"
			? {
					...step,
					at: listing,
					why: `${name(listing)} is in half a relationship, which ${name(without)} does not have`,
				}
			: step,
	);
	const warnings = [...(removal.answer.warnings ?? []), ...(creation.answer.warnings ?? [])];
	return {
		answer: {
			...creation.answer,
			steps: [...removed, ...creation.answer.steps],
			...(warnings.length === 0 ? {} : { warnings: [...new Set(warnings)] }),
		},
		predictions: [...removal.predictions, ...creation.predictions],
	};
}
