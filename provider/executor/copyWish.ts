import { createHash } from "node:crypto";
import type { Desired } from "../planner/situation";
import type { RelationshipRecord } from "./record";

/** What a point-in-time copy may lose of itself without a token, from least to most. */
export type Expendable = "nothing" | "pointInTime" | "everything";

/** What is wished of a point-in-time copy besides its state (copies-and-groups.md §1.1). */
export interface CopyWish {
	/** Digest of `triggers`; `null`: none are given, and nothing is asked for. */
	readonly triggers: string | null;
	/** Label of the restore that is asked for; `null`: none. */
	readonly restore: string | null;
	readonly expendable: Expendable;
	/** What was done already, for check, which has no record: the inputs of the last run tell. Left out: the record does. */
	readonly lastInputs?: { readonly triggers: string | null; readonly restore: string | null };
	/** The wish is absent because `expiresAt` has come. */
	readonly isExpired: boolean;
}

/** Of a copy whose state alone is meant; nothing of it is given up without a token. */
export const nothingAsked: CopyWish = { triggers: null, restore: null, expendable: "nothing", isExpired: false };

/** As `triggers` are compared and remembered, which may be any JSON value, and a label that is not to be told. */
export function digestOf(asked: unknown): string | null {
	if (asked === undefined || asked === null) return null;
	return createHash("sha256").update(sorted(asked)).digest("hex").slice(0, 16);
}

/** The order of an object's keys means nothing. */
function sorted(value: unknown): string {
	return JSON.stringify(value, (_, part: unknown) =>
		typeof part === "object" && part !== null && !Array.isArray(part)
			? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
			: part,
	);
}

/**
 * The wish with what is asked once. What a resource has when it is created or adopted counts as done: a leftover value in
 * a declaration that is made anew must discard nothing. So it does where a create was killed: what the ledger knows of that
 * run is no resource's record.
 */
export function withAskedOnce(desired: Desired, wish: CopyWish, record: RelationshipRecord | null): Desired {
	if (desired.state === "absent") return desired;
	const known = record?.copy;
	const done =
		known === undefined
			? (wish.lastInputs ?? { triggers: wish.triggers, restore: wish.restore })
			: { triggers: known.triggersDone, restore: known.restoreDone };
	return {
		...desired,
		...(wish.triggers !== null && wish.triggers !== done.triggers ? { retake: true } : {}),
		...(wish.restore !== null && !isSameLabel(wish.restore, done.restore) ? { restore: true } : {}),
	};
}

/**
 * The wish with less that is asked once: the engine keeps the inputs of a run that stopped half way, and who knows those alone
 * takes what it was asked for as done.
 */
export function askedForLess({ retake, restore, ...wished }: Desired): readonly Desired[] {
	const parts = [...(retake && restore ? [{ retake }, { restore }] : []), ...(retake || restore ? [{}] : [])];
	return parts.map((part) => ({ ...wished, ...part }));
}

/** Told in clear or, since somebody made it a secret, as its digest: it is the same, and was done. */
function isSameLabel(one: string, other: string | null): boolean {
	return one === other || digestOf(one) === other || one === digestOf(other);
}
