import type { Answer } from "../provider/planner/plan";
import { planTransition as plan } from "../provider/planner/planTransition";
import { readSituation } from "../provider/planner/readSituation";

/** The situation was not one: what is wrong with it, by path. */
export interface InvalidSituation {
	outcome: "invalid";
	reason: string;
}

/**
 * What would be done in a situation, as data: the same function that preview, up and `storage-replication plan` use.
 * Takes `{ observed, capabilities, desired }` as described in docs/planning.md; contacts nothing.
 */
export function planTransition(situation: unknown): Answer | InvalidSituation {
	const read = readSituation(situation);
	return read.valid ? plan(read.situation) : { outcome: "invalid", reason: read.reason };
}
