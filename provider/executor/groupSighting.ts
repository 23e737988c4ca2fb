import {
	copyStateOf,
	type End,
	ends,
	type PerEnd,
	progressStatusOf,
	syncModeOf,
	syncTypeOf,
} from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { virtualDiskHealthStatus } from "../model/vocabulary/storage";
import { isFailedOver } from "../planner/phase";
import type { Observed } from "../planner/situation";
import type { Declared } from "./declared";
import { eachReading, PairsOfGroups } from "./groupPairs";
import type { DiskFact, GroupFact, HostObservation, RelationshipFact } from "./host";
import { type Hosts, noGroups } from "./hosts";
import { sameId } from "./identity";
import { indexOf } from "./observationIndex";
import { type Freshness, type Reading, readEnds } from "./readEnds";
import { isWritable, putTogether, roleUnknown, type SeenGroup, type SeenPair, type Sighting } from "./sighting";
import { worstWord } from "./worstListing";

/** Number of ConsistencyState: Consistent; and Inconsistent. */
const [consistent, inconsistent] = [3, 4];

/**
 * Observes the relationship of two groups: the groups as a pair is, and each of their pairs. No key leads to a group, so
 * everything is read, and read anew once anything was called upon in this process.
 */
export async function observeGroups(declared: Declared, hosts: Hosts, freshness: Freshness): Promise<Sighting> {
	const isTouched = ends.some((end) => hosts.touchedAny(declared.ends[end].host));
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
	if (own.observed.presence === "absent") {
		// An empty group takes what is made for it; the disks of another one are overwritten.
		const targetExists = (groups.target?.members.length ?? 0) > 0;
		pairs.refuseOtherPairs();
		// A removal, a refresh: nothing is made.
		const isAsked = declared.anyRoles !== true && declared.idsFirst !== true;
		const neighbours = isAsked ? distinct(pairs.neighboursAtCreation()) : [];
		const besides = neighbours.length === 0 ? {} : { neighbours };
		return {
			...own,
			group: { members: null, ...pairs.wished(null), left: pairs.left(), disks: pairs.disks(), others: false },
			observed: { ...own.observed, subject: "group", targetExists, ...besides },
		};
	}
	const members = pairs.members();
	const group: SeenGroup = {
		members,
		...pairs.wished(members),
		left: [],
		disks: pairs.disks(),
		others: members === null && pairs.areOthers(),
	};
	const subject = { subject: "group", consistency: consistencyOf(read, groups) } as const;
	const seen = seenOf(members ?? []);
	if (seen.length === 0) {
		if (declared.anyRoles !== true && !ends.some((end) => (own.links[end]?.role ?? "unknown") !== "unknown"))
			throw roleUnknown();
		return { ...own, group, observed: { ...own.observed, ...subject } };
	}
	return togetherAs(own, group, subject, seen);
}

/** Of all the pairs together the worst word counts: what is waited for, measured and remembered is the last of them. */
function togetherAs(
	own: Sighting,
	group: SeenGroup,
	subject: Pick<Observed, "subject" | "consistency">,
	pairs: readonly Sighting[],
): Sighting {
	const links = pairs.flatMap(({ listings }) => [listings.links.source, listings.links.target].flat());
	const [direction = own.observed.direction] = pairs.map(({ observed }) => observed.direction);
	const isReadOnly = (end: End) => pairs.every(({ observed }) => observed.readOnly[end]);
	const neighbours = distinct(pairs.flatMap(({ observed }) => observed.neighbours ?? []));
	return {
		...own,
		group,
		observed: {
			...own.observed,
			...subject,
			...wordOf(own, links, pairs),
			direction,
			readOnly: { source: isReadOnly("source"), target: isReadOnly("target") },
			job: own.observed.job ?? pairs.map(({ observed }) => observed.job).find((job) => job !== null) ?? null,
			...(neighbours.length === 0 ? {} : { neighbours }),
		},
		contradiction: pairs.find(({ contradiction }) => contradiction !== null)?.contradiction ?? null,
		differences: pairs.flatMap(({ differences }) => differences),
		percentSynced: extreme(pairs, ({ percentSynced }) => percentSynced, Math.min),
		lagSeconds: extreme(pairs, ({ lagSeconds }) => lagSeconds, Math.max),
		syncTime: earliest(pairs),
	};
}

