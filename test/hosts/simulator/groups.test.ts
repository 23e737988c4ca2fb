import { describe, expect, test } from "vitest";
import { CallCutOff } from "../../../provider/executor/callCutOff";
import { SimulatedClock } from "../../../provider/executor/clock";
import type { CallAnswer, HostObservation, ReplicationGroups } from "../../../provider/executor/host";
import { type GroupBehaviour, type ProfileName, Simulator } from "../../../provider/hosts/simulator";
import { WorldInMemory } from "../../../provider/hosts/simulator/worldStore";
import type { CopyState, Operation } from "../../../provider/model/relationship";
import { replicationCapabilitiesGetSupportedGroupFeaturesFeatures as features } from "../../../provider/model/vocabulary/capabilities";
import { virtualDiskSetReplicationRelationshipOperation as numbers } from "../../../provider/model/vocabulary/operations";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../../provider/model/vocabulary/relationship";
import { ArraysInMemory } from "./arraysInMemory";

/** Orders and Ledger in a group Sales, a third pair Stock outside, on a clock that moves only when it is told to. */
class Groups extends ArraysInMemory {
	static async open(
		behaviour: Partial<GroupBehaviour> = {},
		profile: ProfileName = "generous",
		related = true,
	): Promise<Groups> {
		const clock = new SimulatedClock(1_000_000);
		const store = new WorldInMemory();
		const names = ["Orders", "Ledger", "Stock"];
		const sites = await Simulator.create(store, {
			pairs: names.map((source) => ({ source, target: `${source}-DR`, related })),
			groups: related ? [{ source: "Sales", target: "Sales-DR", members: ["Orders", "Ledger"] }] : [],
			profile,
			now: () => clock.now(),
		});
		await sites.array("east-array").groups(behaviour);
		return new Groups(clock, store, sites);
	}

	get calls(): ReplicationGroups {
		if (this.host.groups === undefined) throw new Error("this host steers no groups");
		return this.host.groups;
	}

	async observed(host = this.host): Promise<Required<HostObservation>> {
		const observation = await host.observe();
		return { groups: [], groupRelationships: [], ...observation };
	}

	async disk(name: string) {
		return (await this.observed()).disks.find(({ friendlyName }) => friendlyName === name);
	}

	async group(name: string) {
		return (await this.observed()).groups.find(({ friendlyName }) => friendlyName === name);
	}

	/** The relationship as the group of the sources shows it. */
	async shown(host = this.host) {
		return (await this.observed(host)).groupRelationships[0];
	}

	/** At the group that is the source now, or at this one. */
	async send(operation: Operation, pairs: readonly string[] = [], at?: string): Promise<CallAnswer> {
		const { groupRelationships } = await this.observed();
		const own = at === undefined ? undefined : await this.group(at);
		const link = groupRelationships.find(({ role, groupUniqueId }) =>
			own === undefined ? role === "source" : groupUniqueId === own.uniqueId,
		);
		const ids = (name: string) => this.sites.look().disks.find((disk) => disk.name === name)?.uniqueId ?? "";
		return this.calls.setRelationship({
			operation: numbers[operation],
			groupObjectId: link?.groupObjectId ?? "",
			peerUniqueId: link?.peerUniqueId ?? "",
			madePeer: null,
			syncPairs: pairs.map((name) => ({ sourceUniqueId: ids(name), targetUniqueId: ids(`${name}-DR`) })),
		});
	}

	/** An operation on the pair of this disk alone. */
	async sendAlone(operation: Operation, source: string): Promise<CallAnswer> {
		const { relationships } = await this.observed();
		const link = relationships.find(({ peerName }) => peerName === `${source}-DR`);
		return this.host.setReplicationRelationship({
			operation: numbers[operation],
			diskObjectId: link?.diskObjectId ?? (await this.disk(source))?.objectId ?? "",
			peerUniqueId: link?.peerUniqueId ?? (await this.disk(`${source}-DR`))?.uniqueId ?? "",
			madePeer: null,
		});
	}

	/** Puts the pairs where a test starts, in their order. */
	put(...copyStates: readonly CopyState[]): Promise<void> {
		return this.sites.change(({ relationships }) => {
			for (const [index, copyState] of copyStates.entries()) {
				const relationship = relationships[index];
				if (relationship !== undefined) relationship.copyState = states[copyState];
			}
		});
	}

	/** The CopyStates of the pairs when everything that was under way has ended. */
	settled(): number[] {
		this.clock.advance(60_000);
		return this.sites.look().relationships.map(({ copyState }) => copyState);
	}

