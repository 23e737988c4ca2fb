// What cannot be told of the pairs of two groups: nothing is planned on a guess about them.
import { errorCodes } from "../model/errorCodes";
import { currentSource } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { describeIds } from "../planner/describePlan";
import { groupFeatures } from "../planner/groupFeatures";
import type { Situation } from "../planner/situation";
import { type Declared, shownEnd } from "./declared";
import type { Sighting } from "./sighting";

/** A relationship of the groups is not made over pairs that are mirrors already, nor told as all that there is. */
export function refuseLeftPairs({ group }: Sighting): void {
	if (group === undefined || group.left.length === 0) return;
	throw new ReplicationError({
		code: errorCodes.pairNotReady,
		class: "user",
		property: "source",
		what: `the groups are in no relationship, and ${group.left.length} of their pairs are: ${describeIds(group.left)}.`,
		dataSafety: "yes, nothing was changed.",
		remedy:
			"end these relationships first, with the array's own tools or as VirtualDiskReplication resources that are destroyed; both disks of each stay.",
	});
}

/** An array that has an element level lists the members of a group: none is told as "no member". */
export function refuseUnlistedMembers({ observed, capabilities }: Situation, declared: Declared): void {
	if (observed.subject !== "group" || observed.presence === "absent" || observed.members != null) return;
	if (capabilities.features.includes(groupFeatures.noElementLevel)) return;
	const { host, virtualDisk } = shownEnd(declared, currentSource(observed.direction));
	throw new ReplicationError({
		code: errorCodes.memberUnread,
		// Not a fact about the group but something that is not known: refresh keeps what it has.
		class: "transport",
		what: `host ${host} lists the relationship of the group ${virtualDisk} and none of its pairs.`,
		dataSafety: "yes, nothing was changed.",
		remedy: "refresh the provider on that host (Update-StorageProviderCache) and run again.",
	});
}

/** Of an array that shows no pair by itself nobody could prove that one joined or left. */
export function refuseHiddenChange({ desired }: Situation, { group }: Sighting): void {
	if (group?.others !== true || (desired.state !== "active" && desired.state !== "reversed")) return;
	throw new ReplicationError({
		code: errorCodes.pairNotReady,
		class: "user",
		property: "pairs",
		what: "the array shows no pair of the group by itself (NoElementLevelStorageSynchronized), and pairs are not those of the groups' disks, first with first.",
		dataSafety: "yes, nothing was changed.",
		remedy: "leave pairs out, or name those that are in the groups; others come and go with the array's own tools.",
	});
}
