import { currentSource, currentTarget, type Direction } from "../model/relationship";
import { movesRoles } from "../planner/operations";
import { isFailedOver, phaseOf } from "../planner/phase";
import { planWithPredictions } from "../planner/planTransition";
import type { Observed, Situation } from "../planner/situation";
import { asPlanned } from "./asPlanned";
import { type Declared, shownEnd } from "./declared";
import type { RelationshipRecord } from "./record";
import { describeWish } from "./wish";

/**
 * Whether the roles differ from what the record proved, and not because our own interrupted run was on its way: what a
 * killed run left behind lies on the path from the record to a wish that the record did not have yet.
 */
export function describeRoleChange(
	situation: Situation,
	record: RelationshipRecord | null,
	declared: Declared,
): string | null {
	const { observed, desired } = situation;
	if (record === null || record.copyState === "absent" || observed.presence === "absent") return null;
	// No role of a copy ever moves.
	if (desired.state === "absent" || desired.kind !== undefined) return null;
	if (explainsRoles(record.interrupted)) return null;
	if (phaseOf(observed) === "ambiguous") return null;
	const failedOver = isFailedOver(observed);
	const wasFailedOver = record.copyState === "Failedover";
	if (observed.direction === record.direction && failedOver === wasFailedOver) return null;
	const { answer } = planWithPredictions(situation);
	if (answer.outcome === "plan" && answer.steps.length === 0) return null;
	if (record.wish !== describeWish(desired) && isOnTheWay(situation, record)) return null;
	const serving = (direction: Direction, over: boolean) => (over ? currentTarget(direction) : currentSource(direction));
	const now = serving(observed.direction, failedOver);
	const before = serving(record.direction, wasFailedOver);
	const { host, virtualDisk } = shownEnd(declared, now);
	return `the roles are not as the last run that finished left them, somebody else or a run that was cut off changed them: ${virtualDisk} at ${host} serves now (${String(observed.copyState)}, ${observed.direction}); the last run left ${shownEnd(declared, before).virtualDisk} at ${shownEnd(declared, before).host} serving (${record.copyState}, ${record.direction})`;
}

/** A step that moves roles, or a wait for one. */
export function mayHaveMovedRoles(interrupted: string | undefined): boolean {
	return interrupted !== undefined && (interrupted === "wait" || movesRoles(interrupted));
}

/** Whether our own interrupted run may be why roles differ from the record. What it did not send moved nothing; a wait is for what was sent before. */
export function explainsRoles(interrupted: RelationshipRecord["interrupted"]): boolean {
	if (interrupted?.rolesMoved !== undefined) return interrupted.rolesMoved;
	const wasUnderWay = interrupted?.operation === "wait" || interrupted?.sentAt !== undefined;
	return wasUnderWay && mayHaveMovedRoles(interrupted?.operation);
}

function isOnTheWay({ observed, capabilities, desired }: Situation, record: RelationshipRecord): boolean {
	if (record.copyState === "absent") return false;
	const remembered: Observed = {
		...observed,
		copyState: record.copyState,
		progressStatus: "Completed",
		direction: record.direction,
		syncMode: record.syncMode,
		ahead: record.ahead,
		readOnly: record.readOnly,
		targetConsistent: record.targetConsistent,
		sourceConsistent: record.sourceConsistent,
		job: null,
	};
	const { predictions } = planWithPredictions({ observed: asPlanned(remembered), capabilities, desired });
	const phase = phaseOf(observed);
	return predictions.some(
		({ copyState, direction }) =>
			(copyState === observed.copyState || phase === `to${copyState}` || phase === "copying") &&
			direction === observed.direction,
	);
}
