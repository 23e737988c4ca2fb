import type { End, PerEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { type Declared, shownEnd } from "./declared";
import { ambiguousDisk, diskNotFound, findDisk, sharedUniqueId } from "./disks";
import type { DiskFact, HostObservation } from "./host";
import { eachOnce, idIn, sameId } from "./identity";
import { indexOf } from "./observationIndex";
import type { Reading } from "./readEnds";

/** The disk of an end, by the name that is declared and the id that state knows. */
export interface FoundDisk {
	readonly disk: DiskFact | null;
	/** The id that its name meant when the last run saw it, where it means another disk now; `null`: it does not. */
	readonly insteadOf: string | null;
}

export function diskOf(end: End, declared: Declared, read: PerEnd<Reading>): FoundDisk {
	const reading = read[end];
	if (reading instanceof ReplicationError) return { disk: null, insteadOf: null };
	const known = declared.knownIds[end];
	const disk =
		declared.idsFirst === true && known !== null
			? (knownDisk(end, declared, reading) ?? onlyNamed(end, declared, reading))
			: diskNamed(end, declared, reading, findDisk(reading, declared.ends[end].virtualDisk));
	const meant = declared.idsFirst === true ? known : meantId(end, declared);
	const justMade = end === "target" && declared.justMade === true;
	// A check knows only which disk the last check saw, and of a copy that is made anew that may never have been its own.
	const isToldLater = end === "target" && declared.kind !== undefined && declared.namesMustResolve === true;
	const isMeant = disk === null || meant === null || justMade || isToldLater || isKnownBy(disk, meant, reading);
	return { disk, insteadOf: isMeant || (known !== null && isKnownBy(disk, known, reading)) ? null : meant };
}

function onlyNamed(end: End, declared: Declared, reading: HostObservation): DiskFact | null {
	const search = findDisk(reading, declared.ends[end].virtualDisk);
	return search.found === "one" ? search.disk : null;
}

/** Where a UniqueId is no disk's own, an ObjectId is what it takes. */
function isKnownBy(disk: DiskFact, id: string, reading: HostObservation): boolean {
	return sameId(idIn(reading, disk), id) || sameId(disk.objectId, id);
}

/** Of ends that are declared the other way round now, the state knows this one's disk as the other end's: by its name. */
function idMeant(end: End, declared: Declared): string | null {
	const known = declared.knownIds[end];
	if (declared.idsFirst === true || (end === "target" && declared.justMade === true)) return known;
	return meantId(end, declared) ?? known;
}

/** The disk that the state knows by its id, whatever it is called; null: its host does not list it. */
function knownDisk(end: End, declared: Declared, reading: HostObservation): DiskFact | null {
	const known = idMeant(end, declared);
	const [first, ...others] = known === null ? [] : listedBy(reading, known);
	if (first === undefined || others.length === 0 || areUnrelated(declared, reading, [first, ...others]))
		return first ?? null;
	const { host } = declared.ends[end];
	throw sharedUniqueId({
		end,
		disks: [first, ...others].map((disk) => ({ host, disk })),
		hideNames: declared.hideNames === true,
		declared: false,
	});
}

/**
 * A removal of a relationship that none of these disks is in: whichever is meant, there is nothing to send. Two listings of
 * one disk cannot be told from two disks any more once its relationship has ended.
 */
function areUnrelated(declared: Declared, reading: HostObservation, disks: readonly DiskFact[]): boolean {
	const { linksByObjectId } = indexOf(reading);
	return declared.anyRoles === true && disks.every(({ objectId }) => !linksByObjectId.has(objectId.toLowerCase()));
}

function diskNamed(
	end: End,
	declared: Declared,
	reading: HostObservation,
	search: ReturnType<typeof findDisk>,
): DiskFact | null {
	const declaredEnd = declared.ends[end];
	const known = declared.knownIds[end];
	switch (search.found) {
		case "one":
			return search.disk;
		case "many": {
			const disk = known === null ? undefined : search.disks.find((each) => isKnownBy(each, known, reading));
			if (disk !== undefined) return disk;
			const [first] = search.disks;
			if (first !== undefined && areUnrelated(declared, reading, search.disks)) return first;
			if (search.alike === "name") throw ambiguousDisk(end, shownEnd(declared, end), search.disks, reading);
			throw sharedUniqueId({
				end,
				disks: search.disks.map((each) => ({ host: declaredEnd.host, disk: each })),
				hideNames: declared.hideNames === true,
				declared: true,
			});
		}
		case "none": {
			const justMade = end === "target" && declared.justMade === true;
			const mayBeMade = end === "target" && (declaredEnd.storagePool ?? declaredEnd.storageSubsystem) !== undefined;
			// A name that was never any disk's is no renamed disk: outputs would name one that does not exist.
			const renamed = known !== null && (justMade || !isNewlyDeclared(end, declared));
			if (renamed && (mayBeMade || declared.namesMustResolve !== true)) return knownDisk(end, declared, reading);
			if (mayBeMade) return null;
			const nameNow = renamed && !declared.hideNames ? knownDisk(end, declared, reading)?.friendlyName : undefined;
			throw diskNotFound(end, shownEnd(declared, end), declared.hideNames ? [] : search.nearest, nameNow);
		}
		default:
			return search satisfies never;
	}
}

/** The program names a disk that it did not name when the last run saw its disks. */
export function isNewlyDeclared(end: End, declared: Declared): boolean {
	return declared.meant !== undefined && declared.meant.length > 0 && meantId(end, declared) === null;
}

function meantId(end: End, { ends: declaredEnds, meant = [] }: Declared): string | null {
	const { host, virtualDisk } = declaredEnds[end];
	return meant.find((named) => named.host === host && named.virtualDisk === virtualDisk)?.id ?? null;
}

/** The disks that a host lists by an id of the state: none, one, or several that share it. */
export function listedBy(reading: HostObservation, id: string): readonly DiskFact[] {
	const { byObjectId, byUniqueId } = indexOf(reading);
	const one = byObjectId.get(id.toLowerCase());
	return one !== undefined ? [one] : eachOnce(reading, byUniqueId.get(id.toLowerCase()) ?? []);
}
