import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyRecord, type RelationshipRecord } from "../../provider/executor/record";
import { wishFor } from "../../provider/executor/wish";
import { withKilledRun } from "../../provider/ledger/killedRun";
import { isOfPair, pairOf } from "../../provider/ledger/pair";
import { readLines } from "../../provider/ledger/readLines";
import { type LedgerCall, type LedgerRun, runsIn } from "../../provider/ledger/runs";
import type { Bag } from "../../provider/lifecycle/arguments";
import { create } from "../../provider/lifecycle/create";
import { remove } from "../../provider/lifecycle/delete";
import { diff } from "../../provider/lifecycle/diff";
import { runOnLedger } from "../../provider/lifecycle/onLedger";
import type { Session } from "../../provider/lifecycle/session";
import { update } from "../../provider/lifecycle/update";
import type { Operation } from "../../provider/model/relationship";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { heard, inputsFor, messageOf, sites, useSites } from "../lifecycle/session";
import { type Kept, killedIn, startProcess, told, useLedger } from "./killedProcess";

useSites();
useLedger();

/** Runs until the array has taken the call, and then no more. */
function killedAfterCall(kept: Kept, run: (session: Session) => Promise<unknown>, calls = 1): Promise<void> {
	let made = 0;
	return killedIn(kept, run, (host, die) => {
		const send = host.setReplicationRelationship.bind(host);
		host.setReplicationRelationship = async (request) => {
			const answer = await send(request);
			return ++made < calls ? answer : die();
		};
	});
}

const received = () => sites.calls().map(({ operation, method }) => operation ?? method);
/** Simulated: later than the next run's first look, and within the minute that any operation has. */
const late = { kind: "late", ms: 30_000, times: 1 } as const;

describe("a run that is killed between its call and an effect that comes late", () => {
	test.each([
		["with a ledger", ["Failover"]],
		["without one", ["Failover", "Failover"]],
	] as const)("%s: the array receives %j", async (kept, calls) => {
		const { outs } = await create(startProcess(kept), await inputsFor({}));
		const inputs = await inputsFor({ state: "failedOver" }, outs);
		await sites.addFault(late);
		await killedAfterCall(kept, (dying) => update(dying, "id", outs, inputs));
		expect(await diff(startProcess(kept), outs, inputs)).toMatchObject({ changes: true });
		const next = await update(startProcess(kept), "id", outs, inputs);
		expect(next.outs).toMatchObject({ copyState: "Failedover" });
		expect(received()).toEqual(calls);
	});

	test.each([
		["with a ledger", ["Suspend"]],
		["without one", ["Suspend", "Suspend"]],
	] as const)("in the first create, of which no state knows, %s: the array receives %j", async (kept, calls) => {
		const inputs = await inputsFor({ state: "suspended" });
		await sites.addFault(late);
		await killedAfterCall(kept, (dying) => create(dying, inputs));
		const { outs } = await create(startProcess(kept), inputs);
		expect(outs).toMatchObject({ copyState: "Suspended" });
		expect(received()).toEqual(calls);
	});

	test.each([
		["with a ledger", ["Detach"]],
		["without one", ["Detach", "Detach"]],
	] as const)("in a destroy, %s: the array receives %j", async (kept, calls) => {
		const { outs } = await create(startProcess(kept), await inputsFor({}));
		await sites.addFault(late);
		await killedAfterCall(kept, (dying) => remove(dying, "id", outs));
		await remove(startProcess(kept), "id", outs);
		expect(sites.look().relationships).toEqual([]);
		expect(received().slice(0, 2)).toEqual(calls.slice(0, 2));
	});
});

/** A run that made these calls and no more. */
function runWith(...calls: LedgerCall["started"][]): LedgerRun {
	const [run] = runsIn(readLines(readFileSync(join(__dirname, "oneRun.jsonl"), "utf8")).lines);
	if (run === undefined) throw new Error("oneRun.jsonl has a run");
	const made = calls.map((started) => ({ started, ended: null }));
	return { ...run, steps: [{ step: 1, of: 1, calls: made, proved: null }], ended: null };
}

