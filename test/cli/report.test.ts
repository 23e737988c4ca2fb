import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Estate, estateSchema, type RunReport } from "../../cli/estate/estate";
import { recoveryTimesIn, runReportOf } from "../../cli/estate/runReports";
import { describeHtml } from "../../cli/report/html";
import { describeMarkdown } from "../../cli/report/markdown";
import { html } from "../../cli/report/markup";
import { describeMermaid } from "../../cli/report/mermaid";
import { linksOf } from "../../cli/report/topology";
import { readLines } from "../../provider/ledger/readLines";
import { runsIn } from "../../provider/ledger/runs";
import { skipWithReason } from "../skipWithReason";
import { temporaryFolder } from "../temporaryFolder";
import { browserPath } from "./browser";
import { hostileName, makeTroubledEstate, read } from "./listEstate";
import { run } from "./runCli";

let folder = "";
let estate: Estate;
beforeAll(async () => {
	({ folder } = await makeTroubledEstate());
	const at = (name: string) => join(folder, name);
	estate = await read({ stack: at("stack.json"), journal: at("ledger.jsonl"), host: ["east", "west"] });
});

const oneRun = readFileSync(join(__dirname, "..", "ledger", "oneRun.jsonl"), "utf8");
/** A planned move of three steps; `lines`: as much of it as was written when its process died. */
function runOf(lines: number): RunReport {
	const [report] = runsIn(readLines(oneRun.split("\n").slice(0, lines).join("\n")).lines).map(runReportOf);
	if (report === undefined) throw new Error("no run");
	return report;
}

describe("runs", () => {
	test("of a run that ended every step is done, with its time and what the array answered", () => {
		const report = runOf(Number.POSITIVE_INFINITY);
		expect(report).toMatchObject({ outcome: "finished", movedRoles: true, durationMs: 1388 });
		expect(report.steps.map(({ outcome, durationMs }) => [outcome, durationMs])).toEqual([
			["done", expect.any(Number)],
			["done", 290],
			["done", 667],
		]);
		expect(report.steps[2]?.calls).toEqual([
			{ operation: "Resume", call: "Resume (16) of Orders-DR at west", answer: "answered 4096, job job-9 after 0.0 s" },
		]);
	});

	test("of an operation that no program declares, its line tells what it was on", () => {
		const [first = "", ...rest] = oneRun.split("\n");
		const kindOf = (more: object) => {
			const lines = [JSON.stringify({ ...JSON.parse(first), ...more }), ...rest].join("\n");
			return runsIn(readLines(lines).lines).map(runReportOf)[0]?.kind;
		};
		expect(kindOf({ urn: null, relationship: "Snapshot" })).toBe("Snapshot");
		expect(kindOf({ urn: null }), "as older releases wrote it").toBeNull();
		expect(kindOf({})).toBe("Mirror");
	});

	test("of a run that was killed what is not known is neither done nor failed, and the rest was not tried", () => {
		const calls = oneRun.split("\n").flatMap((line, index) => (line.includes('"callStarted"') ? [index + 1] : []));
		const report = runOf(calls[1] ?? 0);
		expect(report).toMatchObject({ outcome: "noEnd", durationMs: null, dataSafe: null, after: "Suspended" });
		expect(report.steps.map(({ text, outcome }) => [text.split(" ")[0], outcome])).toEqual([
			["Suspend", "done"],
			["ReverseRoles", "notKnown"],
			["Resume", "notTried"],
		]);
	});

	test("how long moves took is counted over those that finished", () => {
		const report = runOf(Number.POSITIVE_INFINITY);
		const took = (durationMs: number, more: Partial<RunReport> = {}) => ({ ...report, durationMs, ...more });
		expect(
			recoveryTimesIn([
				took(9_000),
				took(3_000),
				took(1, { outcome: "stopped" }),
				took(2, { movedRoles: false }),
				took(5_000),
			]),
		).toEqual([
			{
				wish: "reversed",
				runs: 3,
				medianMs: 5_000,
				slowestMs: 9_000,
				last: { at: report.startedAt, durationMs: 5_000 },
			},
		]);
	});
});

