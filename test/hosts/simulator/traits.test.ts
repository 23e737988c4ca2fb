import { describe, expect, test } from "vitest";
import { CallCutOff } from "../../../provider/executor/callCutOff";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../../provider/model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../../provider/model/vocabulary/storage";
import { Arrays, ids } from "./arrays";

const iso = (ms: number) => new Date(ms).toISOString();

describe("how far the target is behind", () => {
	const asynchronous = (traits: Parameters<Arrays["sites"]["traits"]>[1]) =>
		Arrays.open({ syncMode: "asynchronous", traits });

	test("is a number by default, and no SyncTime", async () => {
		const arrays = await asynchronous({});
		await arrays.sites.write("Orders");
		arrays.clock.advance(2_000);
		expect(await arrays.shown()).toMatchObject({ lagSeconds: 2, syncTime: null });
	});

	test("is told by a SyncTime that moves with the clock and is never this moment", async () => {
		const arrays = await asynchronous({ lagBy: "syncTime", syncTimeAgeMs: 4_000 });
		for (const _ of [1, 2, 3]) {
			arrays.clock.advance(100_000);
			const syncTime = iso(arrays.clock.now() - 1_000_000 - 4_000);
			expect(await arrays.shown()).toMatchObject({ lagSeconds: 4, percentSynced: 100, syncTime });
		}
		const written = arrays.clock.now() - 1_000_000;
		await arrays.sites.write("Orders");
		arrays.clock.advance(4_500);
		expect(await arrays.shown(), "not past what has not arrived").toMatchObject({
			lagSeconds: 4.5,
			syncTime: iso(written),
		});
		arrays.clock.advance(1_000);
		expect(await arrays.shown()).toMatchObject({ lagSeconds: 4, syncTime: iso(written + 1_500) });
	});

	test("is told by a SyncTime that stands where the last write arrived", async () => {
		const arrays = await asynchronous({ lagBy: "syncTime", syncTimeStands: true });
		arrays.clock.advance(100_000);
		await arrays.sites.write("Orders");
		arrays.clock.advance(600_000);
		expect(await arrays.shown()).toMatchObject({ lagSeconds: 600, percentSynced: 100, syncTime: iso(100_000) });
		await arrays.send("Suspend");
		arrays.settled();
		await arrays.send("Resume");
		arrays.clock.advance(1_500);
		expect(await arrays.shown(), "a copy that ended is an arrival").toMatchObject({ lagSeconds: 0 });
		arrays.clock.advance(600_000);
		expect(await arrays.shown()).toMatchObject({ lagSeconds: 600 });
	});

	test("stays while nothing arrives, and what was written then does when the line carries it again", async () => {
		const arrays = await asynchronous({ lagBy: "seconds", tailStands: true });
		await arrays.sites.write("Orders");
		arrays.clock.advance(100_000);
		expect(await arrays.shown()).toMatchObject({ lagSeconds: 100 });
		await arrays.sites.traits("Orders", { tailStands: false });
		expect(await arrays.shown()).toMatchObject({ lagSeconds: 0 });
	});

	test.each(["Suspend", "Fracture", "a broken link"] as const)("stays at the moment of separation: %s", async (by) => {
		const arrays = await asynchronous({ lagBy: "syncTime" });
		arrays.clock.advance(50_000);
		if (by === "a broken link") await arrays.sites.link("east-array", "west-array").lose();
		else await arrays.send(by);
		const syncTime = iso(by === "a broken link" ? 50_000 : 50_300);
		for (const _ of [1, 2]) {
			arrays.clock.advance(100_000);
			expect(await arrays.shown()).toMatchObject({ syncTime });
		}
	});

	test("of what is under way is 0 while the copy stands still, however far the target is behind", async () => {
		const arrays = await asynchronous({ lagBy: "underWay" });
		await arrays.sites.write("Orders");
		arrays.clock.advance(2_000);
		expect(await arrays.shown()).toMatchObject({ lagSeconds: 2 });
		await arrays.send("Fracture");
		await arrays.sites.write("Orders");
		arrays.clock.advance(100_000);
		expect(await arrays.shown()).toMatchObject({ lagSeconds: 0, copyState: states.Fractured });
		expect(arrays.sites.writes("Orders-DR").lacking).toBe(2);
	});

	test("is not told at all", async () => {
		const arrays = await asynchronous({ lagBy: "none" });
		expect(await arrays.shown()).toMatchObject({ lagSeconds: null, syncTime: null, copyState: states.Synchronized });
	});
});

