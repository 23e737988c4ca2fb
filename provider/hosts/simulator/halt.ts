import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../model/vocabulary/storage";
import { endJob } from "./jobs";
import { vanishIfHalted } from "./pointInTime";
import { stopFollowing } from "./syncTime";
import { isCopy, isSourceWhole, type SimulatedRelationship, type World } from "./world";

/** An asynchronous target lacks what had not arrived; the disk under a copy stays as far as the copy got. */
export function abandonCopy(world: World, relationship: SimulatedRelationship): void {
	relationship.tail = [];
	endJob(world, relationship.copy?.job ?? null, jobStates.Terminated);
	relationship.copy = null;
}

/** The copy that was under way gets no further; after repair the array recovers by itself (feature 15) or waits. */
export function breakOff(world: World, relationship: SimulatedRelationship, nowMs: number, reason: string): void {
	stopFollowing(relationship, nowMs);
	endJob(world, relationship.copy?.job ?? null, jobStates.Exception, reason);
	relationship.copyState = states.Broken;
	relationship.progressStatus = progress.Dormant;
	relationship.copy = null;
	relationship.tail = [];
	// What is late to be shown is what an operation did, not what breaks.
	relationship.shown = null;
	if (isCopy(relationship) && isSourceWhole(relationship)) vanishIfHalted(world, relationship);
}
