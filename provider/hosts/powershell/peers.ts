import type { DiskFact, MadePeer, RelationshipFact } from "../../executor/host";
import type { ObserveAnswer } from "./answers";
import { addTo, fold } from "./keyed";

type PeerRow = ObserveAnswer["peers"][number];
/** The columns of a link up to its state: whose it is, its peer, and the peer where it is embedded. */
type LinkRow = readonly [
	string | null,
	string | null,
	string | null,
	string | null,
	string | null,
	string | null,
	boolean | null,
	...unknown[],
];

export interface Peer {
	readonly keys: readonly string[];
	readonly uniqueId: string;
	readonly name: string;
	readonly subsystem: string;
	readonly hasReplicaPeer: boolean;
	readonly isPrimary: boolean | null;
}

/** A disk or a group that a link is of. */
type Owner = Pick<DiskFact, "objectId" | "uniqueId">;

/** None: the link names a peer that nobody can read. Several: it is listed in several ways, which may contradict each other. */
export function peerFinder(answer: ObserveAnswer): (link: LinkRow, owner: Owner) => readonly Peer[] {
	const byKey = new Map<string, Set<Peer>>();
	for (const row of answer.peers) if (row[0]) addTo(byKey, fold(row[0]), [peerOf(row)]);
	const followed = new Map(answer.followed.map(({ disk, peers }) => [fold(disk), peers.map(peerOf)]));
	return (link, owner) => {
		const [, reference, ...embedded] = link;
		const own = peerOf([reference, embedded[0], embedded[1], embedded[2], embedded[3], embedded[4]]);
		if (own.uniqueId !== "") return [own];
		const enumerated = [...(byKey.get(fold(reference ?? "")) ?? [])].filter(({ uniqueId }) => uniqueId !== "");
		if (enumerated.length > 0) return enumerated;
		const candidates = followed.get(fold(owner.objectId)) ?? followed.get(fold(owner.uniqueId)) ?? [];
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

export function peerOfDisk(disk: DiskFact): Peer {
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

/** The role that this host's end has by its peer. */
export function roleBy({ isPrimary }: Peer): RelationshipFact["role"] {
	return isPrimary === null ? "unknown" : isPrimary ? "target" : "source";
}

/** What a peer is made of, where the host has none, as a request has it. */
export function peerArguments(made: MadePeer | null) {
	return {
		makePeer: made !== null,
		peerObjectId: made?.objectId ?? null,
		peerName: made?.name ?? null,
		peerSubsystem: made?.subsystem ?? null,
		peerSubsystemName: made?.subsystemName ?? null,
		peerSubsystemUniqueId: made?.subsystemUniqueId ?? null,
	};
}
