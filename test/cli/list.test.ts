import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import parsePrometheusText from "parse-prometheus-text-format";
import { beforeAll, describe, expect, test } from "vitest";
import { type Estate, estateSchema, type Relationship } from "../../cli/estate/estate";
import type { SourceOptions } from "../../cli/estate/sources";
import { listExitCodes } from "../../cli/list";
import { describeMetrics } from "../../cli/listMetrics";
import { describeEstate } from "../../cli/listTable";
import { Simulator } from "../../provider/hosts/simulator";
import { skipWithReason } from "../skipWithReason";
import { temporaryFolder } from "../temporaryFolder";
import { makeTroubledEstate, read } from "./listEstate";
import { run, start } from "./runCli";

let folder = "";
let sites: Simulator;
let estate: Estate;
beforeAll(async () => {
	({ folder, sites } = await makeTroubledEstate());
	estate = await readTroubled({ host: ["east", "west"] });
});

const at = (name: string) => join(folder, name);
const readTroubled = (more: SourceOptions = {}) =>
	read({ stack: at("stack.json"), journal: at("ledger.jsonl"), ...more });

function named(name: string, of = estate): Relationship {
	const found = of.relationships.find((each) => each.name === name);
	if (found === undefined) throw new Error(`no ${name}`);
	return found;
}

/** Two sites in a folder of their own, whose relationships nobody declares. */
async function undeclared(count: number): Promise<{ readonly sites: Simulator; readonly hosts: string }> {
	const place = temporaryFolder("undeclared");
	const pairs = Array.from({ length: count }, (_, index) => ({ source: `Disk-${index}`, target: `Disk-${index}-DR` }));
	const made = await Simulator.create(join(place, "arrays.json"), { pairs });
	const hosts = join(place, "hosts.json");
	const entries = ["east", "west"].map((name) => [name, { kind: "simulator", file: made.file }]);
	writeFileSync(hosts, JSON.stringify(Object.fromEntries(entries)));
	return { sites: made, hosts };
}

