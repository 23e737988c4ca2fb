import * as z from "zod";
import { ReplicationEnd, ReplicationState } from "../model/argumentValues";
import { describeIssues, inOurWords } from "../model/describeIssues";
import { newerProgressStatus, type ProgressStatus } from "../model/relationship";
import { operations, relationship } from "../model/vocabulary";
import { replicationCapabilitiesGetSupportedOperationsSupportedOperations as supportedOperations } from "../model/vocabulary/capabilities";
import type { Situation } from "./situation";

/** A name of the vocabulary, or a number that it does not name. */
const nameOrUnknown = <const Names extends readonly [string, ...string[]]>(names: Names) =>
	z.union([z.enum(names), z.strictObject({ unknown: z.int().nonnegative() })], {
		error: () => `expected one of ${names.join(", ")}, or { "unknown": number }`,
	});

const namesOf = <Table extends object>(...tables: Table[]) =>
	[...new Set(tables.flatMap((table) => Object.keys(table)))] as [keyof Table & string, ...(keyof Table & string)[]];

const perEnd = <Value extends z.ZodType>(value: Value) => z.strictObject({ source: value, target: value });

/** Absent and null mean the same; the default is what an observer would say that has nothing to report. */
const orElse = <Value extends z.ZodType>(value: Value, fallback: z.output<Value>) =>
	value.nullish().transform((given): z.output<Value> => given ?? fallback);

/** A boolean for each end; an end that is left out is as if nothing was reported of it. */
const flags = (fallback: boolean) =>
	orElse(perEnd(orElse(z.boolean(), fallback)), { source: fallback, target: fallback });

const ahead = orElse(z.enum(["no", "recent", "yes"]).nullable(), null);

const progressStatus = nameOrUnknown(
	namesOf<Partial<Record<ProgressStatus, number>>>(
		relationship.synchronizedProgressStatus,
		relationship.virtualDiskToVirtualDiskProgressStatus,
		newerProgressStatus,
	),
);

const syncType = nameOrUnknown(namesOf(operations.virtualDiskCreateReplicaSyncType));
const copyState = nameOrUnknown(namesOf(relationship.synchronizedCopyState));
const syncMode = z.enum(namesOf(relationship.synchronizedSyncMode));
const end = z.enum(ReplicationEnd);

/** A field that is left out where nothing is said, so that what does not concern it stays as it was. */
const unlessSaid = <Value extends z.ZodType>(value: Value) => value.nullish().transform((given) => given ?? undefined);

const neighbour = z.strictObject({
	at: end,
	role: end,
	syncType,
	copyState,
	progressStatus: orElse(progressStatus, "Unknown"),
	targetConsistent: orElse(z.boolean().nullable(), null),
	syncMode: orElse(syncMode, "Unknown"),
});

/** What is known of each pair of a group by itself. */
const ofOnePair = {
	id: z.string().min(1),
	progressStatus: orElse(progressStatus, "Unknown"),
	syncMode: orElse(syncMode, "Unknown"),
	readOnly: flags(false),
	tailUntold: unlessSaid(z.boolean()),
	ahead: orElse(z.strictObject({ source: ahead, target: ahead }), { source: null, target: null }),
	targetConsistent: orElse(z.boolean().nullable(), null),
	sourceConsistent: orElse(z.boolean().nullable(), null),
	usable: flags(true),
	read: orElse(z.boolean(), true),
};
const member = z.strictObject({ ...ofOnePair, copyState, direction: z.enum(["forward", "reverse"]) });
const candidate = z.discriminatedUnion("presence", [
	z.strictObject({
		...ofOnePair,
		presence: z.literal("present"),
		copyState,
		direction: z.enum(["forward", "reverse"]),
		syncType: orElse(syncType, "Mirror"),
	}),
	z.strictObject({
		id: z.string().min(1),
		presence: z.literal("absent"),
		targetExists: orElse(z.boolean(), false),
		read: orElse(z.boolean(), true),
	}),
]);

/** Pairs that are told twice would be steered twice. */
const distinct = <Value extends { readonly id: string }>(given: readonly Value[]) =>
	new Set(given.map(({ id }) => id)).size === given.length;

