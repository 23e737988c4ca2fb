import type { DiskFact, HostObservation, RelationshipFact } from "./host";

/** An observation by the keys it is asked for: hundreds of relationships look into the same one. */
export interface ObservationIndex {
	/** Disks that report this UniqueId: several where a provider gives a model for an id, or two providers show one disk. */
	readonly byUniqueId: ReadonlyMap<string, readonly DiskFact[]>;
	readonly byObjectId: ReadonlyMap<string, DiskFact>;
	/** Disks whose friendly name is this one, in whatever letter case. */
	readonly byName: ReadonlyMap<string, readonly DiskFact[]>;
	/** Links by the ObjectId of the disk on this host, the only id that no other disk there can have. */
	readonly linksByObjectId: ReadonlyMap<string, readonly RelationshipFact[]>;
	/** Links by the UniqueId of the disk on this host, for a disk that is not listed itself. */
	readonly linksByUniqueId: ReadonlyMap<string, readonly RelationshipFact[]>;
}

const indexes = new WeakMap<HostObservation, ObservationIndex>();

export function indexOf(observation: HostObservation): ObservationIndex {
	let index = indexes.get(observation);
	if (index === undefined) {
		const { disks, relationships } = observation;
		index = {
			byUniqueId: groupedBy(disks, (disk) => disk.uniqueId.toLowerCase()),
			byObjectId: new Map(disks.map((disk) => [disk.objectId.toLowerCase(), disk])),
			byName: groupedBy(disks, (disk) => disk.friendlyName.toLowerCase()),
			linksByObjectId: groupedBy(relationships, (link) => link.diskObjectId.toLowerCase()),
			linksByUniqueId: groupedBy(relationships, (link) => link.diskUniqueId.toLowerCase()),
		};
		indexes.set(observation, index);
	}
	return index;
}

function groupedBy<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const value of values) {
		const group = groups.get(key(value));
		if (group === undefined) groups.set(key(value), [value]);
		else group.push(value);
	}
	return groups;
}
