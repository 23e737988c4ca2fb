import {
	copyStateOf,
	type End,
	ends,
	type PerEnd,
	progressStatusOf,
	syncModeOf,
	syncTypeOf,
} from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { saysHalf } from "../model/worse";
import type { Neighbour } from "../planner/situation";
import type { DiskFact } from "./host";
import { sameId } from "./identity";
import type { Reading } from "./readEnds";
import { groupsWith } from "./steeringGroup";

/**
 * The mirrors of a copy's disks that only their groups tell: an array without an element level (group feature 50) lists no
 * pair, and a restore onto the source of such a mirror would be carried to its target. What the group says counts for each of
 * its disks, where no mirror of the disk itself is listed.
 */
export function groupNeighbours(
	read: PerEnd<Reading>,
	disks: PerEnd<DiskFact | null>,
	listed: readonly Neighbour[],
): readonly Neighbour[] {
	const isListed = (at: End) => listed.some((neighbour) => neighbour.at === at && neighbour.syncType === "Mirror");
	return ends.filter((end) => !isListed(end)).flatMap((at) => relatedGroups(at, read, disks));
}

function relatedGroups(at: End, read: PerEnd<Reading>, disks: PerEnd<DiskFact | null>): readonly Neighbour[] {
	const reading = read[at];
	if (reading instanceof ReplicationError) return [];
	const own = groupsWith(at, read, disks) ?? [];
	return (reading.groupRelationships ?? [])
		.filter(({ groupObjectId }) => own.some(({ objectId }) => sameId(objectId, groupObjectId)))
		.map((each) => ({
			at,
			role: each.role === "source" ? "source" : "target",
			syncType: syncTypeOf(each.syncType),
			copyState: copyStateOf(each.copyState),
			progressStatus: progressStatusOf(each.progressStatus),
			targetConsistent: saysHalf(each.copyState) ? false : null,
			syncMode: syncModeOf(each.syncMode),
		}));
}
