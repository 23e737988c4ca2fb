import type { End } from "../model/relationship";
import type { Loss, Step } from "../planner/plan";
import type { Outlook } from "./outlook";

/**
 * What happens during a transition, in the order it happens. Progress is drawn from these, the run's journal is their
 * log, and a test that kills the run at a point names one of them.
 */
export type TransitionEvent =
	/** Told before it is known whether it may run: consent may be missing, or the plan is a refusal and has no steps. */
	| {
			readonly kind: "planned";
			readonly steps: readonly Step[];
			readonly replanned: boolean;
			readonly outlook: Outlook;
	  }
	/** Nothing is planned before what an interrupted run sent has had its time. Told once, before the wait. */
	| { readonly kind: "awaited"; readonly what: string; readonly limitMs: number }
	/** Right before a call: what reports it may stop it, and then it is not sent. */
	| { readonly kind: "beforeCall"; readonly at: StepPosition; readonly end: End; readonly host: string }
	| { readonly kind: "afterCall"; readonly at: StepPosition; readonly returnCode: number; readonly job: string | null }
	/** No answer came: only the array knows whether the call had its effect. */
	| { readonly kind: "callCutOff"; readonly at: StepPosition }
	/** The replica is being made in a mode that the array chooses: this host's CreateReplica takes none. */
	| {
			readonly kind: "modeLeftToArray";
			readonly at: StepPosition;
			readonly host: string;
			readonly syncMode: "Synchronous" | "Asynchronous";
	  }
	/** RemoveSyncPair is to leave a pair related, and the hosts list no relationship of these. Told after the proof. */
	| { readonly kind: "pairsEnded"; readonly at: StepPosition; readonly pairs: readonly string[] }
	| Polled
	/** Right before a call that destroys writes: whose, how old, and how far the target is behind by now. */
	| { readonly kind: "aboutToLose"; readonly step: Step; readonly loses: Loss; readonly lagSeconds: number | null }
	| { readonly kind: "proved"; readonly at: StepPosition; readonly seen: string }
	| { readonly kind: "finished"; readonly seen: string };

/** A look at the step that is under way. */
export interface Polled {
	readonly kind: "polled";
	readonly at: StepPosition;
	readonly seen: string;
	/** 0 to 100; `null`: not reported. */
	readonly percent: number | null;
	/** Since the call, or since the wait began. */
	readonly elapsedMs: number;
	/** For this step. */
	readonly limitMs: number;
	/** Data are being copied, by the word of CopyState or ProgressStatus. */
	readonly copying: boolean;
	readonly progressStatus: string;
	/** The job in flight, with its state where that could be read. */
	readonly job: string | null;
}

export interface StepPosition {
	readonly step: Step;
	/** Counted from 1. */
	readonly number: number;
	readonly of: number;
}
