import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../../provider/executor/clock";
import { Hosts } from "../../provider/executor/hosts";
import { defaultLimits } from "../../provider/executor/wish";
import { connectSimulator, type ProfileName, profiles } from "../../provider/hosts/simulator";
import { codeOf, Site } from "./site";

const hourMs = 3_600_000;
const families = Object.keys(profiles) as ProfileName[];

/** From now on the wall clock jumps whenever somebody sleeps: one way, then the other, and never back to where it was. */
function setClockAtEverySleep({ clock }: Site): void {
	let sleeps = 0;
	const sleep = clock.sleep.bind(clock);
	clock.sleep = (ms) => {
		clock.jump(sleeps++ % 2 === 0 ? 5 * hourMs : -7 * hourMs);
		return sleep(ms);
	};
}

/** Readings and Discovers, too. */
function contacts({ sites }: Site): number {
	return readFileSync(`${sites.file}.log`, "utf8").split("\n").length;
}

/**
 * One run with the wall clock as it is, one with a wall clock that jumps: what arrived, how it ended, how long it took, how
 * often the hosts were contacted.
 */
async function bothWays(play: (site: Site) => Promise<Site>, prepare: () => Promise<Site>) {
	const told = async (site: Site, jumps: boolean) => {
		if (jumps) setClockAtEverySleep(site);
		const fromMs = site.clock.monotonic();
		const before = contacts(site);
		const code = await codeOf(play(site));
		const tookMs = site.clock.monotonic() - fromMs;
		return { code, received: site.received(), tookMs, contacts: contacts(site) - before };
	};
	return { steady: await told(await prepare(), false), jumping: await told(await prepare(), true) };
}

describe("the wall clock jumps by hours, forward and back, whenever a run waits", () => {
	test.each(families)("%s: the same is sent, it ends in the same way, and takes as long", async (profile) => {
		for (const state of ["suspended", "split", "reversed", "absent"] as const) {
			const prepare = async () => {
				const site = await Site.open({ profile });
				await site.run({ state: "active" });
				await site.sites.readOnly("Orders");
				return site;
			};
			const { steady, jumping } = await bothWays(async (site) => {
				await site.runApproved({ state });
				return site;
			}, prepare);
			expect(jumping, `${profile} ${state}`).toEqual(steady);
		}
	});

	test("a step that takes no effect, and a limit that runs out, are told after as long as ever", async () => {
		for (const fault of ["noEffect", "stuckJob"] as const) {
			const { steady, jumping } = await bothWays(
				async (site) => {
					await site.run({ state: "active" });
					return site;
				},
				async () => {
					const site = await Site.open({ profile: "srdf", wish: { limits: { ...defaultLimits, syncMs: 600_000 } } });
					await site.run({ state: "active" });
					await site.run({ state: "suspended" });
					if (fault === "noEffect") await site.sites.addFault({ kind: "returnCode", code: 0, effect: false, times: 1 });
					else await site.sites.addFault({ kind: "job", fate: "stuck", times: 1 });
					return site;
				},
			);
			expect(steady.code, fault).toMatch(/^SR3/);
			expect(steady.tookMs, fault).toBeGreaterThan(50_000);
			expect(jumping, fault).toEqual(steady);
		}
	});

	test("what is hidden for a moment, and what an interrupted run left behind, is waited for as long as ever", async () => {
		const hidden = await bothWays(
			async (site) => {
				await site.run({ state: "active" });
				return site;
			},
			async () => {
				const site = await Site.open();
				await site.run({ state: "active" });
				await site.sites.hide("Orders", 3_000);
				return site;
			},
		);
		expect(hidden.steady).toMatchObject({ code: "no error", received: [] });
		expect(hidden.steady.tookMs).toBeGreaterThanOrEqual(3_000);
		expect(hidden.jumping).toEqual(hidden.steady);
		const interrupted = await bothWays(
			async (site) => {
				await site.run({ state: "suspended" });
				return site;
			},
			async () => {
				const site = await Site.open();
				await site.run({ state: "active" });
				await site.sites.addFault({ kind: "cutOff", effect: false, times: 1 });
				await codeOf(site.run({ state: "suspended" }));
				await site.sites.repairJob("Orders", 20_000);
				// A run that was killed has its minute before it.
				const { interrupted } = site.record ?? {};
				if (interrupted !== undefined) Object.assign(interrupted, { sentAt: new Date(site.clock.now()).toISOString() });
				return site;
			},
		);
		expect(interrupted.steady).toMatchObject({ code: "no error", received: ["Suspend", "Suspend"] });
		expect(interrupted.jumping).toEqual(interrupted.steady);
	});

	test("a read-only source drains as long as ever", async () => {
		const { steady, jumping } = await bothWays(
			async (site) => {
				await site.run({ state: "reversed" });
				return site;
			},
			async () => {
				const site = await Site.open({ profile: "svc", syncMode: "asynchronous" });
				await site.run({ state: "active" });
				await site.sites.readOnly("Orders");
				// Falls by a second every two seconds.
				const fromMs = site.clock.monotonic();
				const lagSeconds = () => Math.max(0, 9 - Math.floor((site.clock.monotonic() - fromMs) / 2_000));
				site.seenAs(() => ({ lagSeconds: lagSeconds() }));
				return site;
			},
		);
		expect(steady.tookMs).toBeGreaterThan(15_000);
		expect(jumping).toEqual(steady);
	});
});

test("what was sent by a run that was cut off has its minute also when the clock was set back meanwhile", async () => {
	const site = await Site.open();
	await site.run({ state: "active" });
	await site.sites.addFault({ kind: "cutOff", effect: false, times: 1 });
	expect(await codeOf(site.run({ state: "suspended" }))).toBe("SR4002");
	site.clock.jump(-5 * hourMs);
	const fromMs = site.clock.monotonic();
	await site.run({ state: "suspended" });
	expect(site.effective()).toEqual(["Suspend"]);
	expect(site.clock.monotonic() - fromMs).toBeLessThan(2 * 60_000);
});

test("what was read before the machine slept, or before the clock was set back, serves no check for ever", async () => {
	const site = await Site.open();
	const clock = new SimulatedClock(5 * hourMs);
	let readings = 0;
	const hosts = new Hosts((name) => {
		const host = connectSimulator({ name, file: site.sites.file });
		const observe = host.observe.bind(host);
		host.observe = () => {
			readings++;
			return observe();
		};
		return host;
	}, clock);
	await hosts.observe("east");
	await hosts.observe("east");
	expect(readings).toBe(1);
	clock.jump(3 * hourMs);
	await hosts.observe("east");
	expect(readings, "it slept: only the wall clock went on").toBe(2);
	clock.jump(-3 * hourMs);
	clock.advance(31_000);
	await hosts.observe("east");
	expect(readings, "set back: only the monotonic clock went on").toBe(3);
});
