import { replicationCapabilitiesGetSupportedFeaturesFeatures as numbers } from "../model/vocabulary/capabilities";

/** The features that force a sequence or forbid a step, by what they mean for a plan. The rest shape creation only. */
export const features = {
	brokenRecoversAutomatically: numbers.ErrorRecoveryFromBrokenStateAutomatic,
	targetMustRemainAssociated: numbers.TargetMustRemainAssociatedToSource,
	reverseRequiresReadOnlySource: numbers.ReverseRolesOperationRequiresReadOnlySource,
	reverseRequiresResync: numbers.ReverseRolesOperationRequiresSubsequentResync,
	resyncRequiresActivate: numbers.ResyncOperationRequiresSubsequentActivate,
	reverseFromSynchronized: numbers.ReverseRolesOperationRequiresSynchronizedState,
	reverseFromFractured: numbers.ReverseRolesOperationRequiresFracturedState,
	reverseFromSplit: numbers.ReverseRolesOperationRequiresSplitState,
	reverseFromFailedOver: numbers.ReverseRolesOperationRequiresFailedOverState,
	reverseFromSuspended: numbers.ReverseRolesOperationRequiresSuspendedState,
	failoverRequiresSubsequentFracture: numbers.FailoverOperationRequiresSubsequentFracture,
	failoverRequiresSubsequentSplit: numbers.FailoverOperationRequiresSubsequentSplit,
	reverseKeepsCopyState: numbers.ReverseRolesOperationDoesNotChangeCopyState,
	failoverRequiresFailback: numbers.FailoverOperationRequiresSubsequentFailback,
	plannedFailoverRequiresFractured: numbers.PlannedFailoverOperationRequiresFracturedState,
} as const;
