import { execFileSync } from "node:child_process";
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { scriptFiles } from "../../provider/hosts/powershell/bootstrapScript";
import { Simulator } from "../../provider/hosts/simulator";
import { temporaryFolder } from "../temporaryFolder";
import { unexportedTypes } from "./unexportedTypes";

const folder = temporaryFolder("build");
const out = join(folder, "dist");
const build = () => execFileSync(process.execPath, [resolve(__dirname, "../../scripts/build.mjs"), out]);

beforeAll(build);

test("the command can be run after every build, not only after npm installed it", () => {
	const canBeRun = () => accessSync(join(out, "cli", "main.js"), constants.X_OK);
	expect(canBeRun, "the first build").not.toThrow();
	build();
	expect(canBeRun, "the second build").not.toThrow();
});

/** What a provider process does, in one that has nothing of this package but the build; every line of stdout is JSON. */
const script = `
const provider = require(process.argv[1]);
const hosts = JSON.stringify({
	east: { kind: "simulator", file: process.argv[2] },
	west: { kind: "simulator", file: process.argv[2] },
	here: { kind: "report", file: process.argv[2] + ".report" },
});
provider.configure({ config: { get: (key) => (key === "storageReplication:hosts" ? hosts : undefined) } });
const urn = "urn:pulumi:dev::program::pulumi-nodejs:dynamic/storageReplication:VirtualDiskReplication::orders";
const ends = (source) => ({ resourceUrn: urn, source: { host: source, virtualDisk: "Orders" }, target: { host: "west", virtualDisk: "Orders-DR" } });
const tell = (value) => console.log(JSON.stringify(value));
(async () => {
	const { inputs } = await provider.check({}, ends("east"));
	const { id, outs } = await provider.create(inputs);
	tell((await provider.read(id, outs)).props.copyState);
	tell((await provider.check({}, { ...ends("east"), state: "gone" })).failures.map(({ reason }) => reason));
	tell((await provider.read(id, { ...outs, ...ends("here") }).catch((error) => error)).message);
	tell((await provider.diff(id, null, null).catch((error) => error)).stack);
	tell(Object.keys(require.cache));
	process.exit(0);
})();
`;

test("the engine's process loads the provider as one file, so that there are no two of a module", async () => {
	const file = join(folder, "arrays.json");
	await Simulator.create(file, { pairs: [{ source: "Orders", target: "Orders-DR" }] });
	const provider = join(out, "provider", "index.js");
	const told = execFileSync(process.execPath, ["--enable-source-maps", "-e", script, provider, file], {
		encoding: "utf8",
	});
	const [copyState, mistakes, unread, stack, loaded] = told
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
	expect(copyState).toBe("Synchronized");
	expect(mistakes).toEqual([expect.stringMatching(/^SR2001: state: expected one of "active"/)]);
	expect(unread).toMatch(/^SR\d{4}: .*arrays\.json\.report/);
	// What is reported as a bug names the sources.
	expect(stack).toMatch(/[\\/]provider[\\/]lifecycle[\\/]diff\.ts:\d+/);
	expect(loaded.map((path: string) => path.slice(out.length + 1).replaceAll("\\", "/"))).toEqual([
		"provider/index.js",
		"bundle.js",
	]);
});

test("the source map leads from each function to its line, where it has the same name, and to nobody else's sources", () => {
	const map = new SourceMap(JSON.parse(readFileSync(join(out, "bundle.js.map"), "utf8")));
	const wrong: string[] = [];
	let checked = 0;
	for (const [index, line] of readFileSync(join(out, "bundle.js"), "utf8").split("\n").entries()) {
		const [, name] = /^ *(?:async )?function\*? (\w+)\(/.exec(line) ?? [];
		if (name === undefined) continue;
		const entry = map.findEntry(index, line.search(/\S/));
		if (!("originalSource" in entry) || entry.generatedLine !== index) continue;
		const source = resolve(out, entry.originalSource);
		const original = readFileSync(source, "utf8").split("\n")[entry.originalLine] ?? "";
		// A stack names functions. Where two of the file have one name, the build puts a number behind it.
		const isNamed = new RegExp(`function\\*? ${name.replace(/\d+$/, "")}`).test(original);
		if (source.includes("node_modules") || !isNamed) wrong.push(`${line}: ${source}: ${original}`);
		checked++;
	}
	expect(wrong).toEqual([]);
	expect(checked).toBeGreaterThan(500);
});

test("of zod the one file has what is used, and not its words of sixty languages, which took 6 ms to load", () => {
	const text = readFileSync(join(out, "bundle.js"), "utf8");
	const languages = [...text.matchAll(/zod\/v4\/locales\/(\S+)\.js"/g)].map(([, name]) => name);
	expect(languages).toEqual(["en", "index"]);
	expect(text).toContain(readFileSync(resolve(__dirname, "../../node_modules/zod/LICENSE"), "utf8"));
});

test("there is one file of code, what it reads by path is beside it, and the text of the state is the compiler's own", () => {
	const modules = (readdirSync(out, { recursive: true }) as string[]).filter((name) => name.endsWith(".js"));
	const entries = ["cli/main", "provider/hosts/simulator/index", "provider/index", "sdk/index"];
	for (const name of modules.filter((each) => each !== "bundle.js" && !each.includes("thinProvider"))) {
		expect(readFileSync(join(out, name), "utf8").length, name).toBeLessThan(1_000);
	}
	expect(modules.map((name) => name.replaceAll("\\", "/"))).toEqual(
		expect.arrayContaining([...entries.map((name) => `${name}.js`), "sdk/thinProvider.js"]),
	);
	expect(readFileSync(join(out, "bundle.js"), "utf8")).not.toContain('require("pulumi-storage-replication/v1").check');
	for (const script of scriptFiles) {
		expect(readFileSync(join(out, script))).toEqual(
			readFileSync(resolve(__dirname, "../../provider/hosts/powershell", script)),
		);
	}
});

test.each(["sdk/index", "sdk/testing", "policy/index", "provider/hosts/simulator/index"])(
	"every type that %s mentions is exported by it",
	(entry) => {
		expect(unexportedTypes(out, `${entry}.d.ts`)).toEqual([]);
	},
);
