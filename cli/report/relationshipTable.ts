import { describeDuration } from "../../provider/lifecycle/statusText";
import { conditions, type Estate, type NextUp, type Readiness, type Relationship } from "../estate/estate";
import { describeNextUp, describeReadiness, lagCell, servingCell, stateCell } from "../listTable";
import { badge } from "./badge";
import { html, type Markup } from "./markup";
import { timeOf } from "./time";

interface Column {
	readonly head: string;
	readonly cell: (relationship: Relationship, estate: Estate) => Markup | string;
	/** Sorts it, where its text does not. */
	readonly sort?: (relationship: Relationship) => string | number;
}

const columns: readonly Column[] = [
	{
		head: "condition",
		cell: ({ condition }) => badge(condition),
		sort: ({ condition }) => -conditions.indexOf(condition),
	},
	{ head: "kind", cell: ({ kind }) => kind },
	{ head: "serves", cell: servesText },
	{ head: "state", cell: stateCell },
	{
		head: "mode",
		cell: ({ seen, copy }) => (seen?.presence === "present" && copy === null ? seen.syncMode : "–"),
	},
	{ head: "behind", cell: lagCell, sort: ({ seen }) => (seen?.presence === "present" ? (seen.lagSeconds ?? "") : "") },
	{
		head: "since",
		cell: ({ since }, { readAt }) =>
			since === null ? "–" : describeDuration(Math.max(0, Date.parse(readAt) - Date.parse(since))),
		sort: ({ since }) => since ?? "",
	},
	{ head: "next up", cell: ({ nextUp }) => describeNextUp(nextUp) },
	{ head: "failover", cell: ({ failover }) => describeReadiness(failover) },
	{ head: "move", cell: ({ switchOver }) => describeReadiness(switchOver) },
];

function servesText(relationship: Relationship): string {
	return servingCell(relationship).replace(" *", ", declared target");
}

/** Every relationship, the worst first, with what is behind each cell. */
export function relationshipTable(estate: Estate): Markup | null {
	const { relationships } = estate;
	if (relationships.length === 0) return null;
	const sites = [...new Set(relationships.flatMap(sitesOf))].sort();
	const heads = ["relationship", ...columns.map(({ head }) => head)];
	return html`<section aria-labelledby="list"><h2 id="list">Relationships</h2>
<p class="soft">Failover: if the serving site were lost now. Move: a planned one, with both sites in reach. Consent: writes go, and somebody has to agree to that. A point-in-time copy has no roles: nobody serves from it, and nothing follows by it. A name opens what is behind its row.</p>
<div class="tools">
<div><label for="search">Search</label><input id="search" type="search" autocomplete="off"></div>
<div><label for="condition">Condition</label><select id="condition"><option value="">all</option>${[...conditions].reverse().map((each) => html`<option>${each}</option>`)}</select></div>
<div><label for="site">Host</label><select id="site"><option value="">all</option>${sites.map((each) => html`<option>${each}</option>`)}</select></div>
<div><label for="group">Group by</label><select id="group"><option value="">nothing</option><option value="serves">serving host</option><option value="between">sites</option><option value="state">state</option><option value="condition">condition</option><option value="stack">stack</option></select></div>
<p id="shown" role="status"></p>
</div>
<table id="relationships" class="wide" role="table">
<thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col"><button type="button">${head}</button></th>`)}</tr></thead>
${relationships.map((relationship, index) => rowOf(relationship, index, estate))}
</table></section>`;
}

function sitesOf({ source, target }: Relationship): string[] {
	return [source, target].flatMap(({ host }) => host ?? []);
}

function rowOf(relationship: Relationship, index: number, estate: Estate): Markup {
	const { name, condition, project, stack } = relationship;
	const between = [...new Set(sitesOf(relationship))].sort().join(" and ") || "not known";
	const cells = columns.map(
		({ head, cell, sort }) =>
			html`<td role="cell" data-label="${head}"${sort === undefined ? null : html` data-sort="${sort(relationship)}"`}>${cell(relationship, estate)}</td>`,
	);
	const isWell = condition === "well" ? "isWell" : "";
	return html`<tbody role="rowgroup" class="${isWell}" data-name="${name}" data-condition="${condition}" data-serves="${servesText(relationship)}" data-state="${stateCell(relationship)}" data-between="${between}" data-stack="${stack === null ? "declared by none" : `${project}, ${stack}`}" data-sites="${JSON.stringify(sitesOf(relationship))}">
