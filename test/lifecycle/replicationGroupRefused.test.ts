import { describe, expect, test } from "vitest";
import type { DiskFact } from "../../provider/executor/host";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check, create, diff, remove } from "../../provider/lifecycle/replicationGroup";
import type { Session } from "../../provider/lifecycle/session";
import { answering, answerOf, group, groupsAre, refusalOf, sales, sent, showing, up, useGroups } from "./salesGroup";
import { heard, messageOf, session, sites, warnings } from "./session";

useGroups();

describe("refused before anything is sent", () => {
	test.each<[string, Bag, RegExp]>([
		["no argument", { host: undefined }, /^host: SR2001: host: is missing/],
		["one that there is not", { member: [] }, /^member: SR2001: member: there is no such argument/],
		["a disk of another array", { members: ["Orders", "Ledger-DR"] }, /^members: SR2005/],
		["a disk that nobody has", { members: ["Order"] }, /^members: SR2005: .*members\[0\] \(nearest: Orders/],
		["a disk twice", { members: ["Orders", "Ledger", "orders"] }, /^members: SR2002: members\[0\] and members\[2\]/],
		["an array that is not there", { storageSubsystem: "east" }, /^storageSubsystem: SR2001: .*it lists: east-array/],
	])("%s", async (_, news, reason) => {
		expect(await refusalOf(news)).toMatch(reason);
		expect(sent()).toEqual([]);
	});

	test("a disk of another array that the host sees as well", async () => {
		expect(await refusalOf({ host: "management", members: ["Orders", "Ledger-DR"] })).toMatch(
			/^members: SR2001: members\[1\], "Ledger-DR", is a disk of west-array/,
		);
	});

	test("a disk of another group, unless the array has disks in several", async () => {
		await groupsAre({ name: "Books", members: ["Ledger"] });
		expect(await refusalOf({})).toMatch(/^members: SR2001: members\[1\], "Ledger", is in the group Books/);
		await sites.array("east-array").groups({ features: [23] });
		await up({});
		expect([group(), group("Books")]).toEqual([["Orders", "Ledger"], ["Ledger"]]);
	});

	test("two disks of one name", async () => {
		await sites.change((world) => {
			for (const disk of world.disks) if (disk.name === "Stock") disk.name = "Ledger";
		});
		expect(await refusalOf({})).toMatch(/^members: SR2006: 2 virtual disks of east-array may be meant by members\[1\]/);
	});

	test("a host without groups", async () => {
		const without = session(showing(({ groups: _, groupRelationships: __, ...seen }) => seen));
		const { failures } = await check(without, {}, sales);
		expect(failures[0]?.reason).toMatch(/^SR2024: /);
	});

	test("one group declared by two resources", async () => {
		const run = session();
		const { inputs } = await check(run, {}, sales);
		const twin = { ...sales, resourceUrn: `${String(sales.resourceUrn)}-too` };
		expect((await check(run, {}, twin)).failures[0]?.reason).toMatch(/^SR2003: this replication group .* sales\./);
		expect(await messageOf(create(run, { ...inputs, resourceUrn: twin.resourceUrn }))).toMatch(/^SR2003: /);
		expect(sent()).toEqual([]);
	});

	describe("two arrays of one name at two hosts", () => {
		const other = {
			...sales,
			host: "west",
			storageSubsystem: "Array",
			members: ["Orders-DR", "Ledger-DR"],
			resourceUrn: `${String(sales.resourceUrn)}-dr`,
		};

		/** Both are called Array, and tell their UniqueIds or do not. */
		function namesakes(tellsIds: boolean): Session {
			const named = (each: DiskFact) => ({
				...each,
				subsystem: "Array",
				subsystemName: "",
				subsystemUniqueId: tellsIds ? each.subsystem : "",
			});
			return session(showing((seen) => ({ ...seen, disks: seen.disks.map(named) })));
		}

		test.each([true, false])("are two arrays, and their groups two groups (ids told: %s)", async (tellsIds) => {
			const run = namesakes(tellsIds);
			expect((await check(run, {}, { ...sales, storageSubsystem: "Array" })).failures).toEqual([]);
			expect((await check(run, {}, other)).failures).toEqual([]);
		});

		test("one that this run declares there keeps none here from its end", async () => {
			const { kept } = await up({});
			const run = session();
			await sites.host("west").down();
			await check(run, {}, { ...other, storageSubsystem: "east-array" });
			expect(await remove(run, kept.id, kept.outs)).toBe("ended");
			expect(group()).toBeNull();
		});
	});

	test("one group that is to be made, declared by way of two hosts", async () => {
		const run = session();
		await check(run, {}, sales);
		const twin = { ...sales, host: "management", resourceUrn: `${String(sales.resourceUrn)}-too` };
		expect((await check(run, {}, twin)).failures[0]?.reason).toMatch(/^SR2003: this replication group .* sales\./);
	});

	test("secret names are in no plan, no error and no line", async () => {
		const secret = { ...sales, secretNames: true };
		const run = session();
		const { inputs } = await check(run, {}, secret);
		expect(inputs.plannedOperations).toEqual(["1. CreateReplicationGroup at east: the group is made of 2 disks"]);
		await create(run, { ...inputs, __provider: "text" });
		const mistaken = await check(session(), {}, { ...secret, members: ["Orders", "Ledgr"] });
		const told = [...heard, ...mistaken.failures.map(({ reason }) => reason)].join("\n");
		expect(told).not.toMatch(/Sales|Orders|Ledg/);
	});

	describe("where names are secret, they and what they mean are in no error, no line and no id", () => {
		const secret = { secretNames: true };
		const unread = (hides: "groups" | "disks") =>
			showing((seen) => ({
				...seen,
				groups: [],
				disks: hides === "disks" ? [] : seen.disks,
				unread: [
					{ hides, subsystem: "east-array", what: `east-array has ${hides} that could not be read.`, remedy: "wait." },
				],
			}));

		async function refusedOf(news: Bag, run: Session = session()): Promise<string> {
			const { failures } = await check(run, {}, { ...sales, ...secret, ...news });
			return [...failures.map(({ reason }) => reason), ...heard].join("\n");
		}

		test.each<[string, string, Bag, () => Promise<unknown>]>([
			[
				"two groups of one name",
				"SR2006",
				{},
				() => groupsAre({ name: "Sales", members: [] }, { name: "Sales", members: [] }),
			],
			[
				"two disks of one name",
				"SR2006",
				{},
				() =>
					sites.change((world) => {
						for (const disk of world.disks) if (disk.name === "Stock") disk.name = "Ledger";
					}),
			],
			["a disk of another array", "SR2001", { host: "management", members: ["Ledger-DR"] }, async () => {}],
			["a disk that nobody has", "SR2005", { members: ["Ledgr"] }, async () => {}],
			["a disk twice", "SR2002", { members: ["Ledger", "ledger"] }, async () => {}],
			["an array that is not there", "SR2001", { storageSubsystem: "hidden-array" }, async () => {}],
			["a group without disks", "SR1022", { members: [] }, async () => {}],
			["a disk of another group", "SR2001", {}, () => groupsAre({ name: "Sales Too", members: ["Ledger"] })],
		])("%s", async (_, code, news, isSo) => {
			await isSo();
			const told = await refusedOf(news);
			expect(told).toContain(code);
			expect(told).not.toMatch(/Sales|Ledg|-array|\b[67]000\d{12}\b/i);
		});

		test.each(["groups", "disks"] as const)("%s that cannot be read", async (hides) => {
			const told = await refusedOf({}, session(unread(hides)));
			expect(told).toContain(`SR4001: host east answers, but not all ${hides} could be read.`);
			expect(told).not.toMatch(/-array/);
		});

		test("a replacement", async () => {
			const { kept } = await up(secret);
			expect(kept.id).not.toContain("7000");
			expect(kept.outs).toMatchObject({ uniqueId: expect.stringMatching(/^7000/) });
			const { inputs } = await check(session(), kept.inputs, { ...sales, ...secret, friendlyName: "Revenue" });
			await diff(session(), kept.outs, inputs);
			expect(warnings.join("\n")).toContain("this declaration means another group than before");
			expect(heard.join("\n")).not.toMatch(/Sales|Revenue|-array|\b[67]000\d{12}\b/);
		});

		test("what the array says of a refused call, which may name them", async () => {
			const { inputs } = await check(session(), {}, { ...sales, ...secret });
			const run = answering(() => ({
				create: async () => ({ ...answerOf(5), message: "Sales is no name for a group." }),
			}));
			const message = await messageOf(create(run, inputs));
			expect(message).toContain("SR3001: step 1 of 1");
			expect(message).not.toContain("Sales");
		});
	});
});
