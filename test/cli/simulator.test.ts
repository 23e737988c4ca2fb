import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError } from "commander";
import { describe, expect, test, vi } from "vitest";
import { everyCommand, makeProgram } from "../../cli/program";
import { connectSimulator, Simulator } from "../../provider/hosts/simulator";
import { describeError, ReplicationError } from "../../provider/model/replicationError";
import { temporaryFolder } from "../temporaryFolder";
import { run } from "./runCli";

/** A folder with a file of two related pairs, and the command line there: as a process, and in this one. */
async function folder() {
	const cwd = temporaryFolder("cli-simulator");
	const file = join(cwd, "arrays.json");
	await Simulator.create(file);
	const simulator = (...args: string[]) => run(["simulator", ...args], { cwd });
	return { file, simulator, here: (...args: string[]) => runHere(["simulator", ...args, "--file", file]) };
}

/** A process takes a second on a busy machine; what main makes of the two kinds of errors is tested with processes. */
async function runHere(args: readonly string[]) {
	const parts = { out: "", err: "" };
	const program = makeProgram();
	for (const command of everyCommand(program)) command.configureOutput({ writeErr: (piece) => (parts.err += piece) });
	const write = vi.spyOn(process.stdout, "write").mockImplementation((piece) => {
		parts.out += piece;
		return true;
	});
	try {
		await program.parseAsync(args, { from: "user" });
		return { code: 0, ...parts };
	} catch (error) {
		if (error instanceof CommanderError) return { code: 2, ...parts };
		if (!(error instanceof ReplicationError)) throw error;
		expect(error.code).toBe("SR2010");
		return { code: 2, ...parts, err: describeError(error.facts) };
	} finally {
		write.mockRestore();
	}
}

describe("what nobody can do to the file", () => {
	test.each<[string, readonly string[], RegExp]>([
		["no factor", ["fault", "slow", "0"], /above 0/],
		["a word for a factor", ["fault", "slow", "abc"], /above 0/],
		["more than a clock can show", ["fault", "slow", "1e300"], /above 0/],
		["an unknown fate", ["fault", "job", "explode"], /stuck, failed, vanished/],
		["no calls", ["fault", "cut-off", "--times", "0"], /1 or more/],
		["no code", ["fault", "return-code", "-1"], /unknown option|whole number/],
		["a code that is no number", ["fault", "return-code", "busy"], /whole number/],
		["more writes than can be counted", ["write", "Orders", "99999999999999999999"], /whole number/],
		["more writes than are left", ["write", "Orders", "9007199254740991"], /lastWrite/],
		["no writes", ["write", "Orders", "0"], /1 or more/],
		["time that never comes", ["advance", "9999999999h"], /10s, 5m or 2h/],
		["a day", ["advance", "1d"], /10s, 5m or 2h/],
		["an unknown health", ["fault", "health", "Orders", "ill"], /healthy, unhealthy/],
		["a duration without a unit", ["fault", "hidden", "Orders", "5"], /10s, 5m or 2h/],
		["an unknown state", ["fault", "contradict", "east", "Orders", "--copy-state", "Fine"], /Synchronized/],
		["an unknown way to tell the lag", ["traits", "Orders", "--lag-by", "guess"], /syncTime/],
		["neither yes nor no", ["traits", "Orders", "--reports-mode", "maybe"], /yes or no/],
		["no name", ["rename", "Orders", ""], /name/],
		["no numbers", ["copies", "east-array", "Clone", "--features", "18,,27"], /whole number/],
		["no kind of copy", ["copies", "east-array", "Mirror"], /Snapshot, Clone/],
		["a host that is not there", ["fault", "host-down", "wst"], /"wst".*east, west, simulator/],
		["the host of a contradiction", ["fault", "contradict", "wst", "Orders"], /"wst".*east, west/],
		["an array that is not there", ["fault", "array-lost", "east"], /"east".*east-array, west-array/],
		["half a link", ["fault", "link-down", "east-array", "west"], /"west".*east-array, west-array/],
		["a link to itself", ["fault", "link-down", "east-array", "east-array"], /two arrays/],
		...(
			[
				["write", "Oders"],
				["fault", "stale-cache", "Oders"],
				["fault", "writable", "Oders"],
				["fault", "role-change", "Oders"],
				["fault", "removal", "Oders"],
				["fault", "read-only", "Oders"],
				["fault", "read-write", "Oders"],
				["fault", "health", "Oders", "detached"],
				["fault", "hidden", "Oders", "5s"],
				["fault", "pending", "Oders", "5s"],
				["fault", "forget", "Oders"],
				["fault", "repair-job", "Oders"],
				["fault", "contradict", "east", "Oders"],
				["traits", "Oders", "--lag-by", "none"],
				["rename", "Oders", "Books"],
				["unique-id", "Oders", "eui.1"],
			] as const
		).map((args): [string, readonly string[], RegExp] => [
			`a disk that is not there: ${args.slice(0, -1).join(" ")}`,
			args,
			/"Oders".*Orders, Orders-DR, Ledger, Ledger-DR/,
		]),
	])("%s: one line that says what there is, exit 2, and the file as it was", async (_, args, message) => {
		const { file, here } = await folder();
		const before = readFileSync(file, "utf8");
		const { code, out, err } = await here(...args);
		expect([code, out], err).toEqual([2, ""]);
		expect(err.replace(/\s*\n\s*/g, " ")).toMatch(message);
		expect(readFileSync(file, "utf8")).toBe(before);
	});

	test.each([
		[["fault", "slow", "abc"], /^error: .*above 0/],
		[["fault", "job", "explode"], /^error: .*stuck, failed, vanished/],
		[["fault", "host-down", "wst"], /^SR2010: there is no host "wst".*east, west, simulator/],
	] as const)("%j as a process: one line, exit 2", async (args, message) => {
		const { simulator } = await folder();
		const { code, out, err } = await simulator(...args);
		expect([code, out]).toEqual([2, ""]);
		expect(err).toMatch(message);
		expect(err.trim().split("\n")).toHaveLength(1);
	});

	test("a disk in no relationship says which are in one", async () => {
		const { file, here } = await folder();
		await Simulator.create(file, {
			force: true,
			pairs: [
				{ source: "Orders", target: "Orders-DR" },
				{ source: "Ledger", target: "Ledger-DR", related: false },
			],
		});
		const { code, err } = await here("fault", "role-change", "Ledger");
		expect([code, err]).toEqual([2, expect.stringMatching(/Ledger is in no relationship[\s\S]*Orders, Orders-DR\./)]);
	});

	test("a name of two disks says which they are", async () => {
		const { here } = await folder();
		await here("rename", "Ledger", "Orders");
		const { code, err } = await here("write", "Orders");
		expect([code, err]).toEqual([2, expect.stringMatching(/2 disks[\s\S]*6000100000000001 [\s\S]*6000100000000002/)]);
		expect((await here("write", "6000100000000002")).code).toBe(0);
	});
});