describe("topology", () => {
	test("an arrow goes the way of the copy now, and a second one the way that is declared if that is another", () => {
		const flows = linksOf(estate).flatMap((link) => link.flows);
		const flow = (name: string) => flows.find(({ relationship }) => relationship.name === name);
		expect(flow("billing")).toMatchObject({ now: "right", declared: null, serves: "left", isFlowing: true });
		expect(flow("orders")).toMatchObject({ now: "left", declared: null, serves: "right" });
		expect(flow("crm")).toMatchObject({ now: "right", declared: "left" });
		expect(flow("mail")).toMatchObject({ now: "right", isFlowing: false });
		expect(flow("archive")).toMatchObject({ now: null, declared: "right", serves: null });
		expect(linksOf(estate).map(({ left, right }) => [left.host, right.host])).toEqual([
			["east", "west"],
			["lonely", "west"],
		]);
	});

	test("as Mermaid has no word of others outside a label, and in a label nothing that ends it", () => {
		const label = String.raw`"[\p{L}\p{N} .,:()/_#;-]*"`;
		const line = new RegExp(
			String.raw`^(flowchart LR|  subgraph s\d+\[${label}\]|    d\d+\[${label}\]|  end|  d\d+ (-\. ${label} \.->?|(==>|--x)\|${label}\|) d\d+|  d\d+ -\. ${label} \.- d\d+)$`,
			"u",
		);
		for (const each of describeMermaid(estate).trimEnd().split("\n")) expect(each).toMatch(line);
	});
});

