import { createHash } from "node:crypto";
import type { Condition, Estate } from "../estate/estate";
import { nightLine } from "../estate/nightLine";
import { badge, signs } from "./badge";
import { groupTable } from "./groupTable";
import { html, type Markup, verbatim } from "./markup";
import { relationshipTable } from "./relationshipTable";
import { runSections } from "./runSections";
import { script } from "./script";
import { style } from "./style";
import { timeOf } from "./time";
import { topologySection } from "./topologySection";

/**
 * The report as one file that loads nothing. Its policy lets it run its own script and style, known by their digests, and
 * nothing else: what a host or a program calls a thing stays text, whatever it is.
 */
export function describeHtml(estate: Estate): string {
	const policy = [
		"default-src 'none'",
		`script-src '${digestOf(script)}'`,
		`style-src '${digestOf(style)}'`,
		"base-uri 'none'",
		"form-action 'none'",
	].join("; ");
	const title = titleOf(estate);
	return `<!doctype html>
${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${verbatim(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${verbatim(style)}</style>
<script>${verbatim(script)}</script>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="soft">Read at <time datetime="${estate.readAt}">${timeOf(estate.readAt)}</time>, in ${(estate.readMs / 1_000).toFixed(1)} s.</p>
${estate.relationships.length === 0 && estate.hosts.length === 0 ? null : html`<p class="night ${estate.summary.condition}">${signs[estate.summary.condition]} ${nightLine(estate.summary)}</p>`}
</header>
<main>
${tiles(estate)}
${hostNotes(estate)}
${attentionSection(estate)}
${topologySection(estate)}
${relationshipTable(estate)}
${groupTable(estate)}
${runSections(estate)}
</main>
<footer>pulumi-storage-replication, report layout ${estate.schemaVersion}. What is not known is told as not known; nothing here was changed by looking.</footer>
</body>
</html>
`}`;
}

function digestOf(text: string): string {
	return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function titleOf({ relationships, groups, runs }: Estate): string {
	const named = [...relationships, ...groups, ...(runs ?? [])].flatMap(({ project, stack }) =>
		project === null || stack === null ? [] : [`${project}, ${stack}`],
	);
	const [only, ...others] = [...new Set(named)];
	return only !== undefined && others.length === 0 ? `Replication of ${only}` : "Replication";
}

function tiles({ summary, relationships }: Estate): Markup | null {
	if (relationships.length === 0) return null;
	const { worstLag } = summary;
	const each: readonly (readonly [string, string | number])[] = [
		["protected", summary.isProtected],
		["not protected", summary.notProtected],
		["not known whether protected", summary.protectionNotKnown],
		["need a person", summary.needPerson],
		["ready for a failover", summary.failoverReady],
		...(summary.copies === 0
			? []
			: [
					["point-in-time copies", summary.copies] as const,
					["of them with a restore that is open", summary.restoresOpen] as const,
				]),
		[
			worstLag === null ? "worst lag: none reported" : `worst lag, ${worstLag.name}`,
			worstLag === null ? "–" : `${worstLag.seconds} s`,
		],
	];
	return html`<ul class="tiles" aria-label="In numbers">${each.map(([label, value]) => html`<li><strong class="number">${value}</strong> ${label}</li>`)}</ul>`;
}

function hostNotes({ hosts, notes }: Estate): Markup | null {
	const told = [
		...hosts.flatMap(({ name, error, unread }) => [
			...(error === null ? [] : [`host ${name} was not read: ${error}`]),
			...unread.map((what) => `host ${name}, not read: ${what}`),
		]),
		...notes,
	];
	if (told.length === 0) return null;
	return html`<section aria-labelledby="unread"><h2 id="unread">Not read</h2><ul class="notes">${told.map((note) => html`<li>${note}</li>`)}</ul></section>`;
}

/** Each reason once, with all that it is one of. */
function attentionSection({ relationships, groups }: Estate): Markup | null {
	const named = new Map<string, { readonly condition: Condition; readonly names: string[] }>();
	for (const { name, condition, reasons } of [...relationships, ...groups]) {
		if (condition !== "attention" && condition !== "unread") continue;
		const [reason = ""] = reasons;
		const known = named.get(reason) ?? { condition, names: [] };
		known.names.push(name);
		named.set(reason, known);
	}
	if (named.size === 0) return null;
	return html`<section aria-labelledby="person"><h2 id="person">Needs a person</h2><ul class="reasons">${[...named].map(
		([reason, { condition, names }]) =>
			html`<li>${badge(condition)} <strong><bdi>${shortened(names)}</bdi></strong>: ${reason}</li>`,
	)}</ul></section>`;
}

const mostNames = 5;

function shortened(names: readonly string[]): string {
	const more = names.length - mostNames;
	return more > 0 ? `${names.slice(0, mostNames).join(", ")} and ${more} more` : names.join(", ");
}
