import { describe, expect, test } from "vitest";
import type { TransitionEvent } from "../../provider/executor/events";
import { defaultLimits } from "../../provider/executor/wish";
import { takeGroupOperation } from "../../provider/hosts/simulator/groupOperations";
import { errorCodes } from "../../provider/model/errorCodes";
import type { CopyState, Operation } from "../../provider/model/relationship";
import { replicationCapabilitiesGetSupportedGroupFeaturesFeatures as features } from "../../provider/model/vocabulary/capabilities";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
	synchronizedSyncMode as syncModes,
} from "../../provider/model/vocabulary/relationship";
import { isNotWorse } from "../../provider/planner/comparePlans";
import type { Desired } from "../../provider/planner/situation";
import { GroupSite } from "./groupSite";
import { codeOf } from "./site";

const active: Desired = { state: "active" };

/** A run that finds nothing to do. */
async function holds(site: GroupSite, desired: Desired): Promise<void> {
	const from = site.received().length;
	await site.run(desired);
	expect(site.received(from)).toEqual([]);
}

describe("a group is steered as one", () => {
	test("created by one call, with consent for the disks that it overwrites", async () => {
		const site = await GroupSite.open({ related: false });
		expect(await site.hindrance(active)).toBe(errorCodes.approvalMissing);
		await site.runApproved(active);
		expect(site.received()).toEqual(["ReplicationGroup.CreateReplica Sales"]);
		expect(site.states()).toEqual(["Synchronized", "Synchronized"]);
		await holds(site, active);
	});

	test("created and made consistent, where the array does not keep every group so", async () => {
		const consistent: Desired = { ...active, consistency: true };
		const site = await GroupSite.open({ related: false });
		await site.runApproved(consistent);
		expect(site.received()).toEqual(["ReplicationGroup.CreateReplica Sales", "ActivateConsistency Sales"]);
		const always = await GroupSite.open({
			related: false,
			behaviour: { features: [features.ConsistencyEnabledForAllGroups] },
		});
		await always.runApproved(consistent);
		expect(always.received()).toEqual(["ReplicationGroup.CreateReplica Sales"]);
		await holds(always, consistent);
	});

	test("adopted as it is", async () => {
		const site = await GroupSite.open();
		const { record } = await site.run(active);
		expect(site.received()).toEqual([]);
		expect(record).toMatchObject({ copyState: "Synchronized", direction: "forward", group: { except: {} } });
		await holds(site, active);
	});

	test("suspended and resumed by one call each, whatever its members are called for", async () => {
		const site = await GroupSite.open();
		await site.run({ state: "suspended" });
		expect(site.states()).toEqual(["Suspended", "Suspended", "Synchronized"]);
		await holds(site, { state: "suspended" });
		await site.run(active);
		expect(site.received()).toEqual(["Suspend Sales", "Resume Sales"]);
		expect(site.states()).toEqual(["Synchronized", "Synchronized", "Synchronized"]);
	});

	test("failed over and back, and reversed", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.run({ state: "failedOver" });
		expect(site.states()).toEqual(["Failedover", "Failedover", "Synchronized"]);
		await holds(site, { state: "failedOver" });
		await site.runApproved(active);
		await site.run({ state: "reversed" });
		expect(site.received()).toEqual(["Failover Sales", "Failback Sales", "ReverseRoles Sales"]);
		await holds(site, { state: "reversed" });
		expect(site.sites.writes().lost).toBe(0);
	});

	test("with what is under way of one member waited for, although another one's source takes writes", async () => {
		const site = await GroupSite.open({ syncMode: "asynchronous", profile: "svc" });
		await site.sites.change(({ relationships: [, ledger] }) => {
			if (ledger !== undefined) ledger.syncMode = syncModes.Synchronous;
		});
		await site.run(active);
		await site.sites.write("Orders", 5);
		await site.sites.readOnly("Orders");
		const { token } = await site.look({ state: "failedOver" });
		expect(token, "nothing goes once it has arrived").toBeNull();
		await site.run({ state: "failedOver" });
		expect(site.received()).toEqual(["Failover Sales"]);
		const contentOf = (disk: string) => site.sites.look().disks.find(({ name }) => name === disk)?.content;
		expect(contentOf("Orders-DR")).toEqual(contentOf("Orders"));
	});

	test("ended by one call; the groups and all disks stay", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.run({ state: "absent" });
		expect(site.received()).toEqual(["Detach Sales"]);
		expect(site.sites.look()).toMatchObject({ relationships: [{}], groups: [{}, {}] });
		await holds(site, { state: "absent" });
	});
});

