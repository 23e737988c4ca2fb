import { describe, expect, test } from "vitest";
import type { CopyState, Operation } from "../../../provider/model/relationship";
import { virtualDiskSetReplicationRelationshipOperation as numbers } from "../../../provider/model/vocabulary/operations";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../../provider/model/vocabulary/relationship";
import { Arrays } from "./arrays";

/** Where a settled relationship may be; the operations of a mirror that lead away from there, and where to. */
const effects: Record<string, Partial<Record<Operation, CopyState>>> = {
	Synchronized: {
		Suspend: "Suspended",
		Fracture: "Fractured",
		Split: "Split",
		Failover: "Failedover",
		ReverseRoles: "Synchronized",
		ResetToSync: "Synchronized",
		ResetToAsync: "Synchronized",
		Deactivate: "Inactive",
	},
	Suspended: { Resume: "Synchronized", ResetToSync: "Suspended", ResetToAsync: "Suspended" },
	Fractured: { ResyncReplica: "Synchronized", RestoreFromReplica: "Synchronized", Deactivate: "Inactive" },
	Split: { ResyncReplica: "Synchronized", RestoreFromReplica: "Synchronized", Deactivate: "Inactive" },
	Skewed: { ResyncReplica: "Synchronized", Deactivate: "Inactive" },
	Aborted: { ResyncReplica: "Synchronized" },
	Inactive: { Activate: "Synchronized" },
	Prepared: { Activate: "Synchronized", Unprepare: "Initialized" },
	Initialized: {},
	Failedover: { Failback: "Synchronized", ReverseRoles: "Suspended" },
};
const removals: readonly Operation[] = ["Detach", "Dissolve"];
const operations = Object.keys(numbers) as Operation[];

describe.each(Object.entries(effects))("from %s", (state, legal) => {
	test.each(Object.entries(legal))("%s leads to %s", async (operation, result) => {
		const arrays = await Arrays.open();
		await arrays.put(state as CopyState);
		expect(await arrays.send(operation as Operation)).toEqual({ returnCode: 0, jobId: null, message: null });
		const direction = operation === "ReverseRoles" ? "reverse" : "forward";
		expect(arrays.settled()).toEqual({ copyState: result, direction });
		expect(arrays.sites.calls()).toMatchObject([{ operation, returnCode: 0, effect: true, disk: "Orders" }]);
	});

	test.each(removals)("%s removes the relationship on both sides and takes nothing from a disk", async (operation) => {
		const arrays = await Arrays.open();
		await arrays.put(state as CopyState);
		expect((await arrays.send(operation)).returnCode).toBe(0);
		expect(arrays.settled()).toBeNull();
		expect((await arrays.host("west").observe()).relationships).toEqual([]);
		expect(arrays.sites.writes("Orders").lacking).toBe(0);
		expect(arrays.sites.writes("Orders-DR").lacking).toBe(0);
	});

	test("everything else is refused, recorded, and leaves the arrays as they were", async () => {
		const arrays = await Arrays.open();
		await arrays.put(state as CopyState);
		const { calls: _, ...before } = arrays.sites.look();
		const others = operations.filter((name) => legal[name] === undefined && !removals.includes(name));
		for (const operation of others) {
			const { returnCode } = await arrays.send(operation);
			expect([1, 5], operation).toContain(returnCode);
		}
		const { calls, ...after } = arrays.sites.look();
		expect(after).toEqual(before);
		expect(calls.map(({ operation }) => operation)).toEqual(others);
		expect(calls.some(({ effect }) => effect)).toBe(false);
	});
});

