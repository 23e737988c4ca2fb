import { writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { Simulator } from "../../provider/hosts/simulator";
import { temporaryFolder } from "../temporaryFolder";
import { run } from "./runCli";

const folder = temporaryFolder("generate");
const file = join(folder, "arrays.json");
const hostsFile = join(folder, "hosts.json");
const disks = ["Orders", "Ledger", "Spare", 'A "quoted"\nname', "orders", "Twin"];
let sites: Simulator;

beforeAll(async () => {
	const pairs = disks.map((source) => ({ source, target: `${source}-DR` }));
	sites = await Simulator.create(file, { speed: 1000, pairs });
	await sites.changeRoles("Ledger");
	await sites.rename("Twin", "Spare");
	const entry = (host: string) => ({ kind: "simulator", file, host });
	writeFileSync(hostsFile, JSON.stringify({ east: entry("east"), west: entry("west") }));
});

const generate = (...more: string[]) => run(["generate", "--hosts", hostsFile, "--host", "east", ...more]);

test("every relationship that a host sees is declared as it is, far ends at the host that lists them", async () => {
	const { code, out, err } = await generate("--language", "yaml");
	expect([code, err]).toEqual([0, ""]);
	const east = (virtualDisk: string) => ({ host: "east", virtualDisk });
	const west = (virtualDisk: string) => ({ host: "west", virtualDisk });
	const syncMode = "synchronous";
	// Two disks of one name are told apart by id; letter case is enough to do so by name.
	expect(parse(out)).toEqual({
		"a-quoted-name": { source: east('A "quoted"\nname'), target: west('A "quoted"\nname-DR'), syncMode },
		"ledger-dr": { source: west("Ledger-DR"), target: east("Ledger"), syncMode },
		orders: { source: east("Orders"), target: west("Orders-DR"), syncMode },
		"orders-2": { source: east("orders"), target: west("orders-DR"), syncMode },
		spare: { source: east("6000100000000003"), target: west("Spare-DR"), syncMode },
		"spare-2": { source: east("6000100000000006"), target: west("Twin-DR"), syncMode },
	});
});

test("the TypeScript is a program, whatever a disk is called", async () => {
	const { code, out } = await generate();
	expect(code).toBe(0);
	const { diagnostics = [] } = ts.transpileModule(out, { reportDiagnostics: true });
	expect(diagnostics).toEqual([]);
	expect(out.match(/^new VirtualDiskReplication\(/gm)).toHaveLength(disks.length);
});

test("a relationship whose far end cannot be found is left out, and the reason is a comment of one line", async () => {
	await sites.host("west").down();
	const { code, out } = await generate();
	expect(code).toBe(1);
	expect(out.match(/^\/\/ Left out: /gm)?.length).toBe(disks.length);
	const program = out.split("\n").filter((line) => !line.startsWith("//"));
	expect(program.join("").trim()).toBe('import { VirtualDiskReplication } from "pulumi-storage-replication";');
	await sites.removeFaults();
});

test("copies are declared by the disks that they are on, mirrors as if there were none; what holds in no state is left out", async () => {
	const copied = await Simulator.create(join(folder, "copies.json"), {
		speed: 0,
		pairs: [{ source: "Snap", target: "Snap-DR" }],
		copies: [
			{ source: "Snap", target: "orders", kind: "Snapshot" },
			{ source: "Snap", target: "Snap ", kind: "Clone" },
			{ source: "Snap", target: "Broken", kind: "Snapshot" },
			{ source: "Snap", target: "Halted", kind: "Clone" },
		],
	});
	await copied.change((world) => {
		const idOf = (name: string) => world.disks.find((disk) => disk.name === name)?.uniqueId;
		for (const each of world.relationships) {
			if (each.target === idOf("Broken")) each.copyState = 5;
			if (each.target === idOf("Halted")) each.copyState = 9;
		}
	});
	const entry = (host: string) => ({ kind: "simulator", file: copied.file, host });
	writeFileSync(join(folder, "copied.json"), JSON.stringify({ east: entry("east"), west: entry("west") }));
	const { code, out } = await run([
		...["generate", "--hosts", join(folder, "copied.json"), "--host", "east", "--language", "yaml"],
	]);
	expect(code).toBe(1);
	expect(out).toContain("# Left out: Snap and Broken: no state that can be declared holds now (active: ");
	const east = (virtualDisk: string) => ({ host: "east", virtualDisk });
	expect(parse(out)).toEqual({
		snap: { source: east("Snap"), target: { host: "west", virtualDisk: "Snap-DR" }, syncMode: "synchronous" },
		halted: { class: "VirtualDiskClone", source: east("Snap"), target: east("Halted"), state: "suspended" },
		"snap-2": { class: "VirtualDiskClone", source: east("Snap"), target: east("Snap ") },
		orders: { class: "VirtualDiskSnapshot", source: east("Snap"), target: east("orders") },
	});
	expect(copied.calls()).toEqual([]);
});

test("groups are declared with their relationship, and none of its pairs; a group in none with its disks in order", async () => {
	const grouped = await Simulator.create(join(folder, "groups.json"), {
		speed: 0,
		pairs: ["Orders", "Ledger", "Sales", "Stock"].map((source) => ({ source, target: `${source}-DR` })),
		groups: [{ source: "Sales", target: "Sales-DR", members: ["Orders", "Ledger"] }],
	});
	const idOf = (name: string) => grouped.look().disks.find((disk) => disk.name === name)?.uniqueId ?? "";
	await grouped.change((world) => {
		const [first] = world.groups ?? [];
		if (first !== undefined)
			world.groups?.push({
				...first,
				name: "Loose",
				uniqueId: "7000000000000099",
				members: ["Stock", "Sales"].map(idOf),
			});
	});
	const entry = (host: string) => ({ kind: "simulator", file: grouped.file, host });
	const hosts = join(folder, "groupHosts.json");
	writeFileSync(hosts, JSON.stringify({ east: entry("east"), west: entry("west") }));
	const generated = async (host = "east") => {
		const { code, out } = await run(["generate", "--hosts", hosts, "--host", host, "--language", "yaml"]);
		return { code, declared: parse(out) as Record<string, unknown>, out };
	};

	const { code, declared } = await generated();
	expect(code).toBe(0);
	const syncMode = "synchronous";
	const disk = (host: string, virtualDisk: string) => ({ host, virtualDisk });
	const array = { class: "ReplicationGroup", host: "east", storageSubsystem: "east-array" };
	expect(declared).toEqual({
		sales: { source: disk("east", "Sales"), target: disk("west", "Sales-DR"), syncMode },
		stock: { source: disk("east", "Stock"), target: disk("west", "Stock-DR"), syncMode },
		"sales-2": {
			class: "GroupReplication",
			source: { host: "east", group: "Sales" },
			target: { host: "west", group: "Sales-DR" },
			syncMode,
		},
		"sales-group": { ...array, friendlyName: "Sales" },
		"loose-group": { ...array, friendlyName: "Loose", members: ["Stock", "Sales"] },
	});

	// Of two groups of one name each by its id, and of a mirror with somebody outside them nobody else tells.
	await grouped.change((world) => {
		for (const group of world.groups ?? []) if (group.name === "Loose") group.name = "Sales";
		const stock = world.relationships.find(({ source }) => source === idOf("Stock"));
		if (stock !== undefined) world.relationships.push({ ...stock, id: "third", source: idOf("Ledger") });
	});
	const { declared: alike } = await generated();
	const [related, loose] = (grouped.look().groups ?? []).filter(({ name }) => name === "Sales");
	expect(alike["sales-2"]).toMatchObject({ source: { host: "east", group: related?.uniqueId } });
	expect(alike["sales-group"]).toMatchObject({ friendlyName: related?.uniqueId });
	expect(alike["sales-group-2"]).toMatchObject({ friendlyName: loose?.uniqueId });
	expect(Object.keys(alike)).toEqual(["ledger", "sales", "stock", "sales-2", "sales-group", "sales-group-2"]);
	expect(alike.ledger).toMatchObject({ target: disk("west", "Stock-DR") });

	// Roles that differ are declared by nothing, and neither of the pairs alone.
	await grouped.change((world) => {
		for (const each of world.relationships)
			if (each.source === idOf("Orders")) Object.assign(each, { source: each.target, target: each.source });
	});
	const torn = await generated("west");
	expect(torn.code).toBe(1);
	expect(torn.out).toMatch(/^# Left out: the groups Sales and Sales-DR: .*the roles of its pairs differ/m);
	expect(Object.keys(torn.declared)).toEqual(["ledger", "sales", "stock", "sales-dr-group"]);
	expect(torn.declared.ledger).toMatchObject({ target: disk("west", "Stock-DR") });
});
