import { describe, expect, test } from "vitest";
import { virtualDiskToVirtualDiskProgressStatus as progress } from "../../../provider/model/vocabulary/relationship";
import {
	storageJobJobState as jobStates,
	storageJobOperationalStatus as status,
} from "../../../provider/model/vocabulary/storage";
import { Arrays } from "./arrays";

/** Half of what a copy takes on every family. */
const halfMs = 750;

const link = (arrays: Arrays) => arrays.sites.link("east-array", "west-array");

describe("a copy that breaks off", () => {
	test("has taken the target's own writes and brought only a part of the source's", async () => {
		const arrays = await Arrays.open();
		await arrays.put("Fractured");
		await arrays.sites.write("Orders", 10);
		await arrays.sites.write("Orders-DR", 4);
		await arrays.send("ResyncReplica");
		expect(arrays.sites.writes().lost, "overwritten from the first moment").toBe(4);
		arrays.clock.advance(halfMs);
		await link(arrays).lose();
		expect(arrays.sites.writes("Orders-DR").lacking).toBe(14);
		arrays.clock.advance(60_000);
		expect(arrays.sites.writes("Orders-DR").lacking, "no further").toBe(14);
		expect(arrays.sites.writes("Orders").lacking).toBe(4);
	});

	test("leaves half a disk: it is not failed over to, and as a source it costs the whole one", async () => {
		const arrays = await Arrays.open({ profile: "srdf" });
		await arrays.put("Suspended");
		await arrays.send("Resume");
		arrays.clock.advance(halfMs);
		await link(arrays).lose();
		await link(arrays).restore();
		expect(arrays.settled()).toEqual({ copyState: "Suspended", direction: "forward" });
		expect(arrays.sites.writes().lost).toBe(0);
		await arrays.send("ReverseRoles");
		expect(arrays.settled()).toEqual({ copyState: "Suspended", direction: "reverse" });
		await arrays.send("Resume");
		arrays.settled();
		expect(arrays.sites.writes().lost).toBe(5);
		expect(arrays.sites.look().relationships[0], "a whole copy of half a disk").toMatchObject({ consistent: false });
	});

	test("is not taken up again by a link that comes back while a failover is on its way", async () => {
		const arrays = await Arrays.open({ profile: "srdf" });
		await link(arrays).lose();
		arrays.clock.advance(halfMs);
		await arrays.sites.addFault({ kind: "slow", factor: 100 });
		await arrays.send("Failover");
		await link(arrays).restore();
		expect(arrays.sites.look().relationships[0]).toMatchObject({ progressStatus: progress.FailingOver });
		expect(arrays.settled()).toEqual({ copyState: "Failedover", direction: "forward" });
	});

	test("has spoiled the target even if its job fails at once", async () => {
		const arrays = await Arrays.open({ profile: "srdf" });
		await arrays.put("Fractured");
		await arrays.sites.write("Orders-DR", 4);
		await arrays.sites.addFault({ kind: "job", fate: "failed", times: 1 });
		await arrays.send("ResyncReplica");
		expect(arrays.sites.writes().lost).toBe(4);
	});

	test("is made good by one that ends", async () => {
		const arrays = await Arrays.open();
		await arrays.put("Suspended");
		await arrays.send("Resume");
		arrays.clock.advance(halfMs);
		await arrays.send("Suspend");
		arrays.settled();
		expect(arrays.sites.writes("Orders-DR").lacking).toBeGreaterThan(0);
		await arrays.send("Resume");
		expect(arrays.settled()).toMatchObject({ copyState: "Synchronized" });
		expect(arrays.sites.writes("Orders-DR").lacking).toBe(0);
		expect((await arrays.send("Failover")).returnCode).toBe(0);
	});

	test("stopped at a moment holds the same, whether somebody looked in between or not", async () => {
		const looked = await Arrays.open();
		const alone = await Arrays.open();
		for (const arrays of [looked, alone]) {
			await arrays.put("Suspended");
			await arrays.send("Resume");
			arrays.clock.advance(halfMs);
			await arrays.send("Suspend");
		}
		for (let index = 0; index < 20; index++) {
			looked.clock.advance(100);
			await looked.sites.change(() => {});
		}
		alone.clock.advance(2_000);
		expect(looked.sites.look().disks).toEqual(alone.sites.look().disks);
		expect(looked.sites.look().relationships).toEqual(alone.sites.look().relationships);
	});
});

describe("what is due first happens first, however late somebody looks", () => {
	test("a copy that ends before its Suspend takes effect is complete", async () => {
		const arrays = await Arrays.open();
		await arrays.put("Suspended");
		await arrays.send("Resume");
		arrays.clock.advance(2 * halfMs - 100);
		await arrays.send("Suspend");
		expect(arrays.settled()).toMatchObject({ copyState: "Suspended" });
		expect(arrays.sites.writes("Orders-DR").lacking).toBe(0);
	});

	test("writes that arrive before a Suspend takes effect have arrived", async () => {
		const arrays = await Arrays.open({ syncMode: "asynchronous" });
		await arrays.sites.write("Orders", 3);
		arrays.clock.advance(4_900);
		await arrays.send("Suspend");
		arrays.settled();
		expect(arrays.sites.writes("Orders-DR").lacking).toBe(0);
	});
});

