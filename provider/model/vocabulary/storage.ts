// The objects around a relationship: disks, jobs and the status that an error carries.
// Numbers and names: Microsoft reference, namespace Root\Microsoft\Windows\Storage (Storagewmi.mof); names are the reference's, spelled as identifiers.

/** `MSFT_StorageJob.JobState`. */
export const storageJobJobState = {
	New: 2,
	Starting: 3,
	Running: 4,
	Suspended: 5,
	ShuttingDown: 6,
	Completed: 7,
	Terminated: 8,
	Killed: 9,
	Exception: 10,
	Service: 11,
	QueryPending: 12,
} as const;

/** `MSFT_StorageJob.OperationalStatus`. */
export const storageJobOperationalStatus = {
	Unknown: 0,
	Other: 1,
	OK: 2,
	Degraded: 3,
	Stressed: 4,
	PredictiveFailure: 5,
	Error: 6,
	NonRecoverableError: 7,
	Starting: 8,
	Stopping: 9,
	Stopped: 10,
	InService: 11,
	NoContact: 12,
	LostCommunication: 13,
	Aborted: 14,
	Dormant: 15,
	SupportingEntityInError: 16,
	Completed: 17,
	PowerMode: 18,
} as const;

/** `MSFT_StorageExtendedStatus.ErrorType`. */
export const storageExtendedStatusErrorType = {
	Unknown: 0,
	Other: 1,
	CommunicationsError: 2,
	QualityOfServiceError: 3,
	SoftwareError: 4,
	HardwareError: 5,
	EnvironmentalError: 6,
	SecurityError: 7,
	OversubscriptionError: 8,
	UnavailableResourceError: 9,
	UnsupportedOperationError: 10,
} as const;

/** `MSFT_StorageExtendedStatus.PerceivedSeverity`. */
export const storageExtendedStatusPerceivedSeverity = {
	Unknown: 0,
	Other: 1,
	Information: 2,
	DegradedWarning: 3,
	Minor: 4,
	Major: 5,
	Critical: 6,
	FatalNonRecoverable: 7,
} as const;

/** `MSFT_VirtualDisk.HealthStatus`. */
export const virtualDiskHealthStatus = {
	Healthy: 0,
	Warning: 1,
	Unhealthy: 2,
	Unknown: 5,
} as const;

/** `MSFT_VirtualDisk.OperationalStatus`. */
export const virtualDiskOperationalStatus = {
	Unknown: 0,
	Other: 1,
	OK: 2,
	Degraded: 3,
	Stressed: 4,
	PredictiveFailure: 5,
	Error: 6,
	NonRecoverableError: 7,
	Starting: 8,
	Stopping: 9,
	Stopped: 10,
	InService: 11,
	NoContact: 12,
	LostCommunication: 13,
	Aborted: 14,
	Dormant: 15,
	SupportingEntityInError: 16,
	Completed: 17,
	PowerMode: 18,
	Relocating: 19,
	Detached: 53250,
	Incomplete: 53251,
} as const;

/** `MSFT_VirtualDisk.Access`. */
export const virtualDiskAccess = {
	Unknown: 0,
	Readable: 1,
	Writeable: 2,
	ReadWrite: 3,
	WriteOnce: 4,
} as const;
