import type { Declared } from "../../provider/executor/declared";
import { sameId } from "../../provider/executor/identity";
import { indexOf } from "../../provider/executor/observationIndex";
import { wishFor } from "../../provider/executor/wish";
import type { HostStatus, ListedGroups, ListedRelationship } from "../../provider/hostStatus";
import { copyClassOf, copyKindOf } from "../../provider/lifecycle/copyArguments";
import { identityOf } from "../../provider/lifecycle/outputs";
import { type End, ends, otherEnd, type PerEnd } from "../../provider/model/relationship";
import { type Facts, judged } from "./condition";
import type { Relationship, RelationshipEnd } from "./estate";
import { lagLimitOf, momentsOf } from "./facts";
import { type Around, type Looked, lookAtPair, runsOf, undeclared, unreadCopy } from "./look";
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
	const names = statuses.map(({ host }) => host);
	const look = async (
		rows: (status: HostStatus) => readonly (ListedRelationship | ListedGroups)[],
		not: typeof known,
	) => Promise.all(listedOnce(statuses, rows, not).map(({ host, pair }) => lookAtListed(host, pair, names, around)));
	const groups = await look((status) => status.groups, known);
	// A pair of theirs is theirs to tell: adopted by itself it could not be steered.
	const told = new Set([...known, ...groups.flatMap(keysOf)]);
	const pairs = await look((status) => status.relationships, told);
	return [...groups, ...pairs].map(({ relationship }) => relationship);
}

interface Listed {
	readonly host: string;
	readonly pair: ListedRelationship | ListedGroups;
}

function listedOnce(
	statuses: readonly HostStatus[],
	rows: (status: HostStatus) => readonly Listed["pair"][],
	known: ReadonlySet<string>,
): readonly Listed[] {
	const listed = new Map<string, Listed>();
	for (const status of statuses) {
		const { host } = status;
		const relationships = rows(status);
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
	return [...listed.values()];
}

/** By what a relationship is known, and each pair of two groups with it. */
export function keysOf({ relationship: { kind }, ids, members }: Looked): readonly string[] {
	return [pairKey(kind, ids), ...members.map((pair) => pairKey("Mirror", pair))];
}

/** The same two disks may be in a mirror and in a copy at once; which of them is the source may not be told. */
function pairKey(kind: string, ids: PerEnd<string | null>): string {
	return `${kind === "Group" ? kind : copyClassOf(kind)} ${identityOf(ids)}`;
}

function keyOf({ kind, source, target }: ListedRelationship): string {
	return pairKey(kind, { source: source.uniqueId, target: target.uniqueId });
}

async function lookAtListed(
	host: string,
	pair: ListedRelationship | ListedGroups,
	names: readonly string[],
	around: Around,
): Promise<Looked> {
	const isGroup = "members" in pair;
	const shown = {
		source: await hostShowing(pair.source.uniqueId, isGroup, names, around),
		target: await hostShowing(pair.target.uniqueId, isGroup, names, around),
	};
	const name = `${pair.source.virtualDisk} → ${pair.target.virtualDisk}`;
	const ids = { source: pair.source.uniqueId, target: pair.target.uniqueId };
	const copyKind = copyKindOf(pair.kind);
	const copyClass = copyClassOf(pair.kind);
	const id = identityOf(ids, isGroup ? "Group" : copyClass);
	const named = { name, urn: null, project: null, stack: null, id };
	const subject = isGroup ? { subject: "group" as const } : {};
	const declared = {
		ends: {
			source: { host: shown.source ?? host, virtualDisk: ids.source, ...subject },
			target: { host: shown.target ?? host, virtualDisk: ids.target, ...subject },
		},
		lost: null,
		knownIds: ids,
		...(copyKind === null ? {} : { kind: copyKind }),
	};
	const facts = factsBy(pair, shown, named, declared, around);
	const byOneHost = (relationship: Relationship): Looked => ({
		relationship,
		ids,
		members: isGroup ? pair.members : [],
	});
	const missing = ends.filter((end) => shown[end] === null);
	if (missing.length > 0 && copyClass !== null) return byOneHost(judged({ ...facts, ...neither(noRoles) }));
	if (missing.length > 0) {
		const reason = `no host that was asked lists the ${missing.join(" and the ")}; give the host at the other site, too`;
		return byOneHost(judged({ ...facts, ...(await readinessOfOne(facts, declared, reason, missing, around)) }));
	}
	const looked = await lookAtPair(declared, named, around);
	// Ids that are no disk's own, for example: what its host tells of it is more than nothing.
	const { seen, error } = looked.relationship;
	if (seen !== null) return looked;
	const unanswered = copyClass === null ? notKnown(error ?? "it could not be read") : noRoles;
	return byOneHost(judged({ ...facts, error, ...neither(unanswered) }));
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

/** The first of these hosts that lists the disk or the group itself, and not only as somebody's peer. */
async function hostShowing(
	id: string,
	isGroup: boolean,
	names: readonly string[],
	{ hosts }: Around,
): Promise<string | null> {
	for (const name of names) {
		const seen = await hosts.observe(name);
		const isShown = isGroup
			? seen.groups?.some(({ uniqueId }) => sameId(uniqueId, id))
			: indexOf(seen).byUniqueId.has(id.toLowerCase());
		if (isShown === true) return name;
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
