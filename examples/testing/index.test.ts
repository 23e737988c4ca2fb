import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Simulator } from "pulumi-storage-replication/simulator";
import { mocks } from "pulumi-storage-replication/testing";
import { beforeEach, expect, test, vi } from "vitest";

let sites: Simulator;

beforeEach(async () => {
	vi.resetModules();
	const file = join(mkdtempSync(join(tmpdir(), "sites-")), "arrays.json");
	sites = await Simulator.create(file, { pairs: [{ source: "Orders", target: "Orders-DR" }] });
	const host = { kind: "simulator", file };
	await pulumi.runtime.setMocks(mocks({ hosts: { east: host, west: host } }));
});

const known = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply((value) => resolve(value)));

async function program(config: Record<string, string>) {
	pulumi.runtime.setAllConfig(
		Object.fromEntries(Object.entries(config).map(([key, value]) => [`project:${key}`, value])),
	);
	return import("./index.js");
}

test("the east serves, and nothing has to be done for that", async () => {
	const { orders, serving } = await program({});
	expect(await known(serving)).toEqual({ host: "east", virtualDisk: "Orders" });
	expect(await known(orders.plannedOperations)).toEqual(["adopt: nothing to do"]);
});

test("switched over, the west serves, by one step that loses nothing", async () => {
	const { orders, serving } = await program({ state: "reversed" });
	expect(await known(serving)).toEqual({ host: "west", virtualDisk: "Orders-DR" });
	expect(await known(orders.plannedOperations)).toEqual([
		"1. ReverseRoles (20) at east: Orders-DR becomes the source of Orders [availability]",
	]);
	expect(sites.calls()).toEqual([]);
});
