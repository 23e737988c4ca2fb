import { createHash } from "node:crypto";
import { ends, type Operation, otherEnd, type PerEnd } from "../model/relationship";
import type { Step } from "../planner/plan";
import type { Standing } from "../planner/standing";

/** What is asked for by name has no record that counts its use: the hour is what ends its consent. */
export interface OnRequest {
	readonly operation: Operation;
	/** Hours since the epoch, by the host's clock. */
	readonly hour: number;
}

/**
 * The consent to a plan that destroys writes. It is bound to what was observed: this relationship, its generation, roles,
 * who is ahead, which ends can be read, and the steps. It is not bound to the copy state or to telemetry, because
 * Synchronized turns Broken while a disaster unfolds and the answer stays the same. Every run that issues something
 * moves the generation on, so a token fits once and a forgotten one is inert. Of a group it is bound to the set of its
 * members' standings, however many stand alike.
 */
export function approvalToken(
	ids: PerEnd<string | null>,
	generation: number,
	standing: Standing | readonly Standing[],
	reachable: PerEnd<boolean>,
	steps: readonly Step[],
	onRequest: OnRequest | null = null,
): string {
	// The lower id first: ends declared the other way round are the same relationship, so everything is told by disk.
	const first = ends.find((end) => (ids[end] ?? "") <= (ids[otherEnd(end)] ?? "")) ?? "source";
	const side = (end: "source" | "target") => (end === first ? "first" : "second");
	const perSide = <T>(values: PerEnd<T>) => [values[first], values[otherEnd(first)]].map(String);
	const facts = [
		...perSide({ source: ids.source?.toLowerCase(), target: ids.target?.toLowerCase() }),
		String(generation),
		...(onRequest === null ? [] : [`operation ${onRequest.operation} ${onRequest.hour}`]),
		...distinctOf(
			[standing]
				.flat()
				.map(({ direction, ahead }) => [side(direction === "forward" ? "source" : "target"), ...perSide(ahead)]),
		),
		...perSide(reachable),
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
					...[step.loses?.members, step.members, step.pairs].flatMap((ids) =>
						ids === undefined ? [] : [ids.join(",")],
					),
				].join(" "),
			),
	];
	const digest = createHash("sha256").update(facts.join("\n")).digest("hex");
	return `${digest.slice(0, 4)}-${digest.slice(4, 8)}-${digest.slice(8, 12)}`;
}

function distinctOf(standings: readonly (readonly string[])[]): readonly string[] {
	return [...new Map(standings.map((standing) => [standing.join(" "), standing]))]
		.sort(([one], [other]) => (one < other ? -1 : 1))
		.flatMap(([, standing]) => standing);
}
