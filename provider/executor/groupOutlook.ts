import { ends } from "../model/relationship";
import { asPair } from "../planner/groupStanding";
import type { Candidate, Member, Observed, Situation } from "../planner/situation";
import { asPlanned, withUnseenTail } from "./asPlanned";
import type { Declared } from "./declared";
import { type PairOf, recordOfPair } from "./groupMemory";
import { believedOf, type Journal, refuseSplitBrain, withJournal } from "./journal";
import type { RelationshipRecord } from "./record";
import { describeRoleChange } from "./roleChange";
import type { SeenGroup, SeenPair, Sighting } from "./sighting";
import type { Limits } from "./wish";

/** One pair of a group as it was read, with what is remembered of it. */
export interface Pair {
	/** What plans and people call it: its key, or where names are secret its number. */
	readonly id: string;
	/** UniqueId of its source. */
	readonly key: string;
	readonly sighting: Sighting;
	readonly observed: Observed;
	/** False: it is wished, and outside the group. */
	readonly isMember: boolean;
	/** Its target is to be made under this name. */
	readonly madeAs?: string | undefined;
}

/** Which journal fits what is seen: of the relationship, or of one pair of a group. */
export type JournalFor = (seen: Sighting["observed"], pair?: PairOf) => Journal | null;

const keysOf = (pairs: readonly SeenPair[]) => pairs.map(({ key }) => key);

/** Split brain is one of any member. */
export function refuseSplitBrainIn(sighting: Sighting, record: RelationshipRecord | null): void {
	const members = sighting.group?.members ?? null;
	if (members === null) refuseSplitBrain(sighting, record);
	for (const { key, sighting: seen } of members ?? []) {
		if (seen !== null) refuseSplitBrain(seen, recordOfPair(record, { key, keys: keysOf(members ?? []) }));
	}
}

/** The pairs that could be read. */
export function pairsOf(
	{ members, candidates }: SeenGroup,
	journalFor: JournalFor,
	record: RelationshipRecord | null,
	limits: Limits,
): readonly Pair[] {
	const keys = keysOf(members ?? []);
	const readAs = (pairs: readonly SeenPair[], isMember: boolean) =>
		pairs.flatMap(({ id, key, sighting, madeAs }): Pair[] => {
			if (sighting === null) return [];
			const of = { key, keys };
			const told = journalFor(sighting.observed, of);
			// Of a pair outside the group the group's record knows nothing.
			const journal = isMember ? told : inThisRun(told);
			const known = believedOf(journal, sighting, isMember ? recordOfPair(record, of) : null);
			const remembered = withJournal(sighting.observed, known);
			const half = sighting.targetHalf ? { ...remembered, targetConsistent: false } : remembered;
			const observed = withUnseenTail(asPlanned(half), sighting, limits);
			return [{ id, key, sighting, observed, isMember, madeAs }];
		});
	return [...readAs(members ?? [], true), ...readAs(candidates, false)];
}

function inThisRun(journal: Journal | null): Journal | null {
	return journal?.inThisRun === true ? journal : null;
}

/** The group with its pairs as the planner reads them. What could not be read is told as that. */
export function withPairs(observed: Observed, { members, candidates }: SeenGroup, pairs: readonly Pair[]): Observed {
	const found = (id: string) => pairs.find((pair) => pair.id === id);
	return {
		...observed,
		members:
			members?.map(({ id }) => {
				const pair = found(id);
				return pair === undefined ? unread(id, observed) : memberOf(pair);
			}) ?? null,
		candidates: candidates.map(({ id }): Candidate => {
			const pair = found(id);
			if (pair === undefined) return { id, presence: "absent", targetExists: true, read: false };
			const { presence, targetExists, syncType } = pair.observed;
			return presence === "absent"
				? { id, presence, targetExists, read: true }
				: { ...memberOf(pair), presence, syncType };
		}),
	};
}

function memberOf({ id, observed }: Pair): Member {
	const {
		copyState,
		progressStatus,
		direction,
		syncMode,
		readOnly,
		tailUntold,
		ahead,
		targetConsistent,
		sourceConsistent,
		usable,
	} = observed;
	return {
		id,
		copyState,
		progressStatus,
		direction,
		syncMode,
		readOnly,
		...(tailUntold === true ? { tailUntold } : {}),
		ahead,
		targetConsistent,
		sourceConsistent,
		usable,
		read: true,
	};
}

function unread(id: string, { direction, syncMode }: Observed): Member {
	const none = { source: false, target: false };
	return {
		id,
		copyState: "NotApplicable",
		progressStatus: "Unknown",
		direction,
		syncMode,
		readOnly: none,
		ahead: { source: null, target: null },
		targetConsistent: null,
		sourceConsistent: null,
		usable: { source: true, target: true },
		read: false,
	};
}

/** The role change of any member. */
export function describeRoleChangeIn(
	situation: Situation,
	{ members }: SeenGroup,
	record: RelationshipRecord | null,
	declared: Declared,
): string | null {
	const keys = keysOf(members ?? []);
	for (const member of situation.observed.members ?? []) {
		const key = members?.find(({ id }) => id === member.id)?.key;
		if (!member.read || key === undefined) continue;
		const change = describeRoleChange(asPair(situation, member), recordOfPair(record, { key, keys }), declared);
		if (change !== null) return `${member.id}: ${change}`;
	}
	return null;
}

/** The UniqueIds that a call names a pair by. */
export function syncPairsOf(ids: readonly string[], pairs: readonly Pair[]) {
	return ids.map((id) => {
		const known = pairs.find((pair) => pair.id === id)?.sighting.ids;
		const [sourceUniqueId, targetUniqueId] = ends.map((end) => known?.[end] ?? "");
		return { sourceUniqueId: sourceUniqueId ?? "", targetUniqueId: targetUniqueId ?? "" };
	});
}