describe("every command does what it says", () => {
	test.each<[readonly string[], (world: ReturnType<Simulator["look"]>) => unknown, unknown]>([
		[["fault", "host-down", "west"], ({ faults }) => faults, [{ kind: "hostDown", host: "west" }]],
		[["fault", "host-down", "simulator"], ({ faults }) => faults, [{ kind: "hostDown", host: "simulator" }]],
		[["fault", "array-lost", "east-array"], ({ faults }) => faults, [{ kind: "arrayLost", array: "east-array" }]],
		[
			["fault", "link-down", "east-array", "west-array"],
			({ faults }) => faults,
			[{ kind: "linkDown", arrays: ["east-array", "west-array"] }],
		],
		[["fault", "slow", "0.5"], ({ faults }) => faults, [{ kind: "slow", factor: 0.5 }]],
		[["fault", "job", "stuck", "--times", "2"], ({ faults }) => faults, [{ kind: "job", fate: "stuck", times: 2 }]],
		[
			["fault", "return-code", "40003", "--effect"],
			({ faults }) => faults,
			[{ kind: "returnCode", code: 40003, effect: true, times: 1 }],
		],
		[["fault", "cut-off"], ({ faults }) => faults, [{ kind: "cutOff", effect: false, times: 1 }]],
		[["fault", "crash", "--effect"], ({ faults }) => faults, [{ kind: "crash", effect: true, times: 1 }]],
		[["fault", "partial", "1", "--times", "2"], ({ faults }) => faults, [{ kind: "partial", members: 1, times: 2 }]],
		[["fault", "late", "5m"], ({ faults }) => faults, [{ kind: "late", ms: 300_000, times: 1 }]],
		[["fault", "stale-cache", "Orders"], ({ faults }) => faults, [{ kind: "staleCache", disk: "6000100000000001" }]],
		[
			["fault", "cold-cache", "west", "--relationships"],
			({ faults }) => faults,
			[{ kind: "coldCache", host: "west", hides: "relationships" }],
		],
		[
			["fault", "subsystem-error", "west-array", "--unnamed"],
			({ faults }) => faults,
			[{ kind: "subsystemError", array: "west-array", named: false }],
		],
		[
			["fault", "stale-state", "Orders", "--copy-state", "Suspended"],
			({ faults }) => faults,
			["east", "west", "simulator"].map((host) =>
				expect.objectContaining({ kind: "contradict", host, copyState: 9, untilDiscover: true, untilMs: null }),
			),
		],
		[
			["fault", "contradict", "west", "Orders", "--copy-state", "Suspended", "--for", "5m"],
			({ faults }) => faults,
			[expect.objectContaining({ kind: "contradict", host: "west", copyState: 9, untilDiscover: false })],
		],
		[
			["fault", "health", "Orders-DR", "no-contact"],
			({ faults }) => faults,
			[{ kind: "health", disk: "6000200000000001", ailment: "no-contact" }],
		],
		[["fault", "writable", "Orders-DR"], ({ faults }) => faults, [{ kind: "writable", disk: "6000200000000001" }]],
		[["fault", "hidden", "Orders", "2h"], ({ relationships: [one] }) => one?.hiddenUntilMs !== null, true],
		[["fault", "pending", "Orders", "2h"], ({ relationships: [one] }) => one?.shown?.progressStatus, 20],
		[["fault", "repair-job", "Orders"], ({ jobs }) => jobs.map(({ state }) => state), [4]],
		[["fault", "forget", "Orders"], ({ relationships: [one] }) => one?.forgottenBy, "6000100000000001"],
		[
			["fault", "contradict", "west", "Orders", "--reversed"],
			({ faults }) => faults,
			[expect.objectContaining({ source: "6000200000000001", copyState: 4, untilDiscover: true })],
		],
		[["fault", "removal", "Orders"], ({ relationships }) => relationships.length, 1],
		[["fault", "role-change", "Orders"], ({ relationships: [one] }) => one?.source, "6000200000000001"],
		[["fault", "read-only", "Orders"], ({ disks: [one] }) => one?.readOnly, true],
		[["write", "Orders", "5"], ({ lastWrite }) => lastWrite, 25],
		[
			["traits", "Orders", "--lag-by", "syncTime", "--sync-time-age", "4s", "--reports-mode", "no"],
			({ relationships: [one] }) => one?.traits,
			{ lagBy: "syncTime", syncTimeAgeMs: 4_000, reportsMode: false },
		],
		[
			[
				"copies",
				"east-array",
				"Clone",
				"--features",
				"18,27",
				"--after-restore",
				"Broken",
				"--reports-sync-time",
				"no",
			],
			({ arrays: [east] }) => east?.copies,
			{ Clone: { features: [18, 27], afterRestore: "Broken", reportsSyncTime: false } },
		],
		[
			["copies", "east-array", "Snapshot", "--halted-vanishes", "yes"],
			({ arrays: [east] }) => east?.copies?.Snapshot,
			{ haltedVanishes: true },
		],
		[["rename", "Orders", "Books"], ({ disks: [one] }) => one?.name, "Books"],
		[["unique-id", "Orders", ""], ({ disks: [one] }) => one?.reports?.uniqueId, ""],
	])("%j", async (args, what, expected) => {
		const { file, here } = await folder();
		const { code, out, err } = await here(...args);
		expect([code, err, out.trim().split("\n").length]).toEqual([0, "", 1]);
		expect(what(Simulator.open(file).look())).toEqual(expected);
		expect((await here("show")).code, "it can be read again").toBe(0);
	});

	test("fault clear ends them, read-write and healthy take one back", async () => {
		const { file, here } = await folder();
		for (const args of [
			["host-down", "west"],
			["health", "Orders", "unhealthy"],
			["read-only", "Orders"],
		] as const)
			expect((await here("fault", ...args)).code).toBe(0);
		await here("fault", "health", "Orders", "healthy");
		await here("fault", "read-write", "Orders");
		const { disks, faults } = Simulator.open(file).look();
		expect([disks[0]?.readOnly, faults]).toEqual([false, [{ kind: "hostDown", host: "west" }]]);
		await here("fault", "clear");
		expect(Simulator.open(file).look().faults).toEqual([]);
	});

	test("init --copies makes a snapshot and a clone of each source; each is written to, shown, and has no roles", async () => {
		const { file, here } = await folder();
		expect((await here("init", "--force", "--related", "--copies")).out).toContain("4 copies");
		await here("write", "Orders-Snapshot", "3");
		const { out } = await here("show");
		expect(out).toMatch(/Orders-Snapshot +east-array +\S+ +13 +yes/);
		expect(out).toMatch(/Orders -> Orders-Clone +Synchronized +Completed +Clone of 1970-01-01T00:00:00.000Z/);
		expect(Simulator.open(file).pointInTime("Orders-Snapshot")).toMatchObject({ own: 3 });
		expect((await here("fault", "role-change", "Orders-Snapshot")).err).toMatch(/a copy has no roles/);
		await here("fault", "role-change", "Orders");
		const { relationships } = Simulator.open(file).look();
		expect(relationships.map(({ target }) => target).slice(0, 1)).toEqual(["6000100000000001"]);
		await here("fault", "removal", "Orders-Clone");
		expect(Simulator.open(file).look().relationships).toHaveLength(5);
	});

	test("init --groups makes groups, related where their pairs are; show tells them and a group's calls", async () => {
		const { file, here } = await folder();
		await here("init", "--force", "--groups");
		expect((await here("show")).out).toMatch(
			/Sales-DR +west-array +Orders-DR, Ledger-DR\n\nrelationship of groups: none/,
		);
		expect((await here("init", "--force", "--groups", "--related")).out).toContain("groups Sales and Sales-DR");
		await here("fault", "partial", "1");
		const host = connectSimulator({ name: "management", file });
		const [link] = (await host.observe()).groupRelationships ?? [];
		const { groupObjectId = "", peerUniqueId = "" } = link ?? {};
		await host.groups?.setRelationship({ operation: 22, groupObjectId, peerUniqueId, madePeer: null, syncPairs: [] });
		await here("advance", "5s");
		expect((await here("show")).out).toMatch(/Sales -> Sales-DR +Mixed +2 +no/);
		expect((await here("show", "--calls")).out).toMatch(/Suspend of the group +Sales +0 +yes/);
	});

	test("show names disks in faults and says which relationship is half removed", async () => {
		const { here } = await folder();
		await here("fault", "writable", "Orders-DR");
		await here("fault", "forget", "Ledger");
		const { out } = await here("show");
		expect(out).toContain('fault: {"kind":"writable","disk":"Orders-DR"}');
		expect(out).toContain("half removed: east-array lists Ledger -> Ledger-DR no more");
	});
});

