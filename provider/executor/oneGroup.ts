import { errorCodes } from "../model/errorCodes";
import { type ErrorFacts, ReplicationError } from "../model/replicationError";
import {
	replicationCapabilitiesGetSupportedGroupFeaturesFeatures as features,
	replicationCapabilitiesSupportedReplicationTypes as replicationTypes,
} from "../model/vocabulary/capabilities";
import {
	describeGroupCall,
	type GroupCall,
	type GroupLabels,
	type Membership,
	planMembership,
} from "../planner/groupMembership";
import { findDisk, mayBeOn, nameOf } from "./disks";
import type { DiskFact, GroupFact, HostObservation, Unread } from "./host";
import { type Hosts, noGroups, readingError } from "./hosts";
import { idIn, listingsOf, sameId } from "./identity";
import { indexOf } from "./observationIndex";
import type { Freshness } from "./readEnds";

/** A replication group as it is declared, or as a state remembers it. */
export interface DeclaredGroup {
	readonly host: string;
	/** FriendlyName, Name or UniqueId of the array. */
	readonly storageSubsystem: string;
	/** FriendlyName, or UniqueId of one that exists. */
	readonly friendlyName: string;
	/** Disks by friendly name, UniqueId or ObjectId, in their order; `null`: as found. */
	readonly members: readonly string[] | null;
	/** What identified it when it was last seen under this name; `null`: it was not. */
	readonly knownId: string | null;
	/** `declared`; or it is to be gone; or it is only looked at. The last two mean the one that the state knows and no other, if it does. */
	readonly wish: "declared" | "gone" | "seen";
	/** A group that ends before this one is made, and holds its disks until then; `null`: none. */
	readonly replacedId: string | null;
	/** It was in a relationship when it was last seen. */
	readonly wasRelated: boolean;
	/** Names are secret. */
	readonly hideNames: boolean;
}

/** What a host shows of a declared group, and what is to be done there. */
export interface GroupSight {
	readonly observation: HostObservation;
	readonly group: GroupFact | null;
	readonly isRelated: boolean;
	/** The name of its array, as calls take it. */
	readonly subsystem: string;
	/** UniqueId of its array; empty: not told. */
	readonly subsystemUniqueId: string;
	/** By the ids of the group's own listing. */
	readonly members: Membership;
	/** As declared, by the same ids; `null`: as found, or no longer wished. */
	readonly wished: Membership;
	readonly calls: readonly GroupCall[];
}

/** What identifies a group on its host. */
export function groupIdOf({ uniqueId, objectId }: GroupFact): string {
	return uniqueId || objectId;
}

/** UniqueIds of these members, or what the group knows them by where their disks have none of their own. */
export function memberIds({ observation }: Pick<GroupSight, "observation">, members: readonly string[]): string[] {
	const { byObjectId } = indexOf(observation);
	return members.map((member) => {
		const disk = byObjectId.get(member.toLowerCase());
		return disk === undefined ? member : idIn(observation, disk);
	});
}

export function groupLabels(declared: DeclaredGroup, { observation }: Pick<GroupSight, "observation">): GroupLabels {
	const { host, hideNames } = declared;
	const disk = (member: string) => {
		const found = indexOf(observation).byObjectId.get(member.toLowerCase());
		return found === undefined ? member : nameOf(found);
	};
	return { host, group: groupName(declared), disk: hideNames ? null : disk };
}

/** The calls as `plannedOperations` shows them. */
export function plannedCalls(declared: DeclaredGroup, sight: GroupSight): string[] {
	const labels = groupLabels(declared, sight);
	return sight.calls.map((call, index) => `${index + 1}. ${describeGroupCall(call, labels)}`);
}

/** What is seen of it, for errors and what is written down. */
export function describeGroup(declared: DeclaredGroup, sight: GroupSight): string {
	if (sight.group === null) return `no group ${groupName(declared)}`;
	const { disk } = groupLabels(declared, sight);
	const members = sight.members ?? [];
	const held = disk === null ? `${members.length} disks` : members.map(disk).join(", ") || "no disk";
	return `${groupName(declared)} holds ${held}`;
}

export function groupName({ friendlyName, hideNames }: DeclaredGroup): string {
	return hideNames ? "the group" : friendlyName;
}

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

type Hiding = Extract<Unread, { readonly remedy: string }>;

