import { expect, test } from "vitest";
import type { Bag } from "../../provider/lifecycle/arguments";
import { create } from "../../provider/lifecycle/create";
import { update } from "../../provider/lifecycle/update";
import { failureOf, inputsFor, session, sites, useSites } from "./session";

useSites();

const operations = () => sites.calls().map(({ operation }) => operation);

test("a limit that runs out leaves a partial failure that says how far it was; the next up sends nothing, waits on, and ends well", async () => {
	await sites.change((world) => {
		// Copies as a job.
		for (const array of world.arrays) array.profile = "srdf";
	});
	const first = await inputsFor({ state: "suspended" });
	const { outs } = await create(session(), first);
	expect(operations()).toEqual(["Suspend"]);
	await sites.addFault({ kind: "slow", factor: 400 });
	const wished = { state: "active", timeouts: { syncMinutes: 0.05 } };
	const news = await inputsFor(wished, first);
	const stopped = await failureOf(update(session(), "id", outs, news));
	expect(operations()).toEqual(["Suspend", "Resume"]);
	expect(stopped.message).toMatch(/SR3004.*Synchronized was not reached in 3 s; \d+ % are copied/);
	expect(stopped.message).toMatch(/run again: it waits for what is under way and sends nothing a second time/);
	expect(stopped.message).toMatch(/Sent, not proved: Resume .*\(answered 4096, job job-\d+\)/);
	expect(stopped.message).toContain("raise timeouts.syncMinutes, which is 0.05");
	const kept = stopped.properties as Bag;
	expect(kept.record).toMatchObject({ interrupted: { operation: "Resume", step: 1 } });
	expect(kept).toMatchObject({ state: "suspended", copyState: expect.not.stringMatching("Synchronized") });

	await sites.removeFaults();
	await sites.change((world) => {
		for (const { copy } of world.relationships) if (copy !== null) copy.dueMs = copy.startedMs + 1_000;
	});
	const again = await update(session(), "id", kept, await inputsFor({ state: "active" }, news));
	expect(operations(), "nothing was sent a second time").toEqual(["Suspend", "Resume"]);
	expect(again.outs).toMatchObject({ state: "active", copyState: "Synchronized" });
	expect((again.outs.record as Bag).interrupted).toBeUndefined();
	expect(sites.writes().lost).toBe(0);
});
