import * as z from "zod";

/**
 * The shapes of `bootstrap.ps1`'s answers. The far side is another program, perhaps another version of it: an answer
 * that does not fit is an error, never a default.
 */
const text = z.string().nullable();
const number = z.number().int().nullable();
const flag = z.boolean().nullable();

/** What the far side says of itself when it is loaded. */
export const readyAnswer = z.object({ version: z.string(), edition: z.string(), languageMode: z.string() });
export type ReadyAnswer = z.infer<typeof readyAnswer>;

/** A PowerShell error record. `stage`: whether a change may have been sent. */
export const failureFacts = z.object({
	stage: z.enum(["before", "during"]),
	errorId: z.string(),
	category: z.string(),
	type: z.string(),
	message: z.string(),
	nativeErrorCode: text,
	hResult: text,
	messageId: text,
	detail: text,
	missingClass: z.boolean(),
});
export const failureAnswer = failureFacts.extend({ ok: z.literal(false) });
export type FailureAnswer = z.infer<typeof failureAnswer>;
/** An error record without where it came. */
export type Exception = z.infer<typeof failureFacts>;
/** A read that failed beside others that did not. `source`: what the error says of where it comes from. */
const unreadClass = failureFacts.extend({ className: z.string(), source: z.string() });
export type UnreadClass = z.infer<typeof unreadClass>;

export const answer = z.discriminatedUnion("ok", [
	z.object({ ok: z.literal(true), value: z.unknown() }),
	failureAnswer,
]);
export type Answer = z.infer<typeof answer>;

/** ObjectId, PeerUniqueId, PeerObjectId, PeerObjectName, PeerSubsystemName, IsPrimary. */
const peerRow = z.tuple([text, text, text, text, text, flag]);
/** CopyState, ProgressStatus, SyncMode, SyncType, PercentSynced, SyncTime, RequestedCopyState. */
const synchronized = [number, number, number, number, number, text, number] as const;
/** ObjectId, InstanceID, UniqueId, JobState, PercentComplete, OperationalStatus, ErrorCode, ErrorDescription. */
const jobRow = z.tuple([text, text, text, number, number, z.array(z.number()).nullable(), number, text]);
export type JobRow = z.infer<typeof jobRow>;

/** Whose it is, ReplicaPeer, then the peer where the link embeds it, then MSFT_Synchronized. */
const link = [text, text, text, text, text, text, flag, ...synchronized] as const;
/** `null` instead of rows: nobody has the association. */
const groupRows = z.object({
	/** ObjectId, UniqueId, FriendlyName. */
	listed: z.array(z.tuple([text, text, text])),
	/** ReplicationGroup, VirtualDisk, in the order of the listing. */
	members: z.array(z.tuple([text, text])).nullable(),
	/** As the links of disks, of ReplicationGroup, and ConsistencyState. */
	links: z.array(z.tuple([...link, number])).nullable(),
	/** StorageSubSystem, ReplicationGroup. */
	holds: z.array(z.tuple([text, text])).nullable(),
});

/** Rows with the columns of the script, in its order. */
export const observeAnswer = z.object({
	/** ObjectId, UniqueId, FriendlyName, Access, StorageSubSystem, HealthStatus, OperationalStatus. */
	disks: z.array(z.tuple([text, text, text, number, text, number, z.array(z.number()).nullable()])),
	/** Of VirtualDisk. */
	links: z.array(z.tuple(link)),
	peers: z.array(peerRow),
	followed: z.array(z.object({ disk: z.string(), peers: z.array(peerRow) })),
	/** SourceVirtualDisk, TargetVirtualDisk, then MSFT_Synchronized. */
	pairs: z.array(z.tuple([text, text, ...synchronized])),
	/** ObjectId, UniqueId, FriendlyName, Name, CurrentCacheLevel. */
	subsystems: z.array(z.tuple([text, text, text, text, number])),
	/** StorageSubSystem, VirtualDisk. */
	holds: z.array(z.tuple([text, text])),
	jobs: z.array(jobRow),
	/** StorageJob, AffectedStorageObject. */
	affects: z.array(z.tuple([text, text])),
	/** `null`: nobody has MSFT_ReplicationGroup, or groups were not asked for, as by key. */
	groups: groupRows.nullable(),
	unread: z.array(unreadClass),
	hostTime: text,
});
export type ObserveAnswer = z.infer<typeof observeAnswer>;
/** The same for some disks. `found` false: not all of them, and of their relationships, can be read by key. */
export const observeDisksAnswer = z.discriminatedUnion("found", [
	z.object({ found: z.literal(false) }),
	observeAnswer.extend({ found: z.literal(true) }),
]);

