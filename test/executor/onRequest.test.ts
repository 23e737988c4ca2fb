import { describe, expect, test } from "vitest";
import { take } from "../../provider/hosts/simulator/calls";
import { errorCodes } from "../../provider/model/errorCodes";
import type { Operation } from "../../provider/model/relationship";
import { virtualDiskSetReplicationRelationshipOperation as operationCodes } from "../../provider/model/vocabulary/operations";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import type { Desired } from "../../provider/planner/situation";
import { codeOf, Site } from "./site";

const asked = (operation: Operation): Desired => ({ state: "operation", operation });

/** What somebody did to the arrays before, each settled. */
async function happened(site: Site, ...operations: readonly Operation[]): Promise<void> {
	for (const operation of operations) {
		await begin(site, operation);
		site.clock.advance(60_000);
	}
}

/** The same, still under way. */
async function begin(site: Site, operation: Operation): Promise<void> {
	await site.sites.change((world, nowMs) => {
		const [relationship] = world.relationships;
		if (relationship === undefined) throw new Error("no relationship");
		expect(take(world, relationship, operation, relationship.source, nowMs).returnCode).not.toBe(5);
	});
}

/** One request of which nothing is remembered, consented to where that is needed. */
async function ask(site: Site, operation: Operation, more: Parameters<Site["run"]>[1] = {}) {
	site.record = null;
	try {
		return await site.runApproved(asked(operation), more);
	} finally {
		site.record = null;
	}
}

describe("each number, on a mirror", () => {
	type Row = readonly [
		operation: Operation,
		prepare: (site: Site) => Promise<unknown>,
		expected: { readonly copyState: number; readonly source?: string } | null,
	];
	const [east, west] = ["6000100000000001", "6000200000000001"];
	const nothing = async () => {};
	const once =
		(...operations: readonly Operation[]) =>
		(site: Site) =>
			happened(site, ...operations);
	const reached: readonly Row[] = [
		[
			"Abort",
			async (site) => {
				await happened(site, "Split");
				await begin(site, "ResyncReplica");
			},
			{ copyState: states.Aborted },
		],
		["Activate", once("Deactivate"), { copyState: states.Synchronized }],
		["Deactivate", nothing, { copyState: states.Inactive }],
		["Detach", nothing, null],
		["Dissolve", nothing, null],
		["Failover", nothing, { copyState: states.Failedover, source: east }],
		["Failback", once("Failover"), { copyState: states.Synchronized, source: east }],
		["Fracture", nothing, { copyState: states.Fractured }],
		["ResyncReplica", once("Fracture"), { copyState: states.Synchronized }],
		["RestoreFromReplica", once("Split"), { copyState: states.Synchronized, source: east }],
		["Resume", once("Suspend"), { copyState: states.Synchronized }],
		["ResetToSync", once("ResetToAsync"), { copyState: states.Synchronized }],
		["ResetToAsync", nothing, { copyState: states.Synchronized }],
		["ReverseRoles", nothing, { copyState: states.Synchronized, source: west }],
		["Split", nothing, { copyState: states.Split }],
		["Suspend", nothing, { copyState: states.Suspended }],
		[
			"Unprepare",
			(site) =>
				site.sites.change((world) => {
					for (const relationship of world.relationships) relationship.copyState = states.Prepared;
				}),
			{ copyState: states.Initialized },
		],
	];
	const refused = [
		"ActivateConsistency",
		"AddSyncPair",
		"DeactivateConsistency",
		"RemoveSyncPair",
		"ReturnToResourcePool",
	] as const;

	test("are all of them", () => {
		const names = [...reached.map(([operation]) => operation), ...refused];
		expect(names.map((name) => operationCodes[name]).sort((a, b) => a - b)).toEqual(
			Array.from({ length: 22 }, (_, index) => index + 2),
		);
	});

	test.each(reached)("%s reaches the array, once, and is proved", async (operation, prepare, expected) => {
		const site = await Site.open();
		await prepare(site);
		const from = site.sites.calls().length;
		const { done } = await ask(site, operation);
		expect(done.map((step) => step.kind === "operation" && step.operation)).toEqual([operation]);
		expect(site.received(from)).toEqual([operation]);
		expect(site.effective(from)).toEqual([operation]);
		const settled = await site.settled();
		if (expected === null) expect(settled).toBeNull();
		else expect(settled).toMatchObject(expected);
	});

	test.each(refused)("%s is refused, and nothing is sent", async (operation) => {
		const site = await Site.open();
		expect(await codeOf(ask(site, operation))).toBe(errorCodes.wishUnfit);
		expect(site.received()).toEqual([]);
	});
});

