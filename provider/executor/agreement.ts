import { errorCodes } from "../model/errorCodes";
import { type End, ends, otherEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import type { Contradiction } from "./contradictions";
import { type Declared, isOfGroups } from "./declared";
import { halfRemovedAt } from "./halfRemoved";
import type { Hosts } from "./hosts";
import { observeRelationship } from "./observeRelationship";
import type { Freshness } from "./readEnds";
import type { Sighting } from "./sighting";

/** Two hosts of which one may only be behind: after our own step it is waited for, and a refresh keeps what it has. */
export class HostsDisagree extends ReplicationError {}

/** One host lists the relationship, the other was read and does not: half of it was removed, or is not shown yet. */
export class HalfListed extends HostsDisagree {}

/** Contradictions that both hosts were told to look into: a long wait would have every look of it refresh their caches. */
const lookedInto = new WeakMap<Hosts, Set<string>>();

/**
 * Observes a relationship. Windows answers from a cache that nobody need have renewed: what is missing counts as absent
 * only after its host discovered its arrays, and hosts that contradict each other are told to refresh what they know of
 * the two disks, once for each thing that they differ in, and are asked again. Where they still differ they discover
 * their arrays, once: a Discover of a disk refreshes "only that object" (discover-msft-storageprovider), and an operation
 * that is only legal in the worse state would be sent on a word that is old. `isWait`: that has a rhythm of its own.
 */
export async function observeAgreed(
	declared: Declared,
	hosts: Hosts,
	freshness: Freshness,
	{ isWait = false }: { readonly isWait?: boolean | undefined } = {},
): Promise<Sighting> {
	const sighting = await observeDiscovered(declared, hosts, freshness);
	const { ids } = sighting;
	const doubt = doubtIn(sighting);
	if (doubt === null) return sighting;
	const known = lookedInto.get(hosts) ?? new Set();
	lookedInto.set(hosts, known);
	const key = [ids.source, ids.target, doubt].join("\n");
	if (known.has(key)) return sighting;
	known.add(key);
	await Promise.allSettled(
		ends.flatMap((end) =>
			(isOfGroups(declared) ? [] : sighting.listings.disks[end]).map(({ objectId }) =>
				hosts.discover(declared.ends[end].host, objectId),
			),
		),
	);
	const renewed = await observeRelationship(declared, hosts, freshness);
	if (isWait || doubtIn(renewed) === null) return renewed;
	const asked = ends.filter((end) => declared.lost !== end).map((end) => declared.ends[end].host);
	const names = [...new Set(asked)].filter((name) => !hosts.hasDiscovered(name));
	if (names.length === 0) return renewed;
	await Promise.allSettled(names.map((name) => hosts.discoverArrays(name)));
	return observeRelationship(declared, hosts, "fresh");
}

/** What the hosts may tell otherwise once they have looked; null: nothing. On the way between two states one may be ahead. */
function doubtIn(sighting: Sighting): string | null {
	const { contradiction, differences } = sighting;
	const half = halfRemovedAt(sighting, false);
	if (contradiction !== null) return contradiction.what;
	if (half !== null) return `the ${half} lists no relationship`;
	return differences.find(({ of }) => of !== "progressStatus" && of !== "subsystem")?.what ?? null;
}

/** Observes a relationship; what is missing in it is looked for before it counts as absent. */
export async function observeDiscovered(declared: Declared, hosts: Hosts, freshness: Freshness): Promise<Sighting> {
	const discovered = ends.filter((end) => hosts.hasDiscovered(declared.ends[end].host));
	let seen: Sighting | ReplicationError;
	try {
		seen = await observeRelationship(declared, hosts, freshness);
	} catch (error) {
		if (!(error instanceof ReplicationError) || !maybeUndiscovered.includes(error.code)) throw error;
		seen = error;
	}
	const missing = (seen instanceof ReplicationError ? ends : missingAt(seen)).filter(
		(end) => declared.lost !== end && !discovered.includes(end),
	);
	const names = [...new Set(missing.map((end) => declared.ends[end].host))];
	// A host that does not answer has nothing that it could discover.
	const readings = await Promise.allSettled(names.map((name) => hosts.observe(name)));
	const doubted = names.filter((_, index) => readings[index]?.status === "fulfilled");
	if (doubted.length > 0) {
		await Promise.all(doubted.map((name) => hosts.discoverArrays(name)));
		return observeRelationship(declared, hosts, "fresh");
	}
	if (seen instanceof ReplicationError) throw seen;
	return seen;
}

/** Errors that something may end with that is only not discovered yet. */
const maybeUndiscovered: readonly string[] = [
	errorCodes.diskNotFound,
	// Two listings are known to be one disk by their relationship only.
	errorCodes.ambiguousDiskName,
	errorCodes.sharedUniqueId,
	errorCodes.namesMoved,
	errorCodes.peerNotNamed,
	errorCodes.hostUnreachable,
	errorCodes.hostAnswerInvalid,
];

function missingAt({ observed, unlistedAt, disks }: Sighting): readonly End[] {
	if (observed.presence === "absent") return ends;
	return ends.filter((end) => unlistedAt === end || disks[end] === null);
}

/** Whom to believe would decide who serves, and a stale word could have a Failover sent that undoes one. */
export function hostsDisagree({ what, at }: Contradiction, declared: Declared): HostsDisagree {
	const { source, target } = declared.ends;
	const by = (end: End) => (source.host === target.host ? `the listing of the ${end}` : declared.ends[end].host);
	const remedy =
		at === null
			? `find out with the array's own tools which of them is right. If ${by("target")} is, declare lost: source, if ${by("source")} is, lost: target: that end's host is then not asked, and what the other one says can be declared, until the first is mended.`
			: `find out with the array's own tools which listing is right, and declare the ${at} by its ObjectId until the other one is mended (Update-StorageProviderCache, or unregister the provider that is wrong). Where both have one ObjectId, declare lost: ${at}, if the ${otherEnd(at)} is listed rightly.`;
	return new HostsDisagree({
		code: errorCodes.splitBrain,
		class: "safety",
		what: `split brain: ${what}, and still ${at === null ? "do after both were" : "does after it was"} told to refresh what is known.`,
		dataSafety: "both ends may hold writes of their own; nothing was changed.",
		remedy: `${remedy} Or destroy the resource, which keeps both disks, and declare it again with the disk as source whose writes count: that takes consent.`,
	});
}
