import { contradictionIn, differencesIn } from "./executor/contradictions";
import { nameOf } from "./executor/disks";
import { groupsAsDisks, rolesDiffer } from "./executor/groupSighting";
import { ailmentOf } from "./executor/health";
import type { DiskFact, GroupFact, HostObservation, RelationshipFact, Unread } from "./executor/host";
import type { Hosts } from "./executor/hosts";
import { eachOnce, idIn, listingsOf } from "./executor/identity";
import { indexOf } from "./executor/observationIndex";
import { type Listings, rolesSaid, worstDisk, worstLink } from "./executor/worstListing";
import {
	copyStateOf,
	describeName,
	type End,
	ends,
	progressStatusOf,
	syncModeOf,
	syncTypeOf,
} from "./model/relationship";
import { copyStates, progressStatuses } from "./model/worse";

/** All relationships that one host sees, the worst first. */
export interface HostStatus {
	host: string;
	relationships: ListedRelationship[];
	/** The relationships of replication groups, the worst first. Their pairs are among `relationships`, too. */
	groups: ListedGroups[];
	/** What could not be read, in words: relationships that are not listed may be there. */
	unread: string[];
}

export interface ListedDisk {
	virtualDisk: string;
	uniqueId: string;
	storageSubsystem: string;
	/** What a person has to know of it; null: it is well, or the host does not see it. */
	ailment: string | null;
}

/** A relationship as this host alone tells it. */
export interface ListedRelationship {
	/** By the roles that the array has now. */
	source: ListedDisk;
	target: ListedDisk;
	/** Whether the host says which disk is the source. Where it does not, `source` and `target` are in no order. */
	rolesKnown: boolean;
	/** `Mirror`, `Group`, `Snapshot`, `Clone`, `TokenizedClone`, or `unknown type 12`. */
	kind: string;
	copyState: string;
	progressStatus: string;
	syncMode: string;
	percentSynced: number | null;
	lagSeconds: number | null;
	/** Roles, or a failover, that the host tells in two ways; null: it does not. */
	contradiction: string | null;
	/** What else it tells in two ways. The worse of each counts. */
	differences: string[];
}

/**
 * The relationship of two replication groups as this host alone tells it: `virtualDisk` names a group, and the rest is told of
 * its worst pair; by the word of the group itself where the host lists none of them.
 */
export interface ListedGroups extends ListedRelationship {
	/** UniqueIds of its pairs, as far as this host tells which they are. */
	members: { source: string; target: string }[];
}

/**
 * Lists what a host sees. A cache that knows no relationships yet looks like a host that has none, so before none are
 * told, and where something could not be read, the host discovers its arrays once.
 */
export async function readHostStatus(hosts: Hosts, host: string): Promise<HostStatus> {
	let seen = await hosts.observeAfresh(host);
	const mayLack =
		seen.relationships.length === 0 || seen.unread.some(({ hides }) => hides !== "jobs" && hides !== "groups");
	if (mayLack && !hosts.hasDiscovered(host)) {
		await hosts.discoverArrays(host);
		seen = await hosts.observeAfresh(host);
	}
	const told = pairsIn(seen).map((listings) => tell(listings, host));
	told.sort(theWorstFirst);
	const keys = seen.unread.map(keyOf);
	return {
		host,
		relationships: told.map(({ shown }) => shown),
		groups: groupsIn(seen, host, told)
			.sort(theWorstFirst)
			.map(({ shown }) => shown),
		unread: seen.unread.filter((part, index) => keys.indexOf(keyOf(part)) === index).map(({ what }) => what),
	};
}

/** What cannot be read cannot be discovered either: said once. */
function keyOf(part: Unread): string {
	return part.hides === "relationship" ? part.what : `${part.hides} ${part.subsystem}`;
}