test.each(["synchronous", "asynchronous"] as const)(
	"a %s mode that the array does not report is 0",
	async (syncMode) => {
		const arrays = await Arrays.open({ syncMode, traits: { reportsMode: false } });
		expect(await arrays.shown()).toMatchObject({ syncMode: 0 });
		await arrays.sites.write("Orders");
		expect(arrays.sites.writes("Orders-DR").lacking, "it is what it is all the same").toBe(
			syncMode === "synchronous" ? 0 : 1,
		);
	},
);

test("what was asked of the array is told before its state shows it, where the array tells it", async () => {
	const arrays = await Arrays.open({ traits: { reportsRequested: true } });
	expect(await arrays.shown()).toMatchObject({ requestedCopyState: null });
	await arrays.sites.late(10_000);
	await arrays.send("Suspend");
	expect(await arrays.shown()).toMatchObject({ copyState: states.Synchronized, requestedCopyState: states.Suspended });
	const silent = await Arrays.open();
	await silent.send("Suspend");
	expect(await silent.shown()).toMatchObject({ requestedCopyState: null });
});

describe("the health of a disk", () => {
	test.each([
		["unhealthy", 2, [6]],
		["warning", 1, [3]],
		["detached", 5, [53250]],
		["lost-communication", 1, [13]],
		["no-contact", 5, [12]],
	] as const)("%s", async (ailment, healthStatus, operationalStatus) => {
		const arrays = await Arrays.open();
		const disk = async () => (await arrays.host("west").observe()).disks[0];
		expect(await disk()).toMatchObject({ healthStatus: 0, operationalStatus: [2] });
		await arrays.sites.health("Orders-DR", ailment);
		expect(await disk()).toMatchObject({ healthStatus, operationalStatus });
		expect((await arrays.host("east").observe()).disks[0]).toMatchObject({ healthStatus: 0 });
		await arrays.sites.health("Orders-DR", "healthy");
		expect(await disk()).toMatchObject({ healthStatus: 0, operationalStatus: [2] });
	});

	test("an application cannot write to a disk that does not answer", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.health("Orders", "warning");
		await expect(arrays.sites.write("Orders")).resolves.toEqual([11, 11]);
		await arrays.sites.health("Orders", "detached");
		await expect(async () => arrays.sites.write("Orders")).rejects.toThrow(/detached/);
	});
});

