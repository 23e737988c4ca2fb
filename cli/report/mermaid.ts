import type { Estate } from "../estate/estate";
import { stateCell } from "../listTable";
import { describeSite, type Flow, type Link, linksOf, type Site } from "./topology";

/** The topology as a Mermaid flow chart: an arrow the way of the copy now, a dotted one the way that is declared. */
export function describeMermaid(estate: Estate): string {
	const links = linksOf(estate);
	const sites: Sites = new Map();
	const arrows: string[] = [];
	for (const link of links) {
		for (const flow of link.flows) {
			const left = nodeOf(sites, link, "left", flow);
			const right = nodeOf(sites, link, "right", flow);
			arrows.push(...arrowsOf(left, right, flow));
		}
	}
	return `${[
		"flowchart LR",
		...[...sites.values()].flatMap(({ site, disks }, index) => [
			`  subgraph s${index}["${quoted(describeSite(site))}"]`,
			...[...disks.values()].map(({ label, node }) => `    ${node}["${quoted(label)}"]`),
			"  end",
		]),
		...arrows.map((arrow) => `  ${arrow}`),
	].join("\n")}\n`;
}

interface Disk {
	readonly node: string;
	readonly label: string;
}

/** By site, the disks of it by what they are. */
type Sites = Map<string, { readonly site: Site; readonly disks: Map<string, Disk> }>;

/** Nodes have names of ours: no word of a host's is one. A disk has one, in however many relationships it is. */
function nodeOf(sites: Sites, link: Link, side: "left" | "right", flow: Flow): string {
	const key = JSON.stringify(link[side]);
	const known = sites.get(key) ?? { site: link[side], disks: new Map<string, Disk>() };
	sites.set(key, known);
	const { virtualDisk, uniqueId } = flow[side];
	const name = virtualDisk ?? `a disk of ${flow.relationship.name}`;
	const number = [...sites.values()].reduce((sum, { disks }) => sum + disks.size, 0);
	const disk = JSON.stringify([name, uniqueId]);
	const before = known.disks.get(disk);
	// Two disks may have one name.
	const isTaken = before === undefined && [...known.disks.keys()].some((other) => JSON.parse(other)[0] === name);
	const label = before?.label ?? (isTaken && uniqueId !== null ? `${name} ${uniqueId}` : name);
	const node = before?.node ?? `d${number}`;
	const serves = flow.serves === side && !label.endsWith(" (serves)") ? " (serves)" : "";
	known.disks.set(disk, { node, label: `${label}${serves}` });
	return node;
}

function arrowsOf(left: string, right: string, { relationship, now, declared, isFlowing }: Flow): string[] {
	const { seen, condition, copy, kind } = relationship;
	const word = seen === null ? "not known" : seen.presence === "absent" ? "none" : seen.copyState;
	const state = copy === null ? word : `${kind}: ${stateCell(relationship)}`;
	const label = quoted(condition === "well" ? state : `${state}, ${condition}`);
	const [from, to] = now === "left" ? [right, left] : [left, right];
	const line =
		now === null
			? `${left} -. "${label}" .- ${right}`
			: `${from} ${copy !== null ? "-->" : isFlowing ? "==>" : "--x"}|"${label}"| ${to}`;
	if (declared === null) return [line];
	const [wishedFrom, wishedTo] = declared === "left" ? [right, left] : [left, right];
	return [line, `${wishedFrom} -. "declared" .-> ${wishedTo}`];
}

/** Mermaid's own form of entities; whatever else could end or bend a label is one. */
function quoted(text: string): string {
	return text.replace(/[^\p{L}\p{N} .,:()/_-]/gu, (character) => `#${character.codePointAt(0)};`);
}
