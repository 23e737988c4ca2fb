import type { End, PerEnd } from "../model/relationship";
import type { EndLabel } from "../planner/describePlan";
import type { Step } from "../planner/plan";

/**
 * The disk that a copy ran onto during a step: `seen` while it ran, or `maybe`, when it was told to begin and may have
 * begun between two looks.
 */
export interface Overwritten {
	readonly end: End;
	readonly how: "maybe" | "seen";
}

/** What a run that stopped knows of the data, from itself. */
export interface RunFacts {
	/** Proven steps, in order. */
	readonly done: readonly Step[];
	/** The step it stopped in; null: between two steps. */
	readonly current: Step | null;
	/** The current step's call was made, or may have been. */
	readonly currentIssued: boolean;
	readonly overwritten: Overwritten | null;
}

/**
 * The answer to "is my data safe?" of a run that issued something. It is made from what the run did and saw, in this
 * one place: the error that stopped it knows its own call only, and says "nothing was changed" of a run that had begun.
 */
export function dataSafetyOf(
	{ done, current, currentIssued, overwritten }: RunFacts,
	labels: PerEnd<EndLabel>,
): string {
	const name = (end: End) => labels[end].disk;
	const given = done.flatMap((step) => (step.kind !== "wait" && step.loses !== undefined ? [step.loses] : []));
	const parts = given.map(({ end, age }) =>
		age === "recent" ? `the most recent writes of ${name(end)} were given up` : `writes of ${name(end)} were given up`,
	);
	if (currentIssued && current !== null && current.kind !== "wait" && current.loses !== undefined) {
		parts.push(`writes of ${name(current.loses.end)} may be gone, which this step destroys`);
	}
	if (overwritten !== null && currentIssued) {
		const other = overwritten.end === "source" ? "target" : "source";
		const half = overwritten.how === "seen" ? "is half overwritten" : "may be half overwritten";
		parts.push(
			`${name(overwritten.end)} ${half} and must not be used until a copy has completed; ${name(other)} is whole`,
		);
	}
	if (parts.length === 0) parts.push("no write was given up");
	return `${[...new Set(parts)].join("; ")}; what was done is listed, nothing else was sent.`;
}
