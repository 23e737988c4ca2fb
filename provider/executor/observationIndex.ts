import type { DiskFact, HostObservation, RelationshipFact } from "./host";

/** An observation by the keys it is asked for: hundreds of relationships look into the same one. */
export interface ObservationIndex {
	readonly byUniqueId: ReadonlyMap<string, DiskFact>;
	readonly byObjectId: ReadonlyMap<string, DiskFact>;
	/** Disks whose friendly name is this one, in whatever letter case. */
	readonly byName: ReadonlyMap<string, readonly DiskFact[]>;
	/** Links by the UniqueId of the disk on this host. */
	readonly linksByDisk: ReadonlyMap<string, readonly RelationshipFact[]>;
}

const indexes = new WeakMap<HostObservation, ObservationIndex>();

export function indexOf(observation: HostObservation): ObservationIndex {
	let index = indexes.get(observation);
	if (index === undefined) {
		const { disks, relationships } = observation;
		index = {
			byUniqueId: new Map(disks.map((disk) => [disk.uniqueId.toLowerCase(), disk])),
			byObjectId: new Map(disks.map((disk) => [disk.objectId.toLowerCase(), disk])),
			byName: groupedBy(disks, (disk) => disk.friendlyName.toLowerCase()),
			linksByDisk: groupedBy(relationships, (link) => link.diskUniqueId.toLowerCase()),
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
