import type { Candidate, Member, Situation } from "../../../provider/planner/situation";
import { type Facts, factsOf, keyOf, type World, worldOf } from "../oracle/world";
import { inElementNumbers, ofGroupsOnly } from "./features";
import type { GroupReadings } from "./readings";

/** §2.2 "The standing is the set of distinct member standings": the members that share one, with what a step may use of it. */
export interface Standing {
	readonly ids: readonly string[];
	readonly world: World;
	/** For a step of the group: its operations and features, the latter in element numbers. */
	readonly group: Facts;
	/** For a step of these members alone; null: there are none (§2.4 "Only without G50 and if the element list advertises it"). */
	readonly element: Facts | null;
}

/** A wished pair outside the group. */
export interface Outsider {
	readonly id: string;
	/** Gone: not related. */
	readonly world: World;
	readonly facts: Facts;
	readonly isMirror: boolean;
}

export interface GroupWorld {
	readonly standings: readonly Standing[];
	readonly outsiders: readonly Outsider[];
	readonly consistency: boolean | null;
	/** §2.2 "a group that says Failedover or FailingOver is Failedover for the rule 'never resend'". */
	readonly saysFailedover: boolean;
	/** What this plan stopped: nothing, a group that was all Synchronized, or another one. */
	readonly stopped: "no" | "from Synchronized" | "otherwise";
	readonly changed: boolean;
	readonly rolesMoved: boolean;
}

export interface GroupFacts {
	readonly wish: Facts["wish"];
	/** Null: as found, or not of this wish (§2.4 "`consistency` and `pairs` belong to `active` and `reversed`"). */
	readonly pairs: readonly string[] | null;
	readonly consistency: boolean | null;
	/** The group's own numbers. */
	readonly features: ReadonlySet<number>;
	readonly advertised: ReadonlySet<string> | null;
	readonly noElementLevel: boolean;
	readonly bothReachable: boolean;
	readonly readings: GroupReadings;
	/** Lifted only to name a cause: any candidate may join. */
	readonly everyPairIsReady: boolean;
}

/** §2.2 "G50 (no element level): the group's word is all there is, one member". */
export function hasNoElementLevel({ observed, capabilities }: Situation): boolean {
	return !observed.members || capabilities.features.includes(ofGroupsOnly.noElementLevel);
}

/** Each member as the pair that it is, with the group's lists; one that stands for all where the array shows none. */
export function pairsOf(situation: Situation): readonly { readonly member: Member | null; readonly pair: Situation }[] {
	const { observed } = situation;
	if (hasNoElementLevel(situation) || !observed.members || observed.presence === "absent") {
		return [{ member: null, pair: pairOf(situation, null) }];
	}
	return observed.members.map((member) => ({ member, pair: pairOf(situation, member) }));
}

function pairOf(situation: Situation, member: Member | (Candidate & { presence: "present" }) | null): Situation {
	const { observed, capabilities, desired } = situation;
	const { subject, members, candidates, consistency, group, ...own } = observed;
	const { id, read, ...ofMember } = member ?? { id: "", read: true };
	return {
		observed: { ...own, ...ofMember },
		capabilities: {
			operations: capabilities.operations,
			features: inElementNumbers(capabilities.features, capabilities.element?.features ?? []),
		},
		desired,
	};
}

/** §2.4 "Member step: the pair's own call", by the lists of the elements. */
function elementFactsOf(pair: Situation, { capabilities }: Situation, readings: GroupReadings): Facts | null {
	return capabilities.element ? factsOf({ ...pair, capabilities: capabilities.element }, readings) : null;
}

export function groupFactsOf(situation: Situation, readings: GroupReadings): GroupFacts {
	const { observed, capabilities, desired } = situation;
	const belongs = desired.state === "active" || desired.state === "reversed";
	const noElementLevel = hasNoElementLevel(situation);
	return {
		wish: desired.state as Facts["wish"],
		// What CreateReplica of the group makes has the pairs of the two groups (§2.1).
		pairs: belongs && !noElementLevel && observed.presence === "present" ? (desired.pairs ?? null) : null,
		consistency: belongs || readings.consistencyGuardsEveryWish ? (desired.consistency ?? null) : null,
		features: new Set(capabilities.features),
		advertised: capabilities.operations ? new Set<string>(capabilities.operations) : null,
		noElementLevel,
		bothReachable: observed.reachable.source && observed.reachable.target,
		readings,
		everyPairIsReady: false,
	};
}

