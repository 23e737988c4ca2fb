/** Time as a parameter: the executor and the simulator never ask the system for it. */
export interface Clock {
	/** Milliseconds since the epoch, for what is written down. May jump by hours, either way: NTP, a machine that slept. */
	now(): number;
	/** Milliseconds from some moment on, for durations and limits: never jumps, and may stand still while the machine sleeps. */
	monotonic(): number;
	/** Resolves after this long, at once if the signal has fired or fires. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
	now: () => Date.now(),
	monotonic: () => performance.now(),
	sleep: (ms, signal) =>
		new Promise((resolve) => {
			if (signal?.aborted) return resolve();
			const done = () => {
				clearTimeout(timer);
				signal?.removeEventListener("abort", done);
				resolve();
			};
			const timer = setTimeout(done, ms);
			signal?.addEventListener("abort", done, { once: true });
		}),
};

/** A clock that moves only when somebody sleeps on it or advances it. */
export class SimulatedClock implements Clock {
	private wallMs: number;
	private passedMs = 0;

	constructor(startMs = 0) {
		this.wallMs = startMs;
	}

	now(): number {
		return this.wallMs;
	}

	monotonic(): number {
		return this.passedMs;
	}

	async sleep(ms: number): Promise<void> {
		this.advance(ms);
	}

	advance(ms: number): void {
		if (!(ms >= 0)) throw new RangeError(`time cannot go back: ${ms} ms`);
		this.passedMs += ms;
		this.wallMs += ms;
	}

	/** Somebody sets the wall clock, forward or back; no time passes. */
	jump(ms: number): void {
		this.wallMs += ms;
	}
}
