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
import { type End, ends, type PerEnd } from "../model/relationship";
import { describeError, type ErrorFacts, ReplicationError } from "../model/replicationError";
import type { Desired } from "../planner/situation";
import { diskOnHost, text, timeouts } from "./argumentParts";
import {
	type CopyArguments,
	type CopyClass,
	type CopyGiven,
	copyOf,
	copyShapes,
	copyWishOf,
	isExpired,
	parseCopy,
} from "./copyArguments";

/**
 * What Pulumi sends for a value that is not known yet, whatever its type (sdk/go/common/resource/plugin/rpc.go;
 * measured). Returned unchanged it becomes unknown again.
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const end = z.enum(ReplicationEnd);

const argumentShape = {
	source: diskOnHost,
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
	timeouts: timeouts.optional(),
	create: z.enum(CreatePolicy).default("ifMissing"),
	reason: text.max(1_000).optional(),
} as const;

/** Two groups in the place of two disks (copies-and-groups.md §2.1). */
const groupShape = {
	...argumentShape,
	source: z.strictObject({ host: text, group: text }),
	target: z.strictObject({
		host: text,
		group: text,
		storagePool: text.optional(),
		storageSubsystem: text.optional(),
	}),
	consistency: z.boolean().optional(),
	pairs: z
		.array(z.strictObject({ source: text, target: text }))
		.min(1)
		.refine(namesEachOnce, "a disk stands there twice")
		.optional(),
} as const;

function namesEachOnce(pairs: readonly PerEnd<string>[]): boolean {
	return ends.every((end) => new Set(pairs.map((pair) => pair[end].toLowerCase())).size === pairs.length);
}

const groupSchema = z.object(groupShape);
const argumentsSchema = z.object(argumentShape);
const exactArguments = z.strictObject(argumentShape);

export type MirrorArguments = z.infer<typeof argumentsSchema>;

/** The arguments of a resource with their defaults; `copy` holds what only a point-in-time copy has. */
export type Arguments = Omit<MirrorArguments, "state" | "deletePolicy"> & {
	readonly state: MirrorArguments["state"] | "inactive" | "detached";
	readonly deletePolicy: MirrorArguments["deletePolicy"] | "returnToResourcePool";
	readonly copy?: CopyArguments;
	/** What only the relationship of two groups has; its ends then name groups. */
	readonly group?: {
		readonly consistency?: boolean | undefined;
		readonly pairs?: readonly PerEnd<string>[] | undefined;
	};
};
export const argumentNames = Object.keys(argumentShape) as readonly (keyof MirrorArguments)[];

/** Which class the inputs, or what a state holds, are of; `null`: of a mirror's. */
export function copyClassIn({ kind }: Bag): CopyClass | null {
	return kind === "Snapshot" || kind === "Clone" ? kind : null;
}

/** Classes that have inputs of a kind; the first one, of mirrors, has none. */
export type ResourceClass = CopyClass | "Group";

export function classIn(bag: Bag): ResourceClass | null {
	return bag.kind === "Group" ? "Group" : copyClassIn(bag);
}

const shapes: Readonly<Record<ResourceClass, Readonly<Record<string, z.ZodType>>>> = {
	...copyShapes,
	Group: groupShape,
};

/** Names of the arguments that the class of these inputs takes. */
export function argumentNamesIn(bag: Bag): readonly string[] {
	const resourceClass = classIn(bag);
	return resourceClass === null ? argumentNames : Object.keys(shapes[resourceClass]);
}

export type Bag = Readonly<Record<string, unknown>>;

/** One mistake in the arguments, with its path and what is allowed there. */
export interface ArgumentMistake {
	readonly property: string;
	readonly reason: string;
}

/** Everything wrong with the known arguments, at once. Values that are not known yet are not judged. */
export function mistakesIn(given: Bag, resourceClass: ResourceClass | null = null): ArgumentMistake[] {
	if (resourceClass !== null) return mistakesAgainst(shapes[resourceClass], given);
	// Nearly always there are none, and one look tells.
	if (exactArguments.safeParse(given).success) return [];
	return wrongIn(given, argumentNames).map((wrong) => ({
		property: wrong.property,
		reason: describeError(invalidArguments([wrong])),
	}));
}

