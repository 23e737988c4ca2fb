import { createHash } from "node:crypto";
import type { Declared } from "../executor/declared";
import { ends, type PerEnd } from "../model/relationship";
import type { LineOf } from "./line";
import { endsOf } from "./runs";

/** A digest of both ids, the same whichever of them is declared the source; null: not both are known. */
export function pairOf({ source, target }: PerEnd<string | null>): string | null {
	if (source === null || target === null) return null;
	const both = [source, target].map((id) => id.toLowerCase()).sort();
	return createHash("sha256").update(both.join("\n")).digest("hex").slice(0, 32);
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
	const pair = pairOf(declared.knownIds);
	if (pair !== null && started.pair !== null) return pair === started.pair;
	return (urn !== "" && started.urn === urn) || namesSameDisks(started, declared.ends);
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
