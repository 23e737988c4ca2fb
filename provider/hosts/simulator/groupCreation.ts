import type { CreateGroupReplicaRequest } from "../../executor/host";
import { replicationCapabilitiesGetSupportedGroupFeaturesFeatures as features } from "../../model/vocabulary/capabilities";
import { virtualDiskCreateReplicaSyncType as types } from "../../model/vocabulary/operations";
import { lateness } from "./callFaults";
import type { Answer } from "./calls";
import { groupObjectIdOf } from "./groups";
import { addJob } from "./jobs";
import { addDisk } from "./madeDisk";
import { isTaken, relate } from "./replicas";
import { arrayByName, diskById, groupBehaviourOf, type SimulatedGroup, type World } from "./world";

const refused: Answer = { returnCode: 5, job: null };
const done: Answer = { returnCode: 0, job: null };

/** CreateReplicationGroup. */
export function createGroup(world: World, array: string, name: string, members: readonly string[]): Answer {
	if (!mayJoin(world, array, members)) return refused;
	return { ...done, made: addGroup(world, array, name, members).uniqueId };
}

/** Members of a group in a relationship come and go as pairs. */
export function addMembers(world: World, group: SimulatedGroup, members: readonly string[]): Answer {
	if (isRelated(world, group) || members.length === 0 || !mayJoin(world, group.array, members)) return refused;
	group.members.push(...members);
	return done;
}

export function removeMembers(world: World, group: SimulatedGroup, members: readonly string[]): Answer {
	const known = members.length > 0 && members.every((disk) => group.members.includes(disk));
	if (isRelated(world, group) || !known) return refused;
	group.members = group.members.filter((disk) => !members.includes(disk));
	return done;
}

/** DeleteObject: of an empty group only. */
export function deleteGroup(world: World, group: SimulatedGroup): Answer {
	if (isRelated(world, group) || group.members.length > 0) return refused;
	world.groups = (world.groups ?? []).filter(({ uniqueId }) => uniqueId !== group.uniqueId);
	world.deletedGroups = (world.deletedGroups ?? 0) + 1;
	return done;
}

/** MSFT_ReplicationGroup.CreateReplica: each member gets a target, in their order, or none does. */
export function createGroupReplica(
	world: World,
	request: CreateGroupReplicaRequest,
	source: SimulatedGroup,
	nowMs: number,
): Answer {
	if (request.syncType !== types.Mirror) return { returnCode: 1, job: null };
	const array = arrayByName(world, source.array);
	const { features: has } = groupBehaviourOf(array);
	if (request.targetStoragePool !== null && has.includes(features.TargetPoolShallNotBeSupplied)) return refused;
	const named = (world.groups ?? []).find((each) => groupObjectIdOf(each) === request.targetGroupObjectId);
	if (request.targetGroupObjectId !== null && named === undefined) return { returnCode: 8, job: null };
	if (!mayTake(named ?? null, has)) return refused;
	const pairs = named === undefined || named.members.length === 0 ? [] : pairUp(source.members, named.members);
	const refuses = ([one, other]: readonly [string, string]) => isTaken(world, one, other);
	if (pairs === null || pairs.some(refuses) || isRelated(world, source) || source.members.length === 0) return refused;
	const target = named ?? makeTarget(world, request, source);
	if (target === null || target === source || isRelated(world, target)) return refused;
	if (target.members.length === 0) {
		const other = arrayByName(world, target.array);
		target.members = source.members.map((disk) =>
			addDisk(world, other, `${diskById(world, disk).name}-${target.name}`),
		);
	}
	const id = `groups-${world.calls.length + 1}`;
	const job = array.creation?.asJob === true ? addJob(world, id, array.name).id : null;
	const hiddenMs = lateness(world);
	for (const [index, [one, other]] of (pairUp(source.members, target.members) ?? []).entries()) {
		relate(world, request, { id: `${id}-${index + 1}`, source: one, target: other, job, hiddenMs }, nowMs);
	}
	const consistent = has.includes(features.ConsistencyEnabledForAllGroups);
	relateGroups(world, { id, source: source.uniqueId, target: target.uniqueId, consistent });
	return job === null ? { ...done, made: target.uniqueId } : { returnCode: 4096, job };
}

export function relateGroups(world: World, relationship: NonNullable<World["groupRelationships"]>[number]): void {
	world.groupRelationships = [...(world.groupRelationships ?? []), relationship];
}

/** By an id that no group has, nor one that was deleted had. */
export function addGroup(world: World, array: string, name: string, members: readonly string[]): SimulatedGroup {
	const groups = world.groups ?? [];
	const number = groups.length + (world.deletedGroups ?? 0) + 1;
	const group: SimulatedGroup = {
		name,
		uniqueId: `7000${String(number).padStart(12, "0")}`,
		array,
		members: [...members],
	};
	world.groups = [...groups, group];
	return group;
}

function mayTake(named: SimulatedGroup | null, has: readonly number[]): boolean {
	if (named === null) return !has.includes(features.TargetGroupShallBeSupplied);
	if (has.includes(features.TargetGroupShallNotBeSupplied)) return false;
	return named.members.length === 0 || !has.includes(features.CreateGroupReplicaOnlyAcceptsEmptyGroups);
}

function makeTarget(world: World, request: CreateGroupReplicaRequest, source: SimulatedGroup): SimulatedGroup | null {
	const { friendlyName, targetSubsystem } = request;
	const array =
		world.arrays.find(({ name }) => name === targetSubsystem) ?? world.arrays.find(({ name }) => name !== source.array);
	return friendlyName === null || array === undefined ? null : addGroup(world, array.name, friendlyName, []);
}

/** `null`: not as many targets as sources. */
function pairUp(sources: readonly string[], targets: readonly string[]): (readonly [string, string])[] | null {
	if (sources.length !== targets.length) return null;
	return sources.flatMap((source, index): (readonly [string, string])[] => {
		const target = targets[index];
		return target === undefined ? [] : [[source, target]];
	});
}

/** Disks of this array, each once, and in no other group unless the array allows that. */
function mayJoin(world: World, array: string, members: readonly string[]): boolean {
	const several = groupBehaviourOf(arrayByName(world, array)).features.includes(
		features.ElementCanBeMemberOfMultipleGroups,
	);
	return members.every(
		(disk, index) =>
			world.disks.some(({ uniqueId, array: own }) => uniqueId === disk && own === array) &&
			members.indexOf(disk) === index &&
			(several || !(world.groups ?? []).some((group) => group.members.includes(disk))),
	);
}

function isRelated({ groupRelationships = [] }: World, { uniqueId }: SimulatedGroup): boolean {
	return groupRelationships.some(({ source, target }) => source === uniqueId || target === uniqueId);
}