describe("a group that is not of one piece", () => {
	const failedOver: Desired = { state: "failedOver" };
	const lost = { lost: "source" } as const;

	test("with its source's site lost is failed over with one token for all", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.sites.array("east-array").lose();
		expect(await site.hindrance(failedOver, lost)).toBe(errorCodes.approvalMissing);
		await site.runApproved(failedOver, lost);
		expect(site.received()).toEqual(["Failover Sales-DR"]);
		expect(site.states().slice(0, 2)).toEqual(["Failedover", "Failedover"]);
	});

	test("is not failed over by half without a word: both halves are named, and the next run completes it with a token of its own", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.sites.array("east-array").lose();
		await site.sites.addFault({ kind: "partial", members: 1, times: 1 });
		// The array's own word follows what most arrays say of such a group: nothing.
		await site.sites.groupSays("Sales-DR", "Mixed");
		const { token } = await site.look(failedOver, lost);
		const stopped = site.run(failedOver, { ...lost, approvals: [token ?? ""] });
		await expect(stopped).rejects.toThrow(
			/SR3013.*1 of 2 pairs moved \(6000100000000001\), and 6000100000000002 did not/s,
		);
		expect(site.received(), "nothing is sent to help").toEqual(["Failover Sales-DR"]);
		expect(site.record?.interrupted).toMatchObject({ operation: "Failover", moved: { pairs: 1, of: 2 } });
		expect(site.record?.history.at(-1)).toMatch(/stopped at Failover, 1 of 2 pairs moved: /);
		// A preview: the remedy is followed.
		const next = await site.look(failedOver, lost);
		expect(next.answer).toMatchObject({ steps: [{ operation: "Failover", members: ["6000100000000002"] }] });
		expect(next.token).not.toBe(token);
		expect(await codeOf(site.run(failedOver, { ...lost, approvals: [token ?? ""] }))).toBe(errorCodes.approvalMissing);
		await site.run(failedOver, { ...lost, approvals: [next.token ?? ""] });
		expect(site.received()).toEqual(["Failover Sales-DR", "Failover Ledger-DR"]);
		expect(site.states().slice(0, 2)).toEqual(["Failedover", "Failedover"]);
	});

	test("whose own word says failed over gets no second Failover, not even for the rest", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.put("Failedover", "Synchronized");
		await site.sites.groupSays("Sales-DR", "Failedover");
		await site.sites.array("east-array").lose();
		const from = site.received().length;
		expect((await site.look(failedOver, lost)).answer.outcome).toBe("refused");
		await expect(site.run(failedOver, lost)).rejects.toThrow();
		expect(site.received(from)).toEqual([]);
	});

	test("by a planned failover that took only some is led back by declaring active", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.sites.addFault({ kind: "partial", members: 1, times: 1 });
		await expect(site.run(failedOver)).rejects.toThrow("SR3013");
		expect(site.received()).toEqual(["Failover Sales"]);
		await expect(site.run(failedOver)).rejects.toThrow(/declare active first/);
		await site.runApproved(active);
		expect(site.received()).toEqual(["Failover Sales", "Failback Sales"]);
		expect(site.states()).toEqual(["Synchronized", "Synchronized", "Synchronized"]);
	});

	test("that a cancelled run sent a call to is waited for, whatever the next run would begin with", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.sites.change(({ groupRelationships = [] }) => {
			for (const groups of groupRelationships) groups.consistent = true;
		});
		await site.sites.addFault({ kind: "partial", members: 1, times: 1 });
		await expect(site.run(failedOver)).rejects.toThrow("SR3013");
		await site.sites.addFault({ kind: "late", ms: 8_000, times: 1 });
		const ending = new AbortController();
		const sleep = site.clock.sleep.bind(site.clock);
		site.clock.sleep = (ms) => {
			if (site.received().includes("ReverseRoles Sales")) ending.abort();
			return sleep(ms);
		};
		await expect(site.runApproved({ state: "reversed" }, {}, ending.signal)).rejects.toThrow("cancelled");
		const from = site.received().length;
		const next = { state: "reversed", consistency: false } as const;
		// When it has shown the plan is another one, with a token of its own.
		await expect(site.runApproved(next)).rejects.toThrow("SR5001");
		await site.runApproved(next);
		expect(site.received(from)).not.toContain("ReverseRoles Sales");
		expect(site.states().slice(0, 2)).toEqual(["Synchronized", "Synchronized"]);
	});

	test("whose suspension took only some is suspended to the end by the next run", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.sites.addFault({ kind: "partial", members: 1, times: 1 });
		await expect(site.run({ state: "suspended" })).rejects.toThrow("SR3013");
		expect(site.record).toMatchObject({ interrupted: { operation: "Suspend" } });
		await site.run({ state: "suspended" });
		expect(site.states().slice(0, 2)).toEqual(["Suspended", "Suspended"]);
		expect(site.received()).toEqual(["Suspend Sales", "Suspend Sales"]);
	});

	test("with roles that differ is touched by nothing", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.sites.changeRoles("Ledger");
		for (const state of ["suspended", "failedOver", "reversed", "absent"] as const)
			expect(await codeOf(site.run({ state })), state).toMatch(/SR1031|SR5003/);
		expect(site.received()).toEqual([]);
	});

	test("of which one member cannot be read is touched by nothing, and the member is named", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		site.seenAs = (seen) => ({
			...seen,
			disks: seen.disks.filter(({ friendlyName }) => friendlyName !== "Ledger" && friendlyName !== "Ledger-DR"),
		});
		await expect(site.run({ state: "suspended" })).rejects.toThrow("SR1032");
		site.seenAs = (seen) => ({
			...seen,
			relationships: seen.relationships.filter(({ peerName }) => !peerName.startsWith("Ledger")),
		});
		await expect(site.run({ state: "suspended" })).rejects.toThrow(/SR1032.*6000100000000002/s);
		expect(site.received()).toEqual([]);
	});

	test("of which one host lists a member and the other does not is touched by nothing, but ended", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		site.seenAs = (seen) => ({
			...seen,
			relationships: seen.relationships.filter(({ peerName }) => peerName !== "Ledger-DR"),
		});
		await expect(site.run({ state: "suspended" })).rejects.toThrow(/SR1032.*6000100000000002/s);
		expect(site.received()).toEqual([]);
		await site.run({ state: "absent" });
		expect(site.received()).toEqual(["Detach Sales"]);
	});

	test("a call to a part of the members is not the call to all of them", () => {
		const [until, at, hazard] = [{ copyState: "Failedover", direction: "forward" }, "target", "availability"] as const;
		const failover = { kind: "operation", operation: "Failover", code: 10, at, hazard, until, why: "" } as const;
		expect(isNotWorse([failover], [failover])).toBe(true);
		expect(isNotWorse([{ ...failover, members: ["one"] }], [failover])).toBe(false);
		expect(isNotWorse([{ ...failover, members: ["one"] }], [{ ...failover, members: ["two"] }])).toBe(false);
		expect(isNotWorse([{ ...failover, pairs: ["one"] }], [{ ...failover, pairs: ["two"] }])).toBe(false);
	});

	test("of which no member is listed is no group without members", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		site.seenAs = (seen) => ({ ...seen, relationships: [] });
		await expect(site.run({ state: "suspended" })).rejects.toThrow("SR1032");
		expect(site.received()).toEqual([]);
	});

	test("where the array has no element level the group's own word is all there is", async () => {
		const site = await GroupSite.open({ behaviour: { features: [features.NoElementLevelStorageSynchronized] } });
		await site.run({ state: "suspended" });
		await site.run(active);
		expect(site.received()).toEqual(["Suspend Sales", "Resume Sales"]);
		await site.sites.groupSays("Sales", "Mixed");
		expect(await codeOf(site.run({ state: "suspended" }))).toBe(errorCodes.stateUnknown);
	});

	test("where it has none, its disks tell that a target took writes of its own, and whether they are well", async () => {
		const site = await GroupSite.open({ behaviour: { features: [features.NoElementLevelStorageSynchronized] } });
		await site.run({ state: "suspended" });
		await site.sites.addFault({ kind: "writable", disk: "6000200000000002" });
		await site.sites.write("Ledger-DR", 2);
		expect(await codeOf(site.run(active))).toBe(errorCodes.splitBrain);
		await site.sites.removeFaults(() => true);
		await site.sites.addFault({ kind: "health", disk: "6000200000000002", ailment: "lost-communication" });
		expect((await site.look(active)).sighting.observed.usable).toEqual({ source: true, target: false });
		expect(site.received()).toEqual(["Suspend Sales"]);
	});

	test("where it has none, pairs that are not the groups' disks cannot be had, and are not told as had", async () => {
		const site = await GroupSite.open({ behaviour: { features: [features.NoElementLevelStorageSynchronized] } });
		site.pairs = [
			["Orders", "Orders-DR"],
			["Stock", "Stock-DR"],
		];
		await expect(site.run(active)).rejects.toThrow(/SR1039.*NoElementLevelStorageSynchronized/);
		site.pairs = [
			["Ledger", "Ledger-DR"],
			["Orders", "Orders-DR"],
		];
		await holds(site, active);
	});
});

