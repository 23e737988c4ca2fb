import { describe, expect, test } from "vitest";
import type { TransitionEvent } from "../../provider/executor/events";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../provider/model/vocabulary/storage";
import type { Desired } from "../../provider/planner/situation";
import { codeOf, Site } from "./site";

const limits = { transitionMs: 60_000, syncMs: 10 * 60_000, deleteMs: 3_000 };

describe("a job in flight", () => {
	test("beside a pair that is as wished: nothing to do, and the job is named", async () => {
		const site = await Site.open();
		site.seenAs(() => ({ job: "repair-7" }));
		const startedMs = site.clock.now();
		const { outlook } = await site.run({ state: "active" });
		expect(outlook.answer).toMatchObject({ steps: [], warnings: [expect.stringContaining("repair-7")] });
		expect(site.clock.now() - startedMs).toBeLessThan(2_000);
	});

	test("of our own interrupted run is waited for, and no longer than the wish may take", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
		expect(await codeOf(site.run({ state: "suspended" }))).toBe("SR3001");
		const endsMs = site.clock.now() + 20_000;
		site.seenAs(() => ({ job: site.clock.now() < endsMs ? "job-1" : null }));
		const events: TransitionEvent[] = [];
		site.onEvent = async (event) => void events.push(event);
		await site.run({ state: "active" }, { limits });
		expect(site.clock.now()).toBeGreaterThanOrEqual(endsMs);
		expect(events.filter(({ kind }) => kind === "awaited")).toEqual([
			{ kind: "awaited", what: "job job-1 of the last run to end", limitMs: limits.transitionMs },
		]);
	});

	test("what an interrupted run sent is waited for, and that is told once, before the wait", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.addFault({ kind: "cutOff", effect: false, times: 1 });
		expect(await codeOf(site.run({ state: "suspended" }))).toBe("SR4002");
		const { interrupted } = site.record ?? {};
		if (interrupted !== undefined) Object.assign(interrupted, { sentAt: new Date(site.clock.now()).toISOString() });
		const events: TransitionEvent[] = [];
		site.onEvent = async (event) => void events.push(event);
		await site.run({ state: "suspended" });
		const awaited = {
			kind: "awaited",
			what: "Suspend, which the last run sent, to show its effect",
			limitMs: expect.closeTo(60_000, -4),
		};
		expect(events.filter(({ kind }) => kind === "awaited")).toEqual([awaited]);
		expect(events[0]).toEqual(awaited);
	});

	test.each<readonly [Desired, number]>([
		[{ state: "absent" }, limits.deleteMs],
		[{ state: "suspended" }, limits.transitionMs],
		[{ state: "failedOver" }, limits.transitionMs],
		[{ state: "reversed" }, limits.syncMs],
	])("is waited for as long as the wish %j may take, and the error names it", async (desired, limitMs) => {
		const site = await Site.open();
		await site.run({ state: "active" });
		site.seenAs(() => ({ job: "stuck-3" }));
		const startedMs = site.clock.now();
		const error: unknown = await site.run(desired, { limits }).catch((e: unknown) => e);
		expect(site.clock.now() - startedMs).toBeGreaterThanOrEqual(limitMs);
		expect(site.clock.now() - startedMs).toBeLessThan(limitMs + 20_000);
		expect(String(error)).toMatch(/SR3004.*it did not settle in \d+ s; job stuck-3 is still in flight/);
		expect(String(error), "it was where the wait was for").not.toContain("not reached");
	});

	test("that completes proves nothing: the state does", async () => {
		const site = await Site.open({ profile: "srdf" });
		await site.run({ state: "active" });
		await site.run({ state: "suspended" });
		site.onEvent = async ({ kind }) => {
			if (kind !== "afterCall") return;
			await site.sites.change((world) => {
				for (const job of world.jobs) job.state = jobStates.Completed;
				for (const link of world.relationships)
					Object.assign(link, { copy: null, copyState: states.Suspended, progressStatus: 2 });
			});
		};
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR3008");
		expect(site.record).toMatchObject({ copyState: "Suspended" });
	});
});

test("after waiting for something in flight consent is asked for what is found then", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.sites.change((world) => {
		for (const link of world.relationships) link.progressStatus = 20; // Pending
	});
	let polled = 0;
	site.onEvent = async ({ kind }) => {
		if (kind !== "polled" || polled++ !== 1) return;
		await site.sites.change((world) => {
			for (const link of world.relationships) Object.assign(link, { copyState: states.Split, progressStatus: 2 });
		});
		await site.sites.write("Orders-DR", 3);
	};
	expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
	expect([site.received(), site.sites.writes().lost]).toEqual([[], 0]);
});

