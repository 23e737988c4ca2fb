import type { GroupFact, GroupRelationshipFact } from "../../executor/host";
import { synchronizedSyncMode as modes, synchronizedSyncType as types } from "../../model/vocabulary/relationship";
import { objectIdOf } from "./facts";
import { behaviourOfGroups, groupById, groupObjectIdOf, pairsOf, rolesOf, theOnly, wordOf } from "./groups";
import { jobInFlight } from "./jobs";
import { shownMode } from "./syncTime";
import { diskById, type SimulatedGroup, type SimulatedGroupRelationship, type World } from "./world";

/** Numbers of `MSFT_Synchronized.ConsistencyState`. */
const consistency = { Consistent: 3, Inconsistent: 4 } as const;

export function groupFactOf(world: World, group: SimulatedGroup): GroupFact {
	return {
		objectId: groupObjectIdOf(group),
		uniqueId: group.uniqueId,
		friendlyName: group.name,
		subsystem: group.array,
		subsystemName: group.array,
		subsystemUniqueId: group.array,
		members: group.members.map((disk) => objectIdOf(diskById(world, disk))),
	};
}

/** A relationship of groups as the group `own` shows it. */
export function groupRelationshipFactOf(
	world: World,
	relationship: SimulatedGroupRelationship,
	own: SimulatedGroup,
): GroupRelationshipFact {
	const roles = rolesOf(world, relationship);
	const peer = groupById(world, relationship.source === own.uniqueId ? relationship.target : relationship.source);
	const pairs = pairsOf(world, relationship);
	return {
		groupObjectId: groupObjectIdOf(own),
		groupUniqueId: own.uniqueId,
		peerUniqueId: peer.uniqueId,
		peerName: peer.name,
		peerSubsystem: peer.array,
		hasReplicaPeer: true,
		role: roles.source === own.uniqueId ? "source" : "target",
		...wordOf(world, relationship),
		requestedCopyState: null,
		syncMode: theOnly(pairs.map(shownMode)) ?? modes.Unknown,
		syncType: types.Mirror,
		consistencyState: behaviourOfGroups(world, relationship).reportsConsistency
			? consistency[relationship.consistent ? "Consistent" : "Inconsistent"]
			: null,
		job: pairs.map((pair) => jobInFlight(world, pair)).find((job) => job !== null) ?? null,
	};
}
