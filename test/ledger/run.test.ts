import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Host } from "../../provider/executor/host";
import { readLedger } from "../../provider/ledger/ledger";
import type { LedgerLine } from "../../provider/ledger/line";
import { readPlace } from "../../provider/ledger/place";
import type { Bag } from "../../provider/lifecycle/arguments";
import { create } from "../../provider/lifecycle/create";
import { remove } from "../../provider/lifecycle/delete";
import { diff } from "../../provider/lifecycle/diff";
import type { Session } from "../../provider/lifecycle/session";
import { update } from "../../provider/lifecycle/update";
import { inputsFor, messageOf, session, sites, useSites, warnings } from "../lifecycle/session";
import { temporaryFolder } from "../temporaryFolder";

useSites();
let journal = "";
beforeEach(() => {
	journal = join(temporaryFolder("ledger"), "ledger.jsonl");
});
afterEach(() => {
	delete process.env.STORAGE_REPLICATION_REASON;
});

/** A provider process of a stack that keeps a ledger. */
function keeping(change?: (host: Host) => void, config: Readonly<Record<string, string>> = {}): Session {
	const process = session(change);
	process.configure((key) => ({ "storageReplication:journal": journal, ...config })[key]);
	return process;
}

const lines = (): readonly LedgerLine[] => readLedger(readPlace(journal)).lines;
const told = () => lines().map(({ kind }) => kind);

async function adopted(more: Bag = {}): Promise<Bag> {
	return (await create(session(), await inputsFor(more))).outs;
}