describe("a Failback that breaks off", () => {
	const broken = async (profile: "generous" | "srdf") => {
		const arrays = await Arrays.open({ profile });
		await arrays.put("Failedover");
		await arrays.sites.write("Orders-DR", 4);
		await arrays.send("Failback");
		arrays.clock.advance(halfMs);
		await link(arrays).lose();
		return arrays;
	};

	test("leaves the source half overwritten; the target is whole, and goes on serving", async () => {
		const arrays = await broken("generous");
		expect(arrays.sites.writes()).toEqual({ lost: 0, lacking: 0 });
		expect(arrays.sites.writes("Orders").lacking).toBe(7);
		expect(arrays.sites.writes("Orders-DR").lacking).toBe(0);
		await arrays.sites.write("Orders-DR", 1);
		await expect(async () => arrays.sites.write("Orders"), "half a disk is handed to nobody").rejects.toThrow();
		expect(arrays.sites.look().relationships[0]).toMatchObject({ consistent: true, sourceConsistent: false });
	});

	test("can be sent again where the array goes back to Failedover (generous)", async () => {
		const arrays = await broken("generous");
		await link(arrays).restore();
		expect(arrays.settled()).toMatchObject({ copyState: "Failedover" });
		expect((await arrays.send("Failback")).returnCode).toBe(0);
		expect(arrays.settled()).toEqual({ copyState: "Synchronized", direction: "forward" });
		expect(arrays.sites.writes("Orders").lacking).toBe(0);
		expect(arrays.sites.look().relationships[0]).toMatchObject({ consistent: true, sourceConsistent: true });
	});

	test("costs the good disk by a Resume where it settles in Suspended, and nothing by ReverseRoles first (srdf)", async () => {
		for (const [operations, lost] of [
			[["Resume"], 7],
			[["ReverseRoles", "Resume"], 0],
		] as const) {
			const arrays = await broken("srdf");
			await link(arrays).restore();
			expect(arrays.settled()).toEqual({ copyState: "Suspended", direction: "forward" });
			for (const operation of operations) {
				expect([0, 4096]).toContain((await arrays.send(operation)).returnCode);
				arrays.settled();
			}
			expect(arrays.sites.writes().lost, operations.join()).toBe(lost);
		}
	});

	test("is gone on with, not turned round, by an array that recovers by itself (svc)", async () => {
		const arrays = await Arrays.open({ profile: "svc" });
		await arrays.put("Failedover");
		await arrays.sites.write("Orders-DR", 4);
		await arrays.send("Failback");
		arrays.clock.advance(halfMs);
		await link(arrays).lose();
		await link(arrays).restore();
		await arrays.sites.change(() => {});
		expect(arrays.settled()).toEqual({ copyState: "Synchronized", direction: "forward" });
		expect(arrays.sites.writes("Orders").lacking).toBe(0);
		expect(arrays.sites.writes().lost).toBe(0);
	});
});

test.each(["Inactive", "Prepared"] as const)("Activate from %s copies what the target missed", async (state) => {
	const arrays = await Arrays.open();
	await arrays.put(state);
	await arrays.sites.write("Orders", 3);
	expect(arrays.sites.writes("Orders-DR").lacking).toBe(3);
	expect((await arrays.send("Activate")).returnCode).toBe(0);
	expect(await arrays.shown(), "not before it is copied").toMatchObject({ copyState: 3 });
	expect(arrays.settled()).toMatchObject({ copyState: "Synchronized" });
	expect(arrays.sites.writes("Orders-DR").lacking).toBe(0);
});

describe("the job of a copy", () => {
	const running = async () => {
		const arrays = await Arrays.open({ profile: "srdf" });
		await arrays.put("Suspended");
		const { jobId } = await arrays.send("Resume");
		arrays.clock.advance(halfMs);
		return { arrays, job: () => arrays.host("management").job(jobId ?? "") };
	};

	test.each([false, true])("ends in an exception when the link breaks; stuck: %s", async (stuck) => {
		const { arrays, job } = await running();
		if (stuck) {
			await arrays.sites.change((world) => {
				for (const each of world.jobs) each.stuck = true;
			});
		}
		await link(arrays).lose();
		expect(await job()).toMatchObject({
			jobState: jobStates.Exception,
			operationalStatus: [status.Completed, status.Error],
			errorCode: 4,
			errorDescription: expect.stringContaining("link"),
		});
		expect((await arrays.shown())?.job, "it is in flight no more").toBeNull();
	});

	test.each(["Suspend", "Detach"] as const)("ends when %s stops the copy", async (operation) => {
		const { arrays, job } = await running();
		await arrays.send(operation);
		arrays.settled();
		expect(await job()).toMatchObject({ jobState: jobStates.Terminated });
	});
});
