import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError } from "commander";
import { describe, expect, test, vi } from "vitest";
import { makeProgram } from "../../cli/program";
import { Simulator, type SimulatorOptions } from "../../provider/hosts/simulator";
import { readLedger } from "../../provider/ledger/ledger";
import { readPlace } from "../../provider/ledger/place";
import { runsIn } from "../../provider/ledger/runs";
import { ReplicationError } from "../../provider/model/replicationError";
import { temporaryFolder } from "../temporaryFolder";
import { run } from "./runCli";

const loader = join(__dirname, "../../node_modules/tsx/dist/loader.mjs");

/** For command lines that contact nothing: a process of its own costs a second. */
async function runHere(args: readonly string[]) {
	const printed = { out: "", err: "" };
	const into = (name: "out" | "err") => (text: string | Uint8Array) => {
		printed[name] += String(text);
		return true;
	};
	const spies = [
		vi.spyOn(process.stdout, "write").mockImplementation(into("out")),
		vi.spyOn(process.stderr, "write").mockImplementation(into("err")),
	];
	try {
		await makeProgram().parseAsync(["node", "pulumi-storage-replication", ...args]);
		return { ...printed, code: process.exitCode ?? 0 };
	} catch (error) {
		if (error instanceof CommanderError) return { ...printed, code: error.exitCode };
		if (error instanceof ReplicationError) return { ...printed, code: error.code };
		throw error;
	} finally {
		process.exitCode = undefined;
		for (const spy of spies) spy.mockRestore();
	}
}

/** Two sites whose minute is a second, and their hosts file. */
async function site(options: SimulatorOptions = {}) {
	const cwd = temporaryFolder("operation");
	const sites = await Simulator.create(join(cwd, "arrays.json"), { speed: 60, ...options });
	const host = { kind: "simulator", file: sites.file };
	const hosts = join(cwd, "hosts.json");
	writeFileSync(hosts, JSON.stringify({ east: host, west: host }));
	const argsOf = (args: readonly string[]) => [
		"operation",
		...args,
		...["--source", "east:Orders", "--target", "west:Orders-DR", "--hosts", hosts],
	];
	return {
		sites,
		in: (name: string) => join(cwd, name),
		args: (...args: readonly string[]) => argsOf(args),
		operation: (...args: readonly string[]) => run(argsOf(args), { node: ["--import", loader] }),
		operationHere: (...args: readonly string[]) => runHere(argsOf(args)),
		received: () => sites.calls().map(({ operation, method }) => operation ?? method),
	};
}

test("a dry run shows the plan and its token, asks for no reason, and sends nothing", async () => {
	const { sites, operation, received } = await site();
	await sites.array("east-array").lose();
	const { code, out } = await operation("10", "--lost", "source", "--dry-run");
	expect([code, received()]).toEqual([0, []]);
	expect(out).toMatch(/^1\. Failover \(10\) at west: .*\[dataLoss: .*writes of Orders\]\n/);
	expect(out).toMatch(/^needs approval: ([0-9a-f]{4}-){2}[0-9a-f]{4}$/m);
});

test("the warnings of a plan are in its text and in its JSON", async () => {
	const { operation } = await site();
	const given = ["Suspend", "--lost", "target", "--dry-run"];
	expect((await operation(...given)).out).toMatch(/^warning: .*cannot be read/m);
	const { out } = await operation(...given, "--json");
	expect(JSON.parse(out)).toMatchObject({ warnings: [expect.stringContaining("cannot be read")] });
});

test("with --json nothing is told meanwhile: the answer has it all", async () => {
	const { operation, in: inFolder } = await site();
	const done = await operation("Suspend", "--json", "--log", inFolder("log.jsonl"));
	expect([done.code, done.err]).toEqual([0, ""]);
	expect(JSON.parse(done.out)).toMatchObject({ stop: null });
});

