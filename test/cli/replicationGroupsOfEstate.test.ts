import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Estate, estateSchema, type Group } from "../../cli/estate/estate";
import { listExitCodes } from "../../cli/list";
import { describeMetrics } from "../../cli/listMetrics";
import { describeEstate } from "../../cli/listTable";
import { describeHtml } from "../../cli/report/html";
import { describeMarkdown } from "../../cli/report/markdown";
import type { Simulator } from "../../provider/hosts/simulator";
import { makeEstateOfReplicationGroups, read } from "./listEstate";
import { run } from "./runCli";

let folder = "";
let sites: Simulator;
let estate: Estate;
beforeAll(async () => {
	({ folder, sites } = await makeEstateOfReplicationGroups());
	estate = await readGroups();
});

const at = (name: string) => join(folder, name);
const readGroups = (more: object = {}) => read({ stack: at("stack.json"), journal: at("ledger.jsonl"), ...more });

function named(name: string, of = estate): Group {
	const found = of.groups.find((each) => each.name === name);
	if (found === undefined) throw new Error(`no ${name}`);
	return found;
}

/** What a stack holds of one group, changed; the rest is not in it. */
async function stackOf(name: string, inputs: object): Promise<Group> {
	const { deployment } = JSON.parse(readFileSync(at("stack.json"), "utf8"));
	const [provider, ...resources] = deployment.resources;
	const resource = resources.find(({ urn }: { urn: string }) => urn.endsWith(`::${name}`));
	Object.assign(resource.inputs, inputs);
	writeFileSync(at("one.json"), JSON.stringify({ deployment: { resources: [provider, resource] } }));
	return named(name, await read({ stack: at("one.json") }));
}

describe("replication groups of a stack", () => {
	test("are listed the worst first, with what they hold and what the next up does", () => {
		expect(estateSchema.parse(estate)).toEqual(estate);
		expect(estate.groups.map(({ name, condition }) => `${condition} ${name}`)).toEqual([
			"attention crm",
			"attention mail",
			"attention stock",
			"notice web",
			"well sales",
			"well secret",
		]);
		expect(named("sales")).toMatchObject({
			host: "east",
			storageSubsystem: "east-array",
			friendlyName: "Sales",
			uniqueId: expect.stringMatching(/^7/),
			present: true,
			members: ["Orders"],
			related: false,
			satisfied: true,
			interrupted: null,
			nextUp: { does: "nothing" },
			reasons: [],
		});
		expect(named("web")).toMatchObject({
			members: ["Web"],
			satisfied: false,
			nextUp: { does: "runs", steps: [{ text: "AddMember at east: Web-Log joins Web at its end" }] },
		});
		expect(named("mail")).toMatchObject({ present: false, members: null, satisfied: false });
		expect(named("mail").reasons[0]).toBe("the group that the state knows is gone: the next up makes another one");
		expect(estate.summary).toMatchObject({ relationships: 0, groups: 6, needPerson: 3, condition: "attention" });
		expect(estate.hosts).toMatchObject([{ name: "east", error: null }]);
	});

	test("whose last run left a call open, or was refused, need a person", () => {
		expect(named("crm")).toMatchObject({
			interrupted: { operation: "AddMember" },
			reasons: [expect.stringMatching(/^the last run was interrupted in AddMember, at 2/), expect.anything()],
		});
		expect(named("stock")).toMatchObject({
			interrupted: null,
			reasons: [expect.stringMatching(/^the last run stopped: SR3001: .*AddMember.* answered 5/), expect.anything()],
		});
	});

	test("whose last run was killed are known by the ledger alone", async () => {
		const [started, sent] = readFileSync(at("ledger.jsonl"), "utf8").split("\n");
		writeFileSync(at("killed.jsonl"), `${started}\n${sent}\n`);
		const killed = named("sales", await readGroups({ journal: at("killed.jsonl") }));
		expect(killed).toMatchObject({
			condition: "attention",
			interrupted: { operation: "CreateReplicationGroup" },
			reasons: [expect.stringMatching(/^the last run was interrupted in CreateReplicationGroup, at 2/)],
		});
		writeFileSync(at("killed.jsonl"), `${started}\n`);
		const unsent = named("sales", await readGroups({ journal: at("killed.jsonl") }));
		expect(unsent, "nothing was sent").toMatchObject({ condition: "well", interrupted: null });
	});

	test("are not told by a run that was refused, once what it was for holds", async () => {
		const { groups = [] } = sites.look();
		const ledger = sites.look().disks.find(({ name }) => name === "Ledger")?.uniqueId ?? "";
		await sites.change((world) => {
			for (const group of world.groups ?? []) if (group.name === "Stock") group.members.push(ledger);
		});
		const stock = named("stock", await readGroups());
		await sites.change((world) => {
			world.groups = groups;
		});
		expect(stock).toMatchObject({ condition: "well", satisfied: true, reasons: [] });
	});

	test("keep their secrets", () => {
		const secret = named("secret");
		expect(secret).toMatchObject({ host: "east", friendlyName: null, uniqueId: null, present: true, members: null });
		expect(JSON.stringify([secret, estate.runs])).not.toMatch(/Cellar|Hidden/);
	});

	test("that an up would refuse, or that cannot be read, say so", async () => {
		const wrong = await stackOf("web", { members: ["Nowhere"] });
		expect(wrong).toMatchObject({ condition: "attention", nextUp: { does: "stops", code: "SR2005" } });
		const hidden = { "4dabf18193072939515e22adb298388d": "x", ciphertext: "y" };
		expect(await stackOf("web", { friendlyName: hidden })).toMatchObject({
			condition: "unread",
			host: null,
			reasons: [expect.stringContaining("--show-secrets")],
		});
		await sites.host("east").down();
		const silent = await readGroups();
		await sites.host("east").up();
		expect(named("sales", silent)).toMatchObject({ condition: "unread", present: null, satisfied: null });
		expect(named("crm", silent).interrupted).toMatchObject({ operation: "AddMember" });
		expect(silent.summary).toMatchObject({ groups: 6, needPerson: 6, condition: "unread" });
	});
});

