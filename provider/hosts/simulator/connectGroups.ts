import type { CallAnswer, ReplicationGroups } from "../../executor/host";
import type { Call } from "./call";
import { type Answer, nameOfOperation } from "./calls";
import { objectIdOf } from "./facts";
import { addMembers, createGroup, createGroupReplica, deleteGroup, removeMembers } from "./groupCreation";
import { takeGroupOperation } from "./groupOperations";
import { groupObjectIdOf } from "./groups";
import type { SimulatedGroup, World } from "./world";

const invalid: Answer = { returnCode: 5, job: null };
const notFound: Answer = { returnCode: 8, job: null };

/** What a host can do with groups, by the one way in which it changes anything. */
export function groupsOf(change: (call: Call) => Promise<CallAnswer>): ReplicationGroups {
	return {
		setRelationship: (request) => {
			const operation = nameOfOperation(request.operation);
			return change({
				method: "ReplicationGroup.SetReplicationRelationship",
				operation,
				peer: request.peerUniqueId,
				...onGroup(request.groupObjectId, (world, group, nowMs) => {
					const relationship = world.groupRelationships?.find(
						({ source, target }) =>
							(source === group.uniqueId && target === request.peerUniqueId) ||
							(target === group.uniqueId && source === request.peerUniqueId),
					);
					if (relationship === undefined) return notFound;
					if (operation === null) return invalid;
					return takeGroupOperation(world, relationship, operation, group.uniqueId, request.syncPairs, nowMs);
				}),
			});
		},
		createReplica: (request) =>
			change({
				method: "ReplicationGroup.CreateReplica",
				...onGroup(request.sourceGroupObjectId, (world, source, nowMs) =>
					createGroupReplica(world, request, source, nowMs),
				),
			}),
		create: async ({ subsystem, friendlyName, memberObjectIds }) => {
			let made: SimulatedGroup | undefined;
			const answer = await change({
				method: "StorageSubSystem.CreateReplicationGroup",
				on: subsystem,
				find: (world) => {
					const array = world.arrays.find(({ name }) => name === subsystem);
					if (array === undefined) return undefined;
					const act = () => {
						const members = disksOf(world, memberObjectIds);
						const done = members === null ? notFound : createGroup(world, subsystem, friendlyName, members);
						made = world.groups?.find(({ uniqueId }) => uniqueId === done.made);
						return { returnCode: done.returnCode, job: done.job };
					};
					return { uniqueId: "", name: subsystem, array: subsystem, act };
				},
			});
			return made === undefined ? answer : { ...answer, createdGroupObjectId: groupObjectIdOf(made) };
		},
		addMembers: ({ groupObjectId, memberObjectIds }) =>
			change({
				method: "ReplicationGroup.AddMember",
				...onGroup(groupObjectId, (world, group) => {
					const members = disksOf(world, memberObjectIds);
					return members === null ? notFound : addMembers(world, group, members);
				}),
			}),
		removeMembers: ({ groupObjectId, memberObjectIds }) =>
			change({
				method: "ReplicationGroup.RemoveMember",
				...onGroup(groupObjectId, (world, group) => {
					const members = disksOf(world, memberObjectIds);
					return members === null ? notFound : removeMembers(world, group, members);
				}),
			}),
		delete: ({ groupObjectId }) =>
			change({ method: "ReplicationGroup.DeleteObject", ...onGroup(groupObjectId, deleteGroup) }),
	};
}

function onGroup(
	objectId: string,
	act: (world: World, group: SimulatedGroup, nowMs: number) => Answer,
): Pick<Call, "on" | "find"> {
	return {
		on: objectId,
		find: (world) => {
			const group = world.groups?.find((candidate) => groupObjectIdOf(candidate) === objectId);
			return group === undefined ? undefined : { ...group, act: (nowMs) => act(world, group, nowMs) };
		},
	};
}

/** `null`: one of them is no disk. */
function disksOf({ disks }: World, objectIds: readonly string[]): string[] | null {
	const found = objectIds.map((objectId) => disks.find((disk) => objectIdOf(disk) === objectId)?.uniqueId);
	return found.every((disk) => disk !== undefined) ? found : null;
}