	members(name: string): string[] {
		const { groups = [], disks } = this.sites.look();
		const ids = groups.find((group) => group.name === name)?.members ?? [];
		return ids.map((id) => disks.find(({ uniqueId }) => uniqueId === id)?.name ?? id);
	}
}

const { Synchronized, Suspended, Fractured, Split, Failedover } = states;

describe("what a host shows", () => {
	test("groups with their members in order, at hosts that see their array, and the relationship from both ends", async () => {
		const groups = await Groups.open();
		const { groups: facts, groupRelationships } = await groups.observed();
		expect(facts.map(({ friendlyName, subsystem }) => [friendlyName, subsystem])).toEqual([
			["Sales", "east-array"],
			["Sales-DR", "west-array"],
		]);
		const ids = await Promise.all(["Orders", "Ledger"].map(async (name) => (await groups.disk(name))?.objectId));
		expect(facts[0]?.members).toEqual(ids);
		expect(groupRelationships.map(({ role, peerName }) => [role, peerName])).toEqual([
			["source", "Sales-DR"],
			["target", "Sales"],
		]);
		expect(groupRelationships[0]).toMatchObject({
			copyState: Synchronized,
			syncType: 6,
			syncMode: 2,
			consistencyState: 4,
		});
		const west = await groups.observed(groups.connect("west"));
		expect(west.groups.map(({ friendlyName }) => friendlyName)).toEqual(["Sales-DR"]);
		expect(west.groupRelationships).toHaveLength(1);
		const byKey = await groups.host.observeDisks([(await groups.disk("Orders"))?.objectId ?? ""]);
		expect(byKey, "read by key, nobody asked for groups").not.toHaveProperty("groups");
	});

	test("Mixed for members that differ, and whatever else a group says of itself", async () => {
		const groups = await Groups.open();
		await groups.put("Suspended", "Synchronized");
		expect(await groups.shown()).toMatchObject({ copyState: states.Mixed, progressStatus: progress.Completed });
		await groups.put("Split", "Split");
		expect(await groups.shown()).toMatchObject({ copyState: Split });
		for (const says of ["Mixed", "Failedover"] as const) {
			await groups.sites.groupSays("Sales", says);
			expect(await groups.shown()).toMatchObject({ copyState: states[says] });
		}
		await groups.sites.groupSays("Sales", null);
		expect(await groups.shown()).toMatchObject({ copyState: Split });
	});

	test("no element of a group by itself (group feature 50)", async () => {
		const groups = await Groups.open({ features: [features.NoElementLevelStorageSynchronized] });
		const { relationships } = await groups.observed();
		expect(relationships.map(({ peerName }) => peerName)).toEqual(["Stock-DR", "Stock"]);
		expect((await groups.sendAlone("Suspend", "Orders")).returnCode).toBe(5);
		expect((await groups.send("Suspend")).returnCode).toBe(0);
		expect(groups.settled()).toEqual([Suspended, Suspended, Synchronized]);
		expect(await groups.shown()).toMatchObject({ copyState: Suspended });
	});

	test("what a group may do, in the numbers of groups", async () => {
		const groups = await Groups.open({ features: [45, 63] }, "cci");
		const of = { subsystem: "east-array", replicationType: 4 };
		const { operations, features: has } = await groups.host.capabilities({ ...of, of: "group" });
		expect(operations).toEqual(expect.arrayContaining(["Failover", "AddSyncPair", "ActivateConsistency"]));
		// Element 19, 20, 22, 54.
		expect(has).toEqual([17, 18, 20, 61, 45, 63]);
		expect((await groups.host.capabilities(of)).features).toEqual([19, 20, 22, 54]);
		expect((await groups.host.capabilities({ ...of, replicationType: 6, of: "group" })).operations).toEqual([]);
	});
});

