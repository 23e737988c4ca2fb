import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { installPackage } from "../../scripts/installedPackage";

const example = join(__dirname, "..", "..", "examples", "testing");
const vitest = join(dirname(createRequire(__filename).resolve("vitest/package.json")), "vitest.mjs");

test("examples/testing: its tests pass where the package is installed", () => {
	const folder = mkdtempSync(join(installPackage(), "testing-"));
	try {
		cpSync(example, folder, { recursive: true });
		const { VITEST: _, VITEST_MODE: __, VITEST_POOL_ID: ___, VITEST_WORKER_ID: ____, ...env } = process.env;
		const { status, stdout, stderr } = spawnSync(
			process.execPath,
			[vitest, "run", "--root", folder, "--reporter", "verbose"],
			{ encoding: "utf8", env: { ...env, NO_COLOR: "1" } },
		);
		expect(status, `${stdout}${stderr}`).toBe(0);
		const told = readFileSync(join(example, "README.md"), "utf8").match(/^✓ (.*)$/gm) ?? [];
		expect(told).toHaveLength(2);
		for (const line of told) expect(stdout).toContain(line.slice(2));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