describe("exit codes of the simulator", () => {
	test("0: done, and init makes what the examples of the help go on with", async () => {
		const cwd = temporaryFolder("cli-simulator");
		for (const args of [["init"], ["write", "Orders", "5"], ["fault", "array-lost", "east-array"], ["show", "--calls"]])
			expect(await run(["simulator", ...args], { cwd })).toMatchObject({ code: 0, err: "" });
	});

	test.each<[string, (file: string) => void, readonly string[], RegExp]>([
		["missing", () => {}, ["write", "Orders", "--file", "nowhere.json"], /SR6001.*simulator init/],
		["malformed", (file) => writeFileSync(file, "{"), ["show"], /SR6001/],
		["locked", (file) => writeFileSync(`${file}.lock`, String(process.pid)), ["write", "Orders"], /SR6002/],
		// A folder that nobody may write to, an administrator included: a file stands in its place.
		["not writable", () => {}, ["init", "--file", "arrays.json/inside.json"], /SR6001.*folder/],
	])("1: the file is %s", async (_, spoil, args, message) => {
		const { file, simulator } = await folder();
		spoil(file);
		const { code, err } = await simulator(...args);
		expect([code, err]).toEqual([1, expect.stringMatching(message)]);
		expect(err.trim().split("\n")).toHaveLength(1);
	});

	test("2: a file that exists is not replaced without --force", async () => {
		const { simulator } = await folder();
		expect(await simulator("init")).toMatchObject({ code: 2, err: expect.stringMatching(/--force/) });
		expect(await simulator("init", "--force")).toMatchObject({ code: 0 });
	});
});