describe("the run after one that was killed", () => {
	async function killedInFailover(): Promise<{ outs: Bag; inputs: Bag }> {
		const { outs } = await create(startProcess("with a ledger"), await inputsFor({}));
		const inputs = await inputsFor({ state: "failedOver" }, outs);
		await killedAfterCall("with a ledger", (dying) => update(dying, "id", outs, inputs));
		await sites.advance(60_000);
		return { outs, inputs };
	}

	test("says on the ledger which one it goes on from, even if nothing is left to do, and only once", async () => {
		const { outs, inputs } = await killedInFailover();
		const next = await update(startProcess("with a ledger"), "id", outs, inputs);
		const [killed] = told();
		expect(told().slice(2)).toMatchObject([
			{ kind: "runStarted", plan: [], goesOnFrom: killed?.run, before: "Failedover" },
			{ kind: "runEnded", stop: null, done: [] },
		]);
		const lines = told().length;
		expect(await diff(startProcess("with a ledger"), next.outs, inputs)).toMatchObject({ changes: false });
		await update(startProcess("with a ledger"), "id", next.outs, inputs);
		expect(told().length).toBe(lines);
		expect(received()).toEqual(["Failover"]);
	});

	test("does not call roles that it moved a stranger's, in preview or up", async () => {
		const { outs } = await killedInFailover();
		const back = await inputsFor({}, outs);
		heard.length = 0;
		await diff(startProcess("with a ledger"), outs, back);
		expect(heard.join("\n")).not.toContain("SR5003");
		const message = await messageOf(update(startProcess("with a ledger"), "id", outs, back));
		expect(message).not.toContain("SR5003");
		// Without it nobody could know.
		expect(await messageOf(update(startProcess("without one"), "id", outs, back))).toContain("SR5003");
	});

	test("nor roles that an earlier call of it moved", async () => {
		await sites.change((world) => {
			for (const array of world.arrays) array.profile = "srdf";
		});
		const { outs } = await create(startProcess("with a ledger"), await inputsFor({}));
		const inputs = await inputsFor({ state: "reversed" }, outs);
		await killedAfterCall("with a ledger", (dying) => update(dying, "id", outs, inputs), 3);
		expect(received()).toEqual(["Failover", "ReverseRoles", "Resume"]);
		await sites.advance(60_000);
		const back = await inputsFor({}, outs);
		heard.length = 0;
		await diff(startProcess("without one"), outs, back);
		expect(heard.join("\n")).toContain("SR5003");
		heard.length = 0;
		await diff(startProcess("with a ledger"), outs, back);
		expect(heard.join("\n")).not.toContain("SR5003");
	});

	test("believes of no disk that it holds nothing of its own, nor that it is whole, if a call may have changed that", () => {
		const of = (operation: string, copyState: string) => {
			const common = { version: 1 as const, run: "killed", at: "2026-11-29T10:00:00.000Z" };
			const until = { copyState, direction: "forward" as const };
			const call = {
				...common,
				kind: "callStarted" as const,
				step: 1,
				of: 1,
				operation,
				number: 1,
				host: "east",
				until,
			};
			return runWith(call);
		};
		const known: RelationshipRecord = {
			...emptyRecord,
			copyState: "Suspended",
			ahead: { source: "yes", target: "no" },
			targetConsistent: true,
			sourceConsistent: true,
		};
		expect(withKilledRun(known, of("Failover", "Failedover"))).toMatchObject({
			ahead: { source: "yes", target: null },
			targetConsistent: true,
			interrupted: { operation: "Failover", sentAt: "2026-11-29T10:00:00.000Z", rolesMoved: true },
		});
		expect(withKilledRun(known, of("Resume", "Synchronized"))).toMatchObject({
			targetConsistent: null,
			sourceConsistent: null,
		});
		expect(withKilledRun(known, of("Failback", "Synchronized"))).toMatchObject({
			ahead: { source: "yes", target: "yes" },
			sourceConsistent: false,
		});
		// What an earlier run had only been about to send explains no roles; what it sent does, whatever came after it.
		const stopped = { operation: "ReverseRoles", step: 2, of: 3, at: "2026-11-29T09:00:00.000Z" };
		const afterStop = (interrupted: RelationshipRecord["interrupted"]) =>
			withKilledRun({ ...known, interrupted }, of("Resume", "Synchronized")).interrupted?.rolesMoved;
		expect(afterStop(stopped)).toBeUndefined();
		expect(afterStop({ ...stopped, sentAt: stopped.at })).toBe(true);
		// One that was proven left a whole disk, which serves and takes writes since.
		const run = of("Failback", "Synchronized");
		for (const step of run.steps) {
			const { run: id, at } = run.started;
			step.proved = {
				version: 1,
				run: id,
				at,
				step: 1,
				of: 1,
				kind: "stepProved",
				seen: "Synchronized",
				durationMs: 1,
			};
		}
		expect(withKilledRun(known, run)).toMatchObject({
			ahead: { source: "yes", target: null },
			targetConsistent: null,
			sourceConsistent: null,
		});
		expect(withKilledRun(null, of("CreateReplica", "Synchronized"))).toMatchObject({
			ahead: { source: null, target: null },
			interrupted: { operation: "create" },
		});
	});

	test("waits for nothing that was not sent", async () => {
		const { outs } = await create(startProcess("with a ledger"), await inputsFor({}));
		const inputs = await inputsFor({ state: "suspended" }, outs);
		const unreached = startProcess("with a ledger", (host) => {
			host.setReplicationRelationship = () => Promise.reject(new Error("no PowerShell"));
		});
		await messageOf(update(unreached, "id", outs, inputs));
		expect(told().map(({ kind }) => kind)).toContain("callEnded");
		expect(await diff(startProcess("with a ledger"), outs, await inputsFor({}, outs))).toMatchObject({
			changes: false,
		});
	});

	test("is one of the same pair: ids decide where both know them, else resource or declared disks", () => {
		const { started } = runWith();
		const asked = (urn: string, virtualDisk: string, known: string | null) => ({
			urn,
			declared: {
				ends: { source: { host: "west", virtualDisk: "Orders-DR" }, target: { host: "east", virtualDisk } },
				lost: null,
				knownIds: { source: "6000200000000001", target: known },
			},
		});
		expect(isOfPair(started, asked("another", "renamed", "6000100000000001"))).toBe(true);
		expect(isOfPair(started, asked(started.urn ?? "", "Orders", "6000100000000007"))).toBe(false);
		expect(isOfPair(started, asked("another", "orders", null))).toBe(true);
		expect(isOfPair(started, asked(started.urn ?? "", "another", null))).toBe(true);
		expect(isOfPair(started, asked("another", "another", null))).toBe(false);
		expect(isOfPair({ ...started, urn: null }, asked("", "another", null))).toBe(false);
	});

	test("is not one of a copy of the same two disks, nor of two groups of their names; a line that tells no kind is a mirror's", () => {
		const { started } = runWith();
		expect(started).not.toHaveProperty("relationship");
		const ends = {
			source: { host: "east", virtualDisk: "Orders" },
			target: { host: "west", virtualDisk: "Orders-DR" },
		};
		const ofGroups = {
			source: { ...ends.source, subject: "group" as const },
			target: { ...ends.target, subject: "group" as const },
		};
		const ids = { source: "6000100000000001", target: "6000200000000001" };
		const nobody = { source: null, target: null };
		const told = {
			Mirror: {},
			Snapshot: { kind: "Snapshot" },
			Clone: { kind: "Clone" },
			Group: { ends: ofGroups },
		} as const;
		for (const knownIds of [ids, nobody]) {
			for (const relationship of ["Mirror", "Group", "Snapshot", "Clone"] as const) {
				const line = { ...started, relationship, pair: pairOf(ids, relationship) };
				const found = (["Mirror", "Group", "Snapshot", "Clone"] as const).filter((kind) =>
					isOfPair(line, { urn: "another", declared: { ends, lost: null, knownIds, ...told[kind] } }),
				);
				expect(found, String(knownIds.source)).toEqual([relationship]);
			}
			const declared = { ends, lost: null, knownIds };
			expect(isOfPair(started, { urn: "another", declared })).toBe(true);
			expect(isOfPair(started, { urn: "another", declared: { ...declared, kind: "Snapshot" } })).toBe(false);
			const offloaded = { ...started, relationship: "Clone" as const, pair: pairOf(ids, "Clone") };
			expect(isOfPair(offloaded, { urn: "another", declared: { ...declared, kind: "TokenizedClone" } })).toBe(true);
		}
	});

	test("that only failed to reach its hosts leaves it for the next one", async () => {
		const { outs, inputs } = await killedInFailover();
		for (const host of ["east", "west"]) await sites.host(host).down();
		expect(await messageOf(update(startProcess("with a ledger"), "id", outs, inputs))).toContain("SR4001");
		for (const host of ["east", "west"]) await sites.host(host).up();
		await diff(startProcess("with a ledger"), outs, await inputsFor({}, outs));
		expect(heard.join("\n")).not.toContain("SR5003");
	});

	test("and after one that was saved elsewhere since knows better by its record", async () => {
		const { outs } = await killedInFailover();
		const inputs = await inputsFor({ state: "failedOver" }, outs);
		const { outs: saved } = await update(startProcess("without one"), "id", outs, inputs);
		const asked = await messageOf(update(startProcess("without one"), "id", saved, await inputsFor({}, saved)));
		const approval = /approval: "([^"]+)"/.exec(asked)?.[1];
		const { outs: later } = await update(
			startProcess("without one"),
			"id",
			saved,
			await inputsFor({ approval }, saved),
		);
		expect(later.record).toMatchObject({ generation: 1 });
		await sites.changeRoles("Orders");
		heard.length = 0;
		await diff(startProcess("with a ledger"), later, await inputsFor({}, later));
		expect(heard.join("\n")).toContain("SR5003");
	});

	test("that was refused its call waits for nothing", async () => {
		const { outs } = await create(startProcess("with a ledger"), await inputsFor({}));
		const inputs = await inputsFor({ state: "suspended" }, outs);
		await sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
		await messageOf(update(startProcess("with a ledger"), "id", outs, inputs));
		expect(await diff(startProcess("with a ledger"), outs, await inputsFor({}, outs))).toMatchObject({
			changes: false,
		});
	});
});

