import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { progressLine } from "../../cli/progressLine";
import type { StepPosition, TransitionEvent } from "../../provider/executor/events";
import { wishFor } from "../../provider/executor/wish";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

const request = {
	declared: {
		ends: { source: { host: "east", virtualDisk: "Orders" }, target: { host: "west", virtualDisk: "Orders-DR" } },
		lost: null,
		knownIds: { source: null, target: null },
	},
	wish: wishFor({ state: "active" }),
	record: null,
};
const at: StepPosition = {
	step: {
		kind: "operation",
		operation: "Resume",
		code: 16,
		at: "source",
		until: { copyState: "Synchronized", direction: "forward" },
		hazard: "none",
		why: "",
	},
	number: 2,
	of: 3,
};

function look(elapsedMs: number, percent: number | null, position = at): TransitionEvent {
	return {
		kind: "polled",
		at: position,
		seen: "Unsynchronized (Synchronizing)",
		percent,
		elapsedMs,
		limitMs: 1_440 * minuteMs,
		copying: true,
		progressStatus: "Synchronizing",
		job: null,
	};
}
const call: TransitionEvent[] = [
	{ kind: "beforeCall", at, end: "source", host: "east" },
	{ kind: "afterCall", at, returnCode: 0, job: null },
];
const proved: TransitionEvent = { kind: "proved", at, seen: "Synchronized" };
const finished: TransitionEvent = { kind: "finished", seen: "active" };

/** All that is written. */
function written(
	events: readonly TransitionEvent[],
	stream: { readonly isTTY?: boolean; readonly columns?: number },
	options: { readonly name?: string; readonly TERM?: string } = {},
): string {
	let text = "";
	const write = (piece: string) => {
		text += piece;
	};
	const { report } = progressLine(
		request,
		options.name ?? "orders",
		{ ...stream, write },
		{
			now: () => Date.UTC(2026, 10, 29, 12),
			TERM: options.TERM,
		},
	);
	for (const event of events) report(event);
	return text;
}

/** What stands on the screen at the end, of a terminal that wraps. */
function screen(text: string, columns: number): string[] {
	const rows = [""];
	for (const [index, piece] of text.split("\r\u001b[K").entries()) {
		if (index > 0) rows[rows.length - 1] = "";
		for (const [part, words] of piece.split("\n").entries()) {
			let rest = part === 0 ? `${rows.pop()}${words}` : words;
			for (; rest.length >= columns; rest = rest.slice(columns)) rows.push(rest.slice(0, columns));
			rows.push(rest);
		}
	}
	return rows;
}

const copy = [look(0, 0), look(25 * minuteMs, 21), look(50 * minuteMs, 43)];

describe("on a terminal", () => {
	test.each([
		[80, "[########-----------] 43 % 1h05 left, 0.86 %/min, 2/3 Resume orders"],
		[120, "[############-----------------] 43 % 1h05 left, 0.86 %/min, 2/3 Resume orders"],
		[200, `[${"#".repeat(17)}${"-".repeat(23)}] 43 % 1h05 left, 0.86 %/min, 2/3 Resume orders`],
	])("of %d columns one line says how far the step is", (columns, line) => {
		expect(screen(written(copy, { isTTY: true, columns }), columns)).toEqual([line]);
	});

	test("docs/waiting.md shows it", () => {
		const [line] = screen(written(copy, { isTTY: true, columns: 80 }), 80);
		expect(readFileSync(join(__dirname, "../../docs/waiting.md"), "utf8")).toContain(`\n${line}\n`);
	});

	test.each([40, 80, 120, 200])("of %d columns a long name is cut, and the line never wraps", (columns) => {
		const name = "payroll-archive-2019-of-the-northern-region-second-copy-in-another-town".repeat(3);
		const [line = "", ...rest] = screen(written(copy, { isTTY: true, columns }, { name }), columns);
		expect(rest).toEqual([]);
		expect(line).toMatch(/^\[#+-+\] 43 % .*…$/);
	});

	test("no bar where no percentage is told", () => {
		expect(screen(written([look(12 * minuteMs, null)], { isTTY: true, columns: 80 }), 80)).toEqual([
			"Unsynchronized (Synchronizing) for 12 min, 2/3 Resume orders",
		]);
	});

	test("answers and proofs stay above it, and at the end it is gone", () => {
		const during = screen(written([...call, ...copy], { isTTY: true, columns: 80 }), 80);
		expect(during).toEqual(["2/3 Resume orders at east answered 0.", expect.stringMatching(/^\[#+-+\] 43 %/)]);
		expect(screen(written([...call, ...copy, proved, finished], { isTTY: true, columns: 80 }), 80)).toEqual([
			"2/3 Resume orders at east answered 0.",
			"2/3 Resume orders at east, proved: Synchronized",
			"",
		]);
		expect(screen(written([...copy, finished], { isTTY: true, columns: 80 }), 80)).toEqual([""]);
	});
});

describe.each([
	["into a file", {}, {}],
	["on a terminal that cannot erase", { isTTY: true, columns: 80 }, { TERM: "dumb" }],
])("%s", (_, stream, options) => {
	test("a line a minute, none rewritten", () => {
		const quick = Array.from({ length: 100 }, (_, percent) => look(percent * 3 * secondMs, percent));
		const lines = written([...call, ...quick, proved, finished], stream, options).split("\n");
		expect(lines).toEqual([
			"2/3 Resume orders at east answered 0.",
			"20 % 4 min left, 20 %/min, 2/3 Resume orders",
			"40 % 3 min left, 20 %/min, 2/3 Resume orders",
			"60 % 2 min left, 20 %/min, 2/3 Resume orders",
			"80 % 1 min left, 20 %/min, 2/3 Resume orders",
			"2/3 Resume orders at east, proved: Synchronized",
			"",
		]);
	});

	test("the next step counts anew", () => {
		const next = { ...at, number: 3 };
		expect(written([look(5 * minuteMs, 50), look(0, 0, next), look(minuteMs, 1, next)], stream, options)).toBe(
			"50 %, 2/3 Resume orders\n1 % 1h40 left, 1.0 %/min, 3/3 Resume orders\n",
		);
	});
});
