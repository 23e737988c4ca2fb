import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder";
import { mistakesIn, Simulator, sdk } from "./required";

const {
	getGroupReplication,
	getGroupReplicationOutput,
	getReplication,
	getReplicationCapabilities,
	getReplicationCapabilitiesOutput,
	getReplicationOutput,
	planTransition,
} = sdk;
const ends = { source: { host: "east", virtualDisk: "Orders" }, target: { host: "west", virtualDisk: "Orders-DR" } };
let sites: Awaited<ReturnType<typeof Simulator.create>>;

/** Hosts under names that no earlier test has read: a reading serves for 30 seconds. */
function useHosts(names: Readonly<Record<string, string>>): void {
	const hosts = Object.entries(names).map(([name, host]) => [name, { kind: "simulator", file: sites.file, host }]);
	pulumi.runtime.setAllConfig({ "storageReplication:hosts": JSON.stringify(Object.fromEntries(hosts)) });
}

beforeAll(async () => {
	const file = join(temporaryFolder("functions"), "arrays.json");
	sites = await Simulator.create(file, {
		profile: "cci",
		pairs: [
			{ source: "Orders", target: "Orders-DR", syncMode: "asynchronous" },
			{ source: "Ledger", target: "Ledger-DR" },
			{ source: "Stock", target: "Stock-DR" },
		],
		groups: [{ source: "Sales", target: "Sales-DR", members: ["Ledger", "Stock"], consistent: true }],
		copies: [
			{ source: "Orders", target: "Orders-Snap", kind: "Snapshot" },
			{ source: "Orders", target: "Orders-Copy", kind: "TokenizedClone" },
		],
	});
	useHosts({ east: "east", west: "west" });
});

const failure = (call: Promise<unknown>): Promise<string> =>
	call.then(
		() => "no error",
		(error: Error) => error.message,
	);
const resolved = <T>(output: pulumi.Output<T>) => new Promise((resolve) => output.apply(resolve));

test.each<[string, object]>([
	["a misspelled field", { ...ends, source: { host: "east", virtualdisk: "Orders" } }],
	["an end that is missing", { source: ends.source }],
	["an end that is no object", { ...ends, target: "west:Orders-DR" }],
])("%s is told in the words of the resource", async (_, args) => {
	const told = await failure(getReplication(args as never));
	expect(told).toMatch(/^SR2001: (source|target)/);
	for (const { reason } of mistakesIn({ ...args })) {
		const [, what] = /^SR2001: (.*)\. Data safe: /.exec(reason) ?? [];
		expect(told).toContain(what);
	}
});

test("what a function does not take is refused with what there is", async () => {
	const told = await failure(getReplication({ ...ends, state: "active" } as never));
	expect(told).toBe(
		"SR2001: state: there is no such argument; there are: source, target, kind. Data safe: yes, nothing was changed. Do: correct the argument.",
	);
	expect(await failure(getReplication(undefined as never))).toMatch(
		/^SR2001: source: .*; target: .* Do: correct the arguments\.$/,
	);
	expect(await failure(getReplicationCapabilities({ ...ends, syncMode: "sync" } as never))).toMatch(
		/^SR2001: syncMode: expected one of "synchronous", "asynchronous"/,
	);
});

test("outputs as arguments: the same, and secret if one of them is", async () => {
	const args = { ...ends, source: { host: "east", virtualDisk: pulumi.secret("Orders") } };
	const status = getReplicationOutput(args);
	expect(await resolved(status)).toMatchObject({
		presence: "present",
		copyState: "Synchronized",
		syncMode: "asynchronous",
	});
	expect(await pulumi.isSecret(status)).toBe(true);
	expect(await pulumi.isSecret(getReplicationOutput(ends))).toBe(false);
});

test("capabilities are what the planner plans with", async () => {
	const capabilities = await getReplicationCapabilities(ends);
	expect(capabilities.operations).toContain("Fracture");
	expect(capabilities.operations).not.toContain("Suspend");
	expect(capabilities.features.length).toBeGreaterThan(0);
	expect(await resolved(getReplicationCapabilitiesOutput(ends))).toEqual(capabilities);
	const observed = { presence: "present", copyState: "Synchronized", direction: "forward" };
	expect(planTransition({ observed, capabilities, desired: { state: "suspended" } })).toMatchObject({
		steps: [{ operation: "Fracture" }],
	});
	expect(planTransition({ observed, desired: { state: "suspended" } })).toMatchObject({
		steps: [{ operation: "Suspend" }],
	});
});

