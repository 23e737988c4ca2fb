import type { Estate } from "../estate/estate";
import { describeSite, type Flow, type Link, linksOf, type Site } from "./topology";

/** The topology as a Mermaid flow chart: an arrow the way of the copy now, a dotted one the way that is declared. */
export function describeMermaid(estate: Estate): string {
	const links = linksOf(estate);
	const sites = new Map<string, { readonly site: Site; readonly disks: Map<string, string> }>();
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
			...[...disks].map(([name, node]) => `    ${node}["${quoted(name)}"]`),
			"  end",
		]),
		...arrows.map((arrow) => `  ${arrow}`),
	].join("\n")}\n`;
}

/** Nodes have names of ours: no word of a host's is one. */
function nodeOf(
	sites: Map<string, { readonly site: Site; readonly disks: Map<string, string> }>,
	link: Link,
	side: "left" | "right",
	flow: Flow,
): string {
	const key = JSON.stringify(link[side]);
	const known = sites.get(key) ?? { site: link[side], disks: new Map<string, string>() };
	sites.set(key, known);
	const { virtualDisk, uniqueId } = flow[side];
	const name = virtualDisk ?? `a disk of ${flow.relationship.name}`;
	const shown = `${name}${flow.serves === side ? " (serves)" : ""}`;
	const number = [...sites.values()].reduce((sum, { disks }) => sum + disks.size, 0);
	// Two disks may have one name.
	const label = known.disks.has(shown) && uniqueId !== null ? `${shown} ${uniqueId}` : shown;
	const node = `d${number}`;
	known.disks.set(label, node);
	return node;
}

function arrowsOf(left: string, right: string, { relationship, now, declared, isFlowing }: Flow): string[] {
	const { seen, condition } = relationship;
	const state = seen === null ? "not known" : seen.presence === "absent" ? "none" : seen.copyState;
	const label = quoted(condition === "well" ? state : `${state}, ${condition}`);
	const [from, to] = now === "left" ? [right, left] : [left, right];
	const line =
		now === null ? `${left} -. "${label}" .- ${right}` : `${from} ${isFlowing ? "==>" : "--x"}|"${label}"| ${to}`;
	if (declared === null) return [line];
	const [wishedFrom, wishedTo] = declared === "left" ? [right, left] : [left, right];
	return [line, `${wishedFrom} -. "declared" .-> ${wishedTo}`];
}

/** Mermaid's own form of entities; whatever else could end or bend a label is one. */
function quoted(text: string): string {
	return text.replace(/[^\p{L}\p{N} .,:()/_-]/gu, (character) => `#${character.codePointAt(0)};`);
}
