import type { ErrorCode } from "../model/errorCodes";
import type { CopyState, Direction, End, Operation } from "../model/relationship";

/** What a step puts at risk: nothing, service, protection against the next failure, or writes. */
export const Hazard = {
	None: "none",
	Availability: "availability",
	ProtectionLoss: "protectionLoss",
	DataLoss: "dataLoss",
} as const;
export type Hazard = (typeof Hazard)[keyof typeof Hazard];

export interface Until {
	readonly copyState: CopyState | "absent";
	readonly direction: Direction;
	/** What is done once, and cannot be seen by the state. */
	readonly done?: "retake" | "restore";
	/** Of a group. */
	readonly consistency?: boolean;
	/** Ids of a group's members afterwards. */
	readonly pairs?: readonly string[];
}

/** What a dataLoss step takes, from which end, and how old it may be. */
export interface Loss {
	readonly end: End;
	readonly age: "recent" | "yes";
	/** Left out: writes. `pointInTime`: the image of a copy that nobody wrote to. `disk`: the copy's disk itself. */
	readonly what?: "pointInTime" | "disk";
	/** Ids of the members of a group that lose, where not all do. */
	readonly members?: readonly string[];
}

/** Which of a group's pairs a step is for, where it is not the whole group. */
export interface Whom {
	/** Ids of members that are called one by one. */
	readonly members?: readonly string[];
	/** Ids of pairs that are created, join the group or leave it. */
	readonly pairs?: readonly string[];
}

/** One SetReplicationRelationship call and its completion. */
export interface OperationStep extends Whom {
	readonly kind: "operation";
	readonly operation: Operation;
	readonly code: number;
	/** The declared end whose host the call goes to. */
	readonly at: End;
	readonly hazard: Hazard;
	readonly loses?: Loss;
	readonly until: Until;
	readonly why: string;
}

/** Nothing to issue: something in flight must settle. */
export interface WaitStep {
	readonly kind: "wait";
	readonly until: Until;
	readonly why: string;
}

/** MSFT_VirtualDisk.CreateReplica; the initial copy then runs. */
export interface CreateStep extends Whom {
	readonly kind: "create";
	readonly at: "source";
	readonly hazard: Hazard;
	readonly loses?: Loss;
	readonly until: Until;
	readonly why: string;
}

export type Step = OperationStep | WaitStep | CreateStep;

export interface Plan {
	readonly outcome: "plan";
	readonly steps: readonly Step[];
	/** True when a step is a dataLoss one. */
	readonly needsApproval: boolean;
	/** The one step is a wait; what comes after can only be planned from what is seen then. */
	readonly replan?: true;
	readonly warnings?: readonly string[];
	/** Identifies the steps and the settled facts they were made for. */
	readonly digest: string;
}

export interface Refusal {
	readonly outcome: "refused";
	readonly code: ErrorCode;
	readonly reason: string;
	readonly alternative: string;
}

export type Answer = Plan | Refusal;
