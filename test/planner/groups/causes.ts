import type { LateRefusal } from "../oracle/causes";
import type { Facts, World } from "../oracle/world";
import { ofGroupsOnly } from "./features";
import { findCheapestForGroup } from "./search";
import type { GroupFacts, GroupWorld } from "./set";

/** §4 "After the search, before "no legal path": not whole …, **a change of pairs needs Failedover**, **a pair is not ready**". */
export type GroupLateRefusal = LateRefusal | "SR1038" | "SR1039";

export interface GroupCause {
	readonly code: GroupLateRefusal;
	/** What lifted alone would open a path as well: the text names the nearest, and not how near each is. */
	readonly also: readonly GroupLateRefusal[];
}

/** The first in their order without which alone there would be a path; SR1026 if it takes more than one, or something else. */
export function nearestCauseForGroup(world: GroupWorld, facts: GroupFacts): GroupCause {
	const opening = causes.filter(([, lifts]) =>
		lifts(world, facts).some((lifted) => findCheapestForGroup(lifted.world, lifted.facts) !== null),
	);
	const [first, ...others] = opening.map(([code]) => code);
	return first === undefined ? { code: "SR1026", also: [] } : { code: first, also: others };
}

interface Lifted {
	readonly world: GroupWorld;
	readonly facts: GroupFacts;
}

/** Several ways to lift one cause: any of them will do. */
type Lift = (world: GroupWorld, facts: GroupFacts) => Lifted[];

const causes: readonly (readonly [GroupLateRefusal, Lift])[] = [
	[
		"SR1020",
		(world, facts) => [
			{ world: ofEach(world, () => ({ advertised: null })), facts: { ...facts, advertised: null } },
			{
				world: { ...world, standings: world.standings.map((one) => ({ ...one, element: lifted(one.element) })) },
				facts,
			},
		],
	],
	["SR1021", (world, facts) => [without(world, facts, [19], [])]],
	["SR1022", gatesLifted],
	["SR1023", (world, facts) => [{ world: inEach(world, { targetConsistent: null }), facts }]],
	["SR1027", (world, facts) => [{ world: inEach(world, { sourceConsistent: null }), facts }]],
	["SR1028", (world, facts) => [{ world: ofEach(world, () => ({ usable: { source: true, target: true } })), facts }]],
	["SR1024", (world, facts) => [without(world, facts, [16], [])]],
	["SR1025", (world, facts) => [{ world: ofEach(world, () => ({ keptEnd: null })), facts }]],
	["SR1038", (world, facts) => [without(world, facts, [], [ofGroupsOnly.changeInFailedover])]],
	["SR1039", (world, facts) => [{ world, facts: { ...facts, everyPairIsReady: true } }]],
];

/** Features named under "legal from": the pair's, and the group's own but for 48, which has a refusal of its own. */
const gates: readonly number[] = [15, 19, 29, 30, 31, 32, 33, 47, 48, 52, 53, 54];
const ofGroup: readonly number[] = [
	ofGroupsOnly.alwaysConsistent,
	ofGroupsOnly.changeInFractured,
	ofGroupsOnly.changeInSplit,
	ofGroupsOnly.changeInSuspended,
	ofGroupsOnly.addWantsSynchronizedPair,
];

/** Each alone, all of the pair's, all of the group's, and all; a subset of these is not told apart. */
function gatesLifted(world: GroupWorld, facts: GroupFacts): Lifted[] {
	const present = gates.filter((gate) => world.standings.some((one) => one.group.features.has(gate)));
	const own = ofGroup.filter((gate) => facts.features.has(gate));
	const sets: (readonly [readonly number[], readonly number[]])[] = [
		...present.map((gate) => [[gate], []] as const),
		...own.map((gate) => [[], [gate]] as const),
		[present, []],
		[[], own],
		[present, own],
	];
	return sets
		.filter(([some, others]) => some.length + others.length > 0)
		.map(([some, others]) => without(world, facts, some, others));
}

function without(world: GroupWorld, facts: GroupFacts, some: readonly number[], ofTheGroup: readonly number[]): Lifted {
	return {
		world: ofEach(world, (one) => ({
			features: new Set([...one.features].filter((feature) => !some.includes(feature))),
		})),
		facts: {
			...facts,
			features: new Set([...facts.features].filter((feature) => !ofTheGroup.includes(feature))),
		},
	};
}

function ofEach(world: GroupWorld, change: (facts: Facts) => Partial<Facts>): GroupWorld {
	return {
		...world,
		standings: world.standings.map((one) => ({
			...one,
			group: { ...one.group, ...change(one.group) },
			element: one.element && { ...one.element, ...change(one.element) },
		})),
		outsiders: world.outsiders.map((pair) => ({ ...pair, facts: { ...pair.facts, ...change(pair.facts) } })),
	};
}

function inEach(world: GroupWorld, change: Partial<World>): GroupWorld {
	return {
		...world,
		standings: world.standings.map((one) => ({ ...one, world: { ...one.world, ...change } })),
	};
}

function lifted(facts: Facts | null): Facts | null {
	return facts && { ...facts, advertised: null };
}
