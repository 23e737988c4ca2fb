// A plugin of TypeDoc: draws the Mermaid diagrams of the pages when the site is built, so that a reader's browser loads nothing.
import { renderMermaidSVG } from "beautiful-mermaid";
import { MarkdownEvent } from "typedoc";

const leastWidth = 600;

export function load(application) {
	let drawn = 0;
	// Before TypeDoc's own, which makes HTML of Markdown.
	const draw = (event) => {
		event.parsedText = event.parsedText.replace(/^```mermaid\n(.*?)^```$/gms, (_, text) => diagram(text, ++drawn));
	};
	application.renderer.on(MarkdownEvent.PARSE, draw, 100);
}

/** One line of HTML: Markdown ends a block of it at an empty one. */
function diagram(text, number) {
	// GitHub reads it too; the library takes it for a node.
	const [line, title] = /^ *accTitle: *(.+)\n/m.exec(text) ?? [];
	if (title === undefined) throw new Error(`a diagram without accTitle, which is read out instead of it:\n${text}`);
	const svg = renderMermaidSVG(text.replace(line, ""), {
		transparent: true,
		bg: "var(--color-background)",
		fg: "var(--color-text)",
		padding: 4,
		// Closer, lines ended in the sides of boxes, with no arrowhead.
		nodeSpacing: 24,
		layerSpacing: 64,
	});
	const width = Number(/ width="([\d.]+)"/.exec(svg)?.[1]);
	const own = svg
		// A font of another host, and rules for every svg of the page: the site's style has both (scripts/site.css).
		.replace(/<style>.*?<\/style>/s, "")
		// All diagrams of a page share its ids.
		.replace(/ id="/g, ` id="diagram${number}-`)
		.replaceAll("url(#", `url(#diagram${number}-`)
		// In a narrow column it shrinks, but not below what can be read: there it is scrolled.
		.replace(' style="', ` style="min-width:${Math.min(width, leastWidth)}px;`)
		.replace("<svg ", `<svg role="img" aria-label="${title.replaceAll('"', "&quot;")}" `)
		.replace(/\s*\n\s*/g, " ");
	return `<div class="diagram" tabindex="0">${own}</div>`;
}
