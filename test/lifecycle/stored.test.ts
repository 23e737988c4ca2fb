import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Simulator } from "../../provider/hosts/simulator";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { remove } from "../../provider/lifecycle/delete";
import { diff } from "../../provider/lifecycle/diff";
import { read } from "../../provider/lifecycle/read";
import { update } from "../../provider/lifecycle/update";
import { errorCodes } from "../../provider/model/errorCodes";
import { ReplicationError } from "../../provider/model/replicationError";
import * as relationship from "../../provider/model/vocabulary/relationship";
import { inputsFor, messageOf, orders, session, sites, useSites, warnings } from "./session";

useSites();
const golden = JSON.parse(readFileSync(join(__dirname, "golden", "state-0.1.0.json"), "utf8")) as Bag;
const set = (values: { copyState?: number; progressStatus?: number; syncMode?: number }) =>
	sites.change((world) => {
		for (const each of world.relationships) Object.assign(each, values);
	});
describe("every output can be read back", () => {
	const numbers = (names: Record<string, number>) => [...Object.values(names), 0, 77];
	const seen = [
		...numbers(relationship.synchronizedSyncMode).map((syncMode) => ({ syncMode })),
		...numbers(relationship.synchronizedCopyState).map((copyState) => ({ copyState })),
		...numbers(relationship.virtualDiskToVirtualDiskProgressStatus).map((progressStatus) => ({ progressStatus })),
	];

	test.each(seen.map((values) => [JSON.stringify(values), values] as const))(
		"refresh of %s, and what it stored is refreshed again and compared",
		async (_, values) => {
			const inputs = await inputsFor({});
			const { outs } = await create(session(), inputs);
			await set(values);
			const first = (await read(session(), "id", outs)).props ?? {};
			expect((await read(session(), "id", first)).props).toEqual(first);
			expect(await diff(session(), first, inputs)).toMatchObject({ replaces: [] });
			expect((await check(session(), inputs, { ...orders })).failures).toEqual([]);
		},
	);

	test.each([
		["the mode as an older release wrote it", { syncMode: "unknown" }],
		["null for what is not set", { syncMode: null, timeouts: null, keep: null, approval: null, failoverTo: null }],
		["nothing but ends, ids and record", { plannedOperations: [], primary: null, secondary: null, direction: null }],
	])("a state with %s is refreshed, updated and destroyed", async (_, more) => {
		const stored = { ...golden, ...more };
		expect((await read(session(), "id", stored)).id).toBe("id");
		const { outs } = await update(session(), "id", stored, await inputsFor({ state: "suspended" }, golden));
		expect(outs.copyState).toBe("Suspended");
		await remove(session(), "id", { ...outs, ...more });
		expect(sites.look().relationships).toEqual([]);
	});

	test("an array that does not report its mode: its whole life", async () => {
		await set({ syncMode: 0 });
		const { outs } = await create(session(), await inputsFor({}));
		expect(outs.syncMode).toBe("unknown");
		const suspended = await update(session(), "id", outs, await inputsFor({ state: "suspended" }, outs));
		await remove(session(), "id", (await read(session(), "id", suspended.outs)).props ?? {});
		expect(sites.calls().map(({ operation }) => operation)).toEqual(["Suspend", "Detach"]);
	});
});

