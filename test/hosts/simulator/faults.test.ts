import { describe, expect, test } from "vitest";
import { CallCutOff } from "../../../provider/executor/callCutOff";
import { Simulator } from "../../../provider/hosts/simulator";
import { ReplicationError } from "../../../provider/model/replicationError";
import { synchronizedCopyState as states } from "../../../provider/model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../../provider/model/vocabulary/storage";
import { Arrays, ids } from "./arrays";
import { runFixture } from "./runFixture";

describe("hosts and arrays", () => {
	test("a host that is down answers nothing and receives nothing; the others go on", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.host("east").down();
		const down = arrays.host("east");
		const calls = [down.observe(), down.ping(), down.job("job-1"), down.discover({ diskObjectId: "" })];
		for (const call of calls)
			await expect(call).rejects.toMatchObject({ code: "SR4001", facts: { class: "transport" } });
		await expect(arrays.send("Suspend", "east")).rejects.toBeInstanceOf(ReplicationError);
		expect(arrays.sites.calls()).toEqual([]);
		expect((await arrays.send("Suspend")).returnCode).toBe(0);
		await arrays.sites.host("east").up();
		await expect(arrays.host("east").ping()).resolves.toHaveProperty("hostTime");
	});

	test("a lost array takes its host and its disks with it; the other site sees a broken link, not an absent one", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.array("east-array").lose();
		await expect(arrays.host("east").observe()).rejects.toMatchObject({ code: "SR4001" });
		const { disks, relationships } = await arrays.host("management").observe();
		expect(disks.map(({ friendlyName }) => friendlyName)).toEqual(["Orders-DR"]);
		expect(relationships).toMatchObject([{ role: "target", copyState: states.Broken, peerUniqueId: ids.source }]);
		await arrays.sites.array("east-array").restore();
		expect((await arrays.host("east").observe()).disks).toHaveLength(1);
	});

	test("a lost link breaks the copy and stops what needs both arrays; writes go on at the source alone", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.link("east-array", "west-array").lose();
		await arrays.sites.write("Orders", 3);
		expect(await arrays.shown()).toMatchObject({ copyState: states.Broken });
		for (const operation of ["Resume", "ResyncReplica", "Split", "ReverseRoles", "Failback"] as const) {
			expect((await arrays.send(operation)).returnCode, operation).toBe(5);
		}
		await arrays.sites.link("west-array", "east-array").restore();
		expect(arrays.settled()).toMatchObject({ copyState: "Suspended" });
		expect(arrays.sites.writes("Orders-DR").lacking, "nothing copies by itself").toBe(3);
	});

	test("a disk that takes writes against its role says so", async () => {
		const arrays = await Arrays.open();
		const access = async () => (await arrays.host("west").observe()).disks.map((disk) => disk.access);
		expect(await access()).toEqual([1]);
		await arrays.sites.addFault({ kind: "writable", disk: "Orders-DR" });
		expect(await access()).toEqual([3]);
		await arrays.sites.write("Orders-DR", 2);
		expect(arrays.sites.writes("Orders").lacking).toBe(2);
	});
});

describe("time", () => {
	test("slow multiplies durations, several multiply each other", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.addFault({ kind: "slow", factor: 10 });
		await arrays.sites.addFault({ kind: "slow", factor: 2 });
		await arrays.send("Suspend");
		arrays.clock.advance(300 * 20 - 1);
		expect(await arrays.shown()).toMatchObject({ copyState: states.Synchronized });
		arrays.clock.advance(1);
		expect(await arrays.shown()).toMatchObject({ copyState: states.Suspended });
	});

	test("does not go back", async () => {
		const arrays = await Arrays.open();
		await expect(async () => arrays.sites.advance(-1)).rejects.toThrow(/cannot go back/);
	});

	test("stands still at speed 0 until it is advanced", async () => {
		const arrays = await Arrays.open();
		let now = 0;
		const sites = await Simulator.create(arrays.sites.file, { force: true, speed: 0, now: () => now });
		await sites.change((world, nowMs) => {
			for (const relationship of world.relationships) {
				relationship.change = { operation: "Suspend", dueMs: nowMs + 1_000, job: null };
			}
		});
		const state = () => sites.look().relationships[0]?.copyState;
		now += 1_000_000;
		expect(state()).toBe(states.Synchronized);
		await sites.advance(1_000);
		expect(state()).toBe(states.Suspended);
	});
});

