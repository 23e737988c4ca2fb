import type { Operation } from "../../model/relationship";
import { newerProgressStatus } from "../../model/relationship";
import { replicationCapabilitiesGetSupportedFeaturesFeatures as features } from "../../model/vocabulary/capabilities";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../model/vocabulary/storage";
import { kindOf } from "./copyBehaviour";
import { startCopy } from "./copying";
import { abandonCopy } from "./halt";
import { endJob } from "./jobs";
import { arrayIsLost, linkIsUp, slowness } from "./links";
import { dropPointInTime, endCopy, restored, takePointInTime, vanishIfHalted } from "./pointInTime";
import { requiredOf } from "./required";
import { takesWrites } from "./roles";
import type { Taken } from "./taken";
import { copyBehaviourOf, isCopy, isListedBy, profileOf, type SimulatedRelationship, type World } from "./world";

/** States in which a point in time is held. */
const held: readonly number[] = [states.Synchronized, states.Fractured, states.Split, states.Skewed, restored];

/** What an array makes of an operation on a point-in-time copy: its own idea of what is legal, as with mirrors. */
export function takeCopyOperation(
	world: World,
	relationship: SimulatedRelationship,
	operation: Operation,
	disk: string,
	nowMs: number,
	job: string | null,
): Taken {
	const { refusal, transitionMs, settledProgress } = profileOf(world, relationship);
	const behaviour = copyBehaviourOf(world, relationship);
	const refused: Taken = { taken: false, returnCode: refusal };
	const { copy, copyState: state, source, target } = relationship;
	// A restore is not stopped: its source would be half of two disks.
	if (relationship.change !== null || copy?.backwards === true) return refused;
	const has = (feature: number) => behaviour.features.includes(feature);
	const up = linkIsUp(world, relationship);
	const kind = kindOf(relationship.syncType);
	const required = requiredOf(relationship);
	const ends = operation === "Detach" || operation === "Dissolve" || operation === "ReturnToResourcePool";
	if (required !== null && operation !== required && !ends) return refused;
	const begin = (progressStatus: number): Taken => {
		relationship.progressStatus = progressStatus;
		relationship.change = { operation, dueMs: nowMs + transitionMs * slowness(world), job };
		return { taken: true };
	};
	const settleAs = (): Taken => {
		relationship.progressStatus = settledProgress;
		endJob(world, job, jobStates.Completed);
		return { taken: true };
	};
	const isOnline = (read: string) => has(features.CopyOperationRequiresOfflineSource) && takesWrites(world, read);
	const take = (progressStatus: number): Taken => {
		if (!up || isOnline(source)) return refused;
		takePointInTime(world, relationship, nowMs);
		startCopy(world, relationship, nowMs, progressStatus, false, job);
		return { taken: true };
	};
	switch (operation) {
		case "Activate":
			if (required === "Activate") {
				relationship.consistent = relationship.pointInTime?.whole ?? false;
				return settleAs();
			}
			return state === states.Inactive || state === states.Prepared ? take(progress.Synchronizing) : refused;
		case "Deactivate":
			return held.includes(state) || copy !== null ? begin(progress.Pending) : refused;
		case "Detach":
		case "Dissolve":
			return mustStay(has) || arrayIsLost(world, disk) ? refused : begin(progress.Detaching);
		case "ReturnToResourcePool": {
			const isUsedElsewhere = world.relationships.some((other) => other !== relationship && isListedBy(other, target));
			return kind === "Clone" || mustStay(has) || copy !== null || isUsedElsewhere || !up
				? refused
				: begin(newerProgressStatus.Terminating);
		}
		case "ResyncReplica": {
			const broken = state === states.Broken && !has(features.ErrorRecoveryFromBrokenStateAutomatic);
			return required === operation || broken || state === states.Aborted || held.includes(state)
				? take(progress.Resyncing)
				: refused;
		}
		case "RestoreFromReplica":
			// Of half a disk, too: the array holds something, and restores it.
			if (!up || !held.includes(state)) return refused;
			if (isOnline(target) || isMirrorsOwn(world, source)) return refused;
			startCopy(world, relationship, nowMs, progress.Restoring, true, job);
			return { taken: true };
		case "Resume":
			if (required === operation) return settleAs();
			if (!up || state !== states.Suspended) return refused;
			startCopy(world, relationship, nowMs, progress.Synchronizing, false, job);
			return { taken: true };
		case "Suspend":
			return kind === "Clone" && copy !== null ? begin(progress.Suspending) : refused;
		case "Fracture":
			return required === operation ? begin(progress.Fracturing) : refused;
		case "Split":
			return required === operation ? begin(progress.Splitting) : refused;
		case "Abort":
			return copy !== null ? begin(progress.Aborting) : refused;
		case "Unprepare":
			return state === states.Prepared ? begin(progress.Pending) : refused;
		case "ActivateConsistency":
		case "AddSyncPair":
		case "DeactivateConsistency":
		case "Failback":
		case "Failover":
		case "RemoveSyncPair":
		case "ResetToAsync":
		case "ResetToSync":
		case "ReverseRoles":
			return { taken: false, returnCode: 1 };
		default:
			operation satisfies never;
			return refused;
	}
}

const mustStay = (has: (feature: number) => boolean) => has(features.TargetMustRemainAssociatedToSource);

/** The target of a running mirror belongs to that: nobody else overwrites it. */
function isMirrorsOwn(world: World, disk: string): boolean {
	const free: readonly number[] = [states.Failedover, states.Fractured, states.Split, states.Skewed];
	return world.relationships.some(
		(other) => !isCopy(other) && other.target === disk && isListedBy(other, disk) && !free.includes(other.copyState),
	);
}

/** What takes effect when a change of a copy is due. Unknown names cannot get here: it was legal when it was taken. */
export function completeCopyChange(world: World, relationship: SimulatedRelationship, operation: string): void {
	relationship.progressStatus = profileOf(world, relationship).settledProgress;
	switch (operation) {
		case "Suspend":
			abandonCopy(world, relationship);
			relationship.copyState = states.Suspended;
			vanishIfHalted(world, relationship);
			return;
		case "Abort":
			abandonCopy(world, relationship);
			relationship.copyState = states.Aborted;
			if (abortEnds(world, relationship)) endCopy(world, relationship, "Detach");
			else vanishIfHalted(world, relationship);
			return;
		case "Deactivate":
			abandonCopy(world, relationship);
			dropPointInTime(world, relationship);
			relationship.copyState = states.Inactive;
			return;
		case "Fracture":
		case "Split":
			relationship.copyState = operation === "Fracture" ? states.Fractured : states.Split;
			return;
		case "Unprepare":
			relationship.copyState = states.Initialized;
			return;
		case "Detach":
		case "Dissolve":
		case "ReturnToResourcePool":
			abandonCopy(world, relationship);
			endCopy(world, relationship, operation);
			return;
		default:
			throw new RangeError(`the simulator does not know how to complete ${operation} of a copy`);
	}
}

/** Where nothing else ends a copy, stopping it does (3PAR). */
function abortEnds(world: World, relationship: SimulatedRelationship): boolean {
	const { operations } = copyBehaviourOf(world, relationship);
	return operations !== null && !operations.some((name) => name === "Detach" || name === "Dissolve");
}
