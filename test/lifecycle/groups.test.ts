import { describe, expect, test } from "vitest";
import type { Host, RelationshipFact } from "../../provider/executor/host";
import { readRecord } from "../../provider/executor/record";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { remove } from "../../provider/lifecycle/delete";
import { diff } from "../../provider/lifecycle/diff";
import { read } from "../../provider/lifecycle/read";
import { update } from "../../provider/lifecycle/update";
import { errorCodes } from "../../provider/model/errorCodes";
import { ReplicationError } from "../../provider/model/replicationError";
import { failureOf, heard, messageOf, session, sites, useSites } from "./session";

useSites(
	["Orders", "Ledger", "Stock"].map((source) => ({ source, target: `${source}-DR` })),
	[{ source: "Sales", target: "Sales-DR", members: ["Orders", "Ledger"] }],
);

const sales: Bag = {
	kind: "Group",
	source: { host: "east", group: "Sales" },
	target: { host: "west", group: "Sales-DR" },
	resourceUrn: "urn:pulumi:dev::program::pulumi-nodejs:dynamic/storageReplication:GroupReplication::sales",
	__provider: "text",
};

const pairs = (...names: readonly string[]) => names.map((source) => ({ source, target: `${source}-DR` }));
const received = () => sites.calls().map(({ operation, method, disk }) => `${operation ?? method} ${disk}`);

interface Resource {
	readonly inputs: Bag;
	readonly id: string;
	readonly outs: Bag;
}

async function checked(more: Bag, olds: Bag = {}): Promise<Bag> {
	const { inputs, failures } = await check(session(), olds, { ...sales, ...more });
	expect(failures).toEqual([]);
	return { ...inputs, __provider: "text" };
}

async function created(more: Bag = {}): Promise<Resource> {
	const inputs = await checked(more);
	return { inputs, ...(await create(session(), inputs)) };
}

/** One `up` of a changed program, as the engine does it. */
async function up({ inputs: olds, id, outs }: Resource, more: Bag): Promise<Resource> {
	const inputs = await checked(more, olds);
	const { changes, replaces } = await diff(session(), outs, inputs);
	expect(replaces).toEqual([]);
	return changes ? { inputs, id, ...(await update(session(), id, outs, inputs)) } : { inputs, id, outs };
}

