import type { Estate, RelationshipEnd } from "../estate/estate";
import { stateCell } from "../listTable";
import { signs } from "./badge";
import { html, type Markup, verbatim } from "./markup";
import { describeSite, type Flow, type Link, linksOf } from "./topology";

/** What is drawn at once of two sites; the rest is one click away. */
const mostFlows = 12;

/** Sites, arrays, disks, and the arrows between them. */
export function topologySection(estate: Estate): Markup | null {
	const links = linksOf(estate);
	if (links.length === 0) return null;
	return html`<section aria-labelledby="topology"><h2 id="topology">Topology</h2>
<p class="soft">Arrows point the way of the copy now; a broken line is a copy that stands still, as a snapshot or a clone does once it is taken; a dotted arrow below is the way that is declared, where it is another one. The disk that takes I/O is bold.</p>
${links.map(linkCard)}</section>`;
}

function linkCard(link: Link): Markup {
	const [first, rest] = [link.flows.slice(0, mostFlows), link.flows.slice(mostFlows)];
	return html`<div class="link">
<div class="sites"><span>${describeSite(link.left)}</span><span class="soft">${describeCounts(link)}</span><span>${describeSite(link.right)}</span></div>
<ul class="flows">${first.map(flowRow)}</ul>
${rest.length === 0 ? null : html`<details><summary>${rest.length} more</summary><ul class="flows">${rest.map(flowRow)}</ul></details>`}
</div>`;
}

/** `12 →, 1 ←, 2 stand still`. */
function describeCounts({ flows }: Link): string {
	const mirrors = flows.filter(({ relationship }) => relationship.copy === null);
	const count = (holds: (flow: Flow) => boolean) => mirrors.filter(holds).length;
	const parts = [
		[count(({ isFlowing, now }) => isFlowing && now === "right"), "→"],
		[count(({ isFlowing, now }) => isFlowing && now === "left"), "←"],
		[count(({ isFlowing, now }) => !isFlowing && now !== null), "stand still"],
		[count(({ now }) => now === null), "no way known"],
		[flows.length - mirrors.length, "taken once"],
	] as const;
	return parts.flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`])).join(", ");
}

function flowRow(flow: Flow): Markup {
	const { relationship, left, right, serves } = flow;
	const disk = (end: RelationshipEnd, isServing: boolean) =>
		diskOf(
			end.virtualDisk ?? `a disk of ${relationship.name}`,
			isServing ? "serves" : relationship.copy !== null && end === relationship.target ? relationship.kind : null,
		);
	return html`<li class="flow ${relationship.condition}"><span><span aria-hidden="true">${signs[relationship.condition]} </span>${disk(left, serves === "left")}</span><span>${arrow(flow)}</span>${disk(right, serves === "right")}</li>`;
}

function diskOf(shown: string, role: string | null): Markup {
	const name = html`<bdi>${shown}</bdi>`;
	if (role === null) return html`<span>${name}</span>`;
	return html`<span><span class="${role === "serves" ? "serving" : ""}">${name}</span> <span class="pill">${role}</span></span>`;
}

function arrow(flow: Flow): Markup {
	const { relationship, now, declared, isFlowing } = flow;
	const state = stateCell(relationship);
	const label = describeArrow(flow, state);
	const line = now === null ? unknownLine : now === "right" ? drawn(isFlowing).right : drawn(isFlowing).left;
	const wished = declared === null ? verbatim("") : declared === "right" ? declaredLines.right : declaredLines.left;
	return html`<svg role="img" aria-label="${label}" viewBox="0 0 120 26" preserveAspectRatio="none"><title>${label}</title>${line}${wished}</svg>`;
}

function drawn(isFlowing: boolean) {
	const dash = isFlowing ? "" : ` stroke-dasharray="14 8"`;
	return {
		right: verbatim(
			`<path d="M2 9H108" fill="none" stroke-width="3"${dash}/><path d="M106 3L118 9L106 15Z" stroke="none"/>`,
		),
		left: verbatim(
			`<path d="M12 9H118" fill="none" stroke-width="3"${dash}/><path d="M14 3L2 9L14 15Z" stroke="none"/>`,
		),
	};
}

const unknownLine = verbatim(`<path d="M2 9H118" fill="none" stroke-width="2" stroke-dasharray="2 10"/>`);

const declaredLines = {
	right: verbatim(
		`<path d="M2 21H110" fill="none" stroke-width="1.5" stroke-dasharray="3 4"/><path d="M109 17L118 21L109 25Z" stroke="none"/>`,
	),
	left: verbatim(
		`<path d="M10 21H118" fill="none" stroke-width="1.5" stroke-dasharray="3 4"/><path d="M11 17L2 21L11 25Z" stroke="none"/>`,
	),
};

function describeArrow({ relationship, left, right, now, declared }: Flow, state: string): string {
	const [one, other] = [left.virtualDisk ?? "one disk", right.virtualDisk ?? "the other"];
	const way = (from: "left" | "right") => (from === "right" ? `from ${one} to ${other}` : `from ${other} to ${one}`);
	const told = now === null ? "no way of the copy is known" : way(now);
	const wished = declared === null ? "" : `; declared ${way(declared)}`;
	const kind = relationship.copy === null ? "" : `${relationship.kind}, `;
	return `${relationship.name}: ${kind}${state}, ${told}${wished}, ${relationship.condition}`;
}
