import { createHash } from "node:crypto";
import * as z from "zod";
import type { GroupFact } from "../executor/host";
import { type DeclaredGroup, type GroupSight, groupIdOf, memberIds } from "../executor/oneGroup";
import type { GroupResult } from "../executor/oneGroupRun";
import { describeIssues, inOurWords } from "../model/describeIssues";
import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import { type Bag, hidesNames, pick } from "./arguments";
import { declaredBy, type GroupArguments, shape } from "./groupArguments";

/** What a state holds; `members` are there by their ids, and not asked for. */
const storedSchema = z.object({
	...shape,
	members: z.unknown(),
	/** `null`: CreateReplicationGroup was sent, and the group was not seen yet. */
	uniqueId: z.string().transform((id) => id || null),
	related: z.boolean(),
	record: z.object({
		made: z.boolean(),
		/** A call whose end no run has seen. */
		sent: z
			.object({
				kind: z.enum(["create", "add", "remove", "delete"]),
				leadsTo: z.string(),
				sentAt: z.iso.datetime(),
			})
			.optional(),
	}),
});

export function readStored(bag: Bag): z.infer<typeof storedSchema> {
	const result = storedSchema.safeParse(bag, inOurWords);
	if (result.success) return result.data;
	throw new ReplicationError({
		code: errorCodes.recordUnreadable,
		class: "user",
		what: `the group in the state cannot be read: ${describeIssues(result.error, "the state")}.`,
		dataSafety: "yes, nothing was changed.",
		remedy: "use the release that wrote the state, or a newer one.",
	});
}

export type StoredGroup = ReturnType<typeof readStored>;

/** A name that the program changed asks for the group of that name; under the old one the id counts, whatever it is called. */
export function declaredAgain(args: GroupArguments, news: Bag, stored: StoredGroup): DeclaredGroup {
	const knownId = args.friendlyName === stored.friendlyName ? stored.uniqueId : null;
	return { ...declaredBy(args, news), knownId, replacedId: stored.uniqueId, wasRelated: stored.related };
}

/** The group that a state knows, by its id alone; by its names where it was not seen yet. */
export function rememberedGroup(props: Bag, stored: StoredGroup): DeclaredGroup {
	return {
		...declaredBy({ ...stored, members: undefined }, props),
		knownId: stored.uniqueId,
		wasRelated: stored.related,
	};
}

/** One that was found is not ours to delete, unless the program says so. Of one that was not seen yet it shows when it is. */
export function deletes({ deletePolicy, uniqueId, record }: StoredGroup): boolean {
	return (deletePolicy ?? (record.made || uniqueId === null ? "delete" : "keep")) === "delete";
}

export function recordOf({ made, sent }: Pick<GroupResult, "made" | "sent">): StoredGroup["record"] {
	return sent === null ? { made } : { made, sent };
}

export function outputsOf(inputs: Bag, { group, isRelated, ...sight }: GroupSight, record: StoredGroup["record"]): Bag {
	return {
		...pick(inputs, [...Object.keys(shape), "kind", "resourceUrn", "secretNames", "plannedOperations"]),
		uniqueId: group === null ? "" : groupIdOf(group),
		members: memberIds(sight, group?.members ?? []),
		related: isRelated,
		record,
	};
}

/** Pulumi keeps no id secret, and a UniqueId may be what the program names the group by. */
export function identityOfGroup(inputs: Bag, group: GroupFact | null): string {
	if (group !== null && !hidesNames(inputs)) return groupIdOf(group);
	const { host, storageSubsystem, friendlyName } = inputs;
	const told = group === null ? JSON.stringify([host, storageSubsystem, friendlyName]) : groupIdOf(group);
	return createHash("sha256").update(told.toLowerCase()).digest("hex").slice(0, 32);
}

export function operationsDone(done: readonly string[]): Bag {
	return done.length === 0 ? {} : { plannedOperations: done };
}
