import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
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

const mirror: Bag = {
	source: { host: "east", virtualDisk: "Orders" },
	target: { host: "west", virtualDisk: "Orders-DR" },
};
const groups: Bag = {
	kind: "Group",
	source: { host: "east", group: "Sales" },
	target: { host: "west", group: "Sales-DR" },
};

/** A program whose relationship was suspended and whose source is lost now: its record is not empty. */
async function afterARun(declared = mirror) {
	const folder = temporaryFolder("plan");
	const sites = await Simulator.create(join(folder, "arrays.json"), {
		speed: 50,
		groups: declared === groups ? [{ source: "Sales", target: "Sales-DR", members: ["Orders", "Ledger"] }] : [],
	});
	const session = () =>
		new Session(systemClock, new EngineLog(undefined), (name) => connectSimulator({ name, file: sites.file }));
	const given: Bag = { ...declared, resourceUrn: "urn:pulumi:dev::program::x::orders", __provider: "text" };
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
	const className = declared === groups ? "GroupReplication" : "VirtualDiskReplication";
	const type = `pulumi-nodejs:dynamic/storageReplication:${className}`;
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

const failoverOfGroups = ["--source-group", "east:Sales", "--target-group", "west:Sales-DR", ...failover.slice(4)];

test.each([
	["of two disks", mirror, failover],
	["of two groups", groups, failoverOfGroups],
])(
	"the token that plan prints with the program's stack, %s, lets its update run, and is told with every way to hand it over",
	async (_, declared, ends) => {
		const { sites, hosts, stack, failOver } = await afterARun(declared);
		const { code, out } = await run(["plan", "--hosts", hosts, "--stack", stack, ...ends]);
		expect(code).toBe(0);
		const token = /^needs approval: (\S+)$/m.exec(out)?.[1] ?? "";
		for (const way of [
			`approval: "${token}"`,
			"storageReplication:approvals",
			`STORAGE_REPLICATION_APPROVALS=${token}`,
		])
			expect(out).toContain(way);
		const before = sites.calls().length;
		await failOver(token);
		expect(
			sites
				.calls()
				.slice(before)
				.map(({ operation }) => operation),
		).toEqual(["Failover"]);
	},
);

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

describe("one relationship that is observed", () => {
	const ofGroups = ["--source-group", "simulator:Sales", "--target-group", "simulator:Sales-DR"];
	const ofCopy = (kind: string) => ["--kind", kind, "--source", "simulator:Orders"];

	test.each([
		[["--state", "active", "--consistency", "true", ...ofGroups], /^1\. ActivateConsistency \(3\)/],
		[
			["--state", "active", "--pair", "Orders=Orders-DR", ...ofGroups],
			/^1\. RemoveSyncPair \(13\) at simulator for 6000100000000002/,
		],
		[["--state", "absent", ...ofCopy("snapshot"), "--target", "simulator:Orders-Snapshot"], /^1\. Dissolve \(9\)/],
		[
			["--state", "inactive", ...ofCopy("snapshot"), "--target", "simulator:Orders-Snapshot"],
			/^1\. Deactivate \(7\).*\[dataLoss: writes of Orders-Snapshot\]\nneeds approval/,
		],
		[["--state", "detached", ...ofCopy("clone"), "--target", "simulator:Orders-Clone"], /^1\. Detach \(8\)/],
	])("%j", async (args, line) => {
		const cwd = temporaryFolder("plan");
		await run(["simulator", "init", "--related", "--groups", "--copies"], { cwd });
		const { code, out } = await run(["plan", ...args], { cwd });
		expect(out).toMatch(line);
		expect(code).toBe(0);
	});

	test.each([
		["groups of which one is missing", ["--source-group", "simulator:Sales", "--state", "active"]],
		["groups and a disk", [...ofGroups, "--source", "simulator:Orders", "--state", "active"]],
		["groups of copies", [...ofGroups, "--kind", "clone", "--state", "active"]],
		["pairs of a pair", [...ofCopy("mirror"), "--target", "simulator:Orders-DR", "--pair", "a=b", "--state", "active"]],
		["no state", ofGroups],
	])("%s: a wrong command line", async (_, args) => {
		expect(await run(["plan", ...args])).toMatchObject({ code: 2, out: "" });
	});
});
