import { phaseOf } from "../planner/phase";
import type { Step } from "../planner/plan";
import type { Standing } from "../planner/standing";
import type { Outlook } from "./outlook";

/**
 * What was asked for by name is proved by what is seen alone: planned again, it is there already, not legal any more, or
 * (ReverseRoles) legal anew. Where the step leaves the state as it was, what it changes beside it has to be seen as well.
 */
export function isAsRequested({ until }: Step, before: Outlook, { situation }: Outlook, isShown: boolean): boolean {
	const { observed: seen, desired } = situation;
	if (seen.presence === "absent") return until.copyState === "absent";
	const [standings] = before.pairPredictions ?? [];
	if (standings !== undefined) return isGroupAsRequested(until, standings, situation);
	const phase = phaseOf(seen, desired.kind);
	// A mirror that is Initialized counts as a copy that begins; after Unprepare nothing begins one.
	const isUnprepared = until.copyState === "Initialized" && phase === "copying";
	const atRest = phase === "settled" || phase.startsWith("requires") || isUnprepared;
	if (!atRest || seen.copyState !== until.copyState || seen.direction !== until.direction) return false;
	// A mirror is restored from where it is split, which it then is no more.
	if (until.done !== undefined && desired.kind !== undefined) return isShown;
	const was = before.situation.observed;
	const [predicted] = before.predictions;
	if (was.copyState !== until.copyState || was.direction !== until.direction || predicted === undefined) return true;
	const isInMode = seen.syncMode === predicted.syncMode || seen.syncMode === "Unknown";
	const wasPhase = phaseOf(was, desired.kind);
	return isInMode && (wasPhase === predicted.phase || wasPhase !== phase);
}

/** Each member is where it was to be, and what is not told by members is told by the group. */
function isGroupAsRequested(
	until: Step["until"],
	standings: ReadonlyMap<string, Standing>,
	{ observed: { members, consistency } }: Outlook["situation"],
): boolean {
	if (members == null || (until.consistency !== undefined && consistency === !until.consistency)) return false;
	const ids = members.map(({ id }) => id);
	const isInGroup =
		until.pairs === undefined || (until.pairs.length === ids.length && until.pairs.every((id) => ids.includes(id)));
	return (
		isInGroup &&
		members.every((member) => {
			const standing = standings.get(member.id);
			const isThere = member.copyState === standing?.copyState && member.direction === standing.direction;
			const isInMode = member.syncMode === standing?.syncMode || member.syncMode === "Unknown";
			return isThere && isInMode;
		})
	);
}

/**
 * An operation that was asked for by name is done once, and what is planned from there would be another one. Only a removal
 * that one host still lists half of goes on, at that host.
 */
export function isDoneAsRequested(step: Step, { situation: { desired, observed } }: Outlook): boolean {
	if (desired.state !== "operation" || step.kind === "wait") return false;
	return step.until.copyState !== "absent" || observed.presence === "absent";
}