describe("an operation moves the members together", () => {
	const moves: readonly (readonly [Operation, CopyState, number])[] = [
		["Suspend", "Synchronized", Suspended],
		["Resume", "Suspended", Synchronized],
		["Fracture", "Synchronized", Fractured],
		["Split", "Synchronized", Split],
		["ResyncReplica", "Split", Synchronized],
		["Failover", "Synchronized", Failedover],
		["Failback", "Failedover", Synchronized],
		["ReverseRoles", "Synchronized", Synchronized],
		["ResetToAsync", "Synchronized", Synchronized],
		["ResetToSync", "Synchronized", Synchronized],
		["Activate", "Inactive", Synchronized],
		["Deactivate", "Synchronized", states.Inactive],
		["RestoreFromReplica", "Split", Synchronized],
		["Unprepare", "Prepared", states.Initialized],
	];

	test.each(moves)("%s from %s", async (operation, from, to) => {
		const groups = await Groups.open();
		await groups.put(from, from);
		expect(await groups.send(operation)).toEqual({ returnCode: 0, jobId: null, message: null });
		expect(groups.settled()).toEqual([to, to, Synchronized]);
		expect(groups.sites.calls()).toMatchObject([
			{ method: "ReplicationGroup.SetReplicationRelationship", operation, disk: "Sales", effect: true },
		]);
	});

	test.each(["Detach", "Dissolve"] as const)(
		"%s ends all pairs and the relationship; the groups stay",
		async (operation) => {
			const groups = await Groups.open();
			expect((await groups.send(operation)).returnCode).toBe(0);
			expect(groups.settled()).toEqual([Synchronized]);
			const { groups: left, groupRelationships } = await groups.observed();
			expect([left.length, groupRelationships.length]).toEqual([2, 0]);
			expect(groups.sites.look().groupRelationships).toEqual([]);
		},
	);

	test("Abort stops what is copied", async () => {
		const groups = await Groups.open();
		await groups.put("Suspended", "Suspended");
		await groups.send("Resume");
		expect((await groups.send("Abort")).returnCode).toBe(0);
		expect(groups.settled().slice(0, 2)).toEqual([states.Aborted, states.Aborted]);
	});

	test("after ReverseRoles the other group is the source", async () => {
		const groups = await Groups.open();
		await groups.send("ReverseRoles");
		groups.settled();
		expect(await groups.shown()).toMatchObject({ role: "target", copyState: Synchronized });
		expect((await groups.send("Suspend")).returnCode).toBe(0);
		expect(groups.sites.calls().at(-1)).toMatchObject({ disk: "Sales-DR" });
	});

	test("what a group has nothing to do with is refused", async () => {
		const groups = await Groups.open();
		const before = groups.sites.look().relationships;
		expect((await groups.send("ReturnToResourcePool")).returnCode).toBe(1);
		const call = { groupObjectId: (await groups.group("Sales"))?.objectId ?? "", madePeer: null, syncPairs: [] };
		const send = (request: object) =>
			groups.calls.setRelationship({ operation: 22, peerUniqueId: "70000000000000002", ...call, ...request });
		expect((await send({ peerUniqueId: "nothing" })).returnCode).toBe(8);
		expect((await send({ groupObjectId: "nothing" })).returnCode).toBe(8);
		const peerUniqueId = (await groups.group("Sales-DR"))?.uniqueId;
		expect((await send({ peerUniqueId, operation: 99 })).returnCode).toBe(5);
		expect(groups.sites.look().relationships).toEqual(before);
	});

	test("one member that refuses keeps all where they are", async () => {
		const groups = await Groups.open();
		await groups.put("Synchronized", "Aborted");
		expect((await groups.send("Suspend")).returnCode).toBe(5);
		expect(groups.settled().slice(0, 2)).toEqual([Synchronized, states.Aborted]);
		expect(groups.sites.calls()).toMatchObject([{ returnCode: 5, effect: false }]);
	});

	test.each([
		["Suspend", ["Synchronized", "Suspended"], [Suspended, Suspended]],
		["Suspend", ["Synchronized", "Fractured"], [Suspended, Fractured]],
		["Resume", ["Suspended", "Synchronized"], [Synchronized, Synchronized]],
		["ResyncReplica", ["Split", "Synchronized"], [Synchronized, Synchronized]],
		["Split", ["Synchronized", "Split"], [Split, Split]],
		["Fracture", ["Synchronized", "Split"], [Fractured, Split]],
		["Activate", ["Inactive", "Synchronized"], [Synchronized, Synchronized]],
		["Failback", ["Failedover", "Synchronized"], [Synchronized, Synchronized]],
	] as const)("%s of %j: a member that is there already stays", async (operation, from, to) => {
		const groups = await Groups.open();
		await groups.put(...from);
		expect((await groups.send(operation)).returnCode).toBe(0);
		expect(groups.settled().slice(0, 2)).toEqual(to);
	});

	test.each([
		[false, 0],
		[true, 3],
	])("a Failback overwrites the source of a member that is not failed over: %s", async (failsBackAll, lost) => {
		const groups = await Groups.open({ failsBackAll });
		await groups.sites.change(({ relationships }) => {
			for (const relationship of relationships) relationship.syncMode = 3;
		});
		await groups.put("Failedover", "Synchronized");
		await groups.sites.write("Ledger", 3);
		expect((await groups.send("Failback")).returnCode).toBe(0);
		expect(groups.settled().slice(0, 2)).toEqual([Synchronized, Synchronized]);
		expect(groups.sites.writes().lost).toBe(lost);
	});

	test("a Failback of all may take one of them only", async () => {
		const groups = await Groups.open({ failsBackAll: true });
		await groups.put("Synchronized", "Failedover");
		await groups.sites.addFault({ kind: "partial", members: 1, times: 1 });
		await groups.send("Failback");
		expect(groups.settled().slice(0, 2)).toEqual([Synchronized, Failedover]);
	});

	test.each(["Failover", "ReverseRoles"] as const)("%s leads nowhere twice", async (operation) => {
		const groups = await Groups.open();
		await groups.put("Failedover", "Synchronized");
		// A swap of both is one for each: the array takes it, and the group is torn no more than before.
		const { returnCode } = await groups.send(operation);
		expect(returnCode).toBe(operation === "Failover" ? 5 : 0);
	});

	test("a second Failover undoes the first where a family does that", async () => {
		const groups = await Groups.open({}, "srdf");
		expect((await groups.send("Failover")).returnCode).toBe(4096);
		expect(groups.settled().slice(0, 2)).toEqual([Failedover, Failedover]);
		await groups.send("Failover");
		expect(groups.settled().slice(0, 2)).toEqual([Synchronized, Synchronized]);
	});

	test("nobody is there for an operation that all have done", async () => {
		const groups = await Groups.open();
		await groups.put("Suspended", "Suspended");
		expect((await groups.send("Suspend")).returnCode).toBe(5);
	});
});