describe("what is sent on request", () => {
	test("is nothing where it is there already", async () => {
		const site = await Site.open();
		for (const [made, operation] of [
			["Suspend", "Suspend"],
			["Resume", "Resume"],
			["Split", "Split"],
			["ResyncReplica", "ResetToSync"],
		] as const) {
			await happened(site, made);
			const { done } = await ask(site, operation);
			expect(done, operation).toEqual([]);
		}
		expect(site.received()).toEqual([]);
	});

	test("is never a second Failover, also when somebody else sends the first in the last moment", async () => {
		const site = await Site.open({ profile: "srdf" });
		site.onEvent = async ({ kind }) => {
			if (kind === "planned") await happened(site, "Failover");
		};
		expect(await codeOf(ask(site, "Failover"))).toBe(errorCodes.planChanged);
		site.onEvent = async () => {};
		expect(await codeOf(ask(site, "Failover"))).toBe(errorCodes.operationNotLegalHere);
		expect(site.received()).toEqual([]);
		expect(await site.settled()).toMatchObject({ copyState: states.Failedover });
	});

	test("is what the array does not advertise only in a refusal, and never a detour to where it is legal", async () => {
		const cci = await Site.open({ profile: "cci" });
		expect(await codeOf(ask(cci, "Suspend"))).toBe(errorCodes.operationNotAdvertised);
		const generous = await Site.open();
		expect(await codeOf(ask(generous, "Resume"))).toBe("no error");
		expect(await codeOf(ask(generous, "Failback"))).toBe(errorCodes.operationNotLegalHere);
		expect([...cci.received(), ...generous.received()]).toEqual([]);
	});

	test("with a job is proved when the job has ended and the state is there", async () => {
		const site = await Site.open({ profile: "srdf" });
		await happened(site, "Suspend");
		const { outlook } = await ask(site, "Resume");
		expect(site.events).toContainEqual(
			expect.objectContaining({ kind: "afterCall", returnCode: 4096, job: expect.any(String) }),
		);
		expect(outlook.situation.observed).toMatchObject({ copyState: "Synchronized", job: null });
		expect(site.received()).toEqual(["Resume"]);
	});

	test("an Abort goes into the copy that a job carries, anything else waits for it", async () => {
		const copying = async () => {
			const site = await Site.open({ profile: "threepar" });
			await happened(site, "Fracture");
			await begin(site, "ResyncReplica");
			return site;
		};
		const aborted = await copying();
		await ask(aborted, "Abort");
		expect(aborted.received()).toEqual(["Abort"]);
		expect(await aborted.settled()).toMatchObject({ copyState: states.Aborted });
		const waited = await copying();
		const { done } = await ask(waited, "Suspend");
		expect(done.map(({ kind }) => kind)).toEqual(["wait", "operation"]);
		expect(waited.received()).toEqual(["Suspend"]);
	});

	test("what leaves the state as it was is proved by what it changes beside it", async () => {
		const site = await Site.open();
		await site.sites.addFault({ kind: "late", ms: 20_000, times: 1 });
		const sentAtMs = site.clock.monotonic();
		const { outlook } = await ask(site, "ResetToAsync");
		expect(outlook.situation.observed.syncMode).toBe("Asynchronous");
		expect(site.clock.monotonic() - sentAtMs).toBeGreaterThanOrEqual(20_000);
	});

	test.each(["Orders", "Orders-DR"])(
		"a removal ends the half that is left when the array of %s forgot it",
		async (disk) => {
			const site = await Site.open();
			await site.sites.forget(disk);
			await ask(site, "Detach");
			expect(await site.settled()).toBeNull();
			expect(await codeOf(ask(site, "Detach"))).toBe(errorCodes.relationshipAbsent);
			expect(site.received()).toEqual(["Detach"]);
		},
	);

	test("a removal needs no roles: hosts that contradict each other do not hold it up", async () => {
		const site = await Site.open();
		await site.sites.contradict("west", "Orders", { reversed: true, ms: 3_600_000, untilDiscover: false });
		expect(await codeOf(ask(site, "Suspend"))).toBe(errorCodes.splitBrain);
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") await site.sites.removeFaults();
		};
		await ask(site, "Dissolve");
		expect(site.received()).toEqual(["Dissolve"]);
	});

	test("a removal that takes the half of one host alone goes on at the other", async () => {
		const site = await Site.open();
		const { sites } = site;
		// The array of the source takes the removal for itself alone.
		site.onEvent = async ({ kind }) => {
			if (kind !== "beforeCall" || site.received().length > 0) return;
			await sites.addFault({ kind: "returnCode", code: 0, effect: false, times: 1 });
			await sites.forget("Orders");
		};
		const { done } = await ask(site, "Detach");
		expect(site.received()).toEqual(["Detach", "Detach"]);
		expect(done.length).toBe(2);
		expect(await site.settled()).toBeNull();
	});

	test("a restore that breaks off says which disk is whole", async () => {
		const site = await Site.open();
		await happened(site, "Split");
		await site.sites.write("Orders-DR", 3);
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") await site.sites.link("east-array", "west-array").lose();
		};
		await expect(ask(site, "RestoreFromReplica")).rejects.toThrow(
			"the copy back onto Orders is not complete: only Orders-DR is whole",
		);
		expect(site.sites.writes("Orders-DR").lacking).toBe(0);
	});

	test("hosts that differ on whether the copy stopped are not taken for a Suspend that is there", async () => {
		const site = await Site.open();
		await happened(site, "Suspend");
		site.seenAs((_, host) => (host === "west" ? { copyState: states.Synchronized } : {}));
		expect(await codeOf(ask(site, "Suspend"))).toBe(errorCodes.notReachedInTime);
	});
});

