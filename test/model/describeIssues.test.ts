import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readRecord } from "../../provider/executor/record";
import { readHostsConfig } from "../../provider/hosts/hostsConfig";
import { parseWorld } from "../../provider/hosts/simulator/world";
import { mistakesIn, readStoredArguments } from "../../provider/lifecycle/arguments";
import { describeIssues, inOurWords } from "../../provider/model/describeIssues";
import { readSituation } from "../../provider/planner/readSituation";

describe("the wording of mistakes", () => {
	test.each<[string, z.ZodType, unknown, string]>([
		["a missing value", z.string(), undefined, "it: is missing; expected text"],
		["another type", z.strictObject({ a: z.boolean() }), { a: 1 }, "a: expected true or false"],
		["a fraction", z.int(), 1.5, "it: expected a whole number"],
		["a list", z.array(z.number()), {}, "it: expected a list"],
		["an object", z.record(z.string(), z.number()), 3, "it: expected an object"],
		["one value", z.literal(1), 2, "it: expected 1"],
		["several values", z.enum(["a", "b"]), "c", 'it: expected one of "a", "b"'],
		["empty text", z.string().min(1), "", "it: expected text that is not empty"],
		["long text", z.string().max(2), "abc", "it: expected at most 2 characters"],
		["too small", z.int().min(1_000), 3, "it: expected at least 1000"],
		["not positive", z.number().positive(), 0, "it: expected more than 0"],
		["too big", z.number().max(9), 10, "it: expected at most 9"],
		["a field that there is not", z.strictObject({}), { a: 1, b: 2 }, 'it: there is no field "a", "b" here'],
		["no kind of it", z.discriminatedUnion("k", [z.object({ k: z.literal("x") })]), { k: "y" }, 'k: expected "x"'],
		["a wording of the schema's own", z.string({ error: () => "own" }), 1, "it: own"],
		[
			"many",
			z.array(z.int()),
			["", "", "", "", "", "", ""],
			`${[0, 1, 2, 3, 4].map((n) => `${n}: expected a number`).join("; ")}; and 2 more`,
		],
	])("%s", (_, schema, value, expected) => {
		const { error } = schema.safeParse(value, inOurWords);
		expect(error && describeIssues(error, "it")).toBe(expected);
	});

	test.each<[string, () => string]>([
		[
			"the hosts",
			() => messageOf(() => readHostsConfig({ east: { kind: "ssh", address: "", port: 0 }, west: { kind: "smb" } })),
		],
		[
			"a situation",
			() =>
				JSON.stringify(
					readSituation({
						observed: { presence: "present", copyState: 3, reachable: {} },
						desired: { state: 1, x: 1 },
					}),
				),
		],
		[
			"the arguments",
			() =>
				mistakesIn({ source: { host: "" }, state: "x", timeouts: { syncMinutes: 0 }, create: 1 })
					.map(({ reason }) => reason)
					.join("\n"),
		],
		[
			"the arguments in a state",
			() => messageOf(() => readStoredArguments({ source: 1, target: { host: "" }, lost: 2 })),
		],
		["the record", () => messageOf(() => readRecord({ version: 9, generation: -1 }))],
		[
			"the simulator's file",
			() => describeIssues(errorOf(() => parseWorld({ version: 1, clock: 3, disks: "" })) as z.ZodError, "the file"),
		],
	])("%s: nothing of the library's own wording is shown", (_, text) => {
		expect(text()).toMatch(/expected/);
		expect(text()).not.toMatch(
			/Invalid|Too (small|big)|Unrecognized|received|expected (string|number|object|array|int)\b/,
		);
	});

	test("values are not shown: they may be secret", () => {
		const text = messageOf(() => readHostsConfig({ east: { kind: "cim", computerName: 5, credential: "hunter2" } }));
		expect(text).toMatch(/SR2007.*storageReplication:hosts\.east\.credential: expected an object.*Do: correct/);
		expect(text).not.toContain("hunter2");
	});
});

function errorOf(act: () => unknown): unknown {
	try {
		return act();
	} catch (error) {
		return error;
	}
}

function messageOf(act: () => unknown): string {
	return (errorOf(act) as Error).message;
}
