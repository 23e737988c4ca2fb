import { hasId, sameId } from "../executor/identity";
import type { Sighting } from "../executor/sighting";
import { errorCodes } from "../model/errorCodes";
import { type End, ends, type PerEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import type { Remembered } from "./outputs";

/** What is seen at an end is not the disk that the state knows there. An id that is not known says nothing. */
export function isAnotherDisk(end: End, { disks, ids, links }: Sighting, knownIds: PerEnd<string | null>): boolean {
	const [disk, id, known] = [disks[end], ids[end], knownIds[end]];
	if (id === null || known === null) return false;
	const isRelated = links.source !== null || links.target !== null;
	// A UniqueId that another disk reports as well since then proves nothing, but the relationship does.
	return !(sameId(id, known) || (isRelated && disk !== null && hasId(disk, known)));
}

/**
 * An update is of the pair that the state knows. A diff that could not look has not seen that the program means another
 * one: what was proved of the old pair would be believed of the new one, and the old one be left to nobody.
 */
export function refuseAnotherDisk(sighting: Sighting, { knownIds }: Remembered): void {
	const end = ends.find((each) => !sighting.rekeyed.includes(each) && isAnotherDisk(each, sighting, knownIds));
	if (end === undefined) return;
	throw new ReplicationError({
		code: errorCodes.anotherDisk,
		class: "safety",
		property: `${end}.virtualDisk`,
		what: `the ${end} is the disk ${sighting.ids[end]}, and this resource's is ${knownIds[end]}: another disk is a replacement and no update, and that could not be seen when the difference was worked out.`,
		dataSafety: "yes, nothing was sent.",
		remedy: "run again: preview shows the replacement.",
	});
}