describe("a run on the ledger", () => {
	test("is told from its plan to its end: who, why, what was seen, each call before and after", async () => {
		process.env.STORAGE_REPLICATION_REASON = "CHG-4711";
		const outs = await adopted();
		await update(keeping(), "id", outs, await inputsFor({ state: "suspended", reason: "a drill" }, outs));
		expect(lines()).toMatchObject([
			{
				kind: "runStarted",
				version: 1,
				stack: "dev",
				project: "program",
				name: "orders",
				source: { host: "east", virtualDisk: "Orders", id: "6000100000000001" },
				target: { host: "west", virtualDisk: "Orders-DR", id: "6000200000000001" },
				relationship: "Mirror",
				wish: "suspended",
				generation: 0,
				who: { from: expect.any(String), actor: expect.stringMatching(/./) },
				why: "CHG-4711",
				plan: [expect.stringMatching(/^1\. Suspend \(22\) at east: /)],
				planDigest: expect.stringMatching(/^[0-9a-f]{16}$/),
				consent: { by: "nothingNeeded" },
				before: "Synchronized",
				goesOnFrom: null,
			},
			{ kind: "callStarted", step: 1, of: 1, operation: "Suspend", number: 22, host: "east", virtualDisk: "Orders" },
			{ kind: "callEnded", step: 1, answer: { how: "answered", returnCode: 0, job: null } },
			{ kind: "stepProved", step: 1, seen: "Suspended" },
			{
				kind: "runEnded",
				stop: null,
				done: [expect.stringContaining("Suspend (22)")],
				failed: null,
				notTried: [],
				seen: "Suspended",
				dataSafe: "yes, nothing that was sent destroys writes.",
			},
		]);
		expect(new Set(lines().map(({ run }) => run)).size).toBe(1);
	});

	test("has its reason from the program, where the environment says none", async () => {
		const outs = await adopted();
		await update(keeping(), "id", outs, await inputsFor({ state: "suspended", reason: "a drill" }, outs));
		expect(lines()[0]).toMatchObject({ why: "a drill" });
	});

	test("whose call is on the ledger before the array has it", async () => {
		const outs = await adopted();
		const found: string[][] = [];
		const watching = keeping((host) => {
			const send = host.setReplicationRelationship.bind(host);
			host.setReplicationRelationship = (request) => {
				found.push(told());
				return send(request);
			};
		});
		await update(watching, "id", outs, await inputsFor({ state: "suspended" }, outs));
		expect(found).toEqual([["runStarted", "callStarted"]]);
	});

	test("that finds everything as wished has no line, nor has a reason that changed alone", async () => {
		const { outs } = await create(keeping(), await inputsFor({ reason: "the first" }));
		const inputs = await inputsFor({ reason: "another" }, outs);
		expect(await diff(keeping(), outs, inputs)).toMatchObject({ changes: false });
		await update(keeping(), "id", outs, inputs);
		expect(existsSync(journal)).toBe(false);
	});

	test("of a deletion is told like any other", async () => {
		const outs = await adopted();
		await remove(keeping(), "id", outs);
		expect(told()).toEqual(["runStarted", "callStarted", "callEnded", "stepProved", "runEnded"]);
		expect(lines()[0]).toMatchObject({ wish: "absent", plan: [expect.stringContaining("Detach")] });
	});

	test("that lacks consent is told with its plan and with what stopped it, and has no call", async () => {
		const outs = await adopted();
		await sites.host("east").down();
		const inputs = await inputsFor({ state: "failedOver", lost: "source" }, outs);
		const message = await messageOf(update(keeping(), "id", outs, inputs));
		expect(lines()).toMatchObject([
			{ kind: "runStarted", plan: [expect.stringContaining("Failover")], consent: { by: "nothing" } },
			{
				kind: "runEnded",
				stop: { code: "SR5001" },
				done: [],
				failed: null,
				notTried: [expect.stringContaining("Failover")],
				dataSafe: "yes, nothing was changed; running the plan would destroy writes.",
			},
		]);
		const token = /approval: "([^"]+)"/.exec(message)?.[1] ?? "none";
		await update(keeping(undefined, { "storageReplication:approvals": token }), "id", outs, inputs);
		expect(lines()[2]).toMatchObject({
			consent: { by: "approval", tokenDigest: expect.stringMatching(/^[0-9a-f]{16}$/) },
		});
		// Neither what was missing nor what was given could be used by who reads it.
		expect(readFileSync(journal, "utf8")).not.toContain(token);
	});

	test("that cannot read its array is told all the same", async () => {
		const outs = await adopted();
		const inputs = await inputsFor({ state: "suspended" }, outs);
		await sites.host("east").down();
		await messageOf(update(keeping(), "id", outs, inputs));
		expect(lines()).toMatchObject([
			{ kind: "runStarted", before: null, plan: [], planDigest: null, consent: null },
			{ kind: "runEnded", stop: { code: "SR4001" }, seen: null },
		]);
	});

	test("that is stopped by an answer tells the code, the step, and what was not tried", async () => {
		await sites.change((world) => {
			for (const array of world.arrays) array.profile = "srdf";
		});
		const outs = await adopted();
		await sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
		const inputs = await inputsFor({ state: "reversed" }, outs);
		await messageOf(update(keeping(), "id", outs, inputs));
		const steps = (inputs.plannedOperations as string[]).map((line) => line.replace(/^\d\. /, ""));
		expect(steps.length).toBeGreaterThan(1);
		expect(lines().slice(2)).toMatchObject([
			{ kind: "callEnded", answer: { how: "answered", returnCode: 5 } },
			{ kind: "runEnded", stop: { code: "SR3001" }, done: [], failed: steps[0], notTried: steps.slice(1) },
		]);
	});

	test("whose call was cut off says so, and one that no host took says that it was not sent", async () => {
		const outs = await adopted();
		await sites.addFault({ kind: "cutOff", effect: true, times: 1 });
		const inputs = await inputsFor({ state: "suspended" }, outs);
		const { outs: suspended } = await update(keeping(), "id", outs, inputs);
		expect(lines()[2]).toMatchObject({ kind: "callEnded", answer: { how: "cutOff" } });
		journal = `${journal}.other.jsonl`;
		const unreached = keeping((host) => {
			host.setReplicationRelationship = () => Promise.reject(new Error("no PowerShell"));
		});
		await messageOf(update(unreached, "id", suspended, await inputsFor({}, suspended)));
		expect(lines().slice(2)).toMatchObject([
			{ kind: "callEnded", answer: { how: "notSent" } },
			{ kind: "runEnded", stop: { code: "SR9000" }, failed: expect.stringContaining("Resume") },
		]);
	});

	test("of disks whose names are secret tells neither names nor ids", async () => {
		const outs = await adopted();
		const inputs = await inputsFor({ state: "suspended", secretNames: true }, outs);
		await update(keeping(), "id", outs, inputs);
		const text = readFileSync(journal, "utf8");
		expect(text).not.toMatch(/Orders|6000[12]0000/);
		expect(lines()[0]).toMatchObject({ source: { host: "east" }, pair: expect.stringMatching(/^[0-9a-f]{32}$/) });
	});
});

