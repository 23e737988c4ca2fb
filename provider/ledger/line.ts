import * as z from "zod";

/** The layout that this release writes. What a newer one wrote is counted and left alone, never guessed at. */
export const lineVersion = 1;

const common = { version: z.literal(lineVersion), run: z.string().min(1), at: z.iso.datetime() };
const count = z.int().nonnegative();
const position = { step: z.int().positive(), of: z.int().positive() };
const until = z.object({ copyState: z.string(), direction: z.enum(["forward", "reverse"]) });

/** Name and id are left out where the program keeps the disks' names secret. */
const place = z.object({
	host: z.string(),
	virtualDisk: z.string().optional(),
	/** UniqueId, or the ObjectId of a disk that has none of its own; null: not known yet. */
	id: z.string().nullable().optional(),
});

/** A replication group. Its array, name and id are left out where the program keeps names secret. */
const group = z.object({
	host: z.string(),
	storageSubsystem: z.string().optional(),
	friendlyName: z.string().optional(),
	/** UniqueId, or the ObjectId of a group that has none; null: not known yet. */
	id: z.string().nullable().optional(),
});

/** Who ran it: of a pipeline its actor and run, else the user and the machine. */
const who = z.object({
	from: z.enum(["github", "azure", "gitlab", "machine"]),
	actor: z.string(),
	/** Repository or project; of a machine its name. */
	place: z.string(),
	/** The pipeline's own number of the run. */
	run: z.string().nullable(),
	url: z.string().nullable(),
});

/** What allowed the losses of a plan. */
const consent = z.discriminatedUnion("by", [
	/** It loses nothing. */
	z.object({ by: z.literal("nothingNeeded") }),
	/** Of the token only a digest: who was given it can tell that it is this one, and nobody can use it. */
	z.object({ by: z.literal("approval"), tokenDigest: z.string() }),
	/** A copy's standing consent to lose what it is. */
	z.object({ by: z.literal("expendable"), expendable: z.enum(["nothing", "pointInTime", "everything"]) }),
	z.object({ by: z.literal("lag"), lagSeconds: z.number(), maxDataLossSeconds: z.number() }),
	/** It was missing: such a plan does not run. */
	z.object({ by: z.literal("nothing"), reason: z.string() }),
]);

const planned = {
	/** As preview prints it, a line a step. */
	plan: z.array(z.string()),
	/** Identifies the steps and the facts they were made for; null: there was no plan. */
	planDigest: z.string().nullable(),
	/** Null: there was no plan. */
	consent: consent.nullable(),
};

const answer = z.discriminatedUnion("how", [
	z.object({ how: z.literal("answered"), returnCode: count, job: z.string().nullable() }),
	/** No answer came: only the array knows whether it had its effect. */
	z.object({ how: z.literal("cutOff") }),
	z.object({ how: z.literal("notSent") }),
]);

const ending = {
	/** Why it stopped; null: it finished. A code of a newer release is one all the same. */
	stop: z.object({ code: z.string().regex(/^SR\d{4}$/), what: z.string() }).nullable(),
	/** The steps that were proved, the one that it stopped in, and those after it. */
	done: z.array(z.string()),
	failed: z.string().nullable(),
	notTried: z.array(z.string()),
	/** The state of the relationship at the last look; null: it was not seen. */
	seen: z.string().nullable(),
	/** The answer to "is my data safe?", a sentence. */
	dataSafe: z.string(),
	durationMs: count,
};

/** A line of the ledger. What happens in a run is in the order of its lines; lines of other runs may stand between. */
export const lineSchema = z.discriminatedUnion("kind", [
	z.object({
		...common,
		kind: z.literal("runStarted"),
		urn: z.string().nullable(),
		stack: z.string().nullable(),
		project: z.string().nullable(),
		/** Of the resource. */
		name: z.string().nullable(),
		/** The ends of a relationship; left out: the run is one of a replication group. */
		source: place.optional(),
		target: place.optional(),
		/** Left out: a Mirror, as of all that older releases wrote; or the run is one of a replication group. */
		relationship: z.enum(["Mirror", "Group", "Snapshot", "Clone"]).optional(),
		/** Left out: the run is one of a relationship. */
		group: group.optional(),
		/** Digest of both ids and the kind, which finds the pair also where they are not told; null: not both are known. */
		pair: z.string().nullable(),
		wish: z.string(),
		/** Of the record that it began with: a record that is further on knows more than this run. */
		generation: count,
		who,
		why: z.string().nullable(),
		...planned,
		/** The state of the relationship before anything was sent; null: it was not seen. */
		before: z.string().nullable(),
		/** The run that did not end and whose call it waited for; null: none. */
		goesOnFrom: z.string().nullable(),
	}),
	/** After waiting for something in flight: what follows was planned from what was seen then, and consented to anew. */
	z.object({ ...common, kind: z.literal("plannedAgain"), ...planned }),
	/** Written, and on the disk, before the call is sent. */
	z.object({
		...common,
		kind: z.literal("callStarted"),
		...position,
		operation: z.string(),
		/** Of the API; null: a method of its own, as CreateReplica or AddMember. */
		number: count.nullable(),
		host: z.string(),
		virtualDisk: z.string().optional(),
		/** Left out: a call on a replication group. */
		until: until.optional(),
		/** Of a call on a replication group: a digest of its disks' ids, in order, when it has had its effect. */
		leadsTo: z.string().optional(),
	}),
	z.object({ ...common, kind: z.literal("callEnded"), ...position, answer, durationMs: count }),
	z.object({ ...common, kind: z.literal("stepProved"), ...position, seen: z.string(), durationMs: count }),
	z.object({ ...common, kind: z.literal("runEnded"), ...ending }),
]);

export type LedgerLine = z.infer<typeof lineSchema>;
export type LineOf<Kind extends LedgerLine["kind"]> = Extract<LedgerLine, { readonly kind: Kind }>;
