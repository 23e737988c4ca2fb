import { expect, test } from "vitest";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { remove } from "../../provider/lifecycle/delete";
import { diff } from "../../provider/lifecycle/diff";
import { update } from "../../provider/lifecycle/update";
import { heard, messageOf, orders, session, sites, useSites } from "./session";

useSites(
	["Orders", "Ledger", "Alone"].map((source) => ({ source, target: `${source}-DR` })),
	[{ source: "Sales", target: "Sales-DR", members: ["Orders", "Ledger"] }],
);

async function adopted(): Promise<{ readonly inputs: Bag; readonly id: string; readonly outs: Bag }> {
	const { inputs, failures } = await check(session(), {}, orders);
	expect(failures).toEqual([]);
	return { inputs, ...(await create(session(), { ...inputs, __provider: "text" })) };
}

test("a disk of a group is adopted, and not steered alone: not suspended, not by a run that reads it by key", async () => {
	const { inputs, id, outs } = await adopted();
	const asked = await check(session(), inputs, { ...orders, state: "suspended" });
	expect(asked.failures[0]?.reason).toContain("SR1029");
	expect(asked.failures[0]?.reason).toContain("Sales");
	const news = { ...inputs, state: "suspended", plannedOperations: ["1. Suspend"], __provider: "text" };
	const process = session();
	expect((await diff(process, outs, news)).changes).toBe(true);
	expect(await messageOf(update(process, id, outs, news))).toContain("SR1029");
	expect(sites.calls()).toEqual([]);
});

test("deleting its resource sends nothing and succeeds: the relationship is the group's", async () => {
	const { id, outs } = await adopted();
	expect(await remove(session(), id, outs)).toBe("kept");
	expect(heard.join("\n")).toContain("group");
	expect(sites.calls()).toEqual([]);
});

test("a pair beside the group is steered as ever, and a copy of a member may be made", async () => {
	const alone: Bag = {
		...orders,
		source: { host: "east", virtualDisk: "Alone" },
		target: { host: "west", virtualDisk: "Alone-DR" },
	};
	const suspended = await check(session(), {}, { ...alone, state: "suspended" });
	expect(suspended.failures).toEqual([]);
	const snapshot = { virtualDisk: "Orders-Snap", storagePool: "Pool" };
	const copy = await check(session(), {}, { kind: "Snapshot", source: orders.source, target: snapshot });
	expect(copy.failures).toEqual([]);
});
