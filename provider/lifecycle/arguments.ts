import * as z from "zod";
import type { Declared } from "../executor/declared";
import { defaultLimits, type Wish } from "../executor/wish";
import {
	CreatePolicy,
	DeletePolicy,
	ReplicationEnd,
	ReplicationState,
	RoleChangePolicy,
	SyncMode,
} from "../model/argumentValues";
import { describeIssues, inOurWords } from "../model/describeIssues";
import { errorCodes } from "../model/errorCodes";
import type { End, PerEnd } from "../model/relationship";
import { describeError, type ErrorFacts, ReplicationError } from "../model/replicationError";
import type { Desired } from "../planner/situation";

/**
 * What Pulumi sends for a value that is not known yet, whatever its type (sdk/go/common/resource/plugin/rpc.go;
 * measured). Returned unchanged it becomes unknown again.
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const text = z.string().min(1);
const end = z.enum(ReplicationEnd);
const minutes = z.number().positive();

const argumentShape = {
	source: z.strictObject({ host: text, virtualDisk: text }),
	target: z.strictObject({
		host: text,
		virtualDisk: text,
		storagePool: text.optional(),
		storageSubsystem: text.optional(),
	}),
	state: z.enum(ReplicationState).default("active"),
	syncMode: z.enum(SyncMode).optional(),
	recoveryPointObjectiveMinutes: z.int().nonnegative().max(65_535).optional(),
	failoverTo: end.optional(),
	keep: end.optional(),
	lost: end.optional(),
	onRoleChange: z.enum(RoleChangePolicy).default("stop"),
	deletePolicy: z.enum(DeletePolicy).default("detach"),
	approval: text.optional(),
	maxDataLossSeconds: z.number().nonnegative().optional(),
	timeouts: z
		.strictObject({
			transitionMinutes: minutes.optional(),
			syncMinutes: minutes.optional(),
			deleteMinutes: minutes.optional(),
		})
		.optional(),
	create: z.enum(CreatePolicy).default("ifMissing"),
	reason: text.max(1_000).optional(),
} as const;

const argumentsSchema = z.object(argumentShape);
const exactArguments = z.strictObject(argumentShape);

/** The arguments of the resource with their defaults. */
export type Arguments = z.infer<typeof argumentsSchema>;
export const argumentNames = Object.keys(argumentShape) as readonly (keyof Arguments)[];

export type Bag = Readonly<Record<string, unknown>>;

/** One mistake in the arguments, with its path and what is allowed there. */
export interface ArgumentMistake {
	readonly property: string;
	readonly reason: string;
}

/** Everything wrong with the known arguments, at once. Values that are not known yet are not judged. */
export function mistakesIn(given: Bag): ArgumentMistake[] {
	// Nearly always there are none, and one look tells.
	if (exactArguments.safeParse(given).success) return [];
	return wrongIn(given, argumentNames).map((wrong) => ({
		property: wrong.property,
		reason: describeError(invalidArguments([wrong])),
	}));
}

/** Refuses what a function was given that takes some of the arguments: all mistakes at once, in the resource's words. */
export function refuseMistakes(given: Bag, names: readonly (keyof Arguments)[]): void {
	const wrong = wrongIn(given, names);
	if (wrong.length > 0) throw new ReplicationError(invalidArguments(wrong));
}

interface Wrong {
	readonly property: string;
	readonly what: string;
}

function wrongIn(given: Bag, names: readonly (keyof Arguments)[]): Wrong[] {
	const unheardOf = Object.keys(given)
		.filter((name) => given[name] !== undefined && !(names as readonly string[]).includes(name))
		.map((property) => ({ property, what: `there is no such argument; there are: ${names.join(", ")}` }));
	const mistaken = names.flatMap((name) => {
		if (hasUnknown(given[name])) return [];
		const { error } = argumentShape[name].safeParse(given[name], inOurWords);
		return (error?.issues ?? []).map(({ path, message }) => ({ property: [name, ...path].join("."), what: message }));
	});
	return [...unheardOf, ...mistaken];
}

