import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { describe, expect, test } from "vitest";
import { connectSimulator, Simulator } from "../../../provider/hosts/simulator";
import { temporaryFolder } from "../../temporaryFolder";
import { runFixture } from "./runFixture";

const newFile = () => join(temporaryFolder("world"), "arrays.json");

describe("the simulator's file", () => {
	test("eight processes at once lose nothing, though others died holding the lock, or breaking one", async () => {
		const file = newFile();
		const sites = await Simulator.create(file);
		const before = sites.look().lastWrite;
		const ran = await Promise.all(Array.from({ length: 8 }, () => runFixture("strewingWriter.ts", file, "100")));
		expect(ran.map(({ code }) => code)).toEqual(Array(8).fill(0));
		const left = ran.reduce((sum, { out }) => sum + Number(out), 0);
		expect(left, "there were locks to be broken").toBeGreaterThan(100);
		expect(sites.look().lastWrite - before).toBe(8 * 100);
	});

	test("survives a power failure between any two changes of a file: it is the world before one, or after it", async () => {
		// Some forty processes: of one file each starts in a tenth of the time.
		const folder = temporaryFolder("power");
		const program = join(folder, "writeAndSuspend.cjs");
		const told = join(folder, "loss.json");
		buildSync({
			entryPoints: [join(__dirname, "fixtures", "writeAndSuspend.ts")],
			outfile: program,
			bundle: true,
			platform: "node",
		});
		const loss = ["--require", join(__dirname, "..", "..", "powerLoss.cjs")];
		const env = { ...process.env, POWER_LOSS: told };
		const ended: (string | null)[] = [];
		const seen = new Set<string>();
		for (let at = 1; ended.at(-1) !== null && at < 100; at++) {
			const file = newFile();
			const began = (await Simulator.create(file)).look().lastWrite;
			writeFileSync(told, JSON.stringify({ file, at }));
			ended.push(spawnSync(process.execPath, [...loss, program, file], { env }).signal);
			const { lastWrite, calls } = Simulator.open(file).look();
			seen.add(`${lastWrite - began} writes, ${calls.length} calls`);
			await Simulator.open(file).write("Orders", 1);
		}
		expect(ended.at(-1), "the last one had its power to the end").toBeNull();
		expect(ended.length).toBeGreaterThan(15);
		expect([...seen]).toEqual(["0 writes, 0 calls", "1 writes, 0 calls", "1 writes, 1 calls", "2 writes, 1 calls"]);
	});

	test("is left as it was by a change that would make it unreadable", async () => {
		const file = newFile();
		const sites = await Simulator.create(file);
		const text = readFileSync(file, "utf8");
		await expect(
			sites.change((world) => {
				world.clock.speed = -1;
			}),
		).rejects.toThrow(/SR2010.*clock.speed/);
		expect(readFileSync(file, "utf8")).toBe(text);
		expect(sites.look().clock.speed).toBe(1);
	});

	test("of an older release is read, and its disks are found by what they were named by", async () => {
		const file = newFile();
		writeFileSync(file, JSON.stringify(older));
		const sites = Simulator.open(file, () => 0);
		await sites.write("Orders", 2);
		const host = connectSimulator({ name: "management", file, now: () => 0 });
		const { disks, relationships } = await host.observe();
		expect(disks.map(({ uniqueId, access }) => [uniqueId, access])).toEqual([
			["60001", 3],
			["60002", 3],
		]);
		expect(relationships[0]).toMatchObject({ lagSeconds: 1, syncTime: null, requestedCopyState: null, syncMode: 3 });
		expect(await host.job("job-1")).toMatchObject({ jobState: 10, errorCode: 4, errorDescription: null });
	});

	test.each([
		["not JSON", "{", /SR6001.*JSON/],
		["a wrong value, told with its path", JSON.stringify({ version: 1, clock: 3 }), /SR6001.*clock/],
		["another version", JSON.stringify({ version: 2 }), /SR6001.*version/],
	])("%s is refused and left alone", (_, text, message) => {
		const file = newFile();
		writeFileSync(file, text);
		for (const time of ["at first", "and again"]) expect(() => Simulator.open(file), time).toThrow(message);
		expect(readFileSync(file, "utf8")).toBe(text);
	});

	test("a missing file says how to make one", () => {
		expect(() => Simulator.open(newFile())).toThrow(/simulator init --file/);
	});

	test("the lock of a process that was killed is broken", async () => {
		const file = newFile();
		const sites = await Simulator.create(file);
		const dead = spawn(process.execPath, ["-e", ""]);
		await new Promise((resolve) => dead.on("close", resolve));
		writeFileSync(`${file}.lock`, String(dead.pid));
		await expect(sites.write("Orders")).resolves.toEqual([21, 21]);
	});
});

