import { describe, expect, test } from "vitest";
import { exchanged, recordOfPair, sharedMemory } from "../../provider/executor/groupMemory";
import type { HostObservation } from "../../provider/executor/host";
import { emptyRecord, type RelationshipRecord } from "../../provider/executor/record";
import { defaultLimits } from "../../provider/executor/wish";
import { relationshipAtRest } from "../../provider/hosts/simulator/relationshipAtRest";
import { errorCodes } from "../../provider/model/errorCodes";
import { replicationCapabilitiesGetSupportedGroupFeaturesFeatures as features } from "../../provider/model/vocabulary/capabilities";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import type { Desired } from "../../provider/planner/situation";
import { GroupSite } from "./groupSite";
import { codeOf } from "./site";

const active: Desired = { state: "active" };
const suspended: Desired = { state: "suspended" };
const failedOver: Desired = { state: "failedOver" };
const lost = { lost: "source" } as const;
const [orders, ledger] = ["6000100000000001", "6000100000000002"];
const three = ["Orders", "Ledger", "Stock"].map((name) => [name, `${name}-DR`] as const);

/** The copy that `wish` begins breaks off on Ledger, half way and for good; on Orders it comes to its end. */
async function breakOff(site: GroupSite, wish: Desired, told: string): Promise<void> {
	let polls = 0;
	site.onEvent = async ({ kind }) => {
		if (kind !== "polled" || ++polls !== 3) return;
		await site.sites.change(({ relationships: [, half] }) => {
			if (half !== undefined)
				Object.assign(half, { copy: null, change: null, copyState: states.Suspended, progressStatus: 2 });
		});
	};
	const limits = { ...defaultLimits, transitionMs: 60_000, syncMs: 120_000 };
	await expect(site.runApproved(wish, { limits })).rejects.toThrow(
		`the copy ${told} is not complete for a part of its pairs, of which only`,
	);
	site.onEvent = async () => {};
}

/** Orders is whole, and the copy onto Ledger-DR broke off half way; both are Suspended, and the record knows it. */
async function halfSite(id = ledger): Promise<GroupSite> {
	const site = await GroupSite.open({ syncMode: "asynchronous" });
	if (id !== ledger) await site.sites.changeUniqueId("Ledger", id);
	await site.run(suspended);
	await site.sites.write("Ledger", 5_000);
	await breakOff(site, active, "onto Sales-DR");
	await site.run(suspended);
	expect(site.record?.group?.except[id]).toMatchObject({ targetConsistent: false });
	return site;
}

/** Failed over, and the Failback onto Ledger broke off half way. */
async function halfSource(): Promise<GroupSite> {
	const site = await GroupSite.open({ syncMode: "asynchronous" });
	await site.run(failedOver, { maxDataLossSeconds: 1_000 });
	await site.sites.write("Ledger-DR", 5_000);
	await breakOff(site, active, "back onto Sales");
	expect(site.record?.group?.except[ledger]).toMatchObject({ sourceConsistent: false });
	return site;
}

/** Somebody takes Stock into the groups with the array's own tools. */
function addStock(site: GroupSite): Promise<void> {
	return site.sites.change(({ groups = [], disks }) => {
		const idOf = (name: string) => disks.find((disk) => disk.name === name)?.uniqueId ?? "";
		groups.find(({ name }) => name === "Sales")?.members.push(idOf("Stock"));
		groups.find(({ name }) => name === "Sales-DR")?.members.push(idOf("Stock-DR"));
	});
}

/** The engine and the hosts spell ids as they like, and list members in any order. */
function spelledOtherwise(site: GroupSite, id: string): void {
	site.seenAs = (seen) => {
		const { groups = [], ...shown }: HostObservation = JSON.parse(
			JSON.stringify(seen).replaceAll(id, id.toUpperCase()),
		);
		return { ...shown, groups: groups.map((group) => ({ ...group, members: group.members.toReversed() })) };
	};
}

/** The same groups, declared the other way round, and the record told for that. */
function turnRound(site: GroupSite): void {
	const declare = site.request.bind(site);
	site.record = site.record && exchanged(site.record);
	site.request = (desired, more) => {
		const { declared, ...request } = declare(desired, more);
		const [source, target] = [declared.ends.target, declared.ends.source];
		const knownIds = { source: declared.knownIds.target, target: declared.knownIds.source };
		return { ...request, declared: { ...declared, ends: { source, target }, knownIds } };
	};
}