export const callAnswer = z.object({
	returnCode: z.number().int(),
	jobId: text,
	message: text,
	createdPeerUniqueId: text.optional().transform((id) => id || undefined),
	createdGroupObjectId: text.optional().transform((id) => id || undefined),
	syncModeSent: z.boolean().optional(),
});

/** What one provider said to Discover: a code, or an error. */
const discovery = z.union([
	z.object({ failure: z.null(), returnCode: z.number().int(), jobId: text, message: text }),
	z.object({ failure: failureFacts }),
]);
export type Discovery = z.infer<typeof discovery>;
/** `serving`: only the providers of the array were asked; else all of them, because no link says whose it is. */
const discoveries = z.object({ serving: z.boolean(), answers: z.array(discovery) });
export type Discoveries = z.infer<typeof discoveries>;
/** `cacheModes`: RemoteSubsystemCacheMode of each provider that was asked. */
export const discoverAnswer = discoveries.extend({ cacheModes: z.array(number) });
export const discoverArraysAnswer = z.object({ arrays: z.array(discoveries.extend({ subsystem: text })) });

const advertised = z.object({ returnCode: z.number().int(), numbers: z.array(z.number()).nullable(), message: text });
export const capabilitiesAnswer = z.discriminatedUnion("found", [
	z.object({ found: z.literal(false) }),
	z.object({
		found: z.literal(true),
		types: z.array(z.number()).nullable(),
		supportsReplicationGroup: flag,
		supportsFullDiscovery: flag,
		operations: advertised,
		features: advertised,
		copyStates: advertised,
	}),
]);

export const jobAnswer = z.object({ job: jobRow.nullable() });
export const affectedAnswer = z.object({
	/** UniqueId, ObjectId. */
	disks: z.array(z.tuple([text, text])),
	/** PeerUniqueId, PeerObjectId, PeerObjectType. */
	peers: z.array(z.tuple([text, text, number])),
});
export type AffectedAnswer = z.infer<typeof affectedAnswer>;
export const pingAnswer = z.object({ hostTime: text });

/** `null` instead of rows: nobody has the class. */
export const diagnoseAnswer = z.object({
	executionPolicy: text,
	administrator: flag,
	/** The account that PowerShell runs as; `logOnGroups`: SIDs of the well-known groups that tell the kind of log-on. */
	account: z.object({ name: z.string(), authenticationType: z.string(), logOnGroups: z.array(z.string()) }).nullable(),
	classFound: z.boolean(),
	methodFound: z.boolean(),
	runAsJob: z.boolean(),
	hostTime: text,
	/** ObjectId, Name, Manufacturer, Version, Type, RemoteSubsystemCacheMode. */
	providers: z.array(z.tuple([text, text, text, text, number, number])).nullable(),
	/** ObjectId, UniqueId, FriendlyName, Name, CurrentCacheLevel, HealthStatus, OperationalStatus, SupportsMirrorLocal, SupportsMirrorRemote. */
	subsystems: z
		.array(z.tuple([text, text, text, text, number, number, z.array(z.number()).nullable(), flag, flag]))
		.nullable(),
	/** StorageProvider, StorageSubSystem. */
	serves: z.array(z.tuple([text, text])).nullable(),
	unread: z.array(unreadClass),
});
export type DiagnoseAnswer = z.infer<typeof diagnoseAnswer>;
export type CapabilitiesAnswer = z.infer<typeof capabilitiesAnswer>;
