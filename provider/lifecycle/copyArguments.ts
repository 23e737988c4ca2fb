import * as z from "zod";
import { type CopyWish, digestOf, type Expendable } from "../executor/copyWish";
import {
	CloneDeletePolicy,
	CloneState,
	CreatePolicy,
	Expendability,
	ReplicationEnd,
	SnapshotDeletePolicy,
	SnapshotState,
} from "../model/argumentValues";
import type { Desired } from "../planner/situation";
import { diskOnHost, text, timeouts } from "./argumentParts";

/** Which class a resource is of, where it is no relationship of a mirror. */
export type CopyClass = "Snapshot" | "Clone";

/** The kind of that name; null: a mirror's, or not ours. */
export function copyKindOf(kind: string): CopyArguments["kind"] | null {
	return kind === "Snapshot" || kind === "Clone" || kind === "TokenizedClone" ? kind : null;
}

export function copyClassOf(kind: string): CopyClass | null {
	const copyKind = copyKindOf(kind);
	return copyKind === "TokenizedClone" ? "Clone" : copyKind;
}

const common = {
	source: diskOnHost,
	target: z.strictObject({
		/** Default: that of the source. */
		host: text.optional(),
		virtualDisk: text,
		storagePool: text.optional(),
		storageSubsystem: text.optional(),
	}),
	triggers: z.json().optional(),
	restore: text.max(200).optional(),
	expendable: z.enum(Expendability).default("nothing"),
	expiresAt: z.iso.datetime({ offset: true }).optional(),
	keep: z.enum(ReplicationEnd).optional(),
	approval: text.optional(),
	timeouts: timeouts.optional(),
	create: z.enum(CreatePolicy).default("ifMissing"),
	reason: text.max(1_000).optional(),
} as const;

/** The arguments of the two classes (copies-and-groups.md §1.1): what does not fit a kind cannot be written for it. */
export const copyShapes = {
	Snapshot: {
		...common,
		state: z.enum(SnapshotState).default("active"),
		deletePolicy: z.enum(SnapshotDeletePolicy).default("dissolve"),
	},
	Clone: {
		...common,
		state: z.enum(CloneState).default("active"),
		deletePolicy: z.enum(CloneDeletePolicy).default("detach"),
		offload: z.boolean().default(false),
	},
} as const;

/** What only copies have, as it is meant. */
export interface CopyArguments {
	readonly class: CopyClass;
	readonly kind: "Snapshot" | "Clone" | "TokenizedClone";
	/** Digest; `null`: none are given. */
	readonly triggers: string | null;
	/** Of a secret one the digest. */
	readonly restore: string | null;
	readonly expendable: Expendable;
	readonly expiresAt: string | null;
	readonly by: NonNullable<Desired["by"]>;
}

const removals = {
	detach: "Detach",
	dissolve: "Dissolve",
	returnToResourcePool: "ReturnToResourcePool",
} as const satisfies Record<SnapshotDeletePolicy, Desired["by"]>;

const snapshotSchema = z.object(copyShapes.Snapshot);
const cloneSchema = z.object(copyShapes.Clone);
export type CopyGiven = z.infer<typeof snapshotSchema> | z.infer<typeof cloneSchema>;

/** Parses what an earlier check let through, or what a state holds. */
export function parseCopy(copyClass: CopyClass, known: Readonly<Record<string, unknown>>) {
	return (copyClass === "Snapshot" ? snapshotSchema : cloneSchema).safeParse(known);
}

export function copyOf(copyClass: CopyClass, given: CopyGiven, hidesLabel: boolean): CopyArguments {
	return {
		class: copyClass,
		kind: copyClass === "Snapshot" ? "Snapshot" : "offload" in given && given.offload ? "TokenizedClone" : "Clone",
		triggers: digestOf(given.triggers),
		restore: (hidesLabel ? digestOf(given.restore) : given.restore) ?? null,
		expendable: given.expendable,
		expiresAt: given.expiresAt ?? null,
		by: removals[given.deletePolicy],
	};
}

/** Whether `expiresAt` has come, by the time of `hostTime.ts`. */
export function isExpired({ expiresAt }: Pick<CopyArguments, "expiresAt">, nowMs: number): boolean {
	return expiresAt !== null && Date.parse(expiresAt) <= nowMs;
}

export function copyWishOf(copy: CopyArguments, nowMs: number, lastInputs?: CopyWish["lastInputs"]): CopyWish {
	const { triggers, restore, expendable } = copy;
	return {
		triggers,
		restore,
		expendable,
		isExpired: isExpired(copy, nowMs),
		...(lastInputs === undefined ? {} : { lastInputs }),
	};
}
