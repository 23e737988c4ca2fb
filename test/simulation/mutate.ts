import { readFileSync } from "node:fs";
import Module from "node:module";
import { join, sep } from "node:path";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import type { Verdict } from "./judge";
import { type Mutant, mutants } from "./mutants";

const root = join(__dirname, "..", "..");

type Load = (module: { _compile(code: string, file: string): void }, file: string) => void;
const loaders = (Module as unknown as { readonly _extensions: Record<string, Load> })._extensions;

/** The mutant's file as it would be with the bug in it. A text that is not there any more is red, not skipped. */
export function mutated({ name, file, text, instead }: Mutant): string {
	const source = readFileSync(join(root, "provider", file), "utf8");
	const parts = source.split(text);
	if (parts.length !== 2)
		throw new Error(`${name}: its text is ${parts.length - 1} times in provider/${file}, not once`);
	return parts.join(instead);
}

/** Loads the simulation, and the package with it, anew with this bug; null: as it is. */
function simulationWith(mutant: Mutant | null): typeof import("./run") {
	const mutantFile = mutant === null ? null : join(root, "provider", ...mutant.file.split("/"));
	const load = loaders[".ts"] as Load;
	loaders[".ts"] = (module, file) => {
		if (mutant === null || file !== mutantFile) return load(module, file);
		const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 };
		module._compile(transpileModule(mutated(mutant), { compilerOptions, fileName: file }).outputText, file);
	};
	for (const file of Object.keys(require.cache)) {
		if (file.startsWith(root) && !file.includes(`${sep}node_modules${sep}`)) delete require.cache[file];
	}
	try {
		return require("./run") as typeof import("./run");
	} finally {
		loaders[".ts"] = load;
	}
}

export interface Caught {
	readonly mutant: Mutant;
	/** Null: no story of these seeds caught it. */
	readonly by: { readonly seed: number; readonly verdict: Verdict; readonly runs: number } | null;
}

/** Plays stories of a mutant until one catches it. */
export async function hunt(mutant: Mutant, firstSeed: number, mostRuns: number, motif?: string): Promise<Caught> {
	const { drawn } = simulationWith(mutant);
	for (let seed = firstSeed; seed < firstSeed + mostRuns; seed++) {
		const [verdict] = await drawn(seed, motif);
		if (verdict !== undefined) return { mutant, by: { seed, verdict, runs: seed - firstSeed + 1 } };
	}
	return { mutant, by: null };
}

/** All mutants, one after the other; `pinned`: with the seed alone that is recorded for each. */
export async function huntAll(options: {
	readonly pinned: boolean;
	readonly firstSeed: number;
	readonly mostRuns: number;
	readonly print: (line: string) => void;
	/** Mutants of whose names this is a part. */
	readonly only?: string | undefined;
	/** Stories that begin with such a motif alone. */
	readonly motif?: string | undefined;
}): Promise<number> {
	let missed = 0;
	for (const mutant of mutants) {
		if (options.only !== undefined && !mutant.name.includes(options.only)) continue;
		if (options.pinned && mutant.seed === null) continue;
		const { by } =
			options.pinned && mutant.seed !== null
				? await hunt(mutant, mutant.seed, 1)
				: await hunt(mutant, options.firstSeed, options.mostRuns, options.motif);
		if (by === null) missed++;
		options.print(
			by === null
				? `| ${mutant.name} | not caught | | |`
				: `| ${mutant.name} | ${by.verdict.kind} | ${by.seed} | ${by.runs} |`,
		);
	}
	return missed;
}