<tr role="row"><td role="cell" class="name" data-label="relationship" data-sort="${name.toLowerCase()}"><button type="button" aria-controls="detail-${index}"><bdi>${name}</bdi></button></td>${cells}</tr>
<tr role="row" class="detail" id="detail-${index}"><td role="cell" colspan="${columns.length + 1}">${detailOf(relationship)}</td></tr>
</tbody>
`;
}

function detailOf(relationship: Relationship): Markup {
	const {
		reasons,
		declared,
		source,
		target,
		nextUp,
		failover,
		switchOver,
		history,
		interrupted,
		lastTransitionAt,
		urn,
		lagLimit,
		seen,
		copy,
	} = relationship;
	const end = (each: typeof source) =>
		[
			each.virtualDisk ?? "a disk whose name is secret",
			`at ${each.host ?? "a host that was not asked"}`,
			...(each.storageSubsystem === null ? [] : [`in ${each.storageSubsystem}`]),
			...(each.uniqueId === null ? [] : [each.uniqueId]),
			...(each.ailment === null ? [] : [each.ailment]),
			...(each.unread === null ? [] : [`not read: ${each.unread}`]),
		].join(", ");
	const rows: readonly (readonly [string, Markup | string | null])[] = [
		["why", listOf(reasons)],
		[
			"declared",
			declared === null
				? "by none that was given"
				: [
						declared.state,
						declared.syncMode,
						declared.lost === null ? null : `${declared.lost} lost`,
						declared.onRoleChange === null ? null : `onRoleChange ${declared.onRoleChange}`,
					]
						.filter((part) => part !== null)
						.join(", "),
		],
		["source", end(source)],
		["target", end(target)],
		["limit", lagLimit === null ? null : `${lagLimit.seconds} s, by ${lagLimit.from}`],
		...(copy === null
			? [["holds all as of", seen?.presence === "present" ? seen.syncTime : null] as const]
			: copyRows(copy)),
		["next up", nextUpDetail(nextUp)],
		["failover", readinessDetail(failover)],
		["move", readinessDetail(switchOver)],
		[
			"interrupted",
			interrupted === null
				? null
				: `step ${interrupted.step} of ${interrupted.of}, ${interrupted.operation}, at ${interrupted.at}`,
		],
		["last run", lastTransitionAt === null ? null : timeOf(lastTransitionAt)],
		["history", listOf(history)],
		["urn", urn],
	];
	return html`<dl>${rows.flatMap(([label, value]) => (value === null ? [] : [html`<dt>${label}</dt><dd>${value}</dd>`]))}</dl>`;
}

function copyRows({
	complete,
	pointInTime,
	expiresAt,
	ended,
	restored,
	restoreOpen,
}: NonNullable<Relationship["copy"]>): readonly (readonly [string, string | null])[] {
	const answer = (value: boolean | null) => (value === null ? "not known" : value ? "yes" : "no");
	return [
		["complete", answer(complete)],
		["point in time", pointInTime ?? "not reported"],
		["expires", expiresAt],
		["ended", ended],
		["restored", restored],
		["restore open", answer(restoreOpen)],
	];
}

function listOf(items: readonly string[]): Markup | null {
	return items.length === 0 ? null : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

function nextUpDetail(nextUp: NextUp | null): Markup | string | null {
	if (nextUp === null) return null;
	switch (nextUp.does) {
		case "nothing":
			return "nothing";
		case "runs":
			return html`<ol>${nextUp.steps.map(({ text }) => html`<li>${text}</li>`)}</ol>${nextUp.thenPlansAgain ? "Then it plans again from what is seen. " : ""}${nextUp.consent === "missing" ? "Needs consent. " : ""}${nextUp.warnings.join(" ")}`;
		case "stops":
			return `stops with ${nextUp.code}: ${nextUp.what} Do: ${nextUp.remedy}`;
		case "notKnown":
			return `not known: ${nextUp.what}`;
		default:
			return nextUp satisfies never;
	}
}

function readinessDetail(readiness: Readiness): string {
	switch (readiness.answer) {
		case "ready":
		case "doubtful": {
			const { operations, hazard, loses, needsConsent, lagSeconds, warnings } = readiness;
			const lost = loses.map(({ end, age }) => `${age === "recent" ? "recent writes" : "writes"} of the ${end}`);
			return [
				`legal now, ${operations} operation${operations === 1 ? "" : "s"}`,
				`costs ${hazard === "none" ? "nothing" : hazard}${lost.length === 0 ? "" : `: ${lost.join(", ")}`}`,
				lagSeconds === null ? "how far the copy is behind is not reported" : `${lagSeconds} s behind now`,
				...(needsConsent ? ["needs consent"] : []),
				...warnings,
			].join("; ");
		}
		case "refused":
			return `refused with ${readiness.code}: ${readiness.what}. Do: ${readiness.remedy}`;
		case "noQuestion":
			return readiness.what;
		case "notKnown":
			return `not known: ${readiness.what}`;
		default:
			return readiness satisfies never;
	}
}
