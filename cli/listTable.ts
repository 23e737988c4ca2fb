import { describeDuration } from "../provider/lifecycle/statusText";
import type { Condition, Estate, Group, NextUp, Readiness, Relationship } from "./estate/estate";
import { nightLine } from "./estate/nightLine";
import { describeTable, wrapped } from "./table";

interface Screen {
	readonly columns: number;
	readonly colors: boolean;
}

/** The line for the night, a table that fits the terminal, and what no cell has room for. */
export function describeEstate(estate: Estate, screen: Screen): string {
	const { relationships, groups, summary, readAt } = estate;
	const line = (text: string) => `${wrapped(text, screen.columns - 2).join("\n  ")}\n`;
	const table = <Row>(of: readonly Column<Row>[], rows: readonly Row[]) => {
		if (rows.length === 0) return [];
		const chosen = of.filter(({ from }) => screen.columns >= from);
		const text = describeTable(
			chosen.map(({ head }) => head),
			rows.map((row) => chosen.map(({ cell }) => cell(row, readAt))),
			screen.columns,
		);
		return ["\n", screen.colors ? colored(text) : text];
	};
	const told = notesOf(estate);
	return [
		line(nightLine(summary)),
		...table(
			columns,
			relationships.filter(({ copy }) => copy === null),
		),
		...table(
			copyColumns,
			relationships.filter(({ copy }) => copy !== null),
		),
		...table(groupColumns, groups),
		...(told.length === 0 ? [] : ["\n"]),
		...told.map(line),
	].join("");
}

/** `from`: the narrowest terminal that shows it. What is left out there is in the JSON. */
interface Column<Row> {
	readonly head: string;
	readonly from: number;
	readonly cell: (row: Row, readAt: string) => string;
}

const columns: readonly Column<Relationship>[] = [
	{ head: "", from: 0, cell: ({ condition }) => condition },
	{ head: "relationship", from: 0, cell: ({ name }) => name },
	{ head: "serves", from: 0, cell: servingCell },
	{ head: "state", from: 0, cell: stateCell },
	{ head: "behind", from: 0, cell: lagCell },
	{ head: "since", from: 110, cell: sinceCell },
	{ head: "next up", from: 0, cell: ({ nextUp }) => describeNextUp(nextUp) },
	{ head: "failover", from: 0, cell: ({ failover }) => describeReadiness(failover) },
	{ head: "move", from: 110, cell: ({ switchOver }) => describeReadiness(switchOver) },
];

/** Of point-in-time copies, which nobody serves from and nothing follows by. */
export const copyColumns: readonly Column<Relationship>[] = [
	{ head: "", from: 0, cell: ({ condition }) => condition },
	{ head: "copy", from: 0, cell: ({ name }) => name },
	{ head: "kind", from: 0, cell: ({ kind }) => kind },
	{ head: "of", from: 130, cell: ({ source }) => source.virtualDisk ?? "secret" },
	{ head: "state", from: 0, cell: stateCell },
	{ head: "as of", from: 0, cell: ({ copy }) => toTheMinute(copy?.pointInTime) },
	{ head: "expires", from: 110, cell: ({ copy }) => toTheMinute(copy?.expiresAt) },
	{ head: "next up", from: 0, cell: ({ nextUp }) => describeNextUp(nextUp) },
];

/** Of replication groups by themselves: a relationship of two is a relationship. */
export const groupColumns: readonly Column<Group>[] = [
	{ head: "", from: 0, cell: ({ condition }) => condition },
	{ head: "group", from: 0, cell: ({ name }) => name },
	{ head: "at", from: 0, cell: ({ host }) => host ?? "?" },
	{ head: "holds", from: 0, cell: holdsCell },
	{ head: "related", from: 0, cell: ({ related }) => (related === null ? "not known" : related ? "yes" : "no") },
	{ head: "next up", from: 0, cell: ({ nextUp }) => describeNextUp(nextUp) },
];

function holdsCell({ present, members }: Group): string {
	if (present === null) return "not known";
	if (!present) return "none";
	return members === null ? "secret" : `${members.length} disk${members.length === 1 ? "" : "s"}`;
}

function toTheMinute(moment: string | null | undefined): string {
	return moment == null ? "-" : `${new Date(moment).toISOString().slice(0, 16).replace("T", " ")}Z`;
}

