import type { SetGroupRelationshipRequest } from "../../executor/host";
import type { Operation } from "../../model/relationship";
import { replicationCapabilitiesGetSupportedGroupFeaturesFeatures as features } from "../../model/vocabulary/capabilities";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { takeOperation } from "./arrayOperations";
import { lateness, membersMoved } from "./callFaults";
import { type Answer, advertises, start } from "./calls";
import { startCopy } from "./copying";
import { uniqueIdOf } from "./facts";
import { behaviourOfGroups, groupById, pairsOf, rolesOf, steeringOf, theOnly } from "./groups";
import { addJob } from "./jobs";
import { requiredOf } from "./required";
import {
	diskById,
	isCopy,
	isHalfRemoved,
	profileOf,
	type SimulatedGroupRelationship,
	type SimulatedRelationship,
	type World,
} from "./world";

/** The array's answer to an operation on a relationship of groups, called on the group `own`. */
export function takeGroupOperation(
	world: World,
	relationship: SimulatedGroupRelationship,
	operation: Operation,
	own: string,
	syncPairs: SetGroupRelationshipRequest["syncPairs"],
	nowMs: number,
): Answer {
	const { operations } = behaviourOfGroups(world, relationship);
	const pairs = pairsOf(world, relationship);
	const [first] = pairs;
	if (!advertises(operations, operation) || first === undefined) return { returnCode: 1, job: null };
	const refused: Answer = { returnCode: profileOf(world, first).refusal, job: null };
	const done: Answer = { returnCode: 0, job: null };
	switch (operation) {
		case "ActivateConsistency":
			if (!pairs.every((pair) => isSettledAs(pair, states.Synchronized))) return refused;
			relationship.consistent = true;
			return done;
		case "DeactivateConsistency":
			if (alwaysConsistent(world, relationship) || !pairs.every(isSettled)) return refused;
			relationship.consistent = false;
			return done;
		case "AddSyncPair":
			return addSyncPairs(world, relationship, syncPairs) ? done : refused;
		case "RemoveSyncPair":
			return removeSyncPairs(world, relationship, syncPairs) ? done : refused;
		default:
			return moveMembers(world, relationship, pairs, operation, own, nowMs) ?? refused;
	}
}

/** All members together, or none: one that refuses keeps the rest from moving. `null`: refused. */
function moveMembers(
	world: World,
	relationship: SimulatedGroupRelationship,
	pairs: readonly SimulatedRelationship[],
	operation: Operation,
	own: string,
	nowMs: number,
): Answer | null {
	const { members } = groupById(world, own);
	const diskOf = ({ source, target }: SimulatedRelationship) => (members.includes(source) ? source : target);
	// Nothing that one member makes of it may be there when another one refuses.
	const rehearsal = structuredClone(world);
	const moving: SimulatedRelationship[] = [];
	for (const pair of pairs) {
		const copy = rehearsal.relationships.find(({ id }) => id === pair.id);
		if (copy === undefined || isHalfRemoved(pair)) return null;
		if (takeOperation(rehearsal, copy, operation, diskOf(pair), nowMs, null).taken) moving.push(pair);
		else if (!isThere(pair, operation, pairs)) return null;
	}
	const [first] = moving;
	if (first === undefined) return null;
	const { jobs, failsBackAll } = behaviourOfGroups(world, relationship);
	const array = groupById(world, relationship.source).array;
	const job = jobs.some((name) => name === operation) ? addJob(world, relationship.id, array).id : null;
	const taking = operation === "Failback" && failsBackAll ? pairs : moving;
	for (const pair of taking.slice(0, membersMoved(world))) {
		if (moving.includes(pair)) start(world, pair, operation, diskOf(pair), nowMs, job);
		else startCopy(world, pair, nowMs, progress.FailingBack, true, job);
	}
	lateness(world);
	return { returnCode: job === null ? 0 : 4096, job };
}

/** A member that is where the operation leads takes it without effect; Failover and ReverseRoles lead nowhere twice. */
function isThere(pair: SimulatedRelationship, operation: Operation, pairs: readonly SimulatedRelationship[]): boolean {
	const { copyState: state, copy, change } = pair;
	if (change !== null || requiredOf(pair) !== null) return false;
	switch (operation) {
		case "Suspend":
			return state === states.Suspended || state === states.Fractured || state === states.Split;
		case "Fracture":
			return state === states.Fractured || state === states.Split;
		case "Split":
			return state === states.Split;
		case "Resume":
		case "ResyncReplica":
			return state === states.Synchronized || copy?.backwards === false;
		case "Activate":
			return state === states.Synchronized;
		case "Failback":
			return state === states.Synchronized && pairs.some((other) => other.copyState === states.Failedover);
		default:
			return false;
	}
}