describe("what a group holds of its own is remembered member by member", () => {
	test("writes onto one member's target are those of all that are asked for, and of nobody else", async () => {
		const site = await GroupSite.open();
		await site.run({ state: "split" });
		await site.sites.write("Ledger-DR", 3);
		expect(await site.hindrance(active)).toBe(errorCodes.approvalMissing);
		await site.runApproved(active);
		expect(site.received()).toEqual(["Split Sales", "ResyncReplica Sales"]);
		expect(site.sites.writes().lost).toBe(3);
	});

	test("a member that stands otherwise stands so in the record, by its id", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.sites.addFault({ kind: "partial", members: 1, times: 1 });
		await expect(site.run({ state: "suspended" })).rejects.toThrow("SR3013");
		const { group, copyState } = site.record ?? {};
		const [[id, other] = []] = Object.entries(group?.except ?? {});
		expect([copyState, other?.copyState].sort()).toEqual(["Suspended", "Synchronized"]);
		expect(id).toMatch(/^600010000000000[12]$/);
	});

	test("a pair that somebody added is none of those that were proved to hold nothing", async () => {
		const site = await GroupSite.open();
		await site.run({ state: "suspended" });
		expect(site.record?.ahead.target).toBe("no");
		expect((await site.look(active)).token, "nothing is lost by Resume").toBeNull();
		await site.put("Suspended", "Suspended", "Suspended");
		await site.sites.change(({ groups = [], disks }) => {
			const idOf = (name: string) => disks.find((disk) => disk.name === name)?.uniqueId ?? "";
			groups.find(({ name }) => name === "Sales")?.members.push(idOf("Stock"));
			groups.find(({ name }) => name === "Sales-DR")?.members.push(idOf("Stock-DR"));
		});
		expect(await site.hindrance(active)).toBe(errorCodes.approvalMissing);
	});
});

