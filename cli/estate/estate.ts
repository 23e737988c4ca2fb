import * as z from "zod";

/** The layout that this release writes. A field may be added to it; one that changes its meaning makes it 2. */
export const estateVersion = 1;

const text = z.string();
const count = z.int().nonnegative();
const end = z.enum(["source", "target"]);
const moment = z.iso.datetime();
const perEnd = <Value extends z.ZodType>(value: Value) => z.strictObject({ source: value, target: value });

/** From good to bad; the order of a list is the other way round. */
export const conditions = ["well", "notice", "attention", "unread"] as const;
export type Condition = (typeof conditions)[number];

const hazard = z.enum(["none", "availability", "protectionLoss", "dataLoss"]);
const loss = z.strictObject({
	end,
	age: z.enum(["recent", "yes"]).describe("recent: only the last writes; yes: writes of any age"),
	what: z
		.enum(["pointInTime", "disk"])
		.optional()
		.describe("Left out: writes; pointInTime: the image of a copy that nobody wrote to; disk: the copy's disk itself"),
});

const endSchema = z
	.strictObject({
		host: text.nullable().describe("Name of its host; null: no host that was asked lists the disk"),
		virtualDisk: text.nullable().describe("Null: the program keeps the name secret"),
		uniqueId: text.nullable().describe("Null: not known, or secret"),
		storageSubsystem: text.nullable().describe("The array; null: not known"),
		ailment: text
			.nullable()
			.describe("HealthStatus and OperationalStatus where they are not good; null: nothing is told"),
		isUsable: z.boolean().nullable().describe("False: by its health nothing can be served from it; null: not known"),
		unread: text.nullable().describe("Why it was not read; null: it was, or its host was not asked"),
	})
	.describe("A disk, at the end that the program declared; where nothing is declared, by the array's roles");

const declaredSchema = z
	.strictObject({
		state: z.enum(["active", "suspended", "reversed", "failedOver", "split", "inactive", "detached"]),
		syncMode: z.enum(["synchronous", "asynchronous"]).nullable(),
		lost: end.nullable(),
		onRoleChange: z.enum(["stop", "adopt", "repair"]).nullable().describe("Null: a copy has no roles"),
	})
	.describe("What the program wished at its last up");

const seenSchema = z.discriminatedUnion("presence", [
	z.strictObject({ presence: z.literal("absent") }).describe("Both hosts were read and none lists it"),
	z.strictObject({
		presence: z.literal("present"),
		copyState: text.describe("By name, or `unknown state 17`"),
		progressStatus: text,
		direction: z.enum(["forward", "reverse"]).nullable().describe("Null: no host says which disk is the source"),
		serving: end.nullable().describe("The end that takes I/O now; null: not known, or told in two ways"),
		syncMode: z.enum(["synchronous", "asynchronous", "unknown"]),
		percentSynced: z.number().nullable(),
		lagSeconds: z.number().nullable().describe("Null: not reported, which is not zero, or of a point-in-time copy"),
		syncTime: text.nullable().describe("As of when the target holds everything"),
		targetConsistent: z.boolean().nullable().describe("False: the copy on the target is half a disk"),
		ahead: perEnd(z.enum(["no", "recent", "yes"]).nullable()).describe("Which disk may hold writes of its own"),
		contradiction: text.nullable().describe("Roles, or a failover, that are told in two ways"),
		differences: z.array(text).describe("What else is told in two ways; the worse of each counts"),
	}),
]);

const nextUpSchema = z.discriminatedUnion("does", [
	z.strictObject({ does: z.literal("nothing") }),
	z.strictObject({
		does: z.literal("runs"),
		steps: z.array(z.strictObject({ text, hazard, loses: loss.nullable() })),
		thenPlansAgain: z.boolean().describe("What comes after the last step can be told only then"),
		consent: z.enum(["notNeeded", "given", "missing"]),
		warnings: z.array(text),
	}),
	z.strictObject({ does: z.literal("stops"), code: text, what: text, remedy: text }),
	z.strictObject({ does: z.literal("notKnown"), what: text }),
]);

