import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(__dirname, "..", "..");

/** A Markdown file of the repository that people read. */
export interface Page {
	/** From the root, with slashes. */
	readonly path: string;
	readonly text: string;
}

/** A fenced block. */
export interface Block {
	readonly page: string;
	/** Of its first line of text, from 1. */
	readonly line: number;
	readonly language: string;
	readonly text: string;
}

const folders = ["", "docs", "examples", "test/powershell/judge"];

/** All pages: the documents, and the README of each example. */
export function pages(): Page[] {
	const below = folders.flatMap((folder) =>
		readdirSync(join(root, folder), { recursive: folder === "examples" })
			.map(String)
			.filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
			.map((name) => (folder === "" ? name : `${folder}/${name.replaceAll("\\", "/")}`)),
	);
	return below.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

export function blocksOf({ path, text }: Page): Block[] {
	const blocks: Block[] = [];
	let open:
		| { readonly fence: string; readonly line: number; readonly language: string; readonly lines: string[] }
		| undefined;
	for (const [index, line] of text.split("\n").entries()) {
		const [, indent = "", fence, language = ""] = /^(\s*)(```+)(\S*)\s*$/.exec(line) ?? [];
		if (open === undefined) {
			if (fence !== undefined) open = { fence: indent + fence, line: index + 2, language, lines: [] };
		} else if (line === open.fence) {
			const indented = /^\s*/.exec(open.fence)?.[0].length ?? 0;
			const inside = open.lines.map((each) => each.slice(indented)).join("\n");
			blocks.push({ page: path, line: open.line, language: open.language, text: inside });
			open = undefined;
		} else open.lines.push(line);
	}
	if (open !== undefined) throw new Error(`${path}:${open.line}: a block that does not end`);
	return blocks;
}

/** The anchors of a page, as GitHub and TypeDoc make them of its headings. */
export function anchorsOf({ text }: Page): Set<string> {
	const headings = text
		.replace(/^```[\s\S]*?^```$/gm, "")
		.split("\n")
		.flatMap((line) => /^#{1,6} (.+)$/.exec(line)?.[1] ?? []);
	return new Set(
		headings.map((heading) =>
			heading
				.toLowerCase()
				.replace(/[^\p{L}\p{N}\s_-]/gu, "")
				.trim()
				.replace(/\s/g, "-"),
		),
	);
}
