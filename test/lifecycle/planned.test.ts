import { describe, expect, test } from "vitest";

import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { diff } from "../../provider/lifecycle/diff";
import { update } from "../../provider/lifecycle/update";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../provider/model/vocabulary/relationship";
import { failureOf, heard, inputsFor, orders, session, sites, useSites } from "./session";

useSites();

/** A relationship that a run left in this state, and what the next check and diff make of another wish. */
async function wishedAfter(state: string, wished: Bag, meanwhile: () => Promise<unknown> = async () => {}) {
	const first = await inputsFor({ state });
	const { outs } = await create(session(), first);
	await meanwhile();
	heard.length = 0;
	const inputs = await inputsFor(wished, first);
	const heardInCheck = heard.splice(0);
	await diff(session(), outs, inputs);
	return { outs, inputs, heardInCheck, heardInDiff: heard.splice(0) };
}
const differs =
	"the plan above is the one that up runs. It knows what earlier runs proved; plannedOperations, which does not, differs.";

describe("what the record knows and check does not", () => {
	test("is told by diff: the exact plan, and that it is the one that runs; afterwards what was done", async () => {
		const { outs, inputs, heardInDiff } = await wishedAfter("suspended", { state: "active" });
		expect(inputs.plannedOperations).toEqual([
			expect.stringMatching(/^1\. Resume \(16\) at east: .*\[dataLoss: writes of Orders-DR\]$/),
		]);
		expect(heardInDiff).toEqual([
			expect.stringMatching(/^plan: 1\. Resume \(16\) at east: .*\[protectionLoss\]$/),
			differs,
		]);
		const done = await update(session(), "id", outs, inputs);
		expect(done.outs.plannedOperations).toEqual([expect.stringMatching(/^1\. Resume .*\[protectionLoss\]$/)]);
		expect(sites.writes().lost).toBe(0);
	});

	test("what is under way by the time of the update is waited for: nothing is sent that was not shown", async () => {
		const { outs, inputs } = await wishedAfter("suspended", { state: "active" });
		const sent = sites.calls().length;
		await sites.change((world) => {
			for (const link of world.relationships) {
				Object.assign(link, { copyState: states.Unsynchronized, progressStatus: progress.Resyncing });
			}
		});
		const settling = session((host) => {
			const observe = host.observe.bind(host);
			let looks = 0;
			host.observe = async () => {
				if (looks++ === 2) {
					await sites.change((world) => {
						for (const link of world.relationships)
							Object.assign(link, { copyState: states.Synchronized, progressStatus: progress.Completed });
					});
				}
				return observe();
			};
			host.observeDisks = async () => null;
		});
		expect((await update(settling, "id", outs, inputs)).outs).toMatchObject({ copyState: "Synchronized" });
		expect(sites.calls().length).toBe(sent);
	});

	test("is not told where it changes nothing", async () => {
		const { inputs, heardInDiff } = await wishedAfter("active", { state: "reversed" });
		expect(heardInDiff).toEqual([`plan: ${(inputs.plannedOperations as string[])[0]}`]);
	});

	test("is a half that only its source lists, where the relationship was made and no check has seen it yet", async () => {
		await sites.change((world) => {
			world.relationships = [];
		});
		const refused = await failureOf(create(session(), await inputsFor({})));
		const approval = /approval: "([0-9a-f-]+)"/.exec(refused.message)?.[1];
		const first = await inputsFor({ approval });
		const { outs } = await create(session(), first);
		await sites.forget("Orders-DR");
		heard.length = 0;
		const sent = sites.calls().length;
		const inputs = await inputsFor({}, first);
		expect(inputs.plannedOperations).toEqual([]);
		await diff(session(), outs, inputs);
		expect(heard).toEqual([
			expect.stringMatching(/^plan:\n.*1\. Detach .*\n.*2\. CreateReplica .*\[dataLoss: writes of Orders-DR\]/),
			expect.stringContaining("this plan destroys writes and needs approval"),
			differs,
		]);
		await expect(update(session(), "id", outs, inputs)).rejects.toThrow("SR5001");
		expect(sites.calls().slice(sent)).toEqual([]);
	});
});

