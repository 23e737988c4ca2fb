import { sameId } from "./identity";
import type { Call } from "./issue";
import type { Outlook } from "./outlook";
import type { Request } from "./request";
import type { Sighting } from "./sighting";
import type { Surroundings } from "./surroundings";

/** A CreateReplica that was sent. */
export interface Creation {
	readonly call: Call | null;
	/** The last look before it. */
	readonly before: Outlook;
}

/**
 * An array may name the disk it makes in its own way: then the method says which one it made, or else its job. Not found
 * it would be made again by the next run. The request that knows it; `null`: it is found by its name, or nobody says.
 */
export async function withMadeTarget(
	{ call, before }: Creation,
	request: Request,
	{ ids }: Sighting,
	{ hosts }: Surroundings,
): Promise<Request | null> {
	// Of a copy that was returned the state still knows the id: no disk has it, and the one that is made has another.
	const gone = before.sighting.disks.target === null ? before.sighting.ids.target : null;
	if (ids.target !== gone || call?.kind !== "answered") return null;
	const { createdPeerUniqueId, jobId } = call.answer;
	const made =
		createdPeerUniqueId ??
		(jobId === null ? undefined : newAmong(await hosts.get(call.host).affectedDisks(jobId), before.sighting));
	if (made === undefined) return null;
	return { ...request, declared: { ...request.declared, knownIds: { ...ids, target: made }, justMade: true } };
}

/**
 * The one disk of a job that was no copy of the source before. A job also affects the source, and perhaps its other
 * replicas: to take one of those for the new one would hand it over to this resource. Several new ones name none.
 */
function newAmong(affected: readonly string[], { ids, peers }: Sighting): string | undefined {
	const before = ids.source === null ? peers : [ids.source, ...peers];
	const made = affected.filter((id) => !before.some((known) => sameId(known, id)));
	const [first] = made;
	return first !== undefined && made.every((id) => sameId(id, first)) ? first : undefined;
}
