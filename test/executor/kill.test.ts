import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ProfileName, Simulator } from "../../provider/hosts/simulator";
import { seeded } from "../planner/situations";
import { temporaryFolder } from "../temporaryFolder";
import type { Update } from "./fixtures/applyUntilKilled";
import { runUpdate } from "./updateProcess";

/** Twenty simulated seconds a second: a whole transition takes a fifth of one. */
const speed = 20;
const seededKills = Number(process.env.KILLS ?? 12);

async function openSite(profile: ProfileName) {
	const folder = temporaryFolder("kill");
	const file = join(folder, "arrays.json");
	const sites = await Simulator.create(file, { pairs: [{ source: "Orders", target: "Orders-DR" }], speed, profile });
	const simulated = { kind: "simulator", file };
	const site = { hosts: { east: simulated, west: simulated }, source: "Orders", target: "Orders-DR" };
	return {
		sites,
		apply: async (
			state: Update["state"],
			{ at = "never:1", afterMs }: { readonly at?: string; readonly afterMs?: number } = {},
		) => {
			const update = { ...site, stateFile: join(folder, "record.json"), state, killAt: at };
			const ended = await runUpdate(update, {
				meanwhile: (child) => {
					if (afterMs !== undefined) setTimeout(() => child.kill("SIGKILL"), afterMs);
				},
			});
			if (ended.failed && !ended.killed) throw new Error(ended.text);
			return ended;
		},
	};
}

type Site = Awaited<ReturnType<typeof openSite>>;

/** Kills one update, runs it again, and holds the arrays' log against one run that nobody disturbed. */
async function expectRecovery(
	profile: ProfileName,
	kill: Parameters<Site["apply"]>[1],
	wish: Update["state"] = "reversed",
): Promise<boolean> {
	const site = await openSite(profile);
	await site.apply("active");
	const { killed } = await site.apply(wish, kill);
	await site.apply(wish);
	const relationship = site.sites.look().relationships[0];
	expect(relationship).toMatchObject({ copyState: 4, source: "6000200000000001" });
	const operations = site.sites.calls().map(({ operation }) => operation);
	expect(new Set(operations).size, `sent twice: ${operations.join(", ")}`).toBe(operations.length);
	expect(site.sites.writes().lost).toBe(0);
	return killed;
}

const points = ["planned", "beforeCall", "afterCall", "polled", "proved", "finished"] as const;

describe.each(["generous", "srdf", "svc"] as const)(
	"a run on %s arrays that is killed and started again",
	(profile) => {
		test.each(points)("at %s: ends where the program says, nothing is sent twice", async (point) => {
			expect(await expectRecovery(profile, { at: `${point}:1` }), "it was killed").toBe(true);
		});
	},
);

test(`at ${seededKills} seeded times as well`, async () => {
	const random = seeded(42);
	for (let index = 0; index < seededKills; index++) {
		await expectRecovery("srdf", { afterMs: 250 + random() * 700 });
	}
});
