import { expect, test } from "vitest";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { codeOf, Site } from "./site";

/** A run that is cancelled right after its call, which takes effect eight seconds later. */
async function cancelledAfterCall(site: Site, state: "suspended" | "reversed" | "failedOver"): Promise<AbortSignal> {
	await site.sites.late(8_000);
	const cancelled = new AbortController();
	site.onEvent = async ({ kind }) => {
		if (kind === "afterCall") cancelled.abort();
	};
	await expect(site.run({ state }, {}, cancelled.signal)).rejects.toThrow();
	site.onEvent = async () => {};
	return cancelled.signal;
}

test("a signal that comes while the engine is asked for a sign of life keeps the call from being sent", async () => {
	const site = await Site.open();
	const cancelled = new AbortController();
	site.fence = async () => cancelled.abort();
	expect(await codeOf(site.run({ state: "suspended" }, {}, cancelled.signal))).toBe("SR5006");
	expect(site.received()).toEqual([]);
});

test("a cancelled run that sees half a relationship says so at once: asleep it would not be, and ask without a pause", async () => {
	const site = await Site.open();
	await site.sites.forget("Orders");
	const cancelled = new AbortController();
	cancelled.abort();
	const atMs = site.clock.now();
	expect(await codeOf(site.run({ state: "reversed" }, {}, cancelled.signal))).toBe("SR3009");
	expect(site.clock.now()).toBe(atMs);
	expect(await codeOf(site.run({ state: "reversed" }))).toBe("SR3009");
	expect(site.clock.now() - atMs, "one that is not waits for the slower host").toBeGreaterThanOrEqual(5_000);
});

test("a cancelled deletion of what is hidden for a moment does not tell it as gone", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.sites.hide("Orders", 3_000);
	const cancelled = new AbortController();
	cancelled.abort();
	expect(await codeOf(site.run({ state: "absent" }, {}, cancelled.signal))).toBe("SR5006");
	await site.run({ state: "absent" });
	expect(site.sites.look().relationships).toEqual([]);
});

test("half a relationship that no look can tell: the answer 8 says what leads on", async () => {
	const site = await Site.open({ hosts: { source: "both", target: "both" } });
	await site.sites.forget("Orders");
	const failure = await site.run({ state: "suspended" }).catch((error: unknown) => error);
	expect(String(failure)).toMatch(/SR3001.*answered 8, Object Not Found.*destroy the resource, which keeps both disks/);
	await site.run({ state: "absent" });
	await site.runApproved({ state: "suspended" });
	expect(site.sites.look().relationships).toMatchObject([{ copyState: 9 }]);
});

test.each(["suspended", "reversed"] as const)(
	"what a cancelled run sent is not sent again while its effect may still be to come (%s)",
	async (state) => {
		const site = await Site.open();
		await site.run({ state: "active" });
		await cancelledAfterCall(site, state);
		const sent = site.received().length;
		expect(sent).toBe(1);
		await site.clock.sleep(2_000);
		await site.run({ state });
		expect(site.received()).toHaveLength(sent);
	},
);

test("nor by a later step of another plan, which somebody's change has made of it", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await cancelledAfterCall(site, "reversed");
	await site.sites.change((world) => {
		for (const each of world.relationships) each.copyState = states.Fractured;
	});
	const toCome: unknown[] = [];
	site.onEvent = async (event) => {
		if (event.kind !== "beforeCall") return;
		const { step } = event.at;
		if (step.kind === "operation" && step.operation === "ReverseRoles")
			toCome.push(site.sites.look().relationships.flatMap(({ deferred = [] }) => deferred));
	};
	await site.runApproved({ state: "reversed" });
	expect(toCome, "the reversal of before would undo this one").toEqual([[]]);
	expect(site.received()).toEqual(["ReverseRoles", "ResyncReplica", "ReverseRoles"]);
});

test("cancelled while a job of the last run is in flight, a run does not tell its wish as reached and forget the job", async () => {
	const site = await Site.open({ profile: "srdf" });
	await site.run({ state: "active" });
	const signal = await cancelledAfterCall(site, "failedOver");
	expect(await codeOf(site.run({ state: "active" }, {}, signal))).toBe("SR5006");
	expect(site.record?.interrupted).toMatchObject({ operation: "Failover" });
});

test("what was refused, or has had its time, is sent again at once", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.sites.addFault({ kind: "returnCode", code: 0, effect: false, times: 1 });
	await expect(site.run({ state: "suspended" })).rejects.toThrow("SR3008");
	const atMs = site.clock.now();
	await site.run({ state: "suspended" });
	expect(site.clock.now() - atMs).toBeLessThan(2_000);
	expect(site.received()).toHaveLength(2);
});
