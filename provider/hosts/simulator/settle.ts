import { replicationCapabilitiesGetSupportedFeaturesFeatures as features } from "../../model/vocabulary/capabilities";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../model/vocabulary/storage";
import { copyOver, overwrite, overwritePart } from "./lineage";
import { linkIsUp, slowness } from "./links";
import { type Profile, profiles } from "./profiles";
import { arrayOf, diskById, type SimulatedRelationship, type World } from "./world";

/**
 * Lets time pass: whatever was due by then has happened. Pure but for the world it is given; asking twice for the same
 * moment changes nothing, so a reader may settle a copy and throw it away.
 */
export function settle(world: World, nowMs: number): void {
	for (const relationship of [...world.relationships]) {
		const profile = profileOf(world, relationship);
		breakOrMend(world, relationship, profile, nowMs);
		const { change } = relationship;
		if (change !== null && change.dueMs <= nowMs && !isStuck(world, change.job)) {
			// Everything as of when it was due: a later reader must not find it to have happened later.
			carryOn(world, relationship, profile, change.dueMs);
			relationship.change = null;
			endJob(world, change.job, jobStates.Completed);
			complete(world, relationship, change.operation, profile, change.dueMs);
		}
		carryOn(world, relationship, profile, nowMs);
		if (relationship.shown !== null && relationship.shown.untilMs <= nowMs) relationship.shown = null;
		if (relationship.hiddenUntilMs !== null && relationship.hiddenUntilMs <= nowMs) relationship.hiddenUntilMs = null;
	}
}