describe("what is printed of them", () => {
	test("is a table of their own that fits a narrow terminal, with the reasons below", () => {
		const [night, table = "", reasons] = describeEstate(estate, { columns: 80, colors: false }).split("\n\n");
		expect(night).toBe("6 replication groups; 3 need a person.");
		expect(table).toMatch(/^ +group +at +holds +related +next up$/m);
		expect(table).toMatch(/^attention {2}mail +east +none +no +1 step$/m);
		expect(table).toMatch(/^well +secret +east +secret +no +nothing$/m);
		for (const line of table.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
		expect(reasons).toContain("stock: the last run stopped: SR3001");
	});

	test("is in the guide", () => {
		const guide = readFileSync(join(__dirname, "..", "..", "docs", "monitoring.md"), "utf8");
		const [, table] = describeEstate(estate, { columns: 100, colors: false }).split("\n\n");
		expect(guide).toContain(`\`\`\`\n${table}\n\`\`\``);
	});

	test("is in reports, with their runs", () => {
		const text = describeMarkdown(estate);
		expect(text).toContain("| attention | crm | east | 1 disk | no | 1 step |");
		expect(text).toContain("crm: the last run was interrupted in AddMember");
		expect(text).toContain("stock \\(ReplicationGroup\\): members, stopped with SR3001");
		const page = describeHtml(estate);
		expect(page).toContain("Replication groups</h2>");
		expect(page).toMatch(/<h2 id="person">.*<bdi>crm<\/bdi>/s);
		expect(page).toContain("<dt>group</dt><dd>Stock at east</dd>");
	});

	test("is metrics that the rules for relationships read, and none that are no question of a group", () => {
		const text = describeMetrics(estate, "prometheus");
		const labels = (name: string) => `{relationship="${name}",kind="ReplicationGroup",project="shop",stack="prod"}`;
		for (const [metric, name, value] of [
			["interrupted", "crm", 1],
			["interrupted", "stock", 0],
			["needs_person", "stock", 1],
			["satisfied", "sales", 1],
			["plan_steps", "web", 1],
			["unread", "web", 0],
		] as const) {
			expect(text).toContain(`storage_replication_${metric}${labels(name)} ${value}\n`);
		}
		expect(text).not.toMatch(/_(protected|state|failover_ready)\{/);
		expect(text).toContain('operations_total{operation="AddMember"} 2\n');
	});

	test("has the exit code of the worst", async () => {
		const { code, out } = await run(["list", "--stack", "stack.json", "--json"], { cwd: folder });
		expect(code).toBe(listExitCodes.attention);
		expect(estateSchema.parse(JSON.parse(out)).groups).toHaveLength(6);
	});
});

test("the groups were only looked at", () => {
	const sent = sites.calls().map(({ method }) => method.replace(/^.*\./, ""));
	expect(sent.filter((method) => method !== "CreateReplicationGroup")).toEqual(["AddMember", "AddMember"]);
});
