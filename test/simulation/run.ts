import { copyMotifs } from "./copyMotifs";
import { drawStory } from "./draw";
import { type Verdict, type VerdictKind, verdictKinds } from "./judge";
import { motifs } from "./motifs";
import { play } from "./play";
import { Reached } from "./reached";
import { shrink } from "./shrink";
import { describeMove, type Story } from "./story";

export interface Failure {
	readonly story: Story;
	readonly verdict: Verdict;
}

const brokeOff = "the story broke off: ";

/** Plays the stories of these seeds. A story that the judge cannot hear to its end is unexplained. */
export async function simulate(
	firstSeed: number,
	runs: number,
	onFailure: (failure: Failure) => Promise<boolean>,
	reached?: Reached,
	motif?: string,
): Promise<Record<VerdictKind, number>> {
	const counts: Record<VerdictKind, number> = { lost: 0, "sent twice": 0, ended: 0, stuck: 0, unexplained: 0 };
	for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
		const story = drawStory(seed, motif);
		const verdicts = await verdictsOf(story, reached);
		for (const kind of new Set(verdicts.map((verdict) => verdict.kind))) counts[kind]++;
		const [verdict] = verdicts;
		if (verdict !== undefined && !(await onFailure({ story, verdict }))) break;
	}
	return counts;
}

export async function verdictsOf(story: Story, reached?: Reached): Promise<readonly Verdict[]> {
	try {
		return (await play(story, reached)).verdicts;
	} catch (error) {
		return [{ kind: "unexplained", what: `${brokeOff}${error instanceof Error ? error.stack : String(error)}` }];
	}
}

/** What the story of a seed ends in. */
export function drawn(seed: number, motif?: string): Promise<readonly Verdict[]> {
	return verdictsOf(drawStory(seed, motif));
}

/** The seed, the shortest story that still ends so, and what happened in it. */
export async function describeFailure({ story, verdict }: Failure): Promise<string> {
	// A candidate may name what it left out: that it cannot be played is no shorter way to this verdict.
	const isSame = ({ kind, what }: Verdict) =>
		kind === verdict.kind && what.startsWith(brokeOff) === verdict.what.startsWith(brokeOff);
	const shortest = await shrink(story, async (candidate) => (await verdictsOf(candidate)).some(isSame));
	const { transcript } = await play(shortest).catch(() => ({ transcript: [] }));
	const found = (await verdictsOf(shortest)).filter(({ kind }) => kind === verdict.kind);
	return [
		`seed ${story.seed}: ${verdict.kind}: ${verdict.what}`,
		`world ${JSON.stringify(shortest.world)}`,
		...shortest.moves.map((move, index) => `${index + 1}. ${describeMove(move)}`),
		...transcript.map((line) => `| ${line}`),
		...found.map(({ kind, what }) => `=> ${kind}: ${what}`),
	].join("\n");
}

export function summary(runs: number, counts: Record<VerdictKind, number>): string {
	return [`${runs} runs`, ...verdictKinds.map((kind) => `${counts[kind]} ${kind}`)].join(", ");
}

async function main(argv: readonly string[]): Promise<number> {
	const option = (name: string, fallback: number) => {
		const at = argv.indexOf(`--${name}`);
		return at < 0 ? fallback : Number(argv[at + 1]);
	};
	const text = (name: string) => {
		const at = argv.indexOf(`--${name}`);
		return at < 0 ? undefined : argv[at + 1];
	};
	const motif = text("motif");
	const names = [...motifs, ...copyMotifs].map(({ name }) => name);
	if (motif !== undefined && !names.some((name) => name.includes(motif))) {
		console.error(`no motif is called so: ${motif}. There are:\n${names.join("\n")}`);
		return 2;
	}
	const [seed, runs, show] = [option("seed", 1), option("runs", 2_000), option("show", 3)];
	if (argv.includes("--mutants")) {
		// Loaded when it is asked for: it loads this file again for every mutant.
		const { huntAll } = require("./mutate") as typeof import("./mutate");
		console.log("| mutant | verdict | seed | runs |\n| --- | --- | --- | --- |");
		const pinned = argv.includes("--pinned");
		const print = (line: string) => console.log(line);
		const missed = await huntAll({ pinned, firstSeed: seed, mostRuns: runs, only: text("only"), motif, print });
		console.log(`${missed} not caught`);
		return missed > 0 ? 1 : 0;
	}
	const startedMs = Date.now();
	let shown = 0;
	const reached = new Reached();
	const heard = async (failure: Failure) => {
		if (shown++ < show) console.log(`${await describeFailure(failure)}\n`);
		else console.log(`seed ${failure.story.seed}: ${failure.verdict.kind}: ${failure.verdict.what.slice(0, 300)}`);
		return true;
	};
	const counts = await simulate(seed, runs, heard, reached, motif);
	if (argv.includes("--reached")) console.log(`${reached.lines().join("\n")}\n`);
	console.log(`${Math.round((Date.now() - startedMs) / 100) / 10} s`);
	console.log(summary(runs, counts));
	return Object.values(counts).some((count) => count > 0) ? 1 : 0;
}

if (require.main === module) {
	main(process.argv.slice(2)).then(
		(code) => {
			process.exitCode = code;
		},
		(error: unknown) => {
			console.error(error);
			process.exitCode = 2;
		},
	);
}
