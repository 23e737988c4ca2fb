import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { copiesIn } from "../../cli/estate/expiring";
import { type Expiry, expireCopies } from "../../cli/expire";
import type { Host } from "../../provider/executor/host";
import { Hosts } from "../../provider/executor/hosts";
import { connectSimulator } from "../../provider/hosts/simulator";
import { readLedger } from "../../provider/ledger/ledger";
import { readPlace } from "../../provider/ledger/place";
import { runsIn } from "../../provider/ledger/runs";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { errorCodes } from "../../provider/model/errorCodes";
import { ReplicationError } from "../../provider/model/replicationError";
import { hastyClock } from "../hastyClock";
import { session, sites, useSites } from "../lifecycle/session";
import { temporaryFolder } from "../temporaryFolder";
import { run } from "./runCli";

useSites();

/** By the clock of the simulated hosts, which begins with 1970. */
const past = "1970-01-01T00:00:00Z";
const future = "2999-01-01T00:00:00Z";
const urnOf = (name: string, kind: string) =>
	`urn:pulumi:dev::program::pulumi-nodejs:dynamic/storageReplication:VirtualDisk${kind}::${name}`;

/** A copy as an up leaves it in a stack; its time comes afterwards, as it would. */
async function made(name: string, more: Bag, stored: Bag, kind = "Snapshot") {
	const urn = urnOf(name, kind);
	const given = {
		kind,
		source: { host: "east", virtualDisk: "Orders" },
		target: { virtualDisk: name, storagePool: "Pool" },
		resourceUrn: urn,
		...more,
	};
	const process = session();
	const { inputs, failures } = await check(process, {}, given);
	expect(failures).toEqual([]);
	const { id, outs } = await create(process, { ...inputs, __provider: "text" });
	return { urn, type: urn.split("::")[2], id, inputs: given, outputs: { ...outs, ...stored } };
}

/** What the command does with a stack export that holds these, in this process. */
async function expire(
	resources: readonly object[],
	options: Parameters<typeof expireCopies>[3] = {},
	change: (host: Host) => void = () => {},
) {
	const stack = join(temporaryFolder("expire"), "stack.json");
	writeFileSync(stack, JSON.stringify({ deployment: { resources } }));
	const hosts = new Hosts((name) => {
		const host = connectSimulator({ name, file: sites.file });
		change(host);
		return host;
	}, hastyClock);
	let out = "";
	const spies = [
		vi.spyOn(process.stdout, "write").mockImplementation((text) => {
			out += String(text);
			return true;
		}),
		vi.spyOn(process.stderr, "write").mockImplementation(() => true),
	];
	try {
		const code = await expireCopies(copiesIn(stack), hosts, hastyClock, options);
		return { out, code, told: options.json === true ? (JSON.parse(out) as Expiry[]) : [] };
	} finally {
		for (const spy of spies) spy.mockRestore();
		await hosts.close();
	}
}

const received = () => sites.calls().map(({ operation, method, disk }) => `${operation ?? method} of ${disk}`);
const returned = { expendable: "everything", deletePolicy: "returnToResourcePool" } as const;

