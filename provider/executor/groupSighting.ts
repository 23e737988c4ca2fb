import { errorCodes } from "../model/errorCodes";
import {
	copyStateOf,
	type End,
	ends,
	isOfKind,
	type PerEnd,
	progressStatusOf,
	syncModeOf,
	syncTypeOf,
} from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { isFailedOver } from "../planner/phase";
import type { Observed } from "../planner/situation";
import type { Declared } from "./declared";
import { ambiguousDisk, diskNotFound, findDisk, oneDiskTwice } from "./disks";
import type { DiskFact, GroupFact, HostObservation, RelationshipFact } from "./host";
import { type Hosts, noGroups } from "./hosts";
import { hasId, idIn, sameId } from "./identity";
import { indexOf } from "./observationIndex";
import { type Freshness, type Reading, readEnds } from "./readEnds";
import { putTogether, roleUnknown, type SeenGroup, type SeenPair, type Sighting } from "./sighting";
import { worstWord } from "./worstListing";

/** Number of ConsistencyState: Consistent; and Inconsistent. */
const [consistent, inconsistent] = [3, 4];

/**
 * Observes the relationship of two groups: the groups as a pair is, and each of their pairs. No key leads to a group, so
 * everything is read, and read anew once anything was called upon in this process.
 */
export async function observeGroups(declared: Declared, hosts: Hosts, freshness: Freshness): Promise<Sighting> {
	const isTouched = ends.some((end) => declared.lost !== end && hosts.touchedAny(declared.ends[end].host));
	return putGroupsTogether(declared, await readEnds(declared, hosts, isTouched ? "fresh" : freshness));
}

function putGroupsTogether(declared: Declared, read: PerEnd<Reading>): Sighting {
	const asDisks = eachReading(read, (reading, end) => groupsAsDisks(reading, declared.ends[end].host));
	const own = putTogether(declared, asDisks);
	const groups = {
		source: groupOf(read.source, own.disks.source),
		target: groupOf(read.target, own.disks.target),
	};
	const pairs = new PairsOfGroups(declared, read, groups);
	const members = own.observed.presence === "absent" ? null : pairs.members();
	const { candidates, wished } = pairs.wished(members ?? []);
	const consistency = own.observed.presence === "absent" ? null : consistencyOf(read, groups);
	const group: SeenGroup = { members, candidates, wished, consistency };
	const subject = { subject: "group", consistency } as const;
	if (own.observed.presence === "absent") {
		// An empty group takes what is made for it; the disks of another one are overwritten.
		const targetExists = (groups.target?.members.length ?? 0) > 0;
		return { ...own, group, observed: { ...own.observed, ...subject, targetExists } };
	}
	if (members === null) {
		if (declared.anyRoles !== true && !ends.some((end) => (own.links[end]?.role ?? "unknown") !== "unknown"))
			throw roleUnknown();
		return { ...own, group, observed: { ...own.observed, ...subject } };
	}
	return togetherAs(own, group, subject, seenOf(members));
}

/** Of all the pairs together the worst word counts: what is waited for, measured and remembered is the last of them. */
function togetherAs(
	own: Sighting,
	group: SeenGroup,
	subject: Pick<Observed, "subject" | "consistency">,
	pairs: readonly Sighting[],
): Sighting {
	const links = pairs.flatMap(({ listings }) => [listings.links.source, listings.links.target].flat());
	const directions = new Set(pairs.map(({ observed }) => observed.direction));
	const [direction = own.observed.direction] = directions;
	const every = (holds: (pair: Sighting) => boolean) => pairs.every(holds);
	const perEnd = (holds: (pair: Sighting, end: End) => boolean): PerEnd<boolean> => ({
		source: every((pair) => holds(pair, "source")),
		target: every((pair) => holds(pair, "target")),
	});
	const neighbours = distinct(pairs.flatMap(({ observed }) => observed.neighbours ?? []));
	return {
		...own,
		group,
		observed: {
			...own.observed,
			...subject,
			...wordOf(own, links, pairs),
			direction: directions.size > 1 ? own.observed.direction : direction,
			readOnly: perEnd(({ observed }, end) => observed.readOnly[end]),
			usable: perEnd(({ observed }, end) => observed.usable[end]),
			job: own.observed.job ?? pairs.map(({ observed }) => observed.job).find((job) => job !== null) ?? null,
			...(neighbours.length === 0 ? {} : { neighbours }),
		},
		contradiction: pairs.find(({ contradiction }) => contradiction !== null)?.contradiction ?? null,
		differences: pairs.flatMap(({ differences }) => differences),
		targetHalf: pairs.some(({ targetHalf }) => targetHalf),
		percentSynced: extreme(pairs, ({ percentSynced }) => percentSynced, Math.min, "skip"),
		lagSeconds: extreme(pairs, ({ lagSeconds }) => lagSeconds, Math.max, "unknown"),
		syncTime: earliest(pairs),
		hostTime: pairs.find(({ hostTime }) => hostTime !== null)?.hostTime ?? own.hostTime,
	};
}

