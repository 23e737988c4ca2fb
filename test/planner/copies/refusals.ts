import { operations } from "../../../provider/model/vocabulary";
import type { Situation } from "../../../provider/planner/situation";
import type { Facts } from "./world";
import { wishHolds, worldOf } from "./world";

/**
 * §4 "Refusals, new ones in bold between the pair model's (n)": the codes that the text allows, the nearest first; none:
 * nothing is refused before a search. (1a) and (8) to (10) need the plan and are asked elsewhere.
 */
export function earlyRefusalsOf(situation: Situation, facts: Facts): readonly string[] {
	const { observed, desired } = situation;
	const { wish, reachable } = facts;
	const absent = observed.presence === "absent";
	const oneUnreachable = !reachable.source || !reachable.target;
	// (1) no end reachable
	if (!reachable.source && !reachable.target) {
		return ["SR1001"];
	}
	const alone: Situation = { ...situation, observed: { ...observed, job: null } };
	// (2), "for copies: restore or `inactive` or `detached` of nothing"; "A *vanished* copy is refused as for pairs, unless a
	// retake is asked (then `create`)"
	if (absent && wish !== "absent" && !wishHolds(worldOf(alone, facts), facts)) {
		const { retakeDue, restoreDue } = worldOf(alone, facts);
		if (wish === "operation") {
			return ["SR1002", "SR1003", "SR1004", "SR1030", "SR1040"];
		}
		if (restoreDue || wish === "inactive" || (wish === "detached" && !retakeDue)) {
			return ["SR1002"];
		}
		if (observed.vanished && !retakeDue) {
			return ["SR1003"];
		}
		if (oneUnreachable) {
			return ["SR1004"];
		}
	}
	if (!absent && wish !== "absent") {
		// (3) "another observed `syncType` is refused"; "8 and 9 count as one"
		if (familyOf(observed.syncType) !== familyOf(desired.kind ?? "Mirror")) {
			return ["SR1005"];
		}
		// Copies are steered in one direction only: no role of theirs ever moves (§1.1).
		if (observed.direction === "reverse") {
			return ["SR1005", "SR1006", "SR1026", "SR1030", "SR1040"];
		}
	}
	// (3a) "the wish does not fit the kind or subject"
	if (!fits(situation)) {
		return wish === "operation" ? ["SR1030", "SR1040"] : ["SR1030"];
	}
	// (4)
	if (!absent && isWithoutMeaning(situation)) {
		return ["SR1006"];
	}
	if (absent) {
		return [];
	}
	// (5) names `active` alone of the wishes of copies
	if (wish === "active" && oneUnreachable && !(reachable.source && wishHolds(atRest(alone, facts), facts))) {
		return ["SR1007"];
	}
	// (7) `suspended` while Failedover or FailingOver
	if (wish === "suspended" && (observed.copyState === "Failedover" || observed.progressStatus === "FailingOver")) {
		return ["SR1010"];
	}
	return [];
}

/** (5) "a job and an ambiguous ProgressStatus set aside" */
function atRest(alone: Situation, facts: Facts) {
	const world = worldOf(alone, facts);
	return world.phase === "ambiguous"
		? worldOf({ ...alone, observed: { ...alone.observed, progressStatus: "Completed" } }, facts)
		: world;
}

/** §1.1, §1.4, §3: what may be wished of which kind. */
function fits({ desired }: Situation): boolean {
	const snapshot = desired.kind === "Snapshot";
	if (desired.by === "ReturnToResourcePool" && !snapshot) {
		return false;
	}
	switch (desired.state) {
		case "active":
		case "absent":
			return true;
		case "inactive":
			return snapshot;
		case "suspended":
		case "detached":
			return !snapshot;
		case "operation":
			return desired.operation !== undefined && mayBeAskedOf(desired.operation, snapshot);
		default:
			return false;
	}
}

/** §1.5 "3, 5, 6, 10, 11, 13, 17, 18, 20: never"; Sn and Cl by the rows; §3 "19 a Snapshot". */
function mayBeAskedOf(
	operation: keyof typeof operations.virtualDiskSetReplicationRelationshipOperation,
	snapshot: boolean,
) {
	const code = operations.virtualDiskSetReplicationRelationshipOperation[operation];
	if ([3, 5, 6, 10, 11, 13, 17, 18, 20].includes(code)) {
		return false;
	}
	return snapshot ? operation !== "Suspend" : operation !== "ReturnToResourcePool";
}

function familyOf(syncType: Situation["observed"]["syncType"]): string {
	if (typeof syncType !== "string") {
		return "unknown";
	}
	return syncType === "TokenizedClone" ? "Clone" : syncType;
}

/** (4) with §1.3 "18 otherwise counts as Synchronized, 16 and 17 as Broken for `absent` only" */
function isWithoutMeaning({ observed, desired }: Situation): boolean {
	const { copyState, progressStatus } = observed;
	if (typeof progressStatus !== "string") {
		return true;
	}
	if (typeof copyState === "string") {
		return copyState === "NotApplicable" || copyState === "Mixed";
	}
	return !(copyState.unknown === 18 || ([16, 17].includes(copyState.unknown) && desired.state === "absent"));
}
