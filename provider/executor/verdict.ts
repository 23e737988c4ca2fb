import type { End } from "../model/relationship";
import { isNotWorse, isRestOf } from "../planner/comparePlans";
import { countsAsNamed } from "../planner/copyStanding";
import { phaseOf } from "../planner/phase";
import type { Step } from "../planner/plan";
import type { Observed } from "../planner/situation";
import { isAsRequested } from "./asRequested";
import { endsRestore, keepsDisk } from "./copyProof";
import type { Journal } from "./journal";
import type { Outlook } from "./outlook";
import type { Request } from "./request";
import type { Surroundings } from "./surroundings";
import type { Unproved } from "./unproved";

/** A step that was sent, and what its proof goes by. */
export interface Proof extends Unproved {
	/** The agreed steps that come after this one. */
	readonly rest: readonly Step[];
	/** The step is a wait after which the plan is made anew. */
	readonly replan: boolean;
	readonly journalBefore: Journal | null;
	readonly journalAfter: Journal | null;
	readonly around: Surroundings;
	/** Ends that were seen to lose the relationship in this run. */
	readonly forgottenBy: ReadonlySet<End>;
}

/** What a look says about the step that is under way. */
export type Verdict = "proven" | "moving" | "unchanged" | "strange";

export function judge({ position, rest, replan, before, request }: Proof, outlook: Outlook, isShown: boolean): Verdict {
	const { observed, desired } = outlook.situation;
	const phase = phaseOf(observed, desired.kind);
	if (phase === "ambiguous") return "moving";
	if (replan) return "proven";
	if (keepsDisk(position.step, outlook) || leavesPairs(position.step, outlook)) return "unchanged";
	if (isShown && endsRestore(position.step, before, outlook)) return "proven";
	if (request.wish.desired.state === "operation") {
		if (isAsRequested(position.step, before, outlook, isShown)) return "proven";
	} else if (outlook.answer.outcome === "plan") {
		const { steps } = outlook.answer;
		if (isRestOf(steps, rest) && isCopied(position.step, before, outlook)) return "proven";
		const agreed = before.answer.outcome === "plan" ? before.answer.steps : [];
		if (isNotWorse(steps, agreed)) return position.step.kind === "wait" ? "moving" : "unchanged";
	}
	if (isMadeInOtherMode(position.step, request, observed)) return "proven";
	// An array that lets go of a complete clone shows it whole for a moment.
	const isLetGo = endsByItself(position.step) && observed.copyState === "Synchronized";
	const inTransit = phase === "copying" || phase === "restoring" || phase.startsWith("to") || isLetGo;
	if (inTransit) return "moving";
	return isSamePlace(before, outlook) ? "unchanged" : "strange";
}

/**
 * From half way of a copy the cheapest plan may be the rest of the agreed one: Suspend is legal there, and would keep the
 * disk half that was to be made equal. Only after `create` it is meant (replication-model.md §3).
 */
function isCopied({ kind, until }: Step, before: Outlook, { situation: { observed } }: Outlook): boolean {
	if (kind === "create" || until.copyState !== "Synchronized") return true;
	const [standings] = before.pairPredictions ?? [];
	const { members } = observed;
	// Of a group those that the step is for: others may stand where they stood.
	if (standings !== undefined && members != null) {
		return members.every(
			({ id, copyState }) => standings.get(id)?.copyState !== "Synchronized" || copyState === "Synchronized",
		);
	}
	return observed.copyState === "Synchronized" || countsAsNamed(observed.copyState);
}

/** A wait for a relationship that goes when it has done its work: a clone that detaches when it is complete. */
export function endsByItself({ kind, until }: Step): boolean {
	return kind === "wait" && until.copyState === "absent";
}

/** The next step waits for it to go, and it was there: where a job lasts as long as its copy it may be gone with that. */
export function mayEndBefore({ rest: [next] }: Proof, last: Outlook): boolean {
	return next !== undefined && endsByItself(next) && last.situation.observed.presence === "present";
}

/** The array chose another mode than the program wishes, where it was not told or does not go by it: the plan is made anew. */
function isMadeInOtherMode(step: Step, { wish }: Request, { copyState, direction, syncMode }: Observed): boolean {
	if (step.kind !== "create" || syncMode === "Unknown" || wish.desired.syncMode === undefined) return false;
	const isThere = copyState === step.until.copyState || copyState === "Synchronized";
	return isThere && direction === step.until.direction && syncMode !== wish.desired.syncMode;
}

/** The groups are in no relationship any more, and some of their pairs still are. */
function leavesPairs({ until }: Step, { sighting: { group } }: Outlook): boolean {
	return until.copyState === "absent" && group !== undefined && group.left.length > 0;
}

/** The step did what it was for, and what was to come next costs more from there than was agreed to. */
export function isReached({ position: { step } }: Proof, { situation: { observed } }: Outlook): boolean {
	return observed.copyState === step.until.copyState && observed.direction === step.until.direction;
}

export function isSamePlace(before: Outlook, now: Outlook): boolean {
	return placeOf(before) === placeOf(now);
}

function placeOf({ situation: { observed } }: Outlook): string {
	const { presence, copyState, direction, syncMode, members } = observed;
	const ofMembers = members?.map((member) => [member.id, member.copyState, member.direction, member.syncMode]);
	return JSON.stringify([presence, copyState, direction, syncMode, ofMembers]);
}