describe("a copy whose create was killed when the array had made it", () => {
	test.each(["with a ledger", "without one"] as const)("%s: its triggers count as done", async (kept) => {
		const clone = { kind: "Clone", target: { virtualDisk: "Orders-Clone", storagePool: "Pool" }, triggers: 1 };
		await killedIn(
			kept,
			async (dying) => create(dying, await inputsFor(clone)),
			(host, die) => {
				const { createReplica } = host;
				host.createReplica = async (request) => {
					await createReplica.call(host, request);
					return die();
				};
			},
		);
		await sites.advance(60_000);
		const from = received().length;
		const inputs = await inputsFor(clone);
		const { outs } = await create(startProcess(kept), inputs);
		expect(outs.record).toMatchObject({ copy: { triggersDone: expect.any(String) } });
		expect(await diff(startProcess(kept), outs, await inputsFor(clone, outs))).toMatchObject({ changes: false });
		expect(received().slice(from)).toEqual([]);
	});
});

describe("a restore that was killed before its end was seen", () => {
	test.each([
		["with a ledger", "SR1033", []],
		["without one", "no error", ["ResyncReplica"]],
	] as const)("%s: a retake is %s after it broke off", async (kept, code, calls) => {
		await sites.array("east-array").copies("Snapshot", { afterRestore: "Broken" });
		await sites.change((world) => {
			for (const mirror of world.relationships) mirror.copyState = states.Split;
		});
		const snapshot = (more: Bag, olds?: Bag) =>
			inputsFor(
				{
					kind: "Snapshot",
					target: { virtualDisk: "Orders-Snap", storagePool: "Pool" },
					expendable: "everything",
					...more,
				},
				olds,
			);
		const { outs } = await create(startProcess(kept), await snapshot({ triggers: 1 }));
		const asked = await snapshot({ triggers: 1, restore: "INC-1" }, outs);
		const text = await messageOf(update(startProcess("without one"), "id", outs, asked));
		const [, approval] = /approval: "([^"]+)"/.exec(text) ?? [];
		await killedAfterCall(kept, (dying) => update(dying, "id", outs, { ...asked, approval }));
		if (kept === "with a ledger") expect(told()[0]).toMatchObject({ relationship: "Snapshot" });
		await sites.advance(60_000);
		const from = received().length;
		const retake = await snapshot({ triggers: 2 }, outs);
		expect(await messageOf(update(startProcess(kept), "id", outs, retake))).toContain(code);
		expect(received().slice(from)).toEqual(calls);
	});

	test("is open only where nothing proved it, and where there is a copy", () => {
		const copy = { triggersDone: null, restoreDone: null, syncTime: null, ended: null, restoreOpen: false };
		const common = { version: 1 as const, run: "killed", at: "2026-11-29T10:00:00.000Z", step: 1, of: 2 };
		const run = runWith({
			...common,
			kind: "callStarted",
			operation: "RestoreFromReplica",
			number: 15,
			host: "east",
			until: { copyState: "Synchronized", direction: "forward" },
		});
		const [step] = run.steps;
		const known = { ...emptyRecord, copy };
		expect(withKilledRun(known, run).copy?.restoreOpen).toBe(true);
		expect(withKilledRun(emptyRecord, run)).not.toHaveProperty("copy");
		if (step !== undefined) step.proved = { ...common, kind: "stepProved", seen: "Synchronized", durationMs: 1 };
		expect(withKilledRun(known, run).copy?.restoreOpen).toBe(false);
	});
});

