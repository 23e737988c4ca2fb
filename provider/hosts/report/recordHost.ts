import { errorCodes } from "../../model/errorCodes";
import { ReplicationError } from "../../model/replicationError";
import { capabilities } from "../../model/vocabulary";
import type { PowerShellEntry, PowerShellHost } from "../powershell";
import { observationOf } from "../powershell/observation";
import { evidenceOf, troubleIn } from "../powershell/troubles";
import type { FailedRead, HostRecord } from "./report";

/** Kinds of replication, in the order of their numbers. */
const replicationTypes = Object.values(capabilities.replicationCapabilitiesSupportedReplicationTypes);
/** Synchronous Mirror Remote: what an array that offers any mirror is most likely to know. */
const likeliestType = 4;

/** Asks a host everything that can be asked without changing anything. What fails is recorded as such; nothing is left out. */
export async function recordHost(kind: PowerShellEntry["kind"], host: PowerShellHost): Promise<HostRecord> {
	const diagnosis = await outcomeOf(host.diagnose());
	const record: HostRecord = { kind, diagnosis, observation: null, capabilities: [], contact: null };
	if (!diagnosis.ok || !diagnosis.value.classFound || !diagnosis.value.methodFound) return record;
	record.observation = await outcomeOf(host.rows());
	if (record.observation.ok) {
		for (const subsystem of arraysIn(observationOf(record.observation.value).disks))
			record.capabilities.push(...(await advertisedBy(host, subsystem)));
	}
	record.contact = await outcomeOf(timeContact(host));
	return record;
}

export function arraysIn(disks: readonly { readonly subsystem: string }[]): string[] {
	return [...new Set(disks.map(({ subsystem }) => subsystem).filter((name) => name !== ""))];
}

/** For every kind of replication that an array offers, both sets: of disks, and of groups where it has any. */
async function advertisedBy(host: PowerShellHost, subsystem: string): Promise<HostRecord["capabilities"]> {
	const ask = async (replicationType: number, of: "element" | "group") => ({
		subsystem,
		replicationType,
		of,
		answer: await outcomeOf(host.advertised({ subsystem, replicationType, of })),
	});
	const first = await ask(likeliestType, "element");
	const { answer } = first;
	if (!answer.ok || !answer.value.found) return [first];
	const { types, supportsReplicationGroup } = answer.value;
	const offered = replicationTypes.filter((type) => types?.includes(type) ?? type === likeliestType);
	const asked: HostRecord["capabilities"] = offered.includes(likeliestType) ? [] : [first];
	for (const type of offered) {
		asked.push(type === likeliestType ? first : await ask(type, "element"));
		if (supportsReplicationGroup !== false) asked.push(await ask(type, "group"));
	}
	return asked;
}

async function timeContact(host: PowerShellHost): Promise<{ roundTripMs: number; aheadMs: number | null }> {
	const start = performance.now();
	const sentAtMs = Date.now();
	const { hostTime } = await host.ping();
	const roundTripMs = Math.round(performance.now() - start);
	// The answer was made somewhere within the round trip; its middle is the fairest guess.
	const aheadMs = hostTime === null ? null : Math.round(Date.parse(hostTime) - (sentAtMs + roundTripMs / 2));
	return { roundTripMs, aheadMs };
}

async function outcomeOf<T>(asked: Promise<T>): Promise<{ readonly ok: true; readonly value: T } | FailedRead> {
	try {
		return { ok: true, value: await asked };
	} catch (error) {
		return failedRead(error);
	}
}

/** An error of ours is an internal one: it must not pass for a silent host. */
export function failedRead(error: unknown): FailedRead {
	if (!(error instanceof ReplicationError)) {
		const what = error instanceof Error ? error.message : String(error);
		return { ok: false, code: errorCodes.internal, what, trouble: null, exception: null };
	}
	const evidence = evidenceOf(error);
	return {
		ok: false,
		code: error.code,
		what: error.facts.what,
		trouble: evidence === null ? null : troubleIn(evidence),
		exception: evidence?.exception ?? null,
	};
}
