import {
	describeGroupCall,
	describeMembers,
	type GroupCall,
	type GroupLabels,
	type Membership,
} from "../planner/groupMembership";
import { nameOf } from "./disks";
import type { GroupFact, HostObservation } from "./host";
import { idIn } from "./identity";
import { indexOf } from "./observationIndex";

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
	if (sight.group === null) return declared.hideNames ? "no such group" : `no group ${declared.friendlyName}`;
	const { disk } = groupLabels(declared, sight);
	return `${groupName(declared)} holds ${describeMembers(sight.members ?? [], disk) || "no disk"}`;
}

export function groupName({ friendlyName, hideNames }: DeclaredGroup): string {
	return hideNames ? "the group" : friendlyName;
}
