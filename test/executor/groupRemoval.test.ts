import { expect, test } from "vitest";
import type { HostObservation } from "../../provider/executor/host";
import { GroupSite } from "./groupSite";

const absent = { state: "absent", by: "Detach" } as const;

/** Three pairs, of which the array ended one when it was told to end the group's relationship. */
async function removedByHalf() {
	const site = await GroupSite.open({ members: ["Orders", "Ledger", "Stock"] });
	await site.run({ state: "active" });
	await site.sites.addFault({ kind: "partial", members: 1, times: 1 });
	return { site, stopped: await site.run(absent).catch((error: Error) => error.message) };
}

test("a removal that took only some names both halves, and the next one ends the rest", async () => {
	const { site, stopped } = await removedByHalf();
	expect(stopped).toMatch(
		/SR3013.*1 of 3 pairs moved \(6000100000000001\), and 6000100000000002, 6000100000000003 did not.*Do: run again/s,
	);
	expect(site.record?.interrupted).toMatchObject({ operation: "Detach", moved: { pairs: 1, of: 3 } });
	await site.run(absent);
	expect(site.received()).toEqual(["Detach Sales", "Detach Sales"]);
	expect(site.sites.look()).toMatchObject({ relationships: [], groupRelationships: [] });
});

const hidden = { hides: "relationships", subsystem: "west-array", what: "an error", remedy: "look" } as const;

test.each<[string, (seen: HostObservation) => HostObservation]>([
	["that its host may hide", (seen) => ({ ...seen, unread: [hidden] })],
	[
		"whose disk is not listed",
		(seen) => ({ ...seen, disks: seen.disks.filter(({ friendlyName }) => friendlyName !== "Orders") }),
	],
])("a pair %s has not ended by that: nothing is sent", async (_, seenAs) => {
	const { site } = await removedByHalf();
	const from = site.received().length;
	site.seenAs = seenAs;
	await expect(site.run(absent)).rejects.toThrow(/SR1032.*cannot be read, although the host can/s);
	expect(site.received(from)).toEqual([]);
});

test("to any other wish a pair that is not listed cannot be read", async () => {
	const { site } = await removedByHalf();
	await expect(site.run({ state: "suspended" })).rejects.toThrow(/SR1032.*6000100000000001/s);
});
