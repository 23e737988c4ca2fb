import { isDeepStrictEqual } from "node:util";
import { errorCodes } from "../model/errorCodes";
import { type ErrorFacts, ReplicationError } from "../model/replicationError";
import { describeIds } from "../planner/describePlan";
import { type Phase, phaseOf } from "../planner/phase";
import type { Member } from "../planner/situation";
import type { Standing } from "../planner/standing";
import { CallCutOff } from "./callCutOff";
import type { Outlook } from "./outlook";
import { failed, type Unproved } from "./unproved";

/**
 * A step of a group that some members took and some did not. Nothing is sent to help: what completes one array undoes the
 * failover of another. `null`: all moved, or none.
 */
export function partialEffect(proof: Unproved, reason: ReplicationError, seen: Outlook): PartialEffect | null {
	const { before, call } = proof;
	// What is only waited for is no effect: of a copy that goes on, some pairs are complete before others.
	if (call === null) return null;
	// A host that cannot be read: what was seen last may be long over. After a call that was cut off it was looked.
	if (reason.facts.class === "transport" && !(reason instanceof CallCutOff)) return null;
	const predicted = before.pairPredictions?.[0];
	const [were, are] = [before.situation.observed.members, seen.situation.observed.members];
	if (predicted === undefined || were == null || are == null) return null;
	const halves = { moved: [] as string[], stayed: [] as string[] };
	for (const was of were) {
		const [member, to] = [are.find(({ id }) => id === was.id), predicted.get(was.id)];
		if (to === undefined) continue;
		if (isAt(was, to)) {
			const due = dueOf(was);
			// Where it leads to the same place, what was required of a pair and is not any more tells that it took the step.
			if (due === null || due === to.phase || member === undefined || !isAt(member, to)) continue;
			(dueOf(member) === due ? halves.stayed : halves.moved).push(was.id);
			continue;
		}
		// A removal leaves no member of a pair that it took.
		if (member === undefined ? to.copyState === "absent" : isAt(member, to)) halves.moved.push(was.id);
		else if (member !== undefined && isAt(member, was)) halves.stayed.push(was.id);
	}
	const { moved, stayed } = halves;
	if (moved.length === 0 || stayed.length === 0) return null;
	const of = moved.length + stayed.length;
	const { facts } = failed(
		proof,
		seen,
		errorCodes.partialEffect,
		"array",
		`${moved.length} of ${of} pairs moved (${describeIds(moved.sort())}), and ${describeIds(stayed.sort())} did not (${reason.code})`,
		proof.position.step.until.copyState === "absent"
			? "run again: what is left of it is ended then."
			: "run preview: the next plan starts from both halves and says what completes them.",
	);
	return new PartialEffect(facts, { pairs: moved.length, of });
}

/** Some members of a group took a step, others did not. */
export class PartialEffect extends ReplicationError {
	readonly moved: { readonly pairs: number; readonly of: number };

	constructor(facts: ErrorFacts, moved: PartialEffect["moved"]) {
		super(facts);
		this.moved = moved;
	}
}

/** The operation without which nothing else goes on; `null`: none. */
function dueOf({ copyState, progressStatus }: Member): Phase | null {
	const phase = phaseOf({ presence: "present", copyState, progressStatus, job: null });
	return phase.startsWith("requires") ? phase : null;
}

function isAt(member: Member, at: Pick<Member | Standing, "copyState" | "direction" | "syncMode">): boolean {
	const isInMode = member.syncMode === at.syncMode || member.syncMode === "Unknown" || at.syncMode === "Unknown";
	return isInMode && member.direction === at.direction && isDeepStrictEqual(member.copyState, at.copyState);
}