test("of a snapshot or a clone: what it holds, and only the kind that was asked for", async () => {
	const east = { host: "east", virtualDisk: "Orders" };
	const snap = { source: east, target: { host: "east", virtualDisk: "Orders-Snap" } };
	const clone = { source: east, target: { host: "east", virtualDisk: "Orders-Copy" } };
	const found = await getReplication({ ...snap, kind: "Snapshot" });
	expect(found).toMatchObject({
		presence: "present",
		kind: "Snapshot",
		complete: true,
		pointInTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
		primary: east,
		secondary: snap.target,
		percentSynced: 100,
	});
	expect(await getReplication(snap)).toEqual(found);
	expect(await resolved(getReplicationOutput({ ...clone, kind: "Clone" }))).toMatchObject({ kind: "TokenizedClone" });
	expect(await getReplication({ ...ends, kind: "Mirror" })).toMatchObject({
		kind: "Mirror",
		complete: null,
		pointInTime: null,
	});
	// What there is between the two disks is another one.
	expect(await getReplication({ ...snap, kind: "Clone" })).toMatchObject({
		presence: "absent",
		kind: "Clone",
		pointInTime: null,
	});
	expect(await getReplication({ ...snap, kind: "Mirror" })).toMatchObject({ presence: "absent", kind: "Mirror" });
	expect(await failure(getReplication({ ...snap, kind: "snapshot" } as never))).toMatch(
		/^SR2001: kind: expected one of "Mirror"/,
	);
	// A copy that stopped, and of which nobody remembers whether it was whole.
	await sites.change((world) => {
		for (const each of world.relationships) if (each.syncType === 7) each.copyState = 5;
	});
	useHosts({ later: "east" });
	const later = {
		source: { ...east, host: "later" },
		target: { ...snap.target, host: "later" },
		kind: "Snapshot" as const,
	};
	expect(await getReplication(later)).toMatchObject({ copyState: "Broken", complete: null });
	// The same two disks may be in a mirror besides.
	await sites.change((world) => {
		const copy = world.relationships.find(({ syncType }) => syncType === 7);
		if (copy !== undefined)
			world.relationships.push({ ...copy, id: "beside", syncType: 6, copyState: 9, pointInTime: null });
	});
	useHosts({ last: "east" });
	const last = { source: { ...east, host: "last" }, target: { ...snap.target, host: "last" } };
	expect(await getReplication({ ...last, kind: "Snapshot" })).toMatchObject({ copyState: "Broken", kind: "Snapshot" });
	expect(await getReplication(last)).toMatchObject({ copyState: "Suspended", kind: "Mirror" });
});

test("capabilities and plans are of the kind that is asked for", async () => {
	const snap = {
		source: { host: "east", virtualDisk: "Orders" },
		target: { host: "east", virtualDisk: "Orders-Snap" },
	};
	useHosts({ east: "east", west: "west" });
	const capabilities = await getReplicationCapabilities({ ...snap, kind: "Snapshot" });
	expect(capabilities.operations).toContain("ReturnToResourcePool");
	expect((await getReplicationCapabilities(ends)).operations).not.toContain("ReturnToResourcePool");
	const observed = { presence: "present", copyState: "Synchronized", direction: "forward", syncType: "Snapshot" };
	const desired = { kind: "Snapshot", state: "absent", by: "ReturnToResourcePool" };
	expect(planTransition({ observed, capabilities, desired })).toMatchObject({
		steps: [{ operation: "ReturnToResourcePool", loses: { end: "target", what: "disk" } }],
		needsApproval: true,
	});
	expect(planTransition({ observed, capabilities, desired: { kind: "Snapshot", state: "active" } })).toMatchObject({
		steps: [],
	});
	expect(planTransition({ observed, capabilities, desired: { state: "active" } })).toMatchObject({
		outcome: "refused",
	});
});

test("the relationship of two groups is read by its worst pair, and pair by pair", async () => {
	const groups = { source: { host: "east", group: "Sales" }, target: { host: "west", group: "Sales-DR" } };
	useHosts({ east: "east", west: "west" });
	expect(await getGroupReplication(groups)).toMatchObject({
		presence: "present",
		copyState: "Synchronized",
		primary: groups.source,
		secondary: groups.target,
		consistency: true,
		pairs: [{ copyState: "Synchronized" }, { copyState: "Synchronized" }],
	});
	await sites.change(({ relationships }) => {
		const [, , stock] = relationships;
		if (stock !== undefined) stock.copyState = 9;
	});
	useHosts({ east2: "east", west2: "west" });
	const again = { source: { ...groups.source, host: "east2" }, target: { ...groups.target, host: "west2" } };
	const output = getGroupReplicationOutput({ source: pulumi.output(again.source), target: again.target });
	expect(await resolved(output)).toMatchObject({
		copyState: "Suspended",
		pairs: [{ copyState: "Synchronized" }, { copyState: "Suspended" }],
	});
	expect(await failure(getGroupReplication(ends as never))).toMatch(/^SR2001: source\.group: .*; target\.group: /);
	const nobodys = { ...again, source: { host: "east2", group: "Sale" } };
	expect(await failure(getGroupReplication(nobodys))).toMatch(/^SR2005: .*replication group "Sale" \(nearest: Sales\)/);
});

test("a host that does not answer is an error, and offers not nothing", async () => {
	useHosts({ silentEast: "east", silentWest: "west" });
	for (const host of ["east", "west"]) await sites.host(host).down();
	const silent = { source: { ...ends.source, host: "silentEast" }, target: { ...ends.target, host: "silentWest" } };
	expect(await failure(getReplicationCapabilities(silent))).toMatch(/^SR4001: /);
	expect(await failure(getReplication(silent))).toMatch(/^SR4001: /);
	await sites.removeFaults();
});
