import type { Situation } from "../../../provider/planner/situation";
import { inGroupNumbers, ofGroupsOnly } from "./features";

/** §5 (2): a pair as the only member of a group, "features translated, `consistency`, `pairs` unset". */
export function asGroupOfOne(situation: Situation): Situation {
	const { observed, capabilities, desired } = situation;
	const {
		copyState,
		progressStatus,
		direction,
		syncMode,
		readOnly,
		ahead,
		targetConsistent,
		sourceConsistent,
		usable,
	} = observed;
	const { group, element } = inGroupNumbers(capabilities.features);
	const member = {
		copyState,
		progressStatus,
		direction,
		syncMode,
		readOnly,
		ahead,
		targetConsistent,
		sourceConsistent,
	};
	return {
		observed: {
			...observed,
			subject: "group",
			...(observed.presence === "present" ? { members: [{ id: "a", ...member, usable, read: true }] } : {}),
		},
		capabilities: {
			operations: capabilities.operations,
			features: group,
			element: { operations: capabilities.operations, features: element },
		},
		desired,
	};
}

/** The same where the array shows no members (§2.2 "G50 …: the group's word is all there is, one member"). */
export function asGroupWithoutMembers(situation: Situation): Situation {
	const { observed, capabilities, desired } = asGroupOfOne(situation);
	return {
		observed: { ...observed, members: null },
		capabilities: { ...capabilities, features: [...capabilities.features, ofGroupsOnly.noElementLevel] },
		desired,
	};
}
