import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Relationship } from "../../cli/estate/estate";
import { SimulatedClock } from "../../provider/executor/clock";
import { Hosts } from "../../provider/executor/hosts";
import { type HostStatus, readHostStatus } from "../../provider/hostStatus";
import { connectSimulator, type Simulator, type World } from "../../provider/hosts/simulator";
import type { GroupsStatus } from "../../provider/status";
import { makeEstateOfGroups, read } from "./listEstate";
import { run } from "./runCli";

let folder: string;
let sites: Simulator;
beforeEach(async () => {
	({ folder, sites } = await makeEstateOfGroups());
});

async function listed(host: readonly string[], more: object = {}): Promise<readonly Relationship[]> {
	const { relationships } = await read({ hosts: join(folder, "hosts.json"), host: [...host], ...more });
	return [...relationships].sort((one, other) => (one.name < other.name ? -1 : 1));
}

const namesOf = (relationships: readonly Relationship[]) => relationships.map(({ kind, name }) => `${kind} ${name}`);
const synchronized = 4;

/** Changes the mirror of this disk, and what is there of the disk. */
async function change(disk: string, how: (mirror: World["relationships"][number]) => void): Promise<void> {
	await sites.change((world) => {
		const id = world.disks.find(({ name }) => name === disk)?.uniqueId;
		for (const each of world.relationships) if (each.source === id) how(each);
	});
}

test("two groups are one line, by the worst of their pairs, and their pairs are none beside it", async () => {
	const [sales, stock, ...others] = await listed(["east", "west"]);
	expect(namesOf(others)).toEqual([]);
	expect(stock).toMatchObject({ name: "Stock → Stock-DR", kind: "Mirror", condition: "well" });
	expect(sales).toMatchObject({
		name: "Sales → Sales-DR",
		kind: "Group",
		id: expect.stringMatching(/^group:/),
		source: { host: "east", virtualDisk: "Sales", storageSubsystem: "east-array" },
		target: { host: "west", virtualDisk: "Sales-DR", storageSubsystem: "west-array" },
		declared: null,
		nextUp: null,
		seen: { copyState: "Suspended", serving: "source" },
		isProtected: false,
		condition: "attention",
		reasons: [expect.stringContaining("no copy follows: Suspended")],
	});
	const { code, out } = await run(["list", "--hosts", "hosts.json", "--host", "east", "--host", "west"], {
		cwd: folder,
	});
	expect(code).toBe(4);
	expect(out).toMatch(/^attention {2}Sales → Sales-DR {2}east +Suspended/m);
	expect(out).not.toMatch(/^\w+ +Orders/m);
});

test("one host tells them as well as it can, also one that sees both arrays", async () => {
	for (const host of ["east", "west", "both"]) {
		const relationships = await listed([host]);
		expect(namesOf(relationships), host).toEqual(["Group Sales → Sales-DR", "Mirror Stock → Stock-DR"]);
		expect(relationships[0], host).toMatchObject({ seen: { copyState: "Suspended", serving: "source" } });
	}
	const [sales] = await listed(["west"]);
	expect(sales).toMatchObject({
		source: { host: null, virtualDisk: "Sales" },
		switchOver: { answer: "notKnown", what: expect.stringContaining("no host that was asked lists the source") },
	});
});

test("those that a stack declares are told once, and their pairs not at all", async () => {
	const relationships = await listed(["east", "west"], { stack: join(folder, "stack.json") });
	expect(namesOf(relationships)).toEqual(["Mirror Stock → Stock-DR", "Group sales"]);
});

test("those that a program only looks at are groups as well", async () => {
	const { deployment } = JSON.parse(readFileSync(join(folder, "stack.json"), "utf8"));
	const [provider, { inputs, ...sales }] = deployment.resources;
	const { source, target } = inputs;
	const external = { ...sales, external: true, inputs: { source, target }, outputs: {} };
	writeFileSync(join(folder, "external.json"), JSON.stringify({ deployment: { resources: [provider, external] } }));
	const relationships = await listed(["east", "west"], { stack: join(folder, "external.json") });
	expect(namesOf(relationships)).toEqual(["Mirror Stock → Stock-DR", "Group sales"]);
});

test("a mirror of a member with a disk outside the groups is a line of its own: no group tells of it", async () => {
	await sites.change((world) => {
		const idOf = (disk: string) => world.disks.find(({ name }) => name === disk)?.uniqueId ?? "";
		const stock = world.relationships.find(({ source }) => source === idOf("Stock"));
		if (stock !== undefined) world.relationships.push({ ...stock, id: "third", source: idOf("Ledger") });
	});
	expect(namesOf(await listed(["east", "west"]))).toContain("Mirror Ledger → Stock-DR");
	// From here nobody can tell which of the two is the group's.
	const fromEast = namesOf(await listed(["east"]));
	expect(fromEast).toContain("Mirror Ledger → Stock-DR");
	expect(fromEast).toContain("Mirror Ledger → Ledger-DR");
	expect(fromEast).not.toContain("Mirror Orders → Orders-DR");
});

