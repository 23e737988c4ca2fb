import { describe, expect, test } from "vitest";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { remove } from "../../provider/lifecycle/delete";
import { diff } from "../../provider/lifecycle/diff";
import { read } from "../../provider/lifecycle/read";
import { update } from "../../provider/lifecycle/update";
import { orders, session, sites, useSites, warnings } from "./session";

useSites();

/** One management host sees both arrays: names of either can be exchanged. */
const source = { host: "mgmt", virtualDisk: "Orders" };
const target = { host: "mgmt", virtualDisk: "Orders-DR" };
const [sourceId, targetId] = ["6000100000000001", "6000200000000001"];
const seenFromOne: Bag = { ...orders, source, target };

interface State {
	readonly inputs: Bag;
	readonly outs: Bag;
}

async function checked(more: Bag, olds: Bag = {}) {
	const { inputs, failures } = await check(session(), olds, { ...seenFromOne, ...more });
	return { inputs: { ...inputs, __provider: "text" }, failures: failures.map(({ reason }) => reason) };
}

async function first(more: Bag = {}): Promise<State> {
	const { inputs, failures } = await checked(more);
	expect(failures).toEqual([]);
	return { inputs, outs: (await create(session(), inputs)).outs };
}

/** What the engine does in an up: check, diff, and the update that diff asks for. */
async function up({ inputs: olds, outs }: State, more: Bag = {}) {
	const { inputs, failures } = await checked(more, olds);
	if (failures.length > 0) return { stopped: failures.join(), replaces: [], outs };
	const { changes, replaces } = await diff(session(), outs, inputs);
	if (!changes || replaces.length > 0) return { stopped: null, replaces, outs };
	try {
		return { stopped: null, replaces, outs: (await update(session(), "id", outs, inputs)).outs };
	} catch (error) {
		return { stopped: (error as Error).message, replaces, outs };
	}
}

/** Firmware, or another driver, prints ids in another form; nothing else changes. */
async function newIds(ids: Record<string, string>): Promise<void> {
	for (const [id, other] of Object.entries(ids)) await sites.changeUniqueId(id, other, other);
}

describe("names exchanged on the array", () => {
	test("move nothing while the program is unchanged: told, with the ids to declare", async () => {
		const state = await first();
		await sites.exchangeNames("Orders", "Orders-DR");
		const { stopped, replaces } = await up(state);

		expect(stopped).toContain("SR5007");
		expect(stopped).toContain(`"Orders" at mgmt meant the disk ${sourceId}, which is "Orders-DR" now`);
		expect(replaces).toEqual([]);
		expect(sites.calls()).toEqual([]);
	});
	test("move nothing where only diff and update look, either", async () => {
		const { inputs, outs } = await first();
		await sites.exchangeNames("Orders", "Orders-DR");

		expect(await diff(session(), outs, inputs)).toMatchObject({ replaces: [] });
		expect(warnings.join()).toContain("SR5007");
		await expect(update(session(), "id", outs, { ...inputs, state: "active" })).rejects.toThrow("SR5007");
		expect(sites.calls()).toEqual([]);
	});
	test("the remedy is followed: the disks of before, by id, are as they were", async () => {
		const state = await first();
		await sites.exchangeNames("Orders", "Orders-DR");
		const byId = { source: { ...source, virtualDisk: sourceId }, target: { ...target, virtualDisk: targetId } };
		const { stopped, replaces, outs } = await up(state, byId);

		expect([stopped, replaces]).toEqual([null, []]);
		expect(outs).toMatchObject({ direction: "forward", sourceUniqueId: sourceId });
		expect(sites.calls()).toEqual([]);
	});
	test("the other remedy: the disks that have the names now are the same pair, and the roles are asked for", async () => {
		const state = await first();
		await sites.exchangeNames("Orders", "Orders-DR");
		const byId = { source: { ...source, virtualDisk: targetId }, target: { ...target, virtualDisk: sourceId } };
		const { stopped, replaces, outs } = await up(state, byId);

		expect([stopped, replaces]).toEqual([null, []]);
		expect(outs).toMatchObject({ sourceUniqueId: targetId });
		expect(sites.calls().map(({ operation }) => operation)).toEqual(["ReverseRoles"]);
	});
	test("refresh and destroy go by the disks, not by their names", async () => {
		const { outs } = await first();
		await sites.exchangeNames("Orders", "Orders-DR");

		expect((await read(session(), "id", outs)).props).toMatchObject({ direction: "forward", sourceUniqueId: sourceId });
		await remove(session(), "id", outs);
		expect(sites.calls()).toMatchObject([{ operation: "Detach", disk: "Orders-DR" }]);
	});
	test("ends that the program exchanges are the same relationship", async () => {
		const state = await first();
		const { stopped, replaces } = await up(state, { source: target, target: source, state: "reversed" });

		expect([stopped, replaces]).toEqual([null, []]);
		expect(sites.calls()).toEqual([]);
	});
	test("a name given to a new disk ends nothing", async () => {
		const state = await first();
		await sites.change((world) => {
			const [disk] = world.disks;
			if (disk === undefined) throw new Error("no disk");
			world.disks.push({ ...disk, uniqueId: "6000100000000077" });
			disk.name = "Orders-2023";
		});
		const { stopped } = await up(state);

		expect(stopped).toContain('which is "Orders-2023" now');
		expect(sites.calls()).toEqual([]);
	});
	test("a name of a disk that is gone, given to a new one, ends nothing either", async () => {
		const state = await first();
		await sites.change((world) => {
			world.relationships = [];
			world.disks = world.disks.map((disk) =>
				disk.name === "Orders-DR" ? { ...disk, uniqueId: "6000200000000077" } : disk,
			);
		});
		const { stopped } = await up(state);

		expect(stopped).toContain("which its host does not list any more");
		expect(sites.calls()).toEqual([]);
	});
	test("hidden names stay hidden", async () => {
		const state = await first({ secretNames: true });
		await sites.exchangeNames("Orders", "Orders-DR");
		const { stopped } = await up(state, { secretNames: true });

		expect(stopped).toContain("SR5007");
		expect(stopped).not.toContain("Orders");
	});
});