test("what is due ends by its deletePolicy, what is not stays, and a second run finds it gone", async () => {
	const resources = [
		await made("due", { ...returned, expiresAt: future }, { expiresAt: past }),
		await made("later", { ...returned, expiresAt: future }, {}),
		await made("always", returned, {}),
		await made("cloned", { expiresAt: future }, { expiresAt: past }, "Clone"),
	];
	const before = received().length;

	const dry = await expire(resources, { dryRun: true, json: true });
	expect([dry.code, received().length]).toEqual([0, before]);
	expect(dry.told.map(({ name, outcome }) => [name, outcome])).toEqual([
		["due", "planned"],
		["later", "notDue"],
		["always", "notDue"],
		["cloned", "planned"],
	]);
	expect(dry.told.map(({ approval }) => approval)).toEqual([null, null, null, null]);
	expect(dry.told[0]?.plannedOperations).toEqual([expect.stringContaining("ReturnToResourcePool (19) at east: due")]);

	const journal = join(temporaryFolder("ledger"), "ledger.jsonl");
	const done = await expire(resources, { json: true, journal });
	expect(done.told.map(({ outcome }) => outcome)).toEqual(["ended", "notDue", "notDue", "ended"]);
	expect(done.told.map(({ approval }) => approval)).toEqual([null, null, null, null]);
	expect(done.code).toBe(0);
	expect(received().slice(before)).toEqual(["ReturnToResourcePool of Orders", "Detach of Orders"]);
	const disks = sites.look().disks.map(({ name }) => name);
	expect(disks).not.toContain("due");
	expect(disks).toEqual(expect.arrayContaining(["later", "always", "cloned"]));
	expect(runsIn(readLedger(readPlace(journal)).lines).map(({ started }) => started.urn)).toEqual([
		urnOf("due", "Snapshot"),
		urnOf("cloned", "Clone"),
	]);

	const again = await expire(resources, { json: true });
	expect([again.code, again.told.map(({ outcome }) => outcome)]).toEqual([0, ["gone", "notDue", "notDue", "gone"]]);
	expect(received()).toHaveLength(before + 2);
});

test("what needs a token is told with it and not run, and the next one is ended all the same", async () => {
	const resources = [
		await made("precious", { deletePolicy: "detach", expiresAt: future }, { expiresAt: past }),
		await made("due", { ...returned, expiresAt: future }, { expiresAt: past }),
	];
	const before = received().length;
	const { code, told } = await expire(resources, { json: true });
	expect(code).toBe(1);
	expect(told).toEqual([
		expect.objectContaining({
			outcome: "failed",
			approval: expect.stringMatching(/^([0-9a-f]{4}-){2}[0-9a-f]{4}$/),
			error: expect.stringContaining("SR5001"),
			plannedOperations: [expect.stringContaining("Detach (8) at east")],
		}),
		expect.objectContaining({ outcome: "ended" }),
	]);
	expect(received().slice(before)).toEqual(["ReturnToResourcePool of Orders"]);
});

test("the clock is that of the source's host, and a host that does not answer leaves nothing due by ours", async () => {
	const resources = [await made("due", { ...returned, expiresAt: future }, { expiresAt: past })];
	const before = received().length;
	const inAWeek = "1970-01-08T00:00:00Z";
	const soon = resources.map((each) => ({ ...each, outputs: { ...each.outputs, expiresAt: inAWeek } }));
	expect((await expire(soon, { json: true })).told[0]?.outcome).toBe("notDue");
	await sites.advance(8 * 86_400_000);
	expect((await expire(soon, { dryRun: true, json: true })).told[0]?.outcome).toBe("planned");

	// Silent for a moment only: what would run by now is not due by a guess.
	const silent = await expire(resources, { json: true }, (host) => {
		const observe = host.observe.bind(host);
		host.observe = () => {
			host.observe = observe;
			return Promise.reject(
				new ReplicationError({
					code: errorCodes.hostUnreachable,
					class: "transport",
					what: "east is silent.",
					dataSafety: "yes.",
					remedy: "wait.",
				}),
			);
		};
	});
	expect([silent.code, silent.told[0]?.outcome, received().length]).toEqual([1, "failed", before]);

	await sites.host("east").down();
	const { code, told } = await expire(resources, { json: true });
	expect([code, told[0]?.outcome, received().length]).toEqual([1, "failed", before]);
	expect(told[0]?.error).toMatch(/^SR4/);
});