describe("what is under way", () => {
	test("is shown on its way, and takes no other operation until it is over", async () => {
		const arrays = await Arrays.open();
		await arrays.send("Suspend");
		expect(await arrays.shown()).toMatchObject({
			copyState: states.Synchronized,
			progressStatus: progress.Suspending,
		});
		for (const operation of ["Suspend", "Failover", "Detach"] as const) {
			expect((await arrays.send(operation)).returnCode).toBe(5);
		}
		expect(arrays.settled()).toEqual({ copyState: "Suspended", direction: "forward" });
	});

	test.each([
		["Abort", "Aborted"],
		["Suspend", "Suspended"],
		["Deactivate", "Inactive"],
	] as const)(
		"a copy reports how far it is; %s stops it half way, and nobody fails over to that",
		async (stop, state) => {
			const arrays = await Arrays.open();
			await arrays.put("Suspended");
			await arrays.send("Resume");
			arrays.clock.advance(750);
			expect(await arrays.shown()).toMatchObject({ copyState: states.Unsynchronized, percentSynced: 50 });
			expect((await arrays.send(stop)).returnCode).toBe(0);
			expect(arrays.settled()).toMatchObject({ copyState: state });
			await arrays.sites.link("east-array", "west-array").lose();
			expect((await arrays.send("Failover")).returnCode).toBe(5);
		},
	);

	test("a restore is not stopped half way: the source is half of two disks until it ends", async () => {
		const arrays = await Arrays.open();
		await arrays.put("Split");
		await arrays.send("RestoreFromReplica");
		arrays.clock.advance(750);
		expect(await arrays.shown()).toMatchObject({ progressStatus: progress.Restoring });
		for (const operation of ["Suspend", "Abort", "Detach", "Deactivate"] as const) {
			expect((await arrays.send(operation)).returnCode, operation).toBe(5);
		}
		expect(arrays.settled()).toMatchObject({ copyState: "Synchronized" });
	});

	test("settles the same whether somebody looks in between or not", async () => {
		const looked = await Arrays.open();
		const alone = await Arrays.open();
		for (const arrays of [looked, alone]) {
			await arrays.put("Suspended");
			await arrays.send("Resume");
		}
		for (let index = 0; index < 20; index++) {
			looked.clock.advance(100);
			await looked.sites.change(() => {});
		}
		alone.clock.advance(2_000);
		expect(looked.sites.look().relationships).toEqual(alone.sites.look().relationships);
	});
});

describe("what a call names", () => {
	test("a disk or a peer that is not there is Object Not Found, an operation that does not exist Invalid Parameter", async () => {
		const arrays = await Arrays.open();
		const [disk] = (await arrays.host("east").observe()).disks;
		const host = arrays.host("east");
		const call = {
			operation: numbers.Suspend,
			diskObjectId: disk?.objectId ?? "",
			peerUniqueId: "6000200000000001",
			madePeer: null,
		};
		expect((await host.setReplicationRelationship({ ...call, diskObjectId: "nothing" })).returnCode).toBe(8);
		expect((await host.setReplicationRelationship({ ...call, peerUniqueId: "nothing" })).returnCode).toBe(8);
		expect((await host.setReplicationRelationship({ ...call, operation: 99 })).returnCode).toBe(5);
		expect(arrays.settled()).toMatchObject({ copyState: "Synchronized" });
	});

	test("a disk that is in a relationship already is no target for another", async () => {
		const arrays = await Arrays.open();
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
		expect(answer.returnCode).toBe(5);
		expect(arrays.sites.look().relationships).toHaveLength(1);
	});
});

describe("writes do not vanish silently", () => {
	/** Both ends hold writes of their own: what each operation may cost is written here, everything else costs nothing. */
	const diverged = ["Fractured", "Split", "Failedover"] as const;
	const takes: Partial<Record<Operation, number>> = {
		ResyncReplica: 5,
		Deactivate: 5,
		Failback: 3,
		RestoreFromReplica: 3,
	};

	test.each(diverged)(
		"from %s: only a copy destroys writes, and only those of the end it overwrites",
		async (state) => {
			for (const operation of operations) {
				const arrays = await Arrays.open();
				await arrays.put(state);
				await arrays.sites.write("Orders", 3);
				await arrays.sites.write("Orders-DR", 5);
				const { returnCode } = await arrays.send(operation);
				arrays.settled();
				expect(arrays.sites.writes().lost, operation).toBe(returnCode === 0 ? (takes[operation] ?? 0) : 0);
			}
		},
	);

	test("a source that lost its site takes with it what its asynchronous target never got", async () => {
		const arrays = await Arrays.open({ syncMode: "asynchronous" });
		await arrays.sites.write("Orders", 4);
		await arrays.sites.array("east-array").lose();
		expect((await arrays.send("Failover", "west")).returnCode).toBe(0);
		expect(arrays.settled()).toMatchObject({ copyState: "Failedover" });
		expect(arrays.sites.writes("Orders-DR").lacking).toBe(4);
		expect(arrays.sites.writes().lost, "the disk in the lost site still holds them").toBe(0);
		await arrays.sites.array("east-array").restore();
		await arrays.send("Failback", "west");
		arrays.settled();
		expect(arrays.sites.writes().lost).toBe(4);
	});

	test("a switch to synchronous brings the tail along", async () => {
		const arrays = await Arrays.open({ syncMode: "asynchronous" });
		await arrays.sites.write("Orders", 4);
		await arrays.send("ResetToSync");
		expect(arrays.sites.writes("Orders-DR").lacking).toBe(0);
		await arrays.sites.write("Orders", 1);
		expect(arrays.sites.writes("Orders-DR").lacking).toBe(0);
	});
});
