import type { Clock } from "../provider/executor/clock";

const haste = 20;
const startedMs = Date.now();

/** Real time, twenty times as fast: limits and waits are kept in order, and nobody sits through them. */
export const hastyClock: Clock = {
	now: () => startedMs + (Date.now() - startedMs) * haste,
	monotonic: () => performance.now() * haste,
	sleep: (ms, signal) =>
		new Promise((resolve) => {
			if (signal?.aborted) return resolve();
			const timer = setTimeout(done, ms / haste);
			signal?.addEventListener("abort", done, { once: true });
			function done() {
				clearTimeout(timer);
				signal?.removeEventListener("abort", done);
				resolve();
			}
		}),
};
