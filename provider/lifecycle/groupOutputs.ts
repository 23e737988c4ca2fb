import type { Outlook } from "../executor/outlook";

/** How many members are named that stand otherwise than the others. */
const tornAtMost = 16;

/** What the relationship of two groups is besides what one of two disks is (copies-and-groups.md §2.1). */
export interface FoundGroup {
	/** As the array reports it; null: it does not. */
	readonly consistency: boolean | null;
	/** How many pairs; null: the array shows none of them. Left out: one could not be read, and what was known stays. */
	readonly members?: number | null;
	/** Those that do not stand as most of them do, by their source's UniqueId, sorted; sixteen at most. Left out likewise. */
	readonly torn?: readonly string[];
}

export function foundGroup({ situation: { observed }, pairs = [] }: Outlook): FoundGroup {
	const { consistency = null, members = null } = observed;
	if (members?.some(({ read }) => !read)) return { consistency };
	const byStanding = new Map<string, string[]>();
	for (const { key, isMember, observed: seen } of pairs) {
		if (!isMember) continue;
		const standing = JSON.stringify([seen.copyState, seen.direction]);
		byStanding.set(standing, [...(byStanding.get(standing) ?? []), key]);
	}
	const [, ...others] = [...byStanding.values()].sort((one, other) => other.length - one.length);
	return { consistency, members: members?.length ?? null, torn: others.flat().sort().slice(0, tornAtMost) };
}
