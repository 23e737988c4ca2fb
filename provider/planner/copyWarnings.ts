import { currentSource, currentTarget } from "../model/relationship";
import { holdsImage } from "./copyStanding";
import { features } from "./features";
import { warningsOfNeighbours } from "./neighbours";
import type { NameEnd } from "./operations";
import type { Step } from "./plan";
import type { Situation } from "./situation";
import type { Frame, Standing } from "./standing";

/** What whoever reads the plan of a point-in-time copy has to know besides. */
export function warningsOfCopy(
	{ observed, desired }: Situation,
	steps: readonly Step[],
	standings: readonly Standing[],
	frame: Frame,
	name: NameEnd,
): string[] {
	const [start] = standings;
	if (start === undefined) return [];
	const [source, target] = [name(currentSource(start.direction)), name(currentTarget(start.direction))];
	const operations = steps.flatMap((step) => (step.kind === "operation" ? [step.operation] : []));
	const restoreAt = steps.findIndex((step) => step.kind === "operation" && step.operation === "RestoreFromReplica");
	const beforeRestore = standings[restoreAt];
	const hasAspect = frame.features.has(features.targetHasAspect) || frame.features.has(features.sourceHasAspect);
	const warnings = [
		frame.kind === "TokenizedClone" &&
			"no reference says which states an offloaded clone goes through; that it is complete is told by its job alone",
		restoreAt !== -1 &&
			beforeRestore !== undefined &&
			beforeRestore.ahead[currentTarget(beforeRestore.direction)] !== "no" &&
			`${target} was written to since its point in time: it is restored as it is`,
		hasAspect &&
			operations.some((name) => name === "Detach" || name === "Dissolve" || name === "ResyncReplica") &&
			"the array may keep an image of this point in time that this API can neither show nor delete",
		frame.kind !== "Snapshot" &&
			desired.state === "suspended" &&
			steps.length === 0 &&
			(holdsImage(start) || start.copyState === "absent") &&
			"the clone is complete: there is nothing to suspend",
		desired.state === "absent" &&
			desired.by === "ReturnToResourcePool" &&
			observed.presence === "absent" &&
			observed.targetExists &&
			`there is no copy any more, and the disk of ${target} is still there`,
		start.copy?.restoreOpen === true &&
			`a restore of ${source} was begun and is not proven: ${target} is the only good image`,
		operations.includes("Unprepare") && "from Initialized nothing in this API starts a copy",
	];
	return [...warnings.filter((warning) => warning !== false), ...warningsOfNeighbours(steps, standings, frame, name)];
}
