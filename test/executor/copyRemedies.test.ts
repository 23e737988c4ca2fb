import { expect, test } from "vitest";
import type { Desired } from "../../provider/planner/situation";
import { type Asked, CopySite, halted, mended, type Resource } from "./copySite";
import { codeOf } from "./site";

const active: Desired = { state: "active" };
const absent: Desired = { state: "absent" };
const returned: Desired = { ...absent, by: "ReturnToResourcePool" };

interface Story {
	readonly code: `SR${number}`;
	readonly arrays?: Parameters<typeof CopySite.open>[0];
	readonly kind?: "Clone";
	/** What stands before, and what happens during the run that stops. */
	readonly before: (site: CopySite, copy: Resource) => Promise<unknown>;
	readonly wish: readonly [Desired, Asked?];
	/** Words of the advice that is followed. */
	readonly told: RegExp;
	readonly sent: readonly string[];
	readonly follow: (site: CopySite, copy: Resource) => Promise<unknown>;
	/** What the arrays received while it was followed. */
	readonly received: readonly string[];
}

/** A snapshot of ten writes beside a source of thirteen, with the mirror out of the way. */
async function beside(site: CopySite, copy: Resource): Promise<void> {
	await copy.run(active, { triggers: "one" });
	await site.mirror.run({ state: "split" });
	site.clock.advance(60_000);
	await site.sites.write("Orders", 3);
}

const stories: Readonly<Record<string, Story>> = {
	"a restore that broke off: with the copy at rest, and a new token": {
		code: "SR3010",
		arrays: { Snapshot: { afterRestore: "Broken" } },
		before: beside,
		wish: [active, { triggers: "one", restore: "INC-1" }],
		told: /keep Copy as it is: .* run again with a new token/,
		sent: ["RestoreFromReplica"],
		follow: async (site, copy) => {
			await mended(site);
			await copy.runApproved(active, { triggers: "one", restore: "INC-1" });
			expect(site.held("Orders")).toBe(10);
		},
		received: ["RestoreFromReplica"],
	},
	"a restore that broke off: the source is good as it is": {
		code: "SR3010",
		arrays: { Snapshot: { afterRestore: "Broken" } },
		before: beside,
		wish: [active, { triggers: "one", restore: "INC-1" }],
		told: /if Orders is good as it is, declare keep: "source"/,
		sent: ["RestoreFromReplica"],
		follow: async (_, copy) => {
			await copy.runApproved({ ...active, keep: "source" }, { triggers: "two" });
			expect(copy.record?.copy).toMatchObject({ triggersDone: "two", restoreOpen: false });
		},
		received: ["ResyncReplica"],
	},
	"a clone that went before it was complete: made again, with consent to what is there": {
		code: "SR3011",
		arrays: { Clone: { features: [18], haltedVanishes: true } },
		kind: "Clone",
		before: async (site) => {
			site.onEvent = async ({ kind }) => {
				if (kind !== "polled") return;
				site.onEvent = async () => {};
				await halted(site);
			};
		},
		wish: [active, { triggers: "one" }],
		told: /change triggers, which overwrites Copy/,
		sent: ["CreateReplica"],
		follow: async (site, copy) => {
			await site.sites.addFault({ kind: "slow", factor: 100 });
			expect(await codeOf(copy.run(active, { triggers: "two" }))).toBe("SR5001");
			await copy.runApproved(active, { triggers: "two" });
			expect(copy.record?.copy?.ended).toBe("complete");
			expect(site.held("Copy")).toBe(10);
		},
		received: ["CreateReplica"],
	},
	"a retake that nothing tells of: done once more, with a consent of its own": {
		code: "SR3012",
		before: async (site, copy) => {
			await beside(site, copy);
			await site.sites.addFault({ kind: "returnCode", code: 0, effect: false, times: 1 });
		},
		wish: [active, { triggers: "two" }],
		told: /run again to have it done once more, with a consent of its own/,
		sent: ["ResyncReplica"],
		follow: async (site, copy) => {
			expect(await codeOf(copy.run(active, { triggers: "two" }))).toBe("SR5001");
			await copy.runApproved(active, { triggers: "two" });
			expect(site.held("Copy")).toBe(13);
		},
		received: ["ResyncReplica"],
	},
	"a retake that was made on an array that tells no point in time: the value is set back": {
		code: "SR3012",
		arrays: { Snapshot: { reportsSyncTime: false } },
		before: beside,
		wish: [active, { triggers: "two" }],
		told: /set the value back if it was done/,
		sent: ["ResyncReplica"],
		follow: async (site, copy) => {
			expect(site.held("Copy"), "it was done").toBe(13);
			await copy.run(active, { triggers: "one" });
		},
		received: [],
	},
	"a disk that stays when its copy is given back: deleted by hand": {
		code: "SR3014",
		before: async (site, copy) => {
			await copy.run(active);
			const { disks } = await site.hosts().get("east").observe();
			const kept = disks.filter(({ friendlyName }) => friendlyName === "Copy");
			site.seenAs = (seen) => {
				const others = seen.disks.filter(({ friendlyName }) => friendlyName !== "Copy");
				return { ...seen, disks: [...others, ...kept] };
			};
		},
		wish: [returned, { expendable: "everything" }],
		told: /delete the disk with the array's own tools/,
		sent: ["ReturnToResourcePool"],
		follow: async (site, copy) => {
			await copy.run(returned, { expendable: "everything" });
			site.seenAs = (seen) => seen;
			await copy.run(returned, { expendable: "everything" });
			expect(site.disks()).not.toContain("Copy");
		},
		received: [],
	},
};

test.each(Object.entries(stories))("%s: the remedy is followed", async (_, story) => {
	const { code, arrays = {}, kind = "Snapshot", before, wish, told, sent, follow, received } = story;
	const site = await CopySite.open(arrays);
	const copy = site.copy(kind);
	await before(site, copy);
	const from = site.received().length;
	const stopped: unknown = await copy.runApproved(...wish).catch((error: unknown) => error);
	expect(stopped).toBeInstanceOf(Error);
	expect((stopped as Error).message).toContain(code);
	expect((stopped as Error).message).toMatch(told);
	expect(site.received(from)).toEqual(sent);
	await follow(site, copy);
	expect(site.received(from)).toEqual([...sent, ...received]);
});
