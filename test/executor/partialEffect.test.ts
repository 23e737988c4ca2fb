import { describe, expect, test } from "vitest";
import type { HostObservation, RelationshipFact } from "../../provider/executor/host";
import type { Desired } from "../../provider/planner/situation";
import { GroupSite, type GroupSiteOptions } from "./groupSite";

const active: Desired = { state: "active" };
const suspended: Desired = { state: "suspended" };

/** An adopted group of which the next call moves only so many. */
async function siteThatMoves(members: number, options: GroupSiteOptions = {}): Promise<GroupSite> {
	const site = await GroupSite.open(options);
	await site.run(active);
	await site.sites.addFault({ kind: "partial", members, times: 1 });
	return site;
}

/** The hosts show pairs otherwise once the call was answered. */
function seenSinceCall(site: GroupSite, change: (link: RelationshipFact) => Partial<RelationshipFact>): void {
	const show = (seen: HostObservation): HostObservation => ({
		...seen,
		relationships: seen.relationships.map((link) => ({ ...link, ...change(link) })),
	});
	site.onEvent = async ({ kind }) => {
		if (kind === "afterCall") site.seenAs = show;
	};
}

const oneOfTwo = /SR3013.*1 of 2 pairs moved \(6000100000000001\), and 6000100000000002 did not \(SR\d+\)/;

describe("a step of a group that was not proved", () => {
	test("of which some moved is told with both halves, and by roles alone as well", async () => {
		const site = await siteThatMoves(1);
		await expect(site.run({ state: "reversed" })).rejects.toThrow(oneOfTwo);
		expect(site.received()).toEqual(["ReverseRoles Sales"]);
	});

	test("and whose call was cut off is told with both halves all the same", async () => {
		const site = await siteThatMoves(1);
		await site.sites.addFault({ kind: "cutOff", effect: true, times: 1 });
		await expect(site.run(suspended)).rejects.toThrow(oneOfTwo);
		expect(site.received()).toEqual(["Suspend Sales"]);
	});

	test("counts a pair that does not tell its mode any more by its state", async () => {
		const site = await siteThatMoves(1);
		seenSinceCall(site, () => ({ syncMode: 0 }));
		await expect(site.run(suspended)).rejects.toThrow(oneOfTwo);
	});

	test("counts no pair that was there before", async () => {
		const site = await GroupSite.open({ members: ["Bills", "Orders", "Ledger"] });
		await site.run(active);
		await site.put("Synchronized", "Synchronized", "Synchronized", "Suspended");
		await site.sites.addFault({ kind: "partial", members: 1, times: 1 });
		await expect(site.run(suspended)).rejects.toThrow(oneOfTwo);
	});

	test("of which none moved had no effect", async () => {
		const site = await siteThatMoves(0);
		await expect(site.run(suspended)).rejects.toThrow(/^SR3008/);
	});

	test("of which all moved, and whose job does not end, is told as that", async () => {
		const site = await siteThatMoves(2);
		seenSinceCall(site, () => ({ job: "stuck" }));
		await expect(site.run(suspended)).rejects.toThrow(/^SR3004.*stuck/);
		expect(site.states().slice(0, 2)).toEqual(["Suspended", "Suspended"]);
	});

	test("of which one is neither where it was nor where it was to go is told as changed by somebody else", async () => {
		const site = await siteThatMoves(1);
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") await site.put("Synchronized", "Suspended");
		};
		await expect(site.run({ state: "split" })).rejects.toThrow(/^SR5005/);
	});

	test("and that cannot be looked at any more tells of no half: what was seen last may be long over", async () => {
		const site = await siteThatMoves(1);
		let polls = 0;
		site.onEvent = async ({ kind }) => {
			if (kind === "polled" && ++polls === 3) await site.sites.host("east").down();
		};
		await expect(site.run(suspended)).rejects.toThrow(/^SR4001/);
	});
});