describe("what a host shows", () => {
	test("nothing of a relationship that is hidden, for so long", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.hide("Orders-DR", 5_000);
		for (const host of ["east", "west", "management"] as const) expect(await arrays.shown(host)).toBeUndefined();
		arrays.clock.advance(4_999);
		expect(await arrays.shown()).toBeUndefined();
		arrays.clock.advance(1);
		expect(await arrays.shown()).toMatchObject({ copyState: states.Synchronized });
	});

	test("Pending for so long; the state is what it was", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.pending("Orders", 5_000);
		expect(await arrays.shown()).toMatchObject({
			copyState: states.Synchronized,
			progressStatus: progress.Pending,
		});
		arrays.clock.advance(5_000);
		expect(await arrays.shown()).toMatchObject({ progressStatus: progress.Completed });
	});

	test("an old state at one host, roles included, until Discover there", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.contradict("west", "Orders");
		await arrays.send("Failover");
		arrays.settled();
		await arrays.send("ReverseRoles");
		arrays.settled();
		const told = async (host: "east" | "west") => {
			const shown = await arrays.shown(host);
			return [shown?.copyState, shown?.role];
		};
		expect(await told("east")).toEqual([states.Suspended, "target"]);
		expect(await told("west")).toEqual([states.Synchronized, "target"]);
		const [disk] = (await arrays.host("west").observe()).disks;
		await arrays.host("management").discover({ diskObjectId: disk?.objectId ?? "" });
		expect(await told("west"), "another host's cache").toEqual([states.Synchronized, "target"]);
		await arrays.host("west").discover({ diskObjectId: disk?.objectId ?? "" });
		expect(await told("west")).toEqual([states.Suspended, "source"]);
	});

	test("a state that contradicts the other host's whatever is refreshed, or for so long", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.contradict("east", "Orders-DR", { copyState: "Failedover", untilDiscover: false, ms: 9_000 });
		const [disk] = (await arrays.host("east").observe()).disks;
		await arrays.host("east").discover({ diskObjectId: disk?.objectId ?? "" });
		expect(await arrays.shown("east")).toMatchObject({ copyState: states.Failedover });
		expect(await arrays.shown("west")).toMatchObject({ copyState: states.Synchronized });
		arrays.clock.advance(9_000);
		expect(await arrays.shown("east")).toMatchObject({ copyState: states.Synchronized });
	});

	test("a job of the array's own on a settled pair, which stops nothing and ends by itself or not", async () => {
		const arrays = await Arrays.open();
		const id = await arrays.sites.repairJob("Orders", 5_000);
		expect(await arrays.shown()).toMatchObject({ copyState: states.Synchronized, job: id });
		expect(await arrays.host("east").job(id)).toMatchObject({ jobState: jobStates.Running, percentComplete: null });
		expect((await arrays.send("Suspend")).returnCode).toBe(0);
		arrays.settled();
		expect(await arrays.shown()).toMatchObject({ copyState: states.Suspended, job: null });
		expect(await arrays.host("east").job(id)).toMatchObject({ jobState: jobStates.Completed });
		await arrays.sites.repairJob("Orders");
		arrays.clock.advance(86_400_000);
		expect((await arrays.shown())?.job).toEqual(expect.stringMatching(/^job-/));
	});
});

describe("a relationship that one array has forgotten", () => {
	test.each([
		["Orders", "east", "west"],
		["Orders-DR", "west", "east"],
	] as const)("%s: the other one lists it as it was and lets it only be removed", async (disk, empty, left) => {
		const arrays = await Arrays.open();
		await arrays.sites.forget(disk);
		expect(await arrays.shown(empty)).toBeUndefined();
		expect(await arrays.shown(left)).toMatchObject({ copyState: states.Synchronized });
		expect((await arrays.host("management").observe()).relationships).toHaveLength(1);
		for (const operation of ["Suspend", "Resume", "Failover", "ReverseRoles"] as const) {
			expect((await arrays.send(operation, left)).returnCode, operation).toBe(8);
		}
		expect((await arrays.send("Detach", empty)).returnCode, "it knows of none").toBe(8);
		expect((await arrays.send("Detach", left)).returnCode).toBe(0);
		expect(arrays.settled()).toBeNull();
	});

	test("copies nothing any more; a disk that belongs to none takes writes", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.forget("Orders-DR");
		await arrays.sites.write("Orders", 2);
		await arrays.sites.write("Orders-DR", 3);
		arrays.settled();
		expect(arrays.sites.writes("Orders-DR").lacking).toBe(2);
		expect(arrays.sites.writes("Orders").lacking).toBe(3);
	});

	test("stands in the way of a new one until it is removed", async () => {
		const arrays = await Arrays.open();
		const create = async () => {
			const { disks } = await arrays.host("management").observe();
			const answer = await arrays.host("east").createReplica({
				sourceDiskObjectId: disks[0]?.objectId ?? "",
				friendlyName: null,
				targetSubsystem: "west-array",
				targetSubsystemName: null,
				targetSubsystemUniqueId: null,
				targetDiskObjectId: disks[1]?.objectId ?? "",
				targetDiskUniqueId: disks[1]?.uniqueId ?? "",
				targetStoragePool: null,
				recoveryPointObjectiveMinutes: null,
				syncType: 6,
				syncMode: null,
			});
			return answer.returnCode;
		};
		await arrays.sites.forget("Orders-DR");
		expect(await create()).toBe(5);
		await arrays.send("Detach", "east");
		arrays.settled();
		expect(await create()).toBe(0);
	});
});