describe("consistency and pairs", () => {
	test("consistency is activated where it is wished, shown, and given up where it is not", async () => {
		const site = await GroupSite.open();
		await site.run({ ...active, consistency: true });
		await holds(site, { ...active, consistency: true });
		await holds(site, active);
		await site.run({ ...active, consistency: false });
		expect(site.received()).toEqual(["ActivateConsistency Sales", "DeactivateConsistency Sales"]);
	});

	test("a related pair joins, and leaves and stays related", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		site.pairs = [
			["Orders", "Orders-DR"],
			["Ledger", "Ledger-DR"],
			["Stock", "Stock-DR"],
		];
		await site.run(active);
		await holds(site, active);
		site.pairs = site.pairs.slice(1);
		await site.run(active);
		expect(site.received()).toEqual(["AddSyncPair Sales", "RemoveSyncPair Sales"]);
		expect(site.states()).toEqual(["Synchronized", "Synchronized", "Synchronized"]);
		await holds(site, active);
	});

	test("a pair without a relationship is made outside the group first, at the consent to its target", async () => {
		const site = await GroupSite.open();
		await site.sites.change((world) => {
			world.relationships.pop();
		});
		await site.run(active);
		site.pairs = [
			["Orders", "Orders-DR"],
			["Ledger", "Ledger-DR"],
			["Stock", "Stock-DR"],
		];
		expect(await site.hindrance(active)).toBe(errorCodes.approvalMissing);
		await site.runApproved(active);
		expect(site.received()).toEqual(["CreateReplica Stock", "AddSyncPair Sales"]);
		await holds(site, active);
	});

	test("the consent is to the disks that were told: another target of a pair, or in the group, wants its own", async () => {
		const site = await GroupSite.open();
		await site.sites.change((world) => {
			world.relationships.pop();
			const stock = world.disks.find(({ name }) => name === "Stock-DR");
			if (stock !== undefined) world.disks.push({ ...stock, name: "Spare-DR", uniqueId: "6000200000000009" });
		});
		await site.run(active);
		const joins = async (target: string) => {
			site.pairs = [
				["Orders", "Orders-DR"],
				["Ledger", "Ledger-DR"],
				["Stock", target],
			];
			return site.look(active);
		};
		const told = await joins("Stock-DR");
		expect(site.linesOf(told)[0]).toBe(
			"1. CreateReplica at east for 6000100000000003: Stock-DR becomes a copy of Stock [dataLoss: writes of the target]",
		);
		await joins("Spare-DR");
		expect(await codeOf(site.run(active, { approvals: [told.token ?? ""] }))).toBe(errorCodes.approvalMissing);

		const unrelated = await GroupSite.open({ related: false });
		const { token } = await unrelated.look(active);
		await unrelated.sites.change(({ groups = [] }) => {
			for (const group of groups) if (group.name === "Sales-DR") group.members[1] = "6000200000000003";
		});
		expect(await codeOf(unrelated.run(active, { approvals: [token ?? ""] }))).toBe(errorCodes.approvalMissing);
		expect([...site.received(), ...unrelated.received()]).toEqual([]);
	});

	test.each([
		[true, []],
		[false, ["6000100000000001"]],
	])("a pair that leaves is looked at: kept by the array %s, ended %j", async (keepsRemovedPairs, ended) => {
		const stopped = [features.AddOrRemoveToGroupRequiresSuspendedState];
		const site = await GroupSite.open({ behaviour: { keepsRemovedPairs, features: stopped } });
		await site.run(active);
		site.pairs = [["Ledger", "Ledger-DR"]];
		const told: TransitionEvent[] = [];
		site.onEvent = async (event) => void told.push(event);
		await site.run(active);
		expect(told.flatMap((event) => (event.kind === "pairsEnded" ? event.pairs : []))).toEqual(ended);
		// What stays in the group is copied again whatever became of the pair that left.
		expect(site.received()).toEqual(["Suspend Sales", "RemoveSyncPair Sales", "Resume Sales"]);
		await holds(site, active);
	});

	test("where the array changes pairs only while it is stopped, the group is stopped once", async () => {
		const site = await GroupSite.open({ behaviour: { features: [features.AddOrRemoveToGroupRequiresSuspendedState] } });
		await site.run(active);
		await site.put("Synchronized", "Synchronized", "Synchronized");
		site.pairs = [["Ledger", "Ledger-DR"]];
		await site.run(active);
		expect(site.received()).toEqual(["Suspend Sales", "RemoveSyncPair Sales", "Resume Sales"]);
		await holds(site, active);
	});

	test("pairs that name one disk twice, or one that has another target, are mistakes", async () => {
		const site = await GroupSite.open();
		site.pairs = [
			["Orders", "Orders-DR"],
			["Orders", "Ledger-DR"],
		];
		expect(await codeOf(site.look(active))).toBe(errorCodes.oneDiskTwice);
		site.pairs = [["Orders", "Ledger-DR"]];
		expect(await codeOf(site.look(active))).toBe(errorCodes.pairNotReady);
		site.pairs = [["Nobody", "Ledger-DR"]];
		expect(await codeOf(site.look(active))).toBe(errorCodes.diskNotFound);
	});

	test("a disk that is not there, or that two are, is told with what there is", async () => {
		const site = await GroupSite.open();
		site.pairs = [["Legder", "Ledger-DR"]];
		await expect(site.look(active)).rejects.toThrow(/SR2005: .*no disk Legder at the source \(nearest: Ledger, /);
		await site.sites.change(({ disks }) => {
			const [orders] = disks;
			if (orders !== undefined) disks.push({ ...orders, uniqueId: "6000100000000009" });
		});
		site.pairs = [["Orders", "Orders-DR"]];
		await expect(site.look(active)).rejects.toThrow(
			/SR2006: .*2 disks Orders at the source \(ids: 6000100000000001, 6000100000000009\)/,
		);
	});

	test("of groups that are not related yet, pairs are those of their disks, in their order", async () => {
		const site = await GroupSite.open({ related: false });
		for (const others of [
			[["Orders", "Orders-DR"]],
			[
				["Orders", "Stock-DR"],
				["Ledger", "Ledger-DR"],
			],
			[
				["Orders", "Ledger-DR"],
				["Ledger", "Orders-DR"],
			],
			[
				["Orders", "Orders-DR"],
				["Stock", "Stock-DR"],
			],
		] as const) {
			site.pairs = others;
			expect(await codeOf(site.runApproved(active)), JSON.stringify(others)).toBe(errorCodes.pairNotReady);
		}
		expect(site.received()).toEqual([]);
		site.pairs = [
			["Ledger", "Ledger-DR"],
			["Orders", "6000200000000001"],
		];
		await site.runApproved(active);
		expect(site.received()).toEqual(["ReplicationGroup.CreateReplica Sales"]);
		await holds(site, active);
	});

	test("the array names what it makes into an empty group: no pairs are declared of it", async () => {
		const site = await GroupSite.open({ related: false });
		await site.sites.change(({ groups = [] }) => {
			for (const group of groups) if (group.name === "Sales-DR") group.members = [];
		});
		site.pairs = [
			["Orders", "Orders-2"],
			["Ledger", "Ledger-2"],
		];
		expect(await codeOf(site.runApproved(active))).toBe(errorCodes.pairNotReady);
		expect(site.received()).toEqual([]);
	});
});

