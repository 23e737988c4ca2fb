import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { type OperationOptions, requestFor, withOptions } from "../../cli/operationOptions";
import { SimulatedClock } from "../../provider/executor/clock";
import { Hosts } from "../../provider/executor/hosts";
import { lookAt } from "../../provider/executor/outlook";
import { runTransition } from "../../provider/executor/transition";
import { defaultLimits } from "../../provider/executor/wish";
import { type CopyKind, connectSimulator, Simulator } from "../../provider/hosts/simulator";
import { errorCodes } from "../../provider/model/errorCodes";
import type { Operation } from "../../provider/model/relationship";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { codeOf } from "../executor/site";
import { temporaryFolder } from "../temporaryFolder";

test("--timeout, in minutes or as a duration, bounds every wait of the run", () => {
	const limitsOf = (...args: string[]) => {
		const command = withOptions(new Command());
		command.parse(["node", "operation", "--source", "east:Orders", "--target", "west:Orders-DR", ...args]);
		return requestFor("Suspend", command.opts()).wish.limits;
	};
	for (const [given, ms] of [
		["2", 120_000],
		["90s", 90_000],
	] as const) {
		expect(limitsOf("--timeout", given)).toEqual({ transitionMs: ms, syncMs: ms, deleteMs: ms });
	}
	expect(limitsOf()).toEqual(defaultLimits);
});

/** Orders with a mirror at the other site and one copy beside it. */
async function site(kind: CopyKind) {
	const clock = new SimulatedClock(1_000_000);
	const now = () => clock.now();
	const file = join(temporaryFolder("copies"), "arrays.json");
	const sites = await Simulator.create(file, {
		now,
		pairs: [{ source: "Orders", target: "Orders-DR" }],
		copies: [{ source: "Orders", target: "Orders-copy", kind }],
	});
	const options: Omit<OperationOptions, "approve"> = {
		source: { host: "east", virtualDisk: "Orders" },
		target: { host: "east", virtualDisk: "Orders-copy" },
		kind: kind === "Snapshot" ? "snapshot" : "clone",
	};
	const hosts = new Hosts((name) => connectSimulator({ name, file, now }), clock);
	const run = (operation: Operation, approve?: string) =>
		runTransition(requestFor(operation, { ...options, ...(approve === undefined ? {} : { approve }) }), {
			hosts,
			clock,
			fence: async () => {},
			report: () => {},
		});
	return {
		sites,
		run,
		token: async (operation: Operation) =>
			(await lookAt(requestFor(operation, options), hosts, { freshness: "fresh" })).token ?? undefined,
		received: () => sites.calls().map(({ operation, method }) => operation ?? method),
		copy: () => {
			clock.advance(60_000);
			return sites.look().relationships.find(({ syncType }) => syncType !== 6);
		},
	};
}

describe("on request, of a copy", () => {
	test("a snapshot is taken anew, held no more, taken again and given back with its disk, each with a token", async () => {
		const { sites, run, token, received, copy } = await site("Snapshot");
		const steps: readonly (readonly [Operation, number | null])[] = [
			["ResyncReplica", states.Synchronized],
			["Deactivate", states.Inactive],
			["Activate", states.Synchronized],
			["ReturnToResourcePool", null],
		];
		for (const [operation, expected] of steps) {
			// Some time passes: an image of the same moment would be no other one.
			copy();
			await sites.write("Orders");
			const approval = await token(operation);
			if (approval !== undefined) expect(await codeOf(run(operation)), operation).toBe(errorCodes.approvalMissing);
			expect(approval !== undefined, operation).toBe(operation !== "Activate");
			await run(operation, approval);
			expect(copy()?.copyState ?? null, operation).toBe(expected);
		}
		expect(received()).toEqual(steps.map(([operation]) => operation));
		expect(sites.look().disks.map(({ name }) => name)).not.toContain("Orders-copy");
	});

	test("a retake of which nothing is reported is not told as done", async () => {
		const { sites, run, token, received } = await site("Snapshot");
		await sites.addFault({ kind: "returnCode", code: 0, effect: false, times: 1 });
		expect(await codeOf(run("ResyncReplica", await token("ResyncReplica")))).toBe(errorCodes.onceUnproven);
		expect(received()).toEqual(["ResyncReplica"]);
	});

	test("a restore onto the source of a mirror that is not split is refused, and nothing is sent", async () => {
		const { run, received } = await site("Snapshot");
		expect(await codeOf(run("RestoreFromReplica"))).toBe(errorCodes.mirrorMustBeSplit);
		expect(received()).toEqual([]);
	});

	test("a complete clone is let go without a token, and the mirror is not touched", async () => {
		const { sites, run, received, copy } = await site("Clone");
		await run("Detach");
		expect(received()).toEqual(["Detach"]);
		expect(copy()).toBeUndefined();
		expect(sites.look().relationships).toMatchObject([{ syncType: 6, copyState: states.Synchronized }]);
	});

	test("no operation for roles reaches a copy", async () => {
		const { run, received } = await site("Clone");
		for (const operation of ["Failover", "Failback", "ReverseRoles"] as const) {
			expect(await codeOf(run(operation)), operation).toMatch(/^SR10(30|40)$/);
		}
		expect(received()).toEqual([]);
	});
});