test("a copy that another resource holds for longer is kept; what cannot be read is no copy to end", async () => {
	const due = await made("due", { ...returned, expiresAt: future }, { expiresAt: past });
	const before = received().length;
	const renamed = { ...due, urn: urnOf("renamed", "Snapshot"), outputs: { ...due.outputs, expiresAt: future } };
	expect((await expire([due, renamed], { json: true })).told.map(({ outcome }) => outcome)).toEqual(["kept", "notDue"]);
	// A create that broke off leaves no ids; the name is then all that tells what it holds.
	const unnamed = { ...renamed, outputs: { ...renamed.outputs, sourceUniqueId: "", targetUniqueId: "" } };
	for (const resources of [
		[due, unnamed],
		[unnamed, due],
	]) {
		const outcomes = (await expire(resources, { json: true })).told.map(({ outcome }) => outcome);
		expect(outcomes.toSorted()).toEqual(["kept", "notDue"]);
	}
	const another = { ...renamed, outputs: { ...renamed.outputs, targetUniqueId: "another" } };
	expect((await expire([due, another], { dryRun: true, json: true })).told[0]?.outcome).toBe("planned");
	expect(
		(
			await expire(
				[
					{ ...due, delete: true },
					{ ...due, external: true },
				],
				{ json: true },
			)
		).told,
	).toEqual([]);

	const secret = {
		...due,
		outputs: {
			...due.outputs,
			source: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" },
		},
	};
	const unread = await expire([secret]);
	expect([unread.code, unread.out]).toEqual([1, expect.stringContaining("--show-secrets")]);
	const broken = await expire([{ ...due, outputs: { ...due.outputs, record: { version: "?" } } }]);
	expect([broken.code, broken.out]).toEqual([1, expect.stringContaining("due: was not ended: ")]);
	expect(received()).toHaveLength(before);
});

test("a ledger whose place is none is a mistake that is told before any host is asked", async () => {
	const due = await made("due", { ...returned, expiresAt: future }, { expiresAt: past });
	const journal = join(temporaryFolder("nowhere"), "ledger");
	for (const [resources, options] of [
		[[due], { journal }],
		[[due], { journal, dryRun: true }],
		[[], { journal }],
	] as const) {
		const asked: string[] = [];
		const ended = expire(resources, options, (host) => void asked.push(host.name));
		await expect(ended).rejects.toMatchObject({ code: errorCodes.invalidHostsConfig });
		expect(asked).toEqual([]);
	}
	const stack = join(temporaryFolder("expire"), "stack.json");
	writeFileSync(stack, JSON.stringify({ deployment: { resources: [] } }));
	const loader = ["--import", join(__dirname, "../../node_modules/tsx/dist/loader.mjs")];
	const { code } = await run(["expire", "--stack", stack, "--journal", journal], { node: loader });
	expect(code).toBe(2);
});

test("a ledger that cannot be read tells of no run that was killed: nothing is planned, of a dry run either", async () => {
	const due = await made("due", { ...returned, expiresAt: future }, { expiresAt: past });
	const before = received().length;
	const journal = temporaryFolder("ledger");
	mkdirSync(join(journal, "no file.jsonl"));
	for (const dryRun of [true, false]) {
		const { code, told } = await expire([due], { json: true, journal, dryRun });
		expect([code, told[0]?.outcome, told[0]?.error]).toEqual([1, "failed", expect.stringContaining("SR5009")]);
	}
	expect(received()).toHaveLength(before);
});

test("a restore that is open keeps its copy, also of a dry run, which does not tell it as gone", async () => {
	const due = await made("due", { ...returned, expiresAt: future }, { expiresAt: past });
	const before = received().length;
	const record = due.outputs.record as { readonly copy: object };
	const outputs = { ...due.outputs, record: { ...record, copy: { ...record.copy, restoreOpen: true } } };
	for (const dryRun of [true, false]) {
		const { code, told } = await expire([{ ...due, outputs }], { json: true, dryRun });
		expect([code, told[0]?.outcome, told[0]?.error]).toEqual([1, "failed", expect.stringContaining("SR1033")]);
	}
	expect(received()).toHaveLength(before);
});