const readinessSchema = z.discriminatedUnion("answer", [
	z.strictObject({
		answer: z.enum(["ready", "doubtful"]).describe("Legal both; doubtful: `warnings` speak against it"),
		operations: count,
		hazard,
		loses: z.array(loss),
		needsConsent: z.boolean(),
		lagSeconds: z.number().nullable().describe("How far the copy is behind now; null: not reported, so unknown"),
		warnings: z.array(text),
	}),
	z.strictObject({ answer: z.literal("refused"), code: text, what: text, remedy: text }),
	z.strictObject({ answer: z.literal("notKnown"), what: text }),
	z.strictObject({ answer: z.literal("noQuestion"), what: text }).describe("Of a point-in-time copy"),
]);

const copySchema = z.strictObject({
	complete: z.boolean().nullable().describe("The point in time is whole; null: not known"),
	pointInTime: text.nullable().describe("As the array reports it; null: not reported, or it is not at rest"),
	expiresAt: text.nullable().describe("From then on the next up ends it; null: nobody declares that"),
	ended: z
		.enum(["complete", "restored", "expired"])
		.nullable()
		.describe("Why it is gone, where that is as it should be"),
	restored: text.nullable().describe("Label of the restore last done; null: none, or nothing is declared"),
	restoreOpen: z
		.boolean()
		.nullable()
		.describe(
			"A restore was begun and is not proven: the copy may be the only good image; null: nobody here remembers",
		),
});

const relationshipSchema = z.strictObject({
	name: text.describe("Of the resource; where nothing is declared, both disks"),
	urn: text.nullable(),
	project: text.nullable(),
	stack: text.nullable(),
	id: text.nullable().describe("Of the resource: both UniqueIds; null: none, or secret"),
	kind: text.describe("`Mirror`, `Group`, `Snapshot`, `Clone`, `TokenizedClone`, or `unknown type 12`"),
	source: endSchema,
	target: endSchema,
	declared: declaredSchema.nullable().describe("Null: no stack that was given declares it"),
	seen: seenSchema.nullable().describe("Null: it could not be read"),
	error: text.nullable().describe("What the look at it ended with; null: it went well"),
	satisfied: z.boolean().nullable().describe("Null: nothing is declared, or it could not be read"),
	isProtected: z
		.boolean()
		.nullable()
		.describe(
			"A complete copy follows the serving disk; null: not known, or no question: nothing follows by a point-in-time copy",
		),
	copy: copySchema.nullable().describe("Null: it is no point-in-time copy"),
	lagLimit: z
		.strictObject({
			seconds: z.number(),
			from: z.enum(["commandLine", "recoveryPointObjectiveMinutes", "maxDataLossSeconds"]),
		})
		.nullable(),
	since: moment.nullable().describe("When our last run left it as it is seen; null: not known"),
	lastTransitionAt: moment.nullable().describe("The last run that did something; null: none is known"),
	interrupted: z.strictObject({ operation: text, step: count, of: count, at: text }).nullable(),
	nextUp: nextUpSchema.nullable().describe("What the next up of an unchanged program does; null: nothing is declared"),
	failover: readinessSchema.describe("If the serving site were lost now"),
	switchOver: readinessSchema.describe("A planned move to the other site, both in reach"),
	history: z.array(text).describe("The last transitions in the state, a line each, the newest last"),
	runs: z.array(text).describe("Its runs in the ledger, by their ids, the newest last"),
	condition: z.enum(conditions),
	reasons: z.array(text).describe("Why it is not well, the worst first"),
});

const groupSchema = z
	.strictObject({
		name: text.describe("Of the resource"),
		urn: text.nullable(),
		project: text.nullable(),
		stack: text.nullable(),
		host: text.nullable().describe("Null: what is declared could not be read"),
		storageSubsystem: text.nullable().describe("As declared; null: secret, or not known"),
		friendlyName: text.nullable().describe("As declared; null: secret, or not known"),
		uniqueId: text.nullable().describe("Null: not known, or secret"),
		present: z.boolean().nullable().describe("There is such a group; null: it could not be read"),
		members: z.array(text).nullable().describe("Its disks now, in order; null: none is there, not known, or secret"),
		related: z.boolean().nullable().describe("It is in a relationship with another group; null: not known"),
		satisfied: z.boolean().nullable().describe("Null: it could not be read"),
		interrupted: z.strictObject({ operation: text, at: text }).nullable(),
		nextUp: nextUpSchema.describe("What the next up of an unchanged program does"),
		runs: z.array(text).describe("Its runs in the ledger, by their ids, the newest last"),
		condition: z.enum(conditions),
		reasons: z.array(text).describe("Why it is not well, the worst first"),
	})
	.describe("A replication group that a program declares. A relationship of two groups is a relationship");

