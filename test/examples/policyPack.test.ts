import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { withFirstOnPath } from "../../scripts/engine";
import type { Ended } from "../../scripts/pulumiProject";
import { blocksOf } from "../docs/pages";
import { describeWithEngine, useLab, wish } from "../engine/lab";
import { fakeProgram } from "../fakeProgram";

const root = join(__dirname, "..", "..");
const example = join(root, "examples", "policy-pack");

/**
 * The language host of the tests' engine starts no pack of runtime nodejs: "could not read plugin […]: not supported". The
 * engine starts one of a runtime for which it has no language host by this program, as it did all of Node.js before
 * (analyzer_plugin.go, NewPolicyAnalyzer); Pulumi's own script for it starts the same file of the SDK.
 */
const runtime = "started-by-script";
const starter = fakeProgram(
	`pulumi-analyzer-policy-${runtime}`,
	`const { createRequire } = require("node:module");
	const script = createRequire(process.cwd() + "/").resolve("@pulumi/pulumi/cmd/run-policy-pack");
	relay(process.execPath, [script, ...process.argv.slice(2)]);`,
);

/** A day that is not today, whatever the zone: its windows are shut. */
const shut = new Date(Date.now() + 3 * 86_400_000).toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });

const excerpts = blocksOf({ path: "README.md", text: readFileSync(join(example, "README.md"), "utf8") })
	.map(({ text }) => text.split("\n"))
	.filter(([first = ""]) => /^\s+- \[/.test(first));

describeWithEngine("examples/policy-pack", () => {
	const lab = useLab({ environment: withFirstOnPath(dirname(starter), process.env) });
	const strict = ["--policy-pack", "policy-pack"];
	const softened = [...strict, "--policy-pack-config", "policy-pack/policy-config.json"];

	beforeAll(() => {
		const pack = join(lab().project.folder, "policy-pack");
		cpSync(example, pack, { recursive: true });
		const policy = join("node_modules", "@pulumi", "policy");
		cpSync(join(root, policy), join(pack, policy), { recursive: true });
		edit(join(pack, "PulumiPolicy.yaml"), "runtime: nodejs", `runtime: ${runtime}`);
		edit(join(pack, "index.ts"), '"Sat", "Sun"', `"${shut}"`);
	});

	test("the real engine stops what breaks a mandatory rule, and tells what breaks an advisory one", async () => {
		const { project } = lab();
		const stopped = await project.run(["preview", ...strict]);
		expect(stopped.exitCode).not.toBe(0);
		expect(violations(stopped)).toEqual(["[mandatory]  deletion-needs-label"]);
		const told = await project.run(["preview", ...softened]);
		expect(told.exitCode, told.text).toBe(0);
		expect(violations(told)).toEqual(["[advisory]  deletion-needs-label"]);
		for (const line of excerpts[0] ?? ["the README shows it"]) expect(told.text).toContain(line);
	});

	test("roles do not move outside the windows: up is stopped before the arrays get anything", async () => {
		const { project, sites } = lab();
		await wish(lab(), { state: "reversed" });
		const up = await project.up(...softened);
		expect(up.exitCode).not.toBe(0);
		expect(violations(up)).toContain("[mandatory]  no-role-change-outside-window");
		const shown = up.text.replace(/\d{4}-[\d-]+T[\d:.]+Z/g, "2026-11-30T09:00:00.000Z").replaceAll(shut, "Sat, Sun");
		for (const line of excerpts[1] ?? ["the README shows it"]) expect(shown).toContain(line);
		expect(sites.calls()).toEqual([]);
	});
});

function violations({ text }: Ended): string[] {
	return [...text.matchAll(/^\s+- (\[\w+\] {2}[\w-]+)/gm)].map(([, violation = ""]) => violation);
}

function edit(file: string, from: string, to: string): void {
	const text = readFileSync(file, "utf8");
	expect(text).toContain(from);
	writeFileSync(file, text.replace(from, to));
}
