import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { describeWithPowerShell } from "../powershell/describeWithPowerShell";
import { newerThan51 } from "./newerThan51";
import { checks } from "./run";

const root = resolve(__dirname, "../..");
const folder = join(root, ".github", "workflows");

const step = z.union([
	z.strictObject({
		name: z.string(),
		run: z.string(),
		if: z.string().optional(),
		env: z.record(z.string(), z.string()).optional(),
	}),
	z.strictObject({
		uses: z.string(),
		if: z.string().optional(),
		with: z.record(z.string(), z.unknown()).optional(),
	}),
]);
/** No more than is used: a key that nobody thought about is an error. */
const workflow = z.strictObject({
	name: z.string(),
	on: z.record(z.string(), z.unknown()),
	permissions: z.strictObject({ contents: z.literal("read") }),
	concurrency: z.record(z.string(), z.unknown()),
	jobs: z.record(
		z.string(),
		z.strictObject({
			strategy: z
				.strictObject({ "fail-fast": z.literal(false), matrix: z.record(z.string(), z.array(z.unknown())) })
				.optional(),
			"runs-on": z.union([z.string(), z.array(z.string())]),
			environment: z.string().optional(),
			defaults: z.strictObject({ run: z.strictObject({ shell: z.string() }) }),
			"timeout-minutes": z.number(),
			env: z.record(z.string(), z.string()).optional(),
			steps: z.array(step),
		}),
	),
});

// The release is no workflow of Windows: actionlint judges it (test/pipelines/templates.test.ts).
const workflows = Object.fromEntries(
	readdirSync(folder)
		.filter((name) => name !== "release.yml")
		.map((name) => [name, workflow.parse(parse(readFileSync(join(folder, name), "utf8")))]),
);
const steps = Object.entries(workflows).flatMap(([file, { jobs }]) =>
	Object.values(jobs).flatMap((job) => job.steps.map((each) => ({ file, ...each }))),
);
const commands = steps.flatMap((each) =>
	"run" in each ? [{ name: `${each.file}: ${each.name}`, text: each.run }] : [],
);

test("the windows workflow has every pairing of system, Node and parent shell", () => {
	const { bridge } = workflows["windows.yml"]?.jobs ?? {};
	expect(bridge?.strategy?.matrix).toEqual({
		os: ["windows-2022", "windows-2025"],
		node: [20, 22, 24],
		shell: ["powershell", "pwsh"],
	});
});

test("every check is run by it, and every check, script and file that a step names is there", () => {
	const texts = commands.map(({ text }) => text);
	const named = texts.flatMap((text) => /^npx tsx test\/windows\/run\.ts (\w+)$/.exec(text)?.[1] ?? []);
	expect(named.sort()).toEqual(Object.keys(checks).sort());
	const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
	expect(texts.flatMap((text) => /^npm run (\S+)/.exec(text)?.[1] ?? [])).toSatisfy((names: string[]) =>
		names.every((name) => name in scripts),
	);
	const files = texts.flatMap((text) => text.match(/\btest\/[\w./]+/g) ?? []);
	expect(files.length).toBeGreaterThan(Object.keys(checks).length);
	expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test("a step is one command, so that its exit code counts in every shell, and nothing given becomes its text", () => {
	expect(commands.filter(({ text }) => text.includes("\n") || text.includes(";"))).toEqual([]);
	expect(commands.filter(({ text }) => text.includes("${{"))).toEqual([]);
});

test("actions are pinned by their version", () => {
	const used = steps.flatMap((each) => ("uses" in each ? [each.uses] : []));
	expect(used.length).toBeGreaterThan(3);
	expect(used.filter((name) => !/^actions\/[\w-]+@v\d+$/.test(name))).toEqual([]);
});

test("a site's array is reached by hand only, on the site's own runner, and is read unless told otherwise", () => {
	const array = workflows["windows-array.yml"];
	expect(Object.keys(array?.on ?? {})).toEqual(["workflow_dispatch"]);
	expect(array?.on.workflow_dispatch).toMatchObject({ inputs: { changes: { default: "no", options: ["no", "yes"] } } });
	expect(array?.jobs.array).toMatchObject({
		"runs-on": expect.arrayContaining(["self-hosted"]),
		environment: "windows-array",
		env: { CHANGES: expect.stringMatching(/^\$\{\{ inputs\.changes \}\}$/) },
	});
});

describeWithPowerShell("PowerShell of the workflows", () => {
	test("is that of 5.1: every step, every script beside this file, and the stand-in that 5.1 loads", () => {
		const scripts = [
			...readdirSync(__dirname).map((name) => join(__dirname, name)),
			...readdirSync(join(root, "test/powershell/modules/CimCmdlets"), { withFileTypes: true }).map(
				({ name, parentPath }) => join(parentPath, name),
			),
		].filter((path) => /\.psm?1$/.test(path));
		expect(scripts.length).toBeGreaterThan(8);
		const texts = Object.fromEntries([
			...commands.map(({ name, text }) => [name, text]),
			...scripts.map((path) => [path.slice(root.length), readFileSync(path, "utf8")]),
		]) as Record<string, string>;
		expect(newerThan51(texts)).toEqual([]);
		const newer = ["$a ?? 1", "$a && $b", "$a ? 1 : 2", "(Get-It)?.b", "{", "sleep 1 &"];
		const told = newerThan51(Object.fromEntries(newer.map((text) => [text, text])));
		expect(newer.filter((text) => !told.some((line) => line.startsWith(`${text}: `)))).toEqual([]);
	});
});
