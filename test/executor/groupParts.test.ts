import { describe, expect, test } from "vitest";
import { issueStep } from "../../provider/executor/issue";
import type { Desired } from "../../provider/planner/situation";
import { GroupSite } from "./groupSite";

const active: Desired = { state: "active" };
const failedOver: Desired = { state: "failedOver" };
const lost = { lost: "source" } as const;
const all = ["Ledger", "Stock", "Bills"].map((name) => `Failover ${name}-DR`);
const once = all.slice(0, 1);
const twice = all.slice(0, 2);
const allOver = Array(4).fill("Failedover");
const stock = "6000100000000003";
const halves =
	/SR3013.*1 of 3 pairs moved \(6000100000000002\), and 6000100000000003, 6000100000000004 did not.*are or may be destroyed/s;

/** A group of four whose source's site is lost, and of which the first was failed over: three are called by themselves. */
async function torn(): Promise<GroupSite> {
	const site = await GroupSite.open({ members: ["Orders", "Ledger", "Stock", "Bills"] });
	await site.run(active);
	await site.put("Failedover", "Synchronized", "Synchronized", "Synchronized");
	await site.sites.groupSays("Sales-DR", "Mixed");
	await site.sites.array("east-array").lose();
	return site;
}

/** Right before the second of the three calls. */
function beforeSecond(site: GroupSite, happens: () => Promise<unknown>): void {
	let calls = 0;
	site.beforeOwnCall = async () => {
		if (++calls === 2) await happens();
	};
}

describe("several members that are called by themselves", () => {
	test("are each called once, and proved together", async () => {
		const site = await torn();
		const { outlook } = await site.runApproved(failedOver, lost);
		expect(site.received()).toEqual(all);
		expect(site.states()).toEqual(allOver);
		expect(outlook.answer).toMatchObject({ steps: [] });
		expect(site.record).not.toHaveProperty("interrupted");
	});

	test("are left where the first of them is refused: nothing was begun, and that is told", async () => {
		const site = await torn();
		await site.sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
		await expect(site.runApproved(failedOver, lost)).rejects.toThrow(/SR3001.*nothing that was sent destroys writes/s);
		expect(site.received()).toEqual(once);
		expect(site.states()).toEqual(["Failedover", "Broken", "Broken", "Broken"]);
	});

	test.each([
		["is refused", { kind: "returnCode", code: 5, effect: false, times: 1 }, twice],
		["is answered by a cache that is out of date", { kind: "returnCode", code: 40003, effect: false, times: 1 }, twice],
		["cannot be reached", { kind: "hostDown", host: "west" }, once],
	] as const)(
		"where the second %s the first counts as sent, both halves are named, and a later run completes it",
		async (_, fault, sent) => {
			const site = await torn();
			beforeSecond(site, async () => {
				await site.sites.addFault(fault);
				site.onEvent = async ({ kind }) => {
					if (kind === "afterCall") await site.sites.host("west").up();
				};
			});
			const generation = site.record?.generation ?? 0;
			await expect(site.runApproved(failedOver, lost)).rejects.toThrow(halves);
			expect(site.received()).toEqual(sent);
			expect(site.record).toMatchObject({ generation: generation + 1, interrupted: { operation: "Failover" } });
			await site.runApproved(failedOver, lost);
			expect(site.received().slice(sent.length)).toEqual(all.slice(1));
			expect(site.states()).toEqual(allOver);
		},
	);

	test("where the second call is cut off the array tells what became of it, and it is not sent again", async () => {
		const took = await torn();
		beforeSecond(took, () => took.sites.addFault({ kind: "cutOff", effect: true, times: 1 }));
		await expect(took.runApproved(failedOver, lost)).rejects.toThrow(
			/2 of 3 pairs moved \(6000100000000002, 6000100000000003\), and 6000100000000004 did not/,
		);
		expect(took.received()).toEqual(twice);
		await took.runApproved(failedOver, lost);
		expect(took.received()).toEqual(all);
		expect(took.states()).toEqual(allOver);
		const did = await torn();
		beforeSecond(did, () => did.sites.addFault({ kind: "cutOff", effect: false, times: 1 }));
		const cutOff: string[] = [];
		did.onEvent = async ({ kind }) => {
			if (kind === "callCutOff") cutOff.push(kind);
		};
		await expect(did.runApproved(failedOver, lost)).rejects.toThrow(halves);
		expect(cutOff, "nobody says that it was answered").toHaveLength(1);
		expect(did.received()).toEqual(twice);
	});

	test("are not called any more once the run is to end, nor once nobody orders it", async () => {
		const ended = await torn();
		const end = new AbortController();
		ended.beforeOwnCall = async () => end.abort();
		await expect(ended.runApproved(failedOver, lost, end.signal)).rejects.toThrow(/SR5006.*are or may be destroyed/s);
		expect(ended.received()).toEqual(once);
		const orphaned = await torn();
		let asked = 0;
		orphaned.fence = async () => {
			if (++asked === 2) throw new Error("the engine is gone");
		};
		await expect(orphaned.runApproved(failedOver, lost)).rejects.toThrow(halves);
		expect(orphaned.received()).toEqual(once);
		for (const site of [ended, orphaned]) {
			expect(site.record).toMatchObject({ interrupted: { operation: "Failover" } });
		}
	});

	test("are called when each of them can be named, and else none is", async () => {
		const site = await torn();
		const seen = await site.look(failedOver, lost);
		const { answer, pairs = [] } = seen;
		const [step] = answer.outcome === "plan" ? answer.steps : [];
		if (step?.kind !== "operation") throw new Error("no operation is planned");
		const none = { source: null, target: null };
		const unlisted = pairs.map((pair) =>
			pair.key === stock ? { ...pair, sighting: { ...pair.sighting, links: none, disks: none } } : pair,
		);
		const position = { step, number: 1, of: 1 };
		const { clock } = site;
		const around = { hosts: site.hosts(), clock, fence: site.fence, report: site.onEvent };
		const options = { look: () => site.look(failedOver, lost), onIssued: () => {} };
		for (const known of [unlisted, pairs.filter(({ key }) => key !== stock)]) {
			const request = site.request(failedOver, lost);
			const sent = issueStep(step, position, { ...seen, pairs: known }, request, around, options);
			await expect(sent).rejects.toThrow(/SR2005.*is not listed by host west any more/);
		}
		expect(site.received()).toEqual([]);
	});
});
