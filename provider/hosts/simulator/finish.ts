import { newerProgressStatus } from "../../model/relationship";
import { replicationCapabilitiesGetSupportedFeaturesFeatures as features } from "../../model/vocabulary/capabilities";
import { virtualDiskCreateReplicaSyncType as types } from "../../model/vocabulary/operations";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../model/vocabulary/storage";
import { kindOf } from "./copyBehaviour";
import { breakOff } from "./halt";
import { endJob } from "./jobs";
import { overwrite, overwritePart } from "./lineage";
import { slowness } from "./links";
import { dropPointInTime, restored } from "./pointInTime";
import type { Profile } from "./profiles";
import { copyBehaviourOf, isSourceWhole, profileOf, type SimulatedRelationship, type World } from "./world";

/** A mirror's copy has ended. */
export function finishCopy(
	world: World,
	relationship: SimulatedRelationship,
	backwards: boolean,
	profile: Profile,
): void {
	overwrite(world, relationship, backwards);
	relationship.copyState = states.Synchronized;
	// A whole copy of half a disk is half a disk.
	if (backwards) relationship.sourceConsistent = relationship.consistent;
	else relationship.consistent = isSourceWhole(relationship);
	relationship.sourceFenced = false;
	// A change that was accepted meanwhile is on its way still, and shows that.
	if (relationship.change !== null) return;
	relationship.progressStatus =
		relationship.progressStatus === progress.Resyncing &&
		profile.features.includes(features.ResyncOperationRequiresSubsequentActivate)
			? progress.RequiresActivate
			: profile.settledProgress;
}

/** What a copy runs onto is whole when it ends, if what it was taken of was. */
export function finishPointInTime(
	world: World,
	relationship: SimulatedRelationship,
	{ backwards, dueMs, job }: NonNullable<SimulatedRelationship["copy"]>,
): void {
	if (backwards) finishRestore(world, relationship, dueMs, job);
	else finishTaking(world, relationship, dueMs);
}

function finishTaking(world: World, relationship: SimulatedRelationship, nowMs: number): void {
	const has = copyBehaviourOf(world, relationship).features;
	const { settledProgress, transitionMs } = profileOf(world, relationship);
	overwrite(world, relationship, false);
	relationship.copyState = states.Synchronized;
	relationship.consistent = relationship.pointInTime?.whole ?? false;
	// A change that was accepted meanwhile is on its way still, and shows that.
	if (relationship.change !== null) return;
	const resynced = relationship.progressStatus === progress.Resyncing;
	relationship.progressStatus = settledProgress;
	if (resynced && has.includes(features.ResyncOperationRequiresSubsequentActivate)) {
		relationship.progressStatus = progress.RequiresActivate;
		relationship.consistent = false;
	} else if (detachesByItself(world, relationship)) {
		relationship.progressStatus = progress.Detaching;
		relationship.change = { operation: "Detach", dueMs: nowMs + transitionMs * slowness(world), job: null };
	}
}

function detachesByItself(world: World, relationship: SimulatedRelationship): boolean {
	if (kindOf(relationship.syncType) !== "Clone") return false;
	const { features: has } = copyBehaviourOf(world, relationship);
	return (
		relationship.syncType === types.TokenizedClone ||
		has.includes(features.SynchronizedCloneTargetDetachesAutomatically)
	);
}

function finishRestore(world: World, relationship: SimulatedRelationship, nowMs: number, job: string | null): void {
	const { afterRestore, features: has } = copyBehaviourOf(world, relationship);
	if (afterRestore === "Broken") {
		// The source is half of two disks then, and the copy the only good image.
		overwritePart(world, relationship, true, 0.5);
		breakOff(world, relationship, nowMs, "the restore broke off");
		endJob(world, job, jobStates.Exception, "the restore broke off");
		return;
	}
	overwrite(world, relationship, true);
	relationship.sourceConsistent = relationship.consistent;
	relationship.sourceFenced = false;
	relationship.copyState = afterRestore === "Restored" ? restored : states[afterRestore];
	if (afterRestore === "Inactive") dropPointInTime(world, relationship);
	relationship.progressStatus = requiredAfterRestore(has) ?? profileOf(world, relationship).settledProgress;
}

/** By the first feature that is reported. */
function requiredAfterRestore(has: readonly number[]): number | null {
	if (has.includes(features.RestoreOperationRequiresSubsequentDetach)) return newerProgressStatus.RequiresDetach;
	if (has.includes(features.RestoreOperationRequiresSubsequentResume)) return newerProgressStatus.RequiresResume;
	if (has.includes(features.RestoreOperationRequiresSubsequentFracture)) return progress.RequiresFracture;
	return null;
}