/**
 * Members decide: some arrays show Split as Failedover for a group, and Mixed for nothing in particular. Where a part of
 * them is failed over, no one word is true of all; the group's own word is then what forbids to send it a second one.
 */
function wordOf(own: Sighting, links: readonly RelationshipFact[], pairs: readonly Sighting[]) {
	if (isFailedOver(own.observed as Observed)) {
		const { copyState, progressStatus, syncMode, syncType } = own.observed;
		return { copyState, progressStatus, syncMode, syncType };
	}
	const word = worstWord(links);
	const isPart = (over: (observed: Sighting["observed"]) => boolean) => {
		const those = pairs.filter(({ observed }) => over(observed)).length;
		return those > 0 && those < pairs.length;
	};
	return {
		copyState: isPart(({ copyState }) => copyState === "Failedover") ? ("Mixed" as const) : copyStateOf(word.copyState),
		progressStatus: isPart(({ progressStatus }) => progressStatus === "FailingOver")
			? ("Mixed" as const)
			: progressStatusOf(word.progressStatus),
		syncMode: syncModeOf(word.syncMode),
		syncType: syncTypeOf(word.syncType),
	};
}

export function seenOf(pairs: readonly SeenPair[]): readonly Sighting[] {
	return pairs.flatMap(({ sighting }) => sighting ?? []);
}

/** A reading with groups in the place of disks: what finds a pair and tells its halves finds that of two groups as well. */
function groupsAsDisks(reading: HostObservation, host: string): HostObservation {
	const { groups, groupRelationships = [], unread } = reading;
	const hidden = unread.filter(({ hides }) => hides === "groups");
	if (groups === undefined && hidden.length === 0) throw noGroups(host);
	return {
		hostTime: reading.hostTime,
		disks: (groups ?? []).map((group) => ({
			...group,
			otherSubsystems: [],
			access: null,
			healthStatus: null,
			operationalStatus: [],
		})),
		relationships: groupRelationships.map((link) => ({
			...link,
			diskObjectId: link.groupObjectId,
			diskUniqueId: link.groupUniqueId,
			percentSynced: null,
			lagSeconds: null,
			syncTime: null,
		})),
		unread: [
			...hidden.flatMap((part) =>
				part.hides === "groups" ? (["disks", "relationships"] as const).map((hides) => ({ ...part, hides })) : [],
			),
			...unread.filter(({ hides }) => hides === "jobs"),
		],
	};
}

function groupOf(reading: Reading, found: DiskFact | null): GroupFact | null {
	if (reading instanceof ReplicationError || found === null) return null;
	return (reading.groups ?? []).find(({ objectId }) => sameId(objectId, found.objectId)) ?? null;
}

function consistencyOf(read: PerEnd<Reading>, groups: PerEnd<GroupFact | null>): boolean | null {
	const said = ends.flatMap((end) => {
		const [reading, group] = [read[end], groups[end]];
		if (reading instanceof ReplicationError || group === null) return [];
		return (reading.groupRelationships ?? [])
			.filter(({ groupObjectId }) => sameId(groupObjectId, group.objectId))
			.map(({ consistencyState }) => consistencyState);
	});
	if (said.includes(inconsistent)) return false;
	return said.includes(consistent) ? true : null;
}

/** A disk of a pair as it is known at its end; `null`: its host was not read, or does not list it. */
interface Place {
	readonly id: string;
	readonly disk: DiskFact | null;
}

/** The pairs of two groups in what their hosts answered. */
class PairsOfGroups {
	private readonly declared: Declared;
	private readonly read: PerEnd<Reading>;
	private readonly groups: PerEnd<GroupFact | null>;

