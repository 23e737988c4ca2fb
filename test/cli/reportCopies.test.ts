import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Estate, estateSchema } from "../../cli/estate/estate";
import { describeHtml } from "../../cli/report/html";
import { describeMarkdown } from "../../cli/report/markdown";
import { describeMermaid } from "../../cli/report/mermaid";
import { linksOf } from "../../cli/report/topology";
import { skipWithReason } from "../skipWithReason";
import { temporaryFolder } from "../temporaryFolder";
import { browserPath } from "./browser";
import { hostileName, makeEstateOfCopies, read } from "./listEstate";

let estate: Estate;
beforeAll(async () => {
	const { folder } = await makeEstateOfCopies();
	const at = (name: string) => join(folder, name);
	estate = await read({ stack: at("stack.json"), journal: at("ledger.jsonl"), host: ["east", "west"] });
});

test("the runs of copies are told with what they are, and are no moves", () => {
	expect(estateSchema.parse(estate).runs?.map(({ name, kind }) => `${kind} ${name}`)).toEqual(
		expect.arrayContaining(["Snapshot before", "Snapshot restored", "Clone test"]),
	);
	const text = describeMarkdown(estate);
	expect(text).toMatch(/restored \\\(Snapshot\\\): active, stopped with SR3010/);
	expect(text).not.toContain("How long moves took");
});

describe("topology", () => {
	test("an arrow goes from the source to the copy and stands still; what fulfilled itself is not declared any more", () => {
		const flows = linksOf(estate).flatMap((link) => link.flows);
		const flow = (name: string) => flows.find(({ relationship }) => relationship.name === name);
		const still = { now: "right", serves: null, isFlowing: false, declared: null };
		expect(flow("before")).toMatchObject({
			...still,
			left: { virtualDisk: "Ledger" },
			right: { virtualDisk: "Ledger-Snap" },
		});
		expect(flow("drill")).toMatchObject({ ...still, left: { host: "west" }, right: { host: "west" } });
		expect(flow("test")).toMatchObject({ now: null, declared: null });
		expect(flow("gone")).toMatchObject({ now: null, declared: "right" });
		expect(flow("orders")).toMatchObject({ serves: "left", isFlowing: true });
	});

	test("as Mermaid a disk is one node, whichever relationships it is in, and its copy says what it is", () => {
		const text = describeMermaid(estate);
		const node = (disk: string) => new RegExp(`(d\\d+)\\["${disk}( #40;| \\(serves\\))?`).exec(text)?.[1];
		expect(text.match(/\["Orders-DR/g)).toHaveLength(1);
		expect(text).toContain(`${node("Orders-DR")} -->|"Snapshot: complete, notice"| ${node("Orders-Drill")}`);
		expect(text).toContain(`${node("Orders")} ==>|"Synchronized"| ${node("Orders-DR")}`);
		expect(text).toContain('"Snapshot: restore open, Broken, complete, attention"');
		// Two disks of one name are two nodes.
		const [first] = estate.relationships;
		if (first === undefined) throw new Error("no copy");
		const twin = { ...first, source: { ...first.source, uniqueId: "another" } };
		expect(describeMermaid({ ...estate, relationships: [first, twin] }).match(/\["Crm( another)?"\]/g)).toEqual([
			'["Crm"]',
			'["Crm another"]',
		]);
	});
});

test("as Markdown copies have a table of their own, and other people's words stay text", () => {
	const [first] = estate.relationships;
	if (first?.copy == null) throw new Error("no copy");
	const odd = { ...first, source: { ...first.source, virtualDisk: `a\n# ${hostileName}` } };
	const text = describeMarkdown({ ...estate, relationships: [odd] });
	const rows = text.split("\n").filter((line) => line.startsWith("|"));
	expect(rows).toHaveLength(3);
	for (const row of rows) expect(row.replace(/\\./g, "").split("|")).toHaveLength(10);
	expect(describeMarkdown(estate)).toMatch(
		/^\| attention \| restored \| Snapshot \| Crm \| restore open, Broken, complete \| 2026-10-05 06:\d\dZ \| - \| stops: SR1033 \|$/m,
	);
});

test("HTML tells of each copy what it is and holds, and of its readiness that this is no question", () => {
	const text = describeHtml(estate);
	expect(text).toContain('<strong class="number">7</strong> point-in-time copies');
	expect(text).toContain('<strong class="number">1</strong> of them with a restore that is open');
	const body = (name: string) => text.split("<tbody ").find((each) => each.includes(`data-name="${name}"`)) ?? "";
	const cell = (name: string, head: string) => new RegExp(`data-label="${head}"[^>]*>([^<]*)<`).exec(body(name))?.[1];
	expect(cell("drill", "kind")).toBe("Snapshot");
	expect(cell("drill", "behind")).toMatch(/^as of 2026-10-05 06:\d\dZ, expires 2020-01-01 00:00Z$/);
	expect([cell("drill", "failover"), cell("drill", "move"), cell("drill", "mode")]).toEqual([
		"no roles",
		"no roles",
		"–",
	]);
	const row = (name: string, label: string) => new RegExp(`<dt>${label}</dt><dd>([^<]*)<`).exec(body(name))?.[1];
	expect([row("restored", "restore open"), row("restored", "complete"), row("restored", "declared")]).toEqual([
		"yes",
		"yes",
		"active",
	]);
	expect([row("Stray → Stray-Snap", "restore open"), row("Stray → Stray-Snap", "expires")]).toEqual([
		"not known",
		undefined,
	]);
	expect(row("test", "ended")).toBe("complete");
	expect(row("before", "failover")).toBe("a point-in-time copy has no roles to move");
	expect(row("orders", "restore open")).toBeUndefined();
});

const executablePath = browserPath();
if (executablePath === undefined) {
	skipWithReason("the report of copies in a browser", "no Chromium or Chrome, nor one that CHROME_PATH names");
} else {
	describe("in a browser", () => {
		let browser: Browser;
		beforeAll(async () => {
			// A container's root has no sandbox.
			const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
			browser = await chromium.launch({ executablePath, args });
		});
		afterAll(() => browser?.close());

		const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
		test.each([
			[1280, "light"],
			[1280, "dark"],
			[390, "light"],
			[390, "dark"],
		] as const)(
			"%i wide, %s: copies are found by kind, nothing overflows, and axe finds nothing",
			async (width, colorScheme) => {
				const [first, ...others] = estate.relationships;
				if (first === undefined) throw new Error("no relationship");
				const long = `mgmt-${"x".repeat(150)}`;
				const source = { ...first.source, host: long, virtualDisk: long, storageSubsystem: long };
				const wordy = [{ ...first, name: long, kind: "TokenizedClone", source, project: long, urn: long }, ...others];
				const file = join(temporaryFolder("report"), "copies.html");
				writeFileSync(file, describeHtml({ ...estate, relationships: wordy }));
				// The policy would keep the judge out as well.
				const page = await (
					await browser.newContext({ viewport: { width, height: 844 }, colorScheme, bypassCSP: true })
				).newPage();
				await page.goto(pathToFileURL(file).href);
				await page.locator("tbody[data-name] .name button").first().click();
				expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
				await page.evaluate(axe);
				const found = (await page.evaluate("axe.run()")) as { violations: { id: string }[]; passes: unknown[] };
				expect(found.violations.map(({ id }) => id)).toEqual([]);
				expect(found.passes.length).toBeGreaterThan(20);
				await page.fill("#search", "Clone HR-test");
				expect(await page.locator("tbody[data-name]:visible .name").allInnerTexts()).toEqual(["test"]);
				await page.context().close();
			},
		);
	});
}
