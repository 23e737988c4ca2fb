import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Hosts } from "../../provider/executor/hosts";
import { defaultLimits, type Wish } from "../../provider/executor/wish";
import { connectSimulator, type ProfileName } from "../../provider/hosts/simulator";
import { errorCodes } from "../../provider/model/errorCodes";
import type { Desired } from "../../provider/planner/situation";
import { codeOf, Site } from "./site";

interface Story {
	readonly code: string;
	readonly profile?: ProfileName;
	readonly syncMode?: "asynchronous";
	/** What stands before the wish is refused. */
	readonly before: (site: Site) => Promise<unknown>;
	readonly wish: Desired;
	readonly more?: Partial<Wish>;
	readonly signal?: AbortSignal;
	/** Words of the advice that is followed. */
	readonly told: RegExp;
	/** What the arrays received before it was refused. Default: nothing. */
	readonly sent?: readonly string[];
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

const active = (site: Site) => site.run({ state: "active" });
const suspend = (site: Site) => site.run({ state: "suspended" });

/** From now on every call to that host is answered with the code and has no effect, until the returned function is called. */
function refusing(site: Site, name: string, returnCode: number): () => void {
	const open = site.hosts.bind(site);
	site.hosts = () => {
		const { file } = site.sites;
		return new Hosts((host) => {
			const connected = connectSimulator({ name: host, file, now: () => site.clock.now() });
			if (host === name)
				connected.setReplicationRelationship = async () => ({ returnCode, jobId: null, message: null });
			return connected;
		}, site.clock);
	};
	return () => {
		site.hosts = open;
	};
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
	"the array refused: run again": {
		code: "SR3001",
		before: async (site) => {
			await active(site);
			await site.sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
		},
		wish: { state: "suspended" },
		told: /run again: it observes first/,
		sent: ["Suspend"],
		follow: suspend,
	},
	"the array refused the same twice: look there, destroyed and declared anew": {
		code: "SR3001",
		before: async (site) => {
			await active(site);
			await site.sites.addFault({ kind: "returnCode", code: 4, effect: false, times: 2 });
			expect(await codeOf(suspend(site))).toBe("SR3001");
		},
		wish: { state: "suspended" },
		told: /the last run ended in this step, too: look with the array's own tools .* destroy the resource, which keeps both disks, and declare it again/,
		sent: ["Suspend"],
		follow: async (site) => {
			await destroyed(site);
			site.record = null;
			await site.runApproved({ state: "suspended" });
		},
	},
	"the job failed: run again": {
		code: "SR3002",
		profile: "srdf",
		before: async (site) => {
			await active(site);
			await site.sites.addFault({ kind: "job", fate: "failed", times: 1 });
		},
		wish: { state: "failedOver" },
		told: /run again: it observes first/,
		sent: ["Failover"],
		follow: async (site) => {
			await site.run({ state: "failedOver" });
			expect(site.record).toMatchObject({ copyState: "Failedover" });
		},
	},
	"nowhere on the way: run again, from what is found": {
		code: "SR3003",
		before: async (site) => {
			await active(site);
			site.onEvent = async ({ kind }) => {
				if (kind !== "afterCall") return;
				site.onEvent = async () => {};
				await site.sites.change((world) => {
					for (const link of world.relationships)
						Object.assign(link, { change: null, copyState: 8, progressStatus: 2 });
				});
			};
		},
		wish: { state: "split" },
		told: /run again: it observes first/,
		sent: ["Split"],
		follow: async (site) => {
			await site.runApproved({ state: "split" });
			expect(site.record).toMatchObject({ copyState: "Split" });
		},
	},
	"not in time: run again, which waits for what is under way": {
		code: "SR3004",
		before: async (site) => {
			await active(site);
			await site.sites.addFault({ kind: "slow", factor: 100 });
		},
		wish: { state: "suspended" },
		more: { limits: { ...defaultLimits, transitionMs: 1_000 } },
		told: /run again: it waits for what is under way/,
		sent: ["Suspend"],
		follow: async (site) => {
			await suspend(site);
			expect(site.received(), "it was not sent again").toEqual(["Suspend"]);
		},
	},
	"another computer is in charge: that host is named": {
		code: "SR3005",
		before: async (site) => {
			await active(site);
			refusing(site, "east", 50002);
		},
		wish: { state: "suspended" },
		told: /name the host that is in charge/,
		follow: async (site) => {
			site.hostNames = { ...site.hostNames, source: "mgmt" };
			await suspend(site);
			expect(site.effective()).toEqual(["Suspend"]);
		},
	},
	"rights are missing: they are given": {
		code: "SR3006",
		before: async (site) => {
			await active(site);
			giveRights = refusing(site, "east", 40001);
		},
		wish: { state: "suspended" },
		told: /give the account of that host administrator rights/,
		follow: async (site) => {
			giveRights();
			await suspend(site);
			expect(site.effective()).toEqual(["Suspend"]);
		},
	},
	"no host tells the roles: run again when one does": {
		code: "SR3007",
		before: async (site) => {
			await active(site);
			site.seenAs(() => ({ role: "unknown" }));
		},
		wish: { state: "suspended" },
		told: /run again when one of them tells the roles/,
		follow: async (site) => {
			site.seenAs(() => ({}));
			await suspend(site);
		},
	},
	"no host ever tells the roles: destroyed": {
		code: "SR3007",
		before: async (site) => {
			await active(site);
			site.seenAs(() => ({ role: "unknown" }));
		},
		wish: { state: "suspended" },
		told: /only destroy is possible/,
		follow: async (site) => {
			await destroyed(site);
			expect(await site.settled()).toBeNull();
		},
	},
	"taken without effect: run again": {
		code: "SR3008",
		before: async (site) => {
			await active(site);
			await site.sites.addFault({ kind: "returnCode", code: 0, effect: false, times: 1 });
		},
		wish: { state: "suspended" },
		told: /run again: it observes first/,
		sent: ["Suspend"],
		follow: suspend,
	},
	"one host does not show it: its provider is refreshed": {
		code: "SR3009",
		before: async (site) => {
			await active(site);
			site.seenThrough((seen, host) => (host === "west" ? { ...seen, relationships: [] } : seen));
		},
		wish: { state: "reversed" },
		told: /refresh the provider on host west .* and look again/,
		follow: async (site) => {
			site.seenThrough((seen) => seen);
			await site.run({ state: "reversed" });
		},
	},
	"one half is gone: the other one is removed, and it is created anew": {
		code: "SR3009",
		before: async (site) => {
			await active(site);
			await site.sites.forget("Orders-DR");
		},
		wish: { state: "reversed" },
		told: /if one half is really gone, declare active/,
		follow: async (site) => {
			await site.runApproved({ state: "active" });
			await site.run({ state: "reversed" });
		},
	},
	"a host does not answer: contact is restored": {
		code: "SR4001",
		before: async (site) => {
			await active(site);
			await site.sites.host("east").down();
		},
		wish: { state: "failedOver" },
		told: /restore contact and run again/,
		follow: async (site) => {
			await site.sites.host("east").up();
			await site.run({ state: "failedOver" });
		},
	},
	"a host will never answer again: its end is declared lost": {
		code: "SR4001",
		before: async (site) => {
			await active(site);
			await lose(site, "east-array");
		},
		wish: { state: "failedOver" },
		told: /declare `lost` only for an end that is gone/,
		follow: (site) => site.runApproved({ state: "failedOver" }, { lost: "source" }),
	},
	"cut off: run again": {
		code: "SR4002",
		before: async (site) => {
			await active(site);
			await site.sites.addFault({ kind: "cutOff", effect: false, times: 1 });
		},
		wish: { state: "suspended" },
		told: /run the same command again: it observes first/,
		sent: ["Suspend"],
		follow: suspend,
	},
	"listed and not shown: its provider is refreshed": {
		code: "SR4003",
		before: async (site) => {
			await active(site);
			site.seenThrough((seen) => ({
				...seen,
				relationships: [],
				unread: seen.disks.map(({ uniqueId }) => ({
					hides: "relationship",
					diskUniqueId: uniqueId,
					what: "a relationship",
				})),
			}));
		},
		wish: { state: "suspended" },
		told: /refresh the provider on that host .* and run again/,
		follow: async (site) => {
			site.seenThrough((seen) => seen);
			await suspend(site);
		},
	},
	"consent is missing: the token that it prints is given": {
		code: "SR5001",
		related: false,
		before: async () => {},
		wish: { state: "active" },
		told: /approval: "[0-9a-f-]+"/,
		follow: async (site) => {
			const [, token = ""] = /approval: "([0-9a-f-]+)"/.exec(await messageOf(active(site))) ?? [];
			await site.run({ state: "active" }, { approvals: [token] });
			expect(site.received()).toEqual(["CreateReplica"]);
		},
	},
	"too far behind: synchronous first": {
		code: "SR5002",
		profile: "svc",
		syncMode: "asynchronous",
		before: behind,
		wish: { state: "reversed" },
		told: /declare syncMode: synchronous first/,
		follow: async (site) => {
			await site.run({ state: "active", syncMode: "Synchronous" });
			await site.run({ state: "reversed", syncMode: "Synchronous" });
		},
	},
	"too far behind: run again when it has caught up": {
		code: "SR5002",
		profile: "svc",
		syncMode: "asynchronous",
		before: behind,
		wish: { state: "reversed" },
		told: /run again when the target has caught up/,
		follow: async (site) => {
			site.seenAs(() => ({ lagSeconds: 0 }));
			await site.run({ state: "reversed" });
		},
	},
	"too far behind: the token for a writable source": {
		code: "SR5002",
		profile: "svc",
		syncMode: "asynchronous",
		before: behind,
		wish: { state: "reversed" },
		told: /make the source writable again and use the token/,
		follow: async (site) => {
			await site.sites.readOnly("Orders", false);
			await site.runApproved({ state: "reversed" });
		},
	},
	"too far behind: maxDataLossSeconds for a writable source": {
		code: "SR5002",
		profile: "svc",
		syncMode: "asynchronous",
		before: behind,
		wish: { state: "reversed" },
		told: /make the source writable again and set maxDataLossSeconds/,
		follow: async (site) => {
			await site.sites.readOnly("Orders", false);
			await site.run({ state: "reversed" }, { maxDataLossSeconds: 10 });
		},
	},
	"behind by a SyncTime that stands, with a read-only source: the token once it is older than a run waits": {
		code: "SR5002",
		profile: "cci",
		syncMode: "asynchronous",
		before: async (site) => {
			await active(site);
			await site.sites.readOnly("Orders");
			const standsAt = new Date(site.hostNow() - 1_000).toISOString();
			site.seenAs(() => ({ lagSeconds: null, syncTime: standsAt, syncMode: 0 }));
		},
		wish: { state: "reversed", syncMode: "Synchronous" },
		// Writable it could not be reversed there (feature 19).
		told: /Do: run again when its SyncTime is more than 30 minutes old: preview then prints a token for the loss\.$/,
		follow: async (site) => {
			site.clock.advance(31 * 60_000);
			await site.runApproved({ state: "reversed", syncMode: "Synchronous" });
			expect(site.received()).toContain("ReverseRoles");
		},
	},
	"behind by nobody knows what, with a read-only source: the token": {
		code: "SR5001",
		profile: "svc",
		syncMode: "asynchronous",
		before: async (site) => {
			await active(site);
			await site.sites.readOnly("Orders");
			site.seenAs(() => ({ lagSeconds: null, syncTime: null, syncMode: 0 }));
		},
		wish: { state: "reversed", syncMode: "Synchronous" },
		told: /if they may go, set approval/,
		follow: (site) => site.runApproved({ state: "reversed", syncMode: "Synchronous" }),
	},
	"somebody was faster: the plan is looked at again": {
		code: "SR5005",
		profile: "srdf",
		before: async (site) => {
			await active(site);
			site.onEvent = async ({ kind }) => {
				if (kind !== "planned") return;
				await site.sites.change((world) => {
					for (const link of world.relationships) Object.assign(link, { copyState: 10, progressStatus: 2 });
				});
			};
		},
		wish: { state: "failedOver" },
		told: /look at the new plan/,
		follow: async (site) => {
			expect((await site.look({ state: "failedOver" })).answer).toMatchObject({ outcome: "plan", steps: [] });
			await site.run({ state: "failedOver" });
			expect(site.received()).toEqual([]);
		},
	},
	"cancelled: run again": {
		code: "SR5006",
		before: active,
		wish: { state: "suspended" },
		signal: AbortSignal.abort(),
		told: /run again/,
		follow: suspend,
	},
};

/** Set by the story whose account has no rights. */
let giveRights: () => void;

/** The source takes no more writes, and the target never tells that it has all of them. */
async function behind(site: Site): Promise<void> {
	await active(site);
	await site.sites.readOnly("Orders");
	site.seenAs(() => ({ lagSeconds: 7 }));
}

async function messageOf(run: Promise<unknown>): Promise<string> {
	return run.then(
		() => "no error",
		(error: unknown) => (error as Error).message,
	);
}

test.each(Object.entries(stories))("%s", async (_, story) => {
	const { code, before, wish, more = {}, told, sent = [], follow, related = true, profile, syncMode } = story;
	const site = await Site.open({
		related,
		...(profile === undefined ? {} : { profile }),
		...(syncMode === undefined ? {} : { syncMode }),
	});
	await before(site);
	const from = site.sites.calls().length;
	const message = await messageOf(site.run(wish, more, story.signal));
	expect(message).toContain(code);
	expect(message.replace(/Do: (.)/, (_, first: string) => `Do: ${first.toLowerCase()}`)).toMatch(told);
	expect(site.received(from)).toEqual(sent);
	await follow(site);
	expect(site.sites.writes().lost, "but what was consented to").toBe(0);
});

/** Codes whose remedy is followed where more than a site is needed for it. */
const elsewhere: Record<string, { readonly file: string; readonly why: string }> = {
	...Object.fromEntries(
		["SR3010", "SR3011", "SR3012", "SR3014"].map((code) => [
			code,
			{
				file: "test/executor/copyRemedies.test.ts",
				why: "restores, retakes and ends of copies have arrays of their own",
			},
		]),
	),
	SR3013: { file: "test/executor/groups.test.ts", why: "half of a group moves only where there is a group" },
	SR5007: { file: "test/engine/identity.test.ts", why: "names moved since a run stored what they meant" },
	SR5008: {
		file: "test/lifecycle/anotherDisk.test.ts",
		why: "a difference that could not be worked out before the update",
	},
	SR5009: { file: "test/ledger/run.test.ts", why: "a ledger is kept by the provider's process, not by a site" },
};

test("every code of the array, the transport and a safety stop has a story in which its remedy is followed", () => {
	const told = [...new Set(Object.values(stories).map(({ code }) => code))];
	const codes = Object.values(errorCodes).filter((code) => /^SR[345]/.test(code));
	expect([...told.filter((code) => /^SR[345]/.test(code)), ...Object.keys(elsewhere)].sort()).toEqual(codes);
	for (const [code, { file }] of Object.entries(elsewhere)) {
		expect(readFileSync(join(__dirname, "..", "..", file), "utf8")).toMatch(
			new RegExp(`${code}[^]*the remedy is followed`),
		);
	}
});
