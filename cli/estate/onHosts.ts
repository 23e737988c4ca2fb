import type { Declared } from "../../provider/executor/declared";
import { indexOf } from "../../provider/executor/observationIndex";
import { wishFor } from "../../provider/executor/wish";
import type { HostStatus, ListedRelationship } from "../../provider/hostStatus";
import { copyClassOf, copyKindOf } from "../../provider/lifecycle/copyArguments";
import { identityOf } from "../../provider/lifecycle/outputs";
import { type End, ends, otherEnd, type PerEnd } from "../../provider/model/relationship";
import { type Facts, judged } from "./condition";
import type { Relationship, RelationshipEnd } from "./estate";
import { lagLimitOf, momentsOf } from "./facts";
import { type Around, lookAtPair, runsOf, undeclared, unreadCopy } from "./look";
import { type BothReadinesses, failoverOf, neither, noRoles, notKnown } from "./readiness";

/**
 * The relationships that hosts list and that are not among those `known` by their ids: each once, however many hosts
 * list it. Where both disks are shown they are put together as those of a program are; else one host's word is told.
 */
export async function relationshipsOn(
	statuses: readonly HostStatus[],
	known: ReadonlySet<string>,
	around: Around,
): Promise<Relationship[]> {
	const listed = new Map<string, { readonly host: string; readonly pair: ListedRelationship }>();
	for (const { host, relationships } of statuses) {
		const keys = relationships.map(keyOf);
		for (const [index, pair] of relationships.entries()) {
			const key = keys[index] ?? "";
			if (known.has(key)) continue;
			// UniqueIds that two pairs of one host share are no ids: none of the two may hide the other.
			const isOnly = keys.indexOf(key) === keys.lastIndexOf(key);
			const ownKey = isOnly ? key : JSON.stringify([host, index]);
			if (!listed.has(ownKey)) listed.set(ownKey, { host, pair });
		}
	}
	const names = statuses.map(({ host }) => host);
	return Promise.all([...listed.values()].map(({ host, pair }) => lookAtListed(host, pair, names, around)));
}

/** The same two disks may be in a mirror and in a copy at once; which of them is the source may not be told. */
export function pairKey(kind: string, ids: PerEnd<string | null>): string {
	return `${copyClassOf(kind)} ${identityOf(ids)}`;
}

function keyOf({ kind, source, target }: ListedRelationship): string {
	return pairKey(kind, { source: source.uniqueId, target: target.uniqueId });
}

async function lookAtListed(
	host: string,
	pair: ListedRelationship,
	names: readonly string[],
	around: Around,
): Promise<Relationship> {
	const shown = {
		source: await hostShowing(pair.source.uniqueId, names, around),
		target: await hostShowing(pair.target.uniqueId, names, around),
	};
	const name = `${pair.source.virtualDisk} → ${pair.target.virtualDisk}`;
	const ids = { source: pair.source.uniqueId, target: pair.target.uniqueId };
	const copyKind = copyKindOf(pair.kind);
	const copyClass = copyClassOf(pair.kind);
	const named = { name, urn: null, project: null, stack: null, id: identityOf(ids, copyClass) };
	const declared = {
		ends: {
			source: { host: shown.source ?? host, virtualDisk: ids.source },
			target: { host: shown.target ?? host, virtualDisk: ids.target },
		},
		lost: null,
		knownIds: ids,
		...(copyKind === null ? {} : { kind: copyKind }),
	};
	const facts = factsBy(pair, shown, named, declared, around);
	const missing = ends.filter((end) => shown[end] === null);
	if (missing.length > 0 && copyClass !== null) return judged({ ...facts, ...neither(noRoles) });
	if (missing.length > 0) {
		const reason = `no host that was asked lists the ${missing.join(" and the ")}; give the host at the other site, too`;
		return judged({ ...facts, ...(await readinessOfOne(facts, declared, reason, missing, around)) });
	}
	const { relationship } = await lookAtPair(declared, named, around);
	// Ids that are no disk's own, for example: what its host tells of it is more than nothing.
	const { seen, error } = relationship;
	if (seen !== null) return relationship;
	const unanswered = copyClass === null ? notKnown(error ?? "it could not be read") : noRoles;
	return judged({ ...facts, error, ...neither(unanswered) });
}

/** A site that sees the copy alone can tell whether it could take over: the serving one would not be asked. */
async function readinessOfOne(
	{ seen }: HostFacts,
	declared: Declared,
	reason: string,
	missing: readonly End[],
	{ hosts }: Around,
): Promise<BothReadinesses> {
	const unasked = neither(notKnown(reason));
	const serving = seen?.presence === "present" && seen.contradiction === null ? seen.serving : null;
	if (seen?.presence !== "present" || serving === null || missing.includes(otherEnd(serving))) return unasked;
	const request = { declared, wish: wishFor({ state: "active" }), record: null };
	return { ...unasked, failover: await failoverOf(request, serving, seen.lagSeconds, hosts) };
}

/** The first of these hosts that lists the disk itself, and not only as somebody's peer. */
async function hostShowing(id: string, names: readonly string[], { hosts }: Around): Promise<string | null> {
	for (const name of names) {
		if (indexOf(await hosts.observe(name)).byUniqueId.has(id.toLowerCase())) return name;
	}
	return null;
}

type HostFacts = Omit<Facts, "failover" | "switchOver">;

/** A relationship by the word of one host. */
function factsBy(
	pair: ListedRelationship,
	shown: PerEnd<string | null>,
	named: Pick<Facts, "name" | "urn" | "project" | "stack" | "id">,
	declared: Declared,
	around: Around,
): HostFacts {
	const { kind, copyState, progressStatus, rolesKnown, contradiction, differences } = pair;
	const isMirror = copyClassOf(kind) === null;
	const isFailedOver = copyState === "Failedover" || progressStatus === "FailingOver";
	const runs = runsOf(declared, null, around);
	const seen: Facts["seen"] = {
		presence: "present",
		copyState,
		progressStatus,
		direction: rolesKnown ? "forward" : null,
		serving: !rolesKnown ? null : isFailedOver ? "target" : "source",
		syncMode: syncModeNamed(pair.syncMode),
		percentSynced: pair.percentSynced,
		lagSeconds: isMirror ? pair.lagSeconds : null,
		syncTime: null,
		targetConsistent: null,
		ahead: { source: null, target: null },
		contradiction,
		differences,
	};
	const endOf = (end: End): RelationshipEnd => ({ host: shown[end], ...pair[end], isUsable: null, unread: null });
	return {
		...named,
		...undeclared,
		source: endOf("source"),
		target: endOf("target"),
		kind,
		copy: isMirror ? null : unreadCopy,
		seen,
		error: null,
		lagLimit: isMirror ? lagLimitOf(null, around.lagLimitSeconds) : null,
		...momentsOf(null, runs, seen),
		runs: runs.map(({ started }) => started.run),
	};
}

function syncModeNamed(name: string): "synchronous" | "asynchronous" | "unknown" {
	return name === "synchronous" || name === "asynchronous" ? name : "unknown";
}
