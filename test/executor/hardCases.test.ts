import { describe, expect, test } from "vitest";
import type { Declared } from "../../provider/executor/declared";
import { observeRelationship } from "../../provider/executor/observeRelationship";
import { runTransition } from "../../provider/executor/transition";
import { TransitionStopped } from "../../provider/executor/transitionEnd";
import { profiles } from "../../provider/hosts/simulator/profiles";
import { relationshipAtRest } from "../../provider/hosts/simulator/relationshipAtRest";
import { codeOf, Site } from "./site";

describe("the tail of an asynchronous source", () => {
	test("a read-only source is drained before the copy is stopped, too (srdf)", async () => {
		const site = await Site.open({ profile: "srdf", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		await site.sites.readOnly("Orders");
		await site.run({ state: "reversed" }); // no token, no lag consent
		expect(site.received()).toEqual(["Suspend", "ReverseRoles", "Resume"]);
		expect(site.sites.writes().lost).toBe(0);
	});
	test("nor does a failover that fractures first leave it behind (cci)", async () => {
		const site = await Site.open({ profile: "cci", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		await site.sites.readOnly("Orders");
		await site.run({ state: "failedOver" });
		expect(site.sites.writes("Orders-DR").lacking).toBe(0);
	});
	test("and not over two runs: suspended, then reversed (srdf)", async () => {
		const site = await Site.open({ profile: "srdf", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		await site.sites.readOnly("Orders");
		await site.run({ state: "suspended" });
		await codeOf(site.run({ state: "reversed" }));
		expect(site.sites.writes().lost).toBe(0);
	});
	test("is seen to arrive by a SyncTime that moves on, where the array tells neither mode nor lag (cci)", async () => {
		const site = await Site.open({ profile: "cci", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		await site.sites.traits("Orders", { lagBy: "syncTime", reportsMode: false });
		await site.sites.readOnly("Orders");
		await site.run({ state: "reversed" });
		expect(site.received()[0]).toBe("ReverseRoles");
		expect(site.sites.writes().lost).toBe(0);
	});
});

test("hosts that disagree on the copy state: the target's Failedover is not overruled by a stale source", async () => {
	const site = await Site.open({ profile: "srdf" });
	await site.run({ state: "active" });
	await site.sites.array("east-array").lose();
	await site.runApproved({ state: "failedOver" }, { lost: "source" });
	await site.sites.array("east-array").restore();
	await site.sites.write("Orders-DR", 5);
	site.seenThrough((seen, name) =>
		name === "west"
			? seen
			: { ...seen, relationships: seen.relationships.map((link) => ({ ...link, copyState: 4, progressStatus: 2 })) },
	);

	expect(await codeOf(site.run({ state: "active" }))).not.toBe("no error");
	expect(site.record).toMatchObject({ copyState: "Failedover", ahead: { target: "yes" } });
});

test("and no Failover is sent to it (the array toggles)", async () => {
	const site = await Site.open({ profile: "srdf" });
	await site.run({ state: "failedOver" });
	await site.sites.write("Orders-DR", 5);
	site.record = null; // adopting it afresh
	const from = site.sites.calls().length;
	site.seenThrough((seen, name) =>
		name === "west"
			? seen
			: { ...seen, relationships: seen.relationships.map((link) => ({ ...link, copyState: 4, progressStatus: 2 })) },
	);
	await codeOf(site.run({ state: "failedOver" }));
	expect(site.received(from)).toEqual([]);
	expect(await site.settled()).toMatchObject({ copyState: 10 });
});

test("the last look before a call is heeded: no Failover to what is failed over by now", async () => {
	const site = await Site.open({ profile: "srdf", syncMode: "asynchronous" });
	await site.run({ state: "active" });
	site.onEvent = async (event) => {
		if (event.kind !== "planned") return;
		await site.sites.change((world) => {
			for (const link of world.relationships) Object.assign(link, { copyState: 10, progressStatus: 2, tail: [] });
		});
	};
	await codeOf(site.run({ state: "failedOver" }, { maxDataLossSeconds: 60 }));
	expect(site.received()).toEqual([]);
	expect(await site.settled()).toMatchObject({ copyState: 10 });
});

test("a relationship that is hidden for a moment is not deleted by looking", async () => {
	const site = await Site.open({ profile: "srdf" });
	await site.run({ state: "active" });
	await site.sites.change((world, nowMs) => {
		for (const link of world.relationships) link.hiddenUntilMs = nowMs + 800;
	});
	await codeOf(site.run({ state: "absent" }));
	expect(await site.settled()).toBeNull();
});

test("nor by waiting for a change of roles that hides it afterwards", async () => {
	const site = await Site.open({ profile: "srdf" });
	await site.run({ state: "active" });
	await site.run({ state: "failedOver" });
	const { record } = site;
	site.onEvent = async (event) => {
		if (event.kind === "afterCall" && event.at.step.kind === "operation" && event.at.step.operation === "ReverseRoles")
			throw new Error("killed");
	};
	await site.run({ state: "reversed" }).catch(() => {});
	site.record = record;
	site.onEvent = async () => {};
	await codeOf(site.run({ state: "absent" }));
	expect(await site.settled()).toBeNull();
});

test("a state without a name does not make the run forget who is ahead", async () => {
	const site = await Site.open({ profile: "srdf" });
	await site.run({ state: "active" });
	let proved = 0;
	const become = (copyState: number) =>
		site.sites.change((world) => {
			for (const link of world.relationships)
				Object.assign(link, { copyState, progressStatus: 2, change: null, sourceFenced: false });
		});
	site.onEvent = async ({ kind }) => {
		if (kind === "proved" && proved++ === 0) await site.sites.write("Orders-DR", 6);
		if (kind === "beforeCall" && proved === 1)
			await site.sites.addFault({ kind: "returnCode", code: 2, effect: false, times: 1 });
		if (kind === "afterCall" && proved === 1) await become(16);
	};
	expect(await codeOf(site.run({ state: "reversed" }))).toBe("SR3003"); // Failover is done, ReverseRoles stopped
	site.onEvent = async () => {};
	expect(site.record?.ahead.target).toBe("yes");
	await become(9);
	await codeOf(site.run({ state: "active" })); // no token
	expect(site.sites.writes().lost).toBe(0);
});

test("an interrupted Suspend does not disarm onRoleChange: stop", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
	expect(await codeOf(site.run({ state: "suspended" }))).toBe("SR3001");
	await site.sites.changeRoles("Orders");
	expect(await codeOf(site.run({ state: "active" }))).toBe("SR5003");
	expect(site.received()).toEqual(["Suspend"]);
});

test.each(["approval", "lag"])(
	"an asynchronous reversal with consent by %s gets there or does not start (srdf)",
	async (by) => {
		const site = await Site.open({ profile: "srdf", syncMode: "asynchronous" });
		await site.run({ state: "active" });
		await site.sites.write("Orders", 3);
		const token = await site.token({ state: "reversed" });
		const more = by === "lag" ? { maxDataLossSeconds: 60 } : { approvals: [token ?? ""] };
		const code = await codeOf(site.run({ state: "reversed" }, more));

		if (by === "approval") expect(code).toBe("no error");
		else expect([code, site.received()]).toEqual(["SR5001", []]);
	},
);

test("a lag that cannot be measured later consents to nothing: it stops before the first step (cci)", async () => {
	const site = await Site.open({ profile: "cci", syncMode: "asynchronous" });
	await site.run({ state: "active" });
	await site.sites.write("Orders", 3);
	const error: unknown = await site.run({ state: "failedOver" }, { maxDataLossSeconds: 60 }).catch((e: unknown) => e);

	expect(site.received()).toEqual([]);
	expect(error).not.toBeInstanceOf(TransitionStopped);
});

test("the repeat after 40003 measures the lag again", async () => {
	const site = await Site.open({ profile: "svc", syncMode: "asynchronous" });
	await site.run({ state: "active" });
	await site.sites.write("Orders", 3);
	await site.sites.addFault({ kind: "returnCode", code: 40003, effect: false, times: 1 });
	site.onEvent = async (event) => {
		if (event.kind !== "afterCall" || event.returnCode !== 40003) return;
		await site.sites.change((world, nowMs) => {
			for (const link of world.relationships) link.tail = link.tail.map((t) => ({ ...t, atMs: nowMs - 4_000 }));
		});
	};
	expect(await codeOf(site.run({ state: "failedOver" }, { maxDataLossSeconds: 1 }))).toBe("SR5001");
	expect(site.received()).toEqual(["Failover"]);
});

test("two peers of one name are not guessed between", async () => {
	const site = await Site.open();
	await site.sites.change((world) => {
		const target = world.disks[1];
		const [link] = world.relationships;
		if (target === undefined || link === undefined) throw new Error("no pair");
		world.arrays.push({ name: "north-array", profile: "generous", hosts: ["north"] });
		world.disks.push({ ...target, uniqueId: "6000300000000001", array: "north-array" });
		world.relationships.unshift({ ...link, id: "to north", target: "6000300000000001" });
	});
	await codeOf(site.run({ state: "suspended" }, { lost: "target" }));
	expect(site.sites.calls()).toEqual([]);
});

test("a call that was cut off is watched as long as one that was answered, or the next run would send it again", async () => {
	const late = profiles.srdf as { lateMs: number; jobs: readonly string[] };
	const { jobs } = late;
	Object.assign(late, { lateMs: 30_000, jobs: [] });
	try {
		const site = await Site.open({ profile: "srdf" });
		// An array that reports Read/Write for every disk: Access tells nothing.
		await site.sites.addFault({ kind: "writable", disk: "Orders-DR" });
		await site.run({ state: "active" });
		await site.sites.addFault({ kind: "cutOff", effect: true, times: 1 });
		await site.run({ state: "failedOver" });
		await site.run({ state: "failedOver" });
		expect(site.received()).toEqual(["Failover"]);
		expect(await site.settled()).toMatchObject({ copyState: 10 });
	} finally {
		Object.assign(late, { lateMs: 0, jobs });
	}
});

test("what is known of the old target's wholeness is not said of the new one", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.run({ state: "failedOver" });
	await site.sites.write("Orders-DR", 4);
	// A Failback breaks off half way: Orders is neither what it was nor what it was to become.
	site.onEvent = async (event) => {
		if (event.kind !== "polled" || !event.seen.includes("FailingBack")) return;
		await site.sites.change((world) => {
			for (const link of world.relationships) Object.assign(link, { copy: null, copyState: 10, progressStatus: 2 });
		});
	};
	expect(await codeOf(site.runApproved({ state: "active" }))).toBe("SR3008");
	site.onEvent = async (event) => {
		if (event.kind !== "beforeCall" || event.at.step.kind !== "operation" || event.at.step.operation !== "Resume")
			return;
		await site.sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
	};
	expect(await codeOf(site.runApproved({ state: "reversed" }))).toBe("SR3001"); // ReverseRoles done, Resume refused
	site.onEvent = async () => {};
	expect(site.record).toMatchObject({ direction: "reverse", copyState: "Suspended" });
	expect(site.record?.targetConsistent).not.toBe(true);
});

test("swapped ends with one of them lost are not one disk twice", async () => {
	const site = await Site.open();
	await site.sites.array("east-array").lose();
	const ends = {
		source: { host: "west", virtualDisk: "Orders-DR" },
		target: { host: "east", virtualDisk: "Orders" },
	};
	for (const lost of ["target", null] as const) {
		const look = observeRelationship({ ends, lost, knownIds: site.ids }, site.hosts(), "fresh");
		expect(await codeOf(look), `lost ${lost}`).toBe("no error");
	}
});

test("a run that does nothing does not agree to changed roles", async () => {
	const site = await Site.open({ profile: "srdf" });
	await site.run({ state: "active" });
	await site.run({ state: "suspended" });
	await site.sites.changeRoles("Orders");
	await codeOf(site.run({ state: "suspended" })); // for a changed timeout, say
	expect(await codeOf(site.runApproved({ state: "active" }))).toBe("SR5003");
});

test("a replica that the array names its own way is found, not made again", async () => {
	const site = await Site.open({ related: false });
	await site.sites.change((world) => {
		world.disks = world.disks.filter(({ name }) => name !== "Orders-DR");
	});
	const named = (name: string, id: string) => (name === "Orders-DR" ? `vol-${id}` : name);
	site.seenThrough((seen) => ({
		...seen,
		disks: seen.disks.map((disk) => ({ ...disk, friendlyName: named(disk.friendlyName, disk.uniqueId) })),
		relationships: seen.relationships.map((link) => ({ ...link, peerName: named(link.peerName, link.peerUniqueId) })),
	}));
	const up = (knownIds: Declared["knownIds"]) => {
		const request = site.request({ state: "active" });
		const target = { ...request.declared.ends.target, storagePool: "Pool", storageSubsystem: "west-array" };
		const declared = { ...request.declared, knownIds, ends: { ...request.declared.ends, target } };
		const around = { hosts: site.hosts(), clock: site.clock, fence: async () => {}, report: () => {} };
		return runTransition({ ...request, declared }, around);
	};
	const { outlook } = await up({ source: null, target: null });
	const { ids } = outlook.sighting;
	expect(ids).toEqual({ source: site.ids.source, target: site.sites.look().relationships[0]?.target });
	await up(ids);
	expect(site.received()).toEqual(["CreateReplica"]);
});

test("a replica that somebody else makes while ours is refused is not taken for ours", async () => {
	const site = await Site.open({ related: false });
	await site.sites.change((world) => {
		world.disks = world.disks.filter(({ name }) => name !== "Orders-DR");
	});
	await site.sites.addFault({ kind: "returnCode", code: 40000, effect: false, times: 1 });
	site.onEvent = async ({ kind }) => {
		if (kind !== "afterCall") return;
		await site.sites.change((world) => {
			const [source] = world.disks;
			if (source === undefined) throw new Error("no source");
			world.disks.push({ ...source, uniqueId: "6000200000000077", name: "Report", array: "west-array" });
			const ids = { source: source.uniqueId, target: "6000200000000077" };
			world.relationships.push(relationshipAtRest({ id: "somebody else's", ...ids }));
		});
	};
	const request = site.request({ state: "active" });
	const target = { ...request.declared.ends.target, storagePool: "Pool", storageSubsystem: "west-array" };
	const declared = { ...request.declared, ends: { ...request.declared.ends, target } };
	const around = { hosts: site.hosts(), clock: site.clock, fence: async () => {}, report: site.onEvent };
	expect(await codeOf(runTransition({ ...request, declared }, around))).toBe("SR3001");
});

test("a slow cache at the other host does not stop a failover that we made", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	const before = site.sites.look().relationships[0]?.copyState;
	let staleUntilMs = 0;
	site.seenThrough((seen, name) =>
		name === "west" && site.clock.now() < staleUntilMs
			? { ...seen, relationships: seen.relationships.map((link) => ({ ...link, copyState: before ?? 4 })) }
			: seen,
	);
	site.onEvent = async ({ kind }) => {
		if (kind === "afterCall") staleUntilMs = site.clock.now() + 300_000;
	};
	await site.run({ state: "failedOver" });
	expect(site.received()).toEqual(["Failover"]);
	expect(site.record).toMatchObject({ copyState: "Failedover" });
});

test("while failed over, a target that an administrator made read-only takes no writes: the way back is no loss", async () => {
	const site = await Site.open({ syncMode: "asynchronous", profile: "svc" });
	await site.run({ state: "active" });
	await site.sites.readOnly("Orders");
	await site.run({ state: "failedOver" });
	await site.sites.readOnly("Orders-DR");
	const { situation } = await site.look({ state: "active" });
	expect(situation.observed.readOnly.target).toBe(true);
});

test("suspending a read-only source whose lag is never zero waits a minute, not half an hour", async () => {
	const site = await Site.open({ syncMode: "asynchronous" });
	await site.run({ state: "active" });
	await site.sites.readOnly("Orders");
	site.seenThrough((seen) => ({
		...seen,
		relationships: seen.relationships.map((link) => ({ ...link, lagSeconds: 5 })),
	}));
	const startedMs = site.clock.now();
	await site.run({ state: "suspended" });
	expect(site.clock.now() - startedMs).toBeLessThan(120_000);
	expect(site.record?.ahead.source, "its tail may not have arrived").not.toBe("no");
});

test("roles that were adopted while suspended are remembered", async () => {
	const site = await Site.open({ profile: "srdf" });
	await site.run({ state: "active" });
	await site.run({ state: "suspended" });
	await site.sites.changeRoles("Orders");
	await site.run({ state: "suspended" }, { onRoleChange: "adopt" });
	expect(site.record).toMatchObject({ direction: "reverse" });
});

test("split brain in mid-run is told within minutes, not waited for as a slow cache is", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	site.onEvent = async ({ kind }) => {
		if (kind === "afterCall") await site.sites.addFault({ kind: "writable", disk: "Orders-DR" });
	};
	const startedMs = site.clock.now();
	expect(await codeOf(site.run({ state: "suspended" }))).toBe("SR5004");
	expect(site.clock.now() - startedMs).toBeLessThan(300_000);
});

test.each([
	[3, 60_000, 120_000],
	[4, 10_000, 30_000],
])("code %i without an effect is watched for at least %i ms", async (code, leastMs, mostMs) => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.sites.addFault({ kind: "returnCode", code, effect: false, times: 1 });
	const startedMs = site.clock.now();
	expect(await codeOf(site.run({ state: "suspended" }))).toBe("SR3001");
	const watchedMs = site.clock.now() - startedMs;
	expect(watchedMs).toBeGreaterThanOrEqual(leastMs);
	expect(watchedMs).toBeLessThan(mostMs);
});
