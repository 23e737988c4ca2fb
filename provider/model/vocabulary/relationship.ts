// The relationship itself: the properties on the link between a disk and its replica (MSFT_Synchronized) and its peer.
// Numbers and names: Microsoft reference, namespace Root\Microsoft\Windows\Storage (Storagewmi.mof); names are the reference's, spelled as identifiers.

/** `MSFT_Synchronized.CopyState`. */
export const synchronizedCopyState = {
	Initialized: 2,
	Unsynchronized: 3,
	Synchronized: 4,
	Broken: 5,
	Fractured: 6,
	Split: 7,
	Inactive: 8,
	Suspended: 9,
	Failedover: 10,
	Prepared: 11,
	Aborted: 12,
	Skewed: 13,
	Mixed: 14,
	NotApplicable: 15,
} as const;

/** `MSFT_Synchronized.RequestedCopyState`: not on the page of MSFT_Synchronized; same numbers. */
export const synchronizedRequestedCopyState = synchronizedCopyState;

/** `MSFT_Synchronized.ProgressStatus`: as the reference page prints it. */
export const synchronizedProgressStatus = {
	Unknown: 0,
	Completed: 2,
	Dormant: 3,
	Initializing: 4,
	Preparing: 5,
	Synchronizing: 6,
	Resyncing: 7,
	Restoring: 8,
	Fracturing: 9,
	Splitting: 10,
	FailingOver: 11,
	FailingBack: 12,
	Detaching: 13,
	Aborting: 14,
	Mixed: 15,
	Suspending: 16,
	RequiresFracture: 17,
	RequiresResync: 18,
	RequiresActivate: 19,
	Pending: 20,
} as const;

/** `MSFT_VirtualDiskToVirtualDisk.ProgressStatus`: as the real MOF (and DMTF) has it: 13, 14 and 15 differ. */
export const virtualDiskToVirtualDiskProgressStatus = {
	Unknown: 0,
	Completed: 2,
	Dormant: 3,
	Initializing: 4,
	Preparing: 5,
	Synchronizing: 6,
	Resyncing: 7,
	Restoring: 8,
	Fracturing: 9,
	Splitting: 10,
	FailingOver: 11,
	FailingBack: 12,
	Aborting: 13,
	Mixed: 14,
	NotApplicable: 15,
	Suspending: 16,
	RequiresFracture: 17,
	RequiresResync: 18,
	RequiresActivate: 19,
	Pending: 20,
	Detaching: 21,
} as const;

/** `MSFT_Synchronized.SyncMode`. */
export const synchronizedSyncMode = {
	Unknown: 0,
	Synchronous: 2,
	Asynchronous: 3,
} as const;

/** `MSFT_Synchronized.SyncType`: the methods also accept 9 TokenizedClone. */
export const synchronizedSyncType = {
	Mirror: 6,
	Snapshot: 7,
	Clone: 8,
} as const;

/** `MSFT_Synchronized.SyncState`. */
export const synchronizedSyncState = {
	Initialized: 2,
	PrepareInProgress: 3,
	Prepared: 4,
	ResyncInProgress: 5,
	Synchronized: 6,
	FractureInProgress: 7,
	QuiesceInProgress: 8,
	Quiesced: 9,
	RestoreInProgress: 10,
	Idle: 11,
	Broken: 12,
	Fractured: 13,
	Frozen: 14,
	CopyInProgress: 15,
} as const;

/** `MSFT_Synchronized.ReplicaType`. */
export const synchronizedReplicaType = {
	NotSpecified: 0,
	FullCopy: 2,
	BeforeDelta: 3,
	AfterDelta: 4,
	Log: 5,
} as const;

/** `MSFT_Synchronized.CopyType`. */
export const synchronizedCopyType = {
	Async: 2,
	Sync: 3,
	UnSyncAssoc: 4,
	UnSyncUnAssoc: 5,
} as const;

/** `MSFT_Synchronized.CopyMethodology`. */
export const synchronizedCopyMethodology = {
	NotSpecified: 0,
	Other: 1,
	ImplementationDecides: 2,
	FullCopy: 3,
	IncrementalCopy: 4,
	DifferentialCopy: 5,
	CopyOnWrite: 6,
	CopyOnAccess: 7,
	DeltaUpdate: 8,
	SnapAndClone: 9,
} as const;

/** `MSFT_Synchronized.CopyPriority`. */
export const synchronizedCopyPriority = {
	NotManaged: 0,
	Low: 1,
	Same: 2,
	High: 3,
} as const;

/** `MSFT_ReplicaPeer.PeerObjectType`. */
export const replicaPeerPeerObjectType = {
	VirtualDisk: 4,
	Volume: 5,
	Partition: 32768,
	ReplicationGroup: 32769,
	StorageSubSystem: 32770,
} as const;
