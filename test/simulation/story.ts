import type { Creation, Fault, ProfileName, Traits } from "../../provider/hosts/simulator";
import type { End } from "../../provider/model/relationship";

/** One night: a world, and what happens in it, in order. Data only, so that a part of it can be left out and played again. */
export interface Story {
	readonly seed: number;
	readonly world: WorldOfStory;
	readonly moves: readonly Move[];
}

export interface WorldOfStory {
	readonly profile: ProfileName;
	/** One management host sees both arrays, or each array has its own. */
	readonly layout: "oneHost" | "twoHosts";
	readonly creation: Creation;
	readonly pairs: readonly PairOfStory[];
}

export interface PairOfStory {
	/** Of the source's disk; the target's is called the same with `-DR`. */
	readonly name: string;
	readonly syncMode: "synchronous" | "asynchronous";
	readonly related: boolean;
	readonly traits: Traits;
}

/** What a program declares of one pair. */
export interface Declaration {
	readonly state: "active" | "suspended" | "reversed" | "failedOver" | "split";
	readonly syncMode?: "synchronous" | "asynchronous";
	readonly failoverTo?: End;
	readonly keep?: End;
	readonly lost?: End;
	readonly onRoleChange?: "stop" | "adopt" | "repair";
	readonly deletePolicy?: "detach" | "dissolve";
	readonly maxDataLossSeconds?: number;
	/** The ends are declared the other way round than the pair is named. */
	readonly swapped?: true;
	/** Under another name in the program than usual, and without an alias: the engine makes one and deletes the other. */
	readonly renamed?: true;
	/** A second resource of the same program declares the same pair. */
	readonly twin?: true;
}

/** Which tokens a run is given: none, those of the preview right before, or those that were printed before that. */
export type Approve = "nothing" | "asPrinted" | "old";

/** What ends a provider's process, at the n-th thing that it waits for. */
export type Cut =
	| { readonly kind: "killed"; readonly at: number; readonly after: boolean }
	| { readonly kind: "interrupted"; readonly at: number }
	/** The engine alone is killed: nothing of what the provider goes on to do is kept. */
	| { readonly kind: "engineGone"; readonly at: number };

export type StrangerAct =
	| { readonly act: "reverse" | "detach" | "hide" | "repairJob"; readonly pair: number }
	/** The array of one end, the source's unless it is said, has no relationship any more. */
	| { readonly act: "forget"; readonly pair: number; readonly end?: End }
	| { readonly act: "operation"; readonly pair: number; readonly operation: StrangersOperation };

export type StrangersOperation =
	| "Failover"
	| "Failback"
	| "ReverseRoles"
	| "Suspend"
	| "Resume"
	| "Fracture"
	| "ResyncReplica"
	| "Split";

/** What happens while a provider's process is waiting. */
export interface Meanwhile {
	/** The application writes at every n-th thing that is waited for; 0: not at all. */
	readonly writeEvery: number;
	/** At the n-th sleep of the process. A look follows every sleep, so nothing that is done then goes unseen. */
	readonly strangerAtSleep?: { readonly at: number; readonly stranger: StrangerAct };
	/** After the checks of the run itself have shown its plan, and before its first change. */
	readonly afterChecks?: StrangerAct;
	readonly faultAt?: { readonly at: number; readonly fault: Fault };
	readonly mendAt?: number;
}

export type Move =
	| {
			readonly move: "up";
			/** By pair; null: the program does not declare it. */
			readonly program: readonly (Declaration | null)[];
			readonly approve: Approve;
			readonly cut: Cut | null;
			readonly meanwhile: Meanwhile;
			/** Between the preview and the run. */
			readonly between: Move | null;
	  }
	/** Another program, whose stack begins here and ends here, declares the same pairs. */
	| {
			readonly move: "otherUp";
			readonly program: readonly (Declaration | null)[];
			readonly approve: Approve;
			readonly cut: Cut | null;
	  }
	| { readonly move: "refresh"; readonly cut: Cut | null; readonly meanwhile: Meanwhile }
	| { readonly move: "destroy"; readonly approve: Approve; readonly cut: Cut | null; readonly meanwhile: Meanwhile }
	| { readonly move: "fault"; readonly fault: Fault }
	| { readonly move: "mend" }
	| { readonly move: "stranger"; readonly stranger: StrangerAct }
	/** At the end that serves, or at this one, if it takes writes. */
	| { readonly move: "write"; readonly pair: number; readonly count: number; readonly end?: End }
	| { readonly move: "readOnly"; readonly pair: number; readonly end: End; readonly readOnly: boolean }
	/** A host goes on showing this number, or the state and the roles of now, until it discovers or for so long. */
	| {
			readonly move: "shows";
			readonly pair: number;
			readonly host: string;
			readonly copyState?: number;
			readonly ms: number | null;
	  }
	| { readonly move: "wait"; readonly ms: number };

/** A move on one line, for a transcript. */
export function describeMove(move: Move): string {
	const { move: name, ...rest } = move;
	const told = JSON.stringify(rest, (_, value) => (value === null ? undefined : value));
	return told === "{}" ? name : `${name} ${told}`;
}
