import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Polled } from "../../provider/executor/events";
import { defaultLimits } from "../../provider/executor/wish";
import { Pace } from "../../provider/lifecycle/pace";
import { statusText } from "../../provider/lifecycle/statusText";
import { Tally } from "../../provider/lifecycle/tally";

const text = readFileSync(join(__dirname, "..", "..", "docs", "waiting.md"), "utf8");
const minuteMs = 60_000;

const until = { copyState: "Synchronized", direction: "forward" } as const;
const look = (percent: number | null, minutes: number): Polled => ({
	kind: "polled",
	at: {
		step: { kind: "operation", operation: "Resume", code: 16, at: "source", until, hazard: "none", why: "" },
		number: 2,
		of: 3,
	},
	seen: "Unsynchronized (Synchronizing)",
	percent,
	elapsedMs: minutes * minuteMs,
	limitMs: defaultLimits.syncMs,
	copying: true,
	progressStatus: "Synchronizing",
	job: null,
});

test("docs/waiting.md shows what the code tells", async () => {
	const status = (...polls: Polled[]) => {
		const pace = new Pace();
		for (const poll of polls) pace.note(poll);
		return statusText(polls.at(-1) as Polled, pace, false, "orders");
	};
	expect(text).toContain(`\n${status(look(0, 0), look(43, 50))}\n`);
	expect(text).toContain(`\n${status(look(null, 0), look(null, 12))}\n`);
	const tally = new Tally();
	const urn = (n: number) => `urn:pulumi:dev::program::type::disk-${n}`;
	for (let n = 0; n < 50; n++) tally.planned(urn(n));
	const fails = (message: string) => Promise.reject(new Error(message));
	for (const n of [...Array(50).keys()].filter((n) => n !== 3 && n !== 7 && n !== 9)) {
		await tally.run(urn(n), Promise.resolve(), () => "changed");
	}
	tally.unchanged(urn(0));
	await tally.run(urn(3), fails("SR3001: refused"), () => "changed").catch(() => {});
	await tally.run(urn(7), fails("SR5001: needs approval"), () => "changed").catch(() => {});
	expect(text).toContain(`\n${tally.summary()}\n`);
	expect(text).toContain(
		"waits for Failover, which the last run sent, to show its effect: nothing is sent before, at most",
	);
	const { syncMs, transitionMs, deleteMs } = defaultLimits;
	expect(text).toContain(`\`timeouts.syncMinutes\` (${syncMs / 60 / minuteMs} hours)`);
	expect(text).toContain(`\`transitionMinutes\` (${transitionMs / minuteMs})`);
	expect(text).toContain(`\`deleteMinutes\` (${deleteMs / minuteMs})`);
});
