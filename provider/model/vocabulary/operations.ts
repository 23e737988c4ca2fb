// SetReplicationRelationship and CreateReplica: the operations, what the methods answer, what they accept.
// Numbers and names: Microsoft reference, namespace Root\Microsoft\Windows\Storage (Storagewmi.mof); names are the reference's, spelled as identifiers.

/** `MSFT_VirtualDisk.SetReplicationRelationship.Operation`: Operations (the same numbers in MSFT_ReplicationGroup.SetReplicationRelationship). */
export const virtualDiskSetReplicationRelationshipOperation = {
	Abort: 2,
	ActivateConsistency: 3,
	Activate: 4,
	AddSyncPair: 5,
	DeactivateConsistency: 6,
	Deactivate: 7,
	Detach: 8,
	Dissolve: 9,
	Failover: 10,
	Failback: 11,
	Fracture: 12,
	RemoveSyncPair: 13,
	ResyncReplica: 14,
	RestoreFromReplica: 15,
	Resume: 16,
	ResetToSync: 17,
	ResetToAsync: 18,
	ReturnToResourcePool: 19,
	ReverseRoles: 20,
	Split: 21,
	Suspend: 22,
	Unprepare: 23,
} as const;

/** `MSFT_VirtualDisk.SetReplicationRelationship.ReturnValue`: Return codes. */
export const virtualDiskSetReplicationRelationshipReturnValue = {
	Success: 0,
	NotSupported: 1,
	UnspecifiedError: 2,
	Timeout: 3,
	Failed: 4,
	InvalidParameter: 5,
	ObjectNotFound: 8,
	MethodParametersCheckedJobStarted: 4096,
	AccessDenied: 40001,
	ThereAreNotEnoughResourcesToCompleteTheOperation: 40002,
	CacheOutOfDate: 40003,
	TheOperationIsNotSupportedWhileTheClusterIsBeingUpgraded: 40009,
} as const;

/** `MSFT_ReplicationCapabilities.GetSupportedOperations.ReturnValue`. */
export const replicationCapabilitiesGetSupportedOperationsReturnValue = {
	Success: 0,
	NotSupported: 1,
	UnspecifiedError: 2,
	Timeout: 3,
	Failed: 4,
	InvalidParameter: 5,
	InUse: 6,
} as const;

/** `MSFT_VirtualDisk.CreateReplica.ReturnValue`. */
export const virtualDiskCreateReplicaReturnValue = virtualDiskSetReplicationRelationshipReturnValue;

/** `MSFT_VirtualDisk.CreateReplica.SyncType`. */
export const virtualDiskCreateReplicaSyncType = {
	Mirror: 6,
	Snapshot: 7,
	Clone: 8,
	TokenizedClone: 9,
} as const;

/** `MSFT_StorageSubSystem.CreateReplicationRelationship.ReturnValue`. */
export const storageSubSystemCreateReplicationRelationshipReturnValue =
	virtualDiskSetReplicationRelationshipReturnValue;

/** `MSFT_StorageSubSystem.DeleteReplicationRelationship.ReturnValue`. */
export const storageSubSystemDeleteReplicationRelationshipReturnValue = {
	Success: 0,
	NotSupported: 1,
	UnspecifiedError: 2,
	Timeout: 3,
	Failed: 4,
	InvalidParameter: 5,
	AccessDenied: 40001,
	ThereAreNotEnoughResourcesToCompleteTheOperation: 40002,
	CannotConnectToTheStorageProvider: 46000,
	TheStorageProviderCannotConnectToTheStorageSubsystem: 46001,
} as const;
