import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Simulator } from "../provider/hosts/simulator";
import { type Engine, EngineMissing, ensureEngine } from "../scripts/engine";
import { installPackage } from "../scripts/installedPackage";
import { type Ended, PulumiProject, simulatedHosts } from "../scripts/pulumiProject";

/**
 * `npm run demo`: one relationship on simulated arrays through its whole life, with the real Pulumi engine and the
 * package as npm installs it. Every stage shows the operations first (preview) and then runs them (up): the plan, what it
 * puts at risk, the token, the proof. `-- --verbose` shows all that Pulumi prints.
 */
export interface Demo {
	readonly project: PulumiProject;
	readonly sites: Simulator;
	readonly print: (line: string) => void;
	readonly verbose: boolean;
}

/** A change of the wish, and what happened before it. */
interface Stage {
	readonly title: string;
	readonly happens: (sites: Simulator) => Promise<string | null>;
	/** Empty: the key is removed. */
	readonly config: Readonly<Record<string, string>>;
	/** Whether the plan destroys writes. A demo that is asked for consent where nobody expects it has found a bug. */
	readonly consent: boolean;
}

const nothing = async () => null;

export const stages: readonly Stage[] = [
	{ title: "Adoption: nothing is sent", happens: nothing, config: { state: "active" }, consent: false },
	{
		title: "Disaster: east burns down, west takes over, after consent",
		happens: async (sites) => {
			await sites.write("Orders", 5);
			await sites.array("east-array").lose();
			return "the application wrote 5 times to Orders, then east-array was lost";
		},
		config: { state: "failedOver", lost: "source" },
		consent: true,
	},
	{
		title: "Return: east is back and serves again, with what was written at west",
		happens: async (sites) => {
			await sites.write("Orders-DR", 3);
			await sites.array("east-array").restore();
			return "the application wrote 3 times to Orders-DR, then east-array came back";
		},
		config: { state: "active", lost: "" },
		consent: true,
	},
	{ title: "Planned move to west", happens: nothing, config: { state: "reversed", approval: "" }, consent: false },
	{ title: "Pause", happens: nothing, config: { state: "suspended" }, consent: false },
	{
		title: "Go on: what was written meanwhile arrives",
		happens: async (sites) => {
			await sites.write("Orders-DR", 4);
			return "the application wrote 4 times to Orders-DR";
		},
		config: { state: "reversed" },
		consent: false,
	},
];

/** One stage: what happened, what preview says, the consent if the plan destroys writes, and the run. */
export async function play(demo: Demo, { title, happens, config, consent }: Stage): Promise<void> {
	const { project, sites, print } = demo;
	print(`== ${title}`);
	const happened = await happens(sites);
	if (happened !== null) print(`  . ${happened}`);
	await configure(demo, config);
	print("  $ pulumi preview");
	const preview = await project.run(["preview"]);
	show(demo, preview);
	const token = /approval: "([0-9a-f-]+)"/.exec(preview.text)?.[1];
	if ((token !== undefined) !== consent) throw new Error(`consent ${consent ? "was" : "was not"} expected here`);
	if (token !== undefined) await configure(demo, { approval: token });
	print("  $ pulumi up");
	show(demo, await project.up(), toldIn(preview.text));
	const { primary, copyState } = project.state().orders?.outputs ?? {};
	const { host, virtualDisk } = primary as { host: string; virtualDisk: string };
	print(`    serving: ${virtualDisk} at ${host}, ${copyState}`);
	print("");
}

async function configure({ project, print }: Demo, config: Readonly<Record<string, string>>): Promise<void> {
	for (const [key, value] of Object.entries(config))
		print(value === "" ? `  $ pulumi config rm ${key}` : `  $ pulumi config set ${key} ${value}`);
	await project.configure(config);
}

/** What was told already is left out: an update begins with what its preview said. */
function show({ print, verbose }: Pick<Demo, "print" | "verbose">, ended: Ended, told: readonly string[] = []): void {
	const lines = verbose ? ended.text.split("\n") : toldIn(ended.text).filter((line) => !told.includes(line));
	for (const line of lines) print(`    ${line}`);
	if (ended.exitCode !== 0) throw new Error(`pulumi ended with ${ended.exitCode}:\n${ended.text}`);
}

/** What the resources told: Pulumi collects it under Diagnostics, each resource's below a line with its type and name. */
function toldIn(text: string): string[] {
	const [, diagnostics = ""] = text.split("\nDiagnostics:\n");
	const [told = ""] = diagnostics.split(/\n(?:Resources|Outputs):\n/);
	const lines = told.split("\n").filter((line) => line.trim() !== "" && !/^ {2}\S/.test(line));
	return lines.map((line) => line.replace(/^ {4}/, ""));
}

async function demo(engine: Engine): Promise<void> {
	const verbose = process.argv.includes("--verbose");
	const print = (line: string) => process.stdout.write(`${line}\n`);
	print(`Pulumi ${engine.version} from ${engine.from}; the package as npm installs it. One moment.\n`);
	const project = await PulumiProject.create(installPackage(), engine, {
		program: readFileSync(join(__dirname, "switchover", "index.ts"), "utf8"),
	});
	try {
		const file = join(project.folder, "arrays.json");
		const sites = await Simulator.create(file, { pairs: [{ source: "Orders", target: "Orders-DR" }] });
		await project.configure(simulatedHosts(["east", "west"], file));
		for (const stage of stages) await play({ project, sites, print, verbose }, stage);
		print("== Refresh of an unchanged array, then the end: both disks stay");
		print("  $ pulumi refresh");
		show({ print, verbose }, await project.refresh());
		print("  $ pulumi destroy");
		show({ print, verbose }, await project.destroy());
		print("");
		const calls = sites.calls();
		print(
			`operations that the arrays received: ${calls.map(({ operation, method }) => operation ?? method).join(", ")}`,
		);
		print(`acknowledged writes that no disk holds: ${sites.writes().lost}`);
		const inVain = calls.filter(({ effect }) => !effect);
		if (inVain.length > 0) throw new Error(`calls that had no effect: ${JSON.stringify(inVain)}`);
	} finally {
		project.remove();
	}
}

if (require.main === module) {
	ensureEngine((line) => process.stderr.write(`  . ${line}\n`))
		.then(demo)
		.catch((error: unknown) => {
			process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
			process.exitCode = error instanceof EngineMissing ? 3 : 1;
		});
}
