import { isDeepStrictEqual } from "node:util";
import { hasId, sameId } from "../executor/identity";
import type { Sighting } from "../executor/sighting";
import { errorCodes } from "../model/errorCodes";
import { type End, ends, type PerEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { type Arguments, type Bag, endIn } from "./arguments";
import type { Remembered } from "./outputs";

/** What is seen at an end is not the disk that the state knows there. An id that is not known says nothing. */
export function isAnotherDisk(end: End, { disks, ids, links }: Sighting, knownIds: PerEnd<string | null>): boolean {
	const [disk, id, known] = [disks[end], ids[end], knownIds[end]];
	if (id === null || known === null) return false;
	const isRelated = links.source !== null || links.target !== null;
	// A UniqueId that another disk reports as well since then proves nothing, but the relationship does.
	return !(sameId(id, known) || (isRelated && disk !== null && hasId(disk, known)));
}

/** Ends that the program declares otherwise than when its last run ended. */
export function declaredAnew(given: Arguments, olds: Bag): readonly End[] {
	return ends.filter((end) => olds[end] !== undefined && !isDeepStrictEqual(given[end], endIn(olds[end])));
}

/**
 * An end that is declared anew has to be seen before its update: it may be another disk, and ends may have been exchanged.
 * A host that is silent here may answer a moment later, and what the record says of one pair would be believed of another.
 */
export function refuseUnseen({ unread, ids, disks }: Sighting, anew: readonly End[]): void {
	const isNoneSeen = disks.source === null && disks.target === null;
	for (const end of anew) {
		const reason = unread[end];
		if (reason !== null && (ids[end] === null || isNoneSeen)) throw reason;
	}
}

/**
 * An update is of the pair that the state knows. A diff that could not look has not seen that the program means another
 * one: what was proved of the old pair would be believed of the new one, and the old one be left to nobody.
 */
export function refuseAnotherDisk(sighting: Sighting, remembered: Remembered): void {
	const error = anotherDisk(sighting, remembered);
	if (error !== null) throw error;
}

/** The same as the error that it is, for what is seen right before the first call: the disk may be another one since. */
export function anotherDisk(sighting: Sighting, { knownIds }: Remembered): ReplicationError | null {
	const end = ends.find((each) => !sighting.rekeyed.includes(each) && isAnotherDisk(each, sighting, knownIds));
	if (end === undefined) return null;
	return new ReplicationError({
		code: errorCodes.anotherDisk,
		class: "safety",
		property: `${end}.virtualDisk`,
		what: `the ${end} is the disk ${sighting.ids[end]}, and this resource's is ${knownIds[end]}: another disk is a replacement and no update, and that could not be seen when the difference was worked out.`,
		dataSafety: "yes, nothing was sent.",
		remedy: "run again: preview shows the replacement.",
	});
}
