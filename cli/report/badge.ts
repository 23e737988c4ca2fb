import type { Condition } from "../estate/estate";
import { html, type Markup } from "./markup";

/** A sign beside the word and the colour: one of the three is enough to tell. */
export const signs: Readonly<Record<Condition, string>> = { well: "✓", notice: "◔", attention: "▲", unread: "?" };

export function badge(condition: Condition): Markup {
	return html`<span class="badge ${condition}"><span aria-hidden="true">${signs[condition]} </span>${condition}</span>`;
}
