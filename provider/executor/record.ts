import { z } from "zod";
import { describeIssues, inOurWords } from "../model/describeIssues";
import { errorCodes } from "../model/errorCodes";
import { ends, otherDirection, type PerEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { relationship } from "../model/vocabulary";

/** The newest layout of a record. Older ones are read for ever: destroy and refresh run today's code on old state. */
const recordVersion = 1;

const ahead = z.enum(["no", "recent", "yes"]);
const copyState = z.enum([
	...(Object.keys(relationship.synchronizedCopyState) as (keyof typeof relationship.synchronizedCopyState)[]),
	"absent",
]);

const recordSchema = z.object({
	version: z.literal(recordVersion),
	/** Counts the runs that issued something: an approval fits one generation only. */
	generation: z.int().nonnegative(),
	/** What was last proved on the array. */
	direction: z.enum(["forward", "reverse"]),
	copyState,
	syncMode: z.enum(["Unknown", "Synchronous", "Asynchronous"]),
	/** Which end may hold writes of its own, by declared end. */
	ahead: z.object({ source: ahead, target: ahead }),
	/** False: a copy was begun and not yet proven complete. Null: not known. */
	targetConsistent: z.boolean().nullable(),
	/** Which disks took no writes then. One that takes writes later although its role did not change is split brain. */
	readOnly: z.object({ source: z.boolean(), target: z.boolean() }),
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
		})
		.optional(),
	/** The last five transitions, one line each, at most 200 bytes: longer histories slow every run down (measured). */
	history: z.array(z.string()).max(5),
});

/**
 * Our memory of a relationship between runs. Only create and update write it; read copies it verbatim, because a
 * refresh that updated it would make every role change behind our back look agreed (measured on the real engine).
 */
export type RelationshipRecord = z.infer<typeof recordSchema>;

/** Reads a record of any version from state; null when there is none yet. */
export function readRecord(value: unknown): RelationshipRecord | null {
	if (value === undefined || value === null) return null;
	const result = recordSchema.safeParse(value, inOurWords);
	if (result.success) return result.data;
	const version = z.object({ version: z.unknown() }).safeParse(value);
	throw new ReplicationError({
		code: errorCodes.recordUnreadable,
		class: "user",
		what: `the record in the state cannot be read (version ${String(version.data?.version ?? "missing")}, this release writes ${recordVersion}): ${describeIssues(result.error, "the record")}.`,
		dataSafety: "yes, nothing was changed.",
		remedy: "use the release that wrote the state, or a newer one.",
	});
}

/** The record of a relationship that nobody has run anything for. */
export const emptyRecord: RelationshipRecord = {
	version: recordVersion,
	generation: 0,
	direction: "forward",
	copyState: "absent",
	syncMode: "Unknown",
	ahead: { source: "no", target: "no" },
	targetConsistent: null,
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

export function withHistory(record: RelationshipRecord, line: string): RelationshipRecord {
	return { ...record, history: [...record.history, line.slice(0, 200)].slice(-5) };
}

function swapped<T>(values: PerEnd<T>): PerEnd<T> {
	const [source, target] = ends;
	return { source: values[target], target: values[source] };
}