describe("what is said of a run that stopped", () => {
	/** A host whose n-th call, counted over both, is not made: nobody could be reached. */
	const failingAt = (failing: number) => {
		let calls = 0;
		return session((host) => {
			const send = host.setReplicationRelationship.bind(host);
			host.setReplicationRelationship = async (request) => {
				if (++calls === failing) throw await host.job("x").then(() => unreachable());
				return send(request);
			};
		});
	};
	const unreachable = () =>
		new ReplicationError({
			code: errorCodes.hostUnreachable,
			class: "transport",
			what: "host east did not answer.",
			dataSafety: "yes, nothing was changed.",
			remedy: "restore contact.",
		});

	test.each(["create", "update"])(
		"%s: the operation that was taken is named, and nothing is said to be unchanged",
		async (method) => {
			await Simulator.create(sites.file, { force: true, profile: "srdf", speed: 50 });
			const started = method === "update" ? await create(session(), await inputsFor({})) : undefined;
			const inputs = await inputsFor({ state: "reversed" }, started?.outs);
			const text = await messageOf(
				started === undefined ? create(failingAt(2), inputs) : update(failingAt(2), "id", started.outs, inputs),
			);
			expect(sites.calls().map(({ operation }) => operation)).toEqual(["Failover"]);
			expect(text).toMatch(/^SR4001: .*Done: Failover \(10\).*Not tried: ReverseRoles \(20\)/);
			expect(text).toContain("Data safe: yes, nothing that was sent destroys writes.");
			expect(text).not.toContain("nothing was changed");
		},
	);

	test("delete: a Detach that no answer came to is named as sent", async () => {
		const { outs } = await create(session(), await inputsFor({}));
		await sites.addFault({ kind: "cutOff", effect: false, times: 1 });
		const text = await messageOf(remove(session(), "id", outs));
		expect(text).toMatch(/^SR4002: .*Done: none\. Sent, not proved: Detach \(8\).*\(no answer came\).*Not tried: none/);
		expect(text).not.toContain("nothing was changed");
	});

	test("after an update plannedOperations says what was done", async () => {
		const { outs } = await create(session(), await inputsFor({}));
		const inputs = await inputsFor({ state: "suspended" }, outs);
		// As check writes it while something is in flight: it cannot know what comes after.
		const shown = { ...inputs, plannedOperations: ["then plan again from what is seen"] };
		const done = await update(session(), "id", outs, shown);
		expect(done.outs.plannedOperations).toEqual([expect.stringMatching(/^1\. Suspend \(22\) at east/)]);
	});
});

describe("an end declared lost", () => {
	test("is not contacted by refresh when the other host is silent", async () => {
		const { outs } = await create(session(), await inputsFor({}));
		await sites.host("east").down();
		const contacted: string[] = [];
		const watching = session((host) => {
			const observe = host.observe.bind(host);
			host.observe = () => {
				contacted.push(host.name);
				return observe();
			};
		});
		expect(await messageOf(read(watching, "id", { ...outs, lost: "target" }))).toContain("SR4001");
		expect(new Set(contacted)).toEqual(new Set(["east"]));
	});
});

describe("another disk", () => {
	const elsewhere = { host: "west", virtualDisk: "Ledger-DR" };

	test("with a shared target: the old relationship does not end before the new one has its consent", async () => {
		const first = await inputsFor({});
		const { outs } = await create(session(), first);
		await sites.change((world) => {
			const [source] = world.disks;
			if (source === undefined) throw new Error("no disk");
			world.disks.push({ ...source, uniqueId: "6000100000000077", name: "Orders-2" });
		});
		const changed = { source: { host: "east", virtualDisk: "Orders-2" } };
		/** As the engine does it: check, diff, check again as for a new one, delete, create. */
		const replaced = async (more: Bag) => {
			const process = session();
			const { inputs, failures } = await check(process, first, { ...orders, ...changed, ...more });
			// The mirror of before is no second one of the target.
			expect(failures).toEqual([]);
			const found = await diff(process, outs, inputs);
			expect(found).toMatchObject({ replaces: ["source"], deleteBeforeReplace: true });
			const again = await check(process, {}, { ...orders, ...changed, ...more });
			await remove(process, "id", outs);
			await create(process, again.inputs);
		};
		const text = await messageOf(replaced({}));
		expect(text).toContain("SR5001");
		expect(sites.calls()).toEqual([]);
		await replaced({ approval: /approval: "([^"]+)"/.exec(text)?.[1] });
		expect(sites.look().relationships.map(({ source }) => source)).toEqual(["6000100000000077"]);
	});

	test("that the array is to make is another relationship, not the known one under a new name", async () => {
		const pools = { ...elsewhere, virtualDisk: "New-DR", storagePool: "Pool" };
		const first = await inputsFor({ target: { ...(orders.target as object), storagePool: "Pool" } });
		const { outs } = await create(session(), first);
		const news = await inputsFor({ target: pools }, first);
		expect(news.plannedOperations).toContainEqual(expect.stringContaining("CreateReplica at east: New-DR"));
		expect((await diff(session(), outs, news)).replaces).toEqual(["target"]);
	});
});

