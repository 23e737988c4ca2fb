import { describeDuration } from "../describeRun";
import type { Estate, Relationship, RunReport } from "../estate/estate";
import { nightLine } from "../estate/nightLine";
import { recoveryTimesIn } from "../estate/runReports";
import {
	copyColumns,
	describeNextUp,
	describeReadiness,
	groupColumns,
	lagCell,
	servingCell,
	stateCell,
} from "../listTable";
import { describeMermaid } from "./mermaid";

/** The report for a job summary, a ticket or a wiki. */
export function describeMarkdown(estate: Estate): string {
	const { relationships, groups, summary, hosts, runs, notes, readAt } = estate;
	return `${[
		"# Replication",
		`**${escapeMarkdown(nightLine(summary))}** Read at ${readAt}.`,
		...mirrorTable(relationships.filter(({ copy }) => copy === null)),
		...copyTable(
			relationships.filter(({ copy }) => copy !== null),
			readAt,
		),
		...table(
			groupColumns.map(({ head }) => head),
			groups.map((group) => groupColumns.map(({ cell }) => cell(group, readAt))),
		),
		...reasonsOf([...relationships, ...groups]),
		...list("Not read", [
			...hosts.flatMap(({ name, error, unread }) => [
				...(error === null ? [] : [`host ${name}: ${error}`]),
				...unread.map((what) => `host ${name}: ${what}`),
			]),
			...notes,
		]),
		...(relationships.length === 0 || relationships.length > mostDrawn
			? []
			: ["## Topology", `\`\`\`mermaid\n${describeMermaid(estate)}\`\`\``]),
		...(runs === null ? [] : runsOf(runs)),
	].join("\n\n")}\n`;
}

/** More arrows than that are no picture. */
const mostDrawn = 60;
const mostRuns = 20;

function mirrorTable(relationships: readonly Relationship[]): string[] {
	const head = ["", "relationship", "serves", "state", "mode", "behind", "next up", "failover", "move"];
	const rows = relationships.map((relationship) => [
		relationship.condition,
		relationship.name,
		servingCell(relationship),
		stateCell(relationship),
		relationship.seen?.presence === "present" ? relationship.seen.syncMode : "-",
		lagCell(relationship),
		describeNextUp(relationship.nextUp),
		describeReadiness(relationship.failover),
		describeReadiness(relationship.switchOver),
	]);
	return table(head, rows);
}

function copyTable(copies: readonly Relationship[], readAt: string): string[] {
	return table(
		copyColumns.map(({ head }) => head),
		copies.map((copy) => copyColumns.map(({ cell }) => cell(copy, readAt))),
	);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
	if (rows.length === 0) return [];
	const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
	return [[line(head), `|${head.map(() => " --- ").join("|")}|`, ...rows.map(line)].join("\n")];
}

function reasonsOf(all: readonly Pick<Relationship, "name" | "reasons">[]): string[] {
	const told = all.flatMap(({ name, reasons }) => reasons.map((reason) => `${name}: ${reason}`));
	return list("What is not well", told);
}

function list(head: string, items: readonly string[]): string[] {
	return items.length === 0 ? [] : [`## ${head}`, items.map((item) => `- ${escapeMarkdown(item)}`).join("\n")];
}

function runsOf(runs: readonly RunReport[]): string[] {
	const times = recoveryTimesIn(runs);
	const newest = runs.slice(-mostRuns).reverse();
	return [
		...list(
			"How long moves took",
			times.map(
				({ wish, runs: count, medianMs, slowestMs, last }) =>
					`${wish}: ${count} runs, median ${describeDuration(medianMs)}, slowest ${describeDuration(slowestMs)}, last ${describeDuration(last.durationMs)} at ${last.at}`,
			),
		),
		"## Runs",
		newest.length === 0 ? "No runs." : newest.map(describeRun).join("\n\n"),
		...(runs.length > mostRuns ? [`${runs.length - mostRuns} older runs are in the JSON.`] : []),
	];
}

function describeRun({
	name,
	kind,
	startedAt,
	who,
	why,
	wish,
	outcome,
	stop,
	durationMs,
	steps,
	dataSafe,
}: RunReport): string {
	const ended = durationMs === null ? "" : ` after ${describeDuration(durationMs)}`;
	const how =
		outcome === "noEnd" ? "did not end" : stop === null ? `finished${ended}` : `stopped with ${stop.code}${ended}`;
	const lines = [
		`${startedAt} ${nameOf({ name, kind })}: ${wish}, ${how}`,
		`by ${who}; why: ${why ?? "not said"}`,
		...steps.map(
			({ text, outcome: step, durationMs: lasted }) =>
				`${outcomeNames[step]}: ${text}${lasted === null ? "" : ` (${describeDuration(lasted)})`}`,
		),
		...(stop === null ? [] : [`because: ${stop.what}`]),
		...(dataSafe === null ? [] : [`data safe: ${dataSafe}`]),
	];
	return lines.map((line, index) => `${index === 0 ? "- " : "  - "}${escapeMarkdown(line)}`).join("\n");
}

/** Of a copy with what it is. */
export function nameOf({ name, kind }: Pick<RunReport, "name" | "kind">): string {
	const shown = name ?? "a resource without a name";
	return kind === null || kind === "Mirror" ? shown : `${shown} (${kind})`;
}

export const outcomeNames = { done: "done", failed: "failed", notTried: "not tried", notKnown: "not known" } as const;

/** Other people's words are text: no markup of theirs, no table of theirs, no link. */
export function escapeMarkdown(text: string): string {
	return text
		.replace(/[&<>]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[character] ?? "")
		.replace(/[\\`*_{}[\]()#+!|~$@]/g, (character) => `\\${character}`)
		.replace(/\s+/g, " ");
}
