import { ReplicationError } from "../model/replicationError";
import { planMembership } from "../planner/groupMembership";
import { findDisk, mayBeOn } from "./disks";
import type { DiskFact, GroupFact, HostObservation } from "./host";
import { type Hosts, noGroups, readingError } from "./hosts";
import { listingsOf, sameId } from "./identity";
import { indexOf } from "./observationIndex";
import type { DeclaredGroup, GroupSight } from "./oneGroup";
import {
	ambiguousDisk,
	ambiguousGroup,
	type Hiding,
	type MemberAt,
	namedTwice,
	noSubsystem,
	noSuchDisk,
	notAllRead,
} from "./oneGroupRefusals";
import type { Freshness } from "./readEnds";

/**
 * Looks at a group. What is missing (the group, a disk, a relationship that would forbid a call) counts as absent only after
 * the host discovered its arrays: Windows answers from a cache that is empty after a restart, and a group made twice, or
 * changed under its relationship, is not mended by a later look.
 */
export async function lookAtGroup(declared: DeclaredGroup, hosts: Hosts, freshness: Freshness): Promise<GroupSight> {
	const { host } = declared;
	const isDiscovered = hosts.hasDiscovered(host);
	const reading = await (freshness === "fresh" ? hosts.observeAfresh(host) : hosts.observe(host)).catch(
		(error: unknown) => {
			throw readingError(host, error);
		},
	);
	try {
		const sight = sightIn(reading, declared);
		const isMissing = sight.group === null || (!sight.isRelated && (sight.calls.length > 0 || declared.wasRelated));
		if (isDiscovered || !isMissing) return sight;
	} catch (error) {
		if (isDiscovered || !(error instanceof ReplicationError)) throw error;
	}
	await hosts.discoverArrays(host);
	return sightIn(await hosts.observeAfresh(host), declared);
}

function sightIn(observation: HostObservation, declared: DeclaredGroup): GroupSight {
	const { host, storageSubsystem, wish } = declared;
	const subsystem = subsystemIn(observation, storageSubsystem);
	const unread = (kind: "groups" | "disks") => {
		const part = observation.unread.find(
			(each): each is Hiding =>
				each.hides === kind && (subsystem === null || each.subsystem === null || sameId(each.subsystem, subsystem)),
		);
		return part === undefined ? null : notAllRead(declared, kind, part);
	};
	const hidden = unread("groups");
	// Members and relationships hide with it: a group that is shown all the same may not be whole.
	if (hidden !== null) throw hidden;
	if (observation.groups === undefined) throw noGroups(host);
	const group = groupIn(observation, observation.groups, declared);
	const unlisted = unread("disks");
	if (group === null) {
		if (unlisted !== null) throw unlisted;
		if (subsystem === null) throw noSubsystem(observation, declared);
	}
	const array = group === null ? (subsystem ?? storageSubsystem) : arrayOf(observation, group) || storageSubsystem;
	const isRelated =
		group !== null &&
		(observation.groupRelationships ?? []).some(
			({ groupObjectId, peerUniqueId }) =>
				sameId(groupObjectId, group.objectId) || (group.uniqueId !== "" && sameId(peerUniqueId, group.uniqueId)),
		);
	const listed = [...observation.groups, ...observation.disks].find((each) => isArray(each, array));
	const subsystemUniqueId = listed?.subsystemUniqueId ?? "";
	const members = group?.members ?? null;
	const seen = { observation, group, isRelated, subsystem: array, subsystemUniqueId, members };
	if (wish === "seen") return { ...seen, wished: null, calls: [] };
	if (wish === "gone") return { ...seen, wished: null, calls: planMembership(seen.members, null) };
	const wished =
		declared.members?.map((name, index) => {
			const disk = memberIn(observation, name, declared, { index, array });
			if (disk === null) {
				if (unlisted !== null) throw unlisted;
				throw noSuchDisk(observation, declared, { index, array });
			}
			// A disk that two providers list has two ObjectIds, and the group names one of them.
			const listed = listingsOf(observation, disk).map(({ objectId }) => objectId);
			return seen.members?.find((member) => listed.some((id) => sameId(id, member))) ?? disk.objectId;
		}) ?? null;
	const twice = namedTwice(declared, wished ?? []);
	if (twice !== null) throw twice;
	return { ...seen, wished, calls: planMembership(seen.members, wished ?? seen.members ?? []) };
}

/** The name by which the host lists the array; `null`: nothing of it is listed. */
function subsystemIn({ disks, groups = [] }: HostObservation, wanted: string): string | null {
	for (const disk of disks) {
		const other = disk.otherSubsystems.find((name) => sameId(name, wanted));
		if (isArray(disk, wanted)) return disk.subsystem;
		if (other !== undefined) return other;
	}
	return groups.find((group) => isArray(group, wanted))?.subsystem ?? null;
}

function isArray(
	{ subsystem, subsystemName, subsystemUniqueId }: Pick<GroupFact, "subsystem" | "subsystemName" | "subsystemUniqueId">,
	wanted: string,
): boolean {
	return [subsystem, subsystemName, subsystemUniqueId].some((name) => name !== "" && sameId(name, wanted));
}

/** The array of a group; of one whose array the host does not tell, that of its disks. Empty: not known. */
function arrayOf(observation: HostObservation, { subsystem, members }: GroupFact): string {
	if (subsystem !== "") return subsystem;
	const { byObjectId } = indexOf(observation);
	return members.flatMap((member) => byObjectId.get(member.toLowerCase())?.subsystem ?? [])[0] ?? "";
}

/** The one that is meant: by the id that state knows before any name, by an exact name before one in another case. */
function groupIn(
	observation: HostObservation,
	groups: readonly GroupFact[],
	declared: DeclaredGroup,
): GroupFact | null {
	const { storageSubsystem, friendlyName, knownId, wish } = declared;
	const here = groups.filter((group) => {
		const array = arrayOf(observation, group);
		return array === "" || isArray(group, storageSubsystem) || sameId(array, storageSubsystem);
	});
	const byId = (id: string) =>
		here.filter(({ uniqueId, objectId }) => (uniqueId !== "" && sameId(uniqueId, id)) || sameId(objectId, id));
	const known = knownId === null ? [] : byId(knownId);
	if (known.length > 0 || (wish !== "declared" && knownId !== null)) return theOne(known, declared);
	const named = byId(friendlyName);
	if (named.length > 0) return theOne(named, declared);
	const exact = here.filter((group) => group.friendlyName === friendlyName);
	return theOne(exact.length > 0 ? exact : here.filter((group) => sameId(group.friendlyName, friendlyName)), declared);
}

/** Two of one name are not guessed between: the members of the other one would be taken out of it. */
function theOne(found: readonly GroupFact[], declared: DeclaredGroup): GroupFact | null {
	if (found.length > 1) throw ambiguousGroup(declared, found);
	return found[0] ?? null;
}

/** A disk of the group's array; `null`: none of this name is listed there. */
function memberIn(observation: HostObservation, name: string, declared: DeclaredGroup, at: MemberAt): DiskFact | null {
	// Names are those of one array: another one's disk of the same name is none that could be meant.
	const here = { ...observation, disks: observation.disks.filter((disk) => mayBeOn(disk, at.array)) };
	const search = findDisk(here, name);
	if (search.found === "many") throw ambiguousDisk(observation, declared, at, search);
	return search.found === "one" ? search.disk : null;
}
