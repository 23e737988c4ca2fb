import type { DiskFact, HostObservation, RelationshipFact } from "./host";
import { indexOf } from "./observationIndex";

/** Ids are compared without letter case: arrays and hosts print the same id in either. */
export function sameId(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}

/**
 * What identifies a disk on its host: its UniqueId, unless it reports none or another disk there reports the same one
 * (virtual NVMe disks give their model for it). Then only the ObjectId does.
 */
export function idIn(observation: HostObservation, disk: DiskFact): string {
	return disk.uniqueId !== "" && disksSharing(observation, disk).length === 1 ? disk.uniqueId : disk.objectId;
}

/** The disks that report the UniqueId of this one, each once, itself among them. */
export function disksSharing(observation: HostObservation, disk: DiskFact): readonly DiskFact[] {
	return eachOnce(observation, indexOf(observation).byUniqueId.get(disk.uniqueId.toLowerCase()) ?? [disk]);
}

/** One disk is listed once by each provider that knows it; disks are told apart here, not listings. */
export function eachOnce(observation: HostObservation, listed: readonly DiskFact[]): readonly DiskFact[] {
	if (listed.length < 2) return listed;
	return listed.filter((disk, index) => !listed.slice(0, index).some((other) => isSameDisk(observation, disk, other)));
}

/** All listings of a disk on its host. */
export function listingsOf(observation: HostObservation, disk: DiskFact): readonly DiskFact[] {
	const listed = indexOf(observation).byUniqueId.get(disk.uniqueId.toLowerCase()) ?? [disk];
	return listed.filter((other) => isSameDisk(observation, disk, other));
}

/**
 * Whether two listings are one disk seen through two providers. A UniqueId and a name may both be a model's, so the
 * relationship has to be the same one, too: where there is none, two disks are taken for two.
 */
function isSameDisk(observation: HostObservation, one: DiskFact, other: DiskFact): boolean {
	if (one === other || sameId(one.objectId, other.objectId)) return true;
	return looksLike(one, other) && peersOf(observation, one) !== "" && haveSamePeers(observation, one, other);
}

/** All that two hosts or providers say alike of one disk, but for its relationships. */
export function looksLike(one: DiskFact, other: DiskFact): boolean {
	return (
		one.uniqueId !== "" &&
		sameId(one.uniqueId, other.uniqueId) &&
		one.friendlyName === other.friendlyName &&
		sameId(one.subsystemUniqueId || one.subsystem, other.subsystemUniqueId || other.subsystem)
	);
}

function haveSamePeers(observation: HostObservation, one: DiskFact, other: DiskFact): boolean {
	return peersOf(observation, one) === peersOf(observation, other);
}

function peersOf(observation: HostObservation, { objectId }: DiskFact): string {
	const links = indexOf(observation).linksByObjectId.get(objectId.toLowerCase()) ?? [];
	return [...new Set(links.map(({ peerUniqueId }) => peerUniqueId.toLowerCase()))].sort().join("\n");
}

/** Whether an id that state or a link names is one of this disk's. */
export function hasId(disk: DiskFact, id: string): boolean {
	return id !== "" && (sameId(disk.uniqueId, id) || sameId(disk.objectId, id));
}

/**
 * Whether a link of `own` leads to `peer`, a disk on the host of `observation`. A UniqueId that several disks there
 * report names none of them: then name and id together do, if no two share both, or the word of the peer's own host.
 */
export function leadsTo(link: RelationshipFact, own: DiskFact | null, peer: DiskFact, observation: HostObservation) {
	if (sameId(link.peerUniqueId, peer.objectId)) return true;
	if (!sameId(link.peerUniqueId, peer.uniqueId)) return false;
	const sharing = disksSharing(observation, peer);
	const isItsOwn =
		peer.uniqueId !== "" && sharing.length === 1 && (own === null || !sameId(own.uniqueId, peer.uniqueId));
	if (isItsOwn) return true;
	if (!sameId(link.peerName, peer.friendlyName)) return false;
	if (sharing.filter(({ friendlyName }) => sameId(friendlyName, peer.friendlyName)).length === 1) return true;
	const back = indexOf(observation).linksByObjectId.get(peer.objectId.toLowerCase()) ?? [];
	return back.some(({ peerUniqueId }) => own !== null && hasId(own, peerUniqueId));
}
