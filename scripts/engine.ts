import { execFileSync, spawn, spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** Versions that the whole project is tested with. The engine's module no longer carries the language host; 3.60.0 of the SDK's was the last that did. */
const engineVersion = "3.230.0";
const languageHostVersion = "3.60.0";

const root = resolve(__dirname, "..");
const cache = join(root, ".cache", `pulumi-${engineVersion}-${process.platform}-${process.arch}`);

export interface Engine {
	/** Folder with `pulumi` and the Node.js language host; to be first on PATH. */
	readonly folder: string;
	readonly version: string;
	/** Where it came from, in a few words. */
	readonly from: string;
}

/** No engine can be had on this machine; the message is the one line that says what is missing. */
export class EngineMissing extends Error {}

/**
 * Gets a Pulumi engine: from PATH, from our cache, from beside the checkout, by the official installation, or built
 * from its Go modules. The last two need a network; the build takes minutes and says so.
 */
export async function ensureEngine(say: (line: string) => void = () => {}): Promise<Engine> {
	const beside = join(root, "..", "shared", "pulumi", `${process.platform}-${process.arch}`);
	const known: readonly (readonly [string | undefined, string])[] = [
		[folderOnPath(), "PATH"],
		[cache, "the project's cache"],
		[beside, "beside the checkout"],
	];
	for (const [folder, from] of known) {
		const version = folder === undefined ? null : versionIn(folder);
		if (folder !== undefined && version !== null) return { folder, version, from };
	}
	const reasons: string[] = [];
	for (const [from, get] of [
		["the official installation", installOfficially],
		["built from its Go modules", buildWithGo],
	] as const) {
		const temporary = makeTemporary();
		try {
			await get(temporary, say);
			const version = versionIn(temporary);
			if (version === null) throw new Error("what was made does not run");
			return { folder: moveIntoCache(temporary), version, from };
		} catch (error) {
			rmSync(temporary, { recursive: true, force: true });
			reasons.push(`${from}: ${firstLine(error)}`);
			say(`${from} did not work: ${firstLine(error)}`);
		}
	}
	throw new EngineMissing(
		`no Pulumi engine: none on PATH, and none could be had (${reasons.join("; ")}). Install Pulumi, or Go 1.25.8 or newer.`,
	);
}

/** The environment in which the engine is found first. */
export function withEngine(engine: Engine, environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
	return withFirstOnPath(engine.folder, environment);
}

/** Windows says `Path`, and a copy of its environment tells upper from lower case: one name must be left. */
export function withFirstOnPath(folder: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const isPath = (name: string) => (process.platform === "win32" ? name.toUpperCase() : name) === "PATH";
	const others = Object.entries(environment).filter(([name]) => !isPath(name));
	const path = Object.entries(environment).find(([name]) => isPath(name))?.[1] ?? "";
	return { ...Object.fromEntries(others), PATH: `${folder}${delimiter}${path}` };
}

function folderOnPath(): string | undefined {
	return (process.env.PATH ?? "").split(delimiter).find((folder) => folder !== "" && versionIn(folder) !== null);
}

/** The version of the engine in a folder, null if there is none that runs with a language host beside it. */
function versionIn(folder: string): string | null {
	for (const name of ["pulumi", "pulumi-language-nodejs"]) {
		try {
			accessSync(join(folder, executable(name)), constants.X_OK);
		} catch {
			return null;
		}
	}
	const run = spawnSync(join(folder, executable("pulumi")), ["version"], { encoding: "utf8", timeout: 30_000 });
	return run.status === 0 ? run.stdout.trim() : null;
}

async function installOfficially(folder: string, say: (line: string) => void): Promise<void> {
	say("installing Pulumi (tens of megabytes)");
	const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
	const { SemVer } = await import("semver");
	await PulumiCommand.install({ root: folder, version: new SemVer(engineVersion) });
	const programs = join(folder, "bin");
	for (const name of readdirSync(programs)) renameSync(join(programs, name), join(folder, name));
}

/** Both programs into `folder`. Exported for its test. */
export async function buildWithGo(folder: string, say: (line: string) => void): Promise<void> {
	const go = spawnSync("go", ["version"], { encoding: "utf8" });
	if (go.status !== 0) throw new Error("there is no Go on PATH");
	say(`building Pulumi ${engineVersion} from its Go modules: this takes minutes, once`);
	const build = async (module: string, version: string, flags: string, output: string) => {
		// `go install module@version` refuses modules with replace directives; a module of our own does not (measured).
		const work = mkdtempSync(join(folder, "build-"));
		const run = (...args: string[]) =>
			execFileSync("go", args, { cwd: work, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 64 << 20 });
		run("mod", "init", "build");
		say(`getting the modules of ${output}`);
		run("get", `${module}@v${version}`);
		const packages = run("list", "-deps", module).trim().split("\n").length;
		const target = join(folder, executable(output));
		await compile(["-trimpath", "-ldflags", flags, "-o", target, module], work, (compiled) => {
			if (isTenth(compiled, packages)) say(`building ${output}: ${compiled} of ${packages} packages`);
		});
		rmSync(work, { recursive: true, force: true });
	};
	const stamp = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`;
	await build("github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", engineVersion, `-s -w ${stamp}`, "pulumi");
	await build(
		"github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
		languageHostVersion,
		"-s -w",
		"pulumi-language-nodejs",
	);
	writeLauncher(folder);
}

/** `go build -v` names each package that it compiles; those of an earlier build it takes from its cache without a word. */
function compile(args: readonly string[], cwd: string, onPackage: (compiled: number) => void): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn("go", ["build", "-v", ...args], { cwd, stdio: ["ignore", "ignore", "pipe"] });
		const lines: string[] = [];
		createInterface({ input: child.stderr }).on("line", (line) => onPackage(lines.push(line)));
		child.on("error", reject);
		child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(lines.slice(-3).join(" ")))));
	});
}

/** Ten lines, however many packages there are. */
function isTenth(count: number, of: number): boolean {
	return Math.floor((count * 10) / of) > Math.floor(((count - 1) * 10) / of);
}

/** The official release has this launcher too: it serves dynamic providers from the program's own SDK. */
function writeLauncher(folder: string): void {
	const find = "node -p \"require.resolve('@pulumi/pulumi/cmd/dynamic-provider')\"";
	const name = join(folder, "pulumi-resource-pulumi-nodejs");
	if (process.platform === "win32") {
		const lines = ["@echo off", `for /f "delims=" %%i in ('${find}') do node "%%i" %*`, "exit /b %ERRORLEVEL%", ""];
		writeFileSync(`${name}.cmd`, lines.join("\r\n"));
	} else {
		const lines = ["#!/bin/sh", `script=$(${find}) || exit 1`, 'exec node "$script" "$@"', ""];
		writeFileSync(name, lines.join("\n"), { mode: 0o755 });
	}
}

function makeTemporary(): string {
	mkdirSync(dirname(cache), { recursive: true });
	return mkdtempSync(`${cache}-`);
}

/** Two that get it at once: the first rename wins, the other one's copy is thrown away. */
function moveIntoCache(temporary: string): string {
	try {
		renameSync(temporary, cache);
	} catch {
		rmSync(temporary, { recursive: true, force: true });
	}
	return cache;
}

function executable(name: string): string {
	return process.platform === "win32" ? `${name}.exe` : name;
}

function firstLine(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	return text.split("\n").find((line) => line.trim() !== "") ?? text;
}

if (require.main === module) {
	ensureEngine((line) => process.stderr.write(`${line}\n`)).then(
		({ folder, version, from }) => process.stdout.write(`${version} ${folder} (${from})\n`),
		(error: unknown) => {
			process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
			process.exitCode = error instanceof EngineMissing ? 3 : 1;
		},
	);
}
