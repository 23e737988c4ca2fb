import { createHash } from "node:crypto";
import { type Declared, isOfGroups } from "../executor/declared";
import { ends, type PerEnd } from "../model/relationship";
import type { LineOf } from "./line";
import { endsOf } from "./runs";

/** What is between two disks, or two groups: they may be in a mirror and in copies at once. Older releases did not tell it. */
export type PairKind = NonNullable<LineOf<"runStarted">["relationship"]>;

export function pairKindOf(declared: Declared): PairKind {
	if (isOfGroups(declared)) return "Group";
	const { kind = "Mirror" } = declared;
	// A host may show either as the other, and a program may change which one it asks for.
	return kind === "TokenizedClone" ? "Clone" : kind;
}

/** A digest of both ids and the kind, the same whichever of them is declared the source; null: not both ids are known. */
export function pairOf({ source, target }: PerEnd<string | null>, kind: PairKind): string | null {
	if (source === null || target === null) return null;
	const both = [source, target].map((id) => id.toLowerCase()).sort();
	// Those of mirrors stay as they were before there were other kinds.
	const told = kind === "Mirror" ? both : [...both, kind];
	return createHash("sha256").update(told.join("\n")).digest("hex").slice(0, 32);
}

/**
 * Whether a run was one of this relationship. Ids decide where both know them. Where not (a first create has none), the
 * resource or the declared disks tell: names that mean other disks by now make the next run wait for nothing, a minute at
 * most.
 */
export function isOfPair(
	started: LineOf<"runStarted">,
	{ urn, declared }: { readonly urn: string; readonly declared: Declared },
): boolean {
	if (endsOf(started) === null) return false;
	const kind = pairKindOf(declared);
	const pair = pairOf(declared.knownIds, kind);
	if (pair !== null && started.pair !== null) return pair === started.pair;
	if (urn !== "" && started.urn === urn) return true;
	return (started.relationship ?? "Mirror") === kind && namesSameDisks(started, declared.ends);
}

function namesSameDisks(started: LineOf<"runStarted">, declared: Declared["ends"]): boolean {
	const places = endsOf(started);
	if (places === null) return false;
	const told = ends.map((end) => places[end]);
	if (told.some(({ virtualDisk }) => virtualDisk === undefined)) return false;
	const key = (each: readonly { readonly host: string; readonly virtualDisk?: string | undefined }[]) =>
		JSON.stringify(each.map(({ host, virtualDisk }) => [host, virtualDisk?.toLowerCase()].join("\n")).sort());
	return key(told) === key(ends.map((end) => declared[end]));
}
