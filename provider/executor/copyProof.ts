import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import { countsAsNamed } from "../planner/copyStanding";
import { phaseOf } from "../planner/phase";
import type { Step } from "../planner/plan";
import type { Observed } from "../planner/situation";
import { describeSighting, labelsOf } from "./describeOutlook";
import type { Outlook } from "./outlook";
import { failed, type Unproved } from "./unproved";

/**
 * Whether a look shows what only the operation explains, of a step that its state cannot prove: a retake leads from
 * Synchronized to Synchronized, a restore too (copies-and-groups.md §1.3). Without it the operation is not done.
 */
export function showsOnce({ until }: Step, before: Outlook, seen: Outlook): boolean {
	const { observed } = seen.situation;
	if (until.done === undefined) return true;
	const was = before.situation.observed;
	// That of an earlier restore says nothing of this one.
	const isRestored = countsAsNamed(observed.copyState) && !countsAsNamed(was.copyState);
	if (until.done === "restore") return observed.progressStatus === "Restoring" || isRestored;
	const changed = was.presence !== observed.presence || was.copyState !== observed.copyState;
	return (
		isLater(seen.sighting.syncTime, before.sighting.syncTime) ||
		observed.progressStatus === "Resyncing" ||
		observed.progressStatus === "Synchronizing" ||
		observed.copyState === "Unsynchronized" ||
		(changed && observed.copyState === until.copyState)
	);
}

function isLater(now: string | null, before: string | null): boolean {
	return now !== null && before !== null && Date.parse(now) > Date.parse(before);
}

export function isRestore(step: Step): boolean {
	return step.kind === "operation" && step.operation === "RestoreFromReplica";
}

/** A wait for a restore that somebody else began, or a run of ours that was cut off. */
function waitsForRestore({ kind }: Step, { situation: { observed, desired } }: Outlook): boolean {
	return kind === "wait" && desired.kind !== undefined && observed.progressStatus === "Restoring";
}

/** A restore, or a wait for one. */
export function restores(step: Step, before: Outlook): boolean {
	return isRestore(step) || waitsForRestore(step, before);
}

/** Some arrays leave a copy Inactive after a restore (3PAR): it was done, and the copy holds nothing any more. */
export function endsRestore(step: Step, before: Outlook, { situation: { observed } }: Outlook): boolean {
	return restores(step, before) && observed.copyState === "Inactive" && observed.job === null;
}

/**
 * At rest in another state than the predicted one, where what was asked once was seen under way: a clone that was copied by
 * the next look, a restore that leaves CopyState 18 or nothing held. Told as not done, it would be done again.
 */
export function restsOtherwise(step: Step, before: Outlook, { copyState }: Pick<Observed, "copyState">): boolean {
	if (step.until.done === "retake" || step.kind === "create") return copyState === "Synchronized";
	return restores(step, before) && (countsAsNamed(copyState) || copyState === "Inactive");
}

/** Removed with its disk, which is still listed: the relationship alone is gone. */
export function keepsDisk(step: Step, { sighting, situation: { observed } }: Outlook): boolean {
	const returns = step.kind === "operation" && step.operation === "ReturnToResourcePool";
	return returns && observed.presence === "absent" && sighting.disks.target !== null;
}

/** Which disk is good is what whoever reads this has to know first. */
export function restoreBroken(proof: Unproved, outlook: Outlook, why: string): ReplicationError {
	const { source, target } = labelsOf(proof.request);
	return failed(
		proof,
		outlook,
		errorCodes.restoreBroken,
		"array",
		`the restore did not end well (${why}): ${source.disk} may be neither what it was nor the point in time, and ${target.disk} is the only good image`,
		`keep ${target.disk} as it is: nothing is copied from ${source.disk} and nothing ends or overwrites ${target.disk} until a restore is proven. Look with the array's own tools; when ${target.disk} is whole and at rest, run again with a new token; if ${source.disk} is good as it is, declare keep: "source".`,
	);
}

export function onceUnproven(proof: Unproved, outlook: Outlook): ReplicationError {
	const what = proof.position.step.until.done === "restore" ? "the restore" : "the new point in time";
	return failed(
		proof,
		outlook,
		errorCodes.onceUnproven,
		"array",
		`the array took the operation, and nothing that it reports says that ${what} was made (no later SyncTime, no copy in progress, no job that ended well)`,
		"look with the array's own tools; run again to have it done once more, with a consent of its own, or set the value back if it was done.",
	);
}

export function diskNotReturned(proof: Unproved, outlook: Outlook): ReplicationError {
	const { target } = labelsOf(proof.request);
	return failed(
		proof,
		outlook,
		errorCodes.diskNotReturned,
		"array",
		`the relationship is gone, and host ${target.host} still lists the disk ${target.disk}`,
		"delete the disk with the array's own tools, if nobody uses it.",
	);
}

/** What the last look but one, and the job of the copy, say of a clone that is gone. */
export interface CloneEnd {
	readonly before: Outlook;
	/** That look was of the copy that the step makes, not of the one that it replaces. */
	readonly isAnew: boolean;
	readonly jobEndedWell: boolean;
}

/**
 * A clone that is gone when its copy ended (feature 18): believed only of a copy that was seen whole, or whose job ended
 * well, because one that was halted vanishes just so on some arrays (3PAR).
 */
export function cloneEndUnproven(
	proof: Unproved,
	seen: Outlook,
	{ before, isAnew, jobEndedWell }: CloneEnd,
): ReplicationError | null {
	const { observed, desired } = before.situation;
	const phase = phaseOf({ ...observed, job: null }, desired.kind);
	const wasGood = phase === "copying" || phase === "toSynchronized" || observed.copyState === "Synchronized";
	const isThere = seen.sighting.disks.target !== null;
	const wasWhole = isAnew && before.sighting.percentSynced === 100;
	if (wasGood && isThere && (jobEndedWell || wasWhole)) return null;
	const { source, target } = labelsOf(proof.request);
	return new ReplicationError({
		code: errorCodes.copyEndUnproven,
		class: "array",
		what: `the clone ${target.disk} of ${source.disk} is gone from the arrays' lists, and nothing says that it was complete (last seen: ${describeSighting(before)}, ${before.sighting.percentSynced ?? "an unknown part of"} % copied).`,
		dataSafety: `${source.disk} is as it was. Do not trust ${target.disk}: it may be the beginning of a copy.`,
		remedy: `look with the array's own tools; to have it made again, change triggers, which overwrites ${target.disk}.`,
	});
}
