import type { CallAnswer, ReplicationGroups } from "../../executor/host";
import type { RequestBody } from "./frames";
import { peerArguments } from "./peers";

export type GroupCallAnswer = CallAnswer & { readonly createdGroupObjectId?: string | undefined };

/** The calls on groups, each sent once by `change`. */
export function groupCalls(change: (call: string, body: RequestBody) => Promise<GroupCallAnswer>): ReplicationGroups {
	return {
		setRelationship: ({ syncPairs, madePeer, ...request }) =>
			change(`SetReplicationRelationship ${request.operation} of a group`, {
				command: "setGroupRelationship",
				...request,
				...peerArguments(madePeer),
				syncPairSources: syncPairs.map(({ sourceUniqueId }) => sourceUniqueId),
				syncPairTargets: syncPairs.map(({ targetUniqueId }) => targetUniqueId),
			}),
		createReplica: (request) => change("CreateReplica of a group", { command: "createGroupReplica", ...request }),
		create: (request) => change("CreateReplicationGroup", { command: "createGroup", ...request }),
		addMembers: (request) => change("AddMember", { command: "addGroupMembers", ...request }),
		removeMembers: (request) => change("RemoveMember", { command: "removeGroupMembers", ...request }),
		delete: (request) => change("DeleteObject of a group", { command: "deleteGroup", ...request }),
	};
}
