import { replicationCapabilitiesGetSupportedFeaturesFeatures as features } from "../../model/vocabulary/capabilities";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../model/vocabulary/storage";
import { copyOver, overwrite } from "./lineage";
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
			relationship.change = null;
			finishJob(world, change.job);
			// As of when it was due: a later reader must not find it to have happened later.
			complete(world, relationship, change.operation, profile, change.dueMs);
		}
		const { copy } = relationship;
		if (copy !== null && copy.dueMs <= nowMs && !isStuck(world, copy.job)) {
			relationship.copy = null;
			finishJob(world, copy.job);
			finishCopy(world, relationship, copy.backwards, profile);
		}
		if (relationship.shown !== null && relationship.shown.untilMs <= nowMs) relationship.shown = null;
		if (relationship.hiddenUntilMs !== null && relationship.hiddenUntilMs <= nowMs) relationship.hiddenUntilMs = null;
		drainTail(world, relationship, profile, nowMs);
	}
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
			abandonCopy(relationship);
			return;
		case "Fracture":
			relationship.copyState = states.Fractured;
			abandonCopy(relationship);
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
			abandonCopy(relationship);
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
	if (wasFailedOver) relationship.copyState = states.Suspended;
	if (profile.relinkMs > 0) relationship.hiddenUntilMs = nowMs + profile.relinkMs;
	if (profile.features.includes(features.ReverseRolesOperationRequiresSubsequentResync)) {
		relationship.progressStatus = progress.RequiresResync;
		return;
	}
	// Synchronized: data flows the other way from now on, so the new target becomes what the new source is.
	if (relationship.copyState === states.Synchronized) overwrite(world, relationship, false);
}

function abandonCopy(relationship: SimulatedRelationship): void {
	// An asynchronous target lacks what had not arrived; a copy that is stopped half way leaves it unusable.
	relationship.tail = [];
	relationship.copy = null;
}

function finishCopy(world: World, relationship: SimulatedRelationship, backwards: boolean, profile: Profile): void {
	overwrite(world, relationship, backwards);
	relationship.copyState = states.Synchronized;
	relationship.consistent = true;
	relationship.sourceFenced = false;
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
		if (!copying || relationship.change !== null) return;
		relationship.copyState = states.Broken;
		relationship.progressStatus = progress.Dormant;
		relationship.copy = null;
		relationship.tail = [];
		return;
	}
	if (relationship.copyState !== states.Broken) return;
	if (profile.features.includes(features.ErrorRecoveryFromBrokenStateAutomatic)) {
		startCopy(world, relationship, nowMs, progress.Resyncing, false, null);
	} else {
		relationship.copyState = states.Suspended;
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
	if (!backwards) relationship.consistent = false;
	const durationMs = profileOf(world, relationship).copyMs * slowness(world);
	relationship.copy = { startedMs: nowMs, dueMs: nowMs + durationMs, backwards, job };
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

function finishJob(world: World, id: string | null): void {
	const job = world.jobs.find((candidate) => candidate.id === id);
	if (job !== undefined) job.state = jobStates.Completed;
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
	return separated.includes(relationship.copyState);
}
