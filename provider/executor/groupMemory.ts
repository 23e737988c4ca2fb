import { createHash } from "node:crypto";
import type { End } from "../model/relationship";
import { type Journal, journalOf } from "./journal";
import type { RelationshipRecord } from "./record";
import { swapEnds, withoutNo } from "./record";

/** How many pairs of a group may be remembered by themselves: a state is no database. */
const exceptAtMost = 16;

/** What is remembered of one pair by itself. */
export type PairMemory = Pick<
	RelationshipRecord,
	"direction" | "copyState" | "syncMode" | "ahead" | "targetConsistent" | "sourceConsistent" | "readOnly"
>;

/** Identifies a group's pairs, in whatever order. */
export function digestOfPairs(keys: readonly string[]): string {
	const text = keys
		.map((key) => key.toLowerCase())
		.sort()
		.join("\n");
	return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** One pair of a group by its source's UniqueId, and those of all that are in it now. */
export interface PairOf {
	readonly key: string;
	readonly keys: readonly string[];
}

/**
 * The record of a group as that of one of its pairs. Of a pair that was not in it then nobody proved that it holds no writes
 * of its own; and where ids changed, it may be any of those that stood otherwise.
 */
export function recordOfPair(record: RelationshipRecord | null, { key, keys }: PairOf): RelationshipRecord | null {
	if (record === null) return null;
	const { group, ...shared } = record;
	if (group === undefined) return { ...shared, ...doubted(shared) };
	const own = group.except[key.toLowerCase()];
	if (own !== undefined) return { ...shared, ...own };
	if (group.pairs === digestOfPairs(keys)) return shared;
	const present = keys.map((each) => each.toLowerCase());
	const lost = Object.entries(group.except).flatMap(([id, memory]) => (present.includes(id) ? [] : [memory]));
	return { ...shared, ...doubted(worstOf(shared, lost)) };
}

/** The journal of a group as that of one of its pairs. Of one that was not there at a step of this run nobody proved a `no`. */
export function journalOfPair(journal: Journal | null, pair: PairOf): Journal | null {
	if (journal === null) return null;
	const { members, record, ...shared } = journal;
	const known = members?.get(pair.key.toLowerCase());
	if (known !== undefined) return known;
	if (record !== null) return journalOf(recordOfPair(record, pair));
	return { ...shared, members: null, record: null, ahead: withoutNo(shared.ahead) };
}

/**
 * The memory of a group's pairs as a record keeps it: what most of them share, and those that stand otherwise. Where too
 * many do, the worst of any is told of all, and both ends as ahead.
 */
export function sharedMemory(pairs: ReadonlyMap<string, PairMemory>): {
	readonly shared: PairMemory;
	readonly group: NonNullable<RelationshipRecord["group"]>;
} | null {
	const alike = new Map<string, { readonly memory: PairMemory; readonly keys: string[] }>();
	for (const [key, memory] of pairs) {
		const text = JSON.stringify(memory);
		const known = alike.get(text);
		if (known === undefined) alike.set(text, { memory, keys: [key] });
		else known.keys.push(key);
	}
	const [most] = [...alike.values()].sort((one, other) => other.keys.length - one.keys.length);
	if (most === undefined) return null;
	const { memory: shared } = most;
	const others = [...pairs].filter(([key]) => !most.keys.includes(key));
	const digest = digestOfPairs([...pairs.keys()]);
	if (others.length > exceptAtMost) {
		const worst = worstOf(
			shared,
			others.map(([, memory]) => memory),
		);
		return { shared: { ...worst, ahead: { source: "yes", target: "yes" } }, group: { pairs: digest, except: {} } };
	}
	const except = Object.fromEntries(others.map(([key, memory]) => [key.toLowerCase(), memory]));
	return { shared, group: { pairs: digest, except } };
}

/** The memory of a pair that may be any of these: what makes a plan more careful counts, and of `no` nothing is left. */
function worstOf(first: PairMemory, others: readonly PairMemory[]): PairMemory {
	const all = [first, ...others];
	const ahead = (end: End) => (all.some((memory) => memory.ahead[end] === "yes") ? "yes" : null);
	const whole = (of: "targetConsistent" | "sourceConsistent") => {
		const told = all.map((memory) => memory[of]);
		return told.includes(false) ? false : told.includes(null) ? null : true;
	};
	return {
		...first,
		ahead: { source: ahead("source"), target: ahead("target") },
		targetConsistent: whole("targetConsistent"),
		sourceConsistent: whole("sourceConsistent"),
	};
}

/** Of a pair that need not be the one that this was proved of, only what warns is believed. */
function doubted(memory: PairMemory): PairMemory {
	return {
		...memory,
		ahead: withoutNo(memory.ahead),
		targetConsistent: memory.targetConsistent === false ? false : null,
		sourceConsistent: memory.sourceConsistent === false ? false : null,
	};
}

/** Whether an end is half a disk by what is remembered: of a group in all of its pairs, or in a part of them. */
export function halfIn(
	{ group, ...shared }: Pick<RelationshipRecord, "group" | "targetConsistent" | "sourceConsistent">,
	of: "targetConsistent" | "sourceConsistent",
): "all" | "part" | null {
	const memories = [shared, ...Object.values(group?.except ?? {})];
	const halves = memories.filter((memory) => memory[of] === false).length;
	return halves === 0 ? null : halves === memories.length ? "all" : "part";
}

/** The memory of each of a group's pairs changed in one way. */
export function withEachPair<Of extends RelationshipRecord>(
	record: Of,
	change: (memory: PairMemory) => Partial<PairMemory>,
): Of {
	const { group } = record;
	const own = { ...record, ...change(record) };
	if (group === undefined) return own;
	const except = Object.fromEntries(
		Object.entries(group.except).map(([key, memory]) => [key, { ...memory, ...change(memory) }]),
	);
	return { ...own, group: { ...group, except } };
}

/** The same memory with the ends declared the other way round: pairs have other sources then, and what was said of one is said of all. */
export function exchanged(record: RelationshipRecord): RelationshipRecord {
	const { group } = record;
	if (group === undefined) return swapEnds(record);
	return swapEnds({ ...record, ...worstOf(record, Object.values(group.except)), group: { ...group, except: {} } });
}