const hostSchema = z.strictObject({
	name: text,
	address: text.nullable(),
	hostTime: text.nullable().describe("The host's clock when it answered; null: not told"),
	disks: count.nullable(),
	error: text.nullable().describe("Why it could not be read"),
	unread: z.array(text).describe("What it could not tell while it told the rest: more may be there"),
});

const runSchema = z.strictObject({
	run: text,
	urn: text.nullable(),
	name: text.nullable(),
	kind: z
		.enum(["Mirror", "Group", "Snapshot", "Clone", "ReplicationGroup"])
		.nullable()
		.describe("Null: not told, by a run of an older release that had no resource"),
	project: text.nullable(),
	stack: text.nullable(),
	ends: perEnd(z.strictObject({ host: text, virtualDisk: text.nullable() }))
		.nullable()
		.describe("Null: it was a run of a replication group"),
	group: z
		.strictObject({ host: text, storageSubsystem: text.nullable(), friendlyName: text.nullable() })
		.nullable()
		.describe("Null: it was a run of a relationship"),
	startedAt: moment,
	durationMs: count.nullable().describe("Null: it did not end"),
	who: text,
	url: text.nullable().describe("Of the pipeline's run"),
	why: text.nullable(),
	wish: text,
	before: text.nullable().describe("What was seen before anything was sent"),
	after: text.nullable().describe("What was seen last"),
	outcome: z.enum(["finished", "stopped", "noEnd"]).describe("noEnd: killed, or still running"),
	stop: z.strictObject({ code: text, what: text }).nullable(),
	movedRoles: z.boolean().describe("Failover, Failback or ReverseRoles was sent"),
	steps: z.array(
		z.strictObject({
			text,
			outcome: z.enum(["done", "failed", "notTried", "notKnown"]),
			durationMs: count.nullable(),
			calls: z.array(z.strictObject({ operation: text, call: text, answer: text })),
		}),
	),
	consent: z.array(text),
	dataSafe: text.nullable(),
	goesOnFrom: text.nullable(),
});

const summarySchema = z.strictObject({
	relationships: count,
	copies: count.describe("Those of them that are point-in-time copies; protection, failover and lag are of the others"),
	groups: count.describe("Replication groups that are declared"),
	restoresOpen: count,
	isProtected: count,
	notProtected: count,
	protectionNotKnown: count,
	needPerson: count.describe("Relationships and replication groups of condition attention or unread"),
	failoverReady: count,
	worstLag: z.strictObject({ name: text, seconds: z.number() }).nullable(),
	condition: z.enum(conditions).describe("The worst of all, hosts that could not be read included"),
});

/** Everything that is known of an estate at one moment: lists, reports and metrics are made of this and of nothing else. */
export const estateSchema = z.strictObject({
	schemaVersion: z.literal(estateVersion),
	readAt: moment,
	readMs: count,
	hosts: z.array(hostSchema),
	relationships: z.array(relationshipSchema).describe("The worst first"),
	groups: z.array(groupSchema).describe("The worst first"),
	runs: z.array(runSchema).nullable().describe("The oldest first; null: no ledger was given"),
	summary: summarySchema,
	notes: z.array(text).describe("What was given and could not be used"),
});

export type Estate = z.infer<typeof estateSchema>;
export type Relationship = Estate["relationships"][number];
export type Group = Estate["groups"][number];
export type RelationshipEnd = Relationship["source"];
export type Seen = NonNullable<Relationship["seen"]>;
export type NextUp = NonNullable<Relationship["nextUp"]>;
export type Readiness = Relationship["failover"];
export type HostRead = Estate["hosts"][number];
export type RunReport = NonNullable<Estate["runs"]>[number];
export type Summary = Estate["summary"];
