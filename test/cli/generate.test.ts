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
