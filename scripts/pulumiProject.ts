import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Engine, withEngine } from "./engine";

/** How one command of the CLI ended. */
export interface Ended {
	readonly exitCode: number | null;
	readonly stdout: string;
	readonly stderr: string;
	/** Both together, as a person reads them. */
	readonly text: string;
}

/** A resource of the state file. */
export interface StoredResource {
	readonly urn: string;
	readonly type: string;
	readonly id?: string;
	readonly inputs?: Record<string, unknown>;
	readonly outputs?: Record<string, unknown>;
	readonly initErrors?: readonly string[];
}

export interface ProjectOptions {
	/** Text of index.ts. */
	readonly program: string;
	readonly config?: Record<string, string>;
	readonly secrets?: Record<string, string>;
	/** `pulumi` prints as on a terminal. */
	readonly color?: boolean;
	readonly environment?: NodeJS.ProcessEnv;
}

/** A command that takes longer than this hangs: a net, five times the longest one. */
const commandLimitMs = 300_000;
const stack = "dev";

/** A Pulumi project in a folder of its own, with a file backend beside it, driven through the real CLI. */
export class PulumiProject {
	readonly folder: string;
	private readonly environment: NodeJS.ProcessEnv;

	private constructor(folder: string, environment: NodeJS.ProcessEnv) {
		this.folder = folder;
		this.environment = environment;
	}

