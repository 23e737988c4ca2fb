import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ProfileName, Simulator } from "../../provider/hosts/simulator";
import { seeded } from "../planner/situations";

/** Twenty simulated seconds a second: a whole transition takes a fifth of one. */
const speed = 20;
const seededKills = Number(process.env.KILLS ?? 12);

async function openSite(profile: ProfileName) {
	const folder = mkdtempSync(join(tmpdir(), "kill-"));
	const file = join(folder, "arrays.json");
	const sites = await Simulator.create(file, { pairs: [{ source: "Orders", target: "Orders-DR" }], speed, profile });
	const state = join(folder, "record.json");
	return {
		sites,
		/** Runs one update in a process of its own; it may be killed from inside, or from here after some time. */
		apply: (wish: string, options: { readonly at?: string; readonly afterMs?: number } = {}) =>
			new Promise<{ readonly killed: boolean; readonly text: string }>((resolve, reject) => {
				const child = spawn(
					process.execPath,
					["--import", "tsx", join(__dirname, "fixtures", "applyUntilKilled.ts"), file, state, wish],
					{ env: { ...process.env, KILL_AT: options.at ?? "never:1" }, stdio: ["ignore", "ignore", "pipe"] },
				);
				let text = "";
				child.stderr.on("data", (data: Buffer) => {
					text += data.toString();
				});
				const timer =
					options.afterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), options.afterMs);
				child.on("error", reject);
				child.on("close", (code, signal) => {
					clearTimeout(timer);
					if (signal === null && code !== 0) reject(new Error(text));
					else resolve({ killed: signal === "SIGKILL", text });
				});
			}),
	};
}

type Site = Awaited<ReturnType<typeof openSite>>;

/** Kills one update, runs it again, and holds the arrays' log against one run that nobody disturbed. */
async function expectRecovery(
	profile: ProfileName,
	kill: Parameters<Site["apply"]>[1],
	wish = "reversed",
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
}, 600_000);
