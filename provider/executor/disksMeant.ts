import type { End } from "../model/relationship";
import type { Declared } from "./declared";
import type { DiskFact, HostObservation } from "./host";
import { indexOf } from "./observationIndex";

/**
 * The disks of a reading that this end's name and ids may mean, and whatever shares a UniqueId with one of them: a
 * reading of these rows alone says of the end what one of all rows says.
 */
export function disksMeant(end: End, { ends, knownIds, meant = [] }: Declared, reading: HostObservation): DiskFact[] {
	const { host, virtualDisk } = ends[end];
	const keys = [virtualDisk, knownIds.source, knownIds.target];
	for (const named of meant) if (named.host === host) keys.push(named.id);
	const { byObjectId, byUniqueId, byName } = indexOf(reading);
	const found = new Set<DiskFact>();
	for (const key of keys.flatMap((each) => (each === null || each === "" ? [] : [each.toLowerCase()]))) {
		const byItsOwnId = byObjectId.get(key);
		const alike = [...(byUniqueId.get(key) ?? []), ...(byName.get(key) ?? [])];
		for (const disk of byItsOwnId === undefined ? alike : [byItsOwnId, ...alike]) found.add(disk);
	}
	for (const { uniqueId } of [...found]) {
		// An empty one is none, and would be that of every disk without.
		if (uniqueId !== "") for (const disk of byUniqueId.get(uniqueId.toLowerCase()) ?? []) found.add(disk);
	}
	return [...found];
}
