import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { ReplicationGroups } from "../../provider/executor/host";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check, create, diff, read, remove, update } from "../../provider/lifecycle/replicationGroup";
import type { Session } from "../../provider/lifecycle/session";
import { checked, group, groupsAre, sales, sent, up, useGroups } from "../lifecycle/salesGroup";
import { heard, messageOf, session } from "../lifecycle/session";
import { type Kept, killedIn, ledger, startProcess, told, useLedger } from "./killedProcess";

useGroups();
useLedger();

type Method = "create" | "addMembers" | "removeMembers" | "delete";

/** Calls that the array has taken and that have their effect later. */
let underWay: (() => Promise<unknown>)[] = [];
beforeEach(() => {
	underWay = [];
});

/** Runs until the array has taken this call, and then no more. */
function killedAfter(
	kept: Kept,
	method: Method,
	run: (session: Session) => Promise<unknown>,
	effect: "at once" | "late" = "at once",
): Promise<void> {
	return killedIn(kept, run, (host, die) => {
		const { groups } = host;
		if (groups === undefined) return;
		const taken: ReplicationGroups[Method] = async (request: never) => {
			if (effect === "at once") await groups[method](request);
			else underWay.push(() => groups[method](request));
			return die();
		};
		Object.assign(host, { groups: { ...groups, [method]: taken } });
	});
}

/** The next process: what is under way has its effect only after its first looks, and within the minute that any call has. */
function next(kept: Kept): Session {
	return startProcess(kept, (host) => {
		const observe = host.observe.bind(host);
		let looks = 0;
		host.observe = async () => {
			if (++looks === 4) for (const arrives of underWay.splice(0)) await arrives();
			return observe();
		};
	});
}

describe("a create that was killed between its call and the answer", () => {
	test.each([
		["with a ledger", true, "ended"],
		["without one", false, "kept"],
	] as const)("%s: the next run knows that it made the group: %s", async (kept, made, fate) => {
		await killedAfter(kept, "create", async (dying) => create(dying, await checked({}, dying)));
		const ran = await up({}, null, startProcess(kept));
		expect(ran.planned).toEqual(["adopt: nothing to do"]);
		expect(ran.kept.outs).toMatchObject({ record: { made } });
		expect(await remove(startProcess(kept), ran.kept.id, ran.kept.outs)).toBe(fate);
		expect(group()).toEqual(made ? null : ["Orders", "Ledger"]);
		expect(sent().filter((method) => method === "CreateReplicationGroup")).toHaveLength(1);
	});

	test.each([
		["with a ledger", 1],
		["without one", 2],
	] as const)("and shows its effect late, %s: the array receives %i", async (kept, calls) => {
		await killedAfter(kept, "create", async (dying) => create(dying, await checked({}, dying)), "late");
		const inputs = await checked({}, startProcess(kept));
		await create(next(kept), inputs).catch(() => {});
		expect([...sent(), ...underWay]).toHaveLength(calls);
		if (kept === "without one") return;
		expect(heard.join("\n")).toMatch(/waits for CreateReplicationGroup, which the last run sent, .* at most \d+ s/);
		expect(group()).toEqual(["Orders", "Ledger"]);
	});

	test("had no effect: after its minute it is sent again, once", async () => {
		await killedAfter("with a ledger", "create", async (dying) => create(dying, await checked({}, dying)));
		await groupsAre();
		const { kept } = await up({}, null, startProcess("with a ledger"));
		expect(kept.outs).toMatchObject({ record: { made: true } });
		expect(sent()).toEqual(["CreateReplicationGroup", "CreateReplicationGroup"]);
	});

	test("and whose group holds other disks by now: somebody else may have made that", async () => {
		await killedAfter("with a ledger", "create", async (dying) => create(dying, await checked({}, dying)));
		await groupsAre({ name: "Sales", members: ["Stock"] });
		const { kept } = await up({ members: ["Stock"] }, null, startProcess("with a ledger"));
		expect(kept.outs).toMatchObject({ record: { made: false } });
	});

	test("says which run it goes on from, and only once", async () => {
		await killedAfter("with a ledger", "create", async (dying) => create(dying, await checked({}, dying)));
		const { kept } = await up({}, null, startProcess("with a ledger"));
		const [killed] = told();
		expect(told().slice(2)).toMatchObject([
			{ kind: "runStarted", goesOnFrom: killed?.run, plan: [], before: "Sales holds Orders, Ledger" },
			{ kind: "runEnded", stop: null, done: [] },
		]);
		await up({ deletePolicy: "keep" }, kept, startProcess("with a ledger"));
		expect(told()).toHaveLength(4);
	});

	test("with secret names is known by its resource", async () => {
		const secret = { secretNames: true };
		await killedAfter("with a ledger", "create", async (dying) => create(dying, await checked(secret, dying)));
		const { kept } = await up(secret, null, startProcess("with a ledger"));
		expect(kept.outs).toMatchObject({ record: { made: true } });
		expect(told()[0]).toMatchObject({ before: "no such group" });
		expect(readFileSync(ledger.path, "utf8")).not.toMatch(/Sales|Orders|Ledger|-array|\b[67]000\d{12}\b/);
	});

	test("of another resource, or another stack, makes none ours", async () => {
		await killedAfter("with a ledger", "create", async (dying) => create(dying, await checked({}, dying)));
		const other = { resourceUrn: String(sales.resourceUrn).replace(":dev:", ":prod:") };
		const { kept } = await up(other, null, startProcess("with a ledger"));
		expect(kept.outs).toMatchObject({ record: { made: false } });
	});

	test("is not that of another group of the same resource", async () => {
		await killedAfter("with a ledger", "create", async (dying) => create(dying, await checked({}, dying)));
		await groupsAre({ name: "Revenue", members: ["Orders", "Ledger"] });
		const { kept } = await up({ friendlyName: "Revenue" }, null, startProcess("with a ledger"));
		expect(kept.outs).toMatchObject({ record: { made: false } });
	});
});

