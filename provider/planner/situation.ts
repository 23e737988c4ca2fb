import type { Capabilities } from "../model/capabilities";
import type {
	Ahead,
	CopyState,
	Direction,
	End,
	Operation,
	PerEnd,
	ProgressStatus,
	SyncMode,
	SyncType,
	Unknown,
} from "../model/relationship";

/** What was observed of one relationship, with what our journal knows about unsent writes. */
export interface Observed {
	/** `absent` only if every end that may hold the relationship was read and none has it. */
	readonly presence: "present" | "absent";
	/** With `absent`: our state knows a relationship that we did not remove. */
	readonly vanished: boolean;
	/** With `absent`: the target disk exists already, so a copy would overwrite it. */
	readonly targetExists: boolean;
	readonly copyState: CopyState | Unknown;
	readonly progressStatus: ProgressStatus | Unknown;
	readonly direction: Direction;
	readonly syncMode: SyncMode;
	readonly syncType: SyncType | Unknown;
	/** False: the end was declared lost, or its host does not answer. */
	readonly reachable: PerEnd<boolean>;
	readonly readOnly: PerEnd<boolean>;
	/** Nothing tells when all of the source has arrived: it has a tail, read-only or not. Left out: something does. */
	readonly tailUntold?: boolean | undefined;
	/** From the journal; `null`: take the rule of the copy state. */
	readonly ahead: PerEnd<Ahead | null>;
	/** From the journal; `false`: a copy was interrupted before it was complete. `null`: not known. */
	readonly targetConsistent: boolean | null;
	/** The same of the current source: `false` after a Failback or a restore that was begun and not proven. */
	readonly sourceConsistent: boolean | null;
	/** Id of a storage job in flight. */
	readonly job: string | null;
	/** False: the disk's own health says that nothing can be served from it. */
	readonly usable: PerEnd<boolean>;
	/** Copies: whether what is asked once was done, by the journal. Left out: both. */
	readonly done?: Done | undefined;
	/** Copies, with `absent`: the relationship is gone because it fulfilled itself. */
	readonly ended?: "complete" | "restored" | null | undefined;
	/** Copies: a restore was begun and not proven, or ended Broken: the target is the only good image. */
	readonly restoreOpen?: boolean | undefined;
	/** Other relationships of the two disks. */
	readonly neighbours?: readonly Neighbour[] | undefined;
	/** The group whose relationship steers this pair; `null`: none. */
	readonly group?: string | null | undefined;
	/** `group`: copyState, progressStatus and direction are the group's own word, and `members` decide. Left out: `pair`. */
	readonly subject?: "pair" | "group" | undefined;
	/** With `group`: its pairs. `null`: the array shows none (group feature 50), and the group's word is all there is. */
	readonly members?: readonly Member[] | null | undefined;
	/** With `group`: wished pairs that are not in it. */
	readonly candidates?: readonly Candidate[] | undefined;
	/** With `group`: `ConsistencyState` says Consistent or Inconsistent; `null`: anything else, or nothing. */
	readonly consistency?: boolean | null | undefined;
}

/** What is asked once: whether it was done. */
export interface Done {
	readonly retake: boolean;
	readonly restore: boolean;
}

/** Another relationship of one of the two disks. */
export interface Neighbour {
	/** Which of the two. */
	readonly at: End;
	/** The role of that disk in it. */
	readonly role: End;
	readonly syncType: SyncType | Unknown;
	readonly copyState: CopyState | Unknown;
	readonly progressStatus: ProgressStatus | Unknown;
	readonly targetConsistent: boolean | null;
	readonly syncMode: SyncMode;
}

/** One pair of a group, as it was read. */
export interface Member
	extends Pick<
		Observed,
		| "copyState"
		| "progressStatus"
		| "direction"
		| "syncMode"
		| "readOnly"
		| "tailUntold"
		| "ahead"
		| "targetConsistent"
		| "sourceConsistent"
		| "usable"
	> {
	readonly id: string;
	/** False: its end could not be read although the host could. */
	readonly read: boolean;
}

/** A wished pair outside the group: related already, or not yet. */
export type Candidate =
	| (Member & { readonly presence: "present"; readonly syncType: SyncType | Unknown })
	| { readonly id: string; readonly presence: "absent"; readonly targetExists: boolean; readonly read: boolean };

/** The wished state. */
export interface Desired {
	/** What the relationship is to be. Left out: `Mirror`. */
	readonly kind?: SyncType;
	readonly state:
		| "active"
		| "suspended"
		| "reversed"
		| "failedOver"
		| "split"
		| "absent"
		| "inactive"
		| "detached"
		| "operation";
	/** With `operation`: the one that is asked for. */
	readonly operation?: Operation;
	/** Copies: a new point in time is asked for, once. */
	readonly retake?: boolean;
	/** Copies: the source is to be made what the copy is, once. */
	readonly restore?: boolean;
	/** Wished mode; left out: any mode will do. */
	readonly syncMode?: "Synchronous" | "Asynchronous";
	/** With `failedOver`: the end that serves afterwards. Default `target`. */
	readonly to?: End;
	/** With `absent`: how the relationship ends. Default: Detach or Dissolve, whichever the array offers. */
	readonly by?: "Detach" | "Dissolve" | "ReturnToResourcePool";
	/** The end whose writes may not go. Default: the serving end, if it can be read. */
	readonly keep?: End;
	/** Groups: wished consistency; left out: as found. */
	readonly consistency?: boolean;
	/** Groups: ids of the wished pairs; left out: as found. */
	readonly pairs?: readonly string[];
}

export interface Situation {
	readonly observed: Observed;
	readonly capabilities: Capabilities;
	readonly desired: Desired;
}
