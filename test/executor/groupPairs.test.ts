import { describe, expect, test } from "vitest";
import { observeRelationship } from "../../provider/executor/observeRelationship";
import { relationshipAtRest } from "../../provider/hosts/simulator/relationshipAtRest";
import { errorCodes } from "../../provider/model/errorCodes";
import { replicationCapabilitiesGetSupportedGroupFeaturesFeatures as features } from "../../provider/model/vocabulary/capabilities";
import type { Desired } from "../../provider/planner/situation";
import { GroupSite } from "./groupSite";
import { codeOf } from "./site";

const active: Desired = { state: "active" };
const suspended: Desired = { state: "suspended" };
const failedOver: Desired = { state: "failedOver" };
const absent: Desired = { state: "absent" };
const lost = { lost: "source" } as const;
const ledger = { source: "6000100000000002", target: "6000200000000002" };
const stockTarget = "6000200000000003";

const relationshipsHidden = {
	hides: "relationships",
	subsystem: null,
	what: "not all relationships could be read.",
	remedy: "wait.",
} as const;

/** Ledger-DR is copied from besides, onto another disk of its array. */
async function withSecondCopy(syncType: 6 | 7): Promise<GroupSite> {
	const site = await GroupSite.open();
	await site.run(active);
	await site.sites.change(({ disks, relationships }) => {
		disks.push({ name: "Third", uniqueId: "6000200000000077", array: "west-array", readOnly: false, content: [] });
		relationships.push(
			relationshipAtRest({ id: "third", source: ledger.target, target: "6000200000000077", syncType }),
		);
	});
	await site.sites.array("east-array").lose();
	return site;
}

/** The target's group has these disks. */
function targetsAre(site: GroupSite, ...ids: readonly string[]): Promise<void> {
	return site.sites.change(({ groups = [] }) => {
		for (const group of groups) if (group.name === "Sales-DR") group.members = [...ids];
	});
}

describe("of a group whose other host is silent", () => {
	test("a member's mirror is its pair, whatever else is copied from it", async () => {
		const site = await withSecondCopy(7);
		await site.runApproved(failedOver, lost);
		expect(site.received()).toEqual(["Failover Sales-DR"]);
	});

	test("a member in two mirrors is in nobody knows which pair: nothing is sent, and it is named", async () => {
		const site = await withSecondCopy(6);
		await expect(site.run(failedOver, lost)).rejects.toThrow(`SR1032: refused: ${ledger.target} cannot be read`);
		expect(site.received()).toEqual([]);
	});

	test("a member in no mirror is in none that is known", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await site.sites.array("east-array").lose();
		site.seenAs = (seen) => ({
			...seen,
			relationships: seen.relationships.filter(({ peerName }) => peerName !== "Ledger"),
		});
		await expect(site.run(failedOver, lost)).rejects.toThrow(`SR1032: refused: ${ledger.target} cannot be read`);
		expect(site.received()).toEqual([]);
	});
});

describe("the disks of two groups", () => {
	test("are one pair where nothing is listed of two of them", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		site.seenAs = (seen) => ({
			...seen,
			relationships: seen.relationships.filter(({ peerName }) => !peerName.startsWith("Ledger")),
		});
		await expect(site.run(suspended)).rejects.toThrow(`SR1032: refused: ${ledger.source} cannot be read`);
	});

	test("are not all in pairs where the target's group has another one: it is named", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await targetsAre(site, "6000200000000001", ledger.target, stockTarget);
		await expect(site.run(suspended)).rejects.toThrow(`SR1032: refused: ${stockTarget} cannot be read`);
		expect(site.received()).toEqual([]);
	});

	test("are in one pair each: two sources of one target are not two pairs", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		await targetsAre(site, "6000200000000001");
		await site.sites.change(({ relationships: [, second] }) => {
			if (second !== undefined) second.target = "6000200000000001";
		});
		await expect(site.run(suspended)).rejects.toThrow(`SR1032: refused: ${ledger.source} cannot be read`);
		expect(site.received()).toEqual([]);
	});

	test("are all named where one host lists their mirrors and the other one none", async () => {
		const site = await GroupSite.open();
		await site.run(active);
		site.seenAs = (seen) => ({
			...seen,
			relationships: seen.relationships.filter(({ peerName }) => !peerName.endsWith("-DR")),
		});
		await expect(site.run(suspended)).rejects.toThrow(/SR1032.*6000100000000001, 6000100000000002 cannot be read/);
		expect(site.received()).toEqual([]);
	});

	test("need not be listed where the array has no element level: its word on the group is all there is", async () => {
		const site = await GroupSite.open({ behaviour: { features: [features.NoElementLevelStorageSynchronized] } });
		site.seenAs = (seen) => ({ ...seen, disks: seen.disks.filter(({ friendlyName }) => friendlyName !== "Ledger-DR") });
		await site.run(suspended);
		expect(site.received()).toEqual(["Suspend Sales"]);
		for (const disk of ["Orders", "Ledger"]) await site.sites.changeRoles(disk);
		expect(await codeOf(site.run(active)), "in other roles as well").toBe(errorCodes.rolesChanged);
	});

	test("are not related anew while it cannot be read whether they are in mirrors", async () => {
		const site = await GroupSite.open({ related: false });
		site.seenAs = (seen) => ({ ...seen, unread: [relationshipsHidden] });
		await expect(site.look(active)).rejects.toThrow(/SR4001.*not all relationships could be read/s);
		const other = await GroupSite.open();
		await other.run(active);
		await other.sites.change((world) => {
			world.relationships.pop();
		});
		other.pairs = ["Orders", "Ledger", "Stock"].map((name) => [name, `${name}-DR`] as const);
		other.seenAs = (seen) => ({ ...seen, unread: [relationshipsHidden] });
		await expect(other.look(active)).rejects.toThrow(/SR4001.*not all relationships could be read/s);
	});
});

describe("pairs that the program names", () => {
	const named = ["Orders", "Ledger"].map((name) => [name, `${name}-DR`] as const);

	test("are not asked for by a removal, a refresh and what is remembered: a renamed disk stands in no one's way", async () => {
		const site = await GroupSite.open();
		site.pairs = named;
		await site.run(active);
		await site.sites.rename("Ledger", "LUN-7");
		expect(await codeOf(site.run(active))).toBe(errorCodes.diskNotFound);
		const { declared } = site.request(active);
		const seen = await observeRelationship({ ...declared, idsFirst: true }, site.hosts(), "fresh");
		expect(seen.observed.presence).toBe("present");
		await site.run(absent);
		expect(site.received()).toEqual(["Detach Sales"]);
		site.seenAs = (seen) => ({ ...seen, unread: [relationshipsHidden] });
		const gone = await observeRelationship({ ...declared, idsFirst: true }, site.hosts(), "fresh");
		expect(gone.observed.presence).toBe("absent");
		await site.run(absent);
		expect(site.received()).toEqual(["Detach Sales"]);
	});

	test("name a target once", async () => {
		const site = await GroupSite.open();
		site.pairs = [
			["Orders", "Orders-DR"],
			["Ledger", "Orders-DR"],
		];
		expect(await codeOf(site.look(active))).toBe(errorCodes.oneDiskTwice);
	});
});
