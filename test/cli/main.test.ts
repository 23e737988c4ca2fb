import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder";
import { run } from "./runCli";

const situation = (id: number | string, state = "suspended") =>
	JSON.stringify({
		id,
		observed: { presence: "present", copyState: "Synchronized", direction: "forward" },
		desired: { state },
	});

describe("plan --json", () => {
	test("answers every line in order, echoes ids, tells malformed ones and goes on", async () => {
		const lines = [
			`\uFEFF${situation(1)}`,
			"",
			"{",
			JSON.stringify({ id: "b", observed: { presence: "presnt" }, desired: { state: "active" } }),
			`${situation(3, "active")}\r`,
		];
		const { code, out } = await run(["plan", "--json"], { input: lines.join("\n") });
		const answers = out
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as { id?: unknown; outcome: string; reason?: string; steps?: unknown[] });
		expect(answers.map(({ id, outcome }) => [id, outcome])).toEqual([
			[1, "plan"],
			[undefined, "invalid"],
			["b", "invalid"],
			[3, "plan"],
		]);
		expect(answers[2]?.reason).toContain("observed.presence");
		expect(answers[3]?.steps).toEqual([]);
		expect(code).toBe(2);
	});

	test("a misspelled wish is malformed, not ignored", async () => {
		const { out } = await run(["plan", "--json"], {
			input: '{"observed":{"presence":"absent"},"desired":{"state":"active","kep":"source"}}',
		});
		expect(JSON.parse(out)).toMatchObject({ outcome: "invalid", reason: expect.stringContaining("kep") });
	});

	test("a line without end is malformed and does not fill the memory", async () => {
		const input = function* () {
			for (let index = 0; index < 200; index++) yield "x".repeat(1024 * 1024);
			yield `\n${situation(9)}`;
		};
		const { code, out } = await run(["plan", "--json"], { input: input(), node: ["--max-old-space-size=96"] });
		expect(
			out
				.trim()
				.split("\n")
				.map((line) => (JSON.parse(line) as { outcome: string }).outcome),
		).toEqual(["invalid", "plan"]);
		expect(code).toBe(2);
	});

	test("a pipe of 100,000 lines does not grow", async () => {
		const input = function* () {
			for (let index = 0; index < 100_000; index++) yield `${situation(index)}\n`;
		};
		const { code, out } = await run(["plan", "--json"], { input: input(), node: ["--max-old-space-size=96"] });
		expect(code).toBe(0);
		const lines = out.trim().split("\n");
		expect(lines).toHaveLength(100_000);
		expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ id: 99_999 });
	});
});

describe("the command line", () => {
	test("plans for people, observes the simulator, and shows what it holds", async () => {
		const cwd = temporaryFolder("cli");
		expect((await run(["simulator", "init", "--related"], { cwd })).code).toBe(0);
		const ends = ["--source", "simulator:Orders", "--target", "simulator:Orders-DR"];
		const { out } = await run(["plan", ...ends, "--state", "suspended"], { cwd });
		expect(out).toBe("1. Suspend (22) at simulator: Orders-DR stops following; changes are tracked [protectionLoss]\n");
		expect((await run(["simulator", "write", "Orders", "3"], { cwd })).out).toContain("writes 21 to 23");
		await run(["simulator", "fault", "host-down", "east"], { cwd });
		expect((await run(["simulator", "show"], { cwd })).out).toMatch(
			/Orders -> Orders-DR +Synchronized[\s\S]*fault: .*hostDown/,
		);
		expect(JSON.parse((await run(["status", ...ends, "--json"], { cwd })).out)).toMatchObject({
			copyState: "Synchronized",
			lagSeconds: 0,
		});
		expect((await run(["simulator", "advance", "5m"], { cwd })).code).toBe(0);
	});

	test.each([
		["an unknown command", ["plann"], 2],
		["half of an observed plan", ["plan", "--state", "active"], 2],
		["a duration without unit", ["simulator", "advance", "5"], 2],
		["a file that is not there", ["simulator", "show", "--file", "/nowhere/arrays.json"], 1],
		["a host that nobody configured", ["status", "--source", "est:A", "--target", "est:B"], 2],
	])("%s is one line on standard error", async (_, args, expected) => {
		const { code, out, err } = await run(args);
		expect(code).toBe(expected);
		expect(out).toBe("");
		expect(err.trim().split("\n")).toHaveLength(1);
	});
});

test("doctor looks at the hosts that are configured, and at those that need no configuration only when asked", async () => {
	const folder = temporaryFolder("cli");
	writeFileSync(join(folder, "hosts.json"), JSON.stringify({ lab: { kind: "simulator" } }));
	const hostsOf = async (...args: string[]) => {
		const { out } = await run(["doctor", "--json", ...args], { cwd: folder });
		return (JSON.parse(out) as { host: string }[]).map(({ host }) => host);
	};
	expect(await hostsOf("--hosts", "hosts.json")).toEqual(["lab"]);
	expect(await hostsOf("--hosts", "hosts.json", "--host", "simulator")).toEqual(["simulator"]);
});
