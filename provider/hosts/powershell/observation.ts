import type { DiskFact, HostObservation, RelationshipFact, Unread } from "../../executor/host";
import { relationship } from "../../model/vocabulary";
import type { ObserveAnswer } from "./answers";
import { groupsIn } from "./groups";
import { type Jobs, jobOn, jobsInFlight } from "./jobsInFlight";
import { fold } from "./keyed";
import { isoTimeOf, secondsBehind } from "./lag";
import { type Peer, peerFinder, peerOfDisk, roleBy } from "./peers";
import { type SubsystemOf, subsystemFinder } from "./subsystems";
import { type Synchronized, saidIn } from "./synchronized";
import { unreadIn } from "./unread";

/** Joins the rows of one answer to what the host sees. */
export function observationOf(answer: ObserveAnswer): HostObservation {
	const subsystemOf = subsystemFinder(answer.subsystems, answer.holds);
	const disks = answer.disks.map((row) => diskOf(row, subsystemOf));
	const diskOfKey = diskFinder(disks);
	const jobs = jobsInFlight(answer);
	const relationships = new Map<string, RelationshipFact>();
	// A link that is listed twice is one where both listings say the same. Where they differ both are kept: the first one
	// may be the stale one.
	const add = (fact: RelationshipFact) => {
		const { diskObjectId, peerUniqueId, role, copyState, progressStatus, syncMode, syncType, syncTime } = fact;
		const said = [role, copyState, progressStatus, syncMode, syncType, fact.percentSynced, syncTime];
		const key = [fold(diskObjectId), fold(peerUniqueId), ...said, fact.requestedCopyState].join("\n");
		if (!relationships.has(key)) relationships.set(key, fact);
	};

	// What is named and cannot be shown is told, not skipped: skipping would make a relationship look absent.
	const unread: Unread[] = unreadIn(answer);
	const peersOf = peerFinder(answer);
	for (const link of answer.links) {
		const disk = diskOfKey(link[0]);
		if (disk === undefined) {
			unread.push({
				hides: "relationship",
				diskUniqueId: null,
				what: "a relationship of a disk that the host does not list",
			});
			continue;
		}
		const peers = peersOf(link, disk);
		if (peers.length === 0) {
			const what = `a relationship of ${disk.friendlyName} with a peer that the host cannot read`;
			unread.push({ hides: "relationship", diskUniqueId: disk.uniqueId, what });
			continue;
		}
		const [, , , , , , , ...state] = link;
		for (const peer of peers) add(factOf(answer, disk, peer, roleBy(peer), state, jobs));
	}
	// Local pairs come last: where an array reports a pair both ways, the link with the MSFT_ReplicaPeer is the one to call.
	for (const [sourceKey, targetKey, ...state] of answer.pairs) {
		const source = diskOfKey(sourceKey);
		const target = diskOfKey(targetKey);
		if (source === undefined || target === undefined) {
			const known = source ?? target;
			const what = `a local pair${known === undefined ? "" : ` of ${known.friendlyName}`} with a disk that the host does not list`;
			unread.push({ hides: "relationship", diskUniqueId: known?.uniqueId ?? null, what });
			continue;
		}
		add(factOf(answer, source, peerOfDisk(target), "source", state, jobs));
		add(factOf(answer, target, peerOfDisk(source), "target", state, jobs));
	}
	const { unread: groupsUnread, ...groups } = groupsIn(answer, { peersOf, jobs, diskOfKey });
	unread.push(...groupsUnread);
	return { hostTime: answer.hostTime, disks, relationships: [...relationships.values()], ...groups, unread };
}

/** By ObjectId, or by a UniqueId that one disk alone reports: which of several is meant by it nobody can say. */
function diskFinder(disks: readonly DiskFact[]): (key: string | null) => DiskFact | undefined {
	const byKey = new Map<string, DiskFact | undefined>();
	for (const disk of disks) {
		const key = fold(disk.uniqueId);
		byKey.set(key, byKey.has(key) ? undefined : disk);
	}
	for (const disk of disks) byKey.set(fold(disk.objectId), disk);
	return (key) => byKey.get(fold(key ?? ""));
}

function factOf(
	answer: ObserveAnswer,
	disk: DiskFact,
	peer: Peer,
	role: RelationshipFact["role"],
	state: Synchronized,
	jobs: Jobs,
): RelationshipFact {
	const [, , syncMode, , percentSynced, syncTime] = state;
	const asynchronous = syncMode === relationship.synchronizedSyncMode.Asynchronous;
	return {
		diskObjectId: disk.objectId,
		diskUniqueId: disk.uniqueId,
		peerUniqueId: peer.uniqueId,
		peerName: peer.name,
		peerSubsystem: peer.subsystem,
		hasReplicaPeer: peer.hasReplicaPeer,
		role,
		...saidIn(state),
		percentSynced,
		lagSeconds: asynchronous && syncTime !== null ? secondsBehind(syncTime, answer.hostTime) : null,
		syncTime: syncTime === null ? null : isoTimeOf(syncTime),
		job: jobOn([disk.objectId, disk.uniqueId], peer.keys, jobs),
	};
}

function diskOf(row: ObserveAnswer["disks"][number], subsystemOf: SubsystemOf): DiskFact {
	const [objectId, uniqueId, friendlyName, access, subsystemKey, healthStatus, operationalStatus] = row;
	return {
		objectId: objectId ?? "",
		uniqueId: uniqueId ?? "",
		friendlyName: friendlyName ?? "",
		...subsystemOf(objectId ?? "", subsystemKey ?? ""),
		access,
		healthStatus,
		operationalStatus: operationalStatus ?? [],
	};
}
