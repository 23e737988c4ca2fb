import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../model/vocabulary/storage";
import { kindOf } from "./copyBehaviour";
import { finishCopy, finishPointInTime } from "./finish";
import { endJob, isStuck } from "./jobs";
import { carryToMirrors, copyOver, overwritePart } from "./lineage";
import { linkIsUp, slowness } from "./links";
import type { Profile } from "./profiles";
import { syncedAsOf } from "./syncTime";
import { isCopy, profileOf, type SimulatedRelationship, type World } from "./world";

/** A copy begins. Until it ends the end that it runs onto is half of two disks: the target, unless it runs backwards. */
export function startCopy(
	world: World,
	relationship: SimulatedRelationship,
	nowMs: number,
	progressStatus: number,
	backwards: boolean,
	job: string | null,
): void {
	const failsBack = backwards && progressStatus !== progress.Restoring;
	relationship.copyState = failsBack ? states.Failedover : states.Unsynchronized;
	relationship.progressStatus = progressStatus;
	if (backwards) {
		relationship.sourceConsistent = false;
		relationship.sourceFenced = true;
	} else relationship.consistent = false;
	const durationMs = durationOf(world, relationship, backwards, job) * slowness(world);
	relationship.copy = { startedMs: nowMs, dueMs: nowMs + durationMs, backwards, job };
	overwritePart(world, relationship, backwards, 0);
}

/** A snapshot is there at once, by a job as soon as that can end; everything else is copied. */
function durationOf(world: World, relationship: SimulatedRelationship, backwards: boolean, job: string | null): number {
	const { copyMs, transitionMs } = profileOf(world, relationship);
	if (!isCopy(relationship) || backwards || kindOf(relationship.syncType) === "Clone") return copyMs;
	return job === null ? 0 : transitionMs;
}

/** Copying goes on until then: the tail arrives, a copy gets further or ends. */
export function carryOn(world: World, relationship: SimulatedRelationship, profile: Profile, nowMs: number): void {
	const { copy } = relationship;
	if (copy !== null) {
		if (copy.dueMs <= nowMs && !isStuck(world, copy.job)) {
			relationship.copy = null;
			endJob(world, copy.job, jobStates.Completed);
			if (isCopy(relationship)) finishPointInTime(world, relationship, copy);
			else finishCopy(world, relationship, copy.backwards, profile);
			syncedAsOf(relationship, copy.dueMs);
		} else {
			overwritePart(world, relationship, copy.backwards, percentCopied(copy, nowMs) / 100);
		}
		if (copy.backwards) carryToMirrors(world, relationship.source);
	}
	drainTail(world, relationship, profile, nowMs);
}

/** Never all of it: a copy that has not ended may still break off. */
export function percentCopied(copy: { readonly startedMs: number; readonly dueMs: number }, nowMs: number): number {
	const part = (nowMs - copy.startedMs) / Math.max(1, copy.dueMs - copy.startedMs);
	return Math.min(99, Math.max(0, Math.floor(part * 100)));
}

function drainTail(world: World, relationship: SimulatedRelationship, { tailMs }: Profile, nowMs: number): void {
	if (relationship.copyState !== states.Synchronized || !linkIsUp(world, relationship)) return;
	if (relationship.traits?.tailStands === true) return;
	const arrived = relationship.tail.filter(({ atMs }) => atMs + tailMs <= nowMs);
	for (const { atMs, writes } of arrived) {
		copyOver(world, relationship, writes);
		syncedAsOf(relationship, atMs);
	}
	relationship.tail = relationship.tail.filter(({ atMs }) => atMs + tailMs > nowMs);
}
