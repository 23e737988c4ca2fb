import { labelsOf } from "../executor/describeOutlook";
import type { TransitionEvent } from "../executor/events";
import type { Request } from "../executor/outlook";
import { describeStep } from "../planner/describePlan";
import type { ResourceLog } from "./engineLog";

/** How often a line is printed where there is no status row to replace. */
const lineEveryMs = 60_000;
const lineEveryPercent = 10;
/** No progress for this long is said to be stalled. */
const stalledMs = 120_000;

/** The status that a step in progress shows. */
interface Shown {
	step: number;
	percent: number | null;
	percentSince: number;
	firstPercent: number | null;
	firstAtMs: number;
	linePercent: number;
	lineAtMs: number;
}

/**
 * Draws a transition: on a terminal the resource's row says step k of n, percentage, rate, time left, and whether it
 * stalls; elsewhere a line per 10 % or 60 s. What was issued and proved is always a line: together they are the
 * journal of the run.
 */
export function drawProgress(request: Request, log: ResourceLog, terminal: boolean): (event: TransitionEvent) => void {
	const labels = labelsOf(request);
	let shown: Shown | null = null;
	return (event) => {
		switch (event.kind) {
			case "planned":
				if (event.replanned) log.info(`planned again: ${event.steps.length} steps`);
				return;
			case "beforeCall": {
				const { step, number, of } = event.at;
				if (terminal) log.info(`step ${number}/${of} ${describeStep(step, labels)}`, { ephemeral: true });
				return;
			}
			case "aboutToLose": {
				const { disk } = labels[event.loses.end];
				const behind = event.lagSeconds === null ? "" : `; the target is ${event.lagSeconds} s behind now`;
				log.info(
					`about to destroy ${event.loses.age === "recent" ? "recent writes" : "writes"} of ${disk}, as consented${behind}`,
				);
				return;
			}
			case "afterCall": {
				const { step, number, of } = event.at;
				const job = event.job === null ? "" : `, job ${event.job}`;
				log.info(`step ${number}/${of} ${describeStep(step, labels)}: answered ${event.returnCode}${job}`);
				return;
			}
			case "modeLeftToArray":
				log.warning(
					`CreateReplica at ${event.host} takes no mode (MSFT_ReplicationSettings without SyncMode): the array chooses it. It is changed to ${event.syncMode.toLowerCase()} afterwards where it is another one.`,
				);
				return;
			case "polled": {
				const { number, of, step } = event.at;
				if (shown === null || shown.step !== number) {
					shown = {
						step: number,
						percent: event.percent,
						percentSince: event.elapsedMs,
						firstPercent: event.percent,
						firstAtMs: event.elapsedMs,
						linePercent: event.percent ?? 0,
						lineAtMs: event.elapsedMs,
					};
				}
				if (event.percent !== shown.percent) {
					shown.percent = event.percent;
					shown.percentSince = event.elapsedMs;
				}
				const name = step.kind === "operation" ? `${step.operation} (${step.code})` : step.kind;
				const text = `step ${number}/${of} ${name}: ${event.seen}${describeRate(shown, event.elapsedMs)}`;
				if (terminal) {
					log.info(text, { ephemeral: true });
					return;
				}
				const dueByPercent = event.percent !== null && event.percent - shown.linePercent >= lineEveryPercent;
				if (dueByPercent || event.elapsedMs - shown.lineAtMs >= lineEveryMs) {
					shown.linePercent = event.percent ?? shown.linePercent;
					shown.lineAtMs = event.elapsedMs;
					log.info(text);
				}
				return;
			}
			case "proved":
				log.info(`step ${event.at.number}/${event.at.of} proved: ${event.seen}`);
				return;
			case "finished":
				return;
			default:
				event satisfies never;
		}
	};
}

function describeRate(shown: Shown, elapsedMs: number): string {
	if (shown.percent === null) return "";
	if (shown.percent < 100 && elapsedMs - shown.percentSince >= stalledMs) {
		return `, ${shown.percent} %, stalled for ${Math.round((elapsedMs - shown.percentSince) / 1000)} s`;
	}
	// A rate over a few seconds is noise.
	if (elapsedMs - shown.firstAtMs < 10_000) return `, ${shown.percent} %`;
	const minutes = (elapsedMs - shown.firstAtMs) / 60_000;
	const gained = shown.percent - (shown.firstPercent ?? shown.percent);
	if (gained <= 0) return `, ${shown.percent} %`;
	const rate = gained / minutes;
	const left = (100 - shown.percent) / rate;
	return `, ${shown.percent} %, ${rate.toFixed(1)} %/min, ${describeMinutes(left)} left`;
}

function describeMinutes(minutes: number): string {
	if (minutes < 1) return `${Math.max(1, Math.round(minutes * 60))} s`;
	if (minutes < 90) return `${Math.round(minutes)} min`;
	return `${(minutes / 60).toFixed(1)} h`;
}