function sightIn(observation: HostObservation, declared: DeclaredGroup): GroupSight {
	const { host, storageSubsystem, wish, hideNames } = declared;
	const subsystem = subsystemIn(observation, storageSubsystem);
	const unread = (kind: "groups" | "disks") => {
		const part = observation.unread.find(
			(each): each is Hiding =>
				each.hides === kind && (subsystem === null || each.subsystem === null || sameId(each.subsystem, subsystem)),
		);
		if (part === undefined) return null;
		return problem({
			code: errorCodes.hostUnreachable,
			class: "transport",
			what: `host ${host} answers, but ${hideNames ? `not all ${kind} could be read.` : part.what} So of ${groupName(declared)} nothing can be told.`,
			remedy: part.remedy,
		});
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
			const disk = memberIn(observation, name, { index, array, declared });
			if (disk === null) {
				if (unlisted !== null) throw unlisted;
				throw noSuchDisk(observation, declared, { name, index, array });
			}
			// A disk that two providers list has two ObjectIds, and the group names one of them.
			const listed = listingsOf(observation, disk).map(({ objectId }) => objectId);
			return seen.members?.find((member) => listed.some((id) => sameId(id, member))) ?? disk.objectId;
		}) ?? null;
	refuseTwice(declared, wished ?? []);
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
	if (found.length < 2) return found[0] ?? null;
	const ids = declared.hideNames ? "" : ` (ids: ${found.map(groupIdOf).join(", ")})`;
	throw problem({
		code: errorCodes.ambiguousDiskName,
		class: "user",
		what: `host ${declared.host} has ${found.length} replication groups that friendlyName${called(declared, declared.friendlyName)} may mean${ids}.`,
		remedy: "declare the UniqueId of the one you mean as friendlyName.",
		property: "friendlyName",
	});
}

interface Named {
	readonly name: string;
	readonly index: number;
	readonly array: string;
}

/** A disk of the group's array; `null`: none of this name is listed there. */
function memberIn(
	observation: HostObservation,
	name: string,
	{ index, array, declared }: { readonly index: number; readonly array: string; readonly declared: DeclaredGroup },
): DiskFact | null {
	// Names are those of one array: another one's disk of the same name is none that could be meant.
	const here = { ...observation, disks: observation.disks.filter((disk) => mayBeOn(disk, array)) };
	const search = findDisk(here, name);
	if (search.found === "none") return null;
	if (search.found === "one") return search.disk;
	const ids = declared.hideNames ? "" : ` (${search.disks.map((disk) => idIn(observation, disk)).join(", ")})`;
	throw problem({
		code: search.alike === "name" ? errorCodes.ambiguousDiskName : errorCodes.sharedUniqueId,
		class: "user",
		what: `${search.disks.length} virtual disks of ${arrayNamed(declared, array)} may be meant by members[${index}]${declared.hideNames ? "" : `, ${JSON.stringify(name)}`}${ids}.`,
		remedy: "declare the id of the one you mean, its ObjectId where the UniqueId is not its own.",
		property: "members",
	});
}

function noSuchDisk(observation: HostObservation, declared: DeclaredGroup, { name, index, array }: Named) {
	const elsewhere = findDisk(observation, name);
	if (elsewhere.found === "one") {
		return problem({
			code: errorCodes.invalidArguments,
			class: "user",
			what: `members[${index}]${called(declared, name)} is a disk of ${declared.hideNames ? "another array" : elsewhere.disk.subsystem}, and the group is one of ${arrayNamed(declared, array)}.`,
			remedy: "declare disks of the group's own array; the other ends of their pairs are members of a group there.",
			property: "members",
		});
	}
	const nearest = elsewhere.found === "none" ? elsewhere.nearest : [];
	const offer = declared.hideNames || nearest.length === 0 ? "none is near it" : `nearest: ${nearest.join(", ")}`;
	return problem({
		code: errorCodes.diskNotFound,
		class: "user",
		what: `host ${declared.host} has no virtual disk ${declared.hideNames ? "of the name" : JSON.stringify(name)}, which is members[${index}] (${offer}).`,
		remedy: "correct the name, or give its UniqueId.",
		property: "members",
	});
}

function refuseTwice(declared: DeclaredGroup, wished: readonly string[]): void {
	const at = wished.findIndex((member, index) => wished.indexOf(member) !== index);
	if (at === -1) return;
	const first = wished.indexOf(wished[at] ?? "");
	throw problem({
		code: errorCodes.oneDiskTwice,
		class: "user",
		what: `members[${first}] and members[${at}] are the same disk${declared.hideNames ? "" : `, ${JSON.stringify(declared.members?.[at])}`}.`,
		remedy: "name each disk once.",
		property: "members",
	});
}

/** An array that is not there at all: a wrong name, or one in trouble whose group nobody may count as gone. */
function noSubsystem({ disks, groups = [] }: HostObservation, declared: DeclaredGroup): ReplicationError {
	const { host, storageSubsystem, knownId, hideNames } = declared;
	const listed = [...new Set([...disks, ...groups].map(({ subsystem }) => subsystem))].filter((name) => name !== "");
	return problem({
		code: knownId === null ? errorCodes.invalidArguments : errorCodes.hostUnreachable,
		class: knownId === null ? "user" : "transport",
		what: `host ${host} lists nothing of the storage subsystem${hideNames ? "" : ` ${JSON.stringify(storageSubsystem)}; it lists: ${listed.join(", ") || "none"}`}.`,
		remedy:
			knownId === null
				? "correct the name."
				: "restore that host's contact to the array and run again, or correct the name.",
		property: "storageSubsystem",
	});
}