describe("an operation that takes effect long after its answer", () => {
	test("shows nothing until then, and happens all the same", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.late(60_000);
		const before = await arrays.shown();
		expect((await arrays.send("Suspend")).returnCode).toBe(0);
		arrays.clock.advance(59_999);
		expect(await arrays.shown()).toEqual(before);
		await arrays.sites.write("Orders", 2);
		expect(arrays.sites.writes("Orders-DR").lacking, "the mirror works until then").toBe(0);
		arrays.clock.advance(301);
		expect(await arrays.shown()).toMatchObject({ copyState: states.Suspended });
		expect((await arrays.send("Resume")).returnCode).toBe(0);
		expect(await arrays.shown(), "the next one is prompt again").toMatchObject({ copyState: states.Unsynchronized });
	});

	test("happens though the call was cut off, and twice if it is sent twice", async () => {
		const arrays = await Arrays.open({ profile: "srdf" });
		await arrays.sites.late(60_000, 2);
		await arrays.sites.addFault({ kind: "cutOff", effect: true, times: 2 });
		for (const _ of [1, 2]) {
			await expect(arrays.send("Failover")).rejects.toBeInstanceOf(CallCutOff);
			arrays.clock.advance(1_000);
		}
		arrays.clock.advance(59_400);
		expect(await arrays.shown()).toMatchObject({ copyState: states.Failedover });
		arrays.clock.advance(5_000);
		expect(await arrays.shown(), "the second Failover undid the first").toMatchObject({
			copyState: states.Synchronized,
		});
	});

	test("is refused at once when it is not legal, and delays nothing then", async () => {
		const arrays = await Arrays.open();
		await arrays.sites.late(60_000);
		expect((await arrays.send("Failback")).returnCode).toBe(5);
		await arrays.send("Suspend");
		arrays.clock.advance(59_999);
		expect(await arrays.shown()).toMatchObject({ copyState: states.Synchronized });
	});

	test("is a new replica that no host lists yet", async () => {
		const arrays = await Arrays.open({ related: false });
		const { disks } = await arrays.host("management").observe();
		await arrays.sites.late(60_000);
		const answer = await arrays.host("east").createReplica({
			sourceDiskObjectId: disks[0]?.objectId ?? "",
			friendlyName: null,
			targetSubsystem: "west-array",
			targetSubsystemName: null,
			targetSubsystemUniqueId: null,
			targetDiskObjectId: disks[1]?.objectId ?? "",
			targetDiskUniqueId: ids.target,
			targetStoragePool: null,
			recoveryPointObjectiveMinutes: null,
			syncType: 6,
			syncMode: null,
		});
		expect(answer.returnCode).toBe(0);
		expect(await arrays.shown()).toBeUndefined();
		arrays.clock.advance(60_000);
		expect(await arrays.shown()).toMatchObject({ copyState: states.Synchronized });
	});

	test("settles the same whether somebody looks in between or not", async () => {
		const looked = await Arrays.open();
		const alone = await Arrays.open();
		for (const arrays of [looked, alone]) {
			await arrays.sites.late(1_000, 2);
			await arrays.send("Fracture");
			arrays.clock.advance(100);
			await arrays.send("Fracture");
		}
		for (let index = 0; index < 30; index++) {
			looked.clock.advance(100);
			await looked.sites.change(() => {});
		}
		alone.clock.advance(3_000);
		expect(looked.sites.look().relationships).toEqual(alone.sites.look().relationships);
	});
});

test("somebody who changes the roles of an asynchronous pair takes what had not arrived", async () => {
	const arrays = await Arrays.open({ syncMode: "asynchronous" });
	await arrays.sites.write("Orders", 3);
	await arrays.sites.changeRoles("Orders");
	expect(arrays.sites.writes().lost).toBe(3);
	arrays.settled();
	expect(arrays.sites.writes("Orders-DR").lacking, "nothing arrives from a disk that is no source").toBe(3);
});