describe("consistency", () => {
	test("is activated while all are Synchronized, shown, and keeps members from being steered alone", async () => {
		const groups = await Groups.open();
		await groups.put("Synchronized", "Suspended");
		expect((await groups.send("ActivateConsistency")).returnCode).toBe(5);
		await groups.put("Synchronized", "Synchronized");
		expect((await groups.send("ActivateConsistency")).returnCode).toBe(0);
		expect(await groups.shown()).toMatchObject({ consistencyState: 3 });
		expect((await groups.sendAlone("Suspend", "Orders")).returnCode).toBe(5);
		expect((await groups.send("DeactivateConsistency")).returnCode).toBe(0);
		expect(await groups.shown()).toMatchObject({ consistencyState: 4 });
		expect((await groups.sendAlone("Suspend", "Orders")).returnCode).toBe(0);
		expect((await groups.send("DeactivateConsistency")).returnCode, "not while one moves").toBe(5);
	});

	test("of all groups is never given up; some arrays do not tell it", async () => {
		const always = await Groups.open({ features: [features.ConsistencyEnabledForAllGroups] });
		expect((await always.send("DeactivateConsistency")).returnCode).toBe(5);
		const silent = await Groups.open({ reportsConsistency: false });
		expect(await silent.shown()).toMatchObject({ consistencyState: null });
	});
});

