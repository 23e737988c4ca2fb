import type { CopyState } from "../model/relationship";
import { makeFrame, makeStanding } from "./beginning";
import { asPairCapabilities, groupFeatures } from "./groupFeatures";
import { isFailedOver } from "./phase";
import type { Candidate, Desired, Member, Observed, Situation } from "./situation";
import type { Frame, Standing } from "./standing";
import { keyOf } from "./standingKey";

/** A pair is steered with the group, outside it, or was taken out of it and stays related. */
export type Belonging = "member" | "candidate" | "left";

/** Pairs of which the same is known: how many they are does not matter to a plan (copies-and-groups.md §2.2). */
export interface Part {
	/** Sorted. */
	readonly ids: readonly string[];
	/** By the group's lists; with what is known of these pairs' disks. */
	readonly frame: Frame;
	/** By the members' own lists, for calls to single pairs; `null`: none is ever sent. */
	readonly element: Frame | null;
	/** The wish names them, or names none. */
	readonly wished: boolean;
	/** Outside the group and in another kind of relationship: it can never join. */
	readonly isMirror: boolean;
}

/** Where a group stands: each part by itself, and what only the group has. */
export interface Place {
	readonly standings: readonly Standing[];
	readonly belongs: readonly Belonging[];
	readonly consistency: boolean | null;
	/** The group's own word is Failedover or FailingOver: nobody sends it a second one, whatever its members show. */
	readonly saysFailedOver: boolean;
}

/** What no step changes. */
export interface Group {
	readonly desired: Desired;
	readonly parts: readonly Part[];
	readonly features: ReadonlySet<number>;
	readonly advertised: ReadonlySet<string> | null;
	readonly bothReachable: boolean;
	readonly reachable: Observed["reachable"];
	/** The wish wants other pairs in the group than are found there. */
	readonly changesPairs: boolean;
	readonly foundAs: Place["belongs"];
}

/** The group's own lists have no element level (feature 50), or its members were not read: its word is all there is. */
export function isOneWord({ observed, capabilities }: Situation): boolean {
	return observed.members == null || capabilities.features.includes(groupFeatures.noElementLevel);
}

/** A member as the pair that it is. */
export function asPair(situation: Situation, member: Member | null): Situation {
	const { observed, capabilities, desired } = situation;
	const { consistency: _consistency, pairs: _pairs, ...wish } = desired;
	const {
		members: _members,
		candidates: _candidates,
		subject: _subject,
		consistency: _of,
		group: _g,
		...own
	} = observed;
	const facts = member === null ? {} : pairFacts(member);
	return { observed: { ...own, ...facts }, capabilities: asPairCapabilities(capabilities), desired: wish };
}

function pairFacts({ id: _id, read: _read, ...facts }: Member): Partial<Observed> {
	return facts;
}

/** The members of a group, or its own word as the one that there is. */
export function membersOf(situation: Situation): readonly (Member | null)[] {
	return isOneWord(situation) ? [null] : (situation.observed.members ?? []);
}

