import type { Capabilities } from "../model/capabilities";
import { replicationCapabilitiesGetSupportedGroupFeaturesFeatures as groupNumbers } from "../model/vocabulary/capabilities";
import { features } from "./features";

/** What only groups report, by what it means for a plan. */
export const groupFeatures = {
	alwaysConsistent: groupNumbers.ConsistencyEnabledForAllGroups,
	pairChangeWantsFractured: groupNumbers.AddOrRemoveToGroupRequiresFracturedState,
	pairChangeWantsSplit: groupNumbers.AddOrRemoveToGroupRequiresSplitState,
	pairChangeWantsSuspended: groupNumbers.AddOrRemoveToGroupRequiresSuspendedState,
	pairChangeWantsFailedOver: groupNumbers.AddOrRemoveToGroupRequiresFailedOverState,
	noElementLevel: groupNumbers.NoElementLevelStorageSynchronized,
	addWantsSynchronizedPair: groupNumbers.AddSyncPairRequiresSynchronizedMirrorPair,
} as const;

/**
 * Group feature to element feature (copies-and-groups.md §2.3). The numbers of the two lists collide, element 19 is not
 * group 19, so they are translated here, once, and nothing behind this file knows a group's number.
 */
const asElement: ReadonlyMap<number, number> = new Map([
	[groupNumbers.SynchronizedCloneTargetDetachesAutomatically, features.completeCloneDetaches],
	[groupNumbers.ReverseRolesOperationRequiresReadOnlySource, features.reverseRequiresReadOnlySource],
	[groupNumbers.ReverseRolesOperationRequiresSubsequentResync, features.reverseRequiresResync],
	[groupNumbers.RestoreOperationRequiresSubsequentFracture, features.restoreRequiresFracture],
	[groupNumbers.ResyncOperationRequiresSubsequentActivate, features.resyncRequiresActivate],
	[groupNumbers.CopyOperationRequiresOfflineSource, features.copyRequiresOfflineSource],
	[groupNumbers.RestoreOperationRequiresSubsequentDetach, features.restoreRequiresDetach],
	[groupNumbers.ReverseRolesOperationRequiresSynchronizedState, features.reverseFromSynchronized],
	[groupNumbers.ReverseRolesOperationRequiresFracturedState, features.reverseFromFractured],
	[groupNumbers.ReverseRolesOperationRequiresSplitState, features.reverseFromSplit],
	[groupNumbers.ReverseRolesOperationRequiresFailedOverState, features.reverseFromFailedOver],
	[groupNumbers.ReverseRolesOperationRequiresSuspendedState, features.reverseFromSuspended],
	[groupNumbers.FailoverOperationRequiresSubsequentFracture, features.failoverRequiresSubsequentFracture],
	[groupNumbers.FailoverOperationRequiresSubsequentSplit, features.failoverRequiresSubsequentSplit],
	[groupNumbers.RestoreOperationRequiresSubsequentResume, features.restoreRequiresResume],
	[groupNumbers.ReverseRolesOperationDoesNotChangeCopyState, features.reverseKeepsCopyState],
	[groupNumbers.FailoverOperationRequiresSubsequentFailback, features.failoverRequiresFailback],
	// A planned failover that wants Split: what the pair model reads element feature 48 as.
	[groupNumbers.PlannedFailoverOperationRequiresSplitState, features.failoverRequiresSubsequentSplit],
	[groupNumbers.PlannedFailoverOperationRequiresFracturedState, features.plannedFailoverRequiresFractured],
]);

/** No group number exists for these: they are read from the members' list. */
const toldByElements: readonly number[] = [
	features.brokenRecoversAutomatically,
	features.targetMustRemainAssociated,
	17, // RemoteResourceRequiresRemoteCIMOM
];

/** A group's own lists as if they were a pair's. */
export function asPairCapabilities({ operations, features: group, element }: Capabilities): Capabilities {
	const translated = group.flatMap((number) => asElement.get(number) ?? []);
	const ofElements = (element?.features ?? []).filter((number) => toldByElements.includes(number));
	return { operations, features: [...new Set([...translated, ...ofElements])] };
}