describe("pairs", () => {
	test("come and go while all are Synchronized, and stay related", async () => {
		const groups = await Groups.open();
		expect((await groups.send("AddSyncPair", ["Stock"])).returnCode).toBe(0);
		expect([groups.members("Sales"), groups.members("Sales-DR")]).toEqual([
			["Orders", "Ledger", "Stock"],
			["Orders-DR", "Ledger-DR", "Stock-DR"],
		]);
		await groups.send("Suspend");
		expect(groups.settled()).toEqual([Suspended, Suspended, Suspended]);
		expect((await groups.send("RemoveSyncPair", ["Orders"])).returnCode).toBe(0);
		expect(groups.members("Sales")).toEqual(["Ledger", "Stock"]);
		await groups.send("Resume");
		expect(groups.settled()).toEqual([Suspended, Synchronized, Synchronized]);
	});

	test("of a reversed group are named by their roles of now", async () => {
		const groups = await Groups.open();
		await groups.send("ReverseRoles");
		groups.settled();
		const ids = async (name: string) => (await groups.disk(name))?.uniqueId ?? "";
		await groups.sites.changeRoles("Stock");
		const pair = { sourceUniqueId: await ids("Stock-DR"), targetUniqueId: await ids("Stock") };
		const [own, peer] = [await groups.group("Sales-DR"), await groups.group("Sales")];
		const call = { groupObjectId: own?.objectId ?? "", peerUniqueId: peer?.uniqueId ?? "", madePeer: null };
		expect((await groups.calls.setRelationship({ operation: 5, ...call, syncPairs: [pair] })).returnCode).toBe(0);
		expect(groups.members("Sales")).toContain("Stock");
		expect(groups.members("Sales-DR")).toContain("Stock-DR");
	});

	test.each([
		[features.AddOrRemoveToGroupRequiresFracturedState, "Fractured"],
		[features.AddOrRemoveToGroupRequiresSplitState, "Split"],
		[features.AddOrRemoveToGroupRequiresSuspendedState, "Suspended"],
		[features.AddOrRemoveToGroupRequiresFailedOverState, "Failedover"],
	] as const)("come and go only from the state that group feature %i names", async (feature, state) => {
		const groups = await Groups.open({ features: [feature] });
		expect((await groups.send("AddSyncPair", ["Stock"])).returnCode).toBe(5);
		expect((await groups.send("RemoveSyncPair", ["Orders"])).returnCode).toBe(5);
		await groups.put(state, state);
		expect((await groups.send("AddSyncPair", ["Stock"])).returnCode, "the pair is not where the group is").toBe(5);
		await groups.put(state, state, state);
		expect((await groups.send("AddSyncPair", ["Stock"])).returnCode).toBe(0);
		expect((await groups.send("RemoveSyncPair", ["Orders"])).returnCode).toBe(0);
	});

	test("have to be Synchronized where group feature 63 says so", async () => {
		const groups = await Groups.open({ features: [47, features.AddSyncPairRequiresSynchronizedMirrorPair] });
		await groups.put("Suspended", "Suspended", "Suspended");
		expect((await groups.send("AddSyncPair", ["Stock"])).returnCode).toBe(5);
		await groups.put("Suspended", "Suspended", "Synchronized");
		expect((await groups.send("AddSyncPair", ["Stock"])).returnCode).toBe(0);
	});

	test("that are none, are no mirror, are in a group, are the last ones, or in another mode are refused", async () => {
		const groups = await Groups.open();
		expect((await groups.send("AddSyncPair", [])).returnCode).toBe(5);
		expect((await groups.send("AddSyncPair", ["Nothing"])).returnCode).toBe(5);
		expect((await groups.send("AddSyncPair", ["Orders"])).returnCode).toBe(5);
		expect((await groups.send("RemoveSyncPair", ["Stock"])).returnCode).toBe(5);
		expect((await groups.send("RemoveSyncPair", ["Orders", "Ledger"])).returnCode).toBe(5);
		await groups.sendAlone("ResetToAsync", "Stock");
		expect((await groups.send("AddSyncPair", ["Stock"])).returnCode).toBe(5);
	});
});