	constructor(declared: Declared, read: PerEnd<Reading>, groups: PerEnd<GroupFact | null>) {
		this.declared = declared;
		// Their group steers these pairs: to each of them it is no hindrance.
		this.read = eachReading(read, ({ groups: _, groupRelationships: __, ...reading }) => reading);
		this.groups = groups;
	}

	/** `null`: neither group's disks are listed in any mirror. */
	members(): readonly SeenPair[] | null {
		const places = { source: this.placesAt("source"), target: this.placesAt("target") };
		const found = places.source === null || places.target === null ? this.byOneEnd(places) : this.byBothEnds(places);
		const hasAny = found.some((pair) => pair !== null && "ids" in pair);
		const allListed = ends.every((end) => (places[end] ?? []).every(({ disk }) => disk !== null));
		if (!hasAny && allListed) return null;
		return found.map((pair) => ("ids" in pair ? this.seen(pair.ids) : { id: pair.unread, sighting: null }));
	}

	/** What the program names: those that are members already, and the others as they are found. */
	wished(members: readonly SeenPair[]): Pick<SeenGroup, "candidates" | "wished"> {
		const { pairs } = this.declared;
		const { source, target } = this.read;
		if (pairs === undefined || source instanceof ReplicationError || target instanceof ReplicationError)
			return { candidates: [], wished: null };
		const named = pairs.map((pair) => ({
			source: this.named("source", pair.source, source) as DiskFact,
			target: this.named("target", pair.target, target),
			name: pair.target,
		}));
		refuseTwice(named);
		const candidates = named.flatMap(({ source: own, target: other, name }) => {
			const id = idIn(source, own);
			const member = members.find((each) => sameId(each.id, id));
			if (member === undefined) return [this.candidate({ id, disk: own }, other, name, target)];
			const peer = member.sighting?.ids.target ?? null;
			if (peer === null || (other !== null && hasId(other, peer))) return [];
			throw namedOtherwise(own, name);
		});
		return { candidates, wished: named.map(({ source: own }) => idIn(source, own)) };
	}

	private candidate(own: Place, other: DiskFact | null, name: string, target: HostObservation): SeenPair {
		const id = other === null ? null : idIn(target, other);
		return { id: own.id, sighting: this.sighting({ source: own, target: { id, disk: other } }, name, false) };
	}

	private named(end: End, name: string, reading: HostObservation): DiskFact | null {
		const { host } = this.declared.ends[end];
		const search = findDisk(reading, name);
		switch (search.found) {
			case "one":
				return search.disk;
			case "many":
				throw ambiguousDisk(end, { host, virtualDisk: name }, search.disks, reading);
			case "none":
				if (end === "target") return null;
				throw diskNotFound(end, { host, virtualDisk: name }, search.nearest);
			default:
				return search satisfies never;
		}
	}

	private placesAt(end: End): readonly Place[] | null {
		const [reading, group] = [this.read[end], this.groups[end]];
		if (reading instanceof ReplicationError || group === null) return null;
		const { byObjectId } = indexOf(reading);
		return group.members.map((objectId) => {
			const disk = byObjectId.get(objectId.toLowerCase()) ?? null;
			return { id: disk === null ? objectId : idIn(reading, disk), disk };
		});
	}

	/** UniqueIds of the disks that an end's disk is in a mirror with. */
	private peersOf(end: End, { disk }: Place): readonly string[] {
		const reading = this.read[end];
		if (reading instanceof ReplicationError || disk === null) return [];
		return (indexOf(reading).linksByObjectId.get(disk.objectId.toLowerCase()) ?? [])
			.filter(({ syncType }) => isOfKind(syncTypeOf(syncType), "Mirror"))
			.map(({ peerUniqueId }) => peerUniqueId);
	}

	private byBothEnds({ source, target }: PerEnd<readonly Place[] | null>): readonly FoundPair[] {
		const taken = new Set<Place>();
		const pairs = (source ?? []).map((own): FoundPair => {
			const peers = this.peersOf("source", own);
			const other = (target ?? []).find(
				(place) =>
					!taken.has(place) &&
					((place.disk !== null && peers.some((peer) => hasId(place.disk as DiskFact, peer))) ||
						this.peersOf("target", place).some((peer) => own.disk !== null && hasId(own.disk, peer))),
			);
			if (other === undefined) return { unread: own.id };
			taken.add(other);
			return { ids: { source: own, target: other } };
		});
		const left = (target ?? []).filter((place) => !taken.has(place));
		return [...pairs, ...left.map(({ id }) => ({ unread: id }))];
	}

