import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "vitest";
import { anchorsOf, pages, root } from "./pages";

const all = pages();
const withoutCode = (text: string) => text.replace(/^\s*```[\s\S]*?^\s*```$/gm, "").replace(/`[^`\n]*`/g, "");

interface Link {
	readonly page: string;
	readonly target: string;
}

const links = all.flatMap(({ path, text }): Link[] =>
	[...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({ page: path, target })),
);

test("every link leads to a file of the repository, and to a heading of it", () => {
	const broken = links.flatMap(({ page, target }) => {
		if (/^https?:/.test(target)) return [];
		const [file = "", anchor] = target.split("#");
		const path = file === "" ? page : posix.normalize(posix.join(posix.dirname(page), file));
		if (!existsSync(join(root, path))) return [`${page}: ${target}: no such file`];
		const found = all.find((each) => each.path === path);
		if (anchor === undefined || found === undefined || anchorsOf(found).has(anchor)) return [];
		return [`${page}: ${target}: no such heading`];
	});
	expect(broken).toEqual([]);
	expect(links.length).toBeGreaterThan(100);
});

test("every page is reached from the README", () => {
	const reached = new Set(["README.md"]);
	for (const page of reached) {
		for (const { target } of links.filter((link) => link.page === page)) {
			const [file = ""] = target.split("#");
			if (file.endsWith(".md") && !file.includes(":"))
				reached.add(posix.normalize(posix.join(posix.dirname(page), file)));
		}
	}
	const apart = ["AGENTS.md", "docs/_index.md", "docs/installation-configuration.md"];
	const documents = all.filter(({ path }) => path.startsWith("docs/") || !path.includes("/"));
	expect(documents.map(({ path }) => path).filter((path) => !reached.has(path) && !apart.includes(path))).toEqual([]);
});

test("every file that a page names by its path is in the repository", () => {
	const named = all.flatMap(({ path, text }) =>
		[...text.matchAll(/(?<![\w/.@-])((?:provider|sdk|cli|test|scripts|examples|docs|\.github)\/[\w./-]*\w)/g)].map(
			([, file = ""]) => ({ path, file }),
		),
	);
	const isThere = (path: string, file: string) =>
		[file, `${file}.ts`, posix.join(posix.dirname(path), file)].some((each) => existsSync(join(root, each)));
	expect(named.filter(({ path, file }) => !isThere(path, file))).toEqual([]);
});
