import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join, resolve } from "node:path";

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
		execFileSync(process.execPath, [npmProgram(), ...args, "--no-audit", "--no-fund", "--loglevel=error"], {
			cwd,
			encoding: "utf8",
			windowsHide: true,
		});
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

/**
 * npm's own JavaScript: on Windows `npm` is npm.cmd, which Node starts by a shell only (nodejs/node 52681). npm names it to
 * what it runs; else it is where an installation has it, and elsewhere than on Windows `npm` on PATH is a link to it.
 */
function npmProgram(): string {
	const below = join("node_modules", "npm", "bin", "npm-cli.js");
	const node = dirname(process.execPath);
	const onPath = (process.env.PATH ?? "")
		.split(delimiter)
		.flatMap((folder) => [join(folder, below), join(folder, "npm")]);
	const found = [process.env.npm_execpath ?? "", join(node, below), join(node, "..", "lib", below), ...onPath]
		.filter((place) => existsSync(place))
		.map((place) => realpathSync(place))
		.find((place) => basename(place) === "npm-cli.js");
	if (found === undefined) throw new Error("there is no npm-cli.js beside Node or behind npm on PATH");
	return found;
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
