import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { SimulatedClock } from "../../provider/executor/clock";
import { connectSimulator, Simulator } from "../../provider/hosts/simulator";
import type { Bag } from "../../provider/lifecycle/arguments";
import { EngineLog } from "../../provider/lifecycle/engineLog";
import { read } from "../../provider/lifecycle/read";
import { Session } from "../../provider/lifecycle/session";
import { temporaryFolder } from "../temporaryFolder";

const clock = new SimulatedClock(1_000_000);
const now = () => clock.now();
let sites: Simulator;

beforeEach(async () => {
	sites = await Simulator.create(join(temporaryFolder("external"), "arrays.json"), { now });
});

const id = "6000100000000001:6000200000000001";

/** What the engine hands over for `VirtualDiskReplication.get`: the ends, and nothing that anybody remembers. */
function get(asked = id, more: Bag = {}) {
	const session = new Session(clock, new EngineLog(undefined), (name) =>
		connectSimulator({ name, file: sites.file, now }),
	);
	return read(session, asked, {
		source: { host: "east", virtualDisk: "Orders" },
		target: { host: "west", virtualDisk: "Orders-DR" },
		resourceUrn: "urn:pulumi:dev::program::x::orders",
		__provider: "text",
		...more,
	});
}

describe("a relationship that another program manages", () => {
	test("is read with every output that the class has", async () => {
		const { id: found, props } = await get();
		expect(found).toBe(id);
		expect(props).toMatchObject({
			plannedOperations: [],
			primary: { host: "east", virtualDisk: "Orders" },
			secondary: { host: "west", virtualDisk: "Orders-DR" },
			direction: "forward",
			copyState: "Synchronized",
			syncMode: "synchronous",
			sourceUniqueId: "6000100000000001",
			targetUniqueId: "6000200000000001",
			record: null,
		});
		expect(JSON.parse(JSON.stringify(props)), "nothing is undefined").toStrictEqual(props);
	});

	test("is refreshed from the state that this left, of which nobody remembers more", async () => {
		const { props = {} } = await get();
		await sites.changeRoles("Orders");
		expect(await get(id, props)).toMatchObject({ id, props: { direction: "reverse", record: null } });
	});

	test("is the same with its ends the other way round, and in any letter case", async () => {
		const swapped = {
			source: { host: "west", virtualDisk: "Orders-DR" },
			target: { host: "east", virtualDisk: "Orders" },
		};
		expect((await get(id.toUpperCase(), swapped)).props).toMatchObject({ direction: "reverse" });
	});

	test("is read from one host while the other is silent", async () => {
		await sites.changeRoles("Orders");
		await sites.host("west").down();
		const { props } = await get();
		expect(props).toMatchObject({
			direction: "reverse",
			primary: { host: "west" },
			targetUniqueId: "6000200000000001",
		});
	});

	test("of an array that does not report its mode is read again by a refresh of what an older release stored", async () => {
		const stored = { syncMode: "unknown", plannedOperations: undefined, record: undefined };
		expect((await get(id, stored)).props).toMatchObject({ syncMode: "synchronous", record: null });
	});

	test("with another id is not the one that was asked for", async () => {
		await expect(get("6000100000000002:6000200000000002")).rejects.toThrow(
			/SR2012: .*6000100000000001:6000200000000001, not 6000100000000002:6000200000000002/,
		);
	});

	test("that does not exist is an error, not a resource without outputs", async () => {
		await sites.change((world) => {
			world.relationships = [];
		});
		await expect(get()).rejects.toThrow(/SR2012: .*none/);
	});

	test("of which nothing can be read is an error with the code of the silence", async () => {
		await sites.host("east").down();
		await sites.host("west").down();
		await expect(get()).rejects.toThrow(/SR4001: .*east.*west/);
	});

	test("that the host which was read does not list may be there all the same", async () => {
		await sites.change((world) => {
			world.relationships = [];
		});
		await sites.host("west").down();
		await expect(get()).rejects.toThrow(/SR4001: .*west/);
	});
});

describe("a snapshot that another program manages", () => {
	const copyId = "snapshot:6000100000000001:6000000000000005";
	const snapshot = { kind: "Snapshot", target: { virtualDisk: "Orders-Snap" } };

	beforeEach(async () => {
		sites = await Simulator.create(join(temporaryFolder("external"), "copies.json"), {
			now,
			copies: [{ source: "Orders", target: "Orders-Snap", kind: "Snapshot" }],
		});
	});

	test("is read with every output that the class has, and none of a mirror's", async () => {
		const { id: found, props } = await get(copyId.toUpperCase(), snapshot);
		expect(found).toBe(copyId.toUpperCase());
		expect(props).toMatchObject({
			plannedOperations: [],
			copyState: "Synchronized",
			complete: true,
			pointInTime: expect.stringMatching(/^1970-.*Z$/),
			copy: { host: "east", virtualDisk: "Orders-Snap" },
			restored: null,
			ended: null,
			sourceUniqueId: "6000100000000001",
			targetUniqueId: "6000000000000005",
			record: null,
		});
		for (const name of ["primary", "secondary", "direction", "syncMode"]) expect(props).not.toHaveProperty(name);
		expect(JSON.parse(JSON.stringify(props)), "nothing is undefined").toStrictEqual(props);
	});

	test("of another kind, or with another id, is not the one that was asked for", async () => {
		await expect(get(copyId.replace("snapshot", "clone"), { ...snapshot, kind: "Clone" })).rejects.toThrow(
			/SR2012: .* is a Snapshot\..*VirtualDiskClone\.get/,
		);
		await expect(get("snapshot:1:2", snapshot)).rejects.toThrow(/SR2012: .*has the id snapshot:6000100000000001:/);
	});
});