describe("a copy of a group", () => {
	test("that is required is complete for all pairs before Suspend is sent: from half way that is legal already", async () => {
		const site = await GroupSite.open();
		await site.run({ state: "suspended" });
		await site.sites.write("Ledger", 2_000);
		await site.sites.change(({ relationships }) => {
			for (const each of relationships.slice(0, 2)) each.progressStatus = progress.RequiresResync;
		});
		await site.runApproved({ state: "suspended" });
		expect(site.received()).toEqual(["Suspend Sales", "ResyncReplica Sales", "Suspend Sales"]);
		expect(site.sites.look().relationships.slice(0, 2)).toMatchObject([{ consistent: true }, { consistent: true }]);
	});

	test.each([
		["goes on where one pair is done by now", "Synchronized", /SR3004.*raise timeouts.syncMinutes/],
		["stands still where none is", "Unsynchronized", /SR3004.*if nothing moves/],
	] as const)("%s", async (_, copyState, told) => {
		const site = await GroupSite.open();
		const show = (first: CopyState, second: CopyState) => {
			site.seenAs = (seen) => ({
				...seen,
				relationships: seen.relationships.map((link) => ({
					...link,
					percentSynced: null,
					copyState: states[link.peerName.startsWith("Ledger") ? second : first],
				})),
			});
		};
		show("Unsynchronized", "Unsynchronized");
		site.onEvent = async ({ kind }) => {
			if (kind === "polled") show(copyState, "Unsynchronized");
		};
		const limits = { ...defaultLimits, syncMs: 60_000 };
		await expect(site.run(active, { limits })).rejects.toThrow(told);
		expect(site.received()).toEqual([]);
	});
});