const isSettled = ({ change, copy }: SimulatedRelationship) => change === null && copy === null;
const isSettledAs = (pair: SimulatedRelationship, copyState: number) => isSettled(pair) && pair.copyState === copyState;

function alwaysConsistent(world: World, relationship: SimulatedGroupRelationship): boolean {
	return behaviourOfGroups(world, relationship).features.includes(features.ConsistencyEnabledForAllGroups);
}

/** The states in which pairs come and go, where the array names any. */
function statesForChange(has: readonly number[]): number[] {
	const named = [
		[features.AddOrRemoveToGroupRequiresFracturedState, states.Fractured],
		[features.AddOrRemoveToGroupRequiresSplitState, states.Split],
		[features.AddOrRemoveToGroupRequiresSuspendedState, states.Suspended],
		[features.AddOrRemoveToGroupRequiresFailedOverState, states.Failedover],
	] as const;
	return named.filter(([feature]) => has.includes(feature)).map(([, copyState]) => copyState);
}

function addSyncPairs(
	world: World,
	relationship: SimulatedGroupRelationship,
	syncPairs: SetGroupRelationshipRequest["syncPairs"],
): boolean {
	const { features: has } = behaviourOfGroups(world, relationship);
	const members = pairsOf(world, relationship);
	const named = statesForChange(has);
	const from = named.length === 0 ? [states.Synchronized] : named;
	const state = theOnly(members.map(({ copyState }) => copyState));
	if (state === null || !from.includes(state) || !members.every(isSettled)) return false;
	const wanted = has.includes(features.AddSyncPairRequiresSynchronizedMirrorPair) ? states.Synchronized : state;
	const { source, target } = rolesOf(world, relationship);
	const [sources, targets] = [groupById(world, source), groupById(world, target)];
	const mode = theOnly(members.map(({ syncMode }) => syncMode));
	const pairs = syncPairs.map((pair) => pairNamed(world, pair));
	const fit = pairs.every(
		(pair) =>
			pair !== null &&
			isSettledAs(pair, wanted) &&
			(mode === null || pair.syncMode === mode) &&
			steeringOf(world, pair) === null &&
			diskById(world, pair.source).array === sources.array &&
			diskById(world, pair.target).array === targets.array,
	);
	if (pairs.length === 0 || !fit) return false;
	for (const pair of pairs) {
		if (pair === null) continue;
		sources.members.push(pair.source);
		targets.members.push(pair.target);
	}
	return true;
}

/** The pairs leave both groups, and stay related unless the array ends them with it. */
function removeSyncPairs(
	world: World,
	relationship: SimulatedGroupRelationship,
	syncPairs: SetGroupRelationshipRequest["syncPairs"],
): boolean {
	const members = pairsOf(world, relationship);
	const { features: has, keepsRemovedPairs } = behaviourOfGroups(world, relationship);
	const named = statesForChange(has);
	const may = ({ copyState }: SimulatedRelationship) =>
		named.length === 0 ? copyState !== states.Failedover : named.includes(copyState);
	const leaving = syncPairs.map((pair) => members.find((member) => isNamed(world, member, pair)));
	const known = leaving.every((pair) => pair !== undefined);
	if (!known || leaving.length === 0 || leaving.length >= members.length) return false;
	if (!members.every((member) => isSettled(member) && may(member))) return false;
	const disks = leaving.flatMap((pair) => (pair === undefined ? [] : [pair.source, pair.target]));
	for (const uniqueId of [relationship.source, relationship.target]) {
		const group = groupById(world, uniqueId);
		group.members = group.members.filter((disk) => !disks.includes(disk));
	}
	if (!keepsRemovedPairs) world.relationships = world.relationships.filter((pair) => !leaving.includes(pair));
	return true;
}

type SyncPair = SetGroupRelationshipRequest["syncPairs"][number];

function pairNamed(world: World, pair: SyncPair): SimulatedRelationship | null {
	return world.relationships.find((each) => !isCopy(each) && isNamed(world, each, pair)) ?? null;
}

function isNamed(world: World, { source, target }: SimulatedRelationship, pair: SyncPair): boolean {
	return (
		uniqueIdOf(diskById(world, source)) === pair.sourceUniqueId &&
		uniqueIdOf(diskById(world, target)) === pair.targetUniqueId
	);
}
