import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Simulator } from "../../provider/hosts/simulator";
import { ensureEngine } from "../../scripts/engine";
import { installPackage } from "../../scripts/installedPackage";
import { mustSucceed, PulumiProject, simulatedHosts } from "../../scripts/pulumiProject";
import { program } from "./program";

/**
 * `npx tsx test/golden/record.ts`: what this release leaves behind, in a folder of its version: a stack's export, the
 * program, and the arrays as they are then. Run once for each release (docs/upgrading.md); a state that is written again proves nothing.
 */
async function record(): Promise<void> {
	const { version } = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8")) as {
		version: string;
	};
	const folder = join(__dirname, version);
	if (existsSync(folder)) throw new Error(`${folder} exists: the state of a release is recorded once`);
	const project = await PulumiProject.create(installPackage(), await ensureEngine(), { program });
	try {
		const file = join(project.folder, "arrays.json");
		const names = ["Adopted", "Paused", "Moved", "Separated"];
		await Simulator.create(file, { pairs: names.map((source) => ({ source, target: `${source}-DR` })) });
		// By a relative path, as any machine has one.
		await project.configure(simulatedHosts(["east", "west"], "./arrays.json"));
		mustSucceed(await project.up());
		const { deployment, version: layout } = JSON.parse((await project.run(["stack", "export"])).stdout) as {
			deployment: Record<string, unknown>;
			version: number;
		};
		// The salt of a passphrase that protects nothing here.
		delete deployment.secrets_providers;
		mkdirSync(folder);
		writeFileSync(join(folder, "stack.json"), `${JSON.stringify({ version: layout, deployment }, null, "\t")}\n`);
		writeFileSync(join(folder, "arrays.json"), readFileSync(file));
		writeFileSync(join(folder, "program.txt"), program);
	} finally {
		project.remove();
	}
}

void record();
