import { limits } from "./limits";

/** What the far side wrote for one request id. `body` is base64 as it came, `null` where the frame is damaged. */
export interface Frame {
	readonly id: string;
	readonly body: string | null;
}

const whole = /<<PSR:([0-9a-f]+(?:-secret)?):([A-Za-z0-9+/]*={0,2})>>/g;
const begun = /<<PSR:([0-9a-f]+(?:-secret)?):/g;

/**
 * Finds frames anywhere in the lines of stdout. Warnings, escape sequences, host text and byte order marks are on the
 * same stream, in front of a frame on the same line too (PowerShell writes `ESC[?1h` without a line end).
 */
export class FrameReader {
	private pieces: string[] = [];
	private keptCharacters = 0;

	/** Frames of all lines that this chunk completes. Throws `RangeError` when a line outgrows the limit. */
	push(chunk: string): Frame[] {
		const end = chunk.lastIndexOf("\n");
		if (end === -1) {
			this.keep(chunk);
			return [];
		}
		// Joined once per line end: joining at every chunk would copy a large answer hundreds of times.
		const text = this.pieces.join("") + chunk.slice(0, end);
		this.pieces = [];
		this.keptCharacters = 0;
		this.keep(chunk.slice(end + 1));
		return text.split("\n").flatMap(framesOfLine);
	}

	private keep(piece: string): void {
		if (piece === "") return;
		this.keptCharacters += piece.length;
		if (this.keptCharacters > limits.answerCharacters) {
			throw new RangeError(`a line of more than ${limits.answerCharacters} characters`);
		}
		this.pieces.push(piece);
	}
}

/** A frame that was begun but is not whole was damaged on the way: an error now instead of silence until the timeout. */
function framesOfLine(line: string): Frame[] {
	if (!line.includes("<<PSR:")) return [];
	const frames = new Map<string, Frame>();
	for (const [, id = ""] of line.matchAll(begun)) frames.set(id, { id, body: null });
	for (const [, id = "", body = ""] of line.matchAll(whole)) frames.set(id, { id, body });
	return [...frames.values()];
}

/** JSON behind base64, both ways. */
export function decodeBody(body: string): unknown {
	const bytes = Buffer.from(body, "base64");
	// Buffer skips what is no base64; the length tells whether all of it was.
	if (bytes.toString("base64").length !== body.length) throw new SyntaxError("the base64 of the answer is damaged");
	return JSON.parse(bytes.toString("utf8"), (_name, value: unknown) => (isWrappedArray(value) ? value.value : value));
}

/** Windows PowerShell 5.1 writes an array that was wrapped on its way as `{ "value": […], "Count": n }`. */
function isWrappedArray(value: unknown): value is { readonly value: unknown[] } {
	if (typeof value !== "object" || value === null || Object.keys(value).length !== 2) return false;
	const { value: items, Count: count } = value as { value?: unknown; Count?: unknown };
	return Array.isArray(items) && count === items.length;
}

/**
 * One ASCII line per request, complete in itself: an open quote or brace would put PowerShell into block mode.
 * Strings travel behind `=`, because PowerShell 7 reads strings that look like dates as dates.
 */
export function encodeRequest(id: string, request: RequestBody): string {
	const marked = (value: RequestBody[string]) =>
		typeof value === "string" ? `=${value}` : Array.isArray(value) ? value.map((text) => `=${text}`) : value;
	const body = Object.fromEntries(Object.entries(request).map(([name, value]) => [name, marked(value)]));
	return `Invoke-Request '${id}' '${encodeText(JSON.stringify(body))}'\n`;
}

export function encodeText(text: string): string {
	return Buffer.from(text, "utf8").toString("base64");
}

/** A request: a command and its arguments. Flat, and never a secret. */
export interface RequestBody {
	readonly command: string;
	readonly [argument: string]: string | number | boolean | null | readonly string[];
}