/** The listings of each relationship: a host that sees both arrays lists it at each disk, the source's first. */
function pairsIn(seen: HostObservation): Listings[] {
	const { byObjectId, byUniqueId } = indexOf(seen);
	const pairs = new Map<string, Map<string, { disk: DiskFact | undefined; links: RelationshipFact[] }>>();
	for (const link of seen.relationships) {
		const disk = byObjectId.get(link.diskObjectId.toLowerCase());
		const [peer, ...others] = eachOnce(seen, byUniqueId.get(link.peerUniqueId.toLowerCase()) ?? []);
		const own = (disk === undefined ? link.diskUniqueId || link.diskObjectId : idIn(seen, disk)).toLowerCase();
		const far = (peer === undefined || others.length > 0 ? link.peerUniqueId : idIn(seen, peer)).toLowerCase();
		// Two disks may be in a mirror and in a copy at once; a clone may be shown as either of its kinds.
		const kind = kindOf(link.syncType).replace("TokenizedClone", "Clone");
		const key = [kind, ...[own, far].sort()].join("\n");
		const sides = pairs.get(key) ?? new Map();
		const side = sides.get(own) ?? { disk, links: [] };
		side.links.push(link);
		pairs.set(key, sides.set(own, side));
	}
	return [...pairs.values()].map((sides) => {
		const [one, other] = [...sides].sort(([id], [otherId]) => (id < otherId ? -1 : 1)).map(([, side]) => side);
		const isTarget =
			roleOf(one?.links) === "target" || (roleOf(one?.links) === null && roleOf(other?.links) === "source");
		const [source, target] = isTarget ? [other, one] : [one, other];
		const listed = (side: typeof one) => (side?.disk === undefined ? [] : listingsOf(seen, side.disk));
		return {
			links: { source: source?.links ?? [], target: target?.links ?? [] },
			disks: { source: listed(source), target: listed(target) },
		};
	});
}

function kindOf(syncType: number): string {
	return describeName(syncTypeOf(syncType), "type");
}

/** Null: not said, or said in two ways. */
function roleOf(links: readonly RelationshipFact[] = []): "source" | "target" | null {
	const [role, ...others] = rolesSaid(links);
	return role === undefined || others.length > 0 ? null : role;
}

/** What is told of a relationship, and by what. */
interface Told<Shown extends ListedRelationship = ListedRelationship> {
	readonly shown: Shown;
	readonly badness: readonly number[];
	readonly disks: Listings["disks"];
}

function groupsIn(seen: HostObservation, host: string, told: readonly Told[]): Told<ListedGroups>[] {
	const { groups = [] } = seen;
	if (groups.length === 0) return [];
	const mirrors = told.filter(({ shown: { kind } }) => kind === "Mirror");
	return pairsIn(groupsAsDisks(seen, host)).map((listings) => {
		const { shown, badness, disks } = tell(listings, host);
		const groupAt = (end: End) => groups.find(({ objectId }) => disks[end].some((disk) => disk.objectId === objectId));
		const of = { source: groupAt("source"), target: groupAt("target") };
		const forward = mirrors.filter((pair) => arePairOf(of, pair.disks, mirrors));
		const reverse = mirrors.filter(({ disks: { source, target } }) =>
			arePairOf(of, { source: target, target: source }, mirrors),
		);
		const pairs = told.filter((pair) => forward.includes(pair) || reverse.includes(pair));
		const [worst] = pairs;
		const isReversed = forward.length === 0 && reverse.length > 0;
		const isTorn = forward.length > 0 && reverse.length > 0;
		const shownPairs = pairs.map((pair) => pair.shown);
		const ill = (end: End) =>
			shownPairs.flatMap((pair) =>
				pair[end].ailment === null ? [] : `${pair[end].virtualDisk}: ${pair[end].ailment}`,
			);
		const { copyState, progressStatus, syncMode, rolesKnown } = worst?.shown ?? shown;
		return {
			shown: {
				source: { ...(isReversed ? shown.target : shown.source), ailment: ill("source").join("; ") || null },
				target: { ...(isReversed ? shown.source : shown.target), ailment: ill("target").join("; ") || null },
				kind: "Group",
				copyState,
				progressStatus,
				syncMode,
				rolesKnown: rolesKnown && !isTorn,
				percentSynced: worstOf(
					shownPairs.map(({ percentSynced }) => percentSynced),
					Math.min,
				),
				lagSeconds: worstOf(
					shownPairs.map(({ lagSeconds }) => lagSeconds),
					Math.max,
				),
				contradiction: isTorn
					? rolesDiffer
					: (shownPairs.find((pair) => pair.contradiction !== null)?.contradiction ?? null),
				differences: shownPairs.flatMap(({ differences }) => differences),
				members: shownPairs.map(({ source, target }) => ({ source: source.uniqueId, target: target.uniqueId })),
			},
			badness: worst?.badness ?? badness,
			disks,
		};
	});
}

