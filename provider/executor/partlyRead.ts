import { errorCodes } from "../model/errorCodes";
import type { End } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { type Declared, shownEnd } from "./declared";
import { findDisk, mayBeOn } from "./disks";
import type { DiskFact, HostObservation, Unread } from "./host";
import { sameId } from "./identity";
import { indexOf } from "./observationIndex";
import type { Reading } from "./readEnds";

/**
 * What a host answered, for one end of a relationship. Where the end's disk is not listed and the host could not list
 * all disks, that end was not read: its array may be the one in trouble. The other end of the same host was.
 */
export function readingOfEnd(end: End, declared: Declared, reading: Reading): Reading {
	if (reading instanceof ReplicationError) return reading;
	const hidden = reading.unread.find(({ hides }) => hides === "disks");
	if (hidden === undefined || isListed(end, declared, reading)) return reading;
	return notToBeTold(end, declared, hidden, "whether its disk is there");
}

/**
 * Why it is not known whether a job works on this end's disk; null: it is known. Where the other end is lost, its array's
 * errors must not stop this one: a job that runs is then the array's to refuse.
 */
export function jobsUnread(end: End, declared: Declared, reading: Reading, disk: DiskFact | null) {
	if (declared.lost !== null || disk === null || reading instanceof ReplicationError) return null;
	const hidden = reading.unread.find((part) => part.hides === "jobs" && mayBeOn(disk, part.subsystem));
	return hidden === undefined ? null : notToBeTold(end, declared, hidden, "whether a job works on its disk");
}

/** Known by its id, a disk of its name that is listed need not be it. */
function isListed(end: End, declared: Declared, reading: HostObservation): boolean {
	const known = declared.knownIds[end];
	const { byObjectId, byUniqueId } = indexOf(reading);
	if (known !== null) return byObjectId.has(known.toLowerCase()) || byUniqueId.has(known.toLowerCase());
	return findDisk(reading, declared.ends[end].virtualDisk).found !== "none";
}

/** What may hide a relationship of this disk, which its host does not list; undefined: nothing does. */
export function hiddenRelationship(
	{ unread }: HostObservation,
	disk: DiskFact | null,
	id: string | null,
): Unread | undefined {
	return unread.find((part) => {
		switch (part.hides) {
			case "disks":
			case "jobs":
			case "groups":
				return false;
			case "relationships":
				return disk !== null && mayBeOn(disk, part.subsystem);
			case "relationship": {
				// A relationship of a disk that is not listed is not that of a disk that is.
				const own = disk?.uniqueId ?? id;
				return part.diskUniqueId === null ? disk === null : own !== null && sameId(part.diskUniqueId, own);
			}
			default:
				return part satisfies never;
		}
	});
}

/** The error of an end of which something cannot be told, and must not look absent. */
export function notToBeTold(end: End, declared: Declared, part: Unread, what: string): ReplicationError {
	const { host } = shownEnd(declared, end);
	const dataSafety = "yes, nothing was changed.";
	if (part.hides === "relationship") {
		return new ReplicationError({
			code: errorCodes.hostAnswerInvalid,
			class: "transport",
			what: `host ${host} lists ${declared.hideNames ? "a relationship that it cannot show" : part.what}, so ${what} cannot be told.`,
			dataSafety,
			remedy: "refresh the provider on that host (Update-StorageProviderCache) and run again.",
		});
	}
	const cause = declared.hideNames ? `not all ${part.hides} could be read.` : part.what;
	return new ReplicationError({
		code: errorCodes.hostUnreachable,
		class: "transport",
		what: `host ${host} answers, but ${cause} So of the ${end} ${what} cannot be told.`,
		dataSafety,
		remedy: part.remedy,
	});
}
