import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";

import { connectHosts } from "../../provider/hosts/hostsConfig";
import { connectSimulator, Simulator } from "../../provider/hosts/simulator";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { remove } from "../../provider/lifecycle/delete";
import { EngineLog } from "../../provider/lifecycle/engineLog";
import { Session } from "../../provider/lifecycle/session";
import { hastyClock } from "../hastyClock";
import { temporaryFolder } from "../temporaryFolder";

let sites: Simulator;
beforeEach(async () => {
	sites = await Simulator.create(join(temporaryFolder("mistakes"), "arrays.json"), { speed: 50 });
});

const session = () => {
	const configured = {
		east: { kind: "simulator", file: sites.file },
		west: { kind: "simulator", file: sites.file },
	} as const;
	const connect = (name: string) =>
		Object.hasOwn(configured, name) ? connectSimulator({ name, file: sites.file }) : connectHosts(configured)(name);
	return new Session(hastyClock, new EngineLog(undefined), connect);
};
const end = (host: string, virtualDisk: string) => ({ host, virtualDisk });
const orders: Bag = { source: end("east", "Orders"), target: end("west", "Orders-DR"), resourceUrn: "urn::one" };

test.each([
	["an unknown host", { source: end("est", "Orders") }, /SR2004.*"est".*known: east, west/],
	["a disk that is not there, with the nearest", { source: end("east", "Ordes") }, /SR2005.*nearest: Orders/],
	["one disk at both ends", { target: end("east", "orders") }, /SR2002/],
	["an objective that is no whole number", { recoveryPointObjectiveMinutes: 1.5 }, /SR2001.*recoveryPointObjective/],
	["a limit of nothing", { timeouts: { syncMinutes: 0 } }, /SR2001.*timeouts\.syncMinutes/],
])("%s fails check and sends nothing", async (_, more, reason) => {
	const { failures } = await check(session(), {}, { ...orders, ...more });
	expect(failures[0]?.reason).toMatch(reason);
	expect(sites.calls()).toEqual([]);
});

test("a pair is declared once in a program, the other way round included; the same resource may ask again", async () => {
	const one = session();
	const failuresOf = async (more: Bag) => (await check(one, {}, { ...orders, ...more })).failures;
	expect(await failuresOf({})).toEqual([]);
	expect(await failuresOf({})).toEqual([]);
	expect((await failuresOf({ resourceUrn: "urn::two" }))[0]?.reason).toMatch(/SR2003.*one/);
	const swapped = { source: orders.target, target: orders.source, state: "reversed", resourceUrn: "urn::three" };
	expect((await failuresOf(swapped))[0]?.reason).toContain("SR2003");
});

test.each(["detach", "dissolve"])(
	"delete by %s ends it at both hosts and leaves both disks whole",
	async (deletePolicy) => {
		const { inputs } = await check(session(), {}, { ...orders, deletePolicy });
		const { outs, id } = await create(session(), inputs);
		await remove(session(), id, outs);
		expect(sites.look().relationships.map(({ source }) => source)).toEqual(["6000100000000002"]);
		expect(sites.writes("Orders-DR")).toEqual({ lost: 0, lacking: 10 });
		expect(sites.calls()).toMatchObject([
			{ operation: deletePolicy === "detach" ? "Detach" : "Dissolve", effect: true },
		]);
	},
);
