import * as z from "zod";
import type { DeclaredGroup } from "../executor/oneGroup";
import { GroupDeletePolicy } from "../model/argumentValues";
import { text } from "./argumentParts";
import { type Bag, hasUnknown, hidesNames, pick } from "./arguments";

/** What the resource class says of itself, and `provider/index.ts` tells the classes apart by. */
export const groupKind = "ReplicationGroup";

/** What a caller's mistake left empty is told by the methods of the other classes, as it was. */
export function isGroup(bag: Bag | null): boolean {
	return bag?.kind === groupKind;
}

export const shape = {
	host: text,
	storageSubsystem: text,
	friendlyName: text,
	members: z.array(text).optional(),
	deletePolicy: z.enum(GroupDeletePolicy).optional(),
	reason: text.max(1_000).optional(),
} as const;

const schema = z.object(shape);
export type GroupArguments = z.infer<typeof schema>;
/** Those that say which group is meant. */
export const identifying = ["host", "storageSubsystem", "friendlyName"] as const;
export const wished = [...identifying, "members"] as const;

/** Inputs that the resource class or an earlier check adds: none is an argument. */
const added: readonly string[] = [
	"__provider",
	"resourceUrn",
	"kind",
	"dryRun",
	"secretNames",
	"plannedOperations",
	"uniqueId",
	"related",
	"record",
];

/** What the program says of the group. */
export function givenIn(bag: Bag): Bag {
	return pick(
		bag,
		Object.keys(bag).filter((name) => !added.includes(name) && !isSeed(bag, name)),
	);
}

/** Where names are secret the class gives even `members` that are left out: an output is secret only where the input was. */
function isSeed(bag: Bag, name: string): boolean {
	return name === "members" && hidesNames(bag) && bag.members === "";
}

/** For the same reason check hands on what it cannot know yet. */
export function seedsIn(bag: Bag): Bag {
	if (!hidesNames(bag)) return {};
	return { uniqueId: "", ...(isSeed(bag, "members") ? { members: "" } : {}) };
}

export function readGroup(bag: Bag): GroupArguments {
	const known = Object.fromEntries(
		Object.keys(shape).flatMap((name) =>
			bag[name] === undefined || hasUnknown(bag[name]) || isSeed(bag, name) ? [] : [[name, bag[name]]],
		),
	);
	return schema.parse(known);
}

export function declaredBy({ host, storageSubsystem, friendlyName, members }: GroupArguments, bag: Bag): DeclaredGroup {
	const named = { host, storageSubsystem, friendlyName, members: members ?? null, hideNames: hidesNames(bag) };
	return { ...named, knownId: null, replacedId: null, wish: "declared", wasRelated: false };
}
