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
}

/** Whose writes a dataLoss step takes, and how old they may be. */
export interface Loss {
	readonly end: End;
	readonly age: "recent" | "yes";
}

/** One SetReplicationRelationship call and its completion. */
export interface OperationStep {
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
export interface CreateStep {
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