describe("writes of one member", () => {
	test("that it took in a role that somebody gave it for a while are not forgotten when the role is given back", async () => {
		const site = await GroupSite.open();
		await site.run(suspended);
		await site.sites.addFault({ kind: "partial", members: 1, times: 1 });
		await expect(site.run(active)).rejects.toThrow("SR3013");
		await site.sites.changeRoles("Ledger");
		await site.sites.write("Ledger-DR", 7);
		await expect(site.run(active)).rejects.toThrow("SR5003");
		await site.sites.changeRoles("Ledger");
		expect(await site.hindrance(active)).toBe(errorCodes.approvalMissing);
		expect(site.sites.writes().lost).toBe(0);
	});

	test("that its target may have taken when it accepted some are not forgotten when it does not any more", async () => {
		const alike = await GroupSite.open();
		await alike.run(suspended);
		const torn = await GroupSite.open({ members: ["Orders", "Ledger", "Stock"] });
		await torn.run(active);
		await torn.sites.addFault({ kind: "partial", members: 1, times: 1 });
		await expect(torn.run(suspended)).rejects.toThrow("SR3013");
		expect(torn.record?.group?.except[orders]).toMatchObject({ copyState: "Suspended", ahead: { target: "no" } });
		for (const site of [alike, torn]) {
			expect(await site.hindrance(active)).toBeNull();
			await site.sites.addFault({ kind: "writable", disk: "Orders-DR" });
			await expect(site.run(active)).rejects.toThrow(/SR5003|split brain/);
			await site.sites.removeFaults(({ kind }) => kind === "writable");
			expect(await site.hindrance(active)).toBe(errorCodes.approvalMissing);
		}
	});

	test("are those of a pair that joins in mid-run, whatever the run has proved of the others", async () => {
		const site = await GroupSite.open({ profile: "srdf" });
		await site.run(active);
		site.onEvent = async ({ kind }) => {
			if (kind !== "proved") return;
			site.onEvent = async () => {};
			await site.put("Failedover", "Failedover", "Failedover");
			await site.sites.write("Stock", 7);
			await addStock(site);
		};
		await expect(site.run({ state: "reversed" })).rejects.toThrow("SR5005");
		expect(site.received()).toEqual(["Failover Sales"]);
	});

	test("have not arrived because another member says that all of its own has", async () => {
		const site = await GroupSite.open({ syncMode: "asynchronous" });
		await site.run(active);
		await site.sites.write("Ledger", 9);
		for (const disk of ["Orders", "Ledger"]) await site.sites.readOnly(disk);
		site.seenAs = (seen) => ({
			...seen,
			relationships: seen.relationships.map((link) => ({
				...link,
				percentSynced: link.peerName.startsWith("Ledger") ? null : 100,
				lagSeconds: null,
				syncTime: new Date(site.clock.now() + 2_000).toISOString(),
			})),
		});
		expect(await codeOf(site.run({ state: "reversed" }))).toBe(errorCodes.lagTooHigh);
		expect(site.received()).toEqual([]);
	});
});

describe("what was proved of a group", () => {
	test("holds for the same pairs in another order, and by whatever letters their ids are spelled", async () => {
		const site = await GroupSite.open();
		await site.sites.changeUniqueId("Ledger", "60001000000000af");
		await site.run(suspended);
		expect(site.record?.ahead.target).toBe("no");
		spelledOtherwise(site, "60001000000000af");
		expect(await site.hindrance(active)).toBeNull();
	});
});

