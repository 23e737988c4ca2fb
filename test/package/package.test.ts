import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { installPackage } from "../../scripts/installedPackage";

const root = join(__dirname, "..", "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
	name: string;
	exports: Record<string, string | { types: string; default: string }>;
};
const subpaths = Object.keys(manifest.exports).filter((path) => path !== "./package.json");
const specifiers = subpaths.map((path) => path.replace(/^\./, manifest.name));

let installed: string;
let tarball: string;
beforeAll(() => {
	installed = installPackage();
	const name = readdirSync(installed).find((file) => file.endsWith(".tgz"));
	if (name === undefined) throw new Error(`no tarball in ${installed}`);
	tarball = join(installed, name);
});

describe("the tarball", () => {
	test("is small", () => {
		expect(statSync(tarball).size).toBeLessThan(440 * 1024);
	});

	test("has the package, its documents and nothing else", () => {
		const folder = join(installed, "node_modules", manifest.name);
		const files = (readdirSync(folder, { recursive: true, withFileTypes: true }) as import("node:fs").Dirent[])
			.filter((entry) => entry.isFile())
			.map((entry) =>
				join(entry.parentPath, entry.name)
					.slice(folder.length + 1)
					.replaceAll("\\", "/"),
			);
		const expected =
			/^(dist\/(bundle\.js|bundle\.js\.map|bootstrap\.ps1|groups\.ps1)|dist\/[\w/]+\.(js|d\.ts)|docs\/[\w-]+\.md|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/;
		expect(files.filter((file) => !expected.test(file))).toEqual([]);
		expect(files.filter((file) => /\.test\.|standIn|__/.test(file))).toEqual([]);
		for (const file of ["README.md", "CHANGELOG.md", "LICENSE", "docs/errors.md"]) expect(files).toContain(file);
	});

	test("satisfies publint", async () => {
		const { publint } = await import("publint");
		const { formatMessage } = await import("publint/utils");
		const data = readFileSync(tarball);
		const { messages, pkg } = await publint({
			pack: { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer },
			strict: true,
		});
		expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
	});

	test("has types wherever it has code, in every way that TypeScript looks for them", async () => {
		const { checkPackage, createPackageFromTarballData } = await import("@arethetypeswrong/core");
		const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
		if (!result.types) throw new Error("no types at all");
		expect(Object.keys(result.entrypoints).sort()).toEqual([...Object.keys(manifest.exports)].sort());
		expect(result.problems).toEqual([]);
	});
});

describe("installed from the tarball", () => {
	const run = (name: string, text: string) => {
		const file = join(installed, name);
		writeFileSync(file, text);
		return JSON.parse(execFileSync(process.execPath, [file], { encoding: "utf8" })) as Record<string, string[]>;
	};

	test("every subpath can be required, and imported with the same names", () => {
		const required = run(
			"required.cjs",
			`console.log(JSON.stringify(Object.fromEntries(${JSON.stringify(specifiers)}.map((name) => [name, Object.keys(require(name)).sort()]))));
process.exit(0);`,
		);
		const imported = run(
			"imported.mjs",
			`const names = async (name) => [name, Object.keys(await import(name)).filter((key) => key !== "default" && key !== "module.exports" && key !== "__esModule").sort()];
console.log(JSON.stringify(Object.fromEntries(await Promise.all(${JSON.stringify(specifiers)}.map(names)))));
process.exit(0);`,
		);
		expect(required[manifest.name]).toContain("VirtualDiskReplication");
		expect(imported).toEqual(required);
	});
});
