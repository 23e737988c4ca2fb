import { describe, expect, test } from "vitest";
import { codeOf, Site } from "./site";

const hide = (site: Site, ms: number) =>
	site.sites.change((world, nowMs) => {
		for (const link of world.relationships) link.hiddenUntilMs = nowMs + ms;
	});

describe("a relationship that nobody shows for a moment", () => {
	test("is not created again by the first up, which knows of none", async () => {
		const site = await Site.open({ profile: "srdf" });
		await hide(site, 3_000);
		const { outlook } = await site.run({ state: "active" });
		expect([site.received(), outlook.situation.observed.presence]).toEqual([[], "present"]);
	});

	test("is absent when it was looked for long enough, and creating it takes consent", async () => {
		const site = await Site.open({ related: false });
		const startedMs = site.clock.now();
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
		expect(site.clock.now() - startedMs).toBeGreaterThanOrEqual(5_000);
		await site.runApproved({ state: "active" });
		expect(site.received()).toEqual(["CreateReplica"]);
	});

	test("named by a host that cannot show it, it is not absent", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		site.seenThrough((seen) => ({
			...seen,
			relationships: [],
			unreadable: seen.disks.map(({ uniqueId }) => ({
				diskUniqueId: uniqueId,
				what: "a relationship with a peer it cannot read",
			})),
		}));
		for (const state of ["active", "absent"] as const) {
			expect(await codeOf(site.run({ state })), state).toBe("SR4003");
		}
		expect(site.received()).toEqual([]);
	});
});

describe("half a relationship", () => {
	const forgottenBy = (site: Site, name: string) =>
		site.seenThrough((seen, host) => (host === name ? { ...seen, relationships: [] } : seen));

	test.each(["east", "west"])("that host %s does not list any more is never whole", async (name) => {
		const site = await Site.open();
		await site.run({ state: "active" });
		forgottenBy(site, name);
		for (const state of ["active", "suspended", "reversed", "failedOver", "split"] as const) {
			expect(await codeOf(site.run({ state })), state).toBe("SR3009");
		}
		site.record = null;
		expect(await codeOf(site.run({ state: "active" })), "adopted afresh").toBe("SR3009");
		expect(site.received()).toEqual([]);
	});

	test.each(["east", "west"])("is removed at the end that still lists it when %s forgot it", async (name) => {
		const site = await Site.open();
		await site.run({ state: "active" });
		forgottenBy(site, name);
		await site.run({ state: "absent" });
		const [call] = site.sites.calls();
		expect([site.received(), call?.host]).toEqual([["Detach"], name === "east" ? "west" : "east"]);
		expect(await site.settled()).toBeNull();
	});

	test("that one host shows a moment later than the other is waited for", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		const shownAtMs = site.clock.now() + 2_000;
		site.seenThrough((seen, host) =>
			host === "west" && site.clock.now() < shownAtMs ? { ...seen, relationships: [] } : seen,
		);
		await site.run({ state: "suspended" });
		expect(site.received()).toEqual(["Suspend"]);
	});

	test("left by a Detach that one host did not heed is not taken for removed", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		const before = site.hosts();
		const kept = (await before.observeAfresh("west")).relationships;
		let detached = 0;
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") detached++;
		};
		// The target's side goes on listing it until it is told itself.
		site.seenThrough((seen, host) => (host === "west" && detached < 2 ? { ...seen, relationships: kept } : seen));
		const code = await codeOf(site.run({ state: "absent" }));
		const calls = site.sites.calls().map(({ host, operation }) => `${operation} at ${host}`);
		expect(calls).toEqual(["Detach at east", "Detach at west"]);
		expect(code).toMatch(/no error|SR3001/);
	});
});

describe("hosts that contradict each other on the roles", () => {
	test("stop everything but a removal, which needs no roles", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		site.seenAs(() => ({ role: "source" }));
		expect(await codeOf(site.run({ state: "suspended" }))).toBe("SR5004");
		expect(site.received()).toEqual([]);
		await site.run({ state: "absent" });
		expect(site.received()).toEqual(["Detach"]);
	});

	test("nor is a removal stuck because no host tells a role", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		site.seenAs(() => ({ role: "unknown" }));
		expect(await codeOf(site.run({ state: "suspended" }))).toBe("SR3007");
		await site.run({ state: "absent" });
		expect(site.received()).toEqual(["Detach"]);
	});
});
