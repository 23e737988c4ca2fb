import { describe, expect, test } from "vitest";
import { lookAt } from "../../provider/executor/outlook";
import { defaultLimits } from "../../provider/executor/wish";
import { virtualDiskToVirtualDiskProgressStatus as progress } from "../../provider/model/vocabulary/relationship";
import { codeOf, Site } from "./site";

/** The operations that arrived, and at which host. */
const callsOf = (site: Site) =>
	site.sites.calls().map(({ host, operation, method }) => `${operation ?? method} at ${host}`);

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
			unread: seen.disks.map(({ uniqueId }) => ({
				hides: "relationship",
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
		// Some providers list every link at its source only: that is half of one only where both listed it before.
		for (const record of name === "east" ? [site.record, null] : [site.record]) {
			site.record = record;
			for (const state of ["reversed", "failedOver"] as const) {
				expect(await codeOf(site.run({ state })), state).toBe("SR3009");
			}
			// What can be created anew overwrites the target: nothing of it without consent.
			for (const state of ["active", "suspended", "split"] as const) {
				expect(await codeOf(site.run({ state })), state).toBe("SR5001");
			}
		}
		expect(site.received()).toEqual([]);
	});

	test("it is not where a provider lists every link at its source only", async () => {
		const site = await Site.open();
		site.seenThrough((seen) => ({
			...seen,
			relationships: seen.relationships.filter(({ role }) => role === "source"),
		}));
		for (const state of ["active", "suspended", "active", "reversed", "absent", "active"] as const) {
			await site.runApproved({ state });
		}
		expect(callsOf(site)).toEqual([
			"Suspend at east",
			"Resume at east",
			"ReverseRoles at east",
			"Detach at west",
			"CreateReplica at east",
		]);
		expect(site.sites.writes().lost).toBe(0);
	});

	test.each([
		["Orders", "west"],
		["Orders-DR", "east"],
	])(
		"that the array of %s forgot: with consent its other half is removed, then it is created anew",
		async (disk, listing) => {
			const site = await Site.open();
			await site.run({ state: "active" });
			await site.run({ state: "suspended" });
			await site.sites.write("Orders", 5);
			await site.sites.forget(disk);
			await site.runApproved({ state: "active" });
			expect(callsOf(site).slice(1)).toEqual([`Detach at ${listing}`, "CreateReplica at east"]);
			expect(site.record).toMatchObject({ copyState: "Synchronized", direction: "forward" });
			expect([site.sites.writes().lost, site.sites.writes("Orders-DR").lacking]).toEqual([0, 0]);
		},
	);

	test("that tells of a copy which nobody carries on any more is not waited for", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.forget("Orders");
		await site.sites.change((world) => {
			for (const link of world.relationships) link.progressStatus = progress.Resyncing;
		});
		const { answer } = await site.look({ state: "active" });
		expect(answer).toMatchObject({ steps: [{ operation: "Detach" }, { kind: "create" }, { kind: "wait" }] });
		await site.runApproved({ state: "active" });
		expect(site.received()).toEqual(["Detach", "CreateReplica"]);
	});

	test("is known as one also where the creation that listed both stopped half way", async () => {
		const site = await Site.open({ related: false });
		site.onEvent = async ({ kind }) => {
			if (kind === "beforeCall") await site.sites.link("east-array", "west-array").lose();
		};
		await expect(site.runApproved({ state: "active" })).rejects.toThrow("SR3003");
		expect(site.record?.bothListed).toBe(true);
		site.onEvent = async () => {};
		await site.sites.link("east-array", "west-array").restore();
		await site.sites.forget("Orders-DR");
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
	});

	test("that is being removed is waited for: nothing is removed twice", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.forget("Orders-DR");
		await site.sites.addFault({ kind: "slow", factor: 500 });
		expect(await codeOf(site.run({ state: "absent" }, { limits: { ...defaultLimits, deleteMs: 5_000 } }))).toBe(
			"SR3004",
		);
		const { answer } = await site.look({ state: "active" });
		expect(answer).toMatchObject({ steps: [{ kind: "wait" }], replan: true });
		expect(site.received()).toEqual(["Detach"]);
	});

	describe("seen by one host for both arrays", () => {
		const hosts = { source: "mgmt", target: "mgmt" };

		test.each(["Orders", "Orders-DR"])("is told where it listed both before, and %s is forgotten", async (disk) => {
			const site = await Site.open({ hosts });
			await site.run({ state: "active" });
			expect(site.record?.bothListed).toBe(true);
			await site.sites.forget(disk);
			for (const state of ["reversed", "failedOver"] as const) {
				expect(await codeOf(site.run({ state })), state).toBe("SR3009");
			}
			await expect(site.run({ state: "reversed" })).rejects.toThrow(`and none at ${disk}.`);
			expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
			expect(site.received()).toEqual([]);
			await site.runApproved({ state: "active" });
			expect(site.received()).toEqual(["Detach", "CreateReplica"]);
			expect(site.record).toMatchObject({ copyState: "Synchronized", direction: "forward", bothListed: true });
			expect([site.sites.writes().lost, site.sites.writes("Orders-DR").lacking]).toEqual([0, 0]);
		});

		test("is not where other hosts listed both before", async () => {
			const site = await Site.open();
			await site.run({ state: "active" });
			site.hostNames = hosts;
			site.seenThrough((seen) => ({
				...seen,
				relationships: seen.relationships.filter(({ role }) => role === "source"),
			}));
			const asked = site.request({ state: "active" });
			const meant = [
				{ host: "east", virtualDisk: "Orders", id: site.ids.source },
				{ host: "west", virtualDisk: "Orders-DR", id: site.ids.target },
			];
			const look = (declared = asked.declared) =>
				lookAt({ ...asked, declared }, site.hosts(), { freshness: "fresh", halves: "remove" });
			expect((await look({ ...asked.declared, meant })).sighting.unlistedAt).toBeNull();
			expect((await look()).sighting.unlistedAt).toBe("target");
		});

		test.each(["source", "target"])("is not where it lists every link once, at its %s", async (at) => {
			const site = await Site.open({ hosts });
			site.seenThrough((seen) => ({ ...seen, relationships: seen.relationships.filter(({ role }) => role === at) }));
			for (const state of ["active", "suspended", "active", "reversed"] as const) await site.run({ state });
			expect(site.received()).toEqual(["Suspend", "Resume", "ReverseRoles"]);
		});
	});

	test("of a site that was given up and comes back is removed, never resumed from", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.run({ state: "suspended" });
		await site.sites.array("west-array").lose();
		await site.run({ state: "absent" }, { lost: "target" });
		expect(site.received()).toEqual(["Suspend", "Detach"]);
		site.record = null;
		await site.sites.array("west-array").restore();
		const from = site.received().length;
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
		await site.runApproved({ state: "active" });
		expect(site.received(from)).not.toContain("Resume");
		expect(site.received(from).at(-1)).toBe("CreateReplica");
		expect(site.sites.writes().lost).toBe(0);
	});

	test.each(["east", "west"])("is removed at the end that still lists it when %s forgot it", async (name) => {
		const site = await Site.open();
		await site.run({ state: "active" });
		forgottenBy(site, name);
		await site.run({ state: "absent" });
		expect(callsOf(site)).toEqual([`Detach at ${name === "east" ? "west" : "east"}`]);
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

	test("in mid-run is a host that is slow: it is waited for, and nothing is removed on its word", async () => {
		const site = await Site.open({ profile: "srdf" });
		await site.run({ state: "active" });
		let hiddenUntilMs = 0;
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") hiddenUntilMs = site.clock.now() + 30_000;
		};
		site.seenThrough((seen, host) =>
			host === "west" && site.clock.now() < hiddenUntilMs ? { ...seen, relationships: [] } : seen,
		);
		await site.run({ state: "failedOver" });
		expect(site.received()).toEqual(["Failover"]);
		await site.runApproved({ state: "active" });
		expect(site.received()).not.toContain("Detach");
	});

	test("that is hidden while the other one is detached is not taken for removed", async () => {
		const hosts = { source: "mgmt", target: "mgmt" };
		const site = await Site.open({ hosts });
		let detached = 0;
		const ofOrders = (await site.hosts().observeAfresh("mgmt")).relationships.filter(({ role }) => role === "source");
		await site.run({ state: "suspended" });
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") detached++;
		};
		const hiddenUntilMs = site.clock.now() + 3_500;
		// The source's side goes on listing its half until it is told itself.
		site.seenThrough((seen) => {
			const others = seen.relationships.filter(({ role }) => role !== "source");
			return {
				...seen,
				relationships: site.clock.now() < hiddenUntilMs || detached > 1 ? others : [...ofOrders, ...others],
			};
		});
		const code = await codeOf(site.run({ state: "absent" }));
		expect(site.received()).toEqual(["Suspend", "Detach", "Detach"]);
		expect(code).toMatch(/no error|SR3001/);
	});

	test("that both sides listed, and both lost, is gone at the first look: an ordinary destroy waits for nothing", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		const startedMs = site.clock.now();
		await site.run({ state: "absent" });
		expect(site.received()).toEqual(["Detach"]);
		expect(site.clock.now() - startedMs).toBeLessThan(1_000);
	});

	test("that a run ends with hidden is remembered as listed at both", async () => {
		const site = await Site.open();
		let isHidden = false;
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") isHidden = true;
		};
		site.seenThrough((seen) => ({
			...seen,
			relationships: seen.relationships.filter(({ role }) => !isHidden || role === "source"),
		}));
		await site.run({ state: "suspended" });
		expect(site.record).toMatchObject({ copyState: "Suspended", bothListed: true });
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
		const startedMs = site.clock.now();
		const code = await codeOf(site.run({ state: "absent" }));
		expect(callsOf(site)).toEqual(["Detach at east", "Detach at west"]);
		expect(site.clock.now() - startedMs, "the end that was seen to lose it is not waited for").toBeLessThan(5_000);
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