describe("half a disk of a group", () => {
	test("is not failed over to, and named", async () => {
		const site = await halfSite();
		await site.sites.array("east-array").lose();
		await expect(site.run(failedOver, lost)).rejects.toThrow(/SR1023.*6000100000000002 holds an interrupted copy/);
	});

	test("is not failed over to under another id, nor with the ends declared the other way round", async () => {
		const renamed = await halfSite();
		await renamed.sites.changeUniqueId("Ledger", "60001000000000ff");
		await renamed.sites.array("east-array").lose();
		expect(await renamed.hindrance(failedOver, lost)).toBe(errorCodes.targetNotConsistent);
		const turned = await halfSite();
		turnRound(turned);
		await turned.sites.array("east-array").lose();
		const to: Desired = { state: "failedOver", to: "source" };
		expect(await turned.hindrance(to, { lost: "target" })).toBe(errorCodes.targetNotConsistent);
	});

	test("is the same one by whatever letters its id is spelled, and no other one is taken for it", async () => {
		const site = await halfSite("60001000000000af");
		await site.sites.array("east-array").lose();
		spelledOtherwise(site, "60001000000000af");
		await expect(site.run(failedOver, lost)).rejects.toThrow(/SR1023[^,]*60001000000000AF holds an interrupted copy/);
	});

	test("is no more than it was when a pair joins that nobody knows", async () => {
		const site = await halfSite();
		await addStock(site);
		await site.sites.array("east-array").lose();
		await expect(site.run(failedOver, lost)).rejects.toThrow(/SR1023[^,]*6000100000000002 holds an interrupted copy/);
	});

	test("that is a source is copied from by nobody, under another id and declared the other way round neither", async () => {
		const known = await halfSource();
		expect(await known.hindrance(active)).toBe(errorCodes.sourceNotConsistent);
		const renamed = await halfSource();
		await renamed.sites.changeUniqueId("Ledger", "60001000000000ff");
		expect(await renamed.hindrance(active)).toBe(errorCodes.sourceNotConsistent);
		const turned = await halfSource();
		turnRound(turned);
		expect(await turned.hindrance({ state: "reversed" })).toBe(errorCodes.sourceNotConsistent);
	});

	test("is not what a member is that never moved", async () => {
		const site = await GroupSite.open();
		await site.run(suspended);
		await site.sites.addFault({ kind: "partial", members: 1, times: 1 });
		await expect(site.run(active)).rejects.toThrow("SR3013");
		await site.run(suspended);
		await site.sites.array("east-array").lose();
		expect(await site.hindrance(failedOver, lost)).toBe(errorCodes.approvalMissing);
	});

	test("is told of all where too many stand otherwise to be told apart", () => {
		const whole = { ...emptyRecord, copyState: "Suspended", targetConsistent: true, sourceConsistent: true } as const;
		const others = (other: Partial<RelationshipRecord>) => {
			const pairs = new Map<string, RelationshipRecord>();
			for (let index = 0; index < 37; index++) pairs.set(`pair-${index}`, index < 20 ? whole : { ...whole, ...other });
			return sharedMemory(pairs);
		};
		const bothAhead = { source: "yes", target: "yes" };
		expect(others({ targetConsistent: false })).toMatchObject({
			shared: { targetConsistent: false, sourceConsistent: true, ahead: bothAhead },
			group: { except: {} },
		});
		expect(others({ targetConsistent: null, sourceConsistent: false })).toMatchObject({
			shared: { targetConsistent: null, sourceConsistent: false, ahead: bothAhead },
		});
	});
});

describe("a group that says failed over", () => {
	test.each([
		["at one host, and Mixed at the other", states.Mixed],
		["at one host, and Synchronized at the other", states.Synchronized],
	])("%s gets no second Failover", async (_, other) => {
		const site = await GroupSite.open();
		await site.run(active);
		site.seenAs = (seen) => ({
			...seen,
			groupRelationships: (seen.groupRelationships ?? []).map((link) => ({
				...link,
				copyState: link.role === "target" ? other : states.Failedover,
			})),
		});
		await expect(site.run(failedOver)).rejects.toThrow();
		expect(site.received()).toEqual([]);
	});
});

describe("a part of a group", () => {
	test("that was split is copied alone, and resumed with the rest", async () => {
		const site = await GroupSite.open();
		await site.put("Split", "Suspended");
		await site.run(suspended);
		await site.runApproved(active);
		expect(site.received()).toEqual(["ResyncReplica Orders", "Resume Sales"]);
		expect(site.states()).toEqual(["Synchronized", "Synchronized", "Synchronized"]);
	});

	test("that took another mode is told as that", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.sites.addFault({ kind: "partial", members: 1, times: 1 });
		await expect(site.run({ ...active, syncMode: "Asynchronous" })).rejects.toThrow("SR3013");
	});

	test("whose roles somebody changed is not agreed to by a wish without a say in roles", async () => {
		const site = await GroupSite.open();
		await site.run(suspended);
		await site.sites.changeRoles("Ledger");
		await site.run(suspended);
		await site.sites.changeRoles("Ledger");
		expect((await site.look(active)).roleChange).toBeNull();
	});

	test("that is still related when the groups are not any more is told, and nothing is made over it", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		const [, ledgers] = site.sites.look().relationships;
		site.onEvent = async ({ kind }) => {
			if (kind !== "afterCall") return;
			site.clock.advance(1_000);
			await site.sites.change((world) => {
				const others = world.relationships.filter(({ id }) => id !== ledgers?.id);
				world.relationships = ledgers === undefined ? others : [...others, ledgers];
				world.groupRelationships = [];
			});
		};
		await expect(site.run({ state: "absent" })).rejects.toThrow("SR3008");
		site.onEvent = async () => {};
		await expect(site.run(active)).rejects.toThrow(/SR1039.*6000100000000002/);
		expect(site.received()).toEqual(["Detach Sales"]);
	});
});

