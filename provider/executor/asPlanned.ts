import type { Capabilities } from "../model/capabilities";
import { currentSource, currentTarget } from "../model/relationship";
import { features } from "../planner/features";
import { asPairCapabilities, groupFeatures } from "../planner/groupFeatures";
import { isFailedOver } from "../planner/phase";
import type { Observed, Situation } from "../planner/situation";
import type { Sighting } from "./sighting";
import type { Limits } from "./wish";

/**
 * A target is read-only by its role, and takes writes once the roles are reversed: to the planner, whose steps reverse
 * them, only the source's word counts. Taken literally, plans went there and back to make a loss disappear.
 */
export function asPlanned(observed: Observed): Observed {
	// Failed over it serves: taking no writes then is an administrator's doing.
	if (isFailedOver(observed)) return observed;
	return { ...observed, readOnly: { ...observed.readOnly, [currentTarget(observed.direction)]: false } };
}

/** What tells how far the target is behind, or when it held everything, and the host's clock at that look. */
type Arrival = Pick<Sighting, "lagSeconds" | "syncTime" | "hostTime">;

/**
 * Whether anything tells when all has arrived: a lag, or a SyncTime that moves. One older than a run would wait (`limitMs`)
 * does not: some arrays report when the copy was first complete and leave it at that. [I]
 */
export function tellsArrival({ lagSeconds, syncTime, hostTime }: Arrival, limitMs: number): boolean {
	if (lagSeconds !== null) return true;
	if (syncTime === null) return false;
	return hostTime === null || Date.parse(hostTime) - Date.parse(syncTime) <= limitMs;
}

/**
 * A read-only source has a tail for as long as nobody says that it arrived. Where nothing tells it, nobody ever will:
 * taken for none, the run would only stop before its call, and no consent lead out of that.
 */
export function withUnseenTail(observed: Observed, arrival: Arrival, { transitionMs }: Limits): Observed {
	const isTold = tellsArrival(arrival, transitionMs) || observed.syncMode === "Synchronous";
	const follows = observed.presence === "present" && observed.copyState === "Synchronized";
	const isReadOnly = observed.readOnly[currentSource(observed.direction)];
	return isTold || !follows || !isReadOnly ? observed : { ...observed, tailUntold: true };
}

/**
 * The old source of a failover takes no writes by its role, and takes them again once it is failed back: a plan that
 * goes on from there must not count on it. Where ReverseRoles needs a read-only source (feature 19), its word counts.
 */
export function asServingAgain(observed: Observed, capabilities: Capabilities): Observed {
	if (reversesReadOnlyOnly({ observed, capabilities })) return observed;
	const members = observed.members?.map((member) => servesAgain(member, isFailedOver({ ...observed, ...member })));
	const served = servesAgain(observed, isFailedOver(observed));
	return members === undefined ? served : { ...served, members };
}

/** Whether ReverseRoles needs a source that takes no writes (feature 19, of groups by its own number). */
export function reversesReadOnlyOnly({
	observed,
	capabilities,
}: Pick<Situation, "observed" | "capabilities">): boolean {
	const { features: has } = observed.subject === "group" ? asPairCapabilities(capabilities) : capabilities;
	return has.includes(features.reverseRequiresReadOnlySource);
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