export function makeGroup(situation: Situation): { readonly group: Group; readonly start: Place } {
	const { observed, capabilities, desired } = situation;
	const members = membersOf(situation);
	const oneWord = isOneWord(situation);
	const failoverObserved =
		isFailedOver(observed) || members.some((member) => isFailedOver(asPair(situation, member).observed));
	const found = members.map((member) => {
		const pair = asPair(situation, member);
		const id = member?.id ?? "";
		return {
			id,
			standing: makeStanding(pair),
			frame: { ...makeFrame(pair), failoverObserved },
			element: oneWord ? null : elementFrame(situation, pair),
			wished: desired.pairs === undefined || member === null || desired.pairs.includes(id),
			belongs: "member" as const,
			isMirror: true,
		};
	});
	const outside = oneWord
		? []
		: (observed.candidates ?? [])
				.filter(({ id }) => desired.pairs?.includes(id) === true)
				.map((candidate) => {
					const pair = candidateAsPair(situation, candidate);
					return {
						id: candidate.id,
						standing: makeStanding(pair),
						frame: makeFrame(pair),
						element: null,
						wished: true,
						belongs: "candidate" as const,
						isMirror: candidate.presence === "absent" || candidate.syncType === "Mirror",
					};
				});
	const byFacts = new Map<string, { readonly part: Part; readonly standing: Standing; readonly belongs: Belonging }>();
	for (const { id, standing, frame, element, wished, belongs, isMirror } of [...found, ...outside]) {
		const key = [keyOf(standing), factsOf(frame), wished, belongs, isMirror].join("|");
		const ids = [...(byFacts.get(key)?.part.ids ?? []), id].sort();
		byFacts.set(key, { part: { ids, frame, element, wished, isMirror }, standing, belongs });
	}
	// By what is known and not by name or order: these do not change a plan.
	const sorted = [...byFacts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, part]) => part);
	const parts = sorted.map(({ part }) => part);
	const startsWith = sorted.map(({ belongs }) => belongs);
	return {
		group: {
			desired,
			parts,
			changesPairs: hasPairsToChange({ desired, parts }, startsWith),
			foundAs: startsWith,
			features: new Set(capabilities.features),
			advertised: capabilities.operations === null ? null : new Set(capabilities.operations),
			bothReachable: observed.reachable.source && observed.reachable.target,
			reachable: observed.reachable,
		},
		start: {
			standings: sorted.map(({ standing }) => standing),
			belongs: startsWith,
			consistency: observed.consistency ?? null,
			saysFailedOver: isFailedOver(observed),
		},
	};
}

/** What differs between pairs that stand alike: it decides what may come of them. */
function factsOf({ readOnly, tailUntold, usable, kept, journal, targetExists }: Frame): string {
	return JSON.stringify([readOnly, tailUntold, usable, kept, journal, targetExists]);
}

function elementFrame({ capabilities: { element } }: Situation, pair: Situation): Frame | null {
	return element == null ? null : makeFrame({ ...pair, capabilities: element });
}

function candidateAsPair(situation: Situation, candidate: Candidate): Situation {
	if (candidate.presence === "present") {
		const { presence: _presence, syncType: _syncType, ...member } = candidate;
		return asPair(situation, member);
	}
	const pair = asPair(situation, null);
	const observed: Observed = { ...pair.observed, presence: "absent", targetExists: candidate.targetExists, job: null };
	return { ...pair, observed };
}

/** Pairs belong to active and reversed, as the mode does. */
export function hasPairsToChange(
	{ parts, desired }: Pick<Group, "parts" | "desired">,
	belongs: Place["belongs"],
): boolean {
	if (desired.pairs === undefined || (desired.state !== "active" && desired.state !== "reversed")) return false;
	return belongs.some((belonging, index) =>
		belonging === "candidate" ? true : belonging === "member" && parts[index]?.wished === false,
	);
}

export function keyOfPlace({ standings, belongs, consistency, saysFailedOver }: Place): string {
	return `${standings.map((standing, index) => `${keyOf(standing)}${(belongs[index] ?? "")[0]}`).join(",")};${consistency};${saysFailedOver}`;
}

/** Indices of the parts that belong so. */
export function partsThat(belongs: Place["belongs"], as: Belonging): readonly number[] {
	return belongs.flatMap((belonging, index) => (belonging === as ? [index] : []));
}

/** The states in which pairs may be added and removed; `null`: none is named. */
export function statesForPairChange({ features: has }: Group): readonly CopyState[] | null {
	const named: readonly (readonly [number, CopyState])[] = [
		[groupFeatures.pairChangeWantsFractured, "Fractured"],
		[groupFeatures.pairChangeWantsSplit, "Split"],
		[groupFeatures.pairChangeWantsSuspended, "Suspended"],
	];
	const states = named.flatMap(([feature, state]) => (has.has(feature) ? [state] : []));
	if (states.length > 0) return states;
	// Feature 48 alone asks for a failover, and no role moves for a change of members.
	return has.has(groupFeatures.pairChangeWantsFailedOver) ? [] : null;
}

/** Where each pair stands, by its id. */
export function standingsById(parts: Group["parts"], { standings }: Place): ReadonlyMap<string, Standing> {
	return new Map(parts.flatMap(({ ids }, index) => ids.map((id) => [id, standings[index] as Standing])));
}