test("what destroys writes is printed with its token, ends as an approval that is missing, and runs with it", async () => {
	const { sites, operation, received, in: inFolder } = await site();
	expect(await operation("Split")).toMatchObject({ code: 0, err: expect.stringContaining("answered 0, proved: ") });
	await sites.write("Orders-DR", 3);
	const asked = await operation("14", "--json");
	expect([asked.code, asked.err]).toEqual([1, expect.stringMatching(/^SR5001: .*\n$/)]);
	const { approval, stop } = JSON.parse(asked.out) as { approval: string; stop: object };
	expect(stop).toMatchObject({ code: "SR5001", remedy: expect.stringContaining(`--approve ${approval}`) });
	expect(received()).toEqual(["Split"]);
	const given = [
		"--approve",
		approval,
		"--reason",
		"CHG-4711",
		"--log",
		inFolder("log.jsonl"),
		"--journal",
		inFolder("ledger.jsonl"),
	];
	const done = await operation("ResyncReplica", ...given);
	expect(done.code, done.err).toBe(0);
	expect(done.out).toMatch(/^now: Synchronized$/m);
	expect(done.out, "the consent is there").not.toContain("needs approval");
	expect(received()).toEqual(["Split", "ResyncReplica"]);

	const lines = readFileSync(inFolder("log.jsonl"), "utf8").trimEnd().split("\n");
	expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
		{
			at: expect.stringMatching(/Z$/),
			who: expect.objectContaining({ actor: expect.any(String) }),
			reason: "CHG-4711",
			operation: "ResyncReplica",
			source: { host: "east", virtualDisk: "Orders", id: "6000100000000001" },
			target: { host: "west", virtualDisk: "Orders-DR", id: "6000200000000001" },
			digest: expect.stringMatching(/^[0-9a-f]{16}$/),
			before: "Split",
			after: "Synchronized",
			stop: null,
			durationMs: expect.any(Number),
		},
	]);
	expect(done.err).not.toContain('"digest"');
	const [kept] = runsIn(readLedger(readPlace(inFolder("ledger.jsonl"))).lines);
	expect(kept).toMatchObject({
		started: { wish: "operation ResyncReplica", why: "CHG-4711", consent: { by: "approval" }, generation: 0 },
		steps: [{ calls: [{ started: { number: 14 } }] }],
		ended: { stop: null },
	});
	expect(readFileSync(inFolder("ledger.jsonl"), "utf8")).not.toContain(approval);
});

test.each([
	["CHG-1", []],
	["CHG-2", ["--reason", "CHG-2"]],
] as const)(
	"the reason in the log is that in the ledger, that of the environment where none is given: %s",
	async (reason, given) => {
		const { operation, in: inFolder } = await site();
		vi.stubEnv("STORAGE_REPLICATION_REASON", "CHG-1");
		try {
			await operation("Suspend", "--log", inFolder("log.jsonl"), "--journal", inFolder("ledger.jsonl"), ...given);
		} finally {
			vi.unstubAllEnvs();
		}
		expect(JSON.parse(readFileSync(inFolder("log.jsonl"), "utf8"))).toMatchObject({ reason });
		const runs = runsIn(readLedger(readPlace(inFolder("ledger.jsonl"))).lines);
		expect(runs.map(({ started }) => started.why)).toEqual([reason]);
	},
);

test("a dry run knows what the ledger knows: after a restore that was killed its source is half a disk", async () => {
	const { sites, operation, in: inFolder } = await site();
	await operation("Split");
	await sites.addFault({ kind: "crash", effect: false, times: 1 });
	const journal = ["--journal", inFolder("ledger.jsonl")];
	const { out } = await operation("RestoreFromReplica", "--dry-run", "--json");
	const { approval = "" } = JSON.parse(out) as { approval?: string };
	const outside = ["--outside-pulumi", "--reason", "x"];
	const killed = await operation("RestoreFromReplica", ...outside, "--approve", approval, ...journal);
	expect(killed.code).toBe(null);
	expect((await operation("ResyncReplica", "--dry-run")).out).toContain("needs approval");
	expect((await operation("ResyncReplica", "--dry-run", ...journal)).out).toMatch(/^refused: SR1027: /);
});

test("without --log the line is told on standard error, also when the operation came to nothing", async () => {
	const { sites, operation } = await site();
	await sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
	const { code, err } = await operation("Suspend");
	expect(code).toBe(1);
	const told = err.split("\n").find((line) => line.startsWith("{")) ?? "null";
	expect(JSON.parse(told)).toMatchObject({
		operation: "Suspend",
		before: "Synchronized",
		after: "Synchronized",
		stop: "SR3001",
	});
	expect(err).toMatch(/SR3001: .*answered 5.*Sent, not proved: Suspend/);
});

test("a call that was cut off is in the log: it may have had its effect", async () => {
	const { sites, operation, in: inFolder } = await site();
	await sites.addFault({ kind: "cutOff", effect: true, times: 1 });
	await operation("Suspend", "--log", inFolder("log.jsonl"));
	expect(JSON.parse(readFileSync(inFolder("log.jsonl"), "utf8"))).toMatchObject({ operation: "Suspend" });
});

test("interrupted while what was sent goes on, it says so, in its ledger too, and does not wait for it", async () => {
	const { sites, args, in: inFolder } = await site();
	await sites.addFault({ kind: "late", ms: 3_600_000, times: 1 });
	// As Ctrl-C once the call was answered.
	const preload = inFolder("interrupt.cjs");
	const journal = inFolder("ledger.jsonl");
	writeFileSync(
		preload,
		`const fs = require("node:fs");
		const wait = setInterval(() => {
			if (!fs.existsSync(${JSON.stringify(journal)}) || !fs.readFileSync(${JSON.stringify(journal)}, "utf8").includes("callEnded")) return;
			clearInterval(wait);
			process.emit("SIGINT", "SIGINT");
		}, 100);
		wait.unref();`,
	);
	const { code, err } = await run(args("Suspend", "--journal", journal), {
		node: ["--import", loader, "--require", preload],
	});
	expect([code, err]).toEqual([1, expect.stringContaining("cancelled")]);
	const [kept] = runsIn(readLedger(readPlace(journal)).lines);
	expect(kept?.ended?.stop).toMatchObject({ code: expect.stringMatching(/^SR/) });
});

