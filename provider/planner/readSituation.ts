import * as z from "zod";
import { ReplicationEnd, ReplicationState } from "../model/argumentValues";
import { describeIssues, inOurWords } from "../model/describeIssues";
import { newerProgressStatus, type ProgressStatus } from "../model/relationship";
import { relationship } from "../model/vocabulary";
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

const common = {
	syncMode: orElse(z.enum(namesOf(relationship.synchronizedSyncMode)), "Unknown"),
	syncType: orElse(nameOrUnknown(namesOf(relationship.synchronizedSyncType)), "Mirror"),
	progressStatus: orElse(progressStatus, "Unknown"),
	reachable: flags(true),
	readOnly: flags(false),
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
		copyState: nameOrUnknown(namesOf(relationship.synchronizedCopyState)),
		direction: z.enum(["forward", "reverse"]),
		...common,
	}),
	z.strictObject({
		presence: z.literal("absent"),
		copyState: orElse(nameOrUnknown(namesOf(relationship.synchronizedCopyState)), "NotApplicable"),
		direction: orElse(z.enum(["forward", "reverse"]), "forward"),
		...common,
	}),
]);

const end = z.enum(ReplicationEnd);
const wishedMode = z
	.enum(["Synchronous", "Asynchronous", "synchronous", "asynchronous"])
	.transform((mode) => (mode.toLowerCase() === "synchronous" ? ("Synchronous" as const) : ("Asynchronous" as const)));

const desired = z
	.strictObject({
		state: z.enum([...Object.values(ReplicationState), "absent"]),
		syncMode: wishedMode.nullish(),
		to: end.nullish(),
		by: z.enum(["Detach", "Dissolve"]).nullish(),
		keep: end.nullish(),
	})
	.transform(({ state, syncMode, to, by, keep }) => ({
		state,
		...(syncMode ? { syncMode } : {}),
		...(to ? { to } : {}),
		...(by ? { by } : {}),
		...(keep ? { keep } : {}),
	}));

const capabilities = z.strictObject({
	operations: orElse(z.array(z.enum(namesOf(supportedOperations))).nullable(), null),
	features: orElse(z.array(z.int().nonnegative()), []),
});

const situation = z.object({
	observed,
	capabilities: orElse(capabilities, { operations: null, features: [] }),
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
