import { describe, expect, test } from "vitest";
import type { TransitionEvent } from "../../provider/executor/events";
import type { Host, HostObservation } from "../../provider/executor/host";
import { Estate } from "./estate";
import { codeOf } from "./site";

/** Readings from `from` on, by method. */
function readings(estate: Estate, from = 0) {
	const all = estate.readings().slice(from);
	const of = (method: string) => all.filter((each) => each.method === method);
	return {
		whole: of("observe"),
		byKey: of("observeDisks"),
		rows: all.reduce((sum, { rows = 0 }) => sum + rows, 0),
		count: all.length,
	};
}

describe("what an estate asks of its hosts", () => {
	test.each([5, 50])("adopting %i relationships takes one reading of each host", async (count) => {
		const estate = await Estate.open(count);
		const results = await estate.up({ state: "active" });
		expect(results.every(({ record }) => record.copyState === "Synchronized")).toBe(true);
		expect([readings(estate).count, estate.sites.everyCall()]).toEqual([2, []]);
	});

	test("switching it over reads everything once, and then only what each relationship needs", async () => {
		const rows: number[] = [];
		for (const count of [10, 40]) {
			const estate = await Estate.open(count);
			await estate.up({ state: "active" });
			const from = estate.readings().length;
			await estate.up({ state: "reversed" });
			const { whole, rows: read } = readings(estate, from);
			expect(whole.length).toBeLessThanOrEqual(2);
			expect(estate.sites.calls().map(({ operation }) => operation)).toEqual(Array(count).fill("ReverseRoles"));
			rows.push(read / count);
		}
		const [few = 0, many = 0] = rows;
		expect(many).toBeLessThanOrEqual(few * 1.1);
	});

	test("looks that begin together are one request for each host", async () => {
		const estate = await Estate.open(20);
		await estate.up({ state: "active" });
		const from = estate.readings().length;
		await Promise.all(estate.names.map((name) => estate.look(name, { state: "active" }, "fresh")));
		const { whole, byKey } = readings(estate, from);
		expect(whole).toEqual([]);
		expect(byKey.map(({ rows }) => rows).sort()).toEqual([40, 40]);
	});

	test("no more relationships are worked on at a time than maxConcurrent allows", async () => {
		for (const maxConcurrent of [1, 3]) {
			const estate = await Estate.open(6, { maxConcurrent });
			await estate.up({ state: "active" });
			let [running, most] = [0, 0];
			const report = ({ kind }: TransitionEvent) => {
				if (kind === "planned") running++;
				if (kind === "finished") running--;
				most = Math.max(most, running);
			};
			await Promise.all(estate.names.map((name) => estate.run(name, { state: "suspended" }, [], report)));
			expect(most).toBe(maxConcurrent);
		}
	});
});

describe("a recent reading", () => {
	test("is too old for a relationship that was called upon since, and for no other", async () => {
		const estate = await Estate.open(3);
		await estate.up({ state: "active" });
		await estate.run("Disk-1", { state: "suspended" });
		const from = estate.readings().length;
		const [first, second] = await Promise.all([
			estate.look("Disk-1", { state: "suspended" }),
			estate.look("Disk-2", { state: "active" }),
		]);
		expect(first.situation.observed.copyState).toBe("Suspended");
		expect(second.situation.observed.copyState).toBe("Synchronized");
		expect(readings(estate, from)).toMatchObject({ whole: [], rows: 4, count: 2 });
	});

	test("does not make a relationship absent that is not there by key any more: everything is read", async () => {
		const estate = await Estate.open(2);
		await estate.up({ state: "active" });
		await estate.sites.forget("Disk-1");
		const from = estate.readings().length;
		expect(await codeOf(estate.look("Disk-1", { state: "active" }, "fresh"))).toBe("SR3009");
		const asked = readings(estate, from).whole.map(({ host }) => host);
		expect(new Set(asked)).toEqual(new Set(["east", "west"]));
	});

	test("of 30 s ago is no base for a reading by key: another disk may have the name by now", async () => {
		const estate = await Estate.open(2);
		await estate.up({ state: "active" });
		await estate.clock.sleep(30_001);
		const from = estate.readings().length;
		await estate.look("Disk-1", { state: "active" }, "fresh");
		expect(readings(estate, from)).toMatchObject({ byKey: [] });
	});

	test("a host that falls silent is not asked for everything as well", async () => {
		const estate = await Estate.open(2);
		await estate.up({ state: "active" });
		await estate.sites.host("west").down();
		const from = estate.readings().length;
		expect(await codeOf(estate.look("Disk-1", { state: "reversed" }, "fresh"))).toBe("SR4001");
		expect(readings(estate, from)).toMatchObject({ whole: [] });
	});
});

test("a recent reading in which something could not be read is too old for everything once anything was called upon", async () => {
	const unread = [{ hides: "jobs", subsystem: "another array", what: "not all jobs.", remedy: "mend it." }] as const;
	const estate = await Estate.open(1, {
		alter: (host) => {
			const observe = host.observe.bind(host);
			host.observe = async () => ({ ...(await observe()), unread });
		},
	});
	const { sighting } = await estate.look("Disk-1", { state: "active" });
	await estate.hosts.setReplicationRelationship("east", {
		operation: 22,
		diskObjectId: sighting.disks.source?.objectId ?? "",
		peerUniqueId: sighting.ids.target ?? "",
		madePeer: null,
	});
	await estate.clock.sleep(10_000);
	expect((await estate.look("Disk-1", { state: "suspended" })).situation.observed.copyState).toBe("Suspended");
});

