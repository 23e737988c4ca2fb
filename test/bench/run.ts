import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import type { Row } from "./measure";
import { measurePlanner } from "./planner";
import { measurePowerShell, measurePowerShellSwitchover } from "./powershell";
import { measurePulumi } from "./pulumi";
import { measureScale } from "./scale";

/** `npm run bench`: the promises that are about speed, measured against alternatives in the same run. */
async function main(): Promise<void> {
	const options = new Command("bench")
		.option("--relationships <count>", "in the Pulumi comparison", Number, 300)
		.option("--pairs <count>", "interleaved pairs of runs", Number, 7)
		.option("--only <part>", "planner, pulumi, powershell or scale")
		.option("--record", "write docs/benchmarks.md")
		.parse()
		.opts<{ relationships: number; pairs: number; only?: string; record?: boolean }>();
	const wanted = (part: string) => options.only === undefined || options.only === part;
	const rows: Row[] = [];
	const add = (more: readonly Row[]) => {
		for (const row of more)
			process.stdout.write(`${row.kept ? "kept  " : "BROKEN"}  ${row.promise}\n        ${row.measured}\n`);
		rows.push(...more);
	};
	if (wanted("planner")) add(measurePlanner());
	if (wanted("powershell")) add(await measurePowerShell([10, 100, 1_000], 5));
	if (wanted("pulumi")) add(await measurePulumi(options.relationships, options.pairs));
	if (wanted("scale")) {
		add(await measurePowerShellSwitchover([40, 160]));
		add(await measureScale([100, 300], [40, 80, 160], 3));
	}
	if (options.record) writeFileSync(join(__dirname, "..", "..", "docs", "benchmarks.md"), describeRows(rows));
	if (rows.some(({ kept }) => !kept)) process.exitCode = 1;
}

function describeRows(rows: readonly Row[]): string {
	const [cpu] = cpus();
	return [
		"# Benchmarks",
		"",
		"Measured by `npm run bench -- --record`: each figure against an alternative in the same run, as median and (lowest to",
		"highest). Ratios can be compared between machines, seconds cannot.",
		"",
		`Machine: ${cpus().length} cores, ${cpu?.model.trim() ?? "unknown processor"}, Node ${process.version}, ${process.platform}. Date: ${new Date().toISOString().slice(0, 10)}.`,
		"",
		"| promise | measured | kept |",
		"| --- | --- | --- |",
		...rows.map(({ promise, measured, kept }) => `| ${promise} | ${measured} | ${kept ? "yes" : "no"} |`),
		"",
		"The PowerShell figures run on a stand-in for Windows' CimCmdlets, which takes most of the time of each answer.",
		"",
	].join("\n");
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
