import { errorCodes } from "../model/errorCodes";
import { type End, ends } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import type { DiskFact, HostObservation } from "./host";
import { disksSharing, eachOnce, idIn } from "./identity";
import { indexOf } from "./observationIndex";

/** An end as declared: where its calls go, and the disk, or the replication group, by friendly name, UniqueId or ObjectId. */
export interface DeclaredEnd {
	readonly host: string;
	readonly virtualDisk: string;
	/** It names a replication group. Left out: a disk. */
	readonly subject?: "group";
	/** Target only: where a disk that does not exist yet is to be made. */
	readonly storagePool?: string | undefined;
	readonly storageSubsystem?: string | undefined;
}

export type DiskSearch =
	| { readonly found: "one"; readonly disk: DiskFact }
	| { readonly found: "none"; readonly nearest: readonly string[] }
	| { readonly found: "many"; readonly alike: "name" | "uniqueId"; readonly disks: readonly DiskFact[] };

/**
 * Ids before names, exact names before names in another case. Two disks of one name are never guessed between, nor is a
 * disk taken whose UniqueId is another's as well: whatever knows it by that id may mean the other one.
 */
export function findDisk(observation: HostObservation, wanted: string): DiskSearch {
	const { byUniqueId, byObjectId, byName } = indexOf(observation);
	const key = wanted.toLowerCase();
	const byItsOwnId = byObjectId.get(key);
	if (byItsOwnId !== undefined) return { found: "one", disk: byItsOwnId };
	const anyCase = byUniqueId.get(key) ?? byName.get(key) ?? [];
	const exact = anyCase.filter((disk) => disk.friendlyName === wanted);
	const [first, ...others] = eachOnce(observation, exact.length > 0 ? exact : anyCase);
	if (first === undefined) return { found: "none", nearest: nearestNames(observation.disks, wanted) };
	if (others.length > 0 && !byUniqueId.has(key)) return { found: "many", alike: "name", disks: [first, ...others] };
	const sharing = first.uniqueId === "" ? [first] : disksSharing(observation, first);
	return sharing.length > 1 ? { found: "many", alike: "uniqueId", disks: sharing } : { found: "one", disk: first };
}

export function diskNotFound(
	end: End,
	{ host, virtualDisk, subject }: DeclaredEnd,
	nearest: readonly string[],
	/** What the disk is called now that had this name when the last run saw it. */
	nameNow?: string,
): ReplicationError {
	const others = nearest.length === 0 ? "none is near it" : `nearest: ${nearest.join(", ")}`;
	const [noun, property] = nounOf(subject);
	const offer = nameNow ? `the ${subject ?? "disk"} that had this name is "${nameNow}" now` : others;
	const made = subject === "group" ? "target.storageSubsystem" : "target.storagePool";
	return new ReplicationError({
		code: errorCodes.diskNotFound,
		class: "user",
		property: `${end}.${property}`,
		what: `host ${host} has no ${noun} "${virtualDisk}" (${offer}).`,
		dataSafety: "yes, nothing was changed.",
		remedy:
			end === "target"
				? `correct the name, or give ${made} if the array is to make it.`
				: "correct the name, or give its UniqueId.",
	});
}

export function ambiguousDisk(
	end: End,
	{ host, virtualDisk, subject }: DeclaredEnd,
	disks: readonly DiskFact[],
	observation: HostObservation,
): ReplicationError {
	const ids = disks.map((disk) => idIn(observation, disk));
	const [noun, property] = nounOf(subject);
	return new ReplicationError({
		code: errorCodes.ambiguousDiskName,
		class: "user",
		property: `${end}.${property}`,
		what: `host ${host} has ${disks.length} ${noun}s named "${virtualDisk}" (ids: ${ids.join(", ")}).`,
		dataSafety: "yes, nothing was changed.",
		remedy: "declare the id of the one you mean.",
	});
}

/** What an end names, and in which property. */
function nounOf(subject: DeclaredEnd["subject"]): readonly [noun: string, property: string] {
	return subject === "group" ? ["replication group", "group"] : ["virtual disk", "virtualDisk"];
}

export interface SharedUniqueId {
	readonly end: End;
	readonly disks: readonly { readonly host: string; readonly disk: DiskFact }[];
	readonly hideNames: boolean;
	/** The program names the disk. False: the state does, and whether it is still that one is not known. */
	readonly declared: boolean;
}

/** What knows one of these disks by this id may mean the other: acting on a guess would suspend or overwrite the wrong one. */
export function sharedUniqueId({ end, disks, hideNames, declared }: SharedUniqueId): ReplicationError {
	const listed = disks.map(
		({ host, disk }) => `${hideNames ? "" : `"${disk.friendlyName}" `}at ${host} is ObjectId ${disk.objectId}`,
	);
	return new ReplicationError({
		code: errorCodes.sharedUniqueId,
		// What the state knows is kept by refresh and delete until a person has said which disk it is.
		class: declared ? "user" : "transport",
		property: `${end}.virtualDisk`,
		what: `${disks.length} virtual disks report the UniqueId ${disks[0]?.disk.uniqueId}, so it identifies none of them (${listed.join("; ")}).`,
		dataSafety: "yes, nothing was changed.",
		remedy: `declare the ${end} by the ObjectId of the disk you mean.`,
	});
}

export function oneDiskTwice({ uniqueId, objectId }: Pick<DiskFact, "uniqueId" | "objectId">): ReplicationError {
	const id = uniqueId === "" ? `it reports no UniqueId; ObjectId ${objectId}` : `UniqueId ${uniqueId}`;
	return new ReplicationError({
		code: errorCodes.oneDiskTwice,
		class: "user",
		property: "target",
		what: `both ${ends.join(" and ")} are the same disk (${id}).`,
		dataSafety: "yes, nothing was changed.",
		remedy: "declare two different disks.",
	});
}

/** Whether something about this array, `null`: about any, may be about the disk. */
export function mayBeOn(disk: DiskFact, subsystem: string | null): boolean {
	return subsystem === null || [disk.subsystem, ...disk.otherSubsystems].includes(subsystem);
}

/** A disk as people may know it: an array may give a replica no name, and an empty one says nothing. */
export function nameOf({ friendlyName, uniqueId, objectId }: DiskFact): string {
	return friendlyName || uniqueId || objectId;
}

/** The few names that a typing error could have come from, best first. */
function nearestNames(disks: readonly DiskFact[], wanted: string): string[] {
	const lower = wanted.toLowerCase();
	return [...new Set(disks.map((disk) => disk.friendlyName))]
		.filter((name) => name !== "")
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
