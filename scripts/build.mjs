// Makes dist/, or the folder that is named. Plain Node: it runs before anything else does, on any system.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = resolve(process.argv[2] ?? join(root, "dist"));
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");

rmSync(out, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", out], {
	stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
const script = join("provider", "hosts", "powershell", "bootstrap.ps1");
copyFileSync(join(root, script), join(out, script));
// npm gives a command its run bit when it installs the package, and not when the checkout is built anew.
chmodSync(join(out, "cli", "main.js"), 0o755);
