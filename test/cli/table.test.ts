import { expect, test } from "vitest";
import { describeRows, describeTable } from "../../cli/table";

const longest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

test("every label stands apart from its value, and a long value goes on under its beginning", () => {
	const text = describeRows(
		[
			["source not read", "SR4001: the host does not answer, and that takes a line and a half to say."],
			["copy", "x"],
		],
		40,
	);
	expect(text).toBe(
		[
			"source not read  SR4001: the host does",
			"                 not answer, and that",
			"                 takes a line and a half",
			"                 to say.",
			"copy             x",
			"",
		].join("\n"),
	);
});

test("a table fits its terminal: the widest columns give way, and what is cut says so", () => {
	const rows = [["6000097000019770122353303030304", "Orders-DR", "Unsynchronized, Resyncing", "100 %", "86400 s"]];
	const head = ["serving", "copy", "state", "synced", "behind"];
	const text = describeTable(head, rows, 80);
	expect(longest(text)).toBeLessThanOrEqual(80);
	expect(text).toContain("…");
	expect(text).toContain("Unsynchronized, Resyncing");
	expect(describeTable(head, rows, Number.POSITIVE_INFINITY)).not.toContain("…");
	const [first, second] = text.split("\n");
	expect(first?.indexOf("state")).toBe(second?.indexOf("Unsync"));
});