/** Copying goes on until then: the tail arrives, a copy gets further or ends. */
function carryOn(world: World, relationship: SimulatedRelationship, profile: Profile, nowMs: number): void {
	const { copy } = relationship;
	if (copy !== null) {
		if (copy.dueMs <= nowMs && !isStuck(world, copy.job)) {
			relationship.copy = null;
			endJob(world, copy.job, jobStates.Completed);
			finishCopy(world, relationship, copy.backwards, profile);
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

export function profileOf(world: World, { source }: SimulatedRelationship): Profile {
	return profiles[arrayOf(world, source).profile];
}

/** What takes effect when a change is due. Unknown names cannot get here: the operation was legal when it was taken. */
function complete(
	world: World,
	relationship: SimulatedRelationship,
	operation: string,
	profile: Profile,
	nowMs: number,
): void {
	relationship.progressStatus = profile.settledProgress;
	switch (operation) {
		case "Suspend":
			relationship.copyState = states.Suspended;
			abandonCopy(world, relationship);
			return;
		case "Fracture":
			relationship.copyState = states.Fractured;
			abandonCopy(world, relationship);
			return;
		case "Split":
			// Split drains first: that is what makes it consistent.
			for (const { writes } of relationship.tail) copyOver(world, relationship, writes);
			relationship.tail = [];
			relationship.copyState = states.Split;
			return;
		case "Failover":
			relationship.copyState = states.Failedover;
			relationship.tail = [];
			return;
		case "ReverseRoles":
			reverse(world, relationship, profile, nowMs);
			return;
		case "Abort":
			relationship.copyState = states.Aborted;
			abandonCopy(world, relationship);
			return;
		case "Detach":
		case "Dissolve":
			world.relationships = world.relationships.filter(({ id }) => id !== relationship.id);
			return;
		default:
			throw new RangeError(`the simulator does not know how to complete ${operation}`);
	}
}

function reverse(world: World, relationship: SimulatedRelationship, profile: Profile, nowMs: number): void {
	const wasFailedOver = relationship.copyState === states.Failedover;
	[relationship.source, relationship.target] = [relationship.target, relationship.source];
	relationship.tail = [];
	relationship.sourceFenced = false;
	const { consistent } = relationship;
	relationship.consistent = isSourceWhole(relationship);
	relationship.sourceConsistent = consistent;
	if (wasFailedOver) relationship.copyState = states.Suspended;
	if (profile.relinkMs > 0) relationship.hiddenUntilMs = nowMs + profile.relinkMs;
	if (profile.features.includes(features.ReverseRolesOperationRequiresSubsequentResync)) {
		relationship.progressStatus = progress.RequiresResync;
		return;
	}
	// Synchronized: data flows the other way from now on, so the new target becomes what the new source is.
	if (relationship.copyState === states.Synchronized) overwrite(world, relationship, false);
}

/** An asynchronous target lacks what had not arrived; the disk under a copy stays as far as the copy got. */
export function abandonCopy(world: World, relationship: SimulatedRelationship): void {
	relationship.tail = [];
	endJob(world, relationship.copy?.job ?? null, jobStates.Terminated);
	relationship.copy = null;
}

/** The copy that was under way gets no further; after repair the array recovers by itself (feature 15) or waits. */
export function breakOff(world: World, relationship: SimulatedRelationship, reason: string): void {
	endJob(world, relationship.copy?.job ?? null, jobStates.Exception, reason);
	relationship.copyState = states.Broken;
	relationship.progressStatus = progress.Dormant;
	relationship.copy = null;
	relationship.tail = [];
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

/** A lost link breaks what was copying; after repair it recovers by itself (feature 15) or waits for Resume. */
function breakOrMend(world: World, relationship: SimulatedRelationship, profile: Profile, nowMs: number): void {
	const copying = relationship.copyState === states.Synchronized || relationship.copy !== null;
	if (!linkIsUp(world, relationship)) {
		if (copying && relationship.change === null) breakOff(world, relationship, "the link between the arrays broke");
		return;
	}
	if (relationship.copyState !== states.Broken) return;
	const failingBack = !isSourceWhole(relationship);
	if (profile.features.includes(features.ErrorRecoveryFromBrokenStateAutomatic)) {
		const progressStatus = failingBack ? progress.FailingBack : progress.Resyncing;
		startCopy(world, relationship, nowMs, progressStatus, failingBack, null);
	} else {
		relationship.copyState = states[failingBack ? profile.brokenFailback : "Suspended"];
		relationship.progressStatus = profile.settledProgress;
	}
}

/** A copy begins. Until it ends the end that it runs onto is between two states: the target, unless it runs backwards. */
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

function drainTail(world: World, relationship: SimulatedRelationship, { tailMs }: Profile, nowMs: number): void {
	if (relationship.copyState !== states.Synchronized || !linkIsUp(world, relationship)) return;
	const arrived = relationship.tail.filter(({ atMs }) => atMs + tailMs <= nowMs);
	for (const { writes } of arrived) copyOver(world, relationship, writes);
	relationship.tail = relationship.tail.filter(({ atMs }) => atMs + tailMs > nowMs);
}

function isStuck(world: World, job: string | null): boolean {
	return job !== null && world.jobs.some(({ id, stuck }) => id === job && stuck);
}

export function endJob(world: World, id: string | null, state: number, reason: string | null = null): void {
	const job = world.jobs.find((candidate) => candidate.id === id);
	if (job === undefined) return;
	job.state = state;
	if (reason === null) return;
	job.errorCode = 4;
	job.errorDescription = reason;
}

/** Which of its disks takes writes now, by role. */
export function takesWrites(world: World, uniqueId: string): boolean {
	const { readOnly, name } = diskById(world, uniqueId);
	if (world.faults.some((fault) => fault.kind === "writable" && (fault.disk === uniqueId || fault.disk === name))) {
		return true;
	}
	if (readOnly) return false;
	const relationship = world.relationships.find(({ source, target }) => source === uniqueId || target === uniqueId);
	if (relationship === undefined) return true;
	if (relationship.source === uniqueId) return !relationship.sourceFenced;
	const separated: readonly number[] = [states.Failedover, states.Fractured, states.Split, states.Skewed];
	// A Failback that broke off has moved nobody: the target serves on.
	const failingBack = relationship.copyState === states.Broken && !isSourceWhole(relationship);
	return failingBack || separated.includes(relationship.copyState);
}
