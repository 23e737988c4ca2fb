import type { Situation } from "../../../provider/planner/situation";
import { type LateRefusal, nearestCauseOf } from "./causes";
import type { Move, OracleStep } from "./moves";
import { type EarlyRefusal, earlyRefusalOf } from "./refusals";
import { findCheapest } from "./search";
import { wishHolds } from "./wishes";
import {
	defaultReadings,
	type Facts,
	factsOf,
	observedIn,
	type Readings,
	type World,
	withoutJob,
	worldOf,
} from "./world";

/** What the model says about a situation, without its words. */
export type OracleAnswer = OracleRefusal | OraclePlan;

export interface OracleRefusal {
	readonly outcome: "refused";
	readonly code: EarlyRefusal | LateRefusal;
	/** A code that the text allows as well. */
	readonly also?: LateRefusal;
}

export interface OraclePlan {
	readonly outcome: "plan";
	readonly steps: readonly OracleStep[];
	readonly needsApproval: boolean;
	readonly replan: boolean;
	/** The steps with what comes about after each; empty if the model does not say. */
	readonly moves: readonly Move[];
}

export function answerOf(situation: Situation, readings: Readings = defaultReadings): OracleAnswer {
	const facts = factsOf(situation, readings);
	const code = earlyRefusalOf(situation, facts);
	if (code !== null) {
		return { outcome: "refused", code };
	}
	const world = worldOf(situation, facts);
	if (world.phase === "ambiguous") {
		return saysNothingAgainstTheWish(situation, facts)
			? planOf([])
			: // §2 "the plan is one `wait` with `replan: true`, nothing else"
				{ outcome: "plan", steps: [{ kind: "wait", until: null }], needsApproval: false, replan: true, moves: [] };
	}
	const moves = findCheapest(world, facts);
	return moves === null ? { outcome: "refused", ...nearestCauseOf(world, facts) } : planOf(moves);
}

/** §4 "a job alone, where the wish holds without it and the phase is settled, is the empty plan" */
function saysNothingAgainstTheWish(situation: Situation, facts: Facts): boolean {
	return facts.job && wishHolds(worldOf(withoutJob(situation), facts), facts);
}

/**
 * What is to be answered after each step that went as predicted: "gives the rest of the plan with the same hazards" (§5),
 * "the kept end being that of the run".
 */
export function* everySequel(
	situation: Situation,
	{ moves }: OraclePlan,
): Generator<{ readonly situation: Situation; readonly answer: OraclePlan }> {
	for (const [index, { next }] of moves.entries()) {
		yield { situation: sequelOf(situation, next), answer: planOf(moves.slice(index + 1)) };
	}
}

/** The same run of the same wish, in the world that a step made. */
export function sequelOf(situation: Situation, world: World): Situation {
	const { keptEnd } = factsOf(situation, defaultReadings);
	return {
		...situation,
		observed: observedIn(world, situation),
		desired: { ...situation.desired, ...(keptEnd === null ? {} : { keep: keptEnd }) },
	};
}

function planOf(moves: readonly Move[]): OraclePlan {
	const steps = moves.map(({ step }) => step);
	// §5 "A plan with a dataLoss step *needs approval*"
	const needsApproval = steps.some(({ hazard }) => hazard === "dataLoss");
	return { outcome: "plan", steps, needsApproval, replan: false, moves };
}
