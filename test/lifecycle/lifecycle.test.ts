import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Simulator } from "../../provider/hosts/simulator";
import { defaultPairs } from "../../provider/hosts/simulator/pair";
import { type Bag, unknownValue } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { remove } from "../../provider/lifecycle/delete";
import { diff } from "../../provider/lifecycle/diff";
import { read } from "../../provider/lifecycle/read";
import { update } from "../../provider/lifecycle/update";
import { heard, inputsFor, orders, session, sites, useSites, warnings } from "./session";

useSites(defaultPairs);

const golden = JSON.parse(readFileSync(join(__dirname, "golden", "state-0.1.0.json"), "utf8")) as Bag;

/** Nothing that Pulumi cannot store: undefined, functions, dates, maps (measured: they fail after the effect). */
function expectJsonClean(value: unknown): void {
	expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value);
}

describe("check", () => {
	test("tells all mistakes at once, with path, code and allowed values", async () => {
		const { failures } = await check(
			session(),
			{},
			{ ...orders, target: { host: "west", virtualdisk: "x" }, state: "actve", lag: 3 },
		);
		expect(failures.map(({ property }) => property).sort()).toEqual(["lag", "state", "target", "target.virtualDisk"]);
		for (const { reason } of failures) expect(reason).toMatch(/^SR2001: .*Data safe: yes, nothing was changed/);
		expect(failures.find(({ property }) => property === "state")?.reason).toContain('"failedOver"');
	});

	test("adds the plan and the predicted roles, and drops what only it needs", async () => {
		const inputs = await inputsFor({ state: "reversed", dryRun: true });
		expect(inputs).toMatchObject({
			plannedOperations: ["1. ReverseRoles (20) at east: Orders-DR becomes the source of Orders [availability]"],
			primary: { host: "west", virtualDisk: "Orders-DR" },
			direction: "reverse",
		});
		expect(inputs).not.toHaveProperty("dryRun");
		expectJsonClean(inputs);
	});

	test("what is not known yet stays unknown and fails nothing", async () => {
		const { inputs, failures } = await check(
			session(),
			{},
			{
				...orders,
				target: { host: "west", virtualDisk: unknownValue },
				dryRun: true,
			},
		);
		expect(failures).toEqual([]);
		expect(inputs).toMatchObject({
			target: { virtualDisk: unknownValue },
			primary: unknownValue,
			plannedOperations: unknownValue,
		});
	});

	test("a wish that the array cannot fulfil is refused with reason and alternative", async () => {
		await Simulator.create(sites.file, { force: true, profile: "svc" });
		const { failures } = await check(session(), {}, { ...orders, state: "split" });
		expect(failures[0]?.reason).toMatch(/SR1020: refused: .*Split \(21\).*Do: declare/);
	});

	test("an unreachable host is a warning, and in an update nothing unknown is returned", async () => {
		await sites.host("west").down();
		const { inputs, failures } = await check(session(), {}, { ...orders, dryRun: false });
		expect(failures).toEqual([]);
		expect(heard.join()).toContain("SR4001");
		expect(JSON.stringify(inputs)).not.toContain(unknownValue);
	});

	test("the recovery point objective cannot be changed, create: never creates nothing", async () => {
		const olds = await inputsFor({});
		const changed = await check(session(), olds, { ...orders, recoveryPointObjectiveMinutes: 5 });
		expect(changed.failures[0]?.reason).toContain("SR2008");
		await Simulator.create(sites.file, {
			force: true,
			pairs: [{ source: "Orders", target: "Orders-DR", related: false }],
		});
		const never = await check(session(), {}, { ...orders, create: "never" });
		expect(never.failures[0]?.reason).toContain("SR2009");
	});

	test("an ambiguous name lists the UniqueIds", async () => {
		await sites.change((world) => {
			world.disks.push({ name: "Orders", uniqueId: "600019", array: "east-array", readOnly: false, content: [] });
		});
		const { failures } = await check(session(), {}, orders);
		expect(failures[0]?.reason).toMatch(/SR2006.*6000100000000001, 600019/);
	});
});