describe("killed and cut off", () => {
	test.each(["beforeCall", "afterCall", "polled"] as const)(
		"at %s, a group is found as it is by the next run, and no call comes twice",
		async (at) => {
			const site = await GroupSite.open();
			await site.run(active);
			class Killed extends Error {}
			site.onEvent = async ({ kind }) => {
				if (kind === at) throw new Killed();
			};
			await expect(site.run({ state: "failedOver" })).rejects.toThrow();
			site.onEvent = async () => {};
			site.clock.advance(60_000);
			await site.run({ state: "failedOver" }, { onRoleChange: "repair" });
			expect(site.received()).toEqual(["Failover Sales"]);
			expect(site.states().slice(0, 2)).toEqual(["Failedover", "Failedover"]);
		},
	);
});

test("a stale cache of a group is renewed by a Discover of its arrays, and the call sent again once", async () => {
	const site = await GroupSite.open();
	await site.run(active);
	await site.sites.addFault({ kind: "returnCode", code: 40003, effect: false, times: 1 });
	site.onEvent = async ({ kind }) => {
		if (kind !== "afterCall") return;
		site.onEvent = async () => {};
		// What both hosts hold by then looks as if it were done.
		const old = { copyState: states.Suspended, progressStatus: progress.Completed, untilMs: null, untilDiscover: true };
		for (const host of ["east", "west"])
			for (const disk of ["6000100000000001", "6000100000000002"])
				await site.sites.addFault({ kind: "contradict", host, disk, source: disk, ...old });
	};
	await site.run({ state: "suspended" });
	expect(site.received()).toEqual(["Suspend Sales", "Suspend Sales"]);
});

