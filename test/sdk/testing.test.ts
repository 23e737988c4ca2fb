import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder";
import { mocks, Simulator, sdk } from "./required";

const { ReplicationGroup, ReplicationState, VirtualDiskReplication, VirtualDiskSnapshot } = sdk;
type VirtualDiskReplication = InstanceType<typeof VirtualDiskReplication>;
const ends = { source: { host: "east", virtualDisk: "Orders" }, target: { host: "west", virtualDisk: "Orders-DR" } };
let sites: Awaited<ReturnType<typeof Simulator.create>>;

beforeAll(async () => {
	sites = await Simulator.create(join(temporaryFolder("mocks"), "arrays.json"), {
		pairs: [
			{ source: "Orders", target: "Orders-DR" },
			{ source: "Ledger", target: "Ledger-DR" },
		],
	});
	const host = { kind: "simulator", file: sites.file } as const;
	const others = {
		call: () => ({}),
		newResource: ({ name }: pulumi.runtime.MockResourceArgs) => ({ id: `other-${name}`, state: { size: 3 } }),
	};
	await pulumi.runtime.setMocks(mocks({ hosts: { east: host, west: host }, others }), "program", "dev");
});

const resolved = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve as never));
const outputsOf = (orders: VirtualDiskReplication) =>
	resolved(
		pulumi.output({
			plannedOperations: orders.plannedOperations,
			primary: orders.primary,
			secondary: orders.secondary,
			direction: orders.direction,
			copyState: orders.copyState,
			syncMode: orders.syncMode,
			sourceUniqueId: orders.sourceUniqueId,
			id: orders.id,
		}),
	);

test("outputs are those that a preview predicts, and nothing is sent", async () => {
	const reversed = new VirtualDiskReplication("orders", { ...ends, state: ReplicationState.Reversed });
	expect(await outputsOf(reversed)).toEqual({
		plannedOperations: ["1. ReverseRoles (20) at east: Orders-DR becomes the source of Orders [availability]"],
		primary: ends.target,
		secondary: ends.source,
		direction: "reverse",
		copyState: "Synchronized",
		syncMode: "synchronous",
		sourceUniqueId: "6000100000000001",
		id: "6000100000000001:6000200000000001",
	});
	expect(sites.calls()).toEqual([]);
});

test("a snapshot is planned as well", async () => {
	const snapshot = new VirtualDiskSnapshot("before", {
		source: ends.source,
		target: { virtualDisk: "Orders-Before", storagePool: "Pool" },
	});
	expect(await resolved(snapshot.plannedOperations)).toEqual([
		"1. CreateReplica at east: Orders-Before becomes a copy of Orders",
	]);
	expect(await resolved(snapshot.copyState)).toBe("Synchronized");
	expect(await resolved(snapshot.copy)).toEqual({ host: "east", virtualDisk: "Orders-Before" });
	expect(sites.calls()).toEqual([]);
});

test("a replication group is planned as well, and refused as a preview refuses it", async () => {
	const group = { host: "east", storageSubsystem: "east-array", friendlyName: "Sales" };
	const sales = new ReplicationGroup("sales", { ...group, members: ["Ledger", pulumi.secret("Orders")] });
	expect(await resolved(sales.plannedOperations)).toEqual([
		"1. CreateReplicationGroup at east: the group is made of 2 disks",
	]);
	expect(await resolved(sales.members)).toEqual(["6000100000000002", "6000100000000001"]);
	expect(await resolved(sales.related)).toBe(false);
	const host = { kind: "simulator", file: sites.file };
	const inputs = { ...group, kind: "ReplicationGroup", members: ["Orders", "Orders"] };
	const asked = mocks({ hosts: { east: host } }).newResource({
		type: ReplicationGroup.__pulumiType,
		name: "s",
		inputs,
	});
	await expect(asked).rejects.toThrow(/^SR2002: members\[0\] and members\[1\]/);
	expect(sites.calls()).toEqual([]);
});

test("a disk whose name is secret is found", async () => {
	const source = { host: "east", virtualDisk: pulumi.secret("Ledger") };
	const orders = new VirtualDiskReplication("secret", { source, target: { host: "west", virtualDisk: "Ledger-DR" } });
	expect(await resolved(orders.plannedOperations)).toEqual(["adopt: nothing to do"]);
});

test("what another program manages is read by its id", async () => {
	const orders = VirtualDiskReplication.get("other", "6000100000000001:6000200000000001", ends);
	expect(await outputsOf(orders)).toMatchObject({
		copyState: "Synchronized",
		primary: ends.source,
		plannedOperations: [],
	});
});

test("resources of other packages go to their own mocks", async () => {
	const other = new (class extends pulumi.CustomResource {
		declare readonly size: pulumi.Output<number>;
		constructor() {
			super("other:index:Thing", "thing", { size: undefined });
		}
	})();
	expect(await resolved(other.size)).toBe(3);
	expect(await resolved(other.id)).toBe("other-thing");
});

test("a wish that preview refuses fails with its code", async () => {
	const answer = mocks({
		hosts: { east: { kind: "simulator", file: sites.file }, west: { kind: "simulator", file: sites.file } },
	});
	const asked = (inputs: object) =>
		answer.newResource({ type: VirtualDiskReplication.__pulumiType, name: "orders", inputs: { ...ends, ...inputs } });
	await expect(asked({ state: "failedOver", failoverTo: "source" })).rejects.toThrow(/^SR1008: /);
	await expect(asked({ stat: "active" })).rejects.toThrow(/^SR2001: stat: there is no such argument/);
});
