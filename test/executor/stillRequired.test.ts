import { expect, test } from "vitest";
import { synchronizedProgressStatus as progress } from "../../provider/model/vocabulary/relationship";
import { GroupSite } from "./groupSite";
import { Site } from "./site";

const reversed = { state: "reversed" } as const;
const repair = { onRoleChange: "repair" } as const;
const losesWrites = {
	needsApproval: true,
	steps: [{ operation: "ResyncReplica", hazard: "dataLoss" }, { operation: "Activate" }],
};

/** Somebody reversed the roles, the old source has what had not arrived, and the array wants a resync before anything else. */
async function mustBeResynced({ sites }: Site | GroupSite, ...disks: readonly string[]): Promise<void> {
	for (const disk of disks) {
		await sites.write(disk, 3);
		await sites.changeRoles(disk);
	}
	await sites.change(({ relationships }) => {
		for (const each of relationships) each.progressStatus = progress.RequiresResync;
	});
}

test("a required resync that was cut off without effect takes a consent of its own the next time", async () => {
	const site = await Site.open({ profile: "cci", syncMode: "asynchronous", wish: repair });
	await site.run({ state: "active" });
	await mustBeResynced(site, "Orders");
	await site.sites.addFault({ kind: "cutOff", effect: false, times: 1 });
	await expect(site.runApproved(reversed)).rejects.toThrow(/SR4002/);
	expect(site.record?.ahead.source).not.toBe("no");
	expect((await site.look(reversed)).answer).toMatchObject(losesWrites);
	await expect(site.run(reversed)).rejects.toThrow(/SR5001/);
	expect(site.effective()).toEqual([]);
});

test("nor is one of a group told as done for the pairs that did not take it", async () => {
	const site = await GroupSite.open({ profile: "cci", syncMode: "asynchronous" });
	await site.run({ state: "active" }, repair);
	await mustBeResynced(site, "Orders", "Ledger");
	await site.sites.addFault({ kind: "partial", members: 1, times: 1 });
	await expect(site.runApproved(reversed, repair)).rejects.toThrow(
		/SR3013.*1 of 2 pairs moved \(6000100000000001\), and 6000100000000002 did not/,
	);
	const next = await site.look(reversed, repair);
	expect(next.answer).toMatchObject(losesWrites);
	expect(next.token).not.toBeNull();
});

test("what the array wants after a reversal of ours takes nothing that had not arrived", async () => {
	const site = await Site.open({ profile: "cci", syncMode: "asynchronous", wish: repair });
	await site.run({ state: "active" });
	await site.sites.write("Orders", 3);
	await site.sites.readOnly("Orders");
	await site.run(reversed);
	expect(site.effective().slice(-3)).toEqual(["ReverseRoles", "ResyncReplica", "Activate"]);
	expect(site.sites.writes()).toEqual({ lost: 0, lacking: 0 });
});
