import { expect, test } from "vitest";
import type { Wish } from "../../provider/executor/wish";
import type { Desired } from "../../provider/planner/situation";
import { codeOf, Site } from "./site";

interface Story {
	readonly code: string;
	/** What stands before the wish is refused. */
	readonly before: (site: Site) => Promise<unknown>;
	readonly wish: Desired;
	readonly more?: Partial<Wish>;
	/** Words of the advice that is followed. */
	readonly told: RegExp;
	readonly follow: (site: Site) => Promise<unknown>;
	readonly related?: boolean;
}

const destroyed = (site: Site, more: Partial<Wish> = {}) => site.run({ state: "absent" }, more);
const lose = (site: Site, array: string) => site.sites.array(array).lose();
const restore = (site: Site, array: string) => site.sites.array(array).restore();

/** A first copy that is stopped half way: the target is half a disk. */
async function halfCopied(site: Site): Promise<void> {
	await site.runApproved({ state: "suspended" });
	expect(site.record).toMatchObject({ copyState: "Suspended", targetConsistent: false });
}

const stories: Record<string, Story> = {
	"nothing there to reverse: active first": {
		code: "SR1002",
		related: false,
		before: async () => {},
		wish: { state: "reversed" },
		told: /declare active first/,
		follow: async (site) => {
			await site.runApproved({ state: "active" });
			await site.runApproved({ state: "reversed" });
		},
	},
	"vanished: out of the state, and declared again": {
		code: "SR1003",
		before: async (site) => {
			await site.run({ state: "active" });
			await site.sites.change((world) => {
				world.relationships = [];
			});
		},
		wish: { state: "active" },
		told: /pulumi state delete/,
		follow: async (site) => {
			site.record = null;
			expect(await codeOf(site.run({ state: "active" }))).toBe("SR5001");
			await site.runApproved({ state: "active" });
		},
	},
	"the target cannot be read: what holds already": {
		code: "SR1007",
		before: async (site) => {
			await site.run({ state: "active" });
			await site.sites.host("west").down();
		},
		wish: { state: "reversed" },
		more: { lost: "target" },
		told: /declare active, which holds already/,
		follow: (site) => site.run({ state: "active" }, { lost: "target" }),
	},
	"the target is gone for good: lost, and destroyed": {
		code: "SR1007",
		before: async (site) => {
			await site.run({ state: "active" });
			await lose(site, "west-array");
		},
		wish: { state: "reversed" },
		more: { lost: "target" },
		told: /declare lost: target and delete the resource/,
		follow: (site) => destroyed(site, { lost: "target" }),
	},
	"the source is gone for good: failed away from": {
		code: "SR1007",
		before: async (site) => {
			await site.run({ state: "active" });
			await lose(site, "east-array");
		},
		wish: { state: "reversed" },
		more: { lost: "source" },
		told: /declare failedOver and lost: source/,
		follow: (site) => site.runApproved({ state: "failedOver" }, { lost: "source" }),
	},
	"serves already: what holds": {
		code: "SR1008",
		before: (site) => site.run({ state: "reversed" }),
		wish: { state: "failedOver", to: "target" },
		told: /declare reversed, which holds already/,
		follow: (site) => site.run({ state: "reversed" }),
	},
	"failed away from that end: brought back": {
		code: "SR1009",
		before: (site) => site.run({ state: "failedOver" }),
		wish: { state: "failedOver", to: "source" },
		told: /declare active or reversed/,
		follow: (site) => site.runApproved({ state: "active" }),
	},
	"failed over: brought back before it is suspended": {
		code: "SR1010",
		before: (site) => site.run({ state: "failedOver" }),
		wish: { state: "suspended" },
		told: /declare active or reversed/,
		follow: async (site) => {
			await site.runApproved({ state: "reversed" });
			await site.run({ state: "suspended" });
		},
	},
	"half a target, and the source away: brought back": {
		code: "SR1023",
		related: false,
		before: async (site) => {
			await halfCopied(site);
			await lose(site, "east-array");
		},
		wish: { state: "failedOver" },
		more: { lost: "source" },
		told: /bring Orders back, remove lost and declare active/,
		follow: async (site) => {
			await restore(site, "east-array");
			await site.runApproved({ state: "active" });
			expect(site.sites.writes("Orders-DR").lacking).toBe(0);
		},
	},
	"half a target, and the source gone for good: destroyed": {
		code: "SR1023",
		related: false,
		before: async (site) => {
			await halfCopied(site);
			await lose(site, "east-array");
		},
		wish: { state: "failedOver" },
		more: { lost: "source" },
		told: /delete the resource and restore/,
		follow: (site) => destroyed(site, { lost: "source" }),
	},
	"the kept end would lose: the other one is kept, with consent": {
		code: "SR1025",
		before: async (site) => {
			await site.run({ state: "failedOver" });
			await site.sites.write("Orders-DR", 2);
		},
		wish: { state: "active", keep: "source" },
		told: /declare keep: target if those writes may go/,
		follow: (site) => site.runApproved({ state: "active", keep: "target" }),
	},
	"an unhealthy target: repaired first": {
		code: "SR1028",
		before: async (site) => {
			await site.run({ state: "active" });
			await site.sites.health("Orders-DR", "unhealthy");
		},
		wish: { state: "failedOver" },
		told: /repair that disk first/,
		follow: async (site) => {
			await site.sites.health("Orders-DR", "healthy");
			await site.run({ state: "failedOver" });
		},
	},
	"roles that somebody changed: what is there is declared": {
		code: "SR5003",
		before: async (site) => {
			await site.run({ state: "active" });
			await site.sites.changeRoles("Orders");
		},
		wish: { state: "active" },
		told: /declare what is there/,
		follow: (site) => site.run({ state: "reversed" }),
	},
	"roles that somebody changed: taken, or planned back": {
		code: "SR5003",
		before: async (site) => {
			await site.run({ state: "active" });
			await site.sites.changeRoles("Orders");
		},
		wish: { state: "active" },
		told: /onRoleChange: adopt .* or repair/,
		follow: async (site) => {
			await site.run({ state: "active" }, { onRoleChange: "adopt" });
			expect(site.received()).toEqual([]);
			await site.runApproved({ state: "active" }, { onRoleChange: "repair" });
		},
	},
	"both ends take writes: the one that shall not is made read-only": {
		code: "SR5004",
		before: async (site) => {
			await site.run({ state: "active" });
			await site.sites.addFault({ kind: "writable", disk: "Orders-DR" });
		},
		wish: { state: "suspended" },
		told: /make the other read-only/,
		follow: async (site) => {
			await site.sites.removeFaults();
			await site.sites.readOnly("Orders-DR");
			await site.run({ state: "suspended" });
		},
	},
};

test.each(Object.entries(stories))("%s", async (_, { code, before, wish, more = {}, told, follow, related = true }) => {
	const site = await Site.open({ related });
	await before(site);
	const from = site.sites.calls().length;
	const error: unknown = await site.run(wish, more).catch((thrown: unknown) => thrown);
	const { message } = error as Error;
	expect(message).toContain(code);
	expect(message.replace(/Do: (.)/, (_, first: string) => `Do: ${first.toLowerCase()}`)).toMatch(told);
	expect(site.received(from), "a refusal sends nothing").toEqual([]);
	await follow(site);
	expect(site.sites.writes().lost, "but what was consented to").toBe(0);
});