describe("an operation on request that was killed", () => {
	async function onRequest(dying: Session, operation: Operation) {
		const ends = {
			source: { host: "east", virtualDisk: "Orders" },
			target: { host: "west", virtualDisk: "Orders-DR" },
		};
		const request = {
			declared: { ends, lost: null, knownIds: { source: null, target: null } },
			wish: wishFor({ state: "operation", operation }),
			record: null,
		};
		const { hosts, clock } = dying;
		return runOnLedger(dying, { request, urn: "" }, { hosts, clock, fence: async () => {}, report: () => {} });
	}

	/** A program that has sent something, so that its record is further on than the operation, which has none. */
	async function afterARun(): Promise<Bag> {
		const { outs } = await create(startProcess("with a ledger"), await inputsFor({ syncMode: "synchronous" }));
		const asynchronous = await inputsFor({ syncMode: "asynchronous" }, outs);
		const { outs: changed } = await update(startProcess("with a ledger"), "id", outs, asynchronous);
		const { outs: back } = await update(
			startProcess("with a ledger"),
			"id",
			changed,
			await inputsFor({ syncMode: "synchronous" }, changed),
		);
		expect(back.record).toMatchObject({ generation: 2 });
		return back;
	}

	test("is waited for by the program's next run, which does not send the same again", async () => {
		const outs = await afterARun();
		await sites.addFault(late);
		await killedAfterCall("with a ledger", (dying) => onRequest(dying, "Failover"));
		const inputs = await inputsFor({ state: "failedOver", syncMode: "synchronous" }, outs);
		const next = await update(startProcess("with a ledger"), "id", outs, inputs);
		expect(next.outs).toMatchObject({ copyState: "Failedover" });
		expect(received()).toEqual(["ResetToAsync", "ResetToSync", "Failover"]);
	});

	test("moved roles that the program did not: it stops", async () => {
		const outs = await afterARun();
		await killedAfterCall("with a ledger", (dying) => onRequest(dying, "ReverseRoles"));
		await sites.advance(60_000);
		const inputs = await inputsFor({ syncMode: "synchronous" }, outs);
		expect(await messageOf(update(startProcess("with a ledger"), "id", outs, inputs))).toContain("SR5003");
	});
});