/**
 * Members decide: some arrays show Split as Failedover for a group, and Mixed for nothing in particular. Where a part of
 * them is failed over, no one word is true of all; the group's own word is then what forbids to send it a second one.
 */
function wordOf(own: Sighting, links: readonly RelationshipFact[], pairs: readonly Sighting[]) {
	const word = worstWord(links);
	const words = [own.listings.links.source, own.listings.links.target].flat();
	// By the word of one host alone, too: the other one may only be slower.
	const saysFailedOver = words.some((said) =>
		isFailedOver({
			presence: "present",
			copyState: copyStateOf(said.copyState),
			progressStatus: progressStatusOf(said.progressStatus),
		}),
	);
	const isPart = (over: (observed: Sighting["observed"]) => boolean) => {
		const those = pairs.filter(({ observed }) => over(observed)).length;
		return those > 0 && those < pairs.length;
	};
	return {
		copyState: saysFailedOver
			? ("Failedover" as const)
			: isPart(({ copyState }) => copyState === "Failedover")
				? ("Mixed" as const)
				: copyStateOf(word.copyState),
		progressStatus: isPart(({ progressStatus }) => progressStatus === "FailingOver")
			? ("Mixed" as const)
			: progressStatusOf(word.progressStatus),
		syncMode: syncModeOf(word.syncMode),
		syncType: syncTypeOf(word.syncType),
	};
}

function seenOf(pairs: readonly SeenPair[]): readonly Sighting[] {
	return pairs.flatMap(({ sighting }) => sighting ?? []);
}

/** What is told of a group whose members' roles differ. */
export const rolesDiffer = "the roles of its pairs differ: data of some flows one way, of others the other way";

/** The same of a sighting; null: they do not, or it is one of disks. */
export function rolesDifferIn({ group }: Sighting): string | null {
	const directions = (group?.members ?? []).flatMap(({ sighting }) => sighting?.observed.direction ?? []);
	return new Set(directions).size > 1 ? rolesDiffer : null;
}

/** The groups of a host, and their relationships, in the form of disks and theirs: what finds a pair and tells its halves finds these. */
export function groupsAsDisks(reading: HostObservation, host: string): HostObservation {
	const { groups, groupRelationships = [], unread } = reading;
	const hidden = unread.filter(({ hides }) => hides === "groups");
	const { byObjectId } = indexOf(reading);
	if (groups === undefined && hidden.length === 0) throw noGroups(host);
	return {
		hostTime: reading.hostTime,
		disks: (groups ?? []).map((group) => ({
			...group,
			otherSubsystems: [],
			...asOneDisk(group.members.flatMap((member) => byObjectId.get(member.toLowerCase()) ?? [])),
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

/**
 * Whether its disks take writes, and how they are: where the array shows no member alone (group feature 50) nothing else tells
 * that a target took writes of its own, or cannot serve.
 */
function asOneDisk(members: readonly DiskFact[]): Pick<DiskFact, "access" | "healthStatus" | "operationalStatus"> {
	const writable = members.find(isWritable);
	const [first] = members;
	const isAlike = members.every(({ access }) => access === first?.access);
	const { Healthy, Unhealthy } = virtualDiskHealthStatus;
	const unwell =
		members.find(({ healthStatus }) => healthStatus === Unhealthy) ??
		members.find(({ healthStatus }) => healthStatus !== Healthy);
	return {
		access: (writable ?? (isAlike ? first : undefined))?.access ?? null,
		healthStatus: (unwell ?? first)?.healthStatus ?? null,
		operationalStatus: [...new Set(members.flatMap(({ operationalStatus }) => operationalStatus))],
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

/** One that says nothing may be the worst of all. */
function extreme(
	pairs: readonly Sighting[],
	of: (pair: Sighting) => number | null,
	most: (...values: number[]) => number,
): number | null {
	const said = pairs.map(of).filter((value) => value !== null);
	return said.length === 0 || said.length < pairs.length ? null : most(...said);
}

function earliest(pairs: readonly Sighting[]): string | null {
	const [first = null] = pairs.flatMap(({ syncTime }) => syncTime ?? []).sort();
	return pairs.every(({ syncTime }) => syncTime !== null) ? first : null;
}

function distinct<Value>(values: readonly Value[]): readonly Value[] {
	return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
