import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder";

test("the command can be run after every build, not only after npm installed it", () => {
	const out = join(temporaryFolder("build"), "dist");
	for (const time of ["first", "second"]) {
		execFileSync(process.execPath, [resolve(__dirname, "../../scripts/build.mjs"), out]);
		expect(() => accessSync(join(out, "cli", "main.js"), constants.X_OK), `the ${time} build`).not.toThrow();
		accessSync(join(out, "provider", "hosts", "powershell", "bootstrap.ps1"), constants.R_OK);
	}
});
