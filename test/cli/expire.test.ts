import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connectSimulator, Simulator } from "../../provider/hosts/simulator";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { EngineLog } from "../../provider/lifecycle/engineLog";
import { Session } from "../../provider/lifecycle/session";
import { hastyClock } from "../hastyClock";
import { temporaryFolder } from "../temporaryFolder";
import { run } from "./runCli";

const type = "pulumi-nodejs:dynamic/storageReplication:VirtualDiskSnapshot";
const soon = () => new Date(Date.now() + 3_600_000).toISOString();
/** By the clock of simulated hosts, which begins in 1970. */
const past = "1969-01-01T00:00:00Z";

/** A stack with one snapshot of Orders, made by an up, and its files. */
async function stackWith(more: Bag, expiresAt: string) {
	const folder = temporaryFolder("expire");
	const sites = await Simulator.create(join(folder, "arrays.json"), {
		speed: 50,
		pairs: [{ source: "Orders", target: "Orders-DR" }],
	});
	const session = new Session(hastyClock, new EngineLog(undefined), (name) =>
		connectSimulator({ name, file: sites.file }),
	);
	const urn = `urn:pulumi:dev::program::${type}::drill`;
	const { inputs, failures } = await check(
		session,
		{},
		{
			kind: "Snapshot",
			source: { host: "west", virtualDisk: "Orders-DR" },
			target: { virtualDisk: "Orders-Drill", storagePool: "Pool" },
			expiresAt: soon(),
			resourceUrn: urn,
			...more,
		},
	);
	expect(failures).toEqual([]);
	const { id, outs } = await create(session, inputs);
	const outputs = { ...outs, expiresAt };
	const stack = join(folder, "stack.json");
	const hosts = join(folder, "hosts.json");
	writeFileSync(
		stack,
		JSON.stringify({ version: 3, deployment: { resources: [{ urn, type, id, inputs: outputs, outputs }] } }),
	);
	const host = { kind: "simulator", file: sites.file };
	writeFileSync(hosts, JSON.stringify({ east: host, west: host }));
	const before = sites.calls().length;
	const expire = (...args: string[]) => run(["expire", "--stack", stack, "--hosts", hosts, ...args]);
	const received = () =>
		sites
			.calls()
			.slice(before)
			.flatMap(({ operation }) => operation ?? []);
	return { sites, expire, received };
}

const returned = { expendable: "everything", deletePolicy: "returnToResourcePool" };

test("a copy whose time has come is ended by its deletePolicy; a second time nothing is sent", async () => {
	const { sites, expire, received } = await stackWith(returned, past);
	const shown = await expire("--dry-run");
	expect(shown.out).toContain("ReturnToResourcePool (19) at west");
	expect(received()).toEqual([]);
	const ended = await expire();
	expect(ended.code, ended.err).toBe(0);
	expect(ended.out).toContain("drill: was ended");
	expect(received()).toEqual(["ReturnToResourcePool"]);
	expect(sites.look().disks.map(({ name }) => name)).not.toContain("Orders-Drill");
	const again = await expire("--json");
	expect(again.code, again.err).toBe(0);
	expect(JSON.parse(again.out)).toMatchObject([{ outcome: "gone" }]);
	expect(received()).toHaveLength(1);
});

test("one whose time has not come is left alone", async () => {
	const { expire, received } = await stackWith(returned, soon());
	const { code, out } = await expire();
	expect(code).toBe(0);
	expect(out).toContain("drill: ends at ");
	expect(received()).toEqual([]);
});

test("what expendable does not allow is told with its token, and not sent", async () => {
	const { expire, received } = await stackWith({ deletePolicy: "detach" }, past);
	const { code, out } = await expire();
	expect(code).toBe(1);
	expect(out).toMatch(/drill: was not ended: SR5001/);
	expect(out).toMatch(/needs approval: [0-9a-f-]+/);
	expect(received()).toEqual([]);
});
