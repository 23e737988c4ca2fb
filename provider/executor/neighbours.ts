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
import type { FoundPair } from "./findPair";
import type { DiskFact, GroupRelationshipFact, RelationshipFact } from "./host";
import { sameId } from "./identity";
import type { Reading } from "./readEnds";
import { groupsWith } from "./steeringGroup";

/** Other relationships of the two disks, each once but where two providers of a host tell it in two ways. */
export function listedNeighbours({ others }: FoundPair): readonly Neighbour[] {
	const told = ends.flatMap((at) =>
		others[at].map((link) => {
			const neighbour = neighbourAt(at, link);
			return [JSON.stringify([link.peerUniqueId.toLowerCase(), neighbour]), neighbour] as const;
		}),
	);
	return [...new Map(told).values()];
}

/**
 * The same of a copy, with the mirrors that only their groups tell: an array without an element level (group feature 50) lists
 * no pair, and a restore onto the source of such a mirror would be carried to its target. What the group says counts for each
 * of its disks, where no mirror of the disk itself is listed.
 */
export function neighboursOfCopy(found: FoundPair, read: PerEnd<Reading>): readonly Neighbour[] {
	const listed = listedNeighbours(found);
	const isListed = (end: End) => listed.some(({ at, syncType }) => at === end && syncType === "Mirror");
	const unlisted = ends.filter((end) => !isListed(end));
	return [...listed, ...unlisted.flatMap((at) => relatedGroups(at, read, found.disks))];
}

function relatedGroups(at: End, read: PerEnd<Reading>, disks: PerEnd<DiskFact | null>): readonly Neighbour[] {
	const reading = read[at];
	if (reading instanceof ReplicationError) return [];
	const own = groupsWith(at, read, disks) ?? [];
	return (reading.groupRelationships ?? [])
		.filter(({ groupObjectId }) => own.some(({ objectId }) => sameId(objectId, groupObjectId)))
		.map((each) => neighbourAt(at, each));
}

function neighbourAt(at: End, told: RelationshipFact | GroupRelationshipFact): Neighbour {
	return {
		at,
		// Of a role that is not told the worse is assumed: a disk that may be a target is not its own.
		role: told.role === "source" ? "source" : "target",
		syncType: syncTypeOf(told.syncType),
		copyState: copyStateOf(told.copyState),
		progressStatus: progressStatusOf(told.progressStatus),
		targetConsistent: saysHalf(told.copyState) ? false : null,
		syncMode: syncModeOf(told.syncMode),
	};
}
