import { isNotWorse } from "../planner/comparePlans";
import type { Step } from "../planner/plan";
import { type Outlook, stepsOf } from "./outlook";
import { planChanged } from "./planChanged";
import type { Surroundings } from "./surroundings";

/** A step that is a call. */
export type CallStep = Exclude<Step, { readonly kind: "wait" }>;

/** How long something that was asked of the array before this run may take to show a first sign. */
const askedForMs = 10_000;
const pollMs = 1_000;

/** Waits for what somebody asked of the array shortly before to show, and stops if it does. */
export async function watchedFor(
	step: CallStep,
	first: Outlook,
	{ clock, signal }: Surroundings,
	look: () => Promise<Outlook>,
): Promise<Outlook> {
	const sinceMs = clock.monotonic();
	let outlook = first;
	while (isAskedForAlready(step, outlook) && clock.monotonic() - sinceMs < askedForMs && signal?.aborted !== true) {
		await clock.sleep(pollMs, signal);
		outlook = await look();
		if (!isNotWorse(stepsOf(outlook), stepsOf(first))) throw planChanged(first, outlook);
	}
	return outlook;
}

/** RequestedCopyState names what the step is for, and the array does not show it yet. */
function isAskedForAlready(step: CallStep, { sighting, situation: { observed } }: Outlook): boolean {
	if (step.kind === "create" || sighting.requestedCopyState === null) return false;
	return sighting.requestedCopyState === step.until.copyState && observed.copyState !== step.until.copyState;
}
