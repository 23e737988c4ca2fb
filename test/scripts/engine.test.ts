import { delimiter, dirname } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { buildWithGo, withFirstOnPath } from "../../scripts/engine";
import { fakeProgram } from "../fakeProgram";
import { temporaryFolder } from "../temporaryFolder";

afterEach(() => {
	vi.unstubAllGlobals();
	vi.unstubAllEnvs();
});

test("a copy of an environment has one PATH, the folder first, also where Windows spells it Path", () => {
	const system = (platform: NodeJS.Platform) => vi.stubGlobal("process", { ...process, platform });
	const environment = { Path: "C:\\Windows", TEMP: "C:\\Temp" };
	system("win32");
	expect(withFirstOnPath("C:\\first", environment)).toEqual({
		PATH: `C:\\first${delimiter}C:\\Windows`,
		TEMP: "C:\\Temp",
	});
	system("linux");
	expect(withFirstOnPath("/first", { PATH: "/bin", Path: "other" })).toEqual({
		PATH: `/first${delimiter}/bin`,
		Path: "other",
	});
});

/** Twenty packages, of which the second program fails to build the last one. */
const go = `
const { writeFileSync } = require("node:fs");
const [command, ...args] = process.argv.slice(2);
const packages = Array.from({ length: 20 }, (_, index) => "example.com/package-" + index);
if (command === "list") console.log(packages.join("\\n"));
if (command === "build") {
	for (const name of packages) console.error(name);
	if (args.at(-1).includes("nodejs")) {
		console.error("# example.com/package-19\\npackage.go:1: undefined: it");
		process.exit(1);
	}
	writeFileSync(args[args.indexOf("-o") + 1], "");
}
`;

test("a build says how far it is, and why it failed", async () => {
	vi.stubEnv("PATH", `${dirname(fakeProgram("go", go))}${delimiter}${process.env.PATH}`);
	const said: string[] = [];
	await expect(buildWithGo(temporaryFolder("engine"), (line) => said.push(line))).rejects.toThrow(
		"package.go:1: undefined: it",
	);
	expect(said.filter((line) => line.startsWith("building pulumi:"))).toEqual(
		[2, 4, 6, 8, 10, 12, 14, 16, 18, 20].map((count) => `building pulumi: ${count} of 20 packages`),
	);
	expect(said).toContain("getting the modules of pulumi-language-nodejs");
});
