import type { Situation } from "../../../provider/planner/situation";
import { wishHolds } from "./wishes";
import { type Facts, S, withoutAmbiguity, worldOf } from "./world";

/** The codes that docs/errors.md gives to the refusals of §4 before any search, in their order. */
export type EarlyRefusal =
	| "SR1001"
	| "SR1002"
	| "SR1003"
	| "SR1004"
	| "SR1005"
	| "SR1006"
	| "SR1007"
	| "SR1008"
	| "SR1009"
	| "SR1010";

/**
 * §4 "Refused before any search, in this order": the first that applies, or null. What was observed makes a world
 * only when (4) has passed, and nothing before (5) looks at it.
 */
export function earlyRefusalOf(situation: Situation, facts: Facts): EarlyRefusal | null {
	const { observed } = situation;
	const { wish, reachable } = facts;
	const absent = observed.presence === "absent";
	const oneUnreachable = !reachable.source || !reachable.target;

	// (1) no end reachable
	if (!reachable.source && !reachable.target) {
		return "SR1001";
	}
	// (2) relationship absent, the wish is not `absent`, and …
	if (absent && wish !== "absent") {
		if (wish === "reversed" || wish === "failedOver") {
			return "SR1002";
		}
		if (observed.vanished) {
			return "SR1003";
		}
		if (oneUnreachable) {
			return "SR1004";
		}
	}
	const nothingToJudge = absent && facts.readings.absentHasNoStates;
	// (3) not a Mirror, removal apart
	if (!nothingToJudge && observed.syncType !== "Mirror" && wish !== "absent") {
		return "SR1005";
	}
	// (4) a state that has no one meaning
	if (!nothingToJudge && isWithoutMeaning(situation, facts)) {
		return "SR1006";
	}
	// From here on every name is known.
	const now = worldOf(withoutAmbiguity(situation), facts);
	// (5) `active`, `reversed`, `split` with an end unreachable, unless S is reachable and the wish holds already, a job
	// and an ambiguous ProgressStatus set aside
	if ((wish === "active" || wish === "reversed" || wish === "split") && oneUnreachable) {
		if (!(reachable[S(now.direction)] && wishHolds(now, facts))) {
			return "SR1007";
		}
	}
	// (6) `failedOver` to the current source. On the way to Failedover T is the serving end already (§1), so S does not
	// "serve already" then either: it is being failed away from.
	if (wish === "failedOver" && facts.to === S(now.direction)) {
		return facts.failedoverWasObserved ? "SR1009" : "SR1008";
	}
	// (7) `suspended`, `split` while Failedover or FailingOver
	if ((wish === "suspended" || wish === "split") && facts.failedoverWasObserved) {
		return "SR1010";
	}
	return null;
}

/** (4) "CopyState unknown, NotApplicable or Mixed, or ProgressStatus unknown; but CopyState 16 …" */
function isWithoutMeaning({ observed }: Situation, facts: Facts): boolean {
	const { copyState, progressStatus, direction, reachable } = observed;
	if (typeof progressStatus !== "string") {
		return true;
	}
	if (typeof copyState === "string") {
		return copyState === "NotApplicable" || copyState === "Mixed";
	}
	const countsAsBroken = facts.wish === "absent" || (facts.wish === "failedOver" && !reachable[S(direction)]);
	return !(copyState.unknown === partitioned && countsAsBroken);
}

const partitioned = 16;
