import type {
	CopyBehaviour,
	CopyKind,
	Creation,
	Fault,
	GroupBehaviour,
	ProfileName,
	Traits,
} from "../../provider/hosts/simulator";
import type { CopyState, End } from "../../provider/model/relationship";

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
	/** Two replication groups, Sales and Sales-DR, of which a program declares the relationship in place of the pairs'. */
	readonly group?: GroupOfStory;
	/** Point-in-time copies of their disks, which a program of their own declares; left out: there are none. */
	readonly copies?: readonly CopyOfStory[];
	/** What both arrays do with copies, where that is not what their profile does. */
	readonly copying?: Partial<Record<CopyKind, Partial<CopyBehaviour>>>;
}

export interface GroupOfStory {
	/** How many of the pairs are in the groups when it begins: the first ones. */
	readonly members: number;
	/** What both arrays do with groups, beside what their profile does. */
	readonly behaviour: Partial<GroupBehaviour>;
	readonly consistent: boolean;
}

export interface CopyOfStory {
	readonly kind: "Snapshot" | "Clone" | "TokenizedClone";
	/** The disk that is copied: of this pair, at this end. */
	readonly pair: number;
	readonly end: End;
	/** The copy's disk is to be made, is there and holds somebody's writes, or is a copy of it already. */
	readonly disk: "made" | "somebodys" | "related";
	/** An array that answers ReturnToResourcePool and deletes no disk. */
	readonly keepsDisk?: true;
}

/** What a program declares of one copy. */
export interface CopyDeclaration {
	readonly state: "active" | "inactive" | "suspended" | "detached";
	readonly triggers?: number;
	readonly restore?: string;
	readonly expendable?: "pointInTime" | "everything";
	/** Milliseconds after the story has begun. */
	readonly expiresMs?: number;
	readonly deletePolicy?: "detach" | "dissolve" | "returnToResourcePool";
	readonly keep?: End;
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
	/** Of groups. */
	readonly consistency?: boolean;
	readonly pairs?: readonly number[];
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
	/** The relationship of the groups ends, those of their pairs stay. */
	| { readonly act: "ungroup"; readonly pair: number }
	/** The pair leaves the groups, or comes into them. */
	| { readonly act: "regroup"; readonly pair: number }
	/** Of a pair by itself, and not of all of its group. */
	| { readonly act: "alone"; readonly pair: number; readonly operation: StrangersOperation }
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
	/** At the n-th sleep the copies that run break off. A look follows every sleep. */
	readonly copyBreaksAt?: number;
	/** After the checks of the run itself: the disk of the first copy is given back, and another one of its name made a copy. */
	readonly copyRemade?: true;
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
			/** Each pair as a resource of its own, though groups steer some of them. */
			readonly alone?: true;
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
	/** The group says this of itself until it is mended, whatever its members are. */
	| { readonly move: "groupSays"; readonly copyState: CopyState }
	/** A host goes on showing this number, or the state and the roles of now, until it discovers or for so long. */
	| {
			readonly move: "shows";
			readonly pair: number;
			readonly host: string;
			readonly copyState?: number;
			readonly ms: number | null;
	  }
	| { readonly move: "wait"; readonly ms: number }
	| CopyMove;

export type CopyMove =
	/** The program of the copies is run, which has a stack of its own. */
	| {
			readonly move: "copiesUp";
			/** By copy; null: the program does not declare it. */
			readonly copies: readonly (CopyDeclaration | null)[];
			readonly approve: Approve;
			readonly cut: Cut | null;
			readonly meanwhile: Meanwhile;
			/** Between the preview and the run. */
			readonly between: Move | null;
	  }
	| { readonly move: "copiesRefresh" | "copiesDestroy"; readonly cut: Cut | null; readonly meanwhile: Meanwhile }
	/** To the disk of the copy, if it takes writes. */
	| { readonly move: "copyWrite"; readonly copy: number; readonly count: number }
	| { readonly move: "copyReadOnly"; readonly copy: number; readonly readOnly: boolean }
	/**
	 * Somebody at the arrays: what is copied breaks off; the relationship is ended; where there is no disk of that name any
	 * more, another one is made and written to; or the disk is given back, and another one of its name made a copy.
	 */
	| {
			readonly move: "copyStranger";
			readonly copy: number;
			readonly act: "breakOff" | "detach" | "makeDisk" | "remake";
	  };

/** A move on one line, for a transcript. */
export function describeMove(move: Move): string {
	const { move: name, ...rest } = move;
	const told = JSON.stringify(rest, (_, value) => (value === null ? undefined : value));
	return told === "{}" ? name : `${name} ${told}`;
}