/**
 * Why none of the planned calls may be sent; `null`: they may. Arrays answer most of this with Invalid Parameter, which tells
 * nobody what to do, and some when half of the calls are done.
 */
export async function hindranceTo(
	declared: DeclaredGroup,
	sight: GroupSight,
	hosts: Hosts,
): Promise<ReplicationError | null> {
	const { group, isRelated, wished, calls, subsystem, members } = sight;
	if (calls.length === 0) return null;
	const name = groupName(declared);
	if (isRelated && declared.wish === "gone") {
		return problem({
			code: errorCodes.membersFixed,
			class: "user",
			what: `${name} at ${declared.host} is in a relationship with another group, which goes by its members.`,
			remedy:
				"end the GroupReplication first (destroy it, or take it out of the program), then the group; or declare deletePolicy: keep.",
		});
	}
	if (isRelated) {
		const labels = groupLabels(declared, sight);
		const told = labels.disk === null ? "other disks" : (members ?? []).map(labels.disk).join(", ");
		return problem({
			code: errorCodes.membersFixed,
			class: "user",
			what: `${name} at ${declared.host} is in a relationship and holds ${told}, and members are other disks or another order.`,
			remedy: "declare pairs of the GroupReplication, or take members away: then they are left as they are found.",
			property: "members",
		});
	}
	const has = (feature: number) => anyAdvertises(declared.host, subsystem, feature, hosts);
	const isEmpty = declared.wish === "declared" && (wished ?? []).length === 0;
	if (isEmpty && !(await has(features.EmptyReplicationGroupsAllowed))) {
		return problem({
			code: errorCodes.featureForbids,
			class: "user",
			what: `${name} would be empty, and ${arrayNamed(declared, subsystem)} does not say that it has empty groups (group feature 5).`,
			remedy: "declare members, one at least.",
			property: "members",
		});
	}
	const taken = (wished ?? []).flatMap((member, index) => {
		const holder = members?.includes(member) === true ? null : holderOf(sight, member);
		return holder === null || groupIdOf(holder) === declared.replacedId ? [] : [{ index, holder }];
	});
	const [first] = taken;
	if (first === undefined || (await has(features.ElementCanBeMemberOfMultipleGroups))) return null;
	const holder = declared.hideNames
		? "another group"
		: `the group ${first.holder.friendlyName || groupIdOf(first.holder)}`;
	return problem({
		code: errorCodes.invalidArguments,
		class: "user",
		what: `members[${first.index}]${called(declared, declared.members?.[first.index] ?? "")} is in ${holder}, and ${arrayNamed(declared, subsystem)} does not say that a disk may be in several (group feature 23).`,
		remedy: `take it out of that group first${group === null ? "" : ", in a run of its own"}.`,
		property: "members",
	});
}

/** Another group that holds the disk, by whatever ObjectId it is listed there. */
export function holderOf({ observation, group }: GroupSight, member: string): GroupFact | null {
	const disk = indexOf(observation).byObjectId.get(member.toLowerCase());
	const listed = disk === undefined ? [member] : listingsOf(observation, disk).map(({ objectId }) => objectId);
	const holder = (observation.groups ?? []).find(
		(other) => other !== group && other.members.some((own) => listed.some((id) => sameId(id, own))),
	);
	return holder ?? null;
}

/** Features are told for each kind of mirror; a group that is in no relationship yet may come to be in any. */
async function anyAdvertises(host: string, subsystem: string, feature: number, hosts: Hosts): Promise<boolean> {
	const { SynchronousMirrorLocal, AsynchronousMirrorLocal, SynchronousMirrorRemote, AsynchronousMirrorRemote } =
		replicationTypes;
	const told = await Promise.all(
		[SynchronousMirrorRemote, AsynchronousMirrorRemote, SynchronousMirrorLocal, AsynchronousMirrorLocal].map(
			(replicationType) => hosts.capabilities(host, { subsystem, replicationType, of: "group" }),
		),
	);
	return told.some((each) => each.features.includes(feature));
}

/** What the argument before it says. */
function called({ hideNames }: DeclaredGroup, text: string): string {
	return hideNames ? "" : `, ${JSON.stringify(text)},`;
}

function arrayNamed({ hideNames }: DeclaredGroup, array: string): string {
	return hideNames ? "the array" : array;
}

function problem(facts: Omit<ErrorFacts, "dataSafety">): ReplicationError {
	return new ReplicationError({ ...facts, dataSafety: "yes, nothing was changed." });
}
