import { storage } from "../../model/vocabulary";
import type { ObserveAnswer } from "./answers";
import { addTo, fold } from "./keyed";

export type Jobs = ReadonlyMap<string, ReadonlySet<string>>;

/** Ids of jobs by the objects that they affect. A job that the array still runs counts, whatever started it. */
export function jobsInFlight(answer: ObserveAnswer): Jobs {
	const { Completed, Terminated, Killed, Exception } = storage.storageJobJobState;
	const final: readonly (number | null)[] = [Completed, Terminated, Killed, Exception];
	const running = new Map<string, string>();
	for (const [objectId, instanceId, uniqueId, jobState] of answer.jobs) {
		const id = objectId || instanceId || uniqueId;
		if (!id || final.includes(jobState)) continue;
		for (const key of [objectId, instanceId, uniqueId]) if (key) running.set(fold(key), id);
	}
	const affected = new Map<string, Set<string>>();
	for (const [job, object] of answer.affects) {
		const id = running.get(fold(job ?? ""));
		if (id !== undefined && object) addTo(affected, fold(object), [id]);
	}
	return affected;
}

/** A job of both ends is the relationship's own; that of one of them may be of a copy or a mirror beside it. */
export function jobOn(own: readonly string[], peer: readonly string[], jobs: Jobs): string | null {
	const [ofOwn = [], ofPeer = []] = [own, peer].map((keys) => keys.flatMap((key) => [...(jobs.get(fold(key)) ?? [])]));
	return ofOwn.find((id) => ofPeer.includes(id)) ?? ofOwn[0] ?? ofPeer[0] ?? null;
}