describe("an estate with one of each trouble", () => {
	test("is listed the worst first, with why", () => {
		expect(estate.relationships.map(({ name, condition }) => `${condition} ${name}`)).toEqual([
			"unread web",
			"attention archive",
			"attention mail",
			"attention hr",
			"attention billing",
			"attention crm",
			"well odd",
			"well orders",
			"well secret",
			"well Stray → Stray-DR",
		]);
		const why = (name: string) => named(name).reasons[0];
		expect(why("web")).toMatch(/^the source was not read: SR4001/);
		expect(why("archive")).toMatch(/^up stops: SR1003/);
		expect(named("mail").reasons).toEqual([
			"no copy follows: Suspended",
			expect.stringMatching(/^the next up: Resume \(16\) at east/),
		]);
		expect(why("hr")).toBe("Hr-DR is not well: OperationalStatus Detached");
		expect(why("billing")).toBe("3600 s behind, and its limit is 60 s");
		expect(why("crm")).toMatch(/^the last run was interrupted in step 1 of 1, ReverseRoles, at 20/);
		expect(estate.summary).toMatchObject({
			relationships: 10,
			isProtected: 6,
			notProtected: 2,
			protectionNotKnown: 2,
			needPerson: 6,
			worstLag: { name: "billing", seconds: 3600 },
			condition: "unread",
		});
	});

	test("unknown is null and said, never the nearest known", () => {
		expect(named("web")).toMatchObject({
			isProtected: null,
			satisfied: null,
			nextUp: { does: "notKnown" },
			switchOver: { answer: "notKnown" },
		});
		expect(named("archive")).toMatchObject({ seen: { presence: "absent" }, isProtected: false, since: null });
		// The copy is there, and on a disk that nothing may be served from.
		expect(named("hr")).toMatchObject({
			isProtected: null,
			target: { isUsable: false },
			failover: { answer: "doubtful", warnings: [expect.stringMatching(/^Hr-DR is not healthy/)] },
			switchOver: { answer: "refused", code: "SR1028" },
		});
		expect(named("Stray → Stray-DR")).toMatchObject({ declared: null, satisfied: null, nextUp: null, since: null });
	});

	test("tells what the next up does, since when it is so, and what a failover takes", () => {
		expect(named("orders")).toMatchObject({
			declared: { state: "reversed" },
			satisfied: true,
			seen: { serving: "target", direction: "reverse", copyState: "Synchronized" },
			since: expect.stringMatching(/^20.*Z$/),
			failover: { answer: "ready", needsConsent: true, loses: [{ end: "target", age: "yes" }], warnings: [] },
			switchOver: { answer: "ready", needsConsent: false, hazard: "availability", loses: [] },
			history: [expect.stringContaining("ReverseRoles: Synchronized, reversed")],
		});
		expect(named("mail")).toMatchObject({
			satisfied: false,
			since: null,
			failover: { answer: "doubtful" },
			nextUp: { does: "runs", consent: "notNeeded", steps: [{ hazard: "protectionLoss", loses: null }] },
		});
		expect(named("billing")).toMatchObject({
			lagLimit: { seconds: 60, from: "recoveryPointObjectiveMinutes" },
			switchOver: { answer: "ready", needsConsent: true, loses: [{ end: "source", age: "recent" }] },
		});
	});

	test("a limit of the command line goes before what is declared", async () => {
		const { relationships } = await readTroubled({ lagLimit: 4_000 });
		const billing = relationships.find(({ name }) => name === "billing");
		expect(billing).toMatchObject({ condition: "well", lagLimit: { seconds: 4_000, from: "commandLine" } });
	});

	test("a run of the ledger that was killed is known by nothing else", async () => {
		const lines = readFileSync(at("ledger.jsonl"), "utf8").trimEnd().split("\n");
		const began = lines.findIndex((line) => line.includes('"name":"orders"'));
		const killed = lines
			.slice(began, began + 2)
			.map((line) => line.replace(/"run":"[^"]+"/, '"run":"killed"').replace(/"generation":\d+/, '"generation":9'));
		writeFileSync(at("killed.jsonl"), [...lines, ...killed, ""].join("\n"));
		const found = await readTroubled({ journal: at("killed.jsonl") });
		expect(named("orders", found)).toMatchObject({
			condition: "attention",
			interrupted: { operation: "ReverseRoles", step: 1, of: 1 },
			since: null,
		});
		expect(named("orders", found).runs).toContain("killed");
		expect(found.runs?.find(({ run: id }) => id === "killed")).toMatchObject({
			outcome: "noEnd",
			movedRoles: true,
			steps: [{ outcome: "notKnown", calls: [{ operation: "ReverseRoles", answer: "no answer known" }] }],
		});
	});

	test.each(["table", "json", "openmetrics", "prometheus"] as const)("%s holds no name that is secret", (format) => {
		const text =
			format === "table"
				? describeEstate(estate, { columns: 200, colors: false })
				: format === "json"
					? JSON.stringify(estate)
					: describeMetrics(estate, format);
		expect(text).toContain("secret");
		expect(text).not.toMatch(/Secret-Disk|6000[12]0*9\b/);
	});

	test("arguments that are encrypted in the export are told as not known, with what to do", async () => {
		const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:AAAA" };
		const shown = (value: unknown) => ({ ...secret, ciphertext: undefined, plaintext: JSON.stringify(value) });
		const stack = (mark: (value: unknown) => unknown) => {
			const { deployment } = JSON.parse(readFileSync(at("stack.json"), "utf8"));
			for (const { inputs } of deployment.resources)
				if (inputs.source !== undefined) inputs.source = mark(inputs.source);
			writeFileSync(at("secret-stack.json"), JSON.stringify({ deployment }));
			return read({ stack: at("secret-stack.json") });
		};
		const hidden = await stack(() => secret);
		expect(hidden.relationships).toHaveLength(9);
		expect(hidden.relationships.every(({ condition }) => condition === "unread")).toBe(true);
		expect(named("orders", hidden).reasons).toEqual([expect.stringContaining("--show-secrets")]);
		expect(named("orders", await stack(shown)).condition).toBe("well");
	});

	test("fits a narrow terminal, and is colored only where it is asked to be", () => {
		for (const columns of [80, 100, 120]) {
			const text = describeEstate(estate, { columns, colors: false });
			const table = text.split("\n\n")[1] ?? "";
			expect(table.split("\n")).toHaveLength(11);
			for (const line of table.split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
		}
		const wide = describeEstate(estate, { columns: Number.POSITIVE_INFINITY, colors: true });
		expect(wide).toContain("\u001b[1;35munread\u001b[0m");
		expect(wide).toMatch(/^6 of 10 protected, .*; worst lag 3600 s \(billing\); 6 need a person\.\n/);
	});
});

test("the guide shows what is printed", async () => {
	const guide = readFileSync(join(__dirname, "..", "..", "docs", "monitoring.md"), "utf8");
	const [line, table] = describeEstate(await readTroubled(), { columns: 100, colors: false }).split("\n\n");
	expect(guide).toContain(`\`\`\`\n${line}\n\n${table}\n\`\`\``);
});

describe("metrics", () => {
	test("unknown is absent and never 0; a ratio, seconds, one label set a series", () => {
		const text = describeMetrics(estate, "openmetrics");
		expect(text).toMatch(
			/^storage_replication_lag_seconds\{relationship="billing",project="shop",stack="prod"\} 3600$/m,
		);
		expect(text).toMatch(/^storage_replication_reversed\{relationship="orders",.*\} 1$/m);
		expect(text).toMatch(/^storage_replication_failover_ready\{relationship="hr",.*\} 0$/m);
		for (const name of ["satisfied", "protected", "plan_steps", "needs_approval"])
			expect(text).not.toMatch(new RegExp(`^storage_replication_${name}\\{relationship="web"`, "m"));
		expect(text).toMatch(/^storage_replication_unread\{relationship="web",.*\} 1$/m);
		expect(text).not.toMatch(/^storage_replication_(state|lag_seconds)\{relationship="archive"[^}]*\} [^01]/m);
		expect(text).toMatch(/^storage_replication_host_unread\{host="lonely"\} 1$/m);
		expect(text).toMatch(/^storage_replication_operations_total\{operation="ReverseRoles"\} 2$/m);
		expect(text.endsWith("\n# EOF\n")).toBe(true);
		const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
		const keys = series.map((line) => line.slice(0, line.lastIndexOf(" ")));
		expect(new Set(keys).size).toBe(keys.length);
	});

	test("two resources of one name are two series", () => {
		const orders = named("orders");
		const twice = { ...estate, relationships: [orders, { ...orders, urn: "urn:pulumi:prod::shop::a$b::orders" }] };
		expect(describeMetrics(twice, "prometheus")).toMatch(/satisfied\{.*urn="urn:pulumi:prod::shop::a\$b::orders"\} 1/);
	});

	test("of the older format are read by a parser of it, labels with whatever is in a name included", () => {
		const odd = { ...named("odd"), name: 'a "b" \\ c\nd' };
		const text = describeMetrics({ ...estate, relationships: [...estate.relationships, odd] }, "prometheus");
		const families = parsePrometheusText(text);
		const lag = families.find(({ name }) => name === "storage_replication_lag_seconds");
		expect(lag?.type).toBe("GAUGE");
		expect(lag?.metrics).toContainEqual({
			labels: { relationship: "billing", project: "shop", stack: "prod" },
			value: "3600",
		});
		expect(families.map(({ type }) => type)).not.toContain("UNTYPED");
		expect(families.map(({ type }) => type)).not.toContain("STATESET");
		expect(lag?.metrics.map(({ labels }) => labels?.relationship)).toContain('a "b" \\ c\nd');
		expect(() => parsePrometheusText(text.replace('stack="prod"', "stack=prod"))).toThrow();
	});

	const judge = `
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus
parse = openmetrics if sys.argv[1] == "openmetrics" else prometheus
print(sum(len(family.samples) for family in parse(sys.stdin.read())))
`;
	const python = ["python3", "python"].find(
		(each) => spawnSync(each, ["-c", "import prometheus_client.openmetrics.parser"]).status === 0,
	);
	if (python === undefined) {
		skipWithReason("the OpenMetrics parser of prometheus_client", "no Python that has prometheus_client");
	} else {
		test.each(["openmetrics", "prometheus"] as const)("%s is accepted by prometheus_client", (format) => {
			const text = describeMetrics(estate, format);
			const judged = (input: string) => spawnSync(python, ["-c", judge, format], { input, encoding: "utf8" });
			const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
			expect(judged(text)).toMatchObject({ status: 0, stdout: `${samples}\n` });
			expect(judged(text.replace("# EOF\n", "").replace("} 3600", "} many")).status).not.toBe(0);
		});
	}
});

describe("hosts without a program", () => {
	test("each is read once, however many relationships it has", async () => {
		const { sites: many, hosts } = await undeclared(60);
		const found = await read({ hosts });
		expect(found.relationships).toHaveLength(60);
		expect(new Set(found.relationships.map(({ failover }) => failover.answer))).toEqual(new Set(["ready"]));
		const methods = readFileSync(`${many.file}.log`, "utf8")
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line).method as string);
		expect(methods.filter((method) => method === "observe")).toHaveLength(2);
		expect(methods.length, "and asked what its arrays can do").toBeLessThanOrEqual(2 + 4);
	});

	test("so are those of a stack", async () => {
		const { deployment } = JSON.parse(readFileSync(at("stack.json"), "utf8"));
		const quiet = deployment.resources.filter(({ urn }: { urn: string }) => !/::(archive|web)$/.test(urn));
		writeFileSync(at("quiet-stack.json"), JSON.stringify({ deployment: { resources: quiet } }));
		const log = () =>
			readFileSync(`${sites.file}.log`, "utf8")
				.split("\n")
				.filter((line) => line.includes('"observe"'));
		const before = log().length;
		expect((await read({ stack: at("quiet-stack.json") })).relationships).toHaveLength(7);
		expect(log().length - before).toBe(2);
	});

	test("the site of the copy alone tells whether it could take over, the other one does not", async () => {
		const { hosts } = await undeclared(1);
		const [east] = (await read({ hosts, host: ["east"] })).relationships;
		expect(east).toMatchObject({
			condition: "well",
			target: { host: null, virtualDisk: "Disk-0-DR", unread: null },
			failover: { answer: "notKnown", what: expect.stringContaining("give the host at the other site") },
		});
		const [west] = (await read({ hosts, host: ["west"] })).relationships;
		expect(west).toMatchObject({ failover: { answer: "ready" }, switchOver: { answer: "notKnown" } });
	});

	test("what the array is busy with is no readiness", async () => {
		const { sites: busy, hosts } = await undeclared(1);
		await busy.pending("Disk-0", 60_000);
		const [relationship] = (await read({ hosts })).relationships;
		expect(relationship).toMatchObject({
			isProtected: null,
			condition: "notice",
			failover: { answer: "notKnown", what: expect.stringContaining("busy (Pending)") },
		});
	});

	test("what waits for an operation that nobody issues is not under way", async () => {
		const { sites: waiting, hosts } = await undeclared(1);
		await waiting.change((world) => {
			// RequiresResync.
			for (const each of world.relationships) each.progressStatus = 18;
		});
		const [relationship] = (await read({ hosts })).relationships;
		expect(relationship).toMatchObject({
			condition: "attention",
			reasons: ["no copy follows: Synchronized, RequiresResync"],
		});
	});

	test("roles that are told in two ways are nobody's readiness", async () => {
		const { sites: torn, hosts } = await undeclared(1);
		await torn.contradict("east", "Disk-0", { reversed: true, untilDiscover: false });
		const [relationship] = (await read({ hosts })).relationships;
		expect(relationship).toMatchObject({
			condition: "attention",
			isProtected: false,
			seen: {
				serving: null,
				direction: null,
				contradiction: expect.stringContaining("say that their disk is the target"),
			},
			failover: { answer: "notKnown" },
		});
	});

	test("pairs whose UniqueIds are a model's do not hide each other", async () => {
		const { sites: alike, hosts } = await undeclared(2);
		await alike.change((world) => {
			for (const disk of world.disks)
				disk.reports = { uniqueId: disk.array === "east-array" ? "Model A" : "Model B", objectId: disk.uniqueId };
		});
		const { relationships } = await read({ hosts });
		// Which of one host is which of the other cannot be told.
		expect(relationships).toHaveLength(4);
		for (const { condition, error } of relationships)
			expect([condition, error]).toEqual(["unread", expect.stringContaining("SR2013")]);
	});

	test("a silent host is the worst of the estate, whatever the others list", async () => {
		const { sites: half, hosts } = await undeclared(1);
		await half.host("west").down();
		const found = await read({ hosts });
		expect(found.summary.condition).toBe("unread");
		expect(found.hosts.find(({ name }) => name === "west")).toMatchObject({ error: expect.stringContaining("SR4001") });
		await half.host("east").down();
		const silent = await read({ hosts });
		expect(silent.relationships).toEqual([]);
		expect(describeEstate(silent, { columns: 80, colors: false })).toMatch(
			/^Which relationships there are is not known\./,
		);
	});
});

