import type { Polled, StepPosition } from "../executor/events";
import type { Pace } from "./pace";

/** A line of the narrowest terminal; the last column stays free, or some wrap. */
const mostColumns = 79;

/**
 * How far a step is: `43 % 1h05 left, 0.9 %/min, 2/3 Resume orders`. Nobody knows how wide a terminal is, and Pulumi cuts
 * what does not fit: what matters comes first. `pulumi up --diff` shows the text without its resource, so the name is in it.
 */
export function statusText(polled: Polled, pace: Pace, stalled: boolean, name: string, columns = mostColumns): string {
	return cut([...howFar(polled, pace, stalled), `${describePlace(polled.at)} ${name}`].join(", "), columns);
}

/** What makes a status worth telling anew; a rate that trembles does not. */
export function gistOf(polled: Polled, pace: Pace, stalled: boolean): string {
	return `${polled.at.number} ${howFar(polled, pace, stalled)[0]}`;
}

/** `2/3 Resume`. */
export function describePlace({ step, number, of }: StepPosition): string {
	const name = step.kind === "operation" ? step.operation : step.kind === "create" ? "CreateReplica" : "wait";
	return `${number}/${of} ${name}`;
}

/** In the words of a person who waits: `40 s`, `12 min`, `1h05`, `14 h`, `3 days`. */
export function describeDuration(ms: number): string {
	const seconds = Math.max(10, Math.round(ms / 10_000) * 10);
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.round(ms / 60_000);
	if (minutes < 60) return `${minutes} min`;
	const coarse = Math.round(minutes / 5) * 5;
	if (coarse < 600) return `${Math.floor(coarse / 60)}h${String(coarse % 60).padStart(2, "0")}`;
	const hours = Math.round(minutes / 60);
	return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** The most important first: percentage with time left, rate. Where no percentage is told: the state, and for how long. */
function howFar({ elapsedMs, seen }: Polled, pace: Pace, stalled: boolean): string[] {
	const { since, msPerPercent } = pace;
	if (since === null) {
		return [elapsedMs < 60_000 ? seen : `${seen} for ${describeDuration(elapsedMs)}`];
	}
	const { percent } = since;
	if (stalled) return [`${percent} % stalled for ${describeDuration(elapsedMs - since.atMs)}`];
	const leftMs = pace.msLeft(elapsedMs);
	if (leftMs === null || msPerPercent === null) return [`${percent} %`];
	return [`${percent} % ${describeDuration(leftMs)} left`, `${describeRate(60_000 / msPerPercent)} %/min`];
}

function describeRate(perMinute: number): string {
	return perMinute >= 10 ? perMinute.toFixed(0) : perMinute.toPrecision(2);
}

function cut(text: string, columns: number): string {
	return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}