describe("what was asked of the array just before", () => {
	test("is looked for before it is sent again: RequestedCopyState names it", async () => {
		const site = await Site.open({ profile: "srdf" });
		await site.run({ state: "active" });
		const takesEffectMs = site.clock.now() + 4_000;
		site.seenAs(() => ({ requestedCopyState: states.Failedover }));
		const sleep = site.clock.sleep.bind(site.clock);
		site.clock.sleep = async (ms) => {
			await sleep(ms);
			if (site.clock.now() < takesEffectMs) return;
			await site.sites.change((world) => {
				for (const link of world.relationships)
					Object.assign(link, { copyState: states.Failedover, progressStatus: 2 });
			});
		};
		expect(await codeOf(site.run({ state: "failedOver" }))).toBe("SR5005");
		expect(site.received()).toEqual([]);
		await site.run({ state: "failedOver" });
		expect(site.received()).toEqual([]);
	});

	test("and sent when it does not show", async () => {
		const site = await Site.open({ profile: "srdf" });
		await site.run({ state: "active" });
		site.seenAs(() => ({ requestedCopyState: states.Failedover }));
		await site.run({ state: "failedOver" });
		expect(site.received()).toEqual(["Failover"]);
	});
});

test("a Failover that another stack was faster with is not sent a second time (the array toggles)", async () => {
	const site = await Site.open({ profile: "srdf" });
	await site.run({ state: "active" });
	site.onEvent = async ({ kind }) => {
		if (kind !== "planned") return;
		await site.sites.change((world) => {
			for (const link of world.relationships) Object.assign(link, { copyState: states.Failedover, progressStatus: 2 });
		});
	};
	expect(await codeOf(site.run({ state: "failedOver" }))).toBe("SR5005");
	expect(site.received()).toEqual([]);
});

describe("a read-only asynchronous source whose lag is told by SyncTime", () => {
	const asynchronous = async () => {
		const site = await Site.open({ profile: "svc", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		await site.sites.readOnly("Orders");
		return site;
	};
	const iso = (ms: number) => new Date(ms).toISOString();
	test("always a few seconds old: it has arrived when all is copied as of a moment after it became read-only", async () => {
		const site = await asynchronous();
		site.seenAs(() => ({ lagSeconds: 6, percentSynced: 100, syncTime: iso(site.hostNow() - 6_000) }));
		await site.run({ state: "reversed" });
		expect([site.received(), site.sites.writes().lost]).toEqual([["ReverseRoles"], 0]);
	});

	test("and stays arrived over the steps that follow: nothing of it counts as lost (srdf)", async () => {
		const site = await Site.open({ profile: "srdf", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		await site.sites.readOnly("Orders");
		site.seenAs(({ copyState }) =>
			copyState === states.Synchronized
				? { lagSeconds: 6, percentSynced: 100, syncTime: iso(site.hostNow() - 6_000) }
				: {},
		);
		await site.run({ state: "reversed" });
		expect([site.received(), site.sites.writes().lost]).toEqual([["Suspend", "ReverseRoles", "Resume"], 0]);
	});

	test("standing still since ten minutes: named at once with what helps, not waited for", async () => {
		const site = await asynchronous();
		const fixed = site.hostNow() - 600_000;
		site.seenAs(() => ({
			lagSeconds: Math.round((site.hostNow() - fixed) / 1000),
			percentSynced: 100,
			syncTime: iso(fixed),
		}));
		const startedMs = site.clock.now();
		const error: unknown = await site.run({ state: "reversed" }).catch((e: unknown) => e);
		expect(site.clock.now() - startedMs).toBeLessThan(60_000);
		expect(String(error)).toMatch(/SR5002.*does not catch up.*syncMode: synchronous/);
		expect(site.received()).toEqual([]);
	});

	test("as of a moment before it became read-only proves nothing, nor does less than all", async () => {
		for (const facts of [
			{ percentSynced: 100, syncTime: iso(-1_000) },
			{ percentSynced: 99, syncTime: iso(4_000_000_000_000) },
			{ percentSynced: null, syncTime: iso(4_000_000_000_000) },
		]) {
			const site = await asynchronous();
			site.seenAs(() => ({ lagSeconds: 3, ...facts }));
			expect(await codeOf(site.run({ state: "reversed" }))).toBe("SR5002");
			expect(site.received()).toEqual([]);
		}
	});
});
