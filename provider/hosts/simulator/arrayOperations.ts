import type { Operation } from "../../model/relationship";
import { replicationCapabilitiesGetSupportedFeaturesFeatures as features } from "../../model/vocabulary/capabilities";
import {
	synchronizedSyncMode as modes,
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { startCopy } from "./copying";
import { takeCopyOperation } from "./copyOperations";
import { abandonCopy } from "./halt";
import { copyOver } from "./lineage";
import { arrayIsLost, linkIsUp, slowness } from "./links";
import type { Profile } from "./profiles";
import { requiredOf } from "./required";
import { takesWrites } from "./roles";
import type { Taken } from "./taken";
import { isCopy, profileOf, type SimulatedRelationship, type World } from "./world";

/**
 * The array's own idea of what is legal, written down a second time on purpose: the planner is tested against an array
 * that does not know the planner's table. `disk` is the one the method was called on.
 */
export function takeOperation(
	world: World,
	relationship: SimulatedRelationship,
	operation: Operation,
	disk: string,
	nowMs: number,
	job: string | null,
): Taken {
	if (isCopy(relationship)) return takeCopyOperation(world, relationship, operation, disk, nowMs, job);
	const profile = profileOf(world, relationship);
	const refused: Taken = { taken: false, returnCode: profile.refusal };
	// A relationship that is moving takes nothing but the stop of a copy.
	if (relationship.change !== null || relationship.progressStatus === progress.Restoring) return refused;
	const up = linkIsUp(world, relationship);
	const has = (feature: number) => profile.features.includes(feature);
	const state = relationship.copyState;
	const required = requiredOf(relationship);
	const begin = (progressStatus: number): Taken => {
		relationship.progressStatus = progressStatus;
		relationship.change = { operation, dueMs: nowMs + profile.transitionMs * slowness(world), job };
		return { taken: true };
	};
	const copy = (progressStatus: number, backwards = false): Taken => {
		startCopy(world, relationship, nowMs, progressStatus, backwards, job);
		return { taken: true };
	};
	const removes = operation === "Detach" || operation === "Dissolve";
	if (required !== null && operation !== required && !removes) return refused;
	switch (operation) {
		case "Suspend":
			return state === states.Synchronized || (state === states.Unsynchronized && relationship.copy !== null)
				? begin(progress.Suspending)
				: refused;
		case "Fracture":
			return state === states.Synchronized || required === "Fracture" ? begin(progress.Fracturing) : refused;
		case "Split":
			return (state === states.Synchronized || required === "Split") && up ? begin(progress.Splitting) : refused;
		case "Resume":
			return (state === states.Suspended || required === "Resume") && up ? copy(progress.Synchronizing) : refused;
		case "ResyncReplica": {
			const from: readonly number[] = [states.Fractured, states.Split, states.Skewed, states.Aborted, states.Broken];
			const instead = state === states.Suspended && profile.operations?.includes("Resume") === false;
			return up && (required === "ResyncReplica" || from.includes(state) || instead)
				? copy(progress.Resyncing)
				: refused;
		}
		case "Activate":
			// Required after a resync, which has copied; from the other states the target lacks what it missed.
			if (up && required === "Activate") {
				relationship.progressStatus = profile.settledProgress;
				return { taken: true };
			}
			return up && (state === states.Inactive || state === states.Prepared) ? copy(progress.Synchronizing) : refused;
		case "Failover":
			return takeFailover(world, relationship, profile, nowMs, begin, copy, up) ?? refused;
		case "Failback":
			return state === states.Failedover && up && relationship.copy === null
				? copy(progress.FailingBack, true)
				: refused;
		case "ReverseRoles":
			return mayReverse(world, relationship, profile) && up ? begin(progress.Pending) : refused;
		case "ResetToSync":
		case "ResetToAsync": {
			const from: readonly number[] = [states.Synchronized, states.Suspended, states.Unsynchronized];
			if (!up || !from.includes(state)) return refused;
			relationship.syncMode = operation === "ResetToSync" ? modes.Synchronous : modes.Asynchronous;
			if (operation === "ResetToSync") {
				for (const { writes } of relationship.tail) copyOver(world, relationship, writes);
				relationship.tail = [];
			}
			return { taken: true };
		}
		case "Abort":
			return relationship.copy !== null ? begin(progress.Aborting) : refused;
		case "Deactivate": {
			const from: readonly number[] = [states.Synchronized, states.Fractured, states.Split, states.Skewed];
			return from.includes(state) || (state === states.Unsynchronized && relationship.copy !== null)
				? begin(progress.Pending)
				: refused;
		}
		case "RestoreFromReplica": {
			const separated = state === states.Fractured || state === states.Split;
			return separated && up && relationship.consistent ? copy(progress.Restoring, true) : refused;
		}
		case "Unprepare":
			return state === states.Prepared ? begin(progress.Pending) : refused;
		case "Detach":
		case "Dissolve": {
			const stays = has(features.TargetMustRemainAssociatedToSource);
			const onlyBack =
				operation === "Dissolve" &&
				state === states.Failedover &&
				has(features.FailoverOperationRequiresSubsequentFailback);
			if (stays || onlyBack || arrayIsLost(world, disk)) return refused;
			abandonCopy(world, relationship);
			return begin(progress.Detaching);
		}
		case "ActivateConsistency":
		case "AddSyncPair":
		case "DeactivateConsistency":
		case "RemoveSyncPair":
		case "ReturnToResourcePool":
			return { taken: false, returnCode: 1 };
		default:
			operation satisfies never;
			return refused;
	}
}

function takeFailover(
	world: World,
	relationship: SimulatedRelationship,
	profile: Profile,
	_nowMs: number,
	begin: (progressStatus: number) => Taken,
	copy: (progressStatus: number, backwards: boolean) => Taken,
	up: boolean,
): Taken | null {
	const state = relationship.copyState;
	if (state === states.Failedover) {
		// The unkind array: asked again, it undoes what it did and overwrites the old source.
		return profile.togglesFailover && up ? copy(progress.FailingBack, true) : null;
	}
	if (!relationship.consistent || relationship.copy !== null) return null;
	if (!up) {
		const from: readonly number[] = [
			states.Synchronized,
			states.Suspended,
			states.Broken,
			states.Fractured,
			states.Split,
			states.Skewed,
		];
		if (!from.includes(state)) return null;
		relationship.sourceFenced = false;
		return begin(progress.FailingOver);
	}
	const has = (feature: number) => profile.features.includes(feature);
	const fractured =
		has(features.PlannedFailoverOperationRequiresFracturedState) ||
		has(features.FailoverOperationRequiresSubsequentFracture);
	const split = has(features.FailoverOperationRequiresSubsequentSplit);
	const legal =
		fractured || split
			? (fractured && state === states.Fractured) || (split && state === states.Split)
			: state === states.Synchronized;
	if (!legal) return null;
	if (profile.drains) for (const { writes } of relationship.tail) copyOver(world, relationship, writes);
	relationship.tail = [];
	relationship.sourceFenced = true;
	return begin(progress.FailingOver);
}

function mayReverse(world: World, relationship: SimulatedRelationship, profile: Profile): boolean {
	const { copyState: state, source } = relationship;
	const has = (feature: number) => profile.features.includes(feature);
	if (relationship.copy !== null) return false;
	if (has(features.ReverseRolesOperationRequiresReadOnlySource) && takesWrites(world, source)) return false;
	if (
		state === states.Failedover &&
		(has(features.ReverseRolesOperationDoesNotChangeCopyState) ||
			has(features.FailoverOperationRequiresSubsequentFailback))
	) {
		return false;
	}
	const wanted: readonly (readonly [number, number])[] = [
		[features.ReverseRolesOperationRequiresSynchronizedState, states.Synchronized],
		[features.ReverseRolesOperationRequiresFracturedState, states.Fractured],
		[features.ReverseRolesOperationRequiresSplitState, states.Split],
		[features.ReverseRolesOperationRequiresFailedOverState, states.Failedover],
		[features.ReverseRolesOperationRequiresSuspendedState, states.Suspended],
	];
	const named = wanted.filter(([feature]) => has(feature));
	if (named.length === 0) return state === states.Synchronized || state === states.Failedover;
	return named.some(([, copyState]) => copyState === state);
}
