import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../../../provider/executor/clock";
import type { MadePeer } from "../../../provider/executor/host";
import { connectSimulator, Simulator } from "../../../provider/hosts/simulator";
import { virtualDiskSetReplicationRelationshipOperation as numbers } from "../../../provider/model/vocabulary/operations";
import { synchronizedCopyState as states } from "../../../provider/model/vocabulary/relationship";
import { temporaryFolder } from "../../temporaryFolder";

/** Two pairs, and what the hosts tell of their disks. */
async function twoPairs() {
	const clock = new SimulatedClock(1_000_000);
	const sites = await Simulator.create(join(temporaryFolder("identities"), "arrays.json"), { now: () => clock.now() });
	const host = (name: string) => connectSimulator({ name, file: sites.file, now: () => clock.now() });
	const observe = () => host("management").observe();
	const disk = async (name: string) => {
		const found = (await observe()).disks.find(({ friendlyName }) => friendlyName === name);
		if (found === undefined) throw new Error(`no disk ${name}`);
		return found;
	};
	const suspend = async (diskObjectId: string, peerUniqueId: string, madePeer: MadePeer | null = null) => {
		const call = { operation: numbers.Suspend, diskObjectId, peerUniqueId, madePeer };
		const { returnCode } = await host("management").setReplicationRelationship(call);
		clock.advance(1_000);
		return returnCode;
	};
	/** The states of Orders and Ledger. */
	const copyStates = () => sites.look().relationships.map(({ copyState }) => copyState);
	return { sites, observe, disk, suspend, copyStates };
}

describe("two disks of one UniqueId", () => {
	test("differ in their ObjectIds, and calls go by those", async () => {
		const { sites, disk, suspend, copyStates } = await twoPairs();
		await sites.changeUniqueId("Ledger", (await disk("Orders")).uniqueId);
		const [orders, ledger] = [await disk("Orders"), await disk("Ledger")];
		expect(ledger.uniqueId).toBe(orders.uniqueId);
		expect(ledger.objectId).not.toBe(orders.objectId);
		expect(await suspend(ledger.objectId, (await disk("Ledger-DR")).uniqueId)).toBe(0);
		expect(copyStates()).toEqual([states.Synchronized, states.Suspended]);
		expect(sites.calls()).toMatchObject([{ disk: "Ledger" }]);
	});

	test("as peers of one disk are told apart by an ObjectId, or not at all", async () => {
		const { sites, disk, suspend, copyStates } = await twoPairs();
		await sites.change((world) => {
			for (const relationship of world.relationships) relationship.source = world.relationships[0]?.source ?? "";
		});
		await sites.changeUniqueId("Ledger-DR", (await disk("Orders-DR")).uniqueId);
		const [orders, copy, other] = [await disk("Orders"), await disk("Orders-DR"), await disk("Ledger-DR")];
		expect(await suspend(orders.objectId, copy.uniqueId)).toBe(8);
		const made = { name: "", subsystem: "", objectId: other.objectId, subsystemName: null, subsystemUniqueId: null };
		expect(await suspend(orders.objectId, copy.uniqueId, made)).toBe(0);
		expect(copyStates()).toEqual([states.Synchronized, states.Suspended]);
	});
});

test("disks without a UniqueId are listed without one, and can be called on", async () => {
	const { sites, observe, disk, suspend, copyStates } = await twoPairs();
	for (const name of ["Orders", "Orders-DR", "Ledger", "Ledger-DR"]) await sites.changeUniqueId(name, "");
	const { disks, relationships } = await observe();
	expect(new Set(disks.map(({ objectId }) => objectId)).size).toBe(4);
	expect(disks.every(({ uniqueId }) => uniqueId === "")).toBe(true);
	expect(relationships).toHaveLength(4);
	expect(relationships.every(({ diskUniqueId, peerUniqueId }) => diskUniqueId === "" && peerUniqueId === "")).toBe(
		true,
	);
	expect(await suspend((await disk("Ledger")).objectId, "")).toBe(0);
	expect(copyStates()).toEqual([states.Synchronized, states.Suspended]);
});

test("a UniqueId that changes its form takes nothing from the disk: relationship, writes, faults", async () => {
	const { sites, observe, disk, suspend, copyStates } = await twoPairs();
	const before = await disk("Orders");
	await sites.addFault({ kind: "writable", disk: "Orders-DR" });
	await sites.changeUniqueId("Orders", "eui.0001");
	await sites.changeUniqueId("Orders-DR", "eui.0002", "volume-2");
	const [orders, copy] = [await disk("Orders"), await disk("Orders-DR")];
	expect(orders).toMatchObject({ uniqueId: "eui.0001", objectId: before.objectId });
	expect(copy).toMatchObject({ uniqueId: "eui.0002", objectId: expect.stringContaining("volume-2"), access: 3 });
	const link = (await observe()).relationships.find(({ diskUniqueId }) => diskUniqueId === "eui.0001");
	expect(link).toMatchObject({ peerUniqueId: "eui.0002", copyState: states.Synchronized });
	expect(await suspend(orders.objectId, "6000200000000001"), "the old name of the peer").toBe(8);
	expect(await suspend(orders.objectId, "eui.0002")).toBe(0);
	expect(copyStates()).toEqual([states.Suspended, states.Synchronized]);
	await sites.write("eui.0001", 2);
	expect(sites.writes("Orders").lacking).toBe(10);
});

test("names that are exchanged change nothing but the names", async () => {
	const { sites, observe, disk } = await twoPairs();
	const [orders, ledger] = [await disk("Orders"), await disk("Ledger")];
	await sites.addFault({ kind: "staleCache", disk: "Orders" });
	await sites.exchangeNames("Orders", "Ledger");
	expect((await disk("Ledger")).uniqueId).toBe(orders.uniqueId);
	expect((await disk("Orders")).uniqueId).toBe(ledger.uniqueId);
	const peers = (await observe()).relationships.filter(({ role }) => role === "target");
	expect(peers.map(({ peerName, peerUniqueId }) => [peerName, peerUniqueId])).toEqual([
		["Ledger", orders.uniqueId],
		["Orders", ledger.uniqueId],
	]);
	expect(sites.look().faults, "a fault stays with its disk").toEqual([{ kind: "staleCache", disk: orders.uniqueId }]);
	await sites.rename("Orders", "Books");
	expect((await disk("Books")).uniqueId).toBe(ledger.uniqueId);
});
