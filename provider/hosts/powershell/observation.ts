import type { DiskFact, HostObservation, RelationshipFact, Unread } from "../../executor/host";
import { relationship, storage } from "../../model/vocabulary";
import type { ObserveAnswer } from "./answers";
import { isoTimeOf, secondsBehind } from "./lag";
import { unreadIn } from "./unread";

type Link = ObserveAnswer["links"][number];
type PeerRow = ObserveAnswer["peers"][number];
type Synchronized = readonly [
	number | null,
	number | null,
	number | null,
	number | null,
	number | null,
	string | null,
	number | null,
];

interface Peer {
	readonly keys: readonly string[];
	readonly uniqueId: string;
	readonly name: string;
	readonly subsystem: string;
	readonly hasReplicaPeer: boolean;
	readonly isPrimary: boolean | null;
}

/** Joins the rows of one answer to what the host sees. Ids are compared as Windows does: ordinal, ignoring case. */
export function observationOf(answer: ObserveAnswer): HostObservation {
	const subsystemOf = subsystemFinder(answer);
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
		for (const peer of peers) {
			const role = peer.isPrimary === null ? "unknown" : peer.isPrimary ? "target" : "source";
			add(factOf(answer, disk, peer, role, state, jobs));
		}
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
	return { hostTime: answer.hostTime, disks, relationships: [...relationships.values()], unread };
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
	[copyState, progressStatus, syncMode, syncType, percentSynced, syncTime, requestedCopyState]: Synchronized,
	jobs: Jobs,
): RelationshipFact {
	const asynchronous = syncMode === relationship.synchronizedSyncMode.Asynchronous;
	return {
		diskObjectId: disk.objectId,
		diskUniqueId: disk.uniqueId,
		peerUniqueId: peer.uniqueId,
		peerName: peer.name,
		peerSubsystem: peer.subsystem,
		hasReplicaPeer: peer.hasReplicaPeer,
		role,
		// 0 is no CopyState and no SyncType: what is not reported is refused by the planner as unknown, not guessed.
		copyState: copyState ?? 0,
		// 0 is no CopyState: nothing was asked, or the provider does not say.
		requestedCopyState: requestedCopyState || null,
		progressStatus: progressStatus ?? 0,
		syncMode: syncMode ?? 0,
		syncType: syncType ?? 0,
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

type Arrays = Pick<DiskFact, "subsystem" | "subsystemName" | "subsystemUniqueId" | "otherSubsystems">;
type SubsystemOf = (diskObjectId: string, subsystemKey: string) => Arrays;

/**
 * The array of a disk, by the association or by what the disk itself refers to. A disk that several list is told with
 * all of them, in an order that is not that of the rows: each may forbid something.
 */
function subsystemFinder(answer: ObserveAnswer): SubsystemOf {
	type Row = ObserveAnswer["subsystems"][number];
	const byKey = new Map<string, Set<Row>>();
	for (const row of answer.subsystems) {
		const [objectId, uniqueId, friendlyName, name] = row;
		for (const key of [objectId, uniqueId, friendlyName, name]) if (key) addTo(byKey, fold(key), [row]);
	}
	const byDisk = new Map<string, Set<Row>>();
	for (const [subsystem, disk] of answer.holds) {
		if (disk) addTo(byDisk, fold(disk), byKey.get(fold(subsystem ?? "")) ?? []);
	}
	const shown = ([, uniqueId, friendlyName, name]: Row): Omit<Arrays, "otherSubsystems"> => ({
		subsystem: friendlyName ?? name ?? "",
		subsystemName: name ?? "",
		subsystemUniqueId: uniqueId ?? "",
	});
	return (diskObjectId, subsystemKey) => {
		const rows = byDisk.get(fold(diskObjectId)) ?? byKey.get(fold(subsystemKey)) ?? [];
		const [first, ...others] = [...rows].map(shown).sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
		if (first === undefined) return { subsystem: "", subsystemName: "", subsystemUniqueId: "", otherSubsystems: [] };
		return { ...first, otherSubsystems: [...new Set(others.map(({ subsystem }) => subsystem))] };
	};
}

function sortKey({ subsystem, subsystemUniqueId }: Omit<Arrays, "otherSubsystems">): string {
	return `${subsystem}\n${subsystemUniqueId}`;
}

function addTo<T>(groups: Map<string, Set<T>>, key: string, values: Iterable<T>): void {
	const group = groups.get(key) ?? new Set();
	for (const value of values) group.add(value);
	if (group.size > 0) groups.set(key, group);
}

/** None: the link names a peer that nobody can read. Several: it is listed in several ways, which may contradict each other. */
function peerFinder(answer: ObserveAnswer): (link: Link, disk: DiskFact) => readonly Peer[] {
	const byKey = new Map<string, Set<Peer>>();
	for (const row of answer.peers) if (row[0]) addTo(byKey, fold(row[0]), [peerOf(row)]);
	const followed = new Map(answer.followed.map(({ disk, peers }) => [fold(disk), peers.map(peerOf)]));
	return (link, disk) => {
		const [, reference, ...embedded] = link;
		const own = peerOf([reference, embedded[0], embedded[1], embedded[2], embedded[3], embedded[4]]);
		if (own.uniqueId !== "") return [own];
		const enumerated = [...(byKey.get(fold(reference ?? "")) ?? [])].filter(({ uniqueId }) => uniqueId !== "");
		if (enumerated.length > 0) return enumerated;
		const candidates = followed.get(fold(disk.objectId)) ?? followed.get(fold(disk.uniqueId)) ?? [];
		const peer =
			candidates.find(({ keys }) => keys.some((key) => fold(key) === fold(reference ?? ""))) ?? onlyOne(candidates);
		return peer !== undefined && peer.uniqueId !== "" ? [peer] : [];
	};
}

function onlyOne<T>(items: readonly T[]): T | undefined {
	return items.length === 1 ? items[0] : undefined;
}

/**
 * IsPrimary: "If TRUE, the replica peer is primary; that is, it is a System Element and not a Synced Element"
 * (Microsoft reference, MSFT_ReplicaPeer). A System Element is a source, so our disk is then the target.
 */
function peerOf([objectId, uniqueId, peerObjectId, name, subsystem, isPrimary]: PeerRow): Peer {
	return {
		keys: [objectId, peerObjectId, uniqueId].filter((key): key is string => key !== null && key !== ""),
		// PeerUniqueId is a required property; PeerObjectId stands in for providers that leave it out.
		uniqueId: uniqueId || peerObjectId || "",
		name: name ?? "",
		subsystem: subsystem ?? "",
		hasReplicaPeer: true,
		isPrimary,
	};
}

function peerOfDisk(disk: DiskFact): Peer {
	return {
		keys: [disk.objectId],
		// Without a UniqueId, or the pairs of several such disks would look like one.
		uniqueId: disk.uniqueId || disk.objectId,
		name: disk.friendlyName,
		subsystem: disk.subsystem,
		hasReplicaPeer: false,
		isPrimary: null,
	};
}

type Jobs = ReadonlyMap<string, ReadonlySet<string>>;

/** Ids of jobs by the objects that they affect. A job that the array still runs counts, whatever started it. */
function jobsInFlight(answer: ObserveAnswer): Jobs {
	const { Completed, Terminated, Killed, Exception } = storage.storageJobJobState;
	const final: readonly (number | null)[] = [Completed, Terminated, Killed, Exception];
	const running = new Map<string, string>();
	for (const [objectId, instanceId, uniqueId, jobState] of answer.jobs) {
		const id = objectId || instanceId || uniqueId;
		if (!id || final.includes(jobState)) continue;
		for (const key of [objectId, instanceId, uniqueId]) if (key) running.set(fold(key), id);
	}
	const affected = new Map<string, Set<string>>();
	for (const [job, object] of answer.affects) {
		const id = running.get(fold(job ?? ""));
		if (id !== undefined && object) addTo(affected, fold(object), [id]);
	}
	return affected;
}

/** A job of both ends is the relationship's own; that of one of them may be of a copy or a mirror beside it. */
function jobOn(own: readonly string[], peer: readonly string[], jobs: Jobs): string | null {
	const [ofOwn = [], ofPeer = []] = [own, peer].map((keys) => keys.flatMap((key) => [...(jobs.get(fold(key)) ?? [])]));
	return ofOwn.find((id) => ofPeer.includes(id)) ?? ofOwn[0] ?? ofPeer[0] ?? null;
}

function fold(id: string): string {
	return id.toUpperCase();
}
