import type { Polled } from "../executor/events";
import type { Pace } from "./pace";
import { describeDuration } from "./statusText";

/** The least: a percent of a disk of many terabytes takes minutes, and a link may be down for a moment. */
const leastMs = 600_000;
/** A copy that stands still so many times as long as its percents took is not only slow. */
const timesAsLong = 3;
/** "Dormant: nothing happens" (CIM, ProgressStatus). An array may show it for a moment before it begins to copy. */
const dormantMs = 60_000;
/** Told again after as long again, but at least so often. */
const mostMs = 4 * 3_600_000;

/** What is to be told of a copy that stands still. */
export type StallTold = { readonly as: "stalled" | "goesOn"; readonly text: string };

/** Watches whether a copy stands still: told once, again when it goes on so, and when it moves again. */
export class StallWatch {
	private sinceMs = 0;
	private dormantSinceMs: number | null = null;
	private nextMs: number | null = null;

	constructor(private readonly pace: Pace) {}

	get isStalled(): boolean {
		return this.nextMs !== null;
	}

	/** After the pace has noted the same look. `now`: wall clock. */
	note(polled: Polled, now: number): StallTold | null {
		const { elapsedMs, percent, copying } = polled;
		const changedMs = this.pace.since?.atMs ?? 0;
		const isAwake = percent === null && polled.progressStatus !== "Dormant" && this.isStalled;
		if (!copying || percent === 100 || changedMs !== this.sinceMs || elapsedMs < changedMs || isAwake) {
			const stoodMs = elapsedMs - this.sinceMs;
			const told = this.isStalled && copying ? goesOn(polled, stoodMs) : null;
			this.sinceMs = changedMs;
			this.nextMs = null;
			this.dormantSinceMs = null;
			return told;
		}
		if (polled.progressStatus !== "Dormant") this.dormantSinceMs = null;
		else this.dormantSinceMs ??= elapsedMs;
		const stoodMs = elapsedMs - changedMs;
		const isDormant = this.dormantSinceMs !== null && elapsedMs - this.dormantSinceMs >= dormantMs;
		// Without a percentage nothing tells a slow copy from one that stands still.
		const isStill = percent !== null && stoodMs >= this.patienceMs(polled);
		if (!isDormant && !isStill) return null;
		if (this.nextMs !== null && stoodMs < this.nextMs) return null;
		this.nextMs = stoodMs + Math.min(Math.max(stoodMs, leastMs), mostMs);
		return { as: "stalled", text: describeStall(polled, stoodMs, now) };
	}

	/** Before the first percent nobody knows the rate; a slower one than this would not end within the limit. */
	private patienceMs({ limitMs }: Polled): number {
		const { msPerPercent } = this.pace;
		return Math.max(leastMs, msPerPercent === null ? limitMs / 100 : timesAsLong * msPerPercent);
	}
}

function describeStall({ percent, seen, progressStatus, job }: Polled, stoodMs: number, now: number): string {
	const since = `${new Date(now - stoodMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
	const far = percent === null ? seen : `${percent} %`;
	return [
		`the copy stands still: ${far} since ${since} (${describeDuration(stoodMs)}), ${seen}, ProgressStatus ${progressStatus}, ${job === null ? "no job in flight" : `job ${job}`}.`,
		"Usual causes: the link between the arrays is down or saturated, a journal or the target's pool is full, the array has paused the copy.",
		"Data are safe where they are; the target is not complete until the copy ends. It is waited for until the limit of the step.",
	].join(" ");
}

function goesOn({ percent }: Polled, stoodMs: number): StallTold {
	const far = percent === null ? "" : ` at ${percent} %`;
	return { as: "goesOn", text: `the copy goes on${far}, after ${describeDuration(stoodMs)}.` };
}