describe("the command", () => {
	test("JSON that its own schema describes, and the exit code of the worst", async () => {
		const { code, out, err } = await run(["list", "--stack", "stack.json", "--json"], { cwd: folder });
		expect([code, err]).toEqual([listExitCodes.unread, ""]);
		expect(estateSchema.parse(JSON.parse(out)).relationships).toHaveLength(9);
		const schema = await run(["list", "--schema"]);
		expect(schema.code).toBe(0);
		const { required } = JSON.parse(schema.out) as { required: string[] };
		expect(required.sort()).toEqual(Object.keys(JSON.parse(out)).sort());
	});

	test("exit codes by the worst: 0, 3, 4", async () => {
		const { sites: small, hosts } = await undeclared(1);
		const code = async () => listExitCodes[(await read({ hosts })).summary.condition];
		expect(await code()).toBe(0);
		await small.pending("Disk-0", 60_000);
		expect(await code()).toBe(3);
		await small.health("Disk-0", "warning");
		expect(await code()).toBe(4);
		const { code: ended, out } = await run(["list", "--hosts", hosts, "--host", "east"]);
		expect([ended, out]).toEqual([4, expect.stringMatching(/^attention +Disk-0 → Disk-0-DR/m)]);
	});

	test.each([
		["nothing to read", [], /give --stack, --host or --hosts/],
		["a ledger alone", ["--journal", "ledger.jsonl"], /give --stack, --host or --hosts/],
		["a host that nobody configured", ["--hosts", "hosts.json", "--host", "north"], /SR2004/],
		["a stack that is none", ["--stack", "hosts.json"], /SR2010.*it is no stack export/],
		["a stack whose hosts are secret", ["--stack", "hidden-hosts.json"], /SR2010.*its hosts are secret; give --hosts/],
		["a limit that is none", ["--stack", "stack.json", "--lag-limit", "0"], /expected seconds/],
		[
			"a file in a folder that is not there",
			["--hosts", "hosts.json", "--host", "east", "--output", "no/x"],
			/SR2010.*no\/x/,
		],
	])("2 for %s", async (_, args, told) => {
		const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:AAAA" };
		const hidden = { type: "pulumi:providers:pulumi-nodejs", inputs: { "storageReplication:hosts": secret } };
		writeFileSync(at("hidden-hosts.json"), JSON.stringify({ deployment: { resources: [hidden] } }));
		const { code, out, err } = await run(["list", ...args], { cwd: folder });
		expect([code, out, err]).toEqual([2, "", expect.stringMatching(told)]);
	});

	test("a ledger of the stack that is not found from here is a note and no error", async () => {
		const stack = readFileSync(at("stack.json"), "utf8").replace('"ledger.jsonl"', '"elsewhere.jsonl"');
		writeFileSync(at("elsewhere-stack.json"), stack);
		const { runs, notes } = await read({ stack: at("elsewhere-stack.json") });
		expect([runs, notes]).toEqual([null, [expect.stringContaining("elsewhere.jsonl could not be read")]]);
	});

	test("watches until it is told to stop, writes a file whole, and ends with the code of the last look", async () => {
		const { sites: watched, hosts } = await undeclared(1);
		const file = join(temporaryFolder("metrics"), "replication.prom");
		const child = start(["list", "--hosts", hosts, "--watch", "0.05", "--format", "prometheus", "--output", file]);
		let told = "";
		child.stderr?.on("data", (data: Buffer) => {
			told += data.toString();
		});
		const ended = new Promise((resolve) => child.on("close", resolve));
		const state = () => (existsSync(file) ? readFileSync(file, "utf8") : "");
		await expect.poll(state).toMatch(/state="Synchronized"\} 1/);
		// Somebody writes the file anew, and a round reads half of it.
		const whole = readFileSync(hosts, "utf8");
		writeFileSync(hosts, whole.slice(0, 20));
		await expect.poll(() => told).toMatch(/SR2010.*it is not JSON/);
		writeFileSync(hosts, whole);
		await watched.change((world) => {
			for (const each of world.relationships) each.copyState = 9;
		});
		await expect.poll(state).toMatch(/state="Suspended"\} 1/);
		child.kill("SIGINT");
		if (process.platform !== "win32") expect(await ended).toBe(listExitCodes.attention);
		else await ended;
		expect(readdirSync(join(file, "..")).filter((name) => name !== "replication.prom")).toEqual([]);
	});
});

test("the estate itself was only looked at", () => {
	expect(sites.calls().map(({ operation }) => operation)).toEqual(["ReverseRoles", "ReverseRoles"]);
});
