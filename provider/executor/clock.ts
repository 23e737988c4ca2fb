/** Time as a parameter: the executor and the simulator never ask the system for it. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Resolves after this long, at once if the signal has fired or fires. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
	now: () => Date.now(),
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

/** A clock that moves only when somebody sleeps on it or advances it, and never back. */
export class SimulatedClock implements Clock {
	private current: number;

	constructor(startMs = 0) {
		this.current = startMs;
	}

	now(): number {
		return this.current;
	}

	async sleep(ms: number): Promise<void> {
		this.advance(ms);
	}

	advance(ms: number): void {
		if (!(ms >= 0)) throw new RangeError(`a clock cannot go back: ${ms} ms`);
		this.current += ms;
	}
}