const ofCopiesAndGroups = {
	done: unlessSaid(z.strictObject({ retake: orElse(z.boolean(), true), restore: orElse(z.boolean(), true) })),
	ended: unlessSaid(z.enum(["complete", "restored"])),
	restoreOpen: unlessSaid(z.boolean()),
	neighbours: unlessSaid(z.array(neighbour)),
	group: unlessSaid(z.string().min(1)),
	subject: unlessSaid(z.enum(["pair", "group"])),
	members: unlessSaid(z.array(member).min(1).refine(distinct, "an id stands there twice")),
	candidates: unlessSaid(z.array(candidate).refine(distinct, "an id stands there twice")),
	consistency: unlessSaid(z.boolean()),
};

const common = {
	syncMode: orElse(syncMode, "Unknown"),
	syncType: orElse(syncType, "Mirror"),
	progressStatus: orElse(progressStatus, "Unknown"),
	reachable: flags(true),
	readOnly: flags(false),
	tailUntold: unlessSaid(z.boolean()),
	ahead: orElse(z.strictObject({ source: ahead, target: ahead }), { source: null, target: null }),
	targetConsistent: orElse(z.boolean().nullable(), null),
	sourceConsistent: orElse(z.boolean().nullable(), null),
	usable: flags(true),
	job: orElse(z.string().min(1).nullable(), null),
	vanished: orElse(z.boolean(), false),
	targetExists: orElse(z.boolean(), false),
};

const observed = z.discriminatedUnion("presence", [
	z.strictObject({
		presence: z.literal("present"),
		copyState,
		direction: z.enum(["forward", "reverse"]),
		...common,
		...ofCopiesAndGroups,
	}),
	z.strictObject({
		presence: z.literal("absent"),
		copyState: orElse(copyState, "NotApplicable"),
		direction: orElse(z.enum(["forward", "reverse"]), "forward"),
		...common,
		...ofCopiesAndGroups,
	}),
]);

const wishedMode = z
	.enum(["Synchronous", "Asynchronous", "synchronous", "asynchronous"])
	.transform((mode) => (mode.toLowerCase() === "synchronous" ? ("Synchronous" as const) : ("Asynchronous" as const)));

const desired = z
	.strictObject({
		kind: z.enum(namesOf(operations.virtualDiskCreateReplicaSyncType)).nullish(),
		state: z.enum([...Object.values(ReplicationState), "absent", "inactive", "detached", "operation"]),
		operation: z.enum(namesOf(operations.virtualDiskSetReplicationRelationshipOperation)).nullish(),
		retake: z.boolean().nullish(),
		restore: z.boolean().nullish(),
		syncMode: wishedMode.nullish(),
		to: end.nullish(),
		by: z.enum(["Detach", "Dissolve", "ReturnToResourcePool"]).nullish(),
		keep: end.nullish(),
		consistency: z.boolean().nullish(),
		pairs: z.array(z.string().min(1)).nullish(),
	})
	.refine(({ state, operation }) => (state === "operation") === (operation != null), {
		path: ["operation"],
		error: "belongs to the state operation, and is needed there",
	})
	.transform(({ kind, state, operation, retake, restore, syncMode, to, by, keep, consistency, pairs }) => ({
		...(kind ? { kind } : {}),
		state,
		...(operation ? { operation } : {}),
		...(retake ? { retake } : {}),
		...(restore ? { restore } : {}),
		...(syncMode ? { syncMode } : {}),
		...(to ? { to } : {}),
		...(by ? { by } : {}),
		...(keep ? { keep } : {}),
		...(consistency != null ? { consistency } : {}),
		...(pairs ? { pairs } : {}),
	}));

const lists = {
	operations: orElse(z.array(z.enum(namesOf(supportedOperations))).nullable(), null),
	features: orElse(z.array(z.int().nonnegative()), []),
};
const capabilities = z.strictObject({ ...lists, element: unlessSaid(z.strictObject(lists)) });

const situation = z.object({
	observed,
	capabilities: orElse(capabilities, { operations: null, features: [], element: undefined }),
	desired,
});

export type ReadSituation =
	| { readonly valid: true; readonly situation: Situation }
	| { readonly valid: false; readonly reason: string };

/**
 * Reads one situation of the JSON contract (replication-model.md §7). What is wrong is told with its path and the
 * values allowed there; a misspelled field is an error too, because a wish that is silently ignored is a wrong plan.
 */
export function readSituation(value: unknown): ReadSituation {
	const result = situation.safeParse(value, inOurWords);
	if (result.success) return { valid: true, situation: result.data };
	return { valid: false, reason: describeIssues(result.error, "the situation") };
}
