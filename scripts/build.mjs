// Makes dist/, or the folder that is named. Plain Node: it runs before anything else does, on any system.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = resolve(process.argv[2] ?? join(root, "dist"));
const require = createRequire(import.meta.url);
const compiler = require.resolve("typescript/bin/tsc");

rmSync(out, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", out], {
	stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

// Every preview, up, refresh and destroy starts a process that loads the provider: from one file that takes 23 ms of CPU,
// from 181 of them 64 (docs/benchmarks.md). So what is used of zod is in it, and that asks for its license.
const license = readFileSync(join(dirname(require.resolve("zod/package.json")), "LICENSE"), "utf8");
const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
buildSync({
	absWorkingDir: root,
	entryPoints: [join(root, "provider", "index.ts")],
	outfile: join(out, "provider", "index.js"),
	allowOverwrite: true,
	bundle: true,
	external: Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => name !== "zod"),
	platform: "node",
	target: "node20",
	// The SDK's process for providers reads it: a stack names the files and lines of the sources.
	sourcemap: true,
	sourcesContent: false,
	banner: { js: `/* Parts of this file are zod.\n\n${license} */` },
});

// Read by path: from beside the module that reads it, and from beside the file that this module is part of.
const script = join("provider", "hosts", "powershell", "bootstrap.ps1");
for (const place of [script, join("provider", "bootstrap.ps1")]) copyFileSync(join(root, script), join(out, place));
// npm gives a command its run bit when it installs the package, and not when the checkout is built anew.
chmodSync(join(out, "cli", "main.js"), 0o755);
