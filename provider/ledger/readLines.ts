import { describeIssues, inOurWords } from "../model/describeIssues";
import { type LedgerLine, lineSchema, lineVersion } from "./line";

/** A line that cannot be read, counted from 1. */
export interface BadLine {
	readonly line: number;
	readonly what: string;
}

export interface Lines {
	readonly lines: readonly LedgerLine[];
	readonly bad: readonly BadLine[];
	/** How many lines a newer release wrote: what they say is not known here. */
	readonly newer: number;
}

/** The lines of a file. One that is torn (its process was killed while it wrote) or spoiled hides no other one. */
export function readLines(text: string): Lines {
	const lines: LedgerLine[] = [];
	const bad: BadLine[] = [];
	let newer = 0;
	for (const [index, line] of text.split("\n").entries()) {
		if (line.trim() === "") continue;
		const read = readLine(line);
		if (read.kind === "line") lines.push(read.line);
		else if (read.kind === "newer") newer++;
		else bad.push({ line: index + 1, what: read.what });
	}
	return { lines, bad, newer };
}

type Read =
	| { readonly kind: "line"; readonly line: LedgerLine }
	| { readonly kind: "newer" }
	| { readonly kind: "bad"; readonly what: string };

function readLine(text: string): Read {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return { kind: "bad", what: "not JSON" };
	}
	if (isNewer(value)) return { kind: "newer" };
	const result = lineSchema.safeParse(value, inOurWords);
	if (result.success) return { kind: "line", line: result.data };
	return { kind: "bad", what: describeIssues(result.error, "the line") };
}

function isNewer(value: unknown): boolean {
	if (typeof value !== "object" || value === null || !("version" in value)) return false;
	return typeof value.version === "number" && value.version > lineVersion;
}
