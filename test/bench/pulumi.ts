import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Simulator } from "../../provider/hosts/simulator";
import { ensureEngine } from "../../scripts/engine";
import { installPackage } from "../../scripts/installedPackage";
import { mustSucceed, PulumiProject, simulatedHosts } from "../../scripts/pulumiProject";
import { baselineProgram, ourProgram } from "./baseline";
import { describeSpread, type Row, secondsOf, spreadOf } from "./measure";

const promisedRatio = 1.15;

/** Preview, no-op up and refresh of unchanged relationships, ours against a provider that does nothing, in turns. */
export async function measurePulumi(count: number, pairs: number): Promise<Row[]> {
	const engine = await ensureEngine();
	const installed = installPackage();
	const ours = await PulumiProject.create(installed, engine, { program: ourProgram(count) });
	const nothing = await PulumiProject.create(installed, engine, { program: baselineProgram(count) });
	try {
		const file = join(ours.folder, "arrays.json");
		await Simulator.create(file, {
			pairs: Array.from({ length: count }, (_, index) => ({
				source: `Disk-${index + 1}`,
				target: `Disk-${index + 1}-DR`,
			})),
		});
		for (const project of [ours, nothing]) {
			await project.configure(simulatedHosts(["east", "west"], file));
			mustSucceed(await project.up());
		}
		const commands = {
			preview: (project: PulumiProject) => project.run(["preview", "--expect-no-changes"]),
			"no-op up": (project: PulumiProject) => project.up("--expect-no-changes"),
			refresh: (project: PulumiProject) => project.refresh("--expect-no-changes"),
		};
		const rows: Row[] = [];
		for (const [name, command] of Object.entries(commands)) {
			const ratios: number[] = [];
			const seconds: number[] = [];
			let trips = 0;
			for (let pair = 0; pair < pairs; pair++) {
				const before = readings(file);
				const our = await secondsOf(async () => mustSucceed(await command(ours)));
				trips = readings(file) - before;
				const base = await secondsOf(async () => mustSucceed(await command(nothing)));
				ratios.push(our / base);
				seconds.push(our);
			}
			const spread = spreadOf(ratios);
			rows.push({
				promise: `${name} of ${count} unchanged relationships: at most ${promisedRatio} × a provider that does nothing`,
				measured: `${describeSpread(spread)} ×, ${pairs} pairs, ours ${describeSpread(spreadOf(seconds), 1)} s`,
				kept: spread.median <= promisedRatio,
			});
			rows.push({
				promise: `${name}: host round trips grow with hosts, not relationships`,
				measured: `${trips} for 2 hosts and ${count} relationships`,
				kept: trips <= 4,
			});
		}
		return rows;
	} finally {
		ours.remove();
		nothing.remove();
	}
}

function readings(file: string): number {
	try {
		return readFileSync(`${file}.log`, "utf8").split("\n").length - 1;
	} catch {
		return 0;
	}
}