describe("a change or an end that was killed between its call and an effect that comes late", () => {
	test("the next run waits for it, and goes on", async () => {
		const { kept } = await up({});
		const news = { ...sales, members: ["Ledger", "Orders"] };
		const { inputs } = await check(session(), kept.inputs, news);
		await killedAfter("with a ledger", "removeMembers", (dying) => update(dying, kept.id, kept.outs, inputs), "late");
		await update(next("with a ledger"), kept.id, kept.outs, { ...inputs, __provider: "text" });
		expect(sent()).toEqual(["CreateReplicationGroup", "RemoveMember", "AddMember"]);
		expect(group()).toEqual(["Ledger", "Orders"]);
	});

	test("a wish that holds until it comes through is not told as done", async () => {
		const { kept } = await up({});
		const { inputs } = await check(session(), kept.inputs, { ...sales, members: ["Ledger"] });
		await killedAfter("with a ledger", "removeMembers", (dying) => update(dying, kept.id, kept.outs, inputs), "late");
		const back = await check(session(), kept.inputs, { ...sales, deletePolicy: "keep" });
		const message = await messageOf(update(next("with a ledger"), kept.id, kept.outs, back.inputs));
		expect(message).toMatch(/^SR5005: .*Shown: nothing to do. Now: 1. AddMember/);
	});

	test("a destroy sends nothing twice", async () => {
		const { kept } = await up({});
		await killedAfter("with a ledger", "delete", (dying) => remove(dying, kept.id, kept.outs), "late");
		expect(await remove(next("with a ledger"), kept.id, kept.outs)).toBe("ended");
		expect(sent()).toEqual(["CreateReplicationGroup", "RemoveMember", "DeleteObject"]);
	});
});

describe("a group's run on the ledger", () => {
	test("is told from its plan to its end, each call before and after", async () => {
		const { kept } = await up({ reason: "CHG-1" }, null, startProcess("with a ledger"));
		expect(told()).toMatchObject([
			{
				kind: "runStarted",
				stack: "dev",
				project: "program",
				name: "sales",
				group: { host: "east", storageSubsystem: "east-array", friendlyName: "Sales", id: null },
				wish: "members",
				why: "CHG-1",
				plan: ["1. CreateReplicationGroup at east: Sales is made of Orders, Ledger"],
				before: "no group Sales",
				goesOnFrom: null,
			},
			{ kind: "callStarted", step: 1, of: 1, operation: "CreateReplicationGroup", number: null, host: "east" },
			{ kind: "callEnded", step: 1, answer: { how: "answered", returnCode: 0, job: null } },
			{ kind: "stepProved", step: 1, seen: "Sales holds Orders, Ledger" },
			{
				kind: "runEnded",
				stop: null,
				done: ["CreateReplicationGroup at east: Sales is made of Orders, Ledger"],
				notTried: [],
				seen: "Sales holds Orders, Ledger",
				dataSafe: "yes, no disk changes with its group.",
			},
		]);
		expect(told()[0]).not.toHaveProperty("source");
		const before = told().length;
		await up({}, kept, startProcess("with a ledger"));
		expect(told(), "nothing to do, nothing told").toHaveLength(before);
		await remove(startProcess("with a ledger"), kept.id, kept.outs);
		expect(
			told()
				.slice(before)
				.map(({ kind }) => kind),
		).toEqual([
			"runStarted",
			...["callStarted", "callEnded", "stepProved"],
			...["callStarted", "callEnded", "stepProved"],
			"runEnded",
		]);
		expect(told()[before]).toMatchObject({ wish: "absent", group: { id: kept.id } });
	});

	test("that stops between two calls tells what was done, what failed and what was not tried", async () => {
		const { kept } = await up({});
		const refusing = startProcess("with a ledger", (host) => {
			const { groups } = host;
			const refused = async () => ({ returnCode: 5, jobId: null, message: null });
			if (groups !== undefined) Object.assign(host, { groups: { ...groups, removeMembers: refused } });
		});
		await messageOf(up({ members: ["Stock", "Ledger", "Orders"] }, kept, refusing));
		expect(told().at(-1)).toMatchObject({
			kind: "runEnded",
			stop: { code: "SR3001" },
			done: ["AddMember at east: Stock joins Sales at its end"],
			failed: "RemoveMember at east: Orders, Ledger leave Sales",
			notTried: ["AddMember at east: Ledger, Orders join Sales at its end"],
			dataSafe: expect.stringContaining("no disk changes with its group"),
		});
	});

	test("whose line cannot be written sends nothing", async () => {
		ledger.path = join(ledger.path, "..", "not-mounted", "ledger.jsonl");
		const run = startProcess("with a ledger");
		const inputs = await checked({}, run);
		expect(await messageOf(create(run, inputs))).toMatch(/^SR5009: /);
		expect(sent()).toEqual([]);
	});

	test("has its call on the disk before the array has it", async () => {
		const found: string[][] = [];
		const watching = startProcess("with a ledger", (host) => {
			const { groups } = host;
			if (groups === undefined) return;
			const watched: ReplicationGroups["create"] = (request) => {
				found.push(told().map(({ kind }) => kind));
				return groups.create(request);
			};
			Object.assign(host, { groups: { ...groups, create: watched } });
		});
		await up({}, null, watching);
		expect(found).toEqual([["runStarted", "callStarted"]]);
	});
});

