import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { describeDuration, describeRun } from "../../cli/describeRun";
import { readLines } from "../../provider/ledger/readLines";
import { runsIn } from "../../provider/ledger/runs";
import { create } from "../../provider/lifecycle/create";
import { update } from "../../provider/lifecycle/update";
import { inputsFor, messageOf, session, sites, useSites } from "../lifecycle/session";
import { temporaryFolder } from "../temporaryFolder";
import { run } from "./runCli";

useSites();
let cwd = "";

/** `ledger.jsonl`: a run that finished, one that lacks consent, and one that was killed before its answer. */
async function write(): Promise<void> {
	cwd = temporaryFolder("history");
	const journal = join(cwd, "ledger.jsonl");
	const keeping = () => {
		const process = session();
		process.configure((key) => (key === "storageReplication:journal" ? journal : undefined));
		return process;
	};
	const { outs } = await create(session(), await inputsFor({}));
	const suspended = await update(
		keeping(),
		"id",
		outs,
		await inputsFor({ state: "suspended", reason: "CHG-4711" }, outs),
	);
	await sites.host("east").down();
	const wish = await inputsFor({ state: "failedOver", lost: "source" }, suspended.outs);
	await messageOf(update(keeping(), "id", suspended.outs, wish));
	const lines = readFileSync(journal, "utf8").trimEnd().split("\n");
	const killed = lines
		.slice(0, 2)
		.map((line) => line.replace(/"run":"[^"]+"/, '"run":"killed"').replaceAll('"east"', '"north"'));
	writeFileSync(journal, [...lines, ...killed, ""].join("\n"));
	writeFileSync(
		join(cwd, "spoiled.jsonl"),
		`${lines[0]}\n{"torn\n${lines[1]?.replace('"version":1', '"version":2')}\n${lines[3]}\n`,
	);
	writeFileSync(
		join(cwd, "wrong.jsonl"),
		`${lines.slice(0, 5).join("\n").replace('"returnCode":0', '"returnCode":"0"')}\n`,
	);
	const told = lines.slice(0, 5).join("\n");
	writeFileSync(
		join(cwd, "kinds.jsonl"),
		[told, ofRun("copied", told, "Snapshot"), ofRun("old", told, null), ""].join("\n"),
	);
	writeFileSync(join(cwd, "rest.jsonl"), `${lines.slice(1).join("\n")}\n`);
	writeFileSync(join(cwd, "empty.jsonl"), "");
	mkdirSync(join(cwd, "folder"));
	writeFileSync(join(cwd, "folder", "2026-01-01T000000.000Z-00000000.jsonl"), `${lines.slice(0, 5).join("\n")}\n`);
	const stack = (inputs: object) =>
		JSON.stringify({ deployment: { resources: [{ type: "pulumi:providers:pulumi-nodejs", inputs }] } });
	writeFileSync(join(cwd, "stack.json"), stack({ "storageReplication:journal": "folder" }));
	writeFileSync(join(cwd, "no-ledger.json"), stack({}));
}

/** The same run as another one, of another kind; null: as a release wrote it that told none. */
function ofRun(run: string, lines: string, kind: string | null): string {
	const told = kind === null ? "" : `"relationship":"${kind}",`;
	return lines.replaceAll(/"run":"[^"]+"/g, `"run":"${run}"`).replace('"relationship":"Mirror",', told);
}

/** The ledger is written by real runs, once: they need sites, which every test of the file makes. */
let written: Promise<void> | undefined;
beforeEach(() => {
	written ??= write();
	return written;
});

const history = (...args: string[]) => run(["history", ...args], { cwd });

describe("history", () => {
	test("tells each run, newest last: when, who, why, the calls, the end, whether data is safe", async () => {
		const { code, out, err } = await history("--journal", "ledger.jsonl");
		expect([code, err]).toEqual([0, ""]);
		const runs = out.split("\n\n");
		expect(runs[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}orders \(program, dev\)\n/);
		expect(runs[0]).toMatch(/wish +suspended; seen before: Synchronized\n/);
		expect(runs[0]).toMatch(/ends +Orders at east, Orders-DR at west\n/);
		expect(runs[0]).toMatch(/who +\S.*\n/);
		expect(runs[0]).toMatch(/why +CHG-4711\n/);
		expect(runs[0]).toMatch(
			/1\/1 +Suspend \(22\) of Orders at east: answered 0 after \d+\.\d s, Suspended after \d+\.\d s\n/,
		);
		expect(runs[0]).toMatch(/ended +finished after \d+\.\d s; last seen: Suspended\n/);
		expect(runs[0]).toMatch(/data safe +yes, nothing that was sent destroys writes\./);
		const later = runs.slice(1).join("\n\n");
		expect(later).toMatch(/ended +stopped with SR5001/);
		expect(later).toMatch(/not tried +Failover \(10\) at west/);
		expect(later).toMatch(/consent +missing: it destroys writes/);
	});

	test("of a run without an end says so, with its last call", async () => {
		const { out } = await history("--journal", "ledger.jsonl", "--host", "north");
		expect(out).toMatch(/^\S+ {2}orders/);
		expect(out).toMatch(/1\/1 +Suspend \(22\) of Orders at north: no answer known\n/);
		expect(out).toMatch(
			/ended +did not end: killed, or still running\. Its last call: \S+Z Suspend \(22\) of Orders at north\.\n$/,
		);
	});

	test.each([
		["of a host", ["--host", "west"], 3],
		["of a host that has none", ["--host", "south"], 0],
		["of a pair", ["--source", "east:orders", "--target", "west:Orders-DR"], 2],
		["of a pair declared the other way round", ["--source", "west:Orders-DR", "--target", "east:Orders"], 2],
		["of a pair by ids", ["--source", "east:6000100000000001", "--target", "west:6000200000000001"], 2],
		["of another pair", ["--source", "east:Orders", "--target", "west:Other"], 0],
	])("--json %s", async (_, args, count) => {
		const { code, out } = await history("--journal", "ledger.jsonl", "--json", ...args);
		const runs = out.split("\n").filter((line) => line !== "");
		expect([code, runs.length]).toEqual([0, count]);
		for (const line of runs) expect(JSON.parse(line)).toMatchObject({ started: { wish: expect.any(String) } });
	});

	test.each([
		["all that are between them", [], 3, 1],
		["the mirror, which older releases did not tell", ["--kind", "mirror"], 2, 0],
		["a copy of the same two disks", ["--kind", "snapshot"], 1, 1],
		["one that there is not", ["--kind", "clone"], 0, 0],
	])("of two disks tells %s", async (_, args, count, copies) => {
		const ends = ["--source", "east:Orders", "--target", "west:Orders-DR"];
		const { code, out, err } = await history("--journal", "kinds.jsonl", ...ends, ...args);
		expect([code, err]).toEqual([0, ""]);
		expect(out.match(/^\S+Z {2}orders/gm) ?? []).toHaveLength(count);
		expect(out.match(/ends +Orders at east, Orders-DR at west \(Snapshot\)$/gm) ?? []).toHaveLength(copies);
	});

	test("finds the ledger of a stack by what its last up stored", async () => {
		const { code, out } = await history("--stack", "stack.json");
		expect(code).toBe(0);
		expect(out).toMatch(/why +CHG-4711/);
	});

	test("names lines that it cannot read by file and number, and shows the rest", async () => {
		const { code, out, err } = await history("--journal", "spoiled.jsonl");
		expect(err).toMatch(/^spoiled\.jsonl:2: left out, not JSON\n1 lines left out: a newer release wrote them\n$/);
		expect(out).toMatch(/1\/1 +waited, Suspended after/);
		expect(code).toBe(2);
		const wrong = await history("--journal", "wrong.jsonl");
		expect(wrong.err).toMatch(/^wrong\.jsonl:3: left out, answer\.returnCode: /);
		expect(wrong.out).toMatch(/no answer known/);
		const rest = await history("--journal", "rest.jsonl");
		expect(rest.err).toMatch(/^4 lines left out: of runs whose first line is not there\n$/);
		expect(rest.code).toBe(0);
	});

	test.each([
		[0, "an empty ledger", ["--journal", "empty.jsonl"], /^no runs\n$/],
		[2, "no ledger at all", [], /--journal, or --stack/],
		[2, "one that is not there", ["--journal", "nowhere.jsonl"], /SR2010.*nowhere\.jsonl.*does not exist/],
		[2, "one that cannot be looked at", ["--journal", `${"x".repeat(300)}.jsonl`], /SR2010.*(ENAMETOOLONG|ENOENT)/],
		[2, "a name that does not say what it is", ["--journal", "nowhere"], /SR2007.*does not tell/],
		[2, "a stack without one", ["--stack", "no-ledger.json"], /SR2010.*no ledger is in it; give --journal/],
		[2, "a kind of nothing", ["--journal", "ledger.jsonl", "--kind", "clone"], /--source and --target, or --host/],
		[2, "half a pair", ["--journal", "ledger.jsonl", "--source", "east:Orders"], /--source and --target, or --host/],
	] as const)("exit code %i for %s", async (expected, _, args, told) => {
		const { code, out, err } = await history(...args);
		expect([code, out + err]).toEqual([expected, expect.stringMatching(told)]);
	});

	test("fits 80 columns, but for words that are longer", async () => {
		const runs = runsIn(readLines(readFileSync(join(cwd, "ledger.jsonl"), "utf8")).lines);
		expect(runs.length).toBe(3);
		for (const each of runs) {
			for (const line of describeRun(each, runs[0], 80).split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
		}
	});
});

test.each([
	[400, "0.4 s"],
	[59_960, "1 min 0 s"],
	[250_400, "4 min 10 s"],
	[3_900_000, "1 h 5 min"],
])("%i ms are %s", (ms, told) => {
	expect(describeDuration(ms)).toBe(told);
});