/** Whether two disks are a pair of two groups, of which a host may list one only. */
function arePairOf(
	groups: Readonly<Record<End, GroupFact | undefined>>,
	disks: Listings["disks"],
	mirrors: readonly Told[],
): boolean {
	const known = ends.filter((end) => groups[end] !== undefined);
	return (
		known.length > 0 &&
		known.every((end) => disks[end].some(({ objectId }) => groups[end]?.members.includes(objectId))) &&
		// Of several mirrors of a disk only the far group tells which is the group's.
		(known.length === 2 || known.every((end) => mirrorsOf(disks[end], mirrors).length === 1))
	);
}

function mirrorsOf(own: readonly DiskFact[], mirrors: readonly Told[]): readonly Told[] {
	return mirrors.filter(({ disks }) => ends.some((end) => disks[end].some((disk) => own.includes(disk))));
}

/** What is not told of one is not known of all. */
function worstOf(values: readonly (number | null)[], worst: (...values: number[]) => number): number | null {
	const told = values.filter((value) => value !== null);
	return told.length === 0 || told.length < values.length ? null : worst(...told);
}

function tell(listings: Listings, host: string): Told {
	const places = { source: { host }, target: { host } };
	const contradiction = contradictionIn(listings, places, "target");
	const word = worstLink([...listings.links.source, ...listings.links.target]);
	const copyState = word?.copyState ?? 0;
	const progressStatus = word?.progressStatus ?? 0;
	const isRoleSaid = ends.some((end) => roleOf(listings.links[end]) !== null);
	const disk = {
		source: listedDisk(listings.disks.source, listings.links.target),
		target: listedDisk(listings.disks.target, listings.links.source),
	};
	const isIll = disk.source.ailment !== null || disk.target.ailment !== null;
	return {
		disks: listings.disks,
		shown: {
			...disk,
			rolesKnown: contradiction === null && isRoleSaid,
			kind: kindOf(word?.syncType ?? 0),
			copyState: describeName(copyStateOf(copyState)),
			progressStatus: describeName(progressStatusOf(progressStatus), "progress"),
			syncMode: syncModeOf(word?.syncMode ?? 0).toLowerCase(),
			percentSynced: word?.percentSynced ?? null,
			lagSeconds: word?.lagSeconds ?? null,
			contradiction: contradiction?.what ?? null,
			differences: differencesIn(listings, places).map(({ what }) => what),
		},
		badness: [
			contradiction === null ? 0 : 1,
			// Nothing said may be anything.
			copyStates.rank(copyState) ?? Number.POSITIVE_INFINITY,
			progressStatuses.rank(progressStatus) ?? 0,
			isIll ? 1 : 0,
		],
	};
}

/** A disk that this host does not see is known by what the other one's link says of it. */
function listedDisk(listings: readonly DiskFact[], linksToIt: readonly RelationshipFact[]): ListedDisk {
	const disk = worstDisk(listings);
	if (disk !== null) {
		const { uniqueId, subsystem } = disk;
		return { virtualDisk: nameOf(disk), uniqueId, storageSubsystem: subsystem, ailment: ailmentOf(disk) };
	}
	const link = worstLink(linksToIt);
	const uniqueId = link?.peerUniqueId ?? "";
	const storageSubsystem = link?.peerSubsystem ?? "";
	return { virtualDisk: link?.peerName || uniqueId, uniqueId, storageSubsystem, ailment: null };
}

function theWorstFirst(one: Told, other: Told): number {
	return byBadness(one.badness, other.badness) || byName(one.shown, other.shown);
}

/** The first thing that differs decides; the larger comes first. */
function byBadness(one: readonly number[], other: readonly number[]): number {
	const index = one.findIndex((value, each) => value !== other[each]);
	return index === -1 ? 0 : (one[index] ?? 0) > (other[index] ?? 0) ? -1 : 1;
}

function byName(one: ListedRelationship, other: ListedRelationship): number {
	const key = ({ source, target }: ListedRelationship) =>
		`${source.virtualDisk}\n${target.virtualDisk}\n${source.uniqueId}`;
	return key(one) < key(other) ? -1 : 1;
}
