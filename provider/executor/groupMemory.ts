import { createHash } from "node:crypto";
import { type Journal, journalOf } from "./journal";
import type { RelationshipRecord } from "./record";
import { withoutNo } from "./record";

/** How many pairs of a group may be remembered by themselves: a state is no database. */
const exceptAtMost = 16;

/** What is remembered of one pair by itself. */
export type PairMemory = Pick<
	RelationshipRecord,
	"direction" | "copyState" | "syncMode" | "ahead" | "targetConsistent" | "sourceConsistent" | "readOnly"
>;

/** Identifies a group's pairs, in whatever order. */
export function digestOfPairs(ids: readonly string[]): string {
	const text = ids
		.map((id) => id.toLowerCase())
		.sort()
		.join("\n");
	return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** One pair of a group, and all that are in it now. */
export interface PairOf {
	readonly id: string;
	readonly ids: readonly string[];
}

/** The record of a group as that of one of its pairs. Of a pair that was not in it then nobody proved that it holds no writes of its own. */
export function recordOfPair(record: RelationshipRecord | null, { id, ids }: PairOf): RelationshipRecord | null {
	if (record?.group === undefined) return record;
	const { group, ...shared } = record;
	const own = group.except[id.toLowerCase()];
	if (own !== undefined) return { ...shared, ...own };
	return group.pairs === digestOfPairs(ids) ? shared : { ...shared, ahead: withoutNo(shared.ahead) };
}

/** The journal of a group as that of one of its pairs. */
export function journalOfPair(journal: Journal | null, pair: PairOf): Journal | null {
	if (journal === null) return null;
	const { members, group, ...shared } = journal;
	const known = members?.get(pair.id.toLowerCase());
	if (known !== undefined) return known;
	if (group !== null) return journalOf(recordOfPair(group, pair));
	const own: Journal = { ...shared, members: null, group: null };
	return members === null ? own : { ...own, ahead: withoutNo(own.ahead) };
}

/**
 * The memory of a group's pairs as a record keeps it: what most of them share, and those that stand otherwise. Where too
 * many do, both ends of all are told as ahead.
 */
export function sharedMemory(pairs: ReadonlyMap<string, PairMemory>): {
	readonly shared: PairMemory;
	readonly group: NonNullable<RelationshipRecord["group"]>;
} | null {
	const alike = new Map<string, { readonly memory: PairMemory; readonly ids: string[] }>();
	for (const [id, memory] of pairs) {
		const text = JSON.stringify(memory);
		const known = alike.get(text);
		if (known === undefined) alike.set(text, { memory, ids: [id] });
		else known.ids.push(id);
	}
	const [most] = [...alike.values()].sort((one, other) => other.ids.length - one.ids.length);
	if (most === undefined) return null;
	const { memory: shared } = most;
	const others = [...pairs].filter(([id]) => !most.ids.includes(id));
	const digest = digestOfPairs([...pairs.keys()]);
	if (others.length > exceptAtMost) {
		return { shared: { ...shared, ahead: { source: "yes", target: "yes" } }, group: { pairs: digest, except: {} } };
	}
	const except = Object.fromEntries(others.map(([id, memory]) => [id.toLowerCase(), memory]));
	return { shared, group: { pairs: digest, except } };
}