test("what is not well with one of them is told of the groups: a disk, its roles, and that it is not listed", async () => {
	await change("Orders", (mirror) => {
		mirror.copyState = synchronized;
	});
	expect((await listed(["east", "west"]))[0]).toMatchObject({ condition: "well", isProtected: true });

	await sites.health("Ledger-DR", "detached");
	for (const hosts of [["east", "west"], ["west"]]) {
		const [ill] = await listed(hosts);
		expect(ill?.reasons.join(), String(hosts)).toMatch(/Sales-DR is not well: .*Detached/);
	}
	await sites.health("Ledger-DR", "healthy");

	await change("Ledger", (mirror) => {
		Object.assign(mirror, { source: mirror.target, target: mirror.source });
	});
	for (const hosts of [["east", "west"], ["east"]]) {
		const [torn] = await listed(hosts);
		expect(torn, String(hosts)).toMatchObject({
			condition: "attention",
			isProtected: false,
			seen: { serving: null, direction: null, contradiction: expect.stringContaining("the roles of its pairs differ") },
		});
	}
});

test("a pair that no host lists makes them not known, and not protected by the others", async () => {
	await sites.change((world) => {
		const orders = world.disks.find(({ name }) => name === "Orders")?.uniqueId;
		world.relationships = world.relationships.filter(({ source }) => source !== orders);
	});
	const [sales] = await listed(["east", "west"]);
	expect(sales).toMatchObject({ condition: "unread", isProtected: null, seen: { copyState: "Synchronized" } });
	expect(sales?.reasons[0]).toMatch(/^the source was not read: of its pairs 6000100000000001 cannot be read/);
});

test("status of a host lists them above their pairs, and in JSON which these are", async () => {
	const { code, out } = await run(["status", "--hosts", "hosts.json", "--host", "east"], { cwd: folder });
	expect(code).toBe(0);
	expect(out).toMatch(/^Sales +Sales-DR +Group +Suspended .*\n(\w+ +\w+-DR +Mirror .*\n){3}$/m);
	const json = await run(["status", "--hosts", "hosts.json", "--host", "east", "--json"], { cwd: folder });
	const { groups, relationships } = JSON.parse(json.out) as HostStatus;
	expect(groups).toHaveLength(1);
	expect(groups[0]?.members.map(({ source }) => source).sort()).toEqual(["6000100000000001", "6000100000000002"]);
	expect(relationships).toHaveLength(3);
});

test("a group whose role is not told has that of its pairs", async () => {
	for (const disk of ["Orders", "Ledger"])
		await change(disk, (mirror) => {
			Object.assign(mirror, { source: mirror.target, target: mirror.source });
		});
	for (const name of ["east", "west", "both"]) {
		const connect = () => {
			const host = connectSimulator({ name, file: sites.file });
			const observe = host.observe.bind(host);
			host.observe = async () => {
				const { groupRelationships = [], ...seen } = await observe();
				return {
					...seen,
					groupRelationships: groupRelationships.map((link) => ({ ...link, role: "unknown" as const })),
				};
			};
			return host;
		};
		const { groups } = await readHostStatus(new Hosts(connect, new SimulatedClock(0)), name);
		expect(groups, name).toMatchObject([
			{ source: { virtualDisk: "Sales-DR" }, target: { virtualDisk: "Sales" }, rolesKnown: true, members: [{}, {}] },
		]);
	}
});

test("status of two groups tells all of them together, and each pair", async () => {
	const status = (...more: string[]) =>
		run(
			["status", "--hosts", "hosts.json", "--source-group", "east:Sales", "--target-group", "west:Sales-DR", ...more],
			{ cwd: folder },
		);
	const { code, out } = await status();
	expect(code).toBe(0);
	expect(out).toMatch(/^state +Suspended \(\w+\), forward$/m);
	expect(out).toMatch(
		/^kind +Group\nserving +Sales at east\ncopy +Sales-DR at west\nmode +synchronous\nconsistent +no$/m,
	);
	expect(out.match(/^pair +600010000000000[12] to 600020000000000[12]: (Suspended|Synchronized) /gm)).toHaveLength(2);
	const { pairs } = JSON.parse((await status("--json")).out) as GroupsStatus;
	expect(pairs?.map(({ copyState }) => copyState).sort()).toEqual(["Suspended", "Synchronized"]);

	await change("Ledger", (mirror) => {
		Object.assign(mirror, { source: mirror.target, target: mirror.source });
	});
	expect((await status()).out).toMatch(/^serving +not known\n[\s\S]*^contradiction +the roles of its pairs differ/m);
	await sites.change((world) => {
		const orders = world.disks.find(({ name }) => name === "Orders")?.uniqueId;
		world.relationships = world.relationships.filter(({ source }) => source !== orders);
	});
	const unread = await status();
	expect(unread.code).toBe(1);
	expect(unread.out).toMatch(/^pair +6000100000000001: not read/m);
	expect((await status("--source", "east:Orders")).code).toBe(2);
	expect((await status("--kind", "snapshot")).code).toBe(2);
});
