import type { Operation } from "../../model/relationship";
import { replicationCapabilitiesGetSupportedFeaturesFeatures as features } from "../../model/vocabulary/capabilities";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../model/vocabulary/storage";
import { takeOperation } from "./arrayOperations";
import { carryOn, startCopy } from "./copying";
import { completeCopyChange } from "./copyOperations";
import { pairsOf } from "./groups";
import { abandonCopy, breakOff } from "./halt";
import { endJob, isStuck } from "./jobs";
import { copyOver, dropOwnWrites } from "./lineage";
import { linkIsUp } from "./links";
import type { Profile } from "./profiles";
import { exchangeRoles, followSource } from "./roles";
import { stopFollowing, syncedAsOf } from "./syncTime";
import {
	copyBehaviourOf,
	isCopy,
	isHalfRemoved,
	isSourceWhole,
	profileOf,
	type SimulatedRelationship,
	type World,
} from "./world";

/**
 * Lets time pass: whatever was due by then has happened, in the order in which it was due, and as of then: a later
 * reader must not find it to have happened later. Pure but for the world it is given; asking twice for the same moment
 * changes nothing, so a reader may settle a copy and throw it away.
 */
export function settle(world: World, nowMs: number): void {
	for (const relationship of [...world.relationships]) {
		const profile = profileOf(world, relationship);
		if (!isHalfRemoved(relationship)) breakOrMend(world, relationship, profile, nowMs);
		for (let due = nextDue(world, relationship, nowMs); due !== null; due = nextDue(world, relationship, nowMs)) {
			carryOn(world, relationship, profile, due.atMs);
			due.happen();
		}
		// Its disk may be gone with it.
		if (!world.relationships.includes(relationship)) continue;
		carryOn(world, relationship, profile, nowMs);
		if (relationship.shown !== null && relationship.shown.untilMs <= nowMs) relationship.shown = null;
		if (relationship.hiddenUntilMs !== null && relationship.hiddenUntilMs <= nowMs) relationship.hiddenUntilMs = null;
	}
	if (world.groupRelationships !== undefined) {
		world.groupRelationships = world.groupRelationships.filter((each) => pairsOf(world, each).length > 0);
	}
	for (const job of world.jobs) if (job.endsMs !== undefined && job.endsMs <= nowMs) job.state = jobStates.Completed;
	world.faults = world.faults.filter((fault) => fault.kind !== "contradict" || (fault.untilMs ?? nowMs + 1) > nowMs);
}

interface Due {
	readonly atMs: number;
	readonly happen: () => void;
}

/** What happens next to a relationship, if it happens by then. */
function nextDue(world: World, relationship: SimulatedRelationship, nowMs: number): Due | null {
	const { change, copy, deferred = [] } = relationship;
	const [first] = deferred;
	if (!world.relationships.includes(relationship)) return null;
	const sooner = Math.min(change?.dueMs ?? nowMs, first?.dueMs ?? nowMs, nowMs);
	// That carries on to where the copy ends, which may begin a change.
	if (copy !== null && copy.dueMs <= sooner && !isStuck(world, copy.job)) {
		return { atMs: copy.dueMs, happen: () => {} };
	}
	if (change !== null && change.dueMs <= nowMs && !isStuck(world, change.job)) {
		if (first === undefined || change.dueMs <= first.dueMs) {
			return { atMs: change.dueMs, happen: () => completeChange(world, relationship, change) };
		}
	}
	if (first === undefined || first.dueMs > nowMs) return null;
	return {
		atMs: first.dueMs,
		happen: () => {
			relationship.deferred = deferred.slice(1);
			const { operation, disk, dueMs, job } = first;
			const { taken } = takeOperation(world, relationship, operation as Operation, disk, dueMs, job);
			// What was legal when it was answered need not be any more.
			if (!taken) endJob(world, job, jobStates.Exception, "the operation was not legal any more");
		},
	};
}

function completeChange(
	world: World,
	relationship: SimulatedRelationship,
	{ operation, dueMs, job }: NonNullable<SimulatedRelationship["change"]>,
): void {
	relationship.change = null;
	endJob(world, job, jobStates.Completed);
	stopFollowing(relationship, dueMs);
	if (isCopy(relationship)) completeCopyChange(world, relationship, operation);
	else complete(world, relationship, operation, dueMs);
}

/** What takes effect when a change is due. Unknown names cannot get here: the operation was legal when it was taken. */
function complete(world: World, relationship: SimulatedRelationship, operation: string, nowMs: number): void {
	const profile = profileOf(world, relationship);
	relationship.progressStatus = profile.settledProgress;
	switch (operation) {
		case "Suspend":
			relationship.copyState = states.Suspended;
			abandonCopy(world, relationship);
			return;
		// Required after a failover they change nothing about who serves.
		case "Fracture":
			if (relationship.copyState !== states.Failedover) relationship.copyState = states.Fractured;
			abandonCopy(world, relationship);
			return;
		case "Split":
			// Split drains first: that is what makes it consistent.
			for (const { writes } of relationship.tail) copyOver(world, relationship, writes);
			syncedAsOf(relationship, nowMs);
			relationship.tail = [];
			if (relationship.copyState !== states.Failedover) relationship.copyState = states.Split;
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
		case "Deactivate":
			abandonCopy(world, relationship);
			dropOwnWrites(world, relationship);
			relationship.consistent = false;
			relationship.copyState = states.Inactive;
			return;
		case "Unprepare":
			relationship.copyState = states.Initialized;
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
	if (relationship.copyState === states.Failedover) relationship.copyState = states.Suspended;
	exchangeRoles(relationship);
	if (profile.relinkMs > 0) relationship.hiddenUntilMs = nowMs + profile.relinkMs;
	if (profile.features.includes(features.ReverseRolesOperationRequiresSubsequentResync)) {
		relationship.progressStatus = progress.RequiresResync;
		return;
	}
	followSource(world, relationship);
}

/** A lost link breaks what was copying; after repair it recovers by itself (feature 15) or waits for Resume. */
function breakOrMend(world: World, relationship: SimulatedRelationship, profile: Profile, nowMs: number): void {
	// A point in time that was taken needs its source's array no more to be one.
	const follows = relationship.copyState === states.Synchronized && !isCopy(relationship);
	const copying = follows || relationship.copy !== null;
	if (!linkIsUp(world, relationship)) {
		if (copying && relationship.change === null) {
			breakOff(world, relationship, nowMs, "the link between the arrays broke");
		}
		return;
	}
	// What was asked for meanwhile is on its way still, and decides where it ends.
	if (relationship.copyState !== states.Broken || relationship.change !== null) return;
	const failingBack = !isSourceWhole(relationship);
	const { features: has } = isCopy(relationship) ? copyBehaviourOf(world, relationship) : profile;
	if (has.includes(features.ErrorRecoveryFromBrokenStateAutomatic)) {
		const progressStatus = failingBack ? progress.FailingBack : progress.Resyncing;
		startCopy(world, relationship, nowMs, progressStatus, failingBack, null);
	} else if (!isCopy(relationship)) {
		relationship.copyState = states[failingBack ? profile.brokenFailback : "Suspended"];
		relationship.progressStatus = profile.settledProgress;
	}
}
