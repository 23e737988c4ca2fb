import type { Outlook } from "../executor/outlook";

/** How many members are named that stand otherwise than the others. */
const tornAtMost = 16;

/** What the relationship of two groups is besides what one of two disks is (copies-and-groups.md §2.1). */
export interface FoundGroup {
	/** As the array reports it; null: it does not. */
	readonly consistency: boolean | null;
	/** How many pairs; null: the array shows none of them. */
	readonly members: number | null;
	/** Those that do not stand as most of them do, by their source's UniqueId, sorted; sixteen at most. */
	readonly torn: readonly string[];
}

export function foundGroup({ situation: { observed } }: Outlook): FoundGroup {
	const { consistency = null, members = null } = observed;
	const byStanding = new Map<string, string[]>();
	for (const { id, copyState, direction } of members ?? []) {
		const standing = JSON.stringify([copyState, direction]);
		byStanding.set(standing, [...(byStanding.get(standing) ?? []), id]);
	}
	const [, ...others] = [...byStanding.values()].sort((one, other) => other.length - one.length);
	return { consistency, members: members?.length ?? null, torn: others.flat().sort().slice(0, tornAtMost) };
}
