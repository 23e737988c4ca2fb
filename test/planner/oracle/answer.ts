import type { Situation } from "../../../provider/planner/situation";
import type { Move, OracleStep } from "./moves";
import { type EarlyRefusal, earlyRefusalOf } from "./refusals";
import { findCheapest } from "./search";
import { defaultReadings, factsOf, observedIn, type Readings, worldOf } from "./world";

/** What the model says about a situation, without its words. */
export type OracleAnswer = { readonly outcome: "refused"; readonly code: EarlyRefusal | "afterSearch" } | OraclePlan;

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
	const code = earlyRefusalOf(situation, facts, () => worldOf(situation, facts));
	if (code !== null) {
		return { outcome: "refused", code };
	}
	const world = worldOf(situation, facts);
	if (world.phase === "ambiguous") {
		// §2 "the plan is one `wait` with `replan: true`, nothing else"
		return { outcome: "plan", steps: [{ kind: "wait", until: null }], needsApproval: false, replan: true, moves: [] };
	}
	const moves = findCheapest(world, facts);
	return moves === null ? { outcome: "refused", code: "afterSearch" } : planOf(moves);
}

/** What is to be answered after each step that went as predicted: "gives the rest of the plan with the same hazards" (§5). */
export function* everySequel(
	situation: Situation,
	{ moves }: OraclePlan,
): Generator<{ readonly situation: Situation; readonly answer: OraclePlan }> {
	for (const [index, { next }] of moves.entries()) {
		yield {
			situation: { ...situation, observed: observedIn(next, situation) },
			answer: planOf(moves.slice(index + 1)),
		};
	}
}

function planOf(moves: readonly Move[]): OraclePlan {
	const steps = moves.map(({ step }) => step);
	// §5 "A plan with a dataLoss step *needs approval*"
	const needsApproval = steps.some(({ hazard }) => hazard === "dataLoss");
	return { outcome: "plan", steps, needsApproval, replan: false, moves };
}
