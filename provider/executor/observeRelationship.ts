import { type End, ends } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { type Declared, isOfGroups } from "./declared";
import { observeGroups } from "./groupSighting";
import type { Hosts } from "./hosts";
import { isTouched, readByKey } from "./readByKey";
import { type Freshness, readEnds } from "./readEnds";
import { putTogether, type Sighting } from "./sighting";

/**
 * Observes one relationship. Throws a user error for a disk that is not there or not unique, a transport error when
 * nothing can be said, `splitBrain` when the hosts contradict each other. A host that does not answer is never read as
 * "no relationship": only if every end that may hold it was read and none has it is it absent.
 */
export async function observeRelationship(declared: Declared, hosts: Hosts, freshness: Freshness): Promise<Sighting> {
	if (isOfGroups(declared)) return observeGroups(declared, hosts, freshness);
	if (freshness === "cached" && !(await isTouched(declared, hosts))) {
		return putTogether(declared, await readEnds(declared, hosts, "cached"));
	}
	return (await observeByKey(declared, hosts)) ?? putTogether(declared, await readEnds(declared, hosts, "fresh"));
}

/** `null`: not all of the relationship is there by key, and only a reading of everything says what that means. */
async function observeByKey(declared: Declared, hosts: Hosts): Promise<Sighting | null> {
	const read = await readByKey(declared, hosts);
	if (read === null) return null;
	const silent = ends.some((end) => read[end] instanceof ReplicationError && declared.lost !== end);
	try {
		const seen = putTogether(declared, read);
		const isSeen = (end: End) => declared.lost === end || seen.disks[end] !== null;
		const isWhole = seen.observed.presence === "present" && seen.unlistedAt === null && ends.every(isSeen);
		return silent || isWhole ? seen : null;
	} catch (error) {
		if (silent || !(error instanceof ReplicationError)) throw error;
		return null;
	}
}