/** The set that was observed. To be asked only after the early refusals, as `worldOf` of a pair. */
export function groupWorldOf(situation: Situation, facts: GroupFacts): GroupWorld {
	const { observed } = situation;
	const standings = pairsOf(situation).map(({ member, pair }): Standing => {
		const group = factsOf(pair, facts.readings);
		return {
			ids: [member?.id ?? ""],
			world: worldOf(pair, group),
			group,
			element: facts.noElementLevel ? null : elementFactsOf(pair, situation, facts.readings),
		};
	});
	return {
		standings: merged(standings),
		outsiders: (observed.candidates ?? []).map((candidate) => outsiderOf(situation, candidate, facts)),
		consistency: observed.consistency ?? null,
		saysFailedover:
			observed.presence === "present" &&
			(observed.copyState === "Failedover" || observed.progressStatus === "FailingOver"),
		stopped: "no",
		changed: false,
		rolesMoved: false,
	};
}

function outsiderOf(situation: Situation, candidate: Candidate, { readings }: GroupFacts): Outsider {
	const related = candidate.presence === "present";
	const whole = pairOf(situation, related ? candidate : null);
	const pair: Situation = {
		...whole,
		observed: {
			...whole.observed,
			presence: candidate.presence,
			targetExists: !related && candidate.targetExists,
			job: null,
			// Nothing is known of a pair that is not related; the group's journal is not its own.
			...(related ? {} : { sourceConsistent: null, targetConsistent: null, ahead: { source: null, target: null } }),
		},
	};
	const facts = factsOf(pair, readings);
	return {
		id: candidate.id,
		world: hasMeaning(candidate) ? worldOf(pair, facts) : unfit,
		facts,
		isMirror: !related || candidate.syncType === "Mirror",
	};
}

/** A candidate that was not read, or stands in a state of no one meaning, is never ready: nothing is known to come of it. */
function hasMeaning(candidate: Candidate): boolean {
	if (candidate.presence === "absent") {
		return candidate.read;
	}
	const { copyState, progressStatus, read } = candidate;
	const isNamed = typeof copyState === "string" && typeof progressStatus === "string";
	return read && isNamed && copyState !== "Mixed" && copyState !== "NotApplicable";
}

const unfit: World = {
	gone: false,
	copy: "Broken",
	phase: "ambiguous",
	direction: "forward",
	mode: "Unknown",
	ahead: { source: "yes", target: "yes" },
	targetConsistent: null,
	sourceConsistent: null,
};

/** "the set of distinct member standings (how many members share one does not matter to a plan)". */
export function merged(standings: readonly Standing[]): Standing[] {
	const byKey = new Map<string, Standing>();
	for (const standing of standings) {
		const key = keyOfStanding(standing);
		const same = byKey.get(key);
		byKey.set(key, { ...standing, ids: [...(same?.ids ?? []), ...standing.ids].sort() });
	}
	return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, standing]) => standing);
}

/** What a plan's steps can depend on: the world, and what stays with these disks. */
export function keyOfStanding({ world, group }: Standing): string {
	const { readOnly, usable, keptEnd, failedoverWasObserved, journalOfS } = group;
	const ofDisks = [readOnly.source, readOnly.target, usable.source, usable.target, keptEnd];
	return `${keyOf(world)}|${ofDisks.join()}|${failedoverWasObserved}|${journalOfS}`;
}

/** Two sets with the same key have the same future; what a plan stopped matters only to a change of pairs. */
export function keyOfGroup(world: GroupWorld, { pairs }: GroupFacts): string {
	const { standings, outsiders, consistency, saysFailedover, stopped, changed, rolesMoved } = world;
	const set = standings.map((standing) => `${keyOfStanding(standing)}|${standing.ids.join(",")}`).join(";");
	const rest =
		pairs === null
			? ""
			: [stopped, changed, rolesMoved, ...outsiders.map(({ id, world: pair }) => id + keyOf(pair))].join("|");
	return [set, consistency, saysFailedover, rest].join("#");
}

export function idsOf(world: GroupWorld): string[] {
	return world.standings.flatMap(({ ids }) => ids).sort();
}

/** The wished pairs that are not in the group, as far as anything is known of them. */
export function missingOf(world: GroupWorld, { pairs }: GroupFacts): Outsider[] {
	const inside = idsOf(world);
	return world.outsiders.filter(({ id }) => pairs?.includes(id) && !inside.includes(id));
}

export function surplusOf(world: GroupWorld, { pairs }: GroupFacts): string[] {
	return pairs === null ? [] : idsOf(world).filter((id) => !pairs.includes(id));
}

export function everyMember(world: GroupWorld, is: (standing: Standing) => boolean): boolean {
	return world.standings.every(is);
}

export function isSettledIn(world: World, ...copies: readonly World["copy"][]): boolean {
	return !world.gone && world.phase === "settled" && copies.includes(world.copy);
}

/** The kept end of every member; null: of none; undefined: they keep several. */
export function oneKeptEndOf({ standings }: GroupWorld): Facts["keptEnd"] | undefined {
	const kept = new Set(standings.map(({ group }) => group.keptEnd));
	return kept.size === 1 ? [...kept][0] : undefined;
}
