import { createHash } from "node:crypto";
import { ends, type Operation, otherEnd, type PerEnd } from "../model/relationship";
import type { Step } from "../planner/plan";
import type { Standing } from "../planner/standing";
import { type SeenGroup, type Sighting, seenPairs } from "./sighting";

/** What is asked for by name has no record that counts its use: the hour is what ends its consent. */
export interface OnRequest {
	readonly operation: Operation;
	/** Hours since the epoch, by the host's clock. */
	readonly hour: number;
}

/** What an approval is bound to. */
export interface Consented {
	readonly sighting: Pick<Sighting, "ids" | "group">;
	readonly generation: number;
	/** Of a group: of each of its members. */
	readonly standings: readonly Standing[];
	readonly reachable: PerEnd<boolean>;
	readonly steps: readonly Step[];
	readonly onRequest: OnRequest | null;
}

/**
 * The consent to a plan that destroys writes. It is bound to what was observed: this relationship, its generation, roles,
 * who is ahead, which ends can be read, and the steps. It is not bound to the copy state or to telemetry, because
 * Synchronized turns Broken while a disaster unfolds and the answer stays the same. Every run that issues something
 * moves the generation on, so a token fits once and a forgotten one is inert. Of a group it is bound to its disks and to
 * the set of its members' standings, however many stand alike.
 */
export function approvalToken({ sighting, generation, standings, reachable, steps, onRequest }: Consented): string {
	const { ids, group } = sighting;
	// The lower id first: ends declared the other way round are the same relationship, so everything is told by disk.
	const first = ends.find((end) => (ids[end] ?? "") <= (ids[otherEnd(end)] ?? "")) ?? "source";
	const side = (end: "source" | "target") => (end === first ? "first" : "second");
	const perSide = <T>(values: PerEnd<T>) => [values[first], values[otherEnd(first)]].map(String);
	const disksOf = disksConcerned(group);
	const facts = [
		...perSide({ source: ids.source?.toLowerCase(), target: ids.target?.toLowerCase() }),
		String(generation),
		...(onRequest === null ? [] : [`operation ${onRequest.operation} ${onRequest.hour}`]),
		...distinctOf(
			standings.map(({ direction, ahead }) => [side(direction === "forward" ? "source" : "target"), ...perSide(ahead)]),
		),
		...perSide(reachable),
		...(group === undefined ? [] : perSide({ source: listed(group.disks.source), target: listed(group.disks.target) })),
		// A wait destroys nothing, and a minute later it may be over: it is no part of what is consented to.
		...steps
			.filter((step) => step.kind !== "wait")
			.map((step) =>
				[
					step.kind === "operation" ? step.operation : "CreateReplica",
					side(step.at),
					step.hazard,
					step.loses === undefined ? "" : `${side(step.loses.end)} ${step.loses.age}`,
					...(step.loses?.what === undefined ? [] : [step.loses.what]),
					...[step.loses?.members, step.members, step.pairs].flatMap((pairs) =>
						pairs === undefined ? [] : listed(pairs.map((pair) => perSide(disksOf(pair)).join("+"))),
					),
				].join(" "),
			),
	];
	const digest = createHash("sha256").update(facts.join("\n")).digest("hex");
	return `${digest.slice(0, 4)}-${digest.slice(4, 8)}-${digest.slice(8, 12)}`;
}

/** Which disks a pair of a plan is: by number where names are secret, and one that joins is none of the group's disks. */
function disksConcerned(group: SeenGroup | undefined): (pair: string) => PerEnd<string> {
	const pairs = new Map(seenPairs(group).map((pair) => [pair.id, pair]));
	return (id) => {
		const { key = id, sighting, madeAs } = pairs.get(id) ?? {};
		return { source: key.toLowerCase(), target: sighting?.ids.target?.toLowerCase() ?? madeAs ?? "" };
	};
}

function listed(ids: readonly string[] | null): string {
	return ids === null
		? ""
		: ids
				.map((id) => id.toLowerCase())
				.sort()
				.join(",");
}

function distinctOf(standings: readonly (readonly string[])[]): readonly string[] {
	return [...new Map(standings.map((standing) => [standing.join(" "), standing]))]
		.sort(([one], [other]) => (one < other ? -1 : 1))
		.flatMap(([, standing]) => standing);
}
