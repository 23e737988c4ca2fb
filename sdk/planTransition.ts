import type { Answer } from "../provider/planner/plan";

/** The situation was not one: what is wrong with it, by path. */
export interface InvalidSituation {
	outcome: "invalid";
	reason: string;
}

/**
 * What would be done in a situation, as data: the same function that preview, up and `pulumi-storage-replication plan` use.
 * Takes `{ observed, capabilities, desired }` as described in docs/planning.md; contacts nothing.
 */
export function planTransition(situation: unknown): Answer | InvalidSituation {
	// Loaded when first used: every program that declares a resource loads this module, and few plan by hand.
	const { planTransition: plan } =
		require("../provider/planner/planTransition") as typeof import("../provider/planner/planTransition.js");
	const { readSituation } =
		require("../provider/planner/readSituation") as typeof import("../provider/planner/readSituation.js");
	const read = readSituation(situation);
	return read.valid ? plan(read.situation) : { outcome: "invalid", reason: read.reason };
}