describe("the consent to what is sent on request", () => {
	/** Both disks hold writes that the other lacks. */
	async function parted(): Promise<Site> {
		const site = await Site.open();
		await happened(site, "Split");
		await site.sites.write("Orders", 2);
		await site.sites.write("Orders-DR", 3);
		return site;
	}
	const resync = asked("ResyncReplica");
	const hourMs = 60 * 60_000;

	test("is asked for, and given by its token", async () => {
		const site = await parted();
		expect(await codeOf(site.run(resync))).toBe(errorCodes.approvalMissing);
		expect(site.received()).toEqual([]);
		await ask(site, "ResyncReplica");
		expect(site.received()).toEqual(["ResyncReplica"]);
		expect(site.sites.writes("Orders").lacking).toBe(3);
	});

	test.each([
		["59 minutes later", 59 * 60_000, "no error"],
		["two hours later", 2 * hourMs, errorCodes.approvalMissing],
	])("%s it ends with %s", async (_, ms, expected) => {
		const site = await parted();
		const token = (await site.token(resync)) ?? "";
		site.clock.advance(ms);
		expect(await codeOf(site.run(resync, { approvals: [token] }))).toBe(expected);
		expect(site.received()).toEqual(expected === "no error" ? ["ResyncReplica"] : []);
	});

	test("of another operation, or of a wish that comes to the same step, does not fit", async () => {
		const site = await parted();
		const other = (await site.token(asked("RestoreFromReplica"))) ?? "";
		const { answer, token: ofWish } = await site.look({ state: "active" });
		expect(answer).toMatchObject({ steps: [{ operation: "ResyncReplica" }] });
		const approvals = [other, ofWish ?? ""];
		expect(approvals).not.toContain("");
		expect(await codeOf(site.run(resync, { approvals }))).toBe(errorCodes.approvalMissing);
		expect(site.received()).toEqual([]);
	});

	test.each([null, "no time"])("goes by our clock where the host's says %s", async (hostTime) => {
		const site = await parted();
		site.seenThrough((seen) => ({ ...seen, hostTime }));
		const token = (await site.token(resync)) ?? "";
		site.clock.jump(2 * hourMs);
		expect(await codeOf(site.run(resync, { approvals: [token] }))).toBe(errorCodes.approvalMissing);
		expect(site.received()).toEqual([]);
	});

	test("to a failover from a lost source goes by the clock of the end that is left", async () => {
		const site = await Site.open();
		await site.sites.array("east-array").lose();
		const lost = { lost: "source" } as const;
		const token = (await site.token(asked("Failover"), lost)) ?? "";
		// Ours is set by somebody: the array's goes on.
		site.clock.jump(5 * hourMs);
		await site.run(asked("Failover"), { ...lost, approvals: [token] });
		expect(site.received()).toEqual(["Failover"]);
	});
});
