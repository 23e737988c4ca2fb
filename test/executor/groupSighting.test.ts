import { describe, expect, test } from "vitest";
import type { HostObservation, RelationshipFact } from "../../provider/executor/host";
import { lookAt } from "../../provider/executor/outlook";
import type { ProfileName } from "../../provider/hosts/simulator";
import { relationshipAtRest } from "../../provider/hosts/simulator/relationshipAtRest";
import { errorCodes } from "../../provider/model/errorCodes";
import { replicationCapabilitiesGetSupportedGroupFeaturesFeatures as features } from "../../provider/model/vocabulary/capabilities";
import { virtualDiskSetReplicationRelationshipOperation as operations } from "../../provider/model/vocabulary/operations";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../provider/model/vocabulary/relationship";
import type { Desired } from "../../provider/planner/situation";
import { GroupSite } from "./groupSite";
import { codeOf } from "./site";

const active: Desired = { state: "active" };
const suspended: Desired = { state: "suspended" };
const reversed: Desired = { state: "reversed" };
const failedOver: Desired = { state: "failedOver" };
const lost = { lost: "source" } as const;

/** The hosts show the pairs otherwise; `isLedger`: of this one. */
function showPairs(
	site: GroupSite,
	change: (link: RelationshipFact, isLedger: boolean) => Partial<RelationshipFact>,
): void {
	const isLedger = ({ peerName }: RelationshipFact) => peerName.startsWith("Ledger");
	site.seenAs = (seen) => ({
		...seen,
		relationships: seen.relationships.map((link) => ({ ...link, ...change(link, isLedger(link)) })),
	});
}

/** The hosts show the relationship of the groups otherwise. */
function showGroups(
	site: GroupSite,
	change: Partial<NonNullable<HostObservation["groupRelationships"]>[number]>,
): void {
	site.seenAs = (seen) => ({
		...seen,
		groupRelationships: (seen.groupRelationships ?? []).map((link) => ({ ...link, ...change })),
	});
}

describe("a group is seen", () => {
	test("anew once one of its disks was called upon in the same process", async () => {
		const site = await GroupSite.open();
		const hosts = site.hosts();
		const look = async () => {
			const { situation } = await lookAt(site.request(active), hosts, { freshness: "cached" });
			return situation.observed.members?.map(({ copyState }) => copyState);
		};
		expect(await look()).toEqual(["Synchronized", "Synchronized"]);
		const { relationships } = await hosts.observe("east");
		const ledger = relationships.find(({ peerName }) => peerName === "Ledger-DR");
		if (ledger === undefined) throw new Error("no pair");
		const { diskObjectId, peerUniqueId } = ledger;
		await hosts.setReplicationRelationship("east", {
			operation: operations.Suspend,
			diskObjectId,
			peerUniqueId,
			madePeer: null,
		});
		site.clock.advance(5_000);
		expect(await look()).toEqual(["Synchronized", "Suspended"]);
	});

	test("in the roles that its pairs have, where its own are not told", async () => {
		const site = await GroupSite.open();
		await site.run(reversed);
		showGroups(site, { role: "unknown" });
		const { sighting } = await site.look(reversed);
		expect(sighting.observed).toMatchObject({ direction: "reverse", copyState: "Synchronized" });
		await site.run(active);
		expect(site.received()).toEqual(["ReverseRoles Sales", "ReverseRoles Sales-DR"]);
	});

	test("in no roles where neither it nor any pair tells them: nothing is sent but its end", async () => {
		const site = await GroupSite.open({ behaviour: { features: [features.NoElementLevelStorageSynchronized] } });
		showGroups(site, { role: "unknown" });
		expect(await codeOf(site.run(suspended))).toBe(errorCodes.roleUnknown);
		expect(site.received()).toEqual([]);
		await site.run({ state: "absent" });
		expect(site.received()).toEqual(["Detach Sales"]);
	});

	test("to contradict itself where its pairs do, and not where only the groups' own words do", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		showGroups(site, { role: "source" });
		await site.run(suspended);
		expect(site.received()).toEqual(["Suspend Sales"]);
		showPairs(site, (_, isLedger) => (isLedger ? { role: "source" } : {}));
		await expect(site.run(active)).rejects.toThrow(/split brain/);
		expect(site.received()).toEqual(["Suspend Sales"]);
	});

	test("to be told in two ways where one of its pairs is", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		showPairs(site, ({ role }, isLedger) => (isLedger && role === "target" ? { copyState: states.Suspended } : {}));
		const { sighting } = await site.look(active);
		expect(sighting.differences).toMatchObject([{ of: "copyState" }]);
	});

	test("to have a job where a pair has one: it is waited for", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		showPairs(site, (_, isLedger) => (isLedger ? { job: "repair" } : {}));
		expect((await site.look(suspended)).answer).toMatchObject({ steps: [{ kind: "wait" }], replan: true });
	});

	test("and where jobs were not read it is not known that there are none: nothing is sent", async () => {
		const site = await GroupSite.open();
		site.seenAs = (seen) => ({
			...seen,
			unread: [{ hides: "jobs", subsystem: null, what: "jobs could not be read.", remedy: "wait." }],
		});
		await expect(site.run(suspended)).rejects.toThrow(/SR4001.*jobs could not be read/s);
		expect(site.received()).toEqual([]);
	});

	test("on its way where a part of it fails over: it is waited for, and the rest is planned after that", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.sites.groupSays("Sales-DR", "Mixed");
		await site.sites.array("east-array").lose();
		showPairs(site, (_, isLedger) => (isLedger ? {} : { progressStatus: progress.FailingOver }));
		expect((await site.look(failedOver, lost)).answer).toMatchObject({
			steps: [{ kind: "wait" }, { operation: "Failover", members: ["6000100000000002"] }],
		});
	});

	test("beside what else its disks are in", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.sites.change(({ disks, relationships }) => {
			const [target = ""] = disks.filter(({ name }) => name === "Ledger").map(({ uniqueId }) => uniqueId);
			disks.push({ name: "Other", uniqueId: "6000100000000077", array: "east-array", readOnly: false, content: [] });
			relationships.push(relationshipAtRest({ id: "snap", source: "6000100000000077", target, syncType: 7 }));
		});
		expect(await codeOf(site.run(reversed))).toBe(errorCodes.diskIsTarget);
		expect(site.received()).toEqual([]);
	});

	test("without writes to lose where the group that it is to be copied onto is empty", async () => {
		const site = await GroupSite.open({ related: false });
		await site.sites.change(({ groups = [] }) => {
			for (const group of groups) if (group.name === "Sales-DR") group.members = [];
		});
		const { answer, token } = await site.look(active);
		expect(answer).toMatchObject({ steps: [{ kind: "create", hazard: "none" }, { kind: "wait" }] });
		expect(token).toBeNull();
	});
});

