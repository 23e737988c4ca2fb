import { currentSource, currentTarget, type End, type PerEnd } from "../model/relationship";
import type { EndLabel } from "../planner/describePlan";
import type { Step } from "../planner/plan";
import { halfIn } from "./groupMemory";
import type { RelationshipRecord } from "./record";

/**
 * The disk that a copy ran onto during a step: `seen` while it ran, or `maybe`, when it was told to begin and may have
 * begun between two looks.
 */
export interface Overwritten {
	readonly end: End;
	readonly how: "maybe" | "seen";
	/** Of a group: those of its pairs, by key, of which it was seen. Left out: a pair by itself. */
	readonly members?: readonly string[];
}

type Left = Pick<RelationshipRecord, "direction" | "targetConsistent" | "sourceConsistent" | "copy" | "group">;

/**
 * The answer to "is my data safe?" of a run that sent something, made from what it sent and what it leaves, in this one
 * place: the error that ended it knows only its own moment, and its "nothing was changed" would be untrue.
 */
export function dataSafetyOf(sent: readonly Step[], left: Left, labels: PerEnd<EndLabel>): string {
	const { direction, copy } = left;
	const losses = sent.flatMap((step) => {
		if (step.kind === "wait" || step.loses === undefined) return [];
		const { disk } = labels[step.loses.end];
		if (step.loses.what === "pointInTime")
			return [`the point in time that ${disk} held is or may be gone, to which this run had consent`];
		if (step.loses.what === "disk") return [`the disk ${disk} is or may be deleted, to which this run had consent`];
		const age = step.loses.age === "recent" ? "the most recent writes" : "the writes that only it held";
		return [`${age} of ${disk} are or may be destroyed, to which this run had consent`];
	});
	const [source, target] = [labels[currentSource(direction)].disk, labels[currentTarget(direction)].disk];
	if (copy?.restoreOpen === true) {
		return `no: a restore of ${source} was begun and is not proven: ${source} may be neither what it was nor the point in time, and ${target} is the only good image.`;
	}
	const half = (of: "targetConsistent" | "sourceConsistent", what: string, whole: string) => {
		const how = halfIn(left, of);
		if (how === null) return [];
		return [
			`the copy ${what} is not complete${how === "part" ? " for a part of its pairs, of which" : ":"} only ${whole} is whole`,
		];
	};
	return [
		losses.length === 0 ? "yes, nothing that was sent destroys writes" : losses.join("; "),
		...half("targetConsistent", `onto ${target}`, source),
		...half("sourceConsistent", `back onto ${source}`, target),
	]
		.join("; ")
		.concat(".");
}
