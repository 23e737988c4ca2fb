import type { GroupCall } from "../planner/groupMembership";
import type { Surroundings } from "./surroundings";

/** What happens in a group's run, in the order it happens: what is shown of it and written down is made of these. */
export type GroupRunEvent =
	/** Told before it is known whether it may run; `seen` is the group before anything is sent. */
	| { readonly kind: "planned"; readonly lines: readonly string[]; readonly seen: string; readonly id: string | null }
	/** Nothing is planned before what a run that was stopped sent has had its time. */
	| { readonly kind: "awaited"; readonly what: string; readonly limitMs: number }
	/** Right before a call: what reports it may stop it, and then it is not sent. */
	| ({ readonly kind: "beforeCall"; readonly call: GroupCall; readonly leadsTo: string } & CallPosition)
	| ({ readonly kind: "afterCall"; readonly returnCode: number; readonly job: string | null } & CallPosition)
	/** No answer came: only the array knows whether the call had its effect. */
	| ({ readonly kind: "callCutOff" } & CallPosition)
	/** `refusal`: what the array answered if it refused; then somebody else did it. */
	| ({ readonly kind: "reached"; readonly seen: string; readonly refusal: string | null } & CallPosition);

/** Which call of how many, and its line in the plan. */
export interface CallPosition {
	readonly number: number;
	readonly of: number;
	readonly line: string;
}

export type GroupSurroundings = Pick<Surroundings, "hosts" | "clock" | "fence" | "signal"> & {
	readonly report: (event: GroupRunEvent) => void | Promise<void>;
};