function invalidArguments(wrong: readonly Wrong[]): ErrorFacts {
	return {
		code: errorCodes.invalidArguments,
		class: "user",
		what: `${wrong.map(({ property, what }) => `${property}: ${what}`).join("; ")}.`,
		dataSafety: "yes, nothing was changed.",
		remedy: wrong.length === 1 ? "correct the argument." : "correct the arguments.",
	};
}

/** The arguments as they are meant. Call after `mistakesIn` found nothing, or on what an earlier check let through. */
export function readArguments(given: Bag): Arguments {
	const known = Object.fromEntries(
		argumentNames.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
	);
	return argumentsSchema.parse(known);
}

/**
 * The arguments as a state holds them, among outputs. `syncMode` is an argument and an output of one name: in a state it
 * is what the array reported last, which may be `unknown`, and never what was wished. The wish stands in the inputs.
 */
export function readStoredArguments(stored: Bag): Arguments {
	const { syncMode: _, ...given } = stored;
	const known = Object.fromEntries(
		argumentNames.flatMap((name) => (given[name] === undefined || given[name] === null ? [] : [[name, given[name]]])),
	);
	const result = argumentsSchema.safeParse(known, inOurWords);
	if (result.success) return result.data;
	throw new ReplicationError({
		code: errorCodes.recordUnreadable,
		class: "user",
		what: `the arguments in the state cannot be read: ${describeIssues(result.error, "the state")}.`,
		dataSafety: "yes, nothing was changed.",
		remedy: "use the release that wrote the state, or a newer one.",
	});
}

export function hasUnknown(value: unknown): boolean {
	if (value === unknownValue) return true;
	if (Array.isArray(value)) return value.some(hasUnknown);
	if (typeof value === "object" && value !== null) return Object.values(value).some(hasUnknown);
	return false;
}

export function declaredBy(given: Arguments, knownIds: PerEnd<string | null>, hideNames: boolean): Declared {
	return { ends: { source: given.source, target: given.target }, lost: given.lost ?? null, knownIds, hideNames };
}

/** The class says whether a disk's name is secret; Pulumi itself hands secrets over in clear. */
export function hidesNames(bag: Bag): boolean {
	return bag.secretNames === true;
}

/** Inputs that the resource class adds for us, and seeds for outputs: none is an argument. */
export const classInputs = [
	"__provider",
	"resourceUrn",
	"dryRun",
	"secretNames",
	"declaredTwice",
	"plannedOperations",
	"primary",
	"secondary",
	"direction",
	"copyState",
	"sourceUniqueId",
	"targetUniqueId",
	"record",
] as const;

/** The wish in the planner's words. Approvals come from the argument and from the configuration alike. */
export function wishOf(given: Arguments, approvals: readonly string[]): Wish {
	return {
		desired: desiredBy(given),
		lost: given.lost ?? null,
		onRoleChange: given.onRoleChange,
		create: given.create,
		recoveryPointObjectiveMinutes: given.recoveryPointObjectiveMinutes ?? null,
		maxDataLossSeconds: given.maxDataLossSeconds ?? null,
		approvals: given.approval === undefined ? approvals : [given.approval, ...approvals],
		limits: {
			transitionMs: inMs(given.timeouts?.transitionMinutes) ?? defaultLimits.transitionMs,
			syncMs: inMs(given.timeouts?.syncMinutes) ?? defaultLimits.syncMs,
			deleteMs: inMs(given.timeouts?.deleteMinutes) ?? defaultLimits.deleteMs,
		},
		reason: given.reason ?? null,
	};
}

export function desiredBy(given: Arguments): Desired {
	return {
		state: given.state,
		...(given.syncMode === undefined
			? {}
			: { syncMode: given.syncMode === "synchronous" ? ("Synchronous" as const) : ("Asynchronous" as const) }),
		...(given.state === "failedOver" && given.failoverTo !== undefined ? { to: given.failoverTo } : {}),
		...(given.keep === undefined ? {} : { keep: given.keep satisfies End }),
	};
}

function inMs(givenMinutes: number | undefined): number | undefined {
	return givenMinutes === undefined ? undefined : givenMinutes * 60_000;
}