	/** The other group is not read: a member's one mirror is the pair, and of several nobody can tell which. */
	private byOneEnd(places: PerEnd<readonly Place[] | null>): readonly FoundPair[] {
		return ends.flatMap((end) =>
			(places[end] ?? []).map((own): FoundPair => {
				const [peer, ...others] = new Set(this.peersOf(end, own));
				if (peer === undefined || others.length > 0) return { unread: own.id };
				const other: Place = { id: peer, disk: null };
				return { ids: end === "source" ? { source: own, target: other } : { source: other, target: own } };
			}),
		);
	}

	private seen(ids: PerEnd<Place>): SeenPair {
		const sighting = this.sighting(ids, "", this.declared.anyRoles === true);
		const isThere = sighting?.observed.presence === "present";
		// Half of it is listed: one host may only be slower, and what cannot be told is not steered.
		const isHalf = this.declared.anyRoles !== true && sighting?.unlistedAt != null;
		return { id: ids.source.id, sighting: isThere && !isHalf ? sighting : null };
	}

	private sighting(
		{
			source,
			target,
		}: { readonly source: Place; readonly target: Pick<Place, "disk"> & { readonly id: string | null } },
		name: string,
		anyRoles: boolean,
	): Sighting | null {
		const { ends: declaredEnds, lost, hideNames } = this.declared;
		const pair: Declared = {
			ends: {
				source: { host: declaredEnds.source.host, virtualDisk: source.disk?.objectId ?? source.id },
				target: {
					host: declaredEnds.target.host,
					virtualDisk: target.disk?.objectId ?? target.id ?? name,
					// One that does not exist is made where its group is.
					...(target.id === null ? { storageSubsystem: this.groups.target?.subsystem } : {}),
				},
			},
			lost,
			knownIds: { source: source.id, target: target.id },
			...(hideNames === true ? { hideNames } : {}),
			...(anyRoles ? { anyRoles } : {}),
		};
		try {
			return putTogether(pair, this.read);
		} catch (error) {
			if (error instanceof ReplicationError && error.facts.class === "transport") return null;
			throw error;
		}
	}
}

type FoundPair = { readonly ids: PerEnd<Place> } | { readonly unread: string };

function refuseTwice(named: readonly { readonly source: DiskFact; readonly target: DiskFact | null }[]): void {
	const seen = new Set<string>();
	for (const disk of named.flatMap(({ source, target }) => (target === null ? [source] : [source, target]))) {
		const key = (disk.uniqueId || disk.objectId).toLowerCase();
		if (seen.has(key)) throw oneDiskTwice(disk);
		seen.add(key);
	}
}

function namedOtherwise({ friendlyName }: DiskFact, target: string): ReplicationError {
	return new ReplicationError({
		code: errorCodes.pairNotReady,
		class: "user",
		property: "pairs",
		what: `pairs name ${friendlyName} with ${target}, and ${friendlyName} is in the group with another target.`,
		dataSafety: "yes, nothing was changed.",
		remedy:
			"name the target that it has; another one takes the pair out of the group first, and is declared after that.",
	});
}

function eachReading(
	read: PerEnd<Reading>,
	change: (reading: HostObservation, end: End) => HostObservation,
): PerEnd<Reading> {
	const changed = (end: End): Reading => {
		const reading = read[end];
		return reading instanceof ReplicationError ? reading : change(reading, end);
	};
	const source = changed("source");
	// One host that sees both arrays is one reading.
	return { source, target: read.target === read.source ? source : changed("target") };
}

function extreme(
	pairs: readonly Sighting[],
	of: (pair: Sighting) => number | null,
	most: (...values: number[]) => number,
	unsaid: "skip" | "unknown",
): number | null {
	const values = pairs.map(of);
	const said = values.filter((value) => value !== null);
	if (said.length === 0 || (unsaid === "unknown" && said.length < values.length)) return null;
	return most(...said);
}

function earliest(pairs: readonly Sighting[]): string | null {
	const [first = null] = pairs.flatMap(({ syncTime }) => syncTime ?? []).sort();
	return pairs.every(({ syncTime }) => syncTime !== null) ? first : null;
}

function distinct<Value>(values: readonly Value[]): readonly Value[] {
	return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
