import { HalfListed } from "./agreement";
import type { Clock } from "./clock";
import type { Hosts } from "./hosts";
import { type LookOptions, lookAt, type Outlook } from "./outlook";
import type { Request } from "./request";
import { cancelledWhileHidden } from "./transitionEnd";

/** How long a relationship may be invisible before it counts as gone. */
export const reappearMs = 5_000;
const lookEveryMs = 500;

/**
 * A relationship is invisible for a moment after its roles changed (SRDF). What nobody here removed may be there all
 * the same, and so may one that nobody here knows yet: a copy created onto that disk would overwrite it.
 */
export function mayBeHidden({ sighting, situation: { observed, desired } }: Outlook): boolean {
	if (observed.presence === "present") return false;
	// Planned from half a relationship: the other host may only be slower to show it.
	if (sighting.observed.presence === "present") return desired.state !== "absent";
	return observed.vanished || (observed.targetExists && desired.state !== "absent");
}

export interface Patience {
	readonly clock: Clock;
	readonly signal?: AbortSignal | undefined;
	/** When it was looked for first, and when the first look that is given began. */
	readonly sinceMs: number;
	readonly lookedAtMs: number;
}

/** Looks again until it is visible, or until it was looked for long enough that it is not there. */
export async function lookWhileHidden(
	first: Outlook,
	look: () => Promise<Outlook>,
	{ clock, signal, sinceMs, lookedAtMs: firstAtMs }: Patience,
): Promise<Outlook> {
	let outlook = first;
	let lookedAtMs = firstAtMs;
	while (mayBeHidden(outlook) && lookedAtMs - sinceMs < reappearMs && signal?.aborted !== true) {
		if (clock.monotonic() - sinceMs < reappearMs) await clock.sleep(lookEveryMs, signal);
		lookedAtMs = clock.monotonic();
		outlook = await look();
	}
	return outlook;
}

/** A run's first look, and one after a wait for something in flight: what is hidden, or half shown, may be there in a moment. */
export async function lookUntilShown(
	look: () => Promise<Outlook>,
	{ clock, signal }: Pick<Patience, "clock" | "signal">,
): Promise<Outlook> {
	const sinceMs = clock.monotonic();
	for (;;) {
		try {
			const lookedAtMs = clock.monotonic();
			const seen = await lookWhileHidden(await look(), look, { clock, signal, sinceMs, lookedAtMs });
			// Cut short, the wait says nothing: a deletion would tell as gone what is hidden for a moment.
			if (signal?.aborted === true && mayBeHidden(seen) && clock.monotonic() - sinceMs < reappearMs) {
				throw cancelledWhileHidden();
			}
			return seen;
		} catch (error) {
			// A run that is to end does not sleep any more: it would ask the hosts again and again without a pause.
			if (!(error instanceof HalfListed) || clock.monotonic() - sinceMs >= reappearMs || signal?.aborted === true)
				throw error;
			await clock.sleep(lookEveryMs, signal);
		}
	}
}

/**
 * A look for a preview. The hosts of an estate were watched together: hundreds of relationships that are to be created
 * wait once, not one after the other.
 */
export async function lookPatiently(
	request: Request,
	hosts: Hosts,
	clock: Clock,
	options: LookOptions,
): Promise<Outlook> {
	const patient: LookOptions = { ...options, halves: "remove" };
	const first = await lookAt(request, hosts, patient);
	const { source, target } = request.declared.ends;
	const { sinceMs, lookedAtMs } = hosts.watched([source.host, target.host]);
	return lookWhileHidden(first, () => lookAt(request, hosts, { ...patient, freshness: "fresh" }), {
		clock,
		sinceMs,
		lookedAtMs,
	});
}
