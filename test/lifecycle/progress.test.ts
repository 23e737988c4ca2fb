import { describe, expect, test } from "vitest";
import type { Polled, StepPosition, TransitionEvent } from "../../provider/executor/events";
import { defaultLimits, wishFor } from "../../provider/executor/wish";
import { Pace } from "../../provider/lifecycle/pace";
import { drawProgress } from "../../provider/lifecycle/progress";
import { describeDuration, statusText } from "../../provider/lifecycle/statusText";
import { plannedOperations } from "../../provider/planner/operations";
import { codeOf, Site } from "../executor/site";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

type OperationStep = Extract<StepPosition["step"], { kind: "operation" }>;

function positionOf(operation: OperationStep["operation"], number = 1, of = 1): StepPosition {
	const until = { copyState: "Synchronized", direction: "forward" } as const;
	return { step: { kind: "operation", operation, code: 16, at: "source", until, hazard: "none", why: "" }, number, of };
}

const copying = {
	kind: "polled",
	at: positionOf("Resume", 2, 3),
	seen: "Unsynchronized (Synchronizing)",
	limitMs: 24 * hourMs,
	copying: true,
	progressStatus: "Synchronizing",
	job: "job-7 (JobState 4)",
} as const;

/** The looks of a copy: percentages with the minute they were first seen; between them a look every minute. */
function looks(
	steps: readonly (readonly [minute: number, percent: number | null])[],
	more: Partial<Polled> = {},
): Polled[] {
	return steps.flatMap(([minute, percent], index) => {
		const end = steps[index + 1]?.[0] ?? minute + 1;
		return Array.from({ length: end - minute }, (_, past) => ({
			...copying,
			percent,
			elapsedMs: (minute + past) * minuteMs,
			...more,
		}));
	});
}

function statusAfter(polls: readonly Polled[], stalled = false, name = "orders"): string {
	const pace = new Pace();
	for (const poll of polls) pace.note(poll);
	return statusText(polls.at(-1) as Polled, pace, stalled, name);
}

describe("the status of a step", () => {
	test.each([
		["no rate yet", looks([[0, 43]]), "43 %, 2/3 Resume orders"],
		[
			"half way",
			looks([
				[0, 0],
				[50, 43],
			]),
			"43 % 1h05 left, 0.86 %/min, 2/3 Resume orders",
		],
		[
			"nearly there",
			looks([
				[0, 10],
				[1, 98],
			]),
			"98 % 10 s left, 88 %/min, 2/3 Resume orders",
		],
		[
			"days",
			looks([
				[0, 0],
				[1000, 10],
			]),
			"10 % 6 days left, 0.010 %/min, 2/3 Resume orders",
		],
		[
			"begun anew: what came before is no rate",
			looks([
				[0, 0],
				[10, 90],
				[11, 2],
				[15, 4],
			]),
			"4 % 3h10 left, 0.50 %/min, 2/3 Resume orders",
		],
		[
			"no percentage",
			looks([
				[0, null],
				[12, null],
			]),
			"Unsynchronized (Synchronizing) for 12 min, 2/3 Resume orders",
		],
		[
			"a suspended pair's percentage is none of this step",
			looks([[0, 100]], { copying: false, seen: "Suspended" }),
			"Suspended, 2/3 Resume orders",
		],
	])("%s", (_, polls, text) => {
		expect(statusAfter(polls)).toBe(text);
	});

	test("fits a line of 80 columns at every step, whatever is named how; percentage and time left are whole in 20", () => {
		const names = ["a", "payroll-archive-2019-of-the-northern-region-second-copy-in-another-town"];
		const positions: StepPosition[] = plannedOperations.flatMap((operation) => [
			positionOf(operation, 1, 2),
			positionOf(operation, 12, 14),
		]);
		const unnamed = "unknown state 32769, reversed (unknown progress 65535)";
		const polls: Polled[] = [
			{ ...copying, percent: 0, elapsedMs: 0 },
			{ ...copying, percent: 3, elapsedMs: 24 * hourMs },
			{ ...copying, percent: 100, elapsedMs: 24.1 * hourMs },
			{ ...copying, percent: null, elapsedMs: 24 * hourMs, seen: unnamed },
		];
		for (const at of positions) {
			for (const name of names) {
				for (const stalled of [false, true]) {
					const pace = new Pace();
					for (const poll of polls) {
						pace.note({ ...poll, at });
						const text = statusText({ ...poll, at }, pace, stalled, name);
						expect(text.length, text).toBeLessThan(80);
						if (poll.percent !== null) expect(/^\d+ %[^,]*/.exec(text)?.[0].length, text).toBeLessThanOrEqual(25);
						if (poll.percent !== null && !stalled)
							expect(/^[^,]*/.exec(text)?.[0].length, text).toBeLessThanOrEqual(18);
					}
				}
			}
		}
	});

	test.each([
		[0, "10 s"],
		[59_000, "1 min"],
		[59.6 * minuteMs, "1h00"],
		[64 * minuteMs, "1h05"],
		[9.99 * hourMs, "10 h"],
		[47 * hourMs, "47 h"],
		[49 * hourMs, "2 days"],
	])("%d ms are told as %s", (ms, text) => {
		expect(describeDuration(ms)).toBe(text);
	});
});

