import { describe, expect, test } from "vitest";
import { TransitionStopped } from "../../provider/executor/transitionEnd";
import type { ReplicationError } from "../../provider/model/replicationError";
import { codeOf, Site } from "./site";

/** West was failed over to; East goes on saying that the copy is suspended. */
async function disagreeing(untilDiscover: boolean): Promise<Site> {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.run({ state: "failedOver" });
	await site.sites.write("Orders-DR", 5);
	await site.sites.contradict("east", "Orders", { copyState: "Suspended", untilDiscover });
	return site;
}

const errorOf = async (run: Promise<unknown>): Promise<ReplicationError> => {
	const error = await run.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	return error instanceof TransitionStopped ? error.reason : (error as ReplicationError);
};

test("a host that only had not looked for a while is told to, and agrees", async () => {
	const site = await disagreeing(true);
	const from = site.sites.everyCall().length;
	const { outlook } = await site.run({ state: "failedOver" });

	expect(outlook.situation.observed.copyState).toBe("Failedover");
	const calls = site.sites.everyCall().slice(from);
	expect(calls.map(({ method, host }) => `${method} at ${host}`).sort()).toEqual([
		"Discover at east",
		"Discover at west",
	]);
});

test("hosts that contradict each other all the same: nothing is sent for any wish, and both are refreshed once", async () => {
	const site = await disagreeing(false);
	const from = site.sites.everyCall().length;
	const hosts = site.hosts();
	site.hosts = () => hosts;
	for (const state of ["active", "suspended", "reversed", "failedOver", "split"] as const) {
		expect(await codeOf(site.run({ state }))).toBe("SR5004");
	}
	expect(site.received(from)).toEqual([]);
	expect(site.sites.everyCall().slice(from)).toHaveLength(2);
});

describe("hosts that both say that their disk is the source, since one did not hear of a reversal", () => {
	async function reversed(untilDiscover: boolean): Promise<Site> {
		const site = await Site.open();
		await site.run({ state: "active" });
		await site.sites.contradict("east", "Orders", { untilDiscover });
		await site.sites.changeRoles("Orders");
		return site;
	}
	test("agree once they were told to look", async () => {
		const site = await reversed(true);
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR5003");
		await site.run({ state: "reversed" });
		expect(site.received()).toEqual([]);
	});
	test("or are stopped at, with a remedy that is followed: by the word of the host that is right, or by removal", async () => {
		const site = await reversed(false);
		const { code, facts } = await errorOf(site.run({ state: "active" }));
		expect([code, facts.remedy]).toEqual(["SR5004", expect.stringContaining("If west is, declare lost: source")]);
		await site.run({ state: "reversed" }, { lost: "source" });
		expect(site.received()).toEqual([]);
		await site.run({ state: "absent" });
		expect(site.sites.look().relationships).toEqual([]);
	});
});

test("the remedy is followed: the end whose host is wrong is declared lost, and the other one's word goes", async () => {
	const site = await disagreeing(false);
	const { facts } = await errorOf(site.run({ state: "failedOver" }));
	expect(facts.remedy).toContain("If west is, declare lost: source");
	const from = site.sites.everyCall().length;

	const { outlook } = await site.run({ state: "failedOver" }, { lost: "source" });
	expect(outlook.situation.observed.copyState).toBe("Failedover");
	expect(site.received(from)).toEqual([]);
	// The host is mended, `lost` is removed, and the program goes on.
	await site.sites.removeFaults();
	await site.runApproved({ state: "reversed" });
	expect(await site.settled()).toMatchObject({ copyState: 4, source: site.ids.target });
	expect(site.sites.writes().lost).toBe(0);
});

test("the other remedy: destroyed and declared again from the disk whose writes count, with consent", async () => {
	const site = await disagreeing(false);
	await site.run({ state: "absent" });
	expect(site.sites.look().relationships).toEqual([]);
	// What a host remembered of the old relationship it does not remember of the new one.
	await site.sites.removeFaults();

	const request = site.request.bind(site);
	const [source, target] = [
		{ host: "west", virtualDisk: "Orders-DR" },
		{ host: "east", virtualDisk: "Orders" },
	];
	site.record = null;
	site.request = (desired, more) => {
		const asked = request(desired, more);
		return {
			...asked,
			declared: { ...asked.declared, ends: { source, target }, knownIds: { source: null, target: null } },
		};
	};
	expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
	await site.runApproved({ state: "active" });
	expect(site.sites.writes("Orders").lacking).toBe(0);
});