test("a copy that is gone while its disk is still there is told with that warning, in text and as JSON", async () => {
	const due = await made("due", { ...returned, expiresAt: future }, { expiresAt: past });
	await sites.change((world) => {
		world.relationships = world.relationships.filter(({ target }) => target !== due.outputs.targetUniqueId);
	});
	const warning = expect.stringContaining("the disk of the target is still there");
	for (const dryRun of [true, false]) {
		const { code, told } = await expire([due], { json: true, dryRun });
		expect([code, told[0]?.outcome, told[0]?.warnings]).toEqual([0, "gone", [warning]]);
	}
	expect((await expire([due])).out).toMatch(
		/^due: is gone already\n {2}warning: .*the disk of the target is still there/,
	);
});

test("a copy that a resource holds whose state cannot be read is kept", async () => {
	const due = await made("due", { ...returned, expiresAt: future }, { expiresAt: past });
	const before = received().length;
	const broken = { ...due, urn: urnOf("broken", "Snapshot"), outputs: { ...due.outputs, record: { version: "?" } } };
	const { told } = await expire([due, broken], { json: true });
	expect(told.map(({ outcome }) => outcome)).toEqual(["kept", "failed"]);
	expect(received()).toHaveLength(before);
});

test("a host whose clock cannot be read is one without a clock: ours counts", async () => {
	const due = await made("due", { ...returned, expiresAt: future }, { expiresAt: "2001-01-01T00:00:00Z" });
	for (const hostTime of [null, "yesterday"]) {
		const { told } = await expire([due], { dryRun: true, json: true }, (host) => {
			const observe = host.observe.bind(host);
			host.observe = async () => ({ ...(await observe()), hostTime });
		});
		expect(told[0]?.outcome).toBe("planned");
	}
});

/** The next call on an array is interrupted, as by Ctrl-C at its terminal. */
function interruptAtCall(host: Host, after: () => Promise<void> = async () => {}): void {
	const send = host.setReplicationRelationship.bind(host);
	host.setReplicationRelationship = async (request) => {
		process.listeners("SIGINT").at(-1)?.("SIGINT");
		const answer = await send(request);
		await after();
		return answer;
	};
}

test("interrupted, what was sent is looked at to its end and told, and nothing further is sent", async () => {
	const resources = [
		await made("one", { ...returned, expiresAt: future }, { expiresAt: past }),
		await made("two", { ...returned, expiresAt: future }, { expiresAt: past }),
	];
	const before = received().length;
	const listeners = process.listenerCount("SIGINT");
	const journal = join(temporaryFolder("ledger"), "ledger.jsonl");
	// The array is done when it is looked at, however busy this machine is.
	const done = () => sites.advance(60_000);
	const { code, told } = await expire(resources, { json: true, journal }, (host) => interruptAtCall(host, done));
	expect([code, told.map(({ name, outcome }) => [name, outcome])]).toEqual([1, [["one", "ended"]]]);
	expect(received().slice(before)).toEqual(["ReturnToResourcePool of Orders"]);
	expect(runsIn(readLedger(readPlace(journal)).lines).map(({ ended }) => ended?.stop)).toEqual([null]);
	expect(process.listenerCount("SIGINT")).toBe(listeners);
});

test("interrupted while what was sent goes on, it says so and does not wait for it", async () => {
	const due = await made("due", { ...returned, expiresAt: future }, { expiresAt: past });
	await sites.addFault({ kind: "late", ms: 3_600_000, times: 1 });
	const journal = join(temporaryFolder("ledger"), "ledger.jsonl");
	const { code, told } = await expire([due], { json: true, journal }, interruptAtCall);
	expect([code, told[0]?.outcome, told[0]?.error]).toEqual([1, "failed", expect.stringContaining("cancelled")]);
	expect(runsIn(readLedger(readPlace(journal)).lines)[0]?.ended?.stop).toMatchObject({ code: expect.any(String) });
});
