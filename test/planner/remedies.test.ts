import fc from "fast-check";
import { expect, test } from "vitest";
import { errorCodes } from "../../provider/model/errorCodes";
import type { Operation } from "../../provider/model/relationship";
import type { Desired, Situation } from "../../provider/planner/situation";
import { advice, deadEnd, see, wish } from "./advice";
import { anyCopy } from "./copies/drawn";
import { everyOperation } from "./copies/values";
import { anyGroup } from "./groups/space";
import { randomSituation, seeded } from "./situations";

const followed = new Set<number>();
const met = new Set<string>();

/** Every way on which advice leads nowhere, with a situation that it begins in. */
function deadEndsOf(situations: Iterable<Situation>): string[] {
	const deadEnds = new Map<string, Situation>();
	for (const situation of situations) {
		const end = deadEnd(situation, followed, met);
		if (end !== null) deadEnds.set(end, situation);
	}
	return [...deadEnds].slice(0, 20).map(([end, situation]) => `${end}\n${JSON.stringify(situation)}`);
}

test("what a refusal of a mirror advises can be done, and gets on", () => {
	expect(deadEndsOf(mirrors(20_000))).toEqual([]);
});

function* mirrors(runs: number): Generator<Situation> {
	const random = seeded(13);
	for (let count = 0; count < runs; count++) {
		// Half a copy whose target is kept is rare: every fourth is one, so that its advice is met too.
		const half = random() < 0.25 ? { targetConsistent: false } : {};
		const drawn = randomSituation(random);
		yield see(half.targetConsistent === false ? wish(drawn, { keep: "target" }) : drawn, {
			...half,
			sourceConsistent: random() < 0.2 ? false : null,
			usable: { source: random() < 0.9, target: random() < 0.9 },
		});
	}
}

/** Some are asked for an operation or for what is none of theirs, and some are of another kind or steered by a group. */
function oftenOtherwise(situations: fc.Arbitrary<Situation>): fc.Arbitrary<Situation> {
	const otherwise = fc.oneof(
		{ weight: 6, arbitrary: fc.constant(nothing) },
		{ weight: 1, arbitrary: fc.constantFrom(...everyOperation.map(asked)) },
		{ weight: 1, arbitrary: fc.constantFrom(...states.map((state) => ({ state }))) },
	);
	const seen = fc.oneof(
		{ weight: 40, arbitrary: fc.constant({}) },
		{
			weight: 3,
			arbitrary: fc.constantFrom({ group: "a group" }, { syncType: "Mirror" }, { syncType: { unknown: 5 } }),
		},
	) as fc.Arbitrary<Partial<Situation["observed"]>>;
	return fc
		.tuple(situations, otherwise, seen)
		.map(([situation, desired, facts]) => see(desired === nothing ? situation : wish(situation, desired), facts));
}

const nothing: Partial<Desired> = {};
const states = ["split", "inactive", "detached", "suspended"] as const;
const asked = (operation: Operation): Partial<Desired> => ({ state: "operation", operation });

test("of a mirror that is in a group, has a copy that is restored, or is asked for an operation", () => {
	const random = seeded(17);
	const restored = { at: "source", role: "source", syncType: "Snapshot", copyState: "Synchronized" } as const;
	const neighbour = { ...restored, progressStatus: "Restoring", targetConsistent: null, syncMode: "Unknown" } as const;
	const beside = [{}, { group: "a group" }, { neighbours: [neighbour] }];
	const drawn = Array.from({ length: 9_000 }, (_, count): Situation => {
		const situation = see(randomSituation(random), beside[count % 3] ?? {});
		const operation = everyOperation[count % everyOperation.length] as Operation;
		return count % 2 === 0 ? situation : wish(situation, asked(operation));
	});
	expect(deadEndsOf(drawn)).toEqual([]);
});

test("of a copy", () => {
	expect(deadEndsOf(fc.sample(oftenOtherwise(anyCopy()), { seed: 13, numRuns: 10_000 }))).toEqual([]);
});

/** Roles that differ, or a group of copies: as rare as they are refused alike. */
const seldom: readonly ((situation: Situation) => Situation)[] = [
	(situation) =>
		see(situation, {
			members:
				situation.observed.members?.map((one, at) => (at === 1 ? { ...one, direction: "reverse" } : one)) ?? null,
		}),
	(situation) => wish(situation, { kind: "Snapshot" }),
];

test("of a group", () => {
	const drawn = fc.sample(oftenOtherwise(anyGroup()), { seed: 13, numRuns: 4_000 });
	const odd = drawn.slice(0, 200).flatMap((situation) => seldom.map((change) => change(situation)));
	expect(deadEndsOf([...drawn, ...odd])).toEqual([]);
});

test("every refusal was met, and every piece of advice followed", () => {
	expect([...met].sort()).toEqual(Object.values(errorCodes).filter((code) => code.startsWith("SR1")));
	expect(advice.flatMap(([pattern], index) => (followed.has(index) ? [] : [pattern.source]))).toEqual([]);
});
