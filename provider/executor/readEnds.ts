import { errorCodes } from "../model/errorCodes";
import type { End, PerEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import type { Declared } from "./declared";
import type { HostObservation } from "./host";
import { type Hosts, readingError } from "./hosts";

/** `cached`: up to 30 s old, for checks and diffs. `fresh`: begun now, for everything that leads to a call. */
export type Freshness = "cached" | "fresh";

/** What a host answered, or why it could not be read. */
export type Reading = HostObservation | ReplicationError;

/** Reads both ends' hosts; a lost end is never contacted. A silent host is a value here, never an empty reading. */
export async function readEnds(declared: Declared, hosts: Hosts, freshness: Freshness): Promise<PerEnd<Reading>> {
	const readEnd = async (end: End): Promise<Reading> => {
		const { host } = declared.ends[end];
		if (declared.lost === end) return declaredLost(end, host);
		try {
			return await (freshness === "fresh" ? hosts.observeAfresh(host) : hosts.observe(host));
		} catch (error) {
			const known = readingError(host, error);
			if (known.facts.class === "transport") return known;
			throw known;
		}
	};
	// One host that sees both arrays is read once.
	if (declared.ends.source.host === declared.ends.target.host && declared.lost === null) {
		const both = await readEnd("source");
		return { source: both, target: both };
	}
	const [source, target] = await Promise.all([readEnd("source"), readEnd("target")]);
	return { source, target };
}

export function declaredLost(end: End, host: string): ReplicationError {
	return new ReplicationError({
		code: errorCodes.hostUnreachable,
		class: "transport",
		what: `the ${end} at host ${host} is declared lost and is not contacted.`,
		dataSafety: "what it holds is not known.",
		remedy: "remove `lost` when it is back.",
	});
}

export function unreadOf(reading: Reading): ReplicationError | null {
	return reading instanceof ReplicationError ? reading : null;
}