describe("jobs", () => {
	const withJob = async (fate?: "stuck" | "failed" | "vanished") => {
		const arrays = await Arrays.open({ profile: "srdf" });
		await arrays.put("Suspended");
		if (fate !== undefined) await arrays.sites.addFault({ kind: "job", fate, times: 1 });
		const { returnCode, jobId } = await arrays.send("Resume");
		expect(returnCode).toBe(4096);
		return { arrays, job: () => arrays.host("east").job(jobId ?? "") };
	};

	test("one runs, is named by the relationship, and completes with the copy", async () => {
		const { arrays, job } = await withJob();
		expect(await job()).toMatchObject({ jobState: jobStates.Running });
		expect((await arrays.shown())?.job).toEqual(expect.stringMatching(/^job-/));
		expect(arrays.settled()).toMatchObject({ copyState: "Synchronized" });
		expect(await job()).toMatchObject({ jobState: jobStates.Completed, errorCode: null });
		expect((await arrays.shown())?.job).toBeNull();
	});

	test("a stuck one never ends, and neither does its copy", async () => {
		const { arrays, job } = await withJob("stuck");
		expect(arrays.settled()).toMatchObject({ copyState: "Unsynchronized" });
		expect(await job()).toMatchObject({ jobState: jobStates.Running, percentComplete: 99 });
	});

	test("a failed one says so and leaves the copy broken off", async () => {
		const { arrays, job } = await withJob("failed");
		expect(await job()).toMatchObject({ jobState: jobStates.Exception, errorCode: 4 });
		expect(arrays.settled()).not.toMatchObject({ copyState: "Synchronized" });
	});

	test("a vanished one is not found, and the copy ends all the same", async () => {
		const { arrays, job } = await withJob("vanished");
		expect(await job()).toBeNull();
		expect(arrays.settled()).toMatchObject({ copyState: "Synchronized" });
	});
});

describe("the answer of a call", () => {
	test.each([2, 3, 4, 40001])("code %i with and without effect, for as many calls as it was set for", async (code) => {
		const arrays = await Arrays.open();
		await arrays.sites.addFault({ kind: "returnCode", code, effect: false, times: 2 });
		expect((await arrays.send("Suspend")).returnCode).toBe(code);
		expect((await arrays.send("Suspend")).returnCode).toBe(code);
		expect(arrays.settled()).toMatchObject({ copyState: "Synchronized" });
		await arrays.sites.addFault({ kind: "returnCode", code, effect: true, times: 1 });
		expect((await arrays.send("Suspend")).returnCode).toBe(code);
		expect(arrays.settled()).toMatchObject({ copyState: "Suspended" });
		expect((await arrays.send("Resume")).returnCode).toBe(0);
		expect(arrays.sites.calls().map(({ returnCode, effect }) => [returnCode, effect])).toEqual([
			[code, false],
			[code, false],
			[code, true],
			[0, true],
		]);
	});

	test("a stale cache answers 40003 on its disk until Discover, and only there", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.addFault({ kind: "staleCache", disk: "Orders" });
		expect((await arrays.send("Suspend")).returnCode).toBe(40003);
		expect((await arrays.send("Suspend")).returnCode).toBe(40003);
		const { disks } = await arrays.host("management").observe();
		const [orders, copy] = disks.map(({ objectId }) => objectId);
		await arrays.host("management").discover({ diskObjectId: copy ?? "" });
		expect((await arrays.send("Suspend")).returnCode, "the cache of another disk was refreshed").toBe(40003);
		await arrays.host("management").discover({ diskObjectId: orders ?? "" });
		expect((await arrays.send("Suspend")).returnCode).toBe(0);
	});

	test.each([true, false])("a call that is cut off is recorded without an answer; with effect: %s", async (effect) => {
		const arrays = await Arrays.open();
		await arrays.sites.addFault({ kind: "cutOff", effect, times: 1 });
		await expect(arrays.send("Suspend")).rejects.toBeInstanceOf(CallCutOff);
		expect(arrays.sites.calls()).toMatchObject([{ operation: "Suspend", returnCode: null, effect }]);
		expect(arrays.settled()).toMatchObject({ copyState: effect ? "Suspended" : "Synchronized" });
	});

	test.each([true, false])("a crash kills the caller and leaves a whole file; with effect: %s", async (effect) => {
		const arrays = await Arrays.open();
		const sites = await Simulator.create(arrays.sites.file, { force: true });
		await sites.addFault({ kind: "crash", effect, times: 1 });
		expect(await runFixture("thirtyCalls.ts", sites.file)).toMatchObject({
			out: "",
			// Windows has no signals.
			signal: process.platform === "win32" ? null : "SIGKILL",
		});
		expect(sites.calls()).toMatchObject([{ operation: "ResetToAsync", returnCode: null, effect }]);
		expect(sites.look().relationships[0]?.syncMode).toBe(effect ? 3 : 2);
		await expect(sites.write("Orders"), "no lock was left behind").resolves.toEqual([21, 21]);
	});
});

test("four processes of thirty calls each: every call is recorded once, in one order, with its answer", async () => {
	const arrays = await Arrays.open();
	const sites = await Simulator.create(arrays.sites.file, { force: true });
	const ran = await Promise.all([1, 2, 3, 4].map(() => runFixture("thirtyCalls.ts", sites.file)));
	for (const { out } of ran) expect(out).toBe("0\n".repeat(30));
	const calls = sites.calls();
	expect(calls.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
	const processes = [...new Set(calls.map(({ process }) => process))];
	expect(processes.map((one) => calls.filter(({ process }) => process === one).length)).toEqual([30, 30, 30, 30]);
	expect(calls.every(({ effect, returnCode }) => effect && returnCode === 0)).toBe(true);
});