describe("Markdown", () => {
	test("names are text: no cell, link, tag or code of theirs", () => {
		const orders = estate.relationships.find(({ name }) => name === "orders");
		if (orders === undefined) throw new Error("no orders");
		const text = describeMarkdown({ ...estate, relationships: [{ ...orders, name: `a\n# ${hostileName}` }] });
		const rows = text.split("\n").filter((line) => line.startsWith("|"));
		expect(rows).toHaveLength(3);
		for (const row of rows) expect(row.replace(/\\./g, "").split("|")).toHaveLength(11);
		const [prose = ""] = text.split("```mermaid");
		expect(prose).not.toMatch(/<script|[^\\]\[a\]\(http|^# a$/m);
		expect(text.match(/^# /gm)).toHaveLength(1);
	});

	test("has the line for the night, every relationship, and the runs with what failed", () => {
		const text = describeMarkdown(estate);
		expect(text).toContain("**6 of 10 protected, 2 not, 2 not known");
		for (const { name } of estate.relationships) expect(text).toMatch(new RegExp(`^\\| \\w+ \\| ${name} \\|`, "m"));
		expect(text).toMatch(/stopped with SR3001[\s\S]*failed: ReverseRoles/);
		expect(text).toMatch(/reversed: 1 runs, median .* s, slowest/);
	});
});

describe("HTML", () => {
	test("what is put into markup is text, also in attributes", () => {
		expect(String(html`<p title="${`"><b>'\``}">${"&"}${3}${null}${[html`<i>${"<"}</i>`]}</p>`)).toBe(
			`<p title="&quot;&gt;&lt;b&gt;&#39;&#96;">&amp;3<i>&lt;</i></p>`,
		);
		// A name that turns the line round, and characters that no document may hold.
		expect(String(html`${"a\u202eb\u0000c"}`)).toBe("a\ufffdb\ufffdc");
	});

	test("has one script and one style, which its policy knows by their digests, and nothing that loads", () => {
		const text = describeHtml(estate);
		const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(text)?.[1] ?? "";
		for (const name of ["script", "style"]) {
			const [, ...bodies] = text.split(`<${name}>`);
			expect(bodies).toHaveLength(1);
			const digest = createHash("sha256")
				.update(bodies[0]?.split(`</${name}>`)[0] ?? "")
				.digest("base64");
			expect(policy).toContain(`${name}-src 'sha256-${digest}'`);
		}
		expect(policy).toContain("default-src 'none'");
		expect(text).not.toMatch(
			/<(link|img|iframe|object|embed|form|base)\b|\s(src|srcset|action|style|on\w+)=|@import|url\(/i,
		);
		expect(text).not.toMatch(/Secret-Disk|6000[12]0*9\b/);
		expect(text).not.toContain("<script>alert");
	});

	test("links to nothing but a pipeline's run, and to that only by http", () => {
		const linked = (url: string) => {
			const report = { ...runOf(Number.POSITIVE_INFINITY), url };
			return [...describeHtml({ ...estate, runs: [report] }).matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
		};
		expect(linked("https://ci.example/runs/1?a=1&b=2")).toEqual(["https://ci.example/runs/1?a=1&amp;b=2"]);
		expect(linked("javascript:alert(1)")).toEqual([]);
	});

	test("refers to what is there, once", () => {
		const text = describeHtml(estate);
		const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
		expect(new Set(ids).size).toBe(ids.length);
		for (const [, id] of text.matchAll(/\s(?:aria-labelledby|aria-controls|for)="([^"]+)"/g)) expect(ids).toContain(id);
	});
});

describe("the command", () => {
	test("makes it of a stack, of hosts, or of a ledger alone", async () => {
		const report = (...args: string[]) => run(["report", ...args], { cwd: folder });
		expect(await report("--stack", "stack.json", "--output", "report.html")).toEqual({ code: 0, out: "", err: "" });
		expect(readFileSync(join(folder, "report.html"), "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
		const ledger = await report("--journal", "ledger.jsonl", "--json");
		expect(estateSchema.parse(JSON.parse(ledger.out))).toMatchObject({
			relationships: [],
			hosts: [],
			runs: [{ outcome: "finished" }, { outcome: "stopped", stop: { code: "SR3001" } }],
		});
		const hosts = await report("--hosts", "hosts.json", "--host", "east", "--format", "mermaid");
		expect([hosts.code, hosts.out]).toEqual([0, expect.stringMatching(/^flowchart LR\n/)]);
		expect(await report()).toMatchObject({ code: 2, out: "" });
	});
});

const executablePath = browserPath();
if (executablePath === undefined) {
	skipWithReason("the report in a browser", "no Chromium or Chrome, nor one that CHROME_PATH names");
} else {
	describe("in a browser", () => {
		let browser: Browser;
		let address = "";
		beforeAll(async () => {
			// A container's root has no sandbox.
			const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
			browser = await chromium.launch({ executablePath, args });
			address = write("report.html", estate);
		});
		afterAll(() => browser?.close());

		const write = (name: string, of: Estate) => {
			const file = join(temporaryFolder("report"), name);
			writeFileSync(file, describeHtml(of));
			return pathToFileURL(file).href;
		};
		/** A page and all that went wrong, or out, on it. */
		const open = async (at: string, options: Parameters<Browser["newContext"]>[0] = {}) => {
			const page = await (await browser.newContext(options)).newPage();
			const noise: string[] = [];
			page.on("request", (request) => noise.push(request.url()));
			page.on("console", (message) => noise.push(message.text()));
			page.on("pageerror", (error) => noise.push(error.message));
			page.on("dialog", (dialog) => noise.push(dialog.message()));
			await page.goto(at);
			return { page, noise };
		};
		const names = (page: Page) => page.locator("tbody[data-name]:visible .name").allInnerTexts();

		test("loads itself and nothing else, and runs no script but its own", async () => {
			const { page, noise } = await open(address);
			expect(await names(page)).toEqual(estate.relationships.map(({ name }) => name));
			expect(noise).toEqual([address]);
			await page.context().close();
		});

		test("searches, filters, groups and sorts, and says how many are shown", async () => {
			const { page } = await open(address);
			const shown = () => page.locator("#shown").textContent();
			await page.fill("#search", "BILLING-dr");
			expect([await names(page), await shown()]).toEqual([["billing"], "1 of 10 shown"]);
			await page.fill("#search", "");
			await page.selectOption("#condition", "attention");
			expect(await names(page)).toEqual(["archive", "mail", "hr", "billing", "crm"]);
			await page.selectOption("#condition", "");
			await page.selectOption("#site", "lonely");
			expect(await names(page)).toEqual(["web"]);
			await page.selectOption("#site", "");
			await page.selectOption("#group", "condition");
			expect(await page.locator("tbody.group th").allInnerTexts()).toEqual(["unread (1)", "attention (5)", "well (4)"]);
			await page.selectOption("#group", "");
			await page.click("thead >> text=relationship");
			expect((await names(page)).slice(0, 2)).toEqual(["archive", "billing"]);
			await page.click("thead >> text=relationship");
			expect((await names(page))[0]).toBe("web");
			expect(await page.locator("th[aria-sort]").allInnerTexts()).toEqual(["relationship"]);
			await page.context().close();
		});

		test("opens what is behind a row from the keyboard, and prints what is not well", async () => {
			const { page } = await open(address);
			const detail = page.locator("#detail-0");
			expect(await detail.isVisible()).toBe(false);
			await page.locator("tbody[data-name] .name button").first().focus();
			await page.keyboard.press("Enter");
			expect(await detail.isVisible()).toBe(true);
			expect(await page.locator("[aria-expanded=true]").count()).toBe(1);
			await page.emulateMedia({ media: "print" });
			expect(await page.locator(".tools").isVisible()).toBe(false);
			expect(await page.locator("tbody[data-name] .detail:visible").count()).toBe(6);
			await page.context().close();
		});

		test("holds everything without its script", async () => {
			const { page } = await open(address, { javaScriptEnabled: false });
			expect(await page.locator(".detail:visible").count()).toBe(10);
			expect(await page.locator(".tools").isVisible()).toBe(false);
			await page.context().close();
		});

		const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
		test.each([
			[1280, "light"],
			[1280, "dark"],
			[390, "light"],
			[390, "dark"],
		] as const)("%i wide, %s: nothing overflows, and axe finds nothing", async (width, colorScheme) => {
			const [first, ...others] = estate.relationships;
			if (first === undefined) throw new Error("no relationship");
			// A word that nothing breaks, wherever a name is shown.
			const long = `mgmt-${"x".repeat(150)}`;
			const source = { ...first.source, host: long, virtualDisk: long, storageSubsystem: long };
			const wordy = [{ ...first, name: long, source, project: long, urn: long }, ...others];
			const at = write("long.html", { ...estate, relationships: wordy });
			// The policy would keep the judge out as well.
			const { page } = await open(at, { viewport: { width, height: 844 }, colorScheme, bypassCSP: true });
			await page.locator("tbody[data-name] .name button").first().click();
			expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
			await page.evaluate(axe);
			const found = (await page.evaluate("axe.run()")) as { violations: { id: string }[]; passes: unknown[] };
			expect(found.violations.map(({ id }) => id)).toEqual([]);
			expect(found.passes.length).toBeGreaterThan(20);
			await page.context().close();
		});

		test("500 relationships are drawn, searched and grouped", async () => {
			const [first] = estate.relationships.slice(-1);
			if (first === undefined) throw new Error("no relationship");
			if (first.seen?.presence !== "present") throw new Error("not seen");
			const { seen } = first;
			const relationships = Array.from({ length: 500 }, (_, index) => ({
				...first,
				name: `disk-${index}`,
				seen: { ...seen, lagSeconds: index % 101 },
			}));
			const { page, noise } = await open(write("many.html", { ...estate, relationships }));
			expect(await page.locator(".flow:visible").count(), "the rest is one click away").toBe(12);
			await page.fill("#search", "disk-499");
			expect([await names(page), await page.locator("#shown").textContent()]).toEqual([["disk-499"], "1 of 500 shown"]);
			await page.fill("#search", "");
			await page.click("thead >> text=behind");
			await page.click("thead >> text=behind");
			expect((await names(page))[0], "by number, not by text").toBe("disk-100");
			expect(noise).toHaveLength(1);
			await page.context().close();
		});
	});
}