/** Which site serves; a star where it is not the one that the program calls its source. */
export function servingCell({ seen, source, target, copy }: Relationship): string {
	if (seen?.presence !== "present" || copy !== null) return "-";
	if (seen.serving === null) return "?";
	const place = seen.serving === "source" ? source : target;
	return `${place.host ?? "?"}${seen.serving === "target" ? " *" : ""}`;
}

export function stateCell({ seen, copy }: Relationship): string {
	const open = copy?.restoreOpen === true ? ["restore open"] : [];
	if (seen === null) return [...open, "not known"].join(", ");
	if (seen.presence === "absent") return [...open, copy?.ended ? `ended: ${copy.ended}` : "none"].join(", ");
	const { copyState, progressStatus, percentSynced } = seen;
	const progress = atRest.includes(progressStatus) ? "" : `, ${progressStatus}`;
	const percent = percentSynced === null || percentSynced === 100 ? "" : ` ${percentSynced} %`;
	const state = `${copyState}${progress}${percent}`;
	if (copy === null) return state;
	const whole = copy.complete === null ? [] : [copy.complete ? "complete" : "not complete"];
	return [...open, ...(copy.complete && state === "Synchronized" ? [] : [state]), ...whole].join(", ");
}

const atRest: readonly string[] = ["Completed", "Dormant", "NotApplicable", "Unknown"];

/** What is not reported is not zero. A copy is as old as it is meant to be. */
export function lagCell({ seen, lagLimit, copy }: Relationship): string {
	if (copy !== null) {
		const { pointInTime, expiresAt } = copy;
		const told = [
			...(pointInTime === null ? [] : [`as of ${toTheMinute(pointInTime)}`]),
			...(expiresAt === null ? [] : [`expires ${toTheMinute(expiresAt)}`]),
		];
		return told.join(", ") || "-";
	}
	const lag = seen?.presence === "present" && seen.lagSeconds !== null ? `${seen.lagSeconds} s` : "-";
	return lagLimit === null ? lag : `${lag} of ${lagLimit.seconds} s`;
}

function sinceCell({ since }: Relationship, readAt: string): string {
	return since === null ? "-" : describeDuration(Math.max(0, Date.parse(readAt) - Date.parse(since)));
}

export function describeNextUp(nextUp: NextUp | null): string {
	if (nextUp === null) return "-";
	switch (nextUp.does) {
		case "nothing":
			return "nothing";
		case "runs": {
			const operations = nextUp.steps.length;
			const steps = `${operations} step${operations === 1 ? "" : "s"}${nextUp.thenPlansAgain ? " or more" : ""}`;
			return nextUp.consent === "missing" ? `${steps}, needs consent` : steps;
		}
		case "stops":
			return `stops: ${nextUp.code}`;
		case "notKnown":
			return "not known";
		default:
			return nextUp satisfies never;
	}
}

export function describeReadiness(readiness: Readiness): string {
	switch (readiness.answer) {
		case "ready":
			return readiness.needsConsent ? "ready, consent" : "ready";
		case "doubtful":
			return readiness.needsConsent ? "doubtful, consent" : "doubtful";
		case "refused":
			return `no: ${readiness.code}`;
		case "noQuestion":
			return "no roles";
		case "notKnown":
			return "not known";
		default:
			return readiness satisfies never;
	}
}

/** Each reason once, with all that it is one of: a silent host is one reason of hundreds. */
function notesOf({ relationships, groups, hosts, notes }: Estate): string[] {
	const named = new Map<string, string[]>();
	for (const { name, reasons } of [...relationships, ...groups]) {
		for (const reason of reasons) named.set(reason, [...(named.get(reason) ?? []), name]);
	}
	return [
		...[...named].map(([reason, names]) => `${describeNames(names)}: ${reason}`),
		...hosts.flatMap(({ name, error, unread }) => [
			...(error === null ? [] : [`host ${name} was not read: ${error}`]),
			...unread.map((what) => `host ${name}, not read: ${what}`),
		]),
		...notes,
	];
}

const mostNames = 5;

function describeNames(names: readonly string[]): string {
	const [shown, more] = [names.slice(0, mostNames), names.length - mostNames];
	return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

/** Readable without: the word is the first of its line. */
const colors: Readonly<Record<Condition, string>> = {
	unread: "\u001b[1;35m",
	attention: "\u001b[1;31m",
	notice: "\u001b[33m",
	well: "\u001b[32m",
};

function colored(table: string): string {
	return table.replace(/^(unread|attention|notice|well)\b/gm, (word) => `${colors[word as Condition]}${word}\u001b[0m`);
}
