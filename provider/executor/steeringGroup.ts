import { type End, ends, otherEnd, type PerEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import type { Declared } from "./declared";
import { mayBeOn } from "./disks";
import type { DiskFact, GroupFact } from "./host";
import { listingsOf, sameId } from "./identity";
import { notToBeTold } from "./partlyRead";
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

/**
 * Why it is not known whether a group steers this pair; null: it is known. A pair of a group has a disk in it at each end, so
 * an end whose groups were all read, and whose disk is in none, is enough to know.
 */
export function groupsUnread(
	declared: Declared,
	read: PerEnd<Reading>,
	disks: PerEnd<DiskFact | null>,
): ReplicationError | null {
	// Where an end is lost, errors of its array must not stop the failover of the other one.
	if (declared.lost !== null || declared.groupsKnown === true) return null;
	const hidden = {
		source: hiddenGroups("source", declared, read, disks),
		target: hiddenGroups("target", declared, read, disks),
	};
	if (ends.some((end) => hidden[end] === null && groupsWith(end, read, disks)?.length === 0)) return null;
	return hidden.source ?? hidden.target;
}

/** The same of a copy, whose source may be in a mirror that only its group tells: a restore would be carried to its target. */
export function sourceGroupsUnread(
	declared: Declared,
	read: PerEnd<Reading>,
	disks: PerEnd<DiskFact | null>,
): ReplicationError | null {
	return hiddenGroups("source", declared, read, disks);
}

function hiddenGroups(end: End, declared: Declared, read: PerEnd<Reading>, disks: PerEnd<DiskFact | null>) {
	const [reading, disk] = [read[end], disks[end]];
	if (reading instanceof ReplicationError || disk === null) return null;
	const hidden = reading.unread.find((part) => part.hides === "groups" && mayBeOn(disk, part.subsystem));
	return hidden === undefined ? null : notToBeTold(end, declared, hidden, "whether a replication group steers it");
}

/**
 * The groups that an end's disk is a member of; `null`: nothing is known of that end's groups. A group names the listing
 * that its own provider gives, which may not be the one that was found.
 */
export function groupsWith(
	end: End,
	read: PerEnd<Reading>,
	disks: PerEnd<DiskFact | null>,
): readonly GroupFact[] | null {
	const [reading, disk] = [read[end], disks[end]];
	if (reading instanceof ReplicationError || disk === null || reading.groups === undefined) return null;
	const listed = listingsOf(reading, disk);
	return reading.groups.filter(({ members }) =>
		members.some((member) => listed.some(({ objectId }) => sameId(member, objectId))),
	);
}

function peersOf(end: End, { objectId }: GroupFact, read: PerEnd<Reading>): readonly string[] {
	const reading = read[end];
	if (reading instanceof ReplicationError) return [];
	return (reading.groupRelationships ?? [])
		.filter(({ groupObjectId }) => sameId(groupObjectId, objectId))
		.map(({ peerUniqueId }) => peerUniqueId);
}
