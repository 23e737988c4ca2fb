import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installPackage } from "../../scripts/installedPackage";
import { temporaryFolder } from "../temporaryFolder";
import { describeWithEngine, diagnosticsOf, makeLab } from "./lab";

const name = "pulumi-storage-replication";

/** An installation in which only `estate`, a dependency of the program, has the package. */
function installedBelowAnother(): string {
	const folder = temporaryFolder("dependency");
	const installed = join(installPackage(), "node_modules");
	const estate = join(folder, "node_modules", "estate");
	mkdirSync(join(estate, "node_modules"), { recursive: true });
	writeFileSync(join(estate, "index.js"), `module.exports = require("${name}");\n`);
	symlinkSync(join(installed, "@pulumi"), join(folder, "node_modules", "@pulumi"), "dir");
	symlinkSync(join(installed, name), join(estate, "node_modules", name), "dir");
	return folder;
}

describeWithEngine("the package is a dependency of a dependency", () => {
	test("preview says so in one line, and goes on when its remedy is followed", async () => {
		const installed = installedBelowAnother();
		const { project, sites } = await makeLab({
			installed,
			// It goes elsewhere once it has loaded: the provider is still started in the program's folder.
			program: `
import { VirtualDiskReplication } from "estate";
process.chdir("/");
new VirtualDiskReplication("orders", {
	source: { host: "east", virtualDisk: "Orders" },
	target: { host: "west", virtualDisk: "Orders-DR" },
});
`,
		});
		const refused = await project.run(["preview"]);
		expect(refused.exitCode).not.toBe(0);
		expect(diagnosticsOf(refused).filter((line) => /SR\d{4}|^\s+at |Cannot find/.test(line))).toEqual([
			expect.stringMatching(/^error: SR2014: .*npm install pulumi-storage-replication/),
		]);
		symlinkSync(
			join(installed, "node_modules", "estate", "node_modules", name),
			join(installed, "node_modules", name),
			"dir",
		);
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		expect(project.state().orders?.outputs?.copyState).toBe("Synchronized");
		expect(sites.calls()).toEqual([]);
	});
});
