import { labelsOf } from "../executor/describeOutlook";
import type { Polled, StepPosition, TransitionEvent } from "../executor/events";
import type { Request } from "../executor/request";
import { describeIds } from "../planner/describePlan";
import type { ResourceLog } from "./engineLog";
import { Pace } from "./pace";
import { StallWatch } from "./stall";
import { describePlace, gistOf, statusText } from "./statusText";

/** Where there is no status to replace, a line after so much, or after so long; a copy of a day is not to fill a log. */
const lineEveryPercent = 10;
const lineEveryMs = 60_000;
const laterLineEveryMs = 300_000;
const laterMs = 600_000;
/** A step that is proved so soon takes one line, its answer in it: fifty relationships would fill pages otherwise. */
const proofSoonMs = 30_000;

export interface Audience {
	readonly log: ResourceLog;
	/** The resource's name in the program. */
	readonly name: string;
	/** Somebody watches a status that is replaced. */
	readonly terminal: boolean;
	/** Wall clock. */
	readonly now: () => number;
	/** Draws how far the step is at each look; without it the log is told. */
	readonly drawStatus?: (polled: Polled, pace: Pace, stalled: boolean) => void;
}

/**
 * Tells a transition: what was sent, its answer, what proves it, and how far the step under way is. On a terminal that is a
 * status, told anew when it says something else (`pulumi up --diff` prints each); elsewhere a line now and then.
 */
export function drawProgress(
	request: Request,
	{ log, name, terminal, now, drawStatus }: Audience,
): (event: TransitionEvent) => void {
	const labels = labelsOf(request);
	const pace = new Pace();
	const stall = new StallWatch(pace);
	let answer: { readonly text: string; readonly said: boolean } | null = null;
	/** A removal may go to the other end than the plan says. */
	let sentTo: string | null = null;
	let gist = "";
	let line = { percent: 0, atMs: 0 };
	/** `pulumi up --diff` shows no resource beside a message. */
	const place = (at: StepPosition) => `${describePlace(at)} ${name}`;
	const called = (at: StepPosition) => (sentTo === null ? place(at) : `${place(at)} at ${sentTo}`);

	const polled = (event: Polled) => {
		if (answer?.said === false && event.elapsedMs >= proofSoonMs) {
			log.info(`${answer.text}.`);
			answer = { ...answer, said: true };
		}
		pace.note(event);
		const told = stall.note(event, now());
		const text = `${place(event.at)}: ${told?.text}`;
		if (told?.as === "stalled") log.warning(text);
		else if (told !== null) log.info(text);
		if (drawStatus !== undefined) {
			drawStatus(event, pace, stall.isStalled);
			return;
		}
		if (terminal) {
			const next = gistOf(event, pace, stall.isStalled);
			if (next !== gist) log.info(statusText(event, pace, stall.isStalled, name), { ephemeral: true });
			gist = next;
			return;
		}
		if (event.elapsedMs < proofSoonMs) return;
		const everyMs = event.elapsedMs < laterMs ? lineEveryMs : laterLineEveryMs;
		const gained = (pace.since?.percent ?? 0) - line.percent;
		if (gained < lineEveryPercent && event.elapsedMs - line.atMs < everyMs) return;
		line = { percent: pace.since?.percent ?? line.percent, atMs: event.elapsedMs };
		log.info(statusText(event, pace, stall.isStalled, name));
	};
	return (event) => {
		switch (event.kind) {
			case "planned":
				if (event.replanned) log.info(`planned again: ${event.steps.length} steps`);
				return;
			case "awaited":
				log.info(`waits for ${event.what}: nothing is sent before, at most ${Math.ceil(event.limitMs / 1000)} s.`);
				return;
			case "beforeCall":
				sentTo = event.host;
				if (terminal) log.info(`${place(event.at)} sent to ${event.host}`, { ephemeral: true });
				return;
			case "aboutToLose": {
				const { disk } = labels[event.loses.end];
				const behind = event.lagSeconds === null ? "" : `; the target is ${event.lagSeconds} s behind now`;
				log.info(
					`about to destroy ${event.loses.age === "recent" ? "recent writes" : "writes"} of ${disk}, as consented${behind}`,
				);
				return;
			}
			case "afterCall": {
				const job = event.job === null ? "" : `, job ${event.job}`;
				// A repeat after a stale cache: both answers are told.
				if (answer?.said === false) log.info(`${answer.text}.`);
				answer = {
					text: `${called(event.at)} answered ${event.returnCode}${job}`,
					said: false,
				};
				return;
			}
			case "callCutOff":
				return;
			case "modeLeftToArray":
				log.warning(
					`CreateReplica at ${event.host} takes no mode (MSFT_ReplicationSettings without SyncMode): the array chooses it. It is changed to ${event.syncMode.toLowerCase()} afterwards where it is another one.`,
				);
				return;
			case "pairsEnded":
				log.warning(
					`${describeIds(event.pairs)}: out of the group, and listed in no relationship any more, although RemoveSyncPair leaves pairs related. Nothing protects such a source; declare a VirtualDiskReplication to relate the pair again.`,
				);
				return;
			case "polled":
				polled(event);
				return;
			case "proved": {
				const done = answer?.said === false ? answer.text : called(event.at);
				log.info(`${done}, proved: ${event.seen}`);
				answer = sentTo = null;
				line = { percent: 0, atMs: 0 };
				return;
			}
			case "finished":
				return;
			default:
				event satisfies never;
		}
	};
}