test("what an earlier run proved is gone on from by a look of its own, not by a recent reading", async () => {
	const estate = await Estate.open(1);
	await estate.up({ state: "active" });
	await estate.sites.change((world) => {
		for (const link of world.relationships) Object.assign(link, { copyState: 9, progressStatus: 2 });
	});
	await estate.run("Disk-1", { state: "active" });
	expect(estate.sites.calls().map(({ operation }) => operation)).toEqual(["Resume"]);
});

describe("a reading by key", () => {
	/** Hosts of which one answers so by key, and whose arrays nobody discovers: what is missing stays missing. */
	const open = (change: (seen: HostObservation) => HostObservation) =>
		Estate.open(2, {
			alter: (host) => {
				Object.assign(host, { discovers: "never" });
				const byKey = host.observeDisks.bind(host);
				host.observeDisks = async (ids) => {
					const seen = await byKey(ids);
					return seen === null || host.name === "east" ? seen : change(seen);
				};
			},
		});

	test.each<readonly [string, (seen: HostObservation) => HostObservation]>([
		["no relationship", (seen) => ({ ...seen, relationships: [] })],
		["no disk", (seen) => ({ ...seen, disks: [] })],
	])("that shows %s has everything read: nothing is absent by it", async (_, change) => {
		const estate = await open(change);
		await estate.up({ state: "active" });
		const { sighting, situation } = await estate.look("Disk-1", { state: "active" }, "fresh");
		expect(situation.observed).toMatchObject({ presence: "present", reachable: { source: true, target: true } });
		expect(sighting).toMatchObject({ unlistedAt: null, disks: { target: { friendlyName: "Disk-1-DR" } } });
	});

	test("is not made beside errors: they come with enumerations only, and say what is not known", async () => {
		const estate = await Estate.open(1, {
			alter: (host) => {
				const observe = host.observe.bind(host);
				const unread = [
					{ hides: "jobs", subsystem: null, what: "not all jobs could be read.", remedy: "mend it." },
				] as const;
				host.observe = async () => ({ ...(await observe()), unread });
			},
		});
		await estate.look("Disk-1", { state: "active" });
		expect(await codeOf(estate.look("Disk-1", { state: "suspended" }, "fresh"))).toBe("SR4001");
	});

	test("knows that another disk reports the same UniqueId", async () => {
		const estate = await Estate.open(2);
		await estate.sites.changeUniqueId("Disk-2", "6000100000000001");
		for (const freshness of ["cached", "fresh"] as const)
			expect(await codeOf(estate.look("Disk-1", { state: "active" }, freshness))).toBe("SR2013");
	});
});

test("an end that is looked at alone was called upon by a call at the other end, too", async () => {
	const estate = await Estate.open(1);
	await estate.up({ state: "active" });
	await estate.run("Disk-1", { state: "suspended" });
	expect(estate.sites.calls().map(({ host }) => host)).toEqual(["east"]);
	const { situation } = await estate.look("Disk-1", { state: "suspended" }, "cached", "source");
	expect(situation.observed.copyState).toBe("Suspended");
});

test("a Discover that several providers answered makes its own host's reading old, and marks the disk at every other", async () => {
	const { hosts } = await Estate.open(1, {
		alter: (host) => {
			const discover = host.discover.bind(host);
			host.discover = async (request) => ({ ...(await discover(request)), severalProviders: true });
		},
	});
	const [disk] = (await hosts.observeAfresh("east")).disks;
	await hosts.observeAfresh("both");
	if (disk === undefined) throw new Error("east lists no disk");
	await hosts.discover("east", disk.objectId);
	expect(hosts.recent("east")).toBeNull();
	expect(hosts.touched("both", [{ ...disk, objectId: "its own there" }])).toBe(true);
});

test("what was created since is there", async () => {
	const alter = (host: Host) => Object.assign(host, { discovers: "never" });
	const estate = await Estate.open(1, { related: false, alter });
	const { sighting } = await estate.look("Disk-1", { state: "active" });
	const { source, target } = sighting.disks;
	await estate.hosts.createReplica("east", {
		sourceDiskObjectId: source?.objectId ?? "",
		friendlyName: null,
		targetSubsystem: target?.subsystem ?? "",
		targetSubsystemName: null,
		targetSubsystemUniqueId: null,
		targetDiskObjectId: target?.objectId ?? null,
		targetDiskUniqueId: target?.uniqueId ?? null,
		targetStoragePool: null,
		recoveryPointObjectiveMinutes: null,
		syncType: 6,
		syncMode: null,
	});
	expect((await estate.look("Disk-1", { state: "active" })).situation.observed.presence).toBe("present");
});

test("disks that share a name with the one that is meant are read with it, so that no guess is made between them", async () => {
	const estate = await Estate.open(2);
	await estate.sites.change((world) => {
		for (const disk of world.disks) if (disk.name === "Disk-2") disk.name = "Disk-1";
	});
	expect(await codeOf(estate.look("Disk-1", { state: "active" }))).toBe("SR2006");
	expect(await codeOf(estate.look("Disk-1", { state: "active" }, "fresh"))).toBe("SR2006");
});
