import type { Polled, TransitionEvent } from "../provider/executor/events";
import type { Request } from "../provider/executor/request";
import type { Pace } from "../provider/lifecycle/pace";
import { drawProgress } from "../provider/lifecycle/progress";
import { statusText } from "../provider/lifecycle/statusText";

/** Where progress goes: standard error, since the output of a command may be read by a program. */
export interface ProgressStream {
	readonly isTTY?: boolean;
	/** Read at each look: windows are made wider and narrower during a copy of a day. */
	readonly columns?: number;
	write(text: string): unknown;
}

/** A terminal that does not say how wide it is. */
const usualColumns = 80;
const lineEveryMs = 60_000;
const eraseLine = "\r\u001b[K";

/**
 * Tells a transition outside Pulumi: what was sent, its answer and its proof in lines, and how far the step under way is in a
 * line that is written anew on a terminal; elsewhere in a line a minute, since a log keeps each.
 */
export function progressLine(
	request: Request,
	name: string,
	stream: ProgressStream,
	{ now, TERM }: { readonly now: () => number; readonly TERM?: string | undefined },
): { report(event: TransitionEvent): void; clear(): void } {
	const rewrites = stream.isTTY === true && TERM !== "dumb";
	let shown = false;
	let told = { step: 0, atMs: 0 };

	const clear = () => {
		if (shown) stream.write(eraseLine);
		shown = false;
	};
	const tell = (text: string) => {
		clear();
		stream.write(`${text}\n`);
	};
	const drawStatus = (polled: Polled, pace: Pace, stalled: boolean) => {
		if (rewrites) {
			// In the last column some terminals wrap, and the line could not be erased.
			const columns = (stream.columns ?? usualColumns) - 1;
			stream.write(`${eraseLine}${barredStatus(polled, pace, stalled, name, columns)}`);
			shown = true;
			return;
		}
		if (polled.at.number !== told.step) told = { step: polled.at.number, atMs: 0 };
		if (polled.elapsedMs - told.atMs < lineEveryMs) return;
		told.atMs = polled.elapsedMs;
		tell(statusText(polled, pace, stalled, name));
	};
	const draw = drawProgress(request, {
		log: {
			// Not what a look replaces a moment later.
			info: (text, options) => (options?.ephemeral ? undefined : tell(text)),
			warning: tell,
			fence: async () => {},
		},
		name,
		terminal: rewrites,
		now,
		drawStatus,
	});
	return {
		report(event) {
			draw(event);
			if (event.kind === "finished") clear();
		},
		clear,
	};
}

/** `[#########-----------] 43 % 1h05 left, 0.86 %/min, 2/3 Resume orders`; no bar where no percentage is told. */
export function barredStatus(polled: Polled, pace: Pace, stalled: boolean, name: string, columns: number): string {
	if (pace.since === null) return statusText(polled, pace, stalled, name, columns);
	const cells = Math.min(40, Math.floor(columns / 4));
	const full = Math.floor((pace.since.percent / 100) * cells);
	const bar = `[${"#".repeat(full)}${"-".repeat(cells - full)}]`;
	return `${bar} ${statusText(polled, pace, stalled, name, columns - bar.length - 1)}`;
}