describe("what is told of a transition", () => {
	/** Everything that is told, in order; a status with a blank before it, a warning with an exclamation mark. */
	function told(events: readonly TransitionEvent[], terminal = false): string[] {
		const lines: string[] = [];
		const request = {
			declared: {
				ends: { source: { host: "east", virtualDisk: "Orders" }, target: { host: "west", virtualDisk: "Orders-DR" } },
				lost: null,
				knownIds: { source: null, target: null },
			},
			wish: wishFor({ state: "active" }),
			record: null,
		};
		const draw = drawProgress(request, {
			log: {
				info: (text, options) => void lines.push(options?.ephemeral === true ? ` ${text}` : text),
				warning: (text) => void lines.push(`! ${text}`),
				fence: async () => {},
			},
			name: "orders",
			terminal,
			now: () => Date.UTC(2026, 10, 29, 12),
		});
		for (const event of events) draw(event);
		return lines;
	}
	const at = copying.at;
	const call: TransitionEvent[] = [
		{ kind: "beforeCall", at, end: "source", host: "east" },
		{ kind: "afterCall", at, returnCode: 4096, job: "job-7" },
	];
	const proved: TransitionEvent = { kind: "proved", at, seen: "Synchronized" };

	test("a wait for what the last run left, before anything is planned", () => {
		expect(told([{ kind: "awaited", what: "job job-1 of the last run to end", limitMs: 57_400 }])).toEqual([
			"waits for job job-1 of the last run to end: nothing is sent before, at most 58 s.",
		]);
	});

	test("an answer and its proof are one line where the proof comes soon, two where it does not; no answer is lost", () => {
		expect(told([...call, proved])).toEqual([
			"2/3 Resume orders at east answered 4096, job job-7, proved: Synchronized",
		]);
		expect(
			told([
				...call,
				...looks([
					[0, 0],
					[1, 5],
				]),
				proved,
			]),
		).toEqual([
			"2/3 Resume orders at east answered 4096, job job-7.",
			expect.stringMatching(/^5 %/),
			"2/3 Resume orders at east, proved: Synchronized",
		]);
		const again: TransitionEvent = { kind: "afterCall", at, returnCode: 0, job: null };
		const soon = looks([[0, 0]]).map((look) => ({ ...look, percent: 60, elapsedMs: 20_000 }));
		expect(told([...call, ...soon, proved]), "nothing is said of how far it is").toHaveLength(1);
		expect(told([...call, again, proved])).toEqual([
			"2/3 Resume orders at east answered 4096, job job-7.",
			"2/3 Resume orders at east answered 0, proved: Synchronized",
		]);
	});

	test("pairs that left a group and are related no more are a warning that names them", () => {
		const pairs = ["6000100000000001", "6000100000000002"];
		expect(told([{ kind: "pairsEnded", at, pairs }])).toEqual([
			expect.stringMatching(/^! 6000100000000001, 6000100000000002: out of the group, and listed in no relationship/),
		]);
	});

	test("a status is told when it says something else; without a terminal a line per 10 % or minute, later per five", () => {
		const day = looks(Array.from({ length: 100 }, (_, percent) => [percent * 15, percent] as const));
		const statuses = told(day, true).filter((line) => line.startsWith(" "));
		expect(statuses.length).toBeLessThan(300);
		expect(new Set(statuses).size).toBe(statuses.length);
		const lines = told(looks(Array.from({ length: 100 }, (_, percent) => [percent, percent] as const)));
		expect(lines.length).toBeLessThan(40);
		expect(lines.length).toBeGreaterThan(9);
	});

	const warnings = (polls: readonly Polled[]) => told(polls).filter((line) => /^!|goes on/.test(line));

	test("a copy that stands still is named once with the last facts, again when it goes on so, and when it moves", () => {
		const [first, again, goesOn, ...rest] = warnings(
			looks([
				[0, 40],
				[2, 41],
				[4, 42],
				[5, 43],
				[45, 44],
				[50, 45],
			]),
		);
		expect(first).toMatch(
			/^! 2\/3 Resume orders: the copy stands still: 43 % since 2026-11-29 11:50 UTC \(10 min\), Unsynchronized \(Synchronizing\), ProgressStatus Synchronizing, job job-7 \(JobState 4\)\. Usual causes: .*link/,
		);
		expect(again).toMatch(/43 % since 2026-11-29 11:40 UTC \(20 min\)/);
		expect(goesOn).toBe("2/3 Resume orders: the copy goes on at 44 %, after 40 min.");
		expect(rest).toEqual([]);
	});

	test("a slow copy is none: not one that takes as long as its percents took, nor as its limit allows", () => {
		expect(
			warnings(
				looks([
					[0, 0],
					[14, 1],
					[28, 2],
					[42, 3],
					[75, 4],
				]),
			),
		).toEqual([]);
		expect(
			warnings(
				looks([
					[0, 0],
					[14, 1],
					[28, 2],
					[42, 3],
					[90, 4],
				]),
			),
		).toHaveLength(2);
		expect(
			warnings(
				looks(
					[
						[0, 0],
						[13, 1],
					],
					{ limitMs: 12 * hourMs },
				),
			),
		).toHaveLength(2);
	});

	test("Dormant while copying is named after a minute, with or without a percentage", () => {
		const dormant = { progressStatus: "Dormant", seen: "Unsynchronized" };
		const awake = [...looks([[0, null]], dormant), ...looks([[3, null]], dormant), ...looks([[4, null]])];
		expect(warnings(awake).at(-1)).toBe("2/3 Resume orders: the copy goes on, after 4 min.");
		expect(
			warnings(
				looks(
					[
						[0, 43],
						[3, 43],
					],
					dormant,
				),
			),
		).toEqual([expect.stringContaining("ProgressStatus Dormant")]);
		expect(
			warnings(
				looks(
					[
						[0, null],
						[3, null],
					],
					dormant,
				),
			),
		).toEqual([expect.stringContaining("ProgressStatus Dormant")]);
		expect(
			warnings(
				looks([
					[0, null],
					[300, null],
				]),
			),
		).toEqual([]);
		expect(
			warnings(
				looks([
					[0, 100],
					[30, 100],
				]),
			),
		).toEqual([]);
		expect(
			warnings(
				looks(
					[
						[0, 43],
						[30, 43],
					],
					{ copying: false },
				),
			),
		).toEqual([]);
	});

	test("a stuck copy of the arrays is named until the limit ends the run, and not while it is only suspended", async () => {
		const site = await Site.open({ profile: "srdf", wish: { limits: { ...defaultLimits, syncMs: hourMs } } });
		await site.run({ state: "active" });
		await site.run({ state: "suspended" });
		await site.sites.addFault({ kind: "job", fate: "stuck", times: 1 });
		site.events.length = 0;
		expect(await codeOf(site.run({ state: "active" }))).toBe("SR3004");
		const stalls = told(site.events).filter((line) => line.startsWith("!"));
		expect(stalls).toHaveLength(3);
		expect(stalls[0]).toMatch(
			/^! 1\/1 Resume orders: the copy stands still: 99 % since .* \(10 min\), Unsynchronized \(Synchronizing\), ProgressStatus Synchronizing, job job-\d+ \(JobState 4\)\./,
		);
		expect(site.received().at(-1)).toBe("Resume");
	});
});
