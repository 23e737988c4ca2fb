import { describeDuration } from "../describeRun";
import type { Estate, RunReport } from "../estate/estate";
import { recoveryTimesIn } from "../estate/runReports";
import { nameOf, outcomeNames } from "./markdown";
import { html, type Markup } from "./markup";
import { timeOf } from "./time";

/** More than that nobody reads here; the JSON has them. */
const mostRuns = 100;

/** How long moves took, and the runs themselves, the newest first. */
export function runSections({ runs }: Estate): Markup | null {
	if (runs === null) return null;
	const older = runs.length - mostRuns;
	return html`${recoverySection(runs)}<section aria-labelledby="runs"><h2 id="runs">Runs</h2>
${runs.length === 0 ? html`<p>No runs.</p>` : runs.slice(-mostRuns).reverse().map(runDetails)}
${older > 0 ? html`<p class="soft">${older} older runs are in the JSON.</p>` : null}</section>`;
}

function recoverySection(runs: readonly RunReport[]): Markup | null {
	const times = recoveryTimesIn(runs);
	if (times.length === 0) return null;
	const heads = ["wish", "runs", "median", "slowest", "last", "at"];
	return html`<section aria-labelledby="times"><h2 id="times">How long moves took</h2>
<p class="soft">From the first line of a run to its end, by the ledger: the recovery time as it was. Only runs that finished count.</p>
<table class="wide" role="table"><thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead>
${times.map(({ wish, runs: count, medianMs, slowestMs, last }) => {
	const cells = [wish, String(count), ...[medianMs, slowestMs, last.durationMs].map(describeDuration), timeOf(last.at)];
	return html`<tbody role="rowgroup"><tr role="row">${cells.map((cell, index) => html`<td role="cell" class="number" data-label="${heads[index] ?? ""}">${cell}</td>`)}</tr></tbody>`;
})}</table></section>`;
}

function runDetails(run: RunReport): Markup {
	const {
		name,
		kind,
		startedAt,
		wish,
		outcome,
		stop,
		durationMs,
		who,
		url,
		why,
		before,
		after,
		steps,
		consent,
		dataSafe,
		ends,
		group,
	} = run;
	const how =
		outcome === "finished"
			? "finished"
			: outcome === "stopped"
				? `stopped with ${stop?.code ?? "an error"}`
				: "did not end";
	const lasted = durationMs === null ? "" : ` after ${describeDuration(durationMs)}`;
	const state = outcome === "finished" ? "well" : outcome === "stopped" ? "attention" : "unread";
	const place = ({ host, virtualDisk }: NonNullable<typeof ends>["source"]) => `${virtualDisk ?? "a disk"} at ${host}`;
	const rows: readonly (readonly [string, Markup | string | null])[] = [
		["who", url === null ? who : html`${who}, ${linkTo(url)}`],
		["why", why ?? "not said"],
		["ends", ends === null ? null : `${place(ends.source)}, ${place(ends.target)}`],
		["group", group === null ? null : `${group.friendlyName ?? "a group"} at ${group.host}`],
		["before", before],
		["consent", consent.length === 0 ? null : consent.join("; ")],
		["because", stop?.what ?? null],
		["last seen", after],
		["data safe", dataSafe ?? "not known: the run did not end"],
	];
	return html`<details class="run"${outcome === "finished" ? null : html` open`}><summary><span class="badge ${state}">${how}</span> <strong><bdi>${nameOf({ name, kind })}</bdi></strong>, ${wish}, <time datetime="${startedAt}">${timeOf(startedAt)}</time>${lasted}</summary>
<ol class="steps">${steps.map(stepItem)}</ol>
<dl>${rows.flatMap(([label, value]) => (value === null ? [] : [html`<dt>${label}</dt><dd>${value}</dd>`]))}</dl></details>`;
}

function stepItem({ text, outcome, durationMs, calls }: RunReport["steps"][number]): Markup {
	const lasted = durationMs === null ? "" : `, ${describeDuration(durationMs)}`;
	const answers = calls.map(({ call, answer }) => `${call}: ${answer}`).join("; ");
	return html`<li class="${outcome}"><strong>${outcomeNames[outcome]}</strong>${lasted}: ${text}${answers === "" ? null : html`<br><span class="soft">${answers}</span>`}</li>`;
}

/** Of a pipeline's run; any other scheme stays text. */
function linkTo(url: string): Markup | string {
	return /^https?:\/\//i.test(url) ? html`<a href="${url}" rel="noreferrer">${url}</a>` : url;
}
