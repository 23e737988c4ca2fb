import * as capabilities from "./capabilities";
import * as operations from "./operations";
import * as relationship from "./relationship";
import * as storage from "./storage";

/**
 * Every enumeration of the Storage Management API that replication touches, keyed by class and property (or method
 * parameter), each `{ Name: number }`. Numbers that are not listed do occur (vendor ranges start at 0x8000, newer DMTF
 * states have 16 to 18): they stay numbers and are never read as the nearest name.
 * Source: Microsoft reference, namespace `Root\\Microsoft\\Windows\\Storage` (Storagewmi.mof).
 */
export const vocabulary = {
	"MSFT_VirtualDisk.SetReplicationRelationship.Operation": operations.virtualDiskSetReplicationRelationshipOperation,
	"MSFT_VirtualDisk.SetReplicationRelationship.ReturnValue":
		operations.virtualDiskSetReplicationRelationshipReturnValue,
	"MSFT_Synchronized.CopyState": relationship.synchronizedCopyState,
	"MSFT_Synchronized.RequestedCopyState": relationship.synchronizedRequestedCopyState,
	"MSFT_Synchronized.ProgressStatus": relationship.synchronizedProgressStatus,
	"MSFT_VirtualDiskToVirtualDisk.ProgressStatus": relationship.virtualDiskToVirtualDiskProgressStatus,
	"MSFT_Synchronized.SyncMode": relationship.synchronizedSyncMode,
	"MSFT_Synchronized.SyncType": relationship.synchronizedSyncType,
	"MSFT_Synchronized.SyncState": relationship.synchronizedSyncState,
	"MSFT_Synchronized.ReplicaType": relationship.synchronizedReplicaType,
	"MSFT_Synchronized.CopyType": relationship.synchronizedCopyType,
	"MSFT_Synchronized.CopyMethodology": relationship.synchronizedCopyMethodology,
	"MSFT_Synchronized.CopyPriority": relationship.synchronizedCopyPriority,
	"MSFT_ReplicaPeer.PeerObjectType": relationship.replicaPeerPeerObjectType,
	"MSFT_ReplicationCapabilities.GetSupportedOperations.SupportedOperations":
		capabilities.replicationCapabilitiesGetSupportedOperationsSupportedOperations,
	"MSFT_ReplicationCapabilities.GetSupportedCopyStates.SupportedCopyStates":
		capabilities.replicationCapabilitiesGetSupportedCopyStatesSupportedCopyStates,
	"MSFT_ReplicationCapabilities.GetSupportedFeatures.Features":
		capabilities.replicationCapabilitiesGetSupportedFeaturesFeatures,
	"MSFT_ReplicationCapabilities.GetSupportedGroupOperations.SupportedGroupOperations":
		capabilities.replicationCapabilitiesGetSupportedGroupOperationsSupportedGroupOperations,
	"MSFT_ReplicationCapabilities.GetSupportedGroupFeatures.Features":
		capabilities.replicationCapabilitiesGetSupportedGroupFeaturesFeatures,
	"MSFT_ReplicationCapabilities.SupportedReplicationTypes":
		capabilities.replicationCapabilitiesSupportedReplicationTypes,
	"MSFT_ReplicationCapabilities.SupportedSynchronousActions":
		capabilities.replicationCapabilitiesSupportedSynchronousActions,
	"MSFT_ReplicationCapabilities.SupportedAsynchronousActions":
		capabilities.replicationCapabilitiesSupportedAsynchronousActions,
	"MSFT_ReplicationCapabilities.SupportedObjectTypes": capabilities.replicationCapabilitiesSupportedObjectTypes,
	"MSFT_ReplicationCapabilities.GetSupportedOperations.ReturnValue":
		operations.replicationCapabilitiesGetSupportedOperationsReturnValue,
	"MSFT_VirtualDisk.CreateReplica.ReturnValue": operations.virtualDiskCreateReplicaReturnValue,
	"MSFT_VirtualDisk.CreateReplica.SyncType": operations.virtualDiskCreateReplicaSyncType,
	"MSFT_StorageJob.JobState": storage.storageJobJobState,
	"MSFT_StorageJob.OperationalStatus": storage.storageJobOperationalStatus,
	"MSFT_StorageExtendedStatus.ErrorType": storage.storageExtendedStatusErrorType,
	"MSFT_StorageExtendedStatus.PerceivedSeverity": storage.storageExtendedStatusPerceivedSeverity,
	"MSFT_VirtualDisk.HealthStatus": storage.virtualDiskHealthStatus,
	"MSFT_VirtualDisk.OperationalStatus": storage.virtualDiskOperationalStatus,
	"MSFT_VirtualDisk.Access": storage.virtualDiskAccess,
	"MSFT_StorageSubSystem.CreateReplicationRelationship.ReturnValue":
		operations.storageSubSystemCreateReplicationRelationshipReturnValue,
	"MSFT_StorageSubSystem.DeleteReplicationRelationship.ReturnValue":
		operations.storageSubSystemDeleteReplicationRelationshipReturnValue,
} as const;

export { capabilities, operations, relationship, storage };
