import * as z from "zod";
import { describeIssues, inOurWords } from "../model/describeIssues";
import { errorCodes } from "../model/errorCodes";
import { ends, otherDirection, type PerEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { relationship } from "../model/vocabulary";

/** The newest layout of a record. Older ones are read for ever: destroy and refresh run today's code on old state. */
const recordVersion = 2;

const copyState = z.enum([
	...(Object.keys(relationship.synchronizedCopyState) as (keyof typeof relationship.synchronizedCopyState)[]),
	"absent",
]);

/** `yes`: it may hold writes of its own. `no`, of a target: it held none. Null: as the state says. */
const ahead = z.enum(["no", "yes"]).nullable();
const direction = z.enum(["forward", "reverse"]);
const syncMode = z.enum(["Unknown", "Synchronous", "Asynchronous"]);
const flags = z.object({ source: z.boolean(), target: z.boolean() });

/** What is remembered of each pair of a group. */
const pairMemory = {
	direction,
	copyState,
	syncMode,
	ahead: z.object({ source: ahead, target: ahead }),
	targetConsistent: z.boolean().nullable(),
	sourceConsistent: z.boolean().nullable(),
	readOnly: flags,
};

const common = {
	/** Counts the runs that issued something: an approval fits one generation only. */
	generation: z.int().nonnegative(),
	/** What was last proved on the array. */
	direction,
	copyState,
	syncMode,
	/** False: a copy onto the target of `direction` was begun and not yet proven complete. Null: not known. */
	targetConsistent: z.boolean().nullable(),
	/** Which disks took no writes then. One that takes writes later although its role did not change is split brain. */
	readOnly: flags,
	/** The wish that the last run was for, so that a changed wish can be told from changed roles. */
	wish: z.string(),
	/** The step that a failed run was in. */
	interrupted: z
		.object({
			operation: z.string(),
			step: z.int(),
			of: z.int(),
			/** ISO 8601, clock of the machine that ran it. */
			at: z.string(),
			/** When its call was made, where it was neither proved nor refused: the effect may still be to come. */
			sentAt: z.iso.datetime().optional(),
			/**
			 * Whether a call of ours may have moved the roles. Left out: the operation tells. Only the ledger knows more than
			 * the last one, and of one that somebody asked for by name that it was not ours.
			 */
			rolesMoved: z.boolean().optional(),
			/** Of a group, where only some took it: how many of its pairs did. */
			moved: z.object({ pairs: z.int(), of: z.int() }).optional(),
		})
		.optional(),
	/** Of a group: which pairs the rest was written of, and those of them that stand otherwise, by their source's UniqueId. */
	group: z.object({ pairs: z.string(), except: z.record(z.string(), z.object(pairMemory)) }).optional(),
	/** Of a point-in-time copy: what was done of what is asked once, which point in time it holds, how it ended. */
	copy: z
		.object({
			/** Digest of the `triggers` last done. */
			triggersDone: z.string().nullable(),
			/** Label of the restore last done. */
			restoreDone: z.string().nullable(),
			/** ISO 8601, to the second, as the array reported it. */
			syncTime: z.string().nullable(),
			ended: z.enum(["complete", "restored", "expired"]).nullable(),
			/** A restore was begun and is not proven: the target is the only good image. */
			restoreOpen: z.boolean(),
		})
		.optional(),
	/** The last five transitions, one line each, at most 200 bytes: longer histories slow every run down (measured). */
	history: z.array(z.string()).max(5),
};

const recordSchema = z.object({
	...common,
	version: z.literal(recordVersion),
	/** Which end may hold writes of its own, by declared end. */
	ahead: z.object({ source: ahead, target: ahead }),
	/** Both ends' hosts listed the relationship: then one that does not any more has lost half of it. Some list it at one end only. */
	bothListed: z.boolean().default(false),
	/** The same as `targetConsistent` of the source: false after a Failback that was begun and not proven. */
	sourceConsistent: z.boolean().nullable(),
});

const aheadOfVersion1 = z.enum(["no", "recent", "yes"]);
const recordOfVersion1 = z.object({
	...common,
	version: z.literal(1),
	ahead: z.object({ source: aheadOfVersion1, target: aheadOfVersion1 }),
});

/**
 * Our memory of a relationship between runs. Only create and update write it; read copies it verbatim, because a
 * refresh that updated it would make every role change behind our back look agreed (measured on the real engine).
 */
export type RelationshipRecord = z.infer<typeof recordSchema>;

/** Reads a record of any version from state; null when there is none yet. */
export function readRecord(value: unknown): RelationshipRecord | null {
	if (value === undefined || value === null) return null;
	const text = JSON.stringify(value);
	if (text === lastRead?.text) return lastRead.record;
	const result = recordSchema.safeParse(value, inOurWords);
	if (result.success) {
		lastRead = { text, record: result.data };
		return result.data;
	}
	const old = recordOfVersion1.safeParse(value);
	if (old.success) return fromVersion1(old.data);
	const version = z.object({ version: z.unknown() }).safeParse(value);
	throw new ReplicationError({
		code: errorCodes.recordUnreadable,
		class: "user",
		what: `the record in the state cannot be read (version ${String(version.data?.version ?? "missing")}, this release writes ${recordVersion}): ${describeIssues(result.error, "the record")}.`,
		dataSafety: "yes, nothing was changed.",
		remedy: "use the release that wrote the state, or a newer one.",
	});
}

/** Records of unchanged relationships are one text, read a second time by diff (docs/benchmarks.md). */
let lastRead: { readonly text: string; readonly record: RelationshipRecord } | null = null;

/** Version 1 forgot who is ahead in cases that this release remembers: only what can do no harm is believed of it. */
function fromVersion1(old: z.infer<typeof recordOfVersion1>): RelationshipRecord {
	const believed = (value: "no" | "recent" | "yes") => (value === "yes" ? ("yes" as const) : null);
	const brokenOff = old.interrupted?.operation === "Failback";
	return {
		...old,
		version: recordVersion,
		ahead: brokenOff
			? { source: "yes", target: "yes" }
			: { source: believed(old.ahead.source), target: believed(old.ahead.target) },
		targetConsistent: old.targetConsistent === false ? false : null,
		sourceConsistent: brokenOff ? false : null,
		bothListed: false,
	};
}

/** The record of a relationship that nobody has run anything for. */
export const emptyRecord: RelationshipRecord = {
	version: recordVersion,
	generation: 0,
	direction: "forward",
	copyState: "absent",
	syncMode: "Unknown",
	ahead: { source: null, target: null },
	targetConsistent: null,
	sourceConsistent: null,
	bothListed: false,
	readOnly: { source: false, target: false },
	wish: "",
	history: [],
};

/** The same memory with the ends declared the other way round. */
export function swapEnds(record: RelationshipRecord): RelationshipRecord {
	return {
		...record,
		direction: otherDirection(record.direction),
		ahead: swapped(record.ahead),
		readOnly: swapped(record.readOnly),
	};
}

/** That a disk holds no writes of its own is not known any more. */
export function withoutNo<Held extends "no" | "recent" | "yes">({
	source,
	target,
}: PerEnd<Held | null>): PerEnd<Exclude<Held, "no"> | null> {
	const kept = (held: Held | null) => (held === "no" ? null : (held as Exclude<Held, "no"> | null));
	return { source: kept(source), target: kept(target) };
}

export function withHistory(record: RelationshipRecord, line: string): RelationshipRecord {
	return { ...record, history: [...record.history, line.slice(0, 200)].slice(-5) };
}

function swapped<T>(values: PerEnd<T>): PerEnd<T> {
	const [source, target] = ends;
	return { source: values[target], target: values[source] };
}
