import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder";
import { root } from "./pages";

test("the site has every guide, and opens from a disk without a network", () => {
	const out = join(temporaryFolder("site"), "site");
	const typedoc = join(root, "node_modules", "typedoc", "bin", "typedoc");
	execFileSync(process.execPath, [typedoc, "--out", out, "--skipErrorChecking", "--entryPoints", "sdk/index.ts"], {
		cwd: root,
		stdio: "pipe",
	});
	const files = (readdirSync(out, { recursive: true }) as string[]).filter((name) => /\.(html|css|js)$/.test(name));
	// Two are for the Pulumi Registry, in its form.
	const forRegistry = ["_index.md", "installation-configuration.md"];
	const guides = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md") && !forRegistry.includes(name));
	expect(files).toEqual(
		expect.arrayContaining(guides.map((name) => join("documents", `docs_${name.replace(/\.md$/, ".html")}`))),
	);
	const diagramsOf = (name: string) => [
		...readFileSync(join(out, name), "utf8").matchAll(
			/<div class="diagram"[^>]*><svg role="img" aria-label="[^"]{40,}".*?<\/svg><\/div>/g,
		),
	];
	const drawn = [...diagramsOf("index.html"), ...diagramsOf(join("documents", "docs_concepts.html"))].join("\n");
	for (const words of ["failedOver", "the target&#39;s own writes", "Orders-DR", "a token that fits?"]) {
		expect(drawn.includes(words), `diagrams are drawn, with all their words: ${words}`).toBe(true);
	}
	expect(drawn.match(/<svg/g)?.length).toBe(3);
	expect(drawn.includes("<style"), "the style of a diagram would be that of every drawing of the page").toBe(false);
	const ids = diagramsOf(join("documents", "docs_concepts.html")).flatMap(([text]) => text.match(/ id="[^"]+"/g) ?? []);
	expect(new Set(ids).size, "ids are there once").toBe(ids.length);
	const loads = files.flatMap((name) =>
		[
			...readFileSync(join(out, name), "utf8").matchAll(
				/(?:<(?:script|img|link)[^>]*(?:src|href)=|url\(|@import )["']?(https?:[^"')\s]+)/g,
			),
		].map(([, address]) => `${name}: ${address}`),
	);
	expect(loads).toEqual([]);
	const front = readFileSync(join(out, "index.html"), "utf8");
	expect(front, "links of the README lead to pages of the site").toMatch(/href="documents\/docs_runbooks\.html"/);
});
