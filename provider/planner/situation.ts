import type { Capabilities } from "../model/capabilities";
import type {
	Ahead,
	CopyState,
	Direction,
	End,
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
}

/** The wished state. */
export interface Desired {
	readonly state: "active" | "suspended" | "reversed" | "failedOver" | "split" | "absent";
	/** Wished mode; left out: any mode will do. */
	readonly syncMode?: "Synchronous" | "Asynchronous";
	/** With `failedOver`: the end that serves afterwards. Default `target`. */
	readonly to?: End;
	/** With `absent`: how the relationship ends. Default: whichever the array offers. */
	readonly by?: "Detach" | "Dissolve";
	/** The end whose writes may not go. Default: the serving end, if it can be read. */
	readonly keep?: End;
}

export interface Situation {
	readonly observed: Observed;
	readonly capabilities: Capabilities;
	readonly desired: Desired;
}
