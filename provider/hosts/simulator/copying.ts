import { replicationCapabilitiesGetSupportedFeaturesFeatures as features } from "../../model/vocabulary/capabilities";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../model/vocabulary/storage";
import { endJob, isStuck } from "./jobs";
import { copyOver, overwrite, overwritePart } from "./lineage";
import { linkIsUp, slowness } from "./links";
import type { Profile } from "./profiles";
import { stopFollowing, syncedAsOf } from "./syncTime";
import { profileOf, type SimulatedRelationship, type World } from "./world";

/** A copy begins. Until it ends the end that it runs onto is half of two disks: the target, unless it runs backwards. */
export function startCopy(
	world: World,
	relationship: SimulatedRelationship,
	nowMs: number,
	progressStatus: number,
	backwards: boolean,
	job: string | null,
): void {
	relationship.copyState = backwards ? states.Failedover : states.Unsynchronized;
	relationship.progressStatus = progressStatus;
	if (backwards) {
		relationship.sourceConsistent = false;
		relationship.sourceFenced = true;
	} else relationship.consistent = false;
	const durationMs = profileOf(world, relationship).copyMs * slowness(world);
	relationship.copy = { startedMs: nowMs, dueMs: nowMs + durationMs, backwards, job };
	overwritePart(world, relationship, backwards, 0);
}

/** Copying goes on until then: the tail arrives, a copy gets further or ends. */
export function carryOn(world: World, relationship: SimulatedRelationship, profile: Profile, nowMs: number): void {
	const { copy } = relationship;
	if (copy !== null) {
		if (copy.dueMs <= nowMs && !isStuck(world, copy.job)) {
			relationship.copy = null;
			endJob(world, copy.job, jobStates.Completed);
			finishCopy(world, relationship, copy.backwards, profile);
			syncedAsOf(relationship, copy.dueMs);
		} else {
			overwritePart(world, relationship, copy.backwards, percentCopied(copy, nowMs) / 100);
		}
	}
	drainTail(world, relationship, profile, nowMs);
}

/** Never all of it: a copy that has not ended may still break off. */
export function percentCopied(copy: { readonly startedMs: number; readonly dueMs: number }, nowMs: number): number {
	const part = (nowMs - copy.startedMs) / Math.max(1, copy.dueMs - copy.startedMs);
	return Math.min(99, Math.max(0, Math.floor(part * 100)));
}

/** An asynchronous target lacks what had not arrived; the disk under a copy stays as far as the copy got. */
export function abandonCopy(world: World, relationship: SimulatedRelationship): void {
	relationship.tail = [];
	endJob(world, relationship.copy?.job ?? null, jobStates.Terminated);
	relationship.copy = null;
}

/** The copy that was under way gets no further; after repair the array recovers by itself (feature 15) or waits. */
export function breakOff(world: World, relationship: SimulatedRelationship, nowMs: number, reason: string): void {
	stopFollowing(relationship, nowMs);
	endJob(world, relationship.copy?.job ?? null, jobStates.Exception, reason);
	relationship.copyState = states.Broken;
	relationship.progressStatus = progress.Dormant;
	relationship.copy = null;
	relationship.tail = [];
	// What is late to be shown is what an operation did, not what breaks.
	relationship.shown = null;
}

/** A Failback overwrites the source: until one ends, the source is neither what it was nor what the target is. */
export function isSourceWhole({ sourceConsistent }: SimulatedRelationship): boolean {
	return sourceConsistent !== false;
}

function finishCopy(world: World, relationship: SimulatedRelationship, backwards: boolean, profile: Profile): void {
	overwrite(world, relationship, backwards);
	relationship.copyState = states.Synchronized;
	// A whole copy of half a disk is half a disk.
	if (backwards) relationship.sourceConsistent = relationship.consistent;
	else relationship.consistent = isSourceWhole(relationship);
	relationship.sourceFenced = false;
	// A change that was accepted meanwhile is on its way still, and shows that.
	if (relationship.change !== null) return;
	relationship.progressStatus =
		relationship.progressStatus === progress.Resyncing &&
		profile.features.includes(features.ResyncOperationRequiresSubsequentActivate)
			? progress.RequiresActivate
			: profile.settledProgress;
}

function drainTail(world: World, relationship: SimulatedRelationship, { tailMs }: Profile, nowMs: number): void {
	if (relationship.copyState !== states.Synchronized || !linkIsUp(world, relationship)) return;
	const arrived = relationship.tail.filter(({ atMs }) => atMs + tailMs <= nowMs);
	for (const { atMs, writes } of arrived) {
		copyOver(world, relationship, writes);
		syncedAsOf(relationship, atMs);
	}
	relationship.tail = relationship.tail.filter(({ atMs }) => atMs + tailMs > nowMs);
}