describe("half a relationship that an earlier check saw listed at both ends", () => {
	test("is shown by check as by diff, asks for consent and is made anew", async () => {
		const { outs, inputs, heardInDiff } = await wishedAfter("active", { state: "active" }, () =>
			sites.forget("Orders-DR"),
		);
		const plan = [
			expect.stringMatching(/^1\. Detach \(8\) at east: .*\[protectionLoss\]$/),
			expect.stringMatching(/^2\. CreateReplica at east: .*\[dataLoss: writes of Orders-DR\]$/),
			expect.stringMatching(/^3\. wait for Synchronized/),
		];
		expect(inputs.plannedOperations).toEqual(plan);
		expect(heardInDiff.join("\n")).not.toContain(differs);
		const refused = await failureOf(update(session(), "id", outs, inputs));
		expect([refused.message, sites.calls()]).toEqual([expect.stringContaining("SR5001"), []]);
		const approval = /approval: "([0-9a-f-]+)"/.exec(refused.message)?.[1];
		const done = await update(session(), "id", outs, await inputsFor({ approval }, inputs));
		expect(done.outs).toMatchObject({ copyState: "Synchronized", direction: "forward" });
		expect(sites.writes().lost).toBe(0);
	});

	test("is no ground for another wish: what is newly asked is refused in check", async () => {
		const first = await inputsFor({ state: "active" });
		await create(session(), first);
		await sites.forget("Orders-DR");
		const { failures } = await check(session(), first, { ...orders, state: "reversed" });
		expect(failures).toEqual([{ property: "target", reason: expect.stringContaining("SR3009: half a relationship") }]);
	});

	test("is remembered while an end cannot be read, and not of another disk", async () => {
		const first = await inputsFor({ state: "active" });
		await sites.host("west").down();
		const unread = await inputsFor({ state: "active" }, first);
		await sites.host("west").up();
		expect(unread.listedAtBothEnds).toBe(true);
		await sites.forget("Orders-DR");
		const { plannedOperations } = await inputsFor({ state: "active" }, unread);
		expect(plannedOperations).toEqual([
			expect.stringMatching(/Detach/),
			expect.stringMatching(/CreateReplica/),
			expect.anything(),
		]);
		const another = await inputsFor({ target: { host: "west", virtualDisk: "Mail-DR", storagePool: "pool" } }, unread);
		expect(another.listedAtBothEnds).toBeUndefined();
	});

	test("counts where the record does not know it", async () => {
		const first = await inputsFor({ state: "active" });
		const { outs } = await create(session(), first);
		const record = { ...(outs.record as object), bothListed: false };
		await sites.forget("Orders-DR");
		const inputs = await inputsFor({ state: "active" }, first);
		const { changes } = await diff(session(), { ...outs, record }, inputs);
		expect(changes).toBe(true);
		await expect(update(session(), "id", { ...outs, record }, inputs)).rejects.toThrow("SR5001");
		expect(sites.calls()).toEqual([]);
	});
});

describe("check without a record", () => {
	/** Somebody suspended it before this program knew of it. */
	const suspendedByOthers = () =>
		sites.change((world) => {
			for (const link of world.relationships) link.copyState = 9;
		});

	test("takes an unseen target for one with writes of its own, and asks for consent itself", async () => {
		await suspendedByOthers();
		const { plannedOperations } = await inputsFor({ state: "active" });
		expect(plannedOperations).toEqual([expect.stringMatching(/^1\. Resume .*\[dataLoss: writes of Orders-DR\]$/)]);
		expect(heard.join("\n")).toMatch(
			/needs approval\.\n.*Orders-DR at west loses all writes[\s\S]*approval: "[0-9a-f-]+"/,
		);
		expect(heard.join("\n"), "no run left it anywhere").not.toContain("The last run left it");
	});

	test("warns of a copy that nobody saw complete; the record's word counts, and check leaves it to diff", async () => {
		const caution = /nobody saw the copy on Orders-DR complete/;
		const disaster = { state: "failedOver", lost: "source" };
		const known = await wishedAfter("suspended", disaster, () => sites.host("east").down());
		expect(known.heardInCheck).toEqual([]);
		expect(known.heardInDiff.join("\n")).toMatch(/^plan: 1\. Failover[\s\S]*The last run left it Suspended, forward/);
		expect(known.heardInDiff.join("\n")).not.toMatch(caution);
		// By its id, which no run has told.
		const { plannedOperations } = await inputsFor({
			...disaster,
			source: { host: "east", virtualDisk: "6000100000000001" },
		});
		expect(plannedOperations).toEqual([expect.stringMatching(/^1\. Failover/)]);
		expect(heard.join("\n")).toMatch(caution);
	});
});