describe("groups are made", () => {
	const create = async (groups: Groups, name: string, subsystem: string, members: readonly string[]) => {
		const ids = await Promise.all(members.map(async (member) => (await groups.disk(member))?.objectId ?? "nothing"));
		return groups.calls.create({ subsystem, friendlyName: name, memberObjectIds: ids });
	};
	const replicate = async (groups: Groups, source: string, target: string | null, made: string | null = null) =>
		groups.calls.createReplica({
			sourceGroupObjectId: (await groups.group(source))?.objectId ?? "",
			targetGroupObjectId: target === null ? null : ((await groups.group(target))?.objectId ?? "nothing"),
			friendlyName: made,
			targetSubsystem: "west-array",
			targetSubsystemName: null,
			targetSubsystemUniqueId: null,
			targetStoragePool: null,
			recoveryPointObjectiveMinutes: null,
			syncType: 6,
			syncMode: null,
		});

	test("of disks of one array, in their order; changed and deleted while they are in no relationship", async () => {
		const groups = await Groups.open({}, "generous", false);
		const { createdGroupObjectId } = await create(groups, "Sales", "east-array", ["Ledger", "Orders"]);
		expect(createdGroupObjectId).toBe((await groups.group("Sales"))?.objectId);
		expect(groups.members("Sales")).toEqual(["Ledger", "Orders"]);
		const groupObjectId = createdGroupObjectId ?? "";
		const stock = { groupObjectId, memberObjectIds: [(await groups.disk("Stock"))?.objectId ?? ""] };
		expect((await groups.calls.addMembers(stock)).returnCode).toBe(0);
		expect((await groups.calls.addMembers(stock)).returnCode, "it is there already").toBe(5);
		expect(groups.members("Sales")).toEqual(["Ledger", "Orders", "Stock"]);
		expect((await groups.calls.delete({ groupObjectId })).returnCode, "it has members").toBe(5);
		expect((await groups.calls.removeMembers(stock)).returnCode).toBe(0);
		expect((await groups.calls.removeMembers(stock)).returnCode, "it has left").toBe(5);
		const rest = (await groups.group("Sales"))?.members ?? [];
		await groups.calls.removeMembers({ groupObjectId, memberObjectIds: rest });
		expect((await groups.calls.delete({ groupObjectId })).returnCode).toBe(0);
		expect(await groups.group("Sales")).toBeUndefined();
		expect(groups.sites.calls().map(({ method, disk, effect }) => `${method} ${disk} ${effect}`)).toEqual([
			"StorageSubSystem.CreateReplicationGroup east-array true",
			"ReplicationGroup.AddMember Sales true",
			"ReplicationGroup.AddMember Sales false",
			"ReplicationGroup.DeleteObject Sales false",
			"ReplicationGroup.RemoveMember Sales true",
			"ReplicationGroup.RemoveMember Sales false",
			"ReplicationGroup.RemoveMember Sales true",
			"ReplicationGroup.DeleteObject Sales true",
		]);
	});

	test("not of another array's disk, of one twice, of one in a group, or of nothing", async () => {
		const groups = await Groups.open();
		expect((await create(groups, "Other", "east-array", ["Stock-DR"])).returnCode).toBe(5);
		expect((await create(groups, "Other", "east-array", ["Stock", "Stock"])).returnCode).toBe(5);
		expect((await create(groups, "Other", "east-array", ["Orders"])).returnCode).toBe(5);
		expect((await create(groups, "Other", "east-array", ["Nothing"])).returnCode).toBe(8);
		expect((await create(groups, "Other", "no-array", [])).returnCode).toBe(8);
		expect(await groups.group("Other")).toBeUndefined();
		await groups.sites.array("east-array").groups({ features: [features.ElementCanBeMemberOfMultipleGroups] });
		expect((await create(groups, "Other", "east-array", ["Orders"])).returnCode).toBe(0);
	});

	test("and not changed by members while they are in a relationship", async () => {
		const groups = await Groups.open();
		const groupObjectId = (await groups.group("Sales"))?.objectId ?? "";
		const [stock, orders] = [await groups.disk("Stock"), await groups.disk("Orders")];
		const change = (objectId = "") => ({ groupObjectId, memberObjectIds: [objectId] });
		expect((await groups.calls.addMembers(change(stock?.objectId))).returnCode).toBe(5);
		expect((await groups.calls.removeMembers(change(orders?.objectId))).returnCode).toBe(5);
	});

	test("CreateReplica pairs members in order with those of an existing group", async () => {
		const groups = await Groups.open({}, "generous", false);
		await create(groups, "Sales", "east-array", ["Orders", "Ledger"]);
		await create(groups, "Sales-DR", "west-array", ["Ledger-DR", "Orders-DR"]);
		const answer = await replicate(groups, "Sales", "Sales-DR");
		expect(answer).toMatchObject({ returnCode: 0, createdPeerUniqueId: (await groups.group("Sales-DR"))?.uniqueId });
		expect(groups.settled()).toEqual([Synchronized, Synchronized]);
		const { relationships } = await groups.observed();
		expect(relationships.filter(({ role }) => role === "source").map(({ peerName }) => peerName)).toEqual([
			"Ledger-DR",
			"Orders-DR",
		]);
		expect((await replicate(groups, "Sales", "Sales-DR")).returnCode, "they are related").toBe(5);
	});

	test("CreateReplica takes no member that is a target already", async () => {
		const groups = await Groups.open();
		await create(groups, "Goods", "east-array", ["Stock"]);
		await create(groups, "Goods-DR", "west-array", ["Stock-DR"]);
		expect((await replicate(groups, "Goods", "Goods-DR")).returnCode).toBe(5);
	});

	test("CreateReplica makes a group, and a disk for each member, or disks into an empty group", async () => {
		for (const target of [null, "Sales-DR"]) {
			const groups = await Groups.open({}, "generous", false);
			await create(groups, "Sales", "east-array", ["Orders", "Ledger"]);
			if (target !== null) await create(groups, target, "west-array", []);
			expect((await replicate(groups, "Sales", target, target === null ? "Sales-DR" : null)).returnCode).toBe(0);
			expect(groups.settled()).toEqual([Synchronized, Synchronized]);
			expect(groups.members("Sales-DR")).toEqual(["Orders-Sales-DR", "Ledger-Sales-DR"]);
			expect(await groups.shown()).toMatchObject({ role: "source", copyState: Synchronized, consistencyState: 4 });
		}
	});

	test("CreateReplica keeps to what the array says of targets; a refused one leaves nothing", async () => {
		const groups = await Groups.open({}, "generous", false);
		await create(groups, "Sales", "east-array", ["Orders", "Ledger"]);
		await create(groups, "Empty", "west-array", []);
		await create(groups, "Full", "west-array", ["Orders-DR", "Ledger-DR"]);
		await create(groups, "One", "west-array", ["Stock-DR"]);
		const before = groups.sites.look();
		const supports = (...has: number[]) => groups.sites.array("east-array").groups({ features: has });
		expect((await replicate(groups, "Sales", "One")).returnCode, "not as many").toBe(5);
		expect((await replicate(groups, "Sales", "Nothing")).returnCode).toBe(8);
		expect((await replicate(groups, "Empty", null, "Other")).returnCode, "no members").toBe(5);
		await supports(features.TargetGroupShallNotBeSupplied);
		expect((await replicate(groups, "Sales", "Full")).returnCode).toBe(5);
		await supports(features.TargetGroupShallBeSupplied);
		expect((await replicate(groups, "Sales", null, "Other")).returnCode).toBe(5);
		await supports(features.CreateGroupReplicaOnlyAcceptsEmptyGroups);
		expect((await replicate(groups, "Sales", "Full")).returnCode).toBe(5);
		const { relationships, groups: left, disks } = groups.sites.look();
		expect([relationships, left, disks]).toEqual([before.relationships, before.groups, before.disks]);
		await supports(features.ConsistencyEnabledForAllGroups);
		expect((await replicate(groups, "Sales", "Full")).returnCode).toBe(0);
		expect(await groups.shown()).toMatchObject({ consistencyState: 3 });
	});

	test("CreateReplica may go on as one job, which is over when the last member is, and names what it made", async () => {
		const groups = await Groups.open({}, "generous", false);
		await groups.sites.array("east-array").creation({ asJob: true });
		await create(groups, "Sales", "east-array", ["Orders", "Ledger"]);
		const { jobId, returnCode } = await replicate(groups, "Sales", null, "Sales-DR");
		expect([returnCode, (await groups.shown())?.job]).toEqual([4096, jobId]);
		expect(await groups.host.affectedDisks(jobId ?? "")).toHaveLength(4);
		expect(await groups.host.job(jobId ?? "")).toMatchObject({ jobState: 4 });
		await groups.sites.change(({ relationships: [, second] }) => {
			if (second?.copy != null) second.copy.dueMs += 5_000;
		});
		groups.clock.advance(2_000);
		expect(await groups.host.job(jobId ?? ""), "one of two is over").toMatchObject({ jobState: 4 });
		groups.settled();
		expect(await groups.host.job(jobId ?? "")).toMatchObject({ jobState: 7 });
	});
});

