import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Simulator } from "../../provider/hosts/simulator";
import { type Engine, ensureEngine } from "../../scripts/engine";
import { installPackage } from "../../scripts/installedPackage";
import { mustSucceed, PulumiProject, simulatedHosts } from "../../scripts/pulumiProject";
import { baselineProgram, ourProgram } from "./baseline";
import { describeSpread, type Row, type Spread, secondsOf, spreadOf } from "./measure";

const adoptionRatio = 1.15;
const switchoverRatio = 1.5;

/** What the arrays were asked: contacts, and rows that they answered with. */
interface Asked {
	readonly contacts: number;
	readonly rows: number;
}

interface Measured extends Asked {
	readonly count: number;
	readonly ratio: Spread;
}

/** How what an estate costs grows with it: its adoption, and all of it switched over, against a provider that does nothing. */
export async function measureScale(
	adopted: readonly number[],
	switched: readonly number[],
	pairs: number,
): Promise<Row[]> {
	const engine = await ensureEngine();
	const adoptions: Measured[] = [];
	for (const count of adopted) adoptions.push(await measure(engine, count, pairs, "adoption"));
	const switchovers: Measured[] = [];
	for (const count of switched) switchovers.push(await measure(engine, count, pairs, "switch-over"));
	return [
		...adoptions.map(({ count, ratio, contacts }) => ({
			promise: `first up of ${count}: at most ${adoptionRatio} × a provider that does nothing`,
			measured: `${describeSpread(ratio)} ×, ${pairs} pairs, ${contacts} contacts`,
			kept: ratio.median <= adoptionRatio,
		})),
		growth("first up: contacts do not grow with relationships", adoptions, ({ contacts }) => contacts, 0),
		...switchovers.map(({ count, ratio, contacts, rows }) => ({
			promise: `switching ${count} over: at most ${switchoverRatio} × a provider whose update does nothing`,
			measured: `${describeSpread(ratio)} ×, ${pairs} pairs, ${contacts} contacts, ${rows} rows`,
			kept: ratio.median <= switchoverRatio,
		})),
		growth("switching over: rows grow with relationships, not with their square", switchovers, ({ rows }) => rows, 1),
	];
}

/** Kept where a figure grows by no more than this power of the count; a tenth is left to chance. */
function growth(promise: string, all: readonly Measured[], of: (each: Measured) => number, power: number): Row {
	const [first, last] = [all[0], all.at(-1)];
	if (first === undefined || last === undefined) return { promise, measured: "not measured", kept: false };
	return {
		promise,
		measured: all.map((each) => `${of(each)} for ${each.count}`).join(", "),
		kept: of(last) <= of(first) * (last.count / first.count) ** power * 1.1,
	};
}

async function measure(
	engine: Engine,
	count: number,
	pairs: number,
	what: "adoption" | "switch-over",
): Promise<Measured> {
	const ratios: number[] = [];
	let asked: Asked = { contacts: 0, rows: 0 };
	for (let pair = 0; pair < pairs; pair++) {
		const ours = await Estate.create(engine, count, ourProgram);
		const nothing = await Estate.create(engine, count, baselineProgram);
		try {
			if (what === "switch-over") for (const estate of [ours, nothing]) await estate.up("active");
			const state = what === "adoption" ? "active" : "reversed";
			const before = ours.asked();
			const our = await secondsOf(() => ours.up(state));
			const after = ours.asked();
			asked = { contacts: after.contacts - before.contacts, rows: after.rows - before.rows };
			ratios.push(our / (await secondsOf(() => nothing.up(state))));
		} finally {
			for (const estate of [ours, nothing]) estate.project.remove();
		}
	}
	return { count, ratio: spreadOf(ratios), ...asked };
}

/** So many pairs, and a project that declares them. */
class Estate {
	private constructor(
		readonly project: PulumiProject,
		private readonly file: string,
		private readonly programFor: (state: string) => string,
	) {}

	static async create(
		engine: Engine,
		count: number,
		programFor: (count: number, state: string) => string,
	): Promise<Estate> {
		const project = await PulumiProject.create(installPackage(), engine, { program: programFor(count, "active") });
		const file = join(project.folder, "arrays.json");
		const pairs = Array.from({ length: count }, (_, index) => ({
			source: `Disk-${index + 1}`,
			target: `Disk-${index + 1}-DR`,
		}));
		await Simulator.create(file, { pairs, speed: 1_000 });
		await project.configure(simulatedHosts(["east", "west"], file));
		return new Estate(project, file, (state) => programFor(count, state));
	}

	async up(state: string): Promise<void> {
		this.project.write(this.programFor(state));
		mustSucceed(await this.project.up());
	}

	/** Readings beside the arrays' file, and calls in it. */
	asked(): Asked {
		let lines: string[] = [];
		try {
			lines = readFileSync(`${this.file}.log`, "utf8").trimEnd().split("\n");
		} catch {
			// Nobody has asked for anything yet.
		}
		const rows = lines.map((line) => (JSON.parse(line) as { rows?: number }).rows ?? 0);
		const { calls } = JSON.parse(readFileSync(this.file, "utf8")) as { calls: unknown[] };
		return { contacts: lines.length + calls.length, rows: rows.reduce((sum, each) => sum + each, 0) };
	}
}
