import type { Capabilities } from "../model/capabilities";
import { currentSource, currentTarget } from "../model/relationship";
import { features } from "../planner/features";
import { asPairCapabilities, groupFeatures } from "../planner/groupFeatures";
import { isFailedOver } from "../planner/phase";
import type { Observed } from "../planner/situation";

/**
 * A target is read-only by its role, and takes writes once the roles are reversed: to the planner, whose steps reverse
 * them, only the source's word counts. Taken literally, plans went there and back to make a loss disappear.
 */
export function asPlanned(observed: Observed): Observed {
	// Failed over it serves: taking no writes then is an administrator's doing.
	if (isFailedOver(observed)) return observed;
	return { ...observed, readOnly: { ...observed.readOnly, [currentTarget(observed.direction)]: false } };
}

/**
 * The old source of a failover takes no writes by its role, and takes them again once it is failed back: a plan that
 * goes on from there must not count on it. Where ReverseRoles needs a read-only source (feature 19), its word counts.
 */
export function asServingAgain(observed: Observed, capabilities: Capabilities): Observed {
	const { features: has } = observed.subject === "group" ? asPairCapabilities(capabilities) : capabilities;
	if (has.includes(features.reverseRequiresReadOnlySource)) return observed;
	const members = observed.members?.map((member) => servesAgain(member, isFailedOver({ ...observed, ...member })));
	const served = servesAgain(observed, isFailedOver(observed));
	return members === undefined ? served : { ...served, members };
}

/** What a group will be when it is related: consistent only where the array keeps every group so. */
export function asMade(observed: Observed, { features: has }: Capabilities): Observed {
	if (observed.subject !== "group" || observed.presence === "present") return observed;
	return { ...observed, consistency: has.includes(groupFeatures.alwaysConsistent) };
}

function servesAgain<Of extends Pick<Observed, "direction" | "readOnly">>(observed: Of, failedOver: boolean): Of {
	if (!failedOver) return observed;
	return { ...observed, readOnly: { ...observed.readOnly, [currentSource(observed.direction)]: false } };
}