describe("faults", () => {
	test.each([
		[1, [Suspended, Synchronized]],
		[0, [Synchronized, Synchronized]],
	])("only %i members move; the next call moves the rest", async (members, left) => {
		const groups = await Groups.open();
		await groups.sites.addFault({ kind: "partial", members, times: 1 });
		expect((await groups.send("Suspend")).returnCode).toBe(0);
		expect(groups.settled().slice(0, 2)).toEqual(left);
		expect((await groups.send("Suspend")).returnCode).toBe(0);
		expect(groups.settled().slice(0, 2)).toEqual([Suspended, Suspended]);
	});

	test("roles that only one member changed are torn", async () => {
		const groups = await Groups.open();
		await groups.sites.addFault({ kind: "partial", members: 1, times: 1 });
		await groups.send("ReverseRoles");
		groups.settled();
		const { relationships } = await groups.observed(groups.connect("east"));
		expect(relationships.map(({ role }) => role)).toEqual(["target", "source", "source"]);
		expect(await groups.shown(), "the group knows nothing of it").toMatchObject({ role: "source" });
	});

	test.each(["Detach", "Dissolve"] as const)(
		"%s of half a group leaves the relationship of the rest",
		async (operation) => {
			const groups = await Groups.open();
			await groups.sites.addFault({ kind: "partial", members: 1, times: 1 });
			await groups.send(operation);
			expect(groups.settled()).toEqual([Synchronized, Synchronized]);
			expect(await groups.shown()).toMatchObject({ copyState: Synchronized });
		},
	);

	test("a group of which one member is only half a relationship takes no operation: none of its members moves", async () => {
		const groups = await Groups.open();
		await groups.sites.change(({ relationships: [first] }) => {
			if (first !== undefined) first.forgottenBy = first.target;
		});
		expect((await groups.send("Suspend")).returnCode).toBe(5);
		expect(groups.settled()).toEqual([Synchronized, Synchronized, Synchronized]);
	});

	test("late, cut off, answered by any code, by a job with any fate: as with a pair", async () => {
		const late = await Groups.open();
		await late.sites.late(10_000);
		await late.sites.addFault({ kind: "cutOff", effect: true, times: 1 });
		await expect(late.send("Suspend")).rejects.toBeInstanceOf(CallCutOff);
		expect(await late.shown()).toMatchObject({ copyState: Synchronized, progressStatus: progress.Completed });
		expect(late.settled().slice(0, 2)).toEqual([Suspended, Suspended]);
		expect((await late.send("Resume")).returnCode, "the next one is prompt again").toBe(0);

		const failed = await Groups.open({ jobs: ["Suspend"] });
		await failed.sites.addFault({ kind: "job", fate: "failed", times: 1 });
		const { returnCode, jobId } = await failed.send("Suspend");
		expect([returnCode, (await failed.host.job(jobId ?? ""))?.jobState]).toEqual([4096, 10]);
		expect(failed.settled().slice(0, 2)).toEqual([Synchronized, Synchronized]);

		await failed.sites.addFault({ kind: "returnCode", code: 2, effect: false, times: 1 });
		expect((await failed.send("Suspend")).returnCode).toBe(2);
		expect(failed.settled().slice(0, 2)).toEqual([Synchronized, Synchronized]);
	});

	test("a member is not steered alone where the array refuses that", async () => {
		const groups = await Groups.open({ steersElements: false });
		expect((await groups.sendAlone("Suspend", "Orders")).returnCode).toBe(5);
		expect((await groups.sendAlone("Suspend", "Stock")).returnCode, "it is in no group").toBe(0);
		expect((await groups.sendAlone("Detach", "Orders")).returnCode).toBe(5);
	});

	test("a lost site: the group fails over at its targets; lost hosts and cold caches show no groups", async () => {
		const groups = await Groups.open();
		await groups.sites.array("east-array").lose();
		const west = groups.connect("west");
		expect((await groups.observed()).groups.map(({ friendlyName }) => friendlyName)).toEqual(["Sales-DR"]);
		expect((await groups.send("Failover", [], "Sales-DR")).returnCode).toBe(0);
		expect(groups.settled().slice(0, 2)).toEqual([Failedover, Failedover]);
		await groups.sites.addFault({ kind: "coldCache", host: "west", hides: "relationships" });
		expect(await groups.observed(west)).toMatchObject({ groups: [{}], groupRelationships: [] });
		await groups.sites.removeFaults();
		await groups.sites.addFault({ kind: "coldCache", host: "west", hides: "disks" });
		expect(await groups.observed(west)).toMatchObject({
			groups: [],
			groupRelationships: [],
			unread: expect.arrayContaining([expect.objectContaining({ hides: "groups", subsystem: null })]),
		});
	});

	test.each([true, false])("groups of an array that is out of reach are told as unread, named: %s", async (named) => {
		const groups = await Groups.open();
		await groups.sites.addFault({ kind: "subsystemError", array: "west-array", named });
		const { groups: listed, unread } = await groups.observed();
		expect(listed.map(({ friendlyName }) => friendlyName)).toEqual(["Sales"]);
		expect(unread).toContainEqual(expect.objectContaining({ hides: "groups", subsystem: named ? "west-array" : null }));
	});

	test("a copy between members is no pair of theirs", async () => {
		const groups = await Groups.open();
		await groups.sites.change(({ relationships: [first] }) => {
			if (first !== undefined) first.syncType = 8;
		});
		await groups.send("Suspend");
		expect(groups.settled().slice(0, 2)).toEqual([Synchronized, Suspended]);
	});

	test("copies of a member are allowed", async () => {
		const groups = await Groups.open();
		const disk = await groups.disk("Orders-DR");
		const answer = await groups.host.createReplica({
			sourceDiskObjectId: disk?.objectId ?? "",
			friendlyName: "Drill",
			targetSubsystem: "",
			targetSubsystemName: null,
			targetSubsystemUniqueId: null,
			targetDiskObjectId: null,
			targetDiskUniqueId: null,
			targetStoragePool: null,
			recoveryPointObjectiveMinutes: null,
			syncType: 7,
			syncMode: null,
		});
		expect(answer.returnCode).toBe(0);
		await groups.sites.write("Orders", 2);
		expect((await groups.send("Suspend")).returnCode).toBe(0);
		expect(groups.sites.pointInTime("Drill")).toMatchObject({ lacking: 0, own: 0 });
	});
});