	/** Makes the project below `installed`, the folder that has the package in its node_modules. */
	static async create(installed: string, engine: Engine, options: ProjectOptions): Promise<PulumiProject> {
		const folder = mkdtempSync(join(installed, "program-"));
		const backend = join(folder, "backend");
		mkdirSync(backend);
		const project = new PulumiProject(folder, {
			...withEngine(engine, options.environment ?? process.env),
			// file://C:/… is how Pulumi spells a folder of Windows (pulumi/pulumi 2693).
			PULUMI_BACKEND_URL: `file://${backend.replaceAll("\\", "/")}`,
			PULUMI_HOME: join(folder, "home"),
			PULUMI_CONFIG_PASSPHRASE: "local",
			PULUMI_SKIP_UPDATE_CHECK: "1",
			PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "1",
			...(options.color ? {} : { NO_COLOR: "1" }),
		});
		writeFileSync(join(folder, "Pulumi.yaml"), "name: program\nruntime: nodejs\n");
		writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "program", private: true, main: "index.ts" }));
		project.write(options.program);
		mustSucceed(await project.run(["stack", "init", stack]));
		await project.configure(options.config ?? {}, options.secrets);
		return project;
	}

	write(program: string): void {
		writeFileSync(join(this.folder, "index.ts"), program);
	}

	/** Sets configuration, all of it by one command; an empty value removes its key. */
	async configure(
		values: Readonly<Record<string, string>>,
		secrets: Readonly<Record<string, string>> = {},
	): Promise<void> {
		const flags = (flag: string, of: Readonly<Record<string, string>>) =>
			Object.entries(of).flatMap(([key, value]) => (value === "" ? [] : [flag, `${key}=${value}`]));
		const set = [...flags("--plaintext", values), ...flags("--secret", secrets)];
		if (set.length > 0) mustSucceed(await this.run(["config", "set-all", "--path", ...set]));
		for (const [key, value] of Object.entries(values)) {
			if (value === "") mustSucceed(await this.run(["config", "rm", "--path", key]));
		}
	}

	preview(...args: string[]): Promise<Ended> {
		return this.run(["preview", "--diff", ...args]);
	}

	/** `plannedOperations` of every resource, as `preview --json` shows them. */
	async plannedOperations(): Promise<Record<string, readonly string[]>> {
		const { stdout, text } = await this.run(["preview", "--json"]);
		const start = stdout.indexOf("{");
		if (start === -1) throw new Error(text);
		const { steps } = JSON.parse(stdout.slice(start)) as {
			steps: { urn: string; newState?: { inputs?: Record<string, unknown> } }[];
		};
		return Object.fromEntries(
			steps.flatMap(({ urn, newState }) => {
				const planned = newState?.inputs?.plannedOperations;
				return Array.isArray(planned) ? [[urn.split("::").at(-1) ?? urn, planned.map(String)]] : [];
			}),
		);
	}

	up(...args: string[]): Promise<Ended> {
		return this.run(["up", "--yes", "--skip-preview", ...args]);
	}

	refresh(...args: string[]): Promise<Ended> {
		return this.run(["refresh", "--yes", "--skip-preview", ...args]);
	}

	destroy(...args: string[]): Promise<Ended> {
		return this.run(["destroy", "--yes", "--skip-preview", ...args]);
	}

	cancel(): Promise<Ended> {
		return this.run(["cancel", "--yes", stack]);
	}

	/** A command that the caller may kill. */
	start(args: readonly string[]): ChildProcess {
		return spawn("pulumi", [...args, "--non-interactive"], {
			cwd: this.folder,
			env: this.environment,
			stdio: ["ignore", "pipe", "pipe"],
			windowsHide: true,
		});
	}

	/** A script as the runner of a pipeline starts it: in a checkout of its own, with this project's environment and more. */
	runScript(path: string, folder: string, environment: Readonly<Record<string, string>>): Promise<Ended> {
		const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", path], {
			cwd: folder,
			env: { ...this.environment, ...environment },
			stdio: ["ignore", "pipe", "pipe"],
		});
		return endOf(child, `bash ${path}`);
	}

	run(args: readonly string[]): Promise<Ended> {
		const child = this.start(args);
		return endOf(child, `pulumi ${args.join(" ")}`);
	}

	/** The resources of the state file, by name. */
	state(): Record<string, StoredResource> {
		const file = join(this.folder, "backend", ".pulumi", "stacks", "program", `${stack}.json`);
		if (!existsSync(file)) return {};
		const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
			checkpoint: { latest?: { resources?: StoredResource[] } | null };
		};
		const resources = checkpoint.latest?.resources ?? [];
		return Object.fromEntries(resources.map((resource) => [resource.urn.split("::").at(-1) ?? "", resource]));
	}

	/** Changes the stored resources, as an older release or somebody else may have left them. */
	async changeState(change: (resources: StoredResource[]) => void): Promise<void> {
		const { deployment, ...rest } = JSON.parse((await this.run(["stack", "export"])).stdout) as {
			deployment: { resources: StoredResource[] };
		};
		change(deployment.resources);
		const file = join(this.folder, "changed.json");
		writeFileSync(file, JSON.stringify({ ...rest, deployment }));
		mustSucceed(await this.run(["stack", "import", "--file", file]));
	}

	/** Everything that Pulumi wrote, as text: to look for what must not be there. */
	stateText(): string {
		return readFileSync(join(this.folder, "backend", ".pulumi", "stacks", "program", `${stack}.json`), "utf8");
	}

	remove(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** Configuration of hosts that one simulator file stands for. */
export function simulatedHosts(hosts: readonly string[], file: string): Record<string, string> {
	return Object.fromEntries(
		hosts.flatMap((host) => [
			[`storageReplication:hosts.${host}.kind`, "simulator"],
			[`storageReplication:hosts.${host}.file`, file],
		]),
	);
}

/** Waits for a command, bounded in time. */
export function endOf(child: ChildProcess, name: string): Promise<Ended> {
	return new Promise((resolve, reject) => {
		const parts: { readonly out: boolean; readonly text: string }[] = [];
		child.stdout?.on("data", (data: Buffer) => parts.push({ out: true, text: data.toString("utf8") }));
		child.stderr?.on("data", (data: Buffer) => parts.push({ out: false, text: data.toString("utf8") }));
		const timer = setTimeout(() => {
			child.kill("SIGKILL");
			reject(
				new Error(`${name} took longer than ${commandLimitMs / 1000} s\n${parts.map(({ text }) => text).join("")}`),
			);
		}, commandLimitMs);
		child.on("error", reject);
		child.on("close", (exitCode) => {
			clearTimeout(timer);
			const joined = (wanted: boolean | null) =>
				parts
					.filter(({ out }) => wanted === null || out === wanted)
					.map(({ text }) => text)
					.join("");
			resolve({ exitCode, stdout: joined(true), stderr: joined(false), text: joined(null) });
		});
	});
}

export function mustSucceed(ended: Ended): Ended {
	if (ended.exitCode !== 0) throw new Error(ended.text);
	return ended;
}