/** The same for a class whose arguments have a shape of their own. */
export function mistakesAgainst(shape: Readonly<Record<string, z.ZodType>>, given: Bag): ArgumentMistake[] {
	return wrongIn(given, Object.keys(shape), shape).map((wrong) => ({
		property: wrong.property,
		reason: describeError(invalidArguments([wrong])),
	}));
}

/** Refuses what a function was given that takes some of the arguments: all mistakes at once, in the resource's words. */
export function refuseMistakes(given: Bag, names: readonly FunctionArgument[], subject: "disks" | "groups"): void {
	const wrong = wrongIn(given, names, subject === "groups" ? groupShape : functionShape);
	if (wrong.length > 0) throw new ReplicationError(invalidArguments(wrong));
}

const functionShape = { ...argumentShape, kind: z.enum(["Mirror", "Snapshot", "Clone"]).optional() } as const;
export type FunctionArgument = keyof typeof functionShape;

interface Wrong {
	readonly property: string;
	readonly what: string;
}

function wrongIn(
	given: Bag,
	names: readonly string[],
	shape: Readonly<Record<string, z.ZodType>> = argumentShape,
): Wrong[] {
	const unheardOf = Object.keys(given)
		.filter((name) => given[name] !== undefined && !names.includes(name))
		.map((property) => ({ property, what: `there is no such argument; there are: ${names.join(", ")}` }));
	const mistaken = names.flatMap((name) => {
		if (hasUnknown(given[name])) return [];
		const error = shape[name]?.safeParse(given[name], inOurWords).error;
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
	const copyClass = copyClassIn(given);
	if (copyClass !== null) {
		const result = parseCopy(copyClass, pickDefined(given, Object.keys(copyShapes[copyClass])));
		if (result.success) return copyArguments(copyClass, result.data, given);
		throw new ReplicationError(
			invalidArguments([{ property: "kind", what: describeIssues(result.error, "the arguments") }]),
		);
	}
	if (isGroup(given)) return groupArguments(groupSchema.parse(pickDefined(given, Object.keys(groupShape))));
	const known = Object.fromEntries(
		argumentNames.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
	);
	return argumentsSchema.parse(known);
}

function isGroup(bag: Bag): boolean {
	return classIn(bag) === "Group";
}

/** An end as the arguments of every class have it, whatever names it: `group` stands where a disk would. */
export function endIn(value: unknown): unknown {
	if (typeof value !== "object" || value === null || !("group" in value)) return value;
	const { group, ...place } = value;
	return { ...place, virtualDisk: group };
}

function groupArguments({ source, target, consistency, pairs, ...given }: z.infer<typeof groupSchema>): Arguments {
	const { group: virtualDisk, ...place } = target;
	return {
		...given,
		source: { host: source.host, virtualDisk: source.group },
		target: { ...place, virtualDisk },
		group: { consistency, pairs },
	};
}

/**
 * The arguments as a state holds them, among outputs. `syncMode` is an argument and an output of one name: in a state it
 * is what the array reported last, which may be `unknown`, and never what was wished. The wish stands in the inputs.
 */
export function readStoredArguments(stored: Bag): Arguments {
	const copyClass = copyClassIn(stored);
	if (copyClass !== null) {
		const result = parseCopy(copyClass, pickDefined(stored, Object.keys(copyShapes[copyClass])));
		if (result.success) return copyArguments(copyClass, result.data, stored);
		throw unreadable(result.error);
	}
	const { syncMode: _, ...given } = stored;
	if (isGroup(stored)) {
		// It is what the array reported, too.
		const { consistency: __, ...wished } = given;
		const result = groupSchema.safeParse(pickDefined(wished, Object.keys(groupShape)), inOurWords);
		if (result.success) return groupArguments(result.data);
		throw unreadable(result.error);
	}
	const known = Object.fromEntries(
		argumentNames.flatMap((name) => (given[name] === undefined || given[name] === null ? [] : [[name, given[name]]])),
	);
	const result = argumentsSchema.safeParse(known, inOurWords);
	if (result.success) return result.data;
	throw unreadable(result.error);
}

function unreadable(error: z.ZodError): ReplicationError {
	return new ReplicationError({
		code: errorCodes.recordUnreadable,
		class: "user",
		what: `the arguments in the state cannot be read: ${describeIssues(error, "the state")}.`,
		dataSafety: "yes, nothing was changed.",
		remedy: "use the release that wrote the state, or a newer one.",
	});
}

function pickDefined(bag: Bag, names: readonly string[]): Bag {
	return Object.fromEntries(
		names.flatMap((name) => (bag[name] === undefined || bag[name] === null ? [] : [[name, bag[name]]])),
	);
}

/** No copy has roles, modes or lost ends; its target is on the source's host unless another is named. */
function copyArguments(copyClass: CopyClass, given: CopyGiven, bag: Bag): Arguments {
	const { source, target, state, deletePolicy, keep, approval, timeouts, create, reason } = given;
	return {
		source,
		target: { ...target, host: target.host ?? source.host },
		state,
		deletePolicy,
		keep,
		approval,
		timeouts,
		create,
		reason,
		onRoleChange: "stop",
		copy: copyOf(copyClass, given, hidesLabel(bag)),
	};
}

/** Those of these names that are given. */
export function pick(bag: Bag, names: readonly string[]): Bag {
	return Object.fromEntries(names.flatMap((name) => (bag[name] === undefined ? [] : [[name, bag[name]]])));
}

export function hasUnknown(value: unknown): boolean {
	if (value === unknownValue) return true;
	if (Array.isArray(value)) return value.some(hasUnknown);
	if (typeof value === "object" && value !== null) return Object.values(value).some(hasUnknown);
	return false;
}

export function declaredBy(given: Arguments, knownIds: PerEnd<string | null>, hideNames: boolean): Declared {
	const kind = given.copy === undefined ? {} : { kind: given.copy.kind };
	const { source, target, group, lost = null } = given;
	const declared = { lost, knownIds, hideNames, ...kind };
	if (group === undefined) return { ends: { source, target }, ...declared };
	const subject = "group" as const;
	const { pairs } = group;
	return {
		ends: { source: { ...source, subject }, target: { ...target, subject } },
		...declared,
		...(pairs === undefined ? {} : { pairs }),
	};
}

/** The class says whether a disk's name is secret; Pulumi itself hands secrets over in clear. */
export function hidesNames(bag: Bag): boolean {
	return bag.secretNames === true;
}

/** The same of the label of a restore, which is told as its digest then. */
export function hidesLabel(bag: Bag): boolean {
	return bag.secretLabel === true;
}

/** Inputs that the resource class adds for us, and seeds for outputs: none is an argument. */
export const classInputs = [
	"__provider",
	"resourceUrn",
	"kind",
	"dryRun",
	"secretNames",
	"secretLabel",
	"declaredTwice",
	"plannedOperations",
	"primary",
	"secondary",
	"direction",
	"copyState",
	"sourceUniqueId",
	"targetUniqueId",
	"complete",
	"pointInTime",
	"copy",
	"restored",
	"ended",
	"record",
] as const;

/** Seeds for what only the class of groups puts out. */
export const groupOutputs = ["members", "torn"] as const;

/** The wish in the planner's words. Approvals come from the argument and from the configuration alike. */
export function wishOf(given: Arguments, approvals: readonly string[], nowMs: number): Wish {
	const { copy } = given;
	return {
		...(copy === undefined ? {} : { copy: copyWishOf(copy, nowMs) }),
		desired: desiredBy(given, nowMs),
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

export function desiredBy(given: Arguments, nowMs: number): Desired {
	const { copy } = given;
	if (copy !== undefined) {
		return {
			kind: copy.kind,
			...(isExpired(copy, nowMs) ? { state: "absent", by: copy.by } : { state: given.state }),
			...(given.keep === undefined ? {} : { keep: given.keep }),
		};
	}
	return {
		state: given.state,
		...(given.syncMode === undefined
			? {}
			: { syncMode: given.syncMode === "synchronous" ? ("Synchronous" as const) : ("Asynchronous" as const) }),
		...(given.state === "failedOver" && given.failoverTo !== undefined ? { to: given.failoverTo } : {}),
		...(given.keep === undefined ? {} : { keep: given.keep satisfies End }),
		...(given.group?.consistency === undefined ? {} : { consistency: given.group.consistency }),
	};
}

function inMs(givenMinutes: number | undefined): number | undefined {
	return givenMinutes === undefined ? undefined : givenMinutes * 60_000;
}
