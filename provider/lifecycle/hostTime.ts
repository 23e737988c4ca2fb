import type { Hosts } from "../executor/hosts";
import { ReplicationError } from "../model/replicationError";

/** Where it is judged, and by what: of the arguments of any class. */
interface Timed {
	readonly source: { readonly host: string };
	readonly copy?: { readonly expiresAt: string | null };
}

/**
 * The time by which `expiresAt` is judged, in a program as in `expire`: that of the source's host, and ours where it tells
 * none. A host that does not answer is no host without a clock: nothing is to end by a guess. Where nothing ends by a time
 * nobody is asked.
 */
export async function hostTimeFor({ source, copy }: Timed, hosts: Hosts): Promise<number> {
	if (copy === undefined || copy.expiresAt === null) return hosts.now();
	const { hostTime } = await hosts.observe(source.host);
	const told = hostTime === null ? Number.NaN : Date.parse(hostTime);
	return Number.isNaN(told) ? hosts.now() : told;
}

/** For what sends nothing: why the host does not answer is told by the look at it. */
export async function hostTimeOrOurs(given: Timed, hosts: Hosts): Promise<number> {
	try {
		return await hostTimeFor(given, hosts);
	} catch (error) {
		if (error instanceof ReplicationError) return hosts.now();
		throw error;
	}
}
