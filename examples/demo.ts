import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Simulator } from "../provider/hosts/simulator";
import { type Engine, EngineMissing, ensureEngine } from "../scripts/engine";
import { installPackage } from "../scripts/installedPackage";
import { type Ended, endOf, PulumiProject, simulatedHosts } from "../scripts/pulumiProject";

/**
 * `npm run demo`: one relationship on simulated arrays through its whole life, with the real Pulumi engine and the
 * package as npm installs it. Every stage shows the operations first (preview) and then runs them (up).
 */
async function demo(engine: Engine): Promise<void> {
	heading("Two sites, simulated", `Pulumi ${engine.version} from ${engine.from}`);
	const project = await PulumiProject.create(installPackage(), engine, {
		program: readFileSync(join(__dirname, "switchover", "index.ts"), "utf8"),
	});
	try {
		const file = join(project.folder, "arrays.json");
		const sites = await Simulator.create(file, { pairs: [{ source: "Orders", target: "Orders-DR" }] });
		await project.configure(simulatedHosts(["east", "west"], file));
		say("hosts east and west, disks Orders and Orders-DR, replicated by somebody already");

		await stage(project, "active: adopt what is there", { state: "active" });
		await stage(project, "suspended: the copy stands still", { state: "suspended" });
		await sites.write("Orders", 5);
		say("the application writes 5 times to Orders");
		await stage(project, "active: catch up", { state: "active" });
		await stage(project, "reversed: a planned move to west", { state: "reversed" });
		await sites.write("Orders-DR", 3);
		say("the application writes 3 times to Orders-DR, which serves now");

		await sites.array("west-array").lose();
		say("west burns down");
		await stage(
			project,
			"failedOver: east takes over, after consent",
			{ state: "failedOver", failoverTo: "source", lost: "target" },
			true,
		);
		await sites.write("Orders", 2);
		say("the application writes 2 times to Orders");

		await sites.array("west-array").restore();
		say("west is back");
		await stage(project, "active: west follows east again", { state: "active", failoverTo: "", lost: "" }, true);

		heading("refresh of an unchanged array");
		show(await project.refresh());
		heading("destroy: the relationship ends, both disks stay");
		show(await project.destroy());
		const { lost } = sites.writes();
		say(`acknowledged writes that no disk holds: ${lost}`);
		say(
			`operations the arrays received: ${sites
				.calls()
				.map((call) => call.operation ?? call.method)
				.join(", ")}`,
		);
		for (const call of sites.calls())
			if (!call.effect) throw new Error(`a call had no effect: ${JSON.stringify(call)}`);
	} finally {
		project.remove();
	}
}

/** One change of the wish: what preview says, the consent if the plan destroys writes, and the run. */
async function stage(
	project: PulumiProject,
	title: string,
	config: Record<string, string>,
	mayNeedConsent = false,
): Promise<void> {
	heading(
		title,
		`pulumi config set ${Object.entries(config)
			.map(([key, value]) => `${key} ${value || "''"}`)
			.join(", ")}`,
	);
	await project.configure(config);
	command("pulumi preview");
	const preview = await project.run(["preview"]);
	show(preview);
	const token = /approval: "([0-9a-f-]+)"/.exec(preview.text)?.[1];
	if (token !== undefined) {
		if (!mayNeedConsent) throw new Error("consent was not expected here");
		command(`pulumi config set approval ${token}`);
		await project.configure({ approval: token });
	}
	command("pulumi up");
	await showLive(project);
}

/** Runs `up` and shows it while it happens. */
async function showLive(project: PulumiProject): Promise<void> {
	const child = project.start(["up", "--yes", "--skip-preview"]);
	let rest = "";
	child.stdout?.on("data", (data: Buffer) => {
		const lines = (rest + data.toString("utf8")).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) showLine(line);
	});
	const ended = await endOf(child, "pulumi up");
	showLine(rest);
	if (ended.exitCode !== 0) throw new Error(ended.text);
}

function show(ended: Ended): void {
	for (const line of ended.text.split("\n")) showLine(line);
	if (ended.exitCode !== 0) throw new Error(`pulumi ended with ${ended.exitCode}`);
}

/** What a person reads; the rest (links, empty lines, passphrase notes) is left out. */
function showLine(line: string): void {
	const noise =
		/^\s*$|^@ |^\s*[+~-]?\s*pulumi:pulumi:Stack|^Resources:|^The resources in the stack|^If you want to remove/;
	if (noise.test(line)) return;
	process.stdout.write(`    ${line}\n`);
}

function heading(title: string, more?: string): void {
	process.stdout.write(`\n== ${title}${more === undefined ? "" : `\n   ${more}`}\n`);
}

function command(text: string): void {
	process.stdout.write(`  $ ${text}\n`);
}

function say(text: string): void {
	process.stdout.write(`  . ${text}\n`);
}

ensureEngine(say)
	.then(demo)
	.catch((error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
		process.exitCode = error instanceof EngineMissing ? 3 : 1;
	});
