import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../provider/executor/clock";
import { connectSimulator, Simulator } from "../../provider/hosts/simulator";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { EngineLog } from "../../provider/lifecycle/engineLog";
import { Session } from "../../provider/lifecycle/session";
import { update } from "../../provider/lifecycle/update";
import { temporaryFolder } from "../temporaryFolder";
import { run } from "./runCli";

/** A program whose relationship was suspended and whose source is lost now: its record is not empty. */
async function afterARun() {
	const folder = temporaryFolder("plan");
	const sites = await Simulator.create(join(folder, "arrays.json"), { speed: 50 });
	const session = () =>
		new Session(systemClock, new EngineLog(undefined), (name) => connectSimulator({ name, file: sites.file }));
	const given: Bag = {
		source: { host: "east", virtualDisk: "Orders" },
		target: { host: "west", virtualDisk: "Orders-DR" },
		resourceUrn: "urn:pulumi:dev::program::x::orders",
		__provider: "text",
	};
	const inputs = async (more: Bag, olds: Bag = {}) => ({
		...(await check(session(), olds, { ...given, ...more })).inputs,
		__provider: "text",
	});
	const { outs, id } = await create(session(), await inputs({}));
	const suspended = await update(session(), id, outs, await inputs({ state: "suspended" }, outs));
	await sites.array("east-array").lose();
	const file = (name: string, value: unknown) => {
		writeFileSync(join(folder, name), JSON.stringify(value));
		return join(folder, name);
	};
	const type = "pulumi-nodejs:dynamic/storageReplication:VirtualDiskReplication";
	return {
		sites,
		hosts: file("hosts.json", {
			east: { kind: "simulator", file: sites.file },
			west: { kind: "simulator", file: sites.file },
		}),
		stack: file("stack.json", {
			version: 3,
			deployment: { resources: [{ type: "other" }, { type, outputs: suspended.outs }] },
		}),
		failOver: async (approval: string) => {
			const wish = { state: "failedOver", lost: "source", approval };
			return update(session(), id, suspended.outs, await inputs(wish, suspended.outs));
		},
	};
}

const failover = ["--source", "east:Orders", "--target", "west:Orders-DR", "--state", "failedOver", "--lost", "source"];

test("the token that plan prints with the program's stack lets its update run, and is told with every way to hand it over", async () => {
	const { sites, hosts, stack, failOver } = await afterARun();
	const { code, out } = await run(["plan", "--hosts", hosts, "--stack", stack, ...failover]);
	expect(code).toBe(0);
	const token = /^needs approval: (\S+)$/m.exec(out)?.[1] ?? "";
	for (const way of [`approval: "${token}"`, "storageReplication:approvals", `STORAGE_REPLICATION_APPROVALS=${token}`])
		expect(out).toContain(way);
	const before = sites.calls().length;
	await failOver(token);
	expect(
		sites
			.calls()
			.slice(before)
			.map(({ operation }) => operation),
	).toEqual(["Failover"]);
});

test("without the stack it says whom its token fits, and that does not include a program that has run", async () => {
	const { sites, hosts, failOver } = await afterARun();
	const { out } = await run(["plan", "--hosts", hosts, ...failover]);
	expect(out).toContain("give --stack");
	const before = sites.calls().length;
	await expect(failOver(/^needs approval: (\S+)$/m.exec(out)?.[1] ?? "")).rejects.toThrow("SR5001");
	expect(sites.calls().length).toBe(before);
});

test("as JSON the token is a field of the answer, and a plan that takes nothing has none", async () => {
	const { hosts, stack } = await afterARun();
	const plan = async (...args: string[]) =>
		JSON.parse((await run(["plan", "--json", "--hosts", hosts, "--stack", stack, ...args])).out) as object;
	expect(await plan(...failover)).toMatchObject({
		needsApproval: true,
		approval: expect.stringMatching(/^[0-9a-f-]{14}$/),
	});
	expect(
		await plan(
			"--source",
			"west:Orders-DR",
			"--target",
			"east:Orders",
			"--state",
			"failedOver",
			"--lost",
			"target",
			"--failover-to",
			"source",
		),
	).toHaveProperty("approval");
	const holding = await plan(
		"--source",
		"east:Orders",
		"--target",
		"west:Orders-DR",
		"--state",
		"suspended",
		"--lost",
		"source",
	);
	expect(holding).not.toHaveProperty("approval");
});
