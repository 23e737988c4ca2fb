import type { Polled } from "../executor/events";

/** A rate over a few seconds is noise. */
const leastMs = 10_000;

/** How fast the percentage of a step grows, and since when it does not. */
export class Pace {
	private from: Mark | null = null;
	private last: Mark | null = null;
	private step = 0;

	note({ at, percent: told, elapsedMs, copying }: Polled): void {
		// A pair that is only suspended reports what it had copied.
		const percent = copying ? told : null;
		if (at.number !== this.step || percent === null) this.from = this.last = null;
		this.step = at.number;
		if (percent === null || percent === this.last?.percent) return;
		// A copy that begins anew has another rate.
		if (this.last === null || percent < this.last.percent) this.from = { percent, atMs: elapsedMs };
		this.last = { percent, atMs: elapsedMs };
	}

	/** Since when the percentage is what it is; `null`: none is reported. */
	get since(): Mark | null {
		return this.last;
	}

	/** How long a percent took on average, up to the last that was gained; `null`: none was gained yet. */
	get msPerPercent(): number | null {
		if (this.from === null || this.last === null || this.last.percent <= this.from.percent) return null;
		return (this.last.atMs - this.from.atMs) / (this.last.percent - this.from.percent);
	}

	/** How long it takes from now on at that rate; `null`: not known. */
	msLeft(elapsedMs: number): number | null {
		const { msPerPercent } = this;
		if (this.from === null || this.last === null || msPerPercent === null || elapsedMs - this.from.atMs < leastMs) {
			return null;
		}
		const left = (100 - this.last.percent) * msPerPercent;
		// The percent that is under way is not all ahead.
		return Math.max(0, left - Math.min(msPerPercent, elapsedMs - this.last.atMs));
	}
}

export interface Mark {
	readonly percent: number;
	readonly atMs: number;
}