test.each([
	["sourceConsistent", "Orders at east half a disk, and only Orders-DR at west whole"],
	["targetConsistent", "Orders-DR at west half a disk, and only Orders at east whole"],
])("a destroy that takes the memory of %s along says which disk is whole", async (name, told) => {
	const { outs } = await create(session(), await inputsFor({ state: "suspended" }));
	await remove(session(), "id", { ...outs, record: { ...(outs.record as Bag), [name]: false } });
	expect(warnings.join(" ")).toContain(told);
});

test("a destroy in the middle of a copy that no record knows says which disk is whole", async () => {
	const { outs } = await create(session(), await inputsFor({ state: "suspended" }));
	await sites.change((world) => {
		for (const each of world.relationships)
			Object.assign(each, { copyState: relationship.synchronizedCopyState.Aborted, consistent: false });
	});
	await remove(session(), "id", outs);
	expect(warnings.join(" ")).toContain("this leaves Orders-DR at west half a disk, and only Orders at east whole");
});

describe("the target site is gone for good", () => {
	test("an up that only adds lost stores it and sends nothing; destroy then ends the relationship at the source", async () => {
		const inputs = await inputsFor({});
		const { outs } = await create(session(), inputs);
		await sites.link("east-array", "west-array").lose();
		await sites.host("west").down();
		await sites.array("west-array").lose();
		await sites.write("Orders", 3);
		const lost = await inputsFor({ lost: "target" }, inputs);
		expect(await diff(session(), outs, lost)).toEqual({ changes: true, replaces: [], deleteBeforeReplace: false });
		const stored = (await update(session(), "id", outs, lost)).outs;
		expect(stored.lost).toBe("target");
		expect(stored.record).toEqual(outs.record);
		expect(sites.calls()).toEqual([]);
		expect((await diff(session(), stored, await inputsFor({ lost: "target" }, lost))).changes).toBe(false);
		expect(
			(await check(session(), lost, { ...orders, lost: "target", state: "reversed" })).failures,
			"what is newly asked is refused as ever",
		).toHaveLength(1);
		await remove(session(), "id", stored);
		expect(sites.calls()).toMatchObject([{ operation: "Detach", host: "east", effect: true }]);
		expect(warnings.join(" ")).toContain("declaring the pair again recognises that half");
	});

	test("a relationship that only the lost end may list is not told as gone", async () => {
		const wished = { state: "suspended", lost: "target" };
		const inputs = await inputsFor(wished);
		const { outs } = await create(session(), inputs);
		await sites.forget("Orders");
		const news = await inputsFor(wished, inputs);
		const message = await messageOf(update(session(), "id", outs, news));
		expect(message).toContain("whether the relationship that this resource knows is gone cannot be told");
		expect(message).not.toContain("state delete");
	});

	test("the half that a lost source still lists may look whole when the pair is declared again: it says so", async () => {
		const { outs } = await create(session(), await inputsFor({}));
		await remove(session(), "id", { ...outs, lost: "source" });
		expect(warnings.join(" ")).toContain("because it may look whole");
	});

	test("so may any half seen through one host", async () => {
		const ends = {
			source: { host: "mgmt", virtualDisk: "Orders" },
			target: { host: "mgmt", virtualDisk: "Orders-DR" },
		};
		const { outs } = await create(session(), await inputsFor(ends));
		await remove(session(), "id", { ...outs, lost: "target" });
		expect(warnings.join(" ")).toContain("because it may look whole");
	});
});
