import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { type PairOptions, Simulator, type SimulatorOptions } from "../../provider/hosts/simulator";
import { type Engine, EngineMissing, ensureEngine } from "../../scripts/engine";
import { installPackage } from "../../scripts/installedPackage";
import { type Ended, type ProjectOptions, PulumiProject, simulatedHosts } from "../../scripts/pulumiProject";
import { skipWithReason } from "../skipWithReason";

/** The engine, or why there is none. With CI=true none is a failure; elsewhere its tests are skipped and say why. */
let sought: Promise<Engine | EngineMissing> | undefined;
function findEngine(): Promise<Engine | EngineMissing> {
	sought ??= ensureEngine().catch((error: unknown) => {
		if (error instanceof EngineMissing && process.env.CI !== "true") return error;
		throw error;
	});
	return sought;
}

/** `describe` for tests that need the real Pulumi engine. */
export function describeWithEngine(name: string, body: () => void): void {
	describe(name, async () => {
		const engine = await findEngine();
		if (engine instanceof EngineMissing) skipWithReason("needs the engine", engine.message);
		else body();
	});
}

/** One project and its two simulated sites, made before the tests of a file and removed after them. */
export interface Lab {
	readonly project: PulumiProject;
	readonly sites: Simulator;
}

export interface LabOptions extends Omit<ProjectOptions, "program"> {
	/** Default: examples/switchover, steered by configuration. */
	readonly program?: string;
	/** The folder that has the package in its node_modules. Default: as npm installs it. */
	readonly installed?: string;
	readonly pairs?: readonly PairOptions[];
	readonly simulator?: Omit<SimulatorOptions, "pairs">;
	/** Names of hosts besides `east` and `west`; they see both arrays. */
	readonly hosts?: readonly string[];
}

export const switchover = readFileSync(join(__dirname, "..", "..", "examples", "switchover", "index.ts"), "utf8");

/** Registers the lab's making and removal with the current `describe`; the getter is for its tests. */
export function useLab(options: LabOptions = {}): () => Lab {
	let lab: Lab | undefined;
	beforeAll(async () => {
		lab = await makeLab(options);
	});
	afterAll(() => lab?.project.remove());
	return () => {
		if (lab === undefined) throw new Error("the lab was not made");
		return lab;
	};
}

export async function makeLab(options: LabOptions): Promise<Lab> {
	const engine = await findEngine();
	if (engine instanceof EngineMissing) throw engine;
	const {
		program = switchover,
		pairs = [{ source: "Orders", target: "Orders-DR" }],
		simulator,
		hosts = [],
		installed = installPackage(),
		...rest
	} = options;
	const project = await PulumiProject.create(installed, engine, { ...rest, program });
	const file = join(project.folder, "arrays.json");
	const sites = await Simulator.create(file, { ...simulator, pairs });
	await project.configure(simulatedHosts(["east", "west", ...hosts], file));
	return { project, sites };
}

/** Sets configuration; an empty value removes the key. */
export function wish({ project }: Lab, values: Record<string, string>): Promise<void> {
	return project.configure(values);
}

/** What stands under Diagnostics when a command has ended, line by line: the lines above it told the same while it ran. */
export function diagnosticsOf({ text }: Ended): string[] {
	const [, diagnostics = ""] = text.split("\nDiagnostics:\n");
	const [told = ""] = diagnostics.split(/\n(?:Resources|Outputs):\n/);
	return told.split("\n").map((line) => line.trim());
}

/** The token that a preview or a failed update printed. */
export function tokenIn(text: string): string {
	const token = /approval: "([0-9a-f-]+)"/.exec(text)?.[1];
	if (token === undefined) throw new Error(`no token in:\n${text}`);
	return token;
}

/** Operations that the arrays received since `from`, with what `plannedOperations` calls them. */
export function receivedSince({ sites }: Lab, from: number): string[] {
	return sites
		.calls()
		.slice(from)
		.map(({ operation, method, host }) => `${operation ?? method} at ${host}`);
}

/** `1. Failover (10) at west: …` as `Failover at west`; waits are no operations. */
export function operationsIn(planned: readonly string[]): string[] {
	return planned.flatMap((line) => {
		const match = /^\d+\. (\w+)(?: \(\d+\))? at (\w+):/.exec(line);
		return match === null ? [] : [`${match[1]} at ${match[2]}`];
	});
}