describe("a ledger that cannot be used", () => {
	test("stops the run before anything is sent (SR5009), and the remedy is followed", async () => {
		const outs = await adopted();
		const inputs = await inputsFor({ state: "suspended" }, outs);
		journal = join(journal, "no", "such", "folder.jsonl");
		const message = await messageOf(update(keeping(), "id", outs, inputs));
		expect(message).toMatch(/^SR5009: .*cannot be written: ENOENT.*Data safe: yes, nothing was sent\./);
		expect(sites.calls()).toEqual([]);
		mkdirSync(dirname(journal), { recursive: true });
		await update(keeping(), "id", outs, inputs);
		expect(told()).toContain("callStarted");
	});

	test("that cannot be read stops it as well: a call of a killed run could be in it", async () => {
		const outs = await adopted();
		const inputs = await inputsFor({ state: "suspended" }, outs);
		mkdirSync(join(journal, "not-a-file.jsonl"), { recursive: true });
		expect(await messageOf(update(keeping(), "id", outs, inputs))).toMatch(/^SR5009: .*cannot be read: EISDIR/);
		expect(sites.calls()).toEqual([]);
	});

	// Where Windows tells such a path from one that does not exist, it does so by no code of its own.
	test.each(["sub.jsonl", "sub/", ...(process.platform === "win32" ? [] : ["sub"])])(
		"in a file where a folder should be, as %s, stops it: nothing is read there, and nothing can be written",
		async (name) => {
			const outs = await adopted();
			const inputs = await inputsFor({ state: "suspended" }, outs);
			const file = `${journal}-file`;
			writeFileSync(file, "");
			journal = `${file}/${name}`;
			const run = keeping();
			const message = await messageOf(update(run, "id", outs, inputs));
			expect(message).toMatch(
				/^SR5009: .*(a part of its path is a file, and no folder|ENOENT).*Data safe: yes, nothing was sent/,
			);
			expect(sites.calls()).toEqual([]);
			const preview = await diff(keeping(), outs, inputs);
			expect(preview).toMatchObject({ changes: true });
			expect(warnings.join("\n")).toContain("SR5009");
		},
	);

	test("from the second step on stops before that step, and what was done is saved", async () => {
		await sites.change((world) => {
			for (const array of world.arrays) array.profile = "srdf";
		});
		const outs = await adopted();
		const spoiling = keeping((host) => {
			const send = host.setReplicationRelationship.bind(host);
			host.setReplicationRelationship = (request) => {
				rmSync(journal, { force: true });
				mkdirSync(journal, { recursive: true });
				return send(request);
			};
		});
		const message = await messageOf(update(spoiling, "id", outs, await inputsFor({ state: "reversed" }, outs)));
		expect(message).toMatch(/^SR5009: .*Done: Failover .*Not tried: ReverseRoles/);
		expect(sites.calls()).toMatchObject([{ operation: "Failover" }]);
		expect(warnings.join()).toMatch(/journal cannot be written/);
	});

	test.each([["neither exists nor says what it is to be", () => join(journal, "..", "ledger")]])(
		"that %s is a mistake in the configuration",
		async (_, place) => {
			const outs = await adopted();
			const inputs = await inputsFor({ state: "suspended" }, outs);
			journal = place();
			expect(await messageOf(update(keeping(), "id", outs, inputs))).toMatch(/^SR2007: .*end a file's name in \.jsonl/);
			expect(sites.calls()).toEqual([]);
		},
	);
});

describe("the places of a ledger", () => {
	test("a folder: a file for each process, in the order of their beginning", async () => {
		journal = `${journal}-folder/`;
		let outs = await adopted();
		for (const state of ["suspended", "active"]) {
			({ outs } = await update(keeping(), "id", outs, await inputsFor({ state }, outs)));
		}
		expect(lines().flatMap((line) => (line.kind === "runStarted" ? [line.wish] : []))).toEqual(["suspended", "active"]);
	});

	test("a file that ends in a torn line is gone on with on a new one", async () => {
		writeFileSync(journal, '{"version":1,"run":"x","ki');
		const outs = await adopted();
		await update(keeping(), "id", outs, await inputsFor({ state: "suspended" }, outs));
		const { lines: read, bad } = readLedger(readPlace(journal));
		expect([read.length, bad]).toEqual([5, [{ file: journal, line: 1, what: "not JSON" }]]);
	});
});