test.each(["10", "11", "20", "15"])("%s is not sent without --outside-pulumi and a reason", async (number) => {
	const { operationHere, received } = await site();
	for (const given of [[], ["--outside-pulumi"], ["--reason", "x"], ["--outside-pulumi", "--reason", " "]]) {
		const { code, out, err } = await operationHere(number, ...given);
		expect([code, out, err]).toEqual(["SR2022", "", ""]);
	}
	expect(received()).toEqual([]);
});

test("a member of a group is not steered alone: it is refused, and nothing is sent", async () => {
	const { operation, received } = await site({
		groups: [{ source: "Sales", target: "Sales-DR", members: ["Orders", "Ledger"] }],
	});
	expect(await operation("Detach")).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/^SR1029: /) });
	expect(received()).toEqual([]);
});

test("a log that cannot be written: nothing is contacted", async () => {
	const { operationHere, received, in: inFolder } = await site();
	expect(await operationHere("22", "--log", inFolder("nowhere/log.jsonl"))).toMatchObject({ code: "SR2010", out: "" });
	expect(received()).toEqual([]);
});

test.each([["24"], ["1"], ["Suspned"], ["22", "--kind", "mirrors"], ["22", "--timeout", "x"]])(
	"%s %s %s is no command line",
	async (...given) => {
		const { operationHere } = await site();
		expect(await operationHere(...given)).toMatchObject({
			code: 1,
			out: "",
			err: expect.stringMatching(/^error: .*\n$/),
		});
	},
);

test("a run that was killed with its call on the way is gone on from: the call is waited for, and not sent again", async () => {
	const { sites, operation, received, in: inFolder } = await site();
	await sites.addFault({ kind: "crash", effect: true, times: 1 });
	await sites.addFault({ kind: "late", ms: 4 * 60_000, times: 1 });
	const given = ["Failover", "--outside-pulumi", "--reason", "x", "--journal", inFolder("ledger.jsonl")];
	const { code } = await operation(...given);
	expect([code, received()]).toEqual([null, ["Failover"]]);
	expect(await operation(...given)).toMatchObject({ code: 1, err: expect.stringContaining("SR1040") });
	expect(received()).toEqual(["Failover"]);
});

describe("on groups", () => {
	const sales = { groups: [{ source: "Sales", target: "Sales-DR", members: ["Orders"] }] };
	const ofGroups = ["--source-group", "east:Sales", "--target-group", "west:Sales-DR"];

	test("each that only a group takes is planned, sent and proved; consistency, and pairs by name", async () => {
		const { sites, in: file } = await site({ ...sales, pairs: ["Orders", "Stock"].map(related) });
		const sent = async (...args: readonly string[]) => {
			const from = sites.calls().length;
			const asked = ["operation", ...args, ...ofGroups, "--hosts", file("hosts.json")];
			const { code, err } = await run(asked, { node: ["--import", loader] });
			expect(code, err).toBe(0);
			return sites
				.calls()
				.slice(from)
				.map(({ operation, disk }) => `${operation} ${disk}`);
		};
		expect(await sent("ActivateConsistency")).toEqual(["ActivateConsistency Sales"]);
		expect(await sent("6")).toEqual(["DeactivateConsistency Sales"]);
		expect(await sent("5", "--pair", "Stock=Stock-DR")).toEqual(["AddSyncPair Sales"]);
		expect(await sent("RemoveSyncPair", "--pair", "Orders=Orders-DR")).toEqual(["RemoveSyncPair Sales"]);
	});

	test.each([
		[["--source-group", "east:Sales"]],
		[["--source", "east:Orders", "--target-group", "west:Sales-DR"]],
		[["--source", "east:Orders", "--target", "west:Orders-DR", "--pair", "Stock=Stock-DR"]],
		[[...ofGroups, "--kind", "snapshot"]],
		[[]],
	])("%j is no relationship", async (args) => {
		expect((await runHere(["operation", "Suspend", ...args])).code).toBe("SR2010");
	});

	test("a pair is two names", async () => {
		expect((await runHere(["operation", "5", ...ofGroups, "--pair", "Stock"])).err).toContain("expected SOURCE=TARGET");
	});
});

const related = (source: string) => ({ source, target: `${source}-DR` });
