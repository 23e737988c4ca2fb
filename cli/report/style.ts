/**
 * The style of the report. Colours are never all that tells: every condition has a sign and a word. Each pair of text and
 * ground has a contrast of at least 4.5, in the light and in the dark (test/cli/report asks axe).
 */
export const style = `
:root {
	color-scheme: light dark;
	--ground: #ffffff; --raised: #f4f5f7; --line: #c9ced6; --text: #14181f; --soft: #4a5361;
	--well: #00603f; --notice: #6b4e00; --attention: #a62b00; --unread: #6a2480; --link: #0a4f9e;
}
@media (prefers-color-scheme: dark) {
	:root {
		--ground: #12161c; --raised: #1b212a; --line: #3b4452; --text: #e9edf2; --soft: #b0b9c5;
		--well: #5fd3a4; --notice: #f0c458; --attention: #ff9a6b; --unread: #dca8f0; --link: #8ec2ff;
	}
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
header, main, footer { max-width: 1400px; margin: 0 auto; padding: 0 16px; }
h1 { font-size: 1.5rem; margin: 20px 0 0; }
h2 { font-size: 1.2rem; margin: 32px 0 8px; }
p { margin: 4px 0; }
a { color: var(--link); }
.soft { color: var(--soft); }
.night { font-size: 1.25rem; font-weight: 600; margin: 12px 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 8px; padding: 0; margin: 12px 0; list-style: none; }
.tiles li { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; }
.tiles strong { display: block; font-size: 1.5rem; }
.badge { white-space: nowrap; font-weight: 600; }
.well { color: var(--well); } .notice { color: var(--notice); } .attention { color: var(--attention); } .unread { color: var(--unread); }
.reasons li, .notes li { margin: 4px 0; }
.link { border: 1px solid var(--line); border-radius: 6px; margin: 8px 0; padding: 8px 12px; }
.sites { display: grid; grid-template-columns: 1fr auto 1fr; gap: 12px; align-items: center; font-weight: 600; }
.sites > :last-child, .flow > :last-child { text-align: right; }
.flows { list-style: none; margin: 8px 0 0; padding: 0; }
.flow { display: grid; grid-template-columns: 1fr minmax(72px, 160px) 1fr; gap: 8px; align-items: center; padding: 2px 0; border-top: 1px solid var(--line); }
.flow svg { width: 100%; height: 26px; display: block; }
.flow.well svg { stroke: var(--well); fill: var(--well); } .flow.notice svg { stroke: var(--notice); fill: var(--notice); }
.flow.attention svg { stroke: var(--attention); fill: var(--attention); } .flow.unread svg { stroke: var(--unread); fill: var(--unread); }
.serving { font-weight: 700; }
.pill { border: 1px solid currentColor; border-radius: 8px; padding: 0 6px; font-size: 0.8rem; font-weight: 600; white-space: nowrap; }
.tools { display: none; flex-wrap: wrap; gap: 12px; align-items: end; margin: 8px 0; }
.js .tools { display: flex; }
.tools > * { max-width: 100%; }
.tools label { display: block; font-size: 0.85rem; color: var(--soft); }
input, select, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 4px; padding: 4px 8px; max-width: 100%; }
button { cursor: pointer; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 1px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 5px 8px; border-bottom: 1px solid var(--line); }
th { white-space: nowrap; }
[data-label="state"], [data-label="mode"] { min-width: 8.8em; }
[data-label="kind"] { white-space: nowrap; }
th button { border: 0; padding: 0; font-weight: 600; background: none; text-align: left; }
th[aria-sort="ascending"] button::after { content: " \\25b2"; } th[aria-sort="descending"] button::after { content: " \\25bc"; }
.number { font-variant-numeric: tabular-nums; }
.name button { border: 0; padding: 0; background: none; color: var(--link); text-align: left; text-decoration: underline; }
.js .detail { display: none; }
.js .open .detail { display: table-row; }
.detail > td { background: var(--raised); }
dl { display: grid; grid-template-columns: minmax(90px, max-content) 1fr; gap: 2px 12px; margin: 4px 0; }
dt { color: var(--soft); } dd { margin: 0; }
dd ol, dd ul { margin: 0; padding-left: 20px; }
.group th { background: var(--raised); white-space: normal; }
details.run { border: 1px solid var(--line); border-radius: 6px; margin: 8px 0; padding: 6px 12px; }
summary { cursor: pointer; }
.steps { padding-left: 24px; margin: 4px 0; }
.steps .notTried { color: var(--soft); } .steps .failed { color: var(--attention); } .steps .notKnown { color: var(--unread); }
footer { padding-top: 24px; padding-bottom: 32px; color: var(--soft); font-size: 0.85rem; }
@media screen and (max-width: 1000px) {
	table.wide, .wide tbody, .wide tr, .wide td { display: block; }
	.wide thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
	.wide tbody[hidden] { display: none; }
	.wide tbody { border: 1px solid var(--line); border-radius: 6px; margin: 8px 0; padding: 4px 0; }
	.wide td { border: 0; padding: 1px 12px; display: grid; grid-template-columns: 84px 1fr; gap: 8px; }
	.wide td::before { content: attr(data-label); color: var(--soft); font-size: 0.85rem; }
	.wide .detail > td { display: block; padding: 6px 12px; } .wide .detail > td::before { content: none; }
	.js .open .detail { display: block; }
	.wide .group th { display: block; border: 0; }
	.flow { grid-template-columns: 1fr 64px 1fr; }
}
@media print {
	:root { --ground: #ffffff; --raised: #ffffff; --line: #999999; --text: #000000; --soft: #333333; --well: #00603f; --notice: #6b4e00; --attention: #a62b00; --unread: #6a2480; --link: #000000; }
	body { font-size: 10pt; }
	table { font-size: 8pt; }
	th, td { padding: 3px 4px; }
	.js .tools { display: none; }
	.js tbody:not(.isWell) .detail { display: table-row; }
	tr, .link, details { break-inside: avoid; }
	::details-content { content-visibility: visible; display: block; height: auto; }
}
`;