/** A file as the first release wrote it, with a disk that a fault knows by its name. */
const older = {
	version: 1,
	clock: { wallMs: 0, simulatedMs: 0, speed: 1 },
	arrays: [
		{ name: "east-array", profile: "generous", hosts: ["east"] },
		{ name: "west-array", profile: "generous", hosts: ["west"] },
	],
	disks: [
		{ name: "Orders", uniqueId: "60001", array: "east-array", readOnly: false, content: [[1, 10]] },
		{ name: "Orders-DR", uniqueId: "60002", array: "west-array", readOnly: false, content: [[1, 10]] },
	],
	relationships: [
		{
			id: "pair-1",
			source: "60001",
			target: "60002",
			copyState: 4,
			progressStatus: 2,
			syncMode: 3,
			syncType: 6,
			recoveryPointObjectiveMinutes: null,
			consistent: true,
			change: null,
			copy: null,
			tail: [],
			shown: null,
			hiddenUntilMs: null,
			sourceFenced: false,
		},
	],
	jobs: [{ id: "job-1", array: "east-array", relationship: "pair-1", state: 10, errorCode: 4, stuck: false }],
	faults: [{ kind: "writable", disk: "Orders-DR" }],
	lastWrite: 10,
	calls: [],
};

describe("lineage", () => {
	test("a copy takes what only the overwritten disk held, and the loss can be counted", async () => {
		let now = 0;
		const sites = await Simulator.create(newFile(), {
			pairs: [{ source: "Orders", target: "Orders-DR" }],
			now: () => now,
		});
		await sites.change((world) => {
			for (const relationship of world.relationships) relationship.copyState = 7;
		});
		await sites.write("Orders-DR", 4);
		expect(sites.writes()).toEqual({ lost: 0, lacking: 0 });
		expect(sites.writes("Orders").lacking).toBe(4);
		const host = connectSimulator({ name: "east", file: sites.file, now: () => now });
		const [link] = (await host.observe()).relationships;
		const call = {
			operation: 14,
			diskObjectId: link?.diskObjectId ?? "",
			peerUniqueId: link?.peerUniqueId ?? "",
			madePeer: null,
		};
		expect((await host.setReplicationRelationship(call)).returnCode).toBe(0);
		now += 10_000;
		expect(sites.writes().lost).toBe(4);
	});

	test("a disk takes writes in its role only", async () => {
		const sites = await Simulator.create(newFile());
		await expect(async () => sites.write("Orders-DR")).rejects.toThrow(/accepts no writes/);
		await sites.readOnly("Orders");
		await expect(async () => sites.write("Orders")).rejects.toThrow(/accepts no writes/);
	});

	test("an asynchronous target gets writes later, and none of those that its source lost with its site", async () => {
		let now = 0;
		const sites = await Simulator.create(newFile(), {
			pairs: [{ source: "Orders", target: "Orders-DR", syncMode: "asynchronous" }],
			now: () => now,
		});
		await sites.write("Orders", 2);
		expect(sites.writes("Orders-DR").lacking).toBe(2);
		now += 6_000;
		expect(sites.writes("Orders-DR").lacking).toBe(0);
		await sites.write("Orders", 3);
		await sites.array("east-array").lose();
		now += 60_000;
		expect(sites.writes("Orders-DR").lacking).toBe(3);
	});
});
