import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { connectSimulator, Simulator } from "../../../provider/hosts/simulator";
import { temporaryFolder } from "../../temporaryFolder";

const newFile = () => join(temporaryFolder("world"), "arrays.json");

describe("the simulator's file", () => {
	test("several processes at once lose nothing", async () => {
		const file = newFile();
		await Simulator.create(file);
		const script = `
const { Simulator } = require(${JSON.stringify(join(__dirname, "../../../provider/hosts/simulator/index.ts"))});
(async () => { const sites = Simulator.open(process.argv[1]); for (let index = 0; index < 30; index++) await sites.write("Orders", 1); })();`;
		const before = Simulator.open(file).look().lastWrite;
		await Promise.all(
			Array.from(
				{ length: 4 },
				() =>
					new Promise<void>((resolve, reject) => {
						const child = spawn(process.execPath, ["--require", "tsx/cjs", "-e", script, file], {
							stdio: ["ignore", "ignore", "pipe"],
						});
						let text = "";
						child.stderr.on("data", (data: Buffer) => {
							text += data.toString();
						});
						child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(text))));
					}),
			),
		);
		expect(Simulator.open(file).look().lastWrite - before).toBe(120);
	});

	test.each([
		["not JSON", "{", /SR6001.*JSON/],
		["a wrong value, told with its path", JSON.stringify({ version: 1, clock: 3 }), /SR6001.*clock/],
		["another version", JSON.stringify({ version: 2 }), /SR6001.*version/],
	])("%s is refused and left alone", (_, text, message) => {
		const file = newFile();
		writeFileSync(file, text);
		expect(() => Simulator.open(file)).toThrow(message);
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
		await expect(async () => sites.write("Orders-DR")).rejects.toThrow(/takes no writes/);
		await sites.readOnly("Orders");
		await expect(async () => sites.write("Orders")).rejects.toThrow(/takes no writes/);
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
