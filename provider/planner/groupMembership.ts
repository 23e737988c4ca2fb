/** Members of a replication group by their ids, in the order in which they are kept consistent; `null`: there is no group. */
export type Membership = readonly string[] | null;

/** A call that makes, changes or removes a group; its relationship is another matter. */
export type GroupCall =
	| { readonly kind: "create" | "add" | "remove"; readonly members: readonly string[] }
	| { readonly kind: "delete" };

/** Under which name the API has it. */
export const groupMethods = {
	create: "CreateReplicationGroup",
	add: "AddMember",
	remove: "RemoveMember",
	delete: "DeleteObject",
} as const satisfies Record<GroupCall["kind"], string>;

/**
 * The fewest calls that lead from one membership to the other. RemoveMember leaves the others in their order and AddMember
 * appends, so whoever stays is a beginning of the wished order. No group is empty on the way: arrays without group feature 5
 * refuse an empty one, or delete it with its last member, and with it what its relationships go by.
 */
export function planMembership(seen: Membership, wished: Membership): readonly GroupCall[] {
	if (wished === null) return seen === null ? [] : [...call("remove", seen), { kind: "delete" }];
	if (seen === null) return [{ kind: "create", members: wished }];
	const stays = longestBeginning(seen, wished);
	if (stays.length > 0 || seen.length === 0 || wished.length === 0) {
		return [...call("remove", without(seen, stays)), ...call("add", wished.slice(stays.length))];
	}
	const present = wished.findIndex((member) => seen.includes(member));
	const first = present === -1 ? wished : wished.slice(0, present);
	return [...call("add", first), ...call("remove", seen), ...call("add", wished.slice(first.length))];
}

/** What a call leads to. */
export function membershipAfter(seen: Membership, taken: GroupCall): Membership {
	switch (taken.kind) {
		case "create":
			return taken.members;
		case "add":
			return [...(seen ?? []), ...taken.members];
		case "remove":
			return without(seen ?? [], taken.members);
		case "delete":
			return null;
		default:
			return taken satisfies never;
	}
}

export function isSameMembership(one: Membership, other: Membership): boolean {
	if (one === null || other === null) return one === other;
	return one.length === other.length && one.every((member, index) => member === other[index]);
}

/** How a plan's lines name things. */
export interface GroupLabels {
	readonly host: string;
	readonly group: string;
	/** `null`: names are secret, and are counted. */
	readonly disk: ((member: string) => string) | null;
}

/** One line of `plannedOperations`, without its number. */
export function describeGroupCall(planned: GroupCall, { host, group, disk }: GroupLabels): string {
	const method = `${groupMethods[planned.kind]} at ${host}`;
	if (planned.kind === "delete") return `${method}: ${group} is deleted, the disks stay`;
	const { kind, members } = planned;
	const one = members.length === 1;
	const told = describeMembers(members, disk);
	switch (kind) {
		case "create":
			return `${method}: ${group} is made ${members.length === 0 ? "empty" : `of ${told}`}`;
		case "add":
			return `${method}: ${told} ${one ? "joins" : "join"} ${group} at its end`;
		case "remove":
			return `${method}: ${told} ${one ? "leaves" : "leave"} ${group}`;
		default:
			return kind satisfies never;
	}
}

export function describeMembers(members: readonly string[], disk: GroupLabels["disk"]): string {
	if (disk !== null) return members.map(disk).join(", ");
	return members.length === 1 ? "1 disk" : `${members.length} disks`;
}

function call(kind: "add" | "remove", members: readonly string[]): GroupCall[] {
	return members.length === 0 ? [] : [{ kind, members }];
}

function without(all: readonly string[], some: readonly string[]): string[] {
	return all.filter((member) => !some.includes(member));
}

/** The longest beginning of `wished` whose members are in `seen` in that order. */
function longestBeginning(seen: readonly string[], wished: readonly string[]): readonly string[] {
	let from = 0;
	for (const [index, member] of wished.entries()) {
		const at = seen.indexOf(member, from);
		if (at === -1) return wished.slice(0, index);
		from = at + 1;
	}
	return wished;
}
