import { currentSource, currentTarget, type Direction, type PerEnd } from "../model/relationship";
import type { EndLabel } from "../planner/describePlan";
import type { Step } from "../planner/plan";

/** Where a step begins: which end serves then, and which can be read. */
export interface Beginning {
	readonly copyState: string;
	readonly direction: Direction;
	readonly reachable: PerEnd<boolean>;
	/** Disks that take no writes, of which the array does not tell when all has arrived. */
	readonly untold?: PerEnd<boolean>;
}

/**
 * What a person can do before a step that destroys writes, for the disk that loses them and no other: to snapshot the
 * winner saves nothing, and to stop the disk that serves would be an outage of its own. Null: the step loses nothing.
 */
export function adviceBefore(
	step: Step,
	{ copyState, direction, reachable, untold }: Beginning,
	labels: PerEnd<EndLabel>,
): string | null {
	if (step.kind === "wait" || step.loses === undefined) return null;
	const { end, what } = step.loses;
	const { disk, host } = labels[end];
	const where = `${disk} at ${host}`;
	if (!reachable[end]) {
		return `make sure that ${where} is really gone; if it can be brought back, bring it back instead.`;
	}
	if (what === "disk") return `copy what is needed from ${where}: the disk is deleted.`;
	if (what === "pointInTime") return `copy what is needed from ${where}: its point in time does not come back.`;
	const serving = copyState === "Failedover" ? currentTarget(direction) : currentSource(direction);
	if (step.kind === "operation" && end === serving) {
		// What has arrived goes as well: the disk is made what it was at a point in time.
		if (step.operation === "RestoreFromReplica")
			return `stop what writes to ${where} and make that disk read-only, and copy or snapshot there what was written since the point in time: all of that goes.`;
		if (untold?.[end] === true)
			return `see with the array's own tools that all of ${where} has arrived: it takes no writes, and nothing else tells that.`;
		return `stop what writes to ${where} and make that disk read-only, then preview again: what has arrived is not lost. What cannot arrive, copy or snapshot there.`;
	}
	return `look at what was written to ${where}, and take a snapshot of that disk.`;
}