describe("pairs that are wished", () => {
	test("and whose target is to be made are made beside the group's own", async () => {
		const site = await GroupSite.open();
		await site.sites.change((world) => {
			world.relationships.pop();
			world.disks = world.disks.filter(({ name }) => name !== "Stock-DR");
		});
		await site.run(active);
		site.pairs = three;
		await site.run(active);
		expect(site.received()).toEqual(["CreateReplica Stock", "AddSyncPair Sales"]);
		const { disks } = site.sites.look();
		expect(disks.find(({ name }) => name === "Stock-DR")).toMatchObject({ array: "west-array" });
	});

	test("are refused while another group steers them, or the array named their target otherwise", async () => {
		const other = await GroupSite.open({
			behaviour: { features: [features.AddOrRemoveToGroupRequiresSuspendedState] },
		});
		await other.run(active);
		await other.sites.change((world) => {
			const idOf = (name: string) => world.disks.find((disk) => disk.name === name)?.uniqueId ?? "";
			const ends = [
				{ name: "Stores", uniqueId: "7000000000000011", array: "east-array", members: [idOf("Stock")] },
				{ name: "Stores-DR", uniqueId: "7000000000000012", array: "west-array", members: [idOf("Stock-DR")] },
			];
			world.groups = [...(world.groups ?? []), ...ends];
			const [source = "", target = ""] = ends.map(({ uniqueId }) => uniqueId);
			world.groupRelationships = [
				...(world.groupRelationships ?? []),
				{ id: "stores", source, target, consistent: false },
			];
		});
		other.pairs = three;
		await expect(other.run(active)).rejects.toThrow(/SR1039.*Stores/);
		expect(other.received()).toEqual([]);
		const named = await GroupSite.open();
		await named.run(active);
		await named.sites.rename("Stock-DR", "LUN-7");
		named.pairs = three;
		await expect(named.run(active)).rejects.toThrow(/SR1039.*Stock has a mirror already/);
		expect(named.received()).toEqual([]);
	});

	test("are those of the groups' disks when these are related, and no others", async () => {
		const site = await GroupSite.open({ related: false });
		site.pairs = three;
		await expect(site.run(active)).rejects.toThrow(/SR1039.*leave pairs out until the groups are related/);
		site.pairs = three.slice(0, 2);
		await site.runApproved(active);
		expect(site.received()).toEqual(["ReplicationGroup.CreateReplica Sales"]);
	});

	test("a disk of the target that something else copies onto is not made the target of a group", async () => {
		const site = await GroupSite.open({ related: false });
		await site.sites.change(({ disks, relationships }) => {
			const target = disks.find(({ name }) => name === "Orders-DR")?.uniqueId ?? "";
			disks.push({ name: "Other", uniqueId: "6000200000000077", array: "west-array", readOnly: false, content: [] });
			relationships.push(relationshipAtRest({ id: "snap", source: "6000200000000077", target, syncType: 7 }));
		});
		expect(await codeOf(site.run(active))).toBe(errorCodes.diskIsTarget);
	});
});

describe("of what was proved for other pairs", () => {
	const record: RelationshipRecord = {
		...emptyRecord,
		copyState: "Suspended",
		ahead: { source: "yes", target: "no" },
		targetConsistent: true,
		sourceConsistent: true,
	};
	const believed = { ahead: { source: "yes", target: null }, targetConsistent: null, sourceConsistent: null };
	const group = { pairs: "of others", except: {} };
	const half = { ahead: { source: null, target: "yes" }, targetConsistent: false, sourceConsistent: null } as const;

	test("only what warns is believed: a group without memory of its pairs, and one whose pairs changed", () => {
		expect(recordOfPair(record, { key: "a", keys: ["a"] })).toMatchObject(believed);
		expect(recordOfPair({ ...record, group }, { key: "a", keys: ["a"] })).toMatchObject(believed);
		const except = { [orders]: { ...record, ...half } };
		const worst = { ...half, ahead: { source: "yes", target: "yes" } };
		expect(recordOfPair({ ...record, group: { ...group, except } }, { key: "a", keys: ["a"] })).toMatchObject(worst);
	});

	test("and of ends that are exchanged it is told for the other end, once", () => {
		const except = { [orders]: { ...record, ahead: half.ahead } };
		const told = exchanged({ ...record, ahead: { source: null, target: null }, group: { ...group, except } });
		expect(recordOfPair(told, { key: "b", keys: ["b"] })).toMatchObject({ ahead: { source: "yes", target: null } });
	});
});
