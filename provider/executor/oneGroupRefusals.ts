import { errorCodes } from "../model/errorCodes";
import { type ErrorFacts, ReplicationError } from "../model/replicationError";
import {
	replicationCapabilitiesGetSupportedGroupFeaturesFeatures as features,
	replicationCapabilitiesSupportedReplicationTypes as replicationTypes,
} from "../model/vocabulary/capabilities";
import { type DiskSearch, findDisk } from "./disks";
import type { GroupFact, HostObservation, Unread } from "./host";
import type { Hosts } from "./hosts";
import { idIn, listingsOf, sameId } from "./identity";
import { indexOf } from "./observationIndex";
import { type DeclaredGroup, type GroupSight, groupIdOf, groupLabels, groupName } from "./oneGroup";

// Why nothing is sent. Where names are secret, none of it names a group, a disk or an array.

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
function holderOf({ observation, group }: GroupSight, member: string): GroupFact | null {
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

/** A member as it is declared, and the array that it is to be on. */
export interface MemberAt {
	readonly index: number;
	readonly array: string;
}

export function noSuchDisk(
	observation: HostObservation,
	declared: DeclaredGroup,
	{ index, array }: MemberAt,
): ReplicationError {
	const name = declared.members?.[index] ?? "";
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
	const offer = nearest.length === 0 ? " (none is near it)" : ` (nearest: ${nearest.join(", ")})`;
	return problem({
		code: errorCodes.diskNotFound,
		class: "user",
		what: declared.hideNames
			? `host ${declared.host} has no virtual disk of the name that members[${index}] says.`
			: `host ${declared.host} has no virtual disk ${JSON.stringify(name)}, which is members[${index}]${offer}.`,
		remedy: "correct the name, or give its UniqueId.",
		property: "members",
	});
}

export function ambiguousGroup(declared: DeclaredGroup, found: readonly GroupFact[]): ReplicationError {
	const ids = declared.hideNames ? "" : ` (ids: ${found.map(groupIdOf).join(", ")})`;
	return problem({
		code: errorCodes.ambiguousDiskName,
		class: "user",
		what: `host ${declared.host} has ${found.length} replication groups that friendlyName${called(declared, declared.friendlyName)} may mean${ids}.`,
		remedy: "declare the UniqueId of the one you mean as friendlyName.",
		property: "friendlyName",
	});
}

export function ambiguousDisk(
	observation: HostObservation,
	declared: DeclaredGroup,
	{ index, array }: MemberAt,
	{ disks, alike }: Extract<DiskSearch, { readonly found: "many" }>,
): ReplicationError {
	const ids = disks.map((disk) => idIn(observation, disk)).join(", ");
	const which = declared.hideNames ? "" : `, ${JSON.stringify(declared.members?.[index])} (${ids})`;
	return problem({
		code: alike === "name" ? errorCodes.ambiguousDiskName : errorCodes.sharedUniqueId,
		class: "user",
		what: `${disks.length} virtual disks of ${arrayNamed(declared, array)} may be meant by members[${index}]${which}.`,
		remedy: "declare the id of the one you mean, its ObjectId where the UniqueId is not its own.",
		property: "members",
	});
}

/** `null`: each disk is named once. */
export function namedTwice(declared: DeclaredGroup, wished: readonly string[]): ReplicationError | null {
	const at = wished.findIndex((member, index) => wished.indexOf(member) !== index);
	if (at === -1) return null;
	const first = wished.indexOf(wished[at] ?? "");
	const which = declared.hideNames ? "" : `, ${JSON.stringify(declared.members?.[at])}`;
	return problem({
		code: errorCodes.oneDiskTwice,
		class: "user",
		what: `members[${first}] and members[${at}] are the same disk${which}.`,
		remedy: "name each disk once.",
		property: "members",
	});
}

/** An array that is not there at all: a wrong name, or one in trouble whose group nobody may count as gone. */
export function noSubsystem({ disks, groups = [] }: HostObservation, declared: DeclaredGroup): ReplicationError {
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

export type Hiding = Extract<Unread, { readonly remedy: string }>;

export function notAllRead(declared: DeclaredGroup, kind: "groups" | "disks", part: Hiding): ReplicationError {
	const { host, hideNames } = declared;
	const cause = hideNames ? `not all ${kind} could be read.` : part.what;
	return problem({
		code: errorCodes.hostUnreachable,
		class: "transport",
		what: `host ${host} answers, but ${cause} So of ${groupName(declared)} nothing can be told.`,
		remedy: part.remedy,
	});
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