describe("each number, on a group", () => {
	const asked = (operation: Operation): Desired => ({ state: "operation", operation });
	const moves: readonly (readonly [Operation, CopyState, CopyState])[] = [
		["Activate", "Inactive", "Synchronized"],
		["Deactivate", "Synchronized", "Inactive"],
		["Failover", "Synchronized", "Failedover"],
		["Failback", "Failedover", "Synchronized"],
		["Fracture", "Synchronized", "Fractured"],
		["ResyncReplica", "Split", "Synchronized"],
		["RestoreFromReplica", "Split", "Synchronized"],
		["Resume", "Suspended", "Synchronized"],
		["ResetToAsync", "Synchronized", "Synchronized"],
		["ReverseRoles", "Synchronized", "Synchronized"],
		["Split", "Synchronized", "Split"],
		["Suspend", "Synchronized", "Suspended"],
		["Unprepare", "Prepared", "Initialized"],
	];

	test.each(moves)("%s from %s", async (operation, from, to) => {
		const site = await GroupSite.open();
		await site.put(from, from);
		await site.runApproved(asked(operation));
		expect(site.received()).toEqual([`${operation} Sales`]);
		expect(site.states()).toEqual([to, to, "Synchronized"]);
	});

	test.each(["Detach", "Dissolve"] as const)("%s ends the relationship", async (operation) => {
		const site = await GroupSite.open();
		await site.run(asked(operation));
		expect(site.received()).toEqual([`${operation} Sales`]);
		expect(site.states()).toEqual(["Synchronized"]);
	});

	test("ResetToSync, Abort, and what only a group has: consistency and pairs", async () => {
		const site = await GroupSite.open({ syncMode: "asynchronous" });
		const sent = async (operation: Operation, ...names: readonly string[]) => {
			site.pairs = names.length === 0 ? null : names.map((name) => [name, `${name}-DR`] as const);
			site.record = null;
			const from = site.received().length;
			await site.runApproved(asked(operation));
			return site.received(from);
		};
		expect(await sent("ActivateConsistency")).toEqual(["ActivateConsistency Sales"]);
		expect(await sent("ActivateConsistency"), "it is there already").toEqual([]);
		expect(await sent("DeactivateConsistency")).toEqual(["DeactivateConsistency Sales"]);
		expect(await sent("AddSyncPair", "Stock")).toEqual(["AddSyncPair Sales"]);
		expect(await sent("RemoveSyncPair", "Orders")).toEqual(["RemoveSyncPair Sales"]);
		expect(await sent("ResetToSync")).toEqual(["ResetToSync Sales"]);
		await site.put("Suspended", "Suspended", "Suspended");
		await site.sites.write("Ledger", 1_000);
		await site.sites.change((world, nowMs) => {
			const [relationship] = world.groupRelationships ?? [];
			if (relationship !== undefined) takeGroupOperation(world, relationship, "Resume", relationship.source, [], nowMs);
		});
		expect(await sent("Abort")).toEqual(["Abort Sales"]);
		expect(site.states()).toEqual(["Suspended", "Aborted", "Aborted"]);
		expect(await codeOf(sent("ReturnToResourcePool"))).toBe(errorCodes.wishUnfit);
	});

	test("is not told as done where the array took it and nothing changed", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		site.seenAs = (seen) => ({
			...seen,
			groupRelationships: (seen.groupRelationships ?? []).map((link) => ({ ...link, consistencyState: 4 })),
		});
		await expect(site.run(asked("ActivateConsistency"))).rejects.toThrow("SR3008");
		site.pairs = [["Stock", "Stock-DR"]];
		site.seenAs = (seen) => ({
			...seen,
			groups: (seen.groups ?? []).map((each) => ({ ...each, members: each.members.slice(0, 2) })),
		});
		await expect(site.run(asked("AddSyncPair"))).rejects.toThrow("SR3008");
	});
});

test("a group that says alone that it is failed over is not reversed there and back to be rid of that word", async () => {
	const site = await GroupSite.open({ profile: "srdf", syncMode: "synchronous" });
	await site.run({ state: "active" });
	site.seenAs = (seen) => ({
		...seen,
		groupRelationships: (seen.groupRelationships ?? []).map((link) => ({ ...link, copyState: states.Failedover })),
	});
	const { answer } = await site.look({ state: "reversed" }, { onRoleChange: "repair" });
	const reversals = (answer.outcome === "plan" ? answer.steps : []).filter(
		(step) => step.kind === "operation" && step.operation === "ReverseRoles",
	);
	expect(
		reversals.length,
		"between the two Sales-DR serves, and what it gets is overwritten on the way back",
	).toBeLessThan(2);
});
