import type { Loss, Step } from "../planner/plan";

/**
 * What happens during a transition, in the order it happens. Progress is drawn from these, the run's journal is their
 * log, and a test that kills the run at a point names one of them.
 */
export type TransitionEvent =
	| { readonly kind: "planned"; readonly steps: readonly Step[]; readonly replanned: boolean }
	| { readonly kind: "beforeCall"; readonly at: StepPosition; readonly host: string }
	| { readonly kind: "afterCall"; readonly at: StepPosition; readonly returnCode: number; readonly job: string | null }
	/** The replica is being made in a mode that the array chooses: this host's CreateReplica takes none. */
	| {
			readonly kind: "modeLeftToArray";
			readonly at: StepPosition;
			readonly host: string;
			readonly syncMode: "Synchronous" | "Asynchronous";
	  }
	| {
			readonly kind: "polled";
			readonly at: StepPosition;
			readonly seen: string;
			readonly percent: number | null;
			readonly elapsedMs: number;
	  }
	/** Right before a call that destroys writes: whose, how old, and how far the target is behind by now. */
	| { readonly kind: "aboutToLose"; readonly step: Step; readonly loses: Loss; readonly lagSeconds: number | null }
	| { readonly kind: "proved"; readonly at: StepPosition; readonly seen: string }
	| { readonly kind: "finished"; readonly seen: string };

export interface StepPosition {
	readonly step: Step;
	/** Counted from 1. */
	readonly number: number;
	readonly of: number;
}
