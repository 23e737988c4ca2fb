import type { Clock } from "./clock";
import type { Outlook } from "./outlook";

/** How long a relationship may be invisible before it counts as gone. */
export const reappearMs = 5_000;
const lookEveryMs = 500;

/**
 * A relationship is invisible for a moment after its roles changed (SRDF). What nobody here removed may be there all
 * the same, and so may one that nobody here knows yet: a copy created onto that disk would overwrite it.
 */
export function mayBeHidden({ situation: { observed, desired } }: Outlook): boolean {
	if (observed.presence === "present") return false;
	return observed.vanished || (observed.targetExists && desired.state !== "absent");
}

/** Looks again until it is visible, or until it was looked for long enough that it is not there. */
export async function lookWhileHidden(
	first: Outlook,
	look: () => Promise<Outlook>,
	{
		clock,
		signal,
		sinceMs,
	}: { readonly clock: Clock; readonly signal?: AbortSignal | undefined; readonly sinceMs: number },
): Promise<Outlook> {
	let outlook = first;
	while (mayBeHidden(outlook) && clock.now() - sinceMs < reappearMs && signal?.aborted !== true) {
		await clock.sleep(lookEveryMs, signal);
		outlook = await look();
	}
	return outlook;
}
