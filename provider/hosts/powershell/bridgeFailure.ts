/**
 * Why a call has no answer. `sent` says whether its line was written: only then can it have had an effect.
 * - `notStarted`: PowerShell or the connection did not come up. - `died`: the process ended. - `timedOut`.
 * - `damaged`: an answer came that cannot be read. - `queueFull`, `closed`: we did not try.
 */
export type BridgeFailureReason = "notStarted" | "died" | "timedOut" | "damaged" | "queueFull" | "closed";

/** A failure inside the bridge, before it is worded for users in `callErrors.ts`. */
export class BridgeFailure extends Error {
	constructor(
		readonly reason: BridgeFailureReason,
		readonly sent: boolean,
		detail: string,
		options?: { readonly cause?: unknown },
	) {
		super(detail, options);
		this.name = "BridgeFailure";
	}
}