describe("the relationship of two groups", () => {
	test("is adopted, shown as what it is, and a refresh and a second up find nothing", async () => {
		const { inputs, id, outs } = await created();
		expect(id).toMatch(/^group:/);
		expect(outs).toMatchObject({
			primary: { host: "east", group: "Sales" },
			secondary: { host: "west", group: "Sales-DR" },
			copyState: "Synchronized",
			syncMode: "synchronous",
			consistency: false,
			members: 2,
			torn: [],
		});
		const refreshed = await read(session(), id, outs);
		expect(refreshed).toEqual({ id, props: outs });
		expect(await diff(session(), outs, inputs)).toMatchObject({ changes: false, replaces: [] });
		expect(received()).toEqual([]);
	});

	test("is planned in check, one line a step, and carried out so", async () => {
		const before = await created();
		const inputs = await checked({ state: "failedOver", failoverTo: "target" }, before.inputs);
		expect(inputs.plannedOperations).toEqual([
			expect.stringMatching(/^1\. Failover \(10\) at east: Sales-DR starts serving.*\[availability\]$/),
		]);
		expect(inputs).toMatchObject({ primary: { host: "west", group: "Sales-DR" }, copyState: "Failedover" });
		const { outs } = await up(before, { state: "failedOver" });
		expect(outs).toMatchObject({ primary: { host: "west", group: "Sales-DR" }, copyState: "Failedover", members: 2 });
		expect(received()).toEqual(["Failover Sales"]);
		expect(sites.writes().lost).toBe(0);
	});

	test("takes consistency and pairs, and tells both", async () => {
		const first = await created({ consistency: true });
		expect(first.outs).toMatchObject({ consistency: true });
		const more = await up(first, { consistency: true, pairs: pairs("Orders", "Ledger", "Stock") });
		expect(more.outs).toMatchObject({ members: 3, consistency: true });
		const fewer = await up(more, { consistency: false, pairs: pairs("Orders", "Stock") });
		expect(fewer.outs).toMatchObject({ members: 2, consistency: false });
		expect(received()).toEqual([
			"ActivateConsistency Sales",
			"AddSyncPair Sales",
			"DeactivateConsistency Sales",
			"RemoveSyncPair Sales",
		]);
		expect(await diff(session(), fewer.outs, fewer.inputs)).toMatchObject({ changes: false });
	});

	test("tells which members stand otherwise, and a stopped run leaves that in the state", async () => {
		const { inputs, id, outs } = await created();
		await sites.addFault({ kind: "partial", members: 1, times: 1 });
		const news = await checked({ state: "suspended" }, inputs);
		const stopped = await update(session(), id, outs, news).catch((error: unknown) => error);
		expect(String(stopped)).toContain("SR3013");
		const left = (stopped as { readonly properties?: Bag }).properties ?? {};
		expect(left.torn).toHaveLength(1);
		expect((await diff(session(), left, news)).changes).toBe(true);
		await update(session(), id, left, await checked({ state: "suspended" }, inputs));
		expect(received()).toEqual(["Suspend Sales", "Suspend Sales"]);
	});

	test("tells them as before while one of them cannot be read: how that one stands is not known", async () => {
		const { inputs, id, outs } = await created();
		await sites.addFault({ kind: "partial", members: 1, times: 1 });
		const news = await checked({ state: "suspended" }, inputs);
		const left = (await failureOf(update(session(), id, outs, news))).properties ?? {};
		const [torn] = left.torn as readonly string[];
		const unlisted = session((host) => {
			const observe = host.observe.bind(host);
			host.observe = async () => {
				const seen = await observe();
				const isOf = ({ diskUniqueId, peerUniqueId }: RelationshipFact) =>
					[diskUniqueId, peerUniqueId].includes(torn ?? "");
				return { ...seen, relationships: seen.relationships.filter((link) => !isOf(link)) };
			};
		});
		expect((await read(unlisted, id, left)).props).toMatchObject({ members: 2, torn: [torn], consistency: false });
		expect((await read(session(), id, left)).props).toMatchObject({ members: 2, torn: [torn] });
	});

	test("tells no pair as torn that is wished and no member yet", async () => {
		const { inputs, id, outs } = await created();
		await sites.change((world) => {
			const stock = world.disks.find(({ name }) => name === "Stock")?.uniqueId;
			world.relationships = world.relationships.filter(({ source }) => source !== stock);
			world.disks = world.disks.filter(({ name }) => name !== "Stock-DR");
		});
		await sites.addFault({ kind: "returnCode", code: 4, effect: false, times: 1 });
		const target = { ...(sales.target as Bag), storagePool: "Pool" };
		const news = await checked({ target, pairs: pairs("Orders", "Ledger", "Stock") }, inputs);
		const { message, properties } = await failureOf(update(session(), id, outs, news));
		expect(message).toContain("SR3");
		expect(properties).toMatchObject({ members: 2, torn: [] });
	});

	test("has the id of groups, also by a refresh of one whose create was cut off, and of one whose groups have new ids", async () => {
		const { id, outs } = await created();
		expect((await read(session(), "", outs)).id).toBe(id);
		await sites.change((world) => {
			const [group] = world.groups ?? [];
			for (const each of world.groupRelationships ?? [])
				if (each.source === group?.uniqueId) each.source = "7000000000000099";
			if (group !== undefined) group.uniqueId = "7000000000000099";
		});
		expect((await read(session(), id, outs)).id).toMatch(/^group:.*7000000000000099/);
	});

	test("whose names are secret tells neither those of its pairs nor their ids, in plans and in errors", async () => {
		const secret = { secretNames: true, pairs: pairs("Orders", "Ledger") };
		const first = await created(secret);
		await sites.addFault({ kind: "partial", members: 1, times: 1 });
		const stopped = await up(first, { ...secret, state: "suspended" }).catch(String);
		expect(stopped).toMatch(/SR3013.*1 of 2 pairs moved \(pair \d\)/);
		heard.length = 0;
		await expect(up(first, { ...secret, pairs: pairs("Orders", "Nobody") })).rejects.toThrow();
		const { failures } = await check(session(), first.inputs, {
			...sales,
			...secret,
			pairs: pairs("Orders", "Nobody"),
		});
		const all = [stopped, ...heard, ...failures.map(({ reason }) => reason)].join("\n");
		expect(all).toContain("SR2005");
		expect(all).not.toMatch(/Orders|Ledger|Nobody|60001000/);
	});

	test("declared the other way round is the same one", async () => {
		const { inputs, id, outs } = await created();
		const swapped = { source: sales.target, target: sales.source, state: "reversed" };
		const news = await checked(swapped, inputs);
		expect(await diff(session(), outs, news)).toMatchObject({ changes: true, replaces: [] });
		const { outs: now } = await update(session(), id, outs, news);
		expect(now).toMatchObject({ primary: { host: "east", group: "Sales" }, direction: "reverse" });
		expect(received()).toEqual([]);
	});

	test("of another group is a replacement, and the groups' disks may be members of one resource only", async () => {
		const { inputs, outs } = await created();
		await sites.change(({ groups = [] }) => {
			groups.push({ name: "Sales-2", uniqueId: "7000000000000009", array: "west-array", members: [] });
		});
		const other = { ...sales, target: { host: "west", group: "Sales-2" } };
		const process = session();
		const again = await check(process, inputs, other);
		expect(again.failures).toEqual([]);
		expect(await diff(process, outs, { ...again.inputs, __provider: "text" })).toMatchObject({ replaces: ["target"] });
		const both = session();
		await check(both, {}, sales);
		const second = await check(both, {}, { ...sales, resourceUrn: `${sales.resourceUrn}-2` });
		expect(second.failures[0]?.reason).toContain("SR2003");
	});

	test("that is gone, while its pairs are still related, is not told as the end of their protection", async () => {
		const { id, outs } = await created();
		await sites.change((world) => {
			world.groupRelationships = [];
			world.relationships.pop();
		});
		expect(await remove(session(), id, outs)).toBe("ended");
		expect(heard.join("\n")).toContain("pairs of their disks are (6000100000000001, 6000100000000002)");
		expect(heard.join("\n")).not.toContain("protection ends");
		expect(received()).toEqual([]);
	});

	test("is ended by one call, which leaves groups and disks, and not when it is declared under another name", async () => {
		const { id, outs } = await created();
		const renaming = session();
		await check(renaming, {}, { ...sales, resourceUrn: `${sales.resourceUrn}-renamed` });
		expect(await remove(renaming, id, outs)).toBe("kept");
		expect(await remove(session(), id, outs)).toBe("ended");
		expect(received()).toEqual(["Detach Sales"]);
		expect(heard.join("\n")).toContain("both groups and all their disks stay");
		expect(sites.look()).toMatchObject({ groups: [{}, {}] });
	});

	test("tells where it is ended which disks the last run left half", async () => {
		const { id, outs } = await created();
		const record = readRecord(outs.record);
		if (record?.group === undefined) throw new Error("no pairs are remembered");
		const { group } = record;
		const except = { "6000100000000002": { ...record, copyState: "Suspended", targetConsistent: false } };
		await remove(session(), id, { ...outs, record: { ...record, group: { ...group, except } } });
		expect(heard.join()).toContain("the last run left a part of the disks of Sales-DR at west half, and only Sales");
	});

	test("that is gone is told as gone, and one that cannot be read is kept", async () => {
		const { id, outs } = await created();
		const silent = session((host) => {
			host.observe = async () => {
				throw unread();
			};
		});
		await expect(read(silent, id, outs)).rejects.toThrow("SR4001");
		const noGroupsRead = session((host) => {
			const observe = host.observe.bind(host);
			host.observe = async () => {
				const { groups: _, groupRelationships: __, ...seen } = await observe();
				const hidden = { hides: "groups", subsystem: null, what: "the provider fails.", remedy: "mend it." } as const;
				return { ...seen, unread: [...seen.unread, hidden] };
			};
		});
		expect(await read(noGroupsRead, id, outs)).toEqual({ id, props: outs });
		expect(heard.join()).toMatch(/kept as it was.*SR4001.*the provider fails/s);
		await remove(session(), id, outs);
		expect(await read(session(), id, outs)).toEqual({});
	});
});

