/** Text that may stand in a document as it is, because everything in it was escaped. Only `html` makes it. */
export class Markup {
	private readonly text: string;

	/** @internal */
	constructor(text: string) {
		this.text = text;
	}

	toString(): string {
		return this.text;
	}
}

type Value = string | number | null | Markup | readonly Markup[];

/**
 * Markup of a template. Whatever is put into it is text and is escaped, wherever it comes from: names of disks and
 * hosts, reasons and errors are other people's words. What is markup already stays so.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
	return new Markup(parts.reduce((text, part, index) => `${text}${markupOf(values[index - 1] ?? null)}${part}`));
}

function markupOf(value: Value): string {
	if (value === null) return "";
	if (value instanceof Markup) return String(value);
	if (typeof value === "string" || typeof value === "number") return escapeText(String(value));
	return value.map(String).join("");
}

const entities: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
	"`": "&#96;",
};

/** In text and in quoted attributes. Characters that no document may hold, and those that turn a line round, are shown as a mark. */
function escapeText(text: string): string {
	return text.replace(/[&<>"'`]/g, (character) => entities[character] ?? "").replace(unshowable, "\ufffd");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const unshowable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** A script or a style: our own constant text, which nothing is put into. */
export function verbatim(text: string): Markup {
	return new Markup(text);
}
