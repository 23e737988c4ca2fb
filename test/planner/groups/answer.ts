import type { Situation } from "../../../provider/planner/situation";
import { answerOf } from "../oracle/answer";
import { type EarlyRefusal, earlyRefusalOf } from "../oracle/refusals";
import { factsOf, phaseOf } from "../oracle/world";
import { type GroupLateRefusal, nearestCauseForGroup } from "./causes";
import { defaultGroupReadings, type GroupReadings } from "./readings";
import { findCheapestForGroup, groupWishHolds } from "./search";
import { type GroupFacts, groupFactsOf, groupWorldOf, pairsOf } from "./set";
import type { GroupMove, GroupStep } from "./steps";

/** §4 "new ones in **bold** between the pair model's (n)". */
export type GroupEarlyRefusal = EarlyRefusal | "SR1029" | "SR1030" | "SR1031" | "SR1032";

export interface GroupRefusal {
	readonly outcome: "refused";
	readonly code: GroupEarlyRefusal | GroupLateRefusal;
	/** Codes that the text allows as well. */
	readonly also: readonly (GroupEarlyRefusal | GroupLateRefusal)[];
}

export interface GroupPlan {
	readonly outcome: "plan";
	readonly steps: readonly GroupStep[];
	readonly needsApproval: boolean;
	readonly replan: boolean;
	/** The steps with what comes about after each; empty if the text does not say. */
	readonly moves: readonly GroupMove[];
}

export type GroupAnswer = GroupRefusal | GroupPlan;

/** What §2 and §4 say of a group, or of a pair that belongs to one, without the words. */
export function answerOfGroup(situation: Situation, readings: GroupReadings = defaultGroupReadings): GroupAnswer {
	if (situation.observed.subject !== "group") {
		return answerOfPairInGroup(situation, readings);
	}
	const facts = groupFactsOf(situation, readings);
	const early = earlyRefusalOfGroup(situation, facts);
	if (early !== null) {
		return early;
	}
	const world = groupWorldOf(situation, facts);
	if (world.standings.some((one) => one.world.phase === "ambiguous")) {
		return holdsBesideAJob(situation, facts) ? planOf([]) : oneWait;
	}
	const moves = findCheapestForGroup(world, facts);
	return moves === null ? { outcome: "refused", ...nearestCauseForGroup(world, facts) } : planOf(moves);
}

/** §2.2 "A member in an ambiguous phase, or a job on the group: one wait, replan." */
const oneWait: GroupPlan = {
	outcome: "plan",
	steps: [{ kind: "wait", until: null }],
	needsApproval: false,
	replan: true,
	moves: [],
};

/** §4 "**1a the pair belongs to a group**, unless the plan is empty", after (1). */
function answerOfPairInGroup(situation: Situation, readings: GroupReadings): GroupAnswer {
	const answer = answerOf(situation, readings);
	const steers = situation.observed.group ?? null;
	if (answer.outcome === "plan") {
		return steers === null || answer.steps.length === 0 ? { ...answer, moves: [] } : refused("SR1029");
	}
	const also = answer.also === undefined ? [] : [answer.also];
	return steers === null || answer.code === "SR1001"
		? { outcome: "refused", code: answer.code, also }
		: refused("SR1029");
}

/** The pair model's (1) to (7), "read per member", with those of §4 between them. */
function earlyRefusalOfGroup(situation: Situation, facts: GroupFacts): GroupRefusal | null {
	const { observed } = situation;
	const { readings } = facts;
	const pairs = pairsOf(situation);
	const judged = pairs.filter(({ member }) => member === null || member.read || !readings.unreadHasNoStates);
	const codes = judged
		.map(({ pair }) => earlyRefusalOf(pair, factsOf(pair, readings)))
		.filter((code) => code !== null)
		.sort();
	// (1), (2), (3) ask nothing that could differ between members.
	const [first] = codes;
	if (first !== undefined && first < "SR1006") {
		return refused(first);
	}
	if (wishIsUnfit(situation)) {
		return refused("SR1030");
	}
	if (first === "SR1006") {
		return refused(first);
	}
	// "(4a) torn roles or an unread member"; "refused, everything but an empty plan"
	const directions = new Set(judged.map(({ pair }) => pair.observed.direction));
	const unread = pairs.some(({ member }) => member !== null && !member.read);
	if (directions.size > 1) {
		const nothingElse = codes.length === 0 && !unread;
		return nothingElse && holdsWhereItStands(situation, facts) ? null : refused("SR1031");
	}
	if (unread) {
		return refused("SR1032");
	}
	// (5) "unless S is reachable and the wish holds already": that of the group.
	if (
		first === undefined &&
		observed.presence === "present" &&
		["active", "reversed", "split"].includes(facts.wish) &&
		!facts.bothReachable &&
		!groupWishHolds(groupWorldOf(withoutAmbiguity(situation), facts), facts)
	) {
		return refused("SR1007");
	}
	if (first === undefined) {
		return null;
	}
	// (6) of members that differ: one serves already, another was failed away from.
	return { outcome: "refused", code: codes.at(-1) === "SR1009" ? "SR1009" : first, also: codes };
}

/** §4 "**3a the wish does not fit the kind or subject**": a group's relationship is a Mirror, and its wishes are a pair's. */
function wishIsUnfit({ desired }: Situation): boolean {
	const { state, kind = "Mirror", by, retake, restore } = desired;
	const isOfCopies = state === "inactive" || state === "detached" || retake === true || restore === true;
	return kind !== "Mirror" || isOfCopies || by === "ReturnToResourcePool";
}

/** A job set aside: with it, the wait. */
function holdsBesideAJob(situation: Situation, facts: GroupFacts): boolean {
	return situation.observed.job !== null && holdsWhereItStands(situation, facts);
}

function holdsWhereItStands(situation: Situation, facts: GroupFacts): boolean {
	return groupWishHolds(groupWorldOf(withoutJob(situation), facts), facts);
}

function withoutJob(situation: Situation): Situation {
	return { ...situation, observed: { ...situation.observed, job: null } };
}

/** (5) "a job and an ambiguous ProgressStatus set aside". */
function withoutAmbiguity(situation: Situation): Situation {
	const { observed } = situation;
	const settle = <One extends Pick<Situation["observed"], "copyState" | "progressStatus">>(one: One): One =>
		typeof one.copyState === "string" &&
		typeof one.progressStatus === "string" &&
		phaseOf(one.copyState, one.progressStatus, null) === "ambiguous"
			? { ...one, progressStatus: "Completed" }
			: one;
	return {
		...situation,
		observed: { ...settle(observed), job: null, members: observed.members?.map(settle) ?? null },
	};
}

function refused(code: GroupRefusal["code"]): GroupRefusal {
	return { outcome: "refused", code, also: [] };
}

export function planOf(moves: readonly GroupMove[]): GroupPlan {
	const steps = moves.map(({ step }) => step);
	const needsApproval = steps.some(({ hazard }) => hazard === "dataLoss");
	return { outcome: "plan", steps, needsApproval, replan: false, moves };
}