describe("without a ledger, a create that stopped before its group was seen is in the state", () => {
	/** Ctrl-C while the call is on its way; its effect is left to the test. */
	async function stopped(): Promise<{ readonly id: string; readonly inputs: Bag; readonly outs: Bag }> {
		const inputs = await checked({});
		const run: Session = session((host) => {
			const create: ReplicationGroups["create"] = async () => {
				run.cancel();
				return { returnCode: 0, jobId: null, message: null };
			};
			Object.assign(host, { groups: { ...host.groups, create } });
		});
		const failed = await create(run, inputs).then(
			() => null,
			(error: Error & { readonly id: string; readonly properties: Bag }) => error,
		);
		expect(failed?.message).toMatch(/^SR5006: step 1 of 1, .*cancelled while this was under way; .*no group Sales/);
		expect(failed?.properties).toMatchObject({ uniqueId: "", record: { made: false, sent: { kind: "create" } } });
		return { id: failed?.id ?? "", inputs, outs: failed?.properties ?? {} };
	}

	test("shown by the next run it is its own", async () => {
		const before = await stopped();
		await groupsAre({ name: "Sales", members: ["Orders", "Ledger"] });
		const ran = await up({}, before);
		expect([ran.did, ran.kept.id]).toEqual(["updated", before.id]);
		expect(ran.kept.outs).toMatchObject({ uniqueId: "7000000000000090", record: { made: true } });
		expect(ran.kept.outs.record).not.toHaveProperty("sent");
		expect((await up({}, ran.kept)).did).toBe("same");
		expect(await remove(session(), ran.kept.id, ran.kept.outs)).toBe("ended");
		expect(group()).toBeNull();
	});

	test("not shown in its minute it is made anew", async () => {
		const before = await stopped();
		const ran = await up({}, before);
		expect(ran.kept.outs).toMatchObject({ record: { made: true } });
		expect(sent()).toEqual(["CreateReplicationGroup"]);
	});

	test("a refresh keeps it for its minute, and fills in what shows", async () => {
		const { id, outs } = await stopped();
		expect(await read(session(), id, outs)).toEqual({ id, props: outs });
		const old = {
			...outs,
			record: { made: false, sent: { kind: "create", leadsTo: "", sentAt: new Date(0).toISOString() } },
		};
		expect(await read(session(), id, old), "it had its time").toEqual({});
		await groupsAre({ name: "Sales", members: ["Orders", "Ledger"] });
		const { props } = await read(session(), id, outs);
		expect(props).toMatchObject({ uniqueId: "7000000000000090", record: { made: true } });
		expect((await read(session(), id, old)).props).toMatchObject({ record: { made: false } });
	});

	test("another name in the program is another group", async () => {
		const before = await stopped();
		const run = session();
		const { inputs } = await check(run, before.inputs, { ...sales, friendlyName: "Revenue" });
		expect(await diff(run, before.outs, inputs)).toMatchObject({
			replaces: ["friendlyName"],
			deleteBeforeReplace: false,
		});
	});

	test("a destroy deletes what shows, if it is what was to be made", async () => {
		const before = await stopped();
		await groupsAre({ name: "Sales", members: ["Orders", "Ledger"] });
		expect(await remove(session(), before.id, before.outs)).toBe("ended");
		expect(group()).toBeNull();
	});

	test("a destroy keeps a group of that name that holds other disks", async () => {
		const before = await stopped();
		await groupsAre({ name: "Sales", members: ["Stock"] });
		expect(await remove(session(), before.id, before.outs)).toBe("kept");
		expect(group()).toEqual(["Stock"]);
		expect(heard.join("\n")).toContain("whether this resource made it is not known");
	});
});