describe("create, diff, update, read, delete", () => {
	test("the state of release 0.1.0 is read as it is: nothing changes", async () => {
		const inputs = await inputsFor({ state: "active" }, golden);
		expect(await diff(session(), golden, inputs)).toEqual({ changes: false, replaces: [], deleteBeforeReplace: false });
		expect((await read(session(), "id", golden)).props).toEqual(golden);
	});

	test("the record of a newer release is refused, not guessed at", async () => {
		const newer = { ...golden, record: { ...(golden.record as object), version: 2 } };
		await expect(read(session(), "id", newer)).rejects.toThrow(/SR7001.*version 2/);
	});

	test("approval, case of names and ends the other way round replace nothing; approval alone changes nothing", async () => {
		const { outs, id } = await create(session(), await inputsFor({}));
		expectJsonClean(outs);
		expect(id).toBe("6000100000000001:6000200000000001");
		const with_ = async (more: Bag) => diff(session(), outs, await inputsFor(more, outs));
		expect((await with_({ approval: "0000-0000-0000" })).changes).toBe(false);
		expect((await with_({ source: { host: "east", virtualDisk: "ORDERS" } })).replaces).toEqual([]);
		expect((await with_({ source: { host: "elsewhere", virtualDisk: "6000100000000001" } })).replaces).toEqual([]);
		const swapped = { source: orders.target, target: orders.source, state: "reversed" };
		expect(await with_(swapped)).toMatchObject({ changes: true, replaces: [] });
		await sites.change(({ disks }) => {
			const [disk] = disks.filter(({ name }) => name === "Orders-DR");
			if (disk !== undefined) disks.push({ ...disk, uniqueId: "6000200000000099", name: "Orders-DR2" });
		});
		expect((await with_({ target: { host: "west", virtualDisk: "Orders-DR2" } })).replaces).toEqual(["target"]);
		expect((await with_({ deletePolicy: "dissolve" })).changes).toBe(true);
	});

	test("a disk that is the target of another mirror is not made that of a second one", async () => {
		const { outs } = await create(session(), await inputsFor({}));
		const target = { host: "west", virtualDisk: "Ledger-DR" };
		const { failures } = await check(session(), outs, { ...orders, target, approval: "0000-0000-0000" });
		expect(failures[0]?.reason).toMatch(/SR1035: .*is the target of another relationship/);
	});

	test("a plan that is no longer what check showed sends nothing", async () => {
		const { outs } = await create(session(), await inputsFor({}));
		const inputs = await inputsFor({ state: "reversed" }, outs);
		await sites.link("east-array", "west-array").lose();
		await sites.link("east-array", "west-array").restore();
		await expect(update(session(), "id", outs, inputs)).rejects.toThrow(/SR5005|refused/);
		expect(sites.calls()).toEqual([]);
	});

	test("a failure after a call is a partial one: previous arguments, where to go on, and the provider's text", async () => {
		const { outs } = await create(session(), await inputsFor({}));
		const inputs = await inputsFor({ state: "suspended" }, outs);
		await sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
		const error = await update(session(), "id", outs, inputs).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({
			id: "id",
			reasons: [expect.stringMatching(/SR3001.*answered 5.*Not tried: none.*Last seen: Synchronized/)],
			properties: { __provider: "text", record: { interrupted: { operation: "Suspend", step: 1, of: 1 } } },
		});
		const { properties } = error as { properties: Bag };
		expectJsonClean(properties);
		expect(
			(await diff(session(), properties, await inputsFor({}, outs))).changes,
			"an interrupted run is gone on with",
		).toBe(true);
		const done = await update(session(), "id", properties, await inputsFor({ state: "suspended" }, outs));
		expect(done.outs.record).not.toHaveProperty("interrupted");
	});

	test("read keeps the record, tells what is there, and takes an unread end for no absence", async () => {
		const { outs } = await create(session(), await inputsFor({}));
		await sites.changeRoles("Orders");
		const { props } = await read(session(), "id", outs);
		expect(props?.record, "but for a doubt").toEqual({
			...(outs.record as Bag),
			ahead: { source: null, target: null },
		});
		expect(props).toMatchObject({ direction: "reverse", primary: { host: "west" } });
		await sites.change((world) => {
			world.relationships = [];
		});
		await sites.host("west").down();
		expect((await read(session(), "id", outs)).id).toBe("id");
		await sites.host("west").up();
		// An end that is declared lost is not asked, and may hold it.
		warnings.length = 0;
		const lost = { ...outs, state: "failedOver", lost: "source" };
		expect(await read(session(), "id", lost)).toEqual({ id: "id", props: lost });
		expect(warnings.join()).toMatch(/^kept: SR/);
		expect(await read(session(), "id", outs)).toEqual({});
		await sites.host("west").down();
		await sites.host("east").down();
		await expect(read(session(), "id", outs)).rejects.toThrow("SR4001");
	});

	test("delete is convergent: gone already is success", async () => {
		const { outs } = await create(session(), await inputsFor({}));
		await remove(session(), "id", outs);
		await remove(session(), "id", outs);
		expect(sites.calls().map(({ operation }) => operation)).toEqual(["Detach"]);
		expect(heard.join("\n")).toContain("protection ends");
	});
});
