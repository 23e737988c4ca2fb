// Makes dist/, or the folder that is named. Plain Node: it runs before anything else does, on any system.
import { spawnSync } from "node:child_process";
import {
	chmodSync,
	copyFileSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmdirSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { minify } from "terser";
import { linesOnly } from "./sourceMap.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = resolve(process.argv[2] ?? join(root, "dist"));
const require = createRequire(import.meta.url);
const compiler = require.resolve("typescript/bin/tsc");
const { dependencies, peerDependencies, exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

rmSync(out, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", out], {
	stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

/** What users load or start, from the root of dist: `sdk/index.js`. */
const entries = [...Object.values(exports).map((each) => each.default), ...Object.values(bin)].flatMap((path) =>
	path === undefined ? [] : [path.replace("./dist/", "")],
);
/** Its text is in every state (test/sdk/thinProvider.test.ts): as the compiler writes it, whatever bundles the rest. */
const thin = "sdk/thinProvider";

/** Of each entry. */
const namesOf = new Map();

await bundle();
removeModules();
for (const entry of new Set(entries)) writeEntry(entry);
await joinTypes();
// Read by path, from beside the file that has the code.
const powershell = join(root, "provider", "hosts", "powershell");
for (const script of readdirSync(powershell).filter((name) => name.endsWith(".ps1")))
	copyFileSync(join(powershell, script), join(out, script));
// npm gives a command its run bit when it installs the package, and not when the checkout is built anew.
for (const command of new Set(Object.values(bin))) chmodSync(join(out, command.replace("./dist/", "")), 0o755);

/**
 * One file for all entries, each of which runs when it is asked for. Every preview, up, refresh and destroy starts a process
 * that loads the provider: from one file that takes a third of the CPU of 181 (docs/benchmarks.md). There are no two of a
 * module, and the package is half as large as with modules beside it. What is used of zod is in it, which asks for its license.
 */
async function bundle() {
	const license = readFileSync(join(dirname(require.resolve("zod/package.json")), "LICENSE"), "utf8");
	const lazily = [...new Set(entries)].map((entry) => {
		const source = `./${entry.replace(/\.js$/, "")}`;
		return `exports[${JSON.stringify(entry)}] = () => require(${JSON.stringify(source)});`;
	});
	const outfile = join(out, "bundle.js");
	buildSync({
		absWorkingDir: root,
		stdin: { contents: lazily.join("\n"), resolveDir: root, sourcefile: "entries.js" },
		outfile,
		bundle: true,
		external: [
			`./${thin.split("/").at(-1)}`,
			...Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => name !== "zod"),
		],
		platform: "node",
		target: "node20",
		sourcemap: true,
		sourcesContent: false,
		minifySyntax: true,
	});
	const { code, map } = await minify(readFileSync(outfile, "utf8"), {
		compress: false,
		// A stack names functions and classes; nobody reads other names.
		mangle: { toplevel: true, keep_fnames: true, keep_classnames: true },
		// A line for each statement instead of one for all, so that a map of lines alone still tells where each is.
		format: { beautify: true, indent_level: 0, preamble: `/* Parts of this file are zod.\n\n${license} */` },
		sourceMap: { content: readFileSync(`${outfile}.map`, "utf8"), url: "bundle.js.map" },
	});
	writeFileSync(outfile, code.replaceAll(`require("./${thin.split("/").at(-1)}")`, `require("./${thin}.js")`));
	// The SDK's process for providers reads it: a stack names the files and lines of the sources.
	writeFileSync(`${outfile}.map`, linesOnly(map));
}

/** The compiler's own modules, which would be there a second time. */
function removeModules() {
	for (const name of readdirSync(out, { recursive: true })) {
		if (!name.endsWith(".js") || name === "bundle.js" || name === join(...`${thin}.js`.split("/"))) continue;
		// The names, for programs that are ECMAScript modules: Node reads them from the text (cjs-module-lexer).
		const path = name.replaceAll("\\", "/");
		if (entries.includes(path)) namesOf.set(path, exportedBy(readFileSync(join(out, name), "utf8")));
		rmSync(join(out, name));
	}
}

function writeEntry(entry) {
	const file = join(out, entry);
	const bundled = relative(dirname(file), join(out, "bundle.js")).replaceAll("\\", "/");
	const names = namesOf.get(entry) ?? [];
	const isCommand = Object.values(bin).includes(`./dist/${entry}`);
	const lines = [
		...(isCommand ? ["#!/usr/bin/env node"] : []),
		'"use strict";',
		// In two lines: in one, Node would take the names of the entries for names of this one.
		`const bundle = require(${JSON.stringify(bundled)});`,
		`module.exports = bundle[${JSON.stringify(entry)}]();`,
		...(names.length > 0 ? [`0 && (${names.map((name) => `exports.${name} = `).join("")}0);`] : []),
		"",
	];
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, lines.join("\n"));
}

/** What an entry exports and what that mentions, in one file an entry; what two of them mention is there once. */
async function joinTypes() {
	const typed = Object.values(exports).flatMap(({ types }) =>
		types === undefined ? [] : [types.replace(/^\.\/dist\/|\.d\.ts$/g, "")],
	);
	const types = await rollup({
		input: Object.fromEntries(typed.map((name) => [name, join(out, `${name}.d.ts`)])),
		external: (name) => !name.startsWith(".") && !isAbsolute(name),
		plugins: [dts()],
		onLog: (_level, { message }) => {
			throw new Error(message);
		},
	});
	for (const entry of readdirSync(out, { recursive: true })) {
		if (entry.endsWith(".d.ts")) rmSync(join(out, entry));
	}
	await types.write({ dir: out, entryFileNames: "[name].d.ts", chunkFileNames: "types.d.ts" });
	for (const folder of readdirSync(out, { recursive: true, withFileTypes: true }).reverse()) {
		const path = join(folder.parentPath ?? folder.path, folder.name);
		if (folder.isDirectory() && readdirSync(path).length === 0) rmdirSync(path);
	}
}

function exportedBy(text) {
	const names = [...text.matchAll(/^(?:exports\.(\w+) = |Object\.defineProperty\(exports, "(\w+)")/gm)].map(
		([, assigned, defined]) => assigned ?? defined,
	);
	return [...new Set(names)].filter((name) => name !== "__esModule").sort();
}
