import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "..");

/**
 * A folder with this package installed as a user has it: packed by npm and installed from the tarball, never linked.
 * Programs are put into subfolders of it, because a dynamic provider is loaded from the program's folder upwards. Made
 * once for each content of dist/, which must be built.
 */
export function installPackage(): string {
	const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
	// Outside the checkout: inside it Node and TypeScript would find whatever the checkout has installed as well.
	const cache = join(tmpdir(), "pulumi-storage-replication-installed");
	const folder = join(cache, `${version}-${contentHash()}`);
	if (existsSync(join(folder, "node_modules"))) return folder;
	mkdirSync(cache, { recursive: true });
	const temporary = mkdtempSync(`${folder}-`);
	const npm = (args: readonly string[], cwd: string) =>
		execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd, encoding: "utf8" });
	npm(["pack", "--ignore-scripts", "--pack-destination", temporary], root);
	const tarball = readdirSync(temporary).find((name) => name.endsWith(".tgz"));
	if (tarball === undefined) throw new Error("npm pack made no tarball");
	const manifest = {
		name: "programs",
		private: true,
		dependencies: { "pulumi-storage-replication": `file:${tarball}`, "@pulumi/pulumi": sdkVersion() },
	};
	writeFileSync(join(temporary, "package.json"), JSON.stringify(manifest));
	npm(["install", "--prefer-offline", "--ignore-scripts"], temporary);
	try {
		renameSync(temporary, folder);
	} catch {
		// Another process was faster with the same content.
		rmSync(temporary, { recursive: true, force: true });
	}
	return folder;
}

function sdkVersion(): string {
	const lock = readFileSync(join(root, "package.json"), "utf8");
	const { devDependencies } = JSON.parse(lock) as { devDependencies: Record<string, string> };
	return devDependencies["@pulumi/pulumi"] ?? "3";
}

function contentHash(): string {
	const hash = createHash("sha256").update(readFileSync(join(root, "package.json")));
	const add = (folder: string) => {
		for (const entry of readdirSync(folder, { withFileTypes: true }).sort((one, other) =>
			one.name < other.name ? -1 : 1,
		)) {
			const path = join(folder, entry.name);
			if (entry.isDirectory()) add(path);
			else hash.update(path.slice(root.length)).update(readFileSync(path));
		}
	};
	add(join(root, "dist"));
	return hash.digest("hex").slice(0, 12);
}