test("every text calls the command by a name that is ours", () => {
	const own = makeProgram().commands.find((command) => command.name() === "simulator");
	if (own === undefined) throw new Error("no command simulator");
	for (const command of everyCommand(own)) {
		let text = "";
		command.configureOutput({ writeOut: (piece) => (text += piece) }).outputHelp();
		expect(text).not.toMatch(/(?<!pulumi-)storage-replication/);
	}
	expect(readFileSync(join(__dirname, "../../docs/simulator.md"), "utf8")).not.toMatch(
		/(?<![\w/.-])storage-replication/,
	);
});

test("the documented snippet works a second time", async () => {
	const text = readFileSync(join(__dirname, "../../docs/simulator.md"), "utf8");
	const snippet = /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
	const cwd = temporaryFolder("snippet");
	const simulator = join(__dirname, "../../provider/hosts/simulator/index.ts");
	const script = join(cwd, "snippet.cts");
	const statements = snippet.replace(/^import .*$/m, "");
	expect(statements).toContain("Simulator.create");
	const required = `const { Simulator } = require(${JSON.stringify(simulator)});`;
	writeFileSync(script, `${required}\n(async () => {${statements}})();\n`);
	const tsx = join(__dirname, "../../node_modules/tsx/dist/cjs/index.cjs");
	for (const time of ["first", "second"]) {
		const { status, stdout, stderr } = spawnSync(process.execPath, ["--require", tsx, script], {
			cwd,
			encoding: "utf8",
		});
		expect([status, stderr], time).toEqual([0, ""]);
		expect(stdout).toContain("[]");
	}
	expect(existsSync(join(cwd, "arrays.json"))).toBe(true);
});