describe("UniqueIds that change their form", () => {
	const [newSource, newTarget] = ["naa.6000100000000001", "naa.6000200000000001"];
	const cases: readonly [string, Record<string, string>][] = [
		["both", { [sourceId]: newSource, [targetId]: newTarget }],
		["the source's", { [sourceId]: newSource }],
		["the target's", { [targetId]: newTarget }],
	];

	test.each(cases)("%s: the same relationship, told, and known by the new ids afterwards", async (_, ids) => {
		const state = await first();
		await newIds(ids);
		const { stopped, replaces, outs } = await up(state);

		expect([stopped, replaces]).toEqual([null, []]);
		expect(warnings.join()).toContain("taken for the same disks");
		expect(outs).toMatchObject({
			sourceUniqueId: ids[sourceId] ?? sourceId,
			targetUniqueId: ids[targetId] ?? targetId,
		});
		warnings.length = 0;
		const again = await up({ inputs: state.inputs, outs });
		expect([again.stopped, warnings]).toEqual([null, []]);
		expect(sites.calls()).toEqual([]);
	});
	test.each(cases)("%s: refresh keeps the resource and learns the ids", async (_, ids) => {
		const { outs } = await first();
		await newIds(ids);

		expect((await read(session(), "id", outs)).props).toMatchObject({
			copyState: "Synchronized",
			sourceUniqueId: ids[sourceId] ?? sourceId,
			targetUniqueId: ids[targetId] ?? targetId,
		});
	});
	test.each(cases)("%s: destroy ends the mirror, at both sides", async (_, ids) => {
		const { outs } = await first();
		await newIds(ids);
		await remove(session(), "id", outs);

		expect(sites.look().relationships).toEqual([]);
	});
	test("what the record says of the disks of before consents to nothing: a pair made anew would look the same", async () => {
		// An array that reports Read/Write for every disk: Access tells nothing of who wrote.
		await sites.addFault({ kind: "writable", disk: "Orders-DR" });
		const suspended = await first({ state: "suspended" });
		expect(suspended.outs.record).toMatchObject({ ahead: { target: "no" } });
		await newIds({ [targetId]: newTarget });
		const { stopped } = await up(suspended, { state: "active" });

		expect(stopped).toContain("SR5001");
		expect(sites.calls().map(({ operation }) => operation)).toEqual(["Suspend"]);
	});
	test("a disk of the old name and another id that is in no relationship is no reason to replace, refresh away or detach", async () => {
		const state = await first();
		await newIds({ [targetId]: newTarget });
		await sites.change((world) => {
			world.relationships = [];
		});
		expect((await up(state)).stopped).toContain("SR5007");
		await remove(session(), "id", state.outs).catch(() => {});
		expect(sites.calls()).toEqual([]);
	});
});

test("two disks of the old names and other ids, in no relationship, are not proof that the one of before is gone", async () => {
	const { outs } = await first();
	await newIds({ [sourceId]: "naa.1", [targetId]: "naa.2" });
	await sites.change((world) => {
		world.relationships = [];
	});
	expect(await read(session(), "id", outs)).toEqual({ id: "id", props: outs });
	await expect(remove(session(), "id", outs)).rejects.toThrow("SR4001");
	expect(sites.calls()).toEqual([]);
});

describe("a target that is changed to a disk that does not exist", () => {
	const missing = { host: "west", virtualDisk: "Orders-New", storagePool: "pool-1" };
	test("and is to be made is another relationship: a replacement, said in preview", async () => {
		const state = await first({ source: { ...source, host: "east" }, target: { ...target, host: "west" } });
		const { stopped, replaces } = await up(state, { source: { ...source, host: "east" }, target: missing });

		expect([stopped, replaces]).toEqual([null, ["target"]]);
		expect(warnings.join()).toContain("the target is another disk than before");
	});
	test("and that nobody is to make is a mistake", async () => {
		const state = await first();
		const { stopped } = await up(state, { target: { ...target, virtualDisk: "Orders-New" } });

		expect(stopped).toContain("SR2005");
	});
	test("is not written into outputs by an update", async () => {
		const { inputs, outs } = await first();
		const news = { ...inputs, target: { ...target, virtualDisk: "Orders-New" } };

		await expect(update(session(), "id", outs, news)).rejects.toThrow("SR2005");
		expect(await diff(session(), outs, news)).toMatchObject({ replaces: [] });
	});
	test("the replacement makes the disk and its outputs name that one", async () => {
		const ends = { source: { ...source, host: "east" }, target: missing };
		const state = await first({ source: ends.source, target: { ...target, host: "west" } });
		const { inputs } = await checked(ends, state.inputs);
		const { outs } = await create(session(), inputs);
		await remove(session(), "id", state.outs);

		const made = sites.look().disks.find(({ name }) => name === "Orders-New");
		expect(outs.targetUniqueId).toBe(made?.uniqueId);
		expect(sites.look().relationships.map((pair) => pair.target)).toEqual([made?.uniqueId]);
	});
});

test("a renamed disk that the program still calls by its old name is told with its new one", async () => {
	const state = await first();
	await sites.rename("Orders", "Orders-2023");
	const { stopped } = await up(state);

	// Nothing new is asked for, so it is no failure of check, which would stop every other resource as well.
	expect(stopped).toBeNull();
	expect(warnings.join()).toContain('the disk that had this name is "Orders-2023" now');
});
