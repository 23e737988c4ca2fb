import { type End, ends, otherEnd, type PerEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import type { DiskFact, GroupFact } from "./host";
import { sameId } from "./identity";
import type { Reading } from "./readEnds";

/**
 * The replication group whose relationship steers this pair; `null`: none that a host lists. What is sent to one disk of it
 * tears the group (copies-and-groups.md §2.1). A disk may be in a group and in a mirror with somebody outside it: where the
 * other end's host lists groups, the other disk has to be in the one at the far end.
 */
export function steeringGroup(read: PerEnd<Reading>, disks: PerEnd<DiskFact | null>): string | null {
	for (const end of ends) {
		const [own, other] = [groupsWith(end, read, disks), groupsWith(otherEnd(end), read, disks)];
		for (const group of own ?? []) {
			const peers = peersOf(end, group, read);
			const isMeant = other === null || other.some(({ uniqueId }) => peers.some((peer) => sameId(peer, uniqueId)));
			if (peers.length > 0 && isMeant) return group.friendlyName || group.uniqueId;
		}
	}
	return null;
}

/** The groups that an end's disk is a member of; `null`: nothing is known of that end's groups. */
function groupsWith(end: End, read: PerEnd<Reading>, disks: PerEnd<DiskFact | null>): readonly GroupFact[] | null {
	const [reading, disk] = [read[end], disks[end]];
	if (reading instanceof ReplicationError || disk === null || reading.groups === undefined) return null;
	return reading.groups.filter(({ members }) => members.some((member) => sameId(member, disk.objectId)));
}

function peersOf(end: End, { objectId }: GroupFact, read: PerEnd<Reading>): readonly string[] {
	const reading = read[end];
	if (reading instanceof ReplicationError) return [];
	return (reading.groupRelationships ?? [])
		.filter(({ groupObjectId }) => sameId(groupObjectId, objectId))
		.map(({ peerUniqueId }) => peerUniqueId);
}