const mistakes: readonly (readonly [string, Bag, RegExp])[] = [
	["a disk where a group is meant", { source: { host: "east", virtualDisk: "Orders" } }, /SR2001.*source/],
	[
		"a group that is not there",
		{ source: { host: "east", group: "Sale" } },
		/SR2005.*no replication group "Sale".*Sales/,
	],
	["a kind of copies", { triggers: "x" }, /SR2001.*no such argument/],
	["pairs that name one disk twice", { pairs: [...pairs("Orders"), ...pairs("Orders")] }, /SR2001.*twice/],
	["no pairs at all", { pairs: [] }, /SR2001.*pairs/],
	[
		"one disk by two names",
		{ pairs: [...pairs("Orders"), { source: "6000100000000001", target: "Ledger-DR" }] },
		/SR2002/,
	],
	["consistency that is no boolean", { consistency: "yes" }, /SR2001.*consistency/],
];

describe("what is wrong with the arguments is told in check, and nothing is sent", () => {
	test.each(mistakes)("%s", async (_, more, reason) => {
		const { failures } = await check(session(), {}, { ...sales, ...more });
		expect(failures.map((failure) => failure.reason).join("\n")).toMatch(reason);
		expect(received()).toEqual([]);
	});

	test("a host that has no groups, SR2024: another host, as it says", async () => {
		const without = (host: Host) => {
			if (host.name !== "old") return;
			const observe = host.observe.bind(host);
			host.observe = async () => {
				const { groups: _, groupRelationships: __, ...seen } = await observe();
				return seen;
			};
		};
		const declared = { ...sales, source: { host: "old", group: "Sales" } };
		const { failures } = await check(session(without), {}, declared);
		expect(failures[0]?.reason).toMatch(/SR2024.*name the host whose storage provider has them/);
		expect((await check(session(without), {}, sales)).failures).toEqual([]);
	});

	test("a group created without consent to its target's disks", async () => {
		await sites.change((world) => {
			world.groupRelationships = [];
			world.relationships = world.relationships.slice(2);
		});
		const inputs = await checked({});
		expect(String(inputs.plannedOperations)).toMatch(/1\. CreateReplica at east.*dataLoss: writes of Sales-DR/);
		const refused = await messageOf(create(session(), inputs));
		const [, token] = /approval: "([0-9a-f-]+)"/.exec(refused) ?? [];
		expect(refused).toContain("SR5001");
		const { outs } = await created({ approval: token });
		expect(outs).toMatchObject({ members: 2, copyState: "Synchronized" });
		expect(received()).toEqual(["ReplicationGroup.CreateReplica Sales"]);
	});
});

function unread(): Error {
	return new ReplicationError({
		code: errorCodes.hostUnreachable,
		class: "transport",
		what: "silence.",
		dataSafety: "yes.",
		remedy: "wait.",
	});
}
