import { replanLine } from "../provider/planner/describePlan";
import { movesRoles } from "../provider/planner/operations";
import { Hazard } from "../provider/planner/plan";

/** The plan of a relationship as its property `plannedOperations` tells it, for rules. */
export interface ShownPlan {
	readonly steps: readonly ShownStep[];
	/** What stands for steps that nobody can judge yet; null: there is nothing of the kind. */
	readonly open: string | null;
}

export interface ShownStep {
	/** As preview prints it. */
	readonly line: string;
	readonly hazard: Hazard;
	readonly movesRoles: boolean;
}

/**
 * Reads what `describeSteps` wrote. After a wait for something in flight the plan is made anew, and a line of another
 * form may be of another release: neither is taken for harmless.
 */
export function shownPlan(plannedOperations: unknown): ShownPlan {
	if (!Array.isArray(plannedOperations)) return { steps: [], open: "there is no plan" };
	const lines = plannedOperations.map(String).filter((line) => !sendsNothing.test(line));
	const read = lines.map((line) => ({ line, step: readStep(line) }));
	return {
		steps: read.flatMap(({ step }) => step ?? []),
		open: read.find(({ step }) => step === null)?.line ?? null,
	};
}

/**
 * Nothing to do; a host that does not answer; a refusal. Up runs no plan but the one that was shown (SR5005), and these
 * show none, so a dead host does not stop the rest of an estate.
 */
const sendsNothing = /^(?:adopt: nothing to do$|not known: |(?:refused: )?SR\d{4}: )/;

/** The hazard is the last thing on the line: before it a disk may be called anything. */
function readStep(line: string): ShownStep | null {
	if (line === replanLine) return null;
	const match = /^\d+\. (?:wait for |(\w+)(?: \(\d+\))? at )/.exec(line);
	if (match === null) return null;
	const hazard = /\[(\w+)(?:: (?:(?:recent )?writes of|the point in time of|the disk) [\s\S]*)?\]$/.exec(line)?.[1];
	return {
		line,
		hazard: Object.values(Hazard).find((name) => name === hazard) ?? Hazard.None,
		movesRoles: movesRoles(match[1] ?? ""),
	};
}
