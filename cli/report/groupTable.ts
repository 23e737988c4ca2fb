import type { Estate } from "../estate/estate";
import { groupColumns } from "../listTable";
import { badge } from "./badge";
import { html, type Markup } from "./markup";

/** Replication groups by themselves, the worst first. Few columns, and nothing is behind a row but why it is not well. */
export function groupTable({ groups, readAt }: Estate): Markup | null {
	if (groups.length === 0) return null;
	const columns = groupColumns.filter(({ head }) => head !== "");
	const heads = ["condition", ...columns.map(({ head }) => head), "why"];
	return html`<section aria-labelledby="groups"><h2 id="groups">Replication groups</h2>
<table class="wide" role="table"><thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead>
${groups.map((group) => {
	const cells = [
		badge(group.condition),
		...columns.map(({ cell }) => html`<bdi>${cell(group, readAt)}</bdi>`),
		group.reasons.join("; ") || "–",
	];
	return html`<tbody role="rowgroup"><tr role="row">${cells.map((cell, index) => html`<td role="cell" data-label="${heads[index] ?? ""}">${cell}</td>`)}</tr></tbody>`;
})}</table></section>`;
}
