import { describe, expect, test } from "vitest";
import { profiles } from "../../../provider/hosts/simulator";
import { replicationCapabilitiesGetSupportedFeaturesFeatures as features } from "../../../provider/model/vocabulary/capabilities";
import { Arrays } from "./arrays";

const advertised = async (arrays: Arrays) =>
	arrays.host("east").capabilities({ subsystem: "east-array", replicationType: 4 });

test("no two families behave alike", () => {
	const told = Object.values(profiles).map(({ name: _, family: __, ...behaviour }) => JSON.stringify(behaviour));
	expect(new Set(told).size).toBe(told.length);
	expect(told.length).toBeGreaterThanOrEqual(4);
});

test.each(Object.values(profiles))("$name takes nothing that it does not advertise", async ({ name, operations }) => {
	const arrays = await Arrays.open({ profile: name });
	expect((await advertised(arrays)).operations).toEqual(operations);
	for (const operation of ["Suspend", "Split", "Dissolve", "Abort", "RestoreFromReplica"] as const) {
		const unsupported = operations !== null && !operations.some((supported) => supported === operation);
		const fresh = await Arrays.open({ profile: name });
		const { returnCode } = await fresh.send(operation);
		if (unsupported) expect(returnCode, operation).toBe(1);
	}
});

describe("srdf", () => {
	test("a second Failover undoes the first one, and takes what the old source alone holds", async () => {
		const arrays = await Arrays.open({ profile: "srdf" });
		expect((await arrays.send("Failover")).returnCode).toBe(4096);
		expect(arrays.settled()).toMatchObject({ copyState: "Failedover" });
		expect((await arrays.send("Failover")).returnCode).toBe(4096);
		expect(arrays.settled()).toMatchObject({ copyState: "Synchronized" });
	});

	test("generous arrays refuse the second one", async () => {
		const arrays = await Arrays.open();
		await arrays.send("Failover");
		arrays.settled();
		expect((await arrays.send("Failover")).returnCode).toBe(5);
		expect(arrays.settled()).toMatchObject({ copyState: "Failedover" });
	});

	test("the relationship is not visible for a while after its roles changed, and is there again afterwards", async () => {
		const arrays = await Arrays.open({ profile: "srdf" });
		await arrays.put("Suspended");
		await arrays.send("ReverseRoles");
		arrays.clock.advance(300);
		expect(await arrays.shown()).toBeUndefined();
		arrays.clock.advance(799);
		expect(await arrays.shown()).toBeUndefined();
		arrays.clock.advance(1);
		expect(await arrays.shown()).toMatchObject({ role: "target" });
	});

	test("roles are not reversed while Synchronized", async () => {
		const arrays = await Arrays.open({ profile: "srdf" });
		expect((await arrays.send("ReverseRoles")).returnCode).toBe(4);
	});
});

describe("svc", () => {
	test("shows the old state for a while after it said Success", async () => {
		const arrays = await Arrays.open({ profile: "svc" });
		expect((await arrays.send("Suspend")).returnCode).toBe(0);
		arrays.clock.advance(699);
		expect(await arrays.shown()).toMatchObject({ copyState: 4, progressStatus: 2 });
		expect(arrays.sites.look().relationships[0]?.copyState, "it has happened all the same").toBe(9);
		arrays.clock.advance(1);
		expect(await arrays.shown()).toMatchObject({ copyState: 9 });
	});

	test("does not wait for the tail before a failover, generous arrays do", async () => {
		for (const [profile, lacking] of [
			["svc", 3],
			["generous", 0],
		] as const) {
			const arrays = await Arrays.open({ profile, syncMode: "asynchronous" });
			await arrays.sites.write("Orders", 3);
			await arrays.send("Failover");
			arrays.settled();
			expect(arrays.sites.writes("Orders-DR").lacking, profile).toBe(lacking);
		}
	});

	test("copies again by itself when a broken link is back", async () => {
		const arrays = await Arrays.open({ profile: "svc" });
		const link = arrays.sites.link("east-array", "west-array");
		await link.lose();
		await arrays.sites.write("Orders", 3);
		await link.restore();
		expect(await arrays.shown()).toMatchObject({ copyState: 3 });
		await arrays.sites.change(() => {});
		expect(arrays.settled()).toMatchObject({ copyState: "Synchronized" });
		expect(arrays.sites.writes("Orders-DR").lacking).toBe(0);
	});
});

describe("threepar", () => {
	test("advertises nothing, which is not the same as being able to do nothing", async () => {
		const arrays = await Arrays.open({ profile: "threepar" });
		expect(await advertised(arrays)).toEqual({
			operations: null,
			features: [features.TargetElementShallNotBeSupplied],
		});
		expect((await arrays.send("Suspend")).returnCode).toBe(0);
		arrays.settled();
		expect(await arrays.shown()).toMatchObject({ copyState: 9, progressStatus: 15 });
		expect((await arrays.send("Split")).returnCode).toBe(1);
	});
});

describe("cci", () => {
	test("reverses a read-only source only, and wants a resync and an activation afterwards", async () => {
		const arrays = await Arrays.open({ profile: "cci" });
		expect((await arrays.send("ReverseRoles")).returnCode).toBe(4);
		await arrays.sites.readOnly("Orders");
		expect((await arrays.send("ReverseRoles")).returnCode).toBe(0);
		expect(arrays.settled()).toMatchObject({ direction: "reverse" });
		expect((await arrays.send("Fracture")).returnCode, "first the resync").toBe(4);
		expect((await arrays.send("ResyncReplica")).returnCode).toBe(4096);
		arrays.settled();
		expect((await arrays.send("Fracture")).returnCode, "then the activation").toBe(4);
		expect((await arrays.send("Activate")).returnCode).toBe(0);
		expect((await arrays.send("Fracture")).returnCode).toBe(0);
	});

	test("a planned failover needs a fractured pair", async () => {
		const arrays = await Arrays.open({ profile: "cci" });
		expect((await arrays.send("Failover")).returnCode).toBe(4);
		await arrays.send("Fracture");
		arrays.settled();
		expect((await arrays.send("Failover")).returnCode).toBe(0);
	});
});