describe("of a group's asynchronous copies", () => {
	const lags = (orders: number | null, ledger: number | null) => (_: unknown, isLedger: boolean) => ({
		lagSeconds: isLedger ? ledger : orders,
	});

	test.each([
		["the longest lag counts", 5, 60, /SR5001.*the target is 60 s behind/],
		["one that is not told is too much", 5, null, /SR5001.*the array does not report the lag/],
	])("%s", async (_, orders, ledger, told) => {
		const site = await GroupSite.open({ syncMode: "asynchronous" });
		await site.run(active);
		showPairs(site, lags(orders, ledger));
		await expect(site.run(failedOver, { maxDataLossSeconds: 10 })).rejects.toThrow(told);
		expect(site.received()).toEqual([]);
		showPairs(site, lags(5, 5));
		await site.run(failedOver, { maxDataLossSeconds: 10 });
		expect(site.received()).toEqual(["Failover Sales"]);
	});

	test("a source that takes writes is not waited for because another one takes none, which is", async () => {
		const site = await GroupSite.open({ syncMode: "asynchronous" });
		await site.run(active);
		await site.sites.readOnly("Orders");
		showPairs(site, lags(5, 5));
		expect(await codeOf(site.runApproved(failedOver))).toBe(errorCodes.lagTooHigh);
		expect(site.received()).toEqual([]);
		showPairs(site, lags(0, 5));
		await site.runApproved(failedOver);
		expect(site.received()).toEqual(["Failover Sales"]);
	});

	test("what has arrived is told by the pair whose copy is the oldest", async () => {
		const site = await GroupSite.open({ syncMode: "asynchronous" });
		await site.run(active);
		for (const disk of ["Orders", "Ledger"]) await site.sites.readOnly(disk);
		// The arrays' clock began at 0.
		const old = new Date(-60_000).toISOString();
		for (const [ledger, code] of [
			[old, errorCodes.lagTooHigh],
			// Nobody tells when it arrives: it is not waited for, and consent is asked.
			[null, errorCodes.approvalMissing],
		] as const) {
			showPairs(site, (_, isLedger) => ({
				percentSynced: 100,
				lagSeconds: null,
				syncTime: isLedger ? ledger : new Date(site.clock.now() + 2_000).toISOString(),
			}));
			expect(await codeOf(site.run(reversed))).toBe(code);
		}
		expect(site.received()).toEqual([]);
	});

	/** Failed over, with sources that take no writes by their role, and somebody fails it back. */
	async function failingBack(profile: ProfileName): Promise<GroupSite> {
		const site = await GroupSite.open({ profile, syncMode: "asynchronous" });
		await site.run(active);
		for (const disk of ["Orders", "Ledger"]) await site.sites.readOnly(disk);
		await site.run(failedOver);
		await site.sites.change(({ relationships }) => {
			for (const each of relationships.slice(0, 2)) each.progressStatus = progress.FailingBack;
		});
		return site;
	}
	const lossIn = (loses: object) => ({ steps: [{ kind: "wait" }, { operation: "Failover", loses }] });

	test("those that are failed back take writes again, and what these are is told before they are waited for", async () => {
		const site = await failingBack("svc");
		const { answer, token } = await site.look(failedOver);
		expect(answer).toMatchObject(lossIn({ end: "source", age: "recent" }));
		expect(token).not.toBeNull();
		await site.sites.change(({ relationships: [first] }) => {
			Object.assign(first ?? {}, { copyState: states.Synchronized, progressStatus: progress.Completed });
		});
		await site.sites.groupSays("Sales", "Mixed");
		const { answer: ofOne } = await site.look(failedOver);
		expect(ofOne, "of a part of them alone").toMatchObject(lossIn({ members: ["6000100000000002"] }));
	});

	test("those of an array that reverses only a source without writes are taken at its word, in the numbers of groups", async () => {
		const site = await failingBack("cci");
		const { answer, token } = await site.look(reversed);
		expect(answer).toMatchObject({
			steps: [{ kind: "wait" }, { operation: "ReverseRoles", hazard: "availability" }, {}, {}],
		});
		expect(token).toBeNull();
	});

	test("the least part that is copied is told", async () => {
		const site = await GroupSite.open();
		showPairs(site, (_, isLedger) => ({ percentSynced: isLedger ? 40 : 90 }));
		expect((await site.look(active)).sighting.percentSynced).toBe(40);
	});
});
