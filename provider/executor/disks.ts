import { errorCodes } from "../model/errorCodes";
import { type End, ends } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import type { DiskFact, HostObservation } from "./host";
import { indexOf } from "./observationIndex";

/** An end as declared: where its calls go, and the disk by friendly name, UniqueId or ObjectId. */
export interface DeclaredEnd {
	readonly host: string;
	readonly virtualDisk: string;
	/** Target only: where a disk that does not exist yet is to be made. */
	readonly storagePool?: string | undefined;
	readonly storageSubsystem?: string | undefined;
}

export type DiskSearch =
	| { readonly found: "one"; readonly disk: DiskFact }
	| { readonly found: "none"; readonly nearest: readonly string[] }
	| { readonly found: "many"; readonly uniqueIds: readonly string[] };

/** UniqueIds are compared without letter case: arrays and hosts print the same id in either. */
export function sameId(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}

/** Ids before names, exact names before names in another case; two disks of one name are never guessed between. */
export function findDisk(observation: HostObservation, wanted: string): DiskSearch {
	const { byUniqueId, byObjectId, byName } = indexOf(observation);
	const key = wanted.toLowerCase();
	const byId = byUniqueId.get(key) ?? byObjectId.get(key);
	if (byId !== undefined) return { found: "one", disk: byId };
	const anyCase = byName.get(key) ?? [];
	const exact = anyCase.filter((disk) => disk.friendlyName === wanted);
	const named = exact.length > 0 ? exact : anyCase;
	const distinct = [...new Set(named.map((disk) => disk.uniqueId))];
	if (distinct.length > 1) return { found: "many", uniqueIds: distinct };
	if (named[0] !== undefined) return { found: "one", disk: named[0] };
	return { found: "none", nearest: nearestNames(observation.disks, wanted) };
}

export function diskNotFound(
	end: End,
	{ host, virtualDisk }: DeclaredEnd,
	nearest: readonly string[],
): ReplicationError {
	const offer = nearest.length === 0 ? "none is near it" : `nearest: ${nearest.join(", ")}`;
	return new ReplicationError({
		code: errorCodes.diskNotFound,
		class: "user",
		property: `${end}.virtualDisk`,
		what: `host ${host} has no virtual disk "${virtualDisk}" (${offer}).`,
		dataSafety: "yes, nothing was changed.",
		remedy:
			end === "target"
				? "correct the name, or give target.storagePool if the array is to make the disk."
				: "correct the name, or give its UniqueId.",
	});
}

export function ambiguousDisk(
	end: End,
	{ host, virtualDisk }: DeclaredEnd,
	uniqueIds: readonly string[],
): ReplicationError {
	return new ReplicationError({
		code: errorCodes.ambiguousDiskName,
		class: "user",
		property: `${end}.virtualDisk`,
		what: `host ${host} has ${uniqueIds.length} virtual disks named "${virtualDisk}" (UniqueIds: ${uniqueIds.join(", ")}).`,
		dataSafety: "yes, nothing was changed.",
		remedy: "declare the UniqueId of the one you mean.",
	});
}

export function oneDiskTwice(uniqueId: string): ReplicationError {
	return new ReplicationError({
		code: errorCodes.oneDiskTwice,
		class: "user",
		property: "target",
		what: `both ${ends.join(" and ")} are the same disk (UniqueId ${uniqueId}).`,
		dataSafety: "yes, nothing was changed.",
		remedy: "declare two different disks.",
	});
}

/** The few names that a typing error could have come from, best first. */
function nearestNames(disks: readonly DiskFact[], wanted: string): string[] {
	const lower = wanted.toLowerCase();
	return [...new Set(disks.map((disk) => disk.friendlyName))]
		.map((name) => ({ name, distance: editDistance(name.toLowerCase(), lower) }))
		.sort((one, other) => one.distance - other.distance || one.name.localeCompare(other.name))
		.slice(0, 3)
		.map(({ name }) => name);
}

function editDistance(one: string, other: string): number {
	let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
	for (let row = 1; row <= one.length; row++) {
		const current = [row];
		for (let column = 1; column <= other.length; column++) {
			const substituted = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
			current.push(Math.min(substituted, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
		}
		previous = current;
	}
	return previous[other.length] ?? 0;
}
