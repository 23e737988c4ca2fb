import { describe, expect, test } from "vitest";
import type { GroupFact, HostObservation, Unread } from "../../provider/executor/host";
import { Hosts } from "../../provider/executor/hosts";
import { observeRelationship } from "../../provider/executor/observeRelationship";
import { undiscovered } from "../../provider/executor/undiscovered";
import { connectSimulator } from "../../provider/hosts/simulator";
import { errorCodes } from "../../provider/model/errorCodes";
import { codeOf, Site } from "./site";

const unread = (subsystem: string | null): Unread => ({
	hides: "groups",
	subsystem,
	what: "not all groups could be read.",
	remedy: "wait.",
});

/** A group with this disk of the host in it; `related`: to this group at the other host. */
function groupOf({ disks: [disk] }: HostObservation, related: string | null) {
	if (disk === undefined) throw new Error("no disk");
	const name = `group of ${disk.friendlyName}`;
	const { subsystem, subsystemName, subsystemUniqueId } = disk;
	const group: GroupFact = {
		objectId: name,
		uniqueId: name,
		friendlyName: name,
		subsystem,
		subsystemName,
		subsystemUniqueId,
		members: [disk.objectId],
	};
	const relationship = {
		groupObjectId: name,
		groupUniqueId: name,
		peerUniqueId: related ?? "",
		peerName: related ?? "",
		peerSubsystem: "",
		hasReplicaPeer: true,
		role: "source",
		copyState: 4,
		requestedCopyState: null,
		progressStatus: 2,
		syncMode: 3,
		syncType: 6,
		consistencyState: null,
		job: null,
	} as const;
	return { groups: [group], groupRelationships: related === null ? [] : [relationship] };
}

type Shown = (seen: HostObservation) => Partial<HostObservation>;
const allRead: Shown = () => ({});
/** One group is listed, of another disk. */
const hidden: Shown = (seen) => ({
	groups: groupOf(seen, null).groups.map((group) => ({ ...group, members: ["another disk"] })),
	groupRelationships: [],
	unread: [unread(null)],
});
const noClass: Shown = () => ({});
const member: Shown = (seen) => groupOf(seen, null);

async function site(source: Shown, target: Shown) {
	const opened = await Site.open();
	opened.seenThrough((seen, host) => {
		const { groups: _groups, groupRelationships: _links, ...rest } = seen;
		const shown = host === "east" ? source : target;
		return shown === noClass ? rest : { ...seen, ...shown(seen) };
	});
	return opened;
}

describe("groups of a host that could not be read", () => {
	test.each([
		["of both ends", hidden, hidden],
		["of the target, and the source's disk is in a group whose relationship is not listed", member, hidden],
		["of the target, and the source's host has no such class", noClass, hidden],
		["of the source, and the target's host has no such class", hidden, noClass],
	])("%s: nothing is sent, since a member that is steered alone tears its group", async (_what, source, target) => {
		const opened = await site(source, target);
		expect(await codeOf(opened.runApproved({ state: "active" })), "what holds needs nothing to be sent").toBe(
			"no error",
		);
		for (const state of ["suspended", "split", "reversed", "absent"] as const) {
			expect(await codeOf(opened.runApproved({ state })), state).toBe(errorCodes.hostUnreachable);
		}
		expect(opened.received()).toEqual([]);
	});

	test.each([
		["of the target, and the source's disk is in no group", allRead, hidden],
		["of the source, and the target's disk is in no group", hidden, allRead],
		["of other arrays", () => ({ unread: [unread("third-array")] }), () => ({ unread: [unread("third-array")] })],
	] satisfies [string, Shown, Shown][])("%s: the pair is steered as ever", async (_what, source, target) => {
		const opened = await site(source, target);
		expect(await codeOf(opened.runApproved({ state: "suspended" }))).toBe("no error");
		expect(opened.received()).toEqual(["Suspend"]);
	});

	test("not all of both ends, and the pair's own are among those that were: it is told as a member", async () => {
		const both =
			(peer: string): Shown =>
			(seen) => ({ ...groupOf(seen, peer), unread: [unread(null)] });
		const opened = await site(both("group of Orders-DR"), both("group of Orders"));
		expect(await codeOf(opened.runApproved({ state: "suspended" }))).toBe(errorCodes.memberOfGroup);
		expect(opened.received()).toEqual([]);
	});

	test.each(["before", "after"])(
		"a disk that another provider lists %s the group's own is a member all the same",
		async (place) => {
			const twice =
				(peer: string): Shown =>
				(seen) => {
					const again = (objectId: string) => `of another provider: ${objectId}`;
					const disks = seen.disks.map((disk) => ({ ...disk, objectId: again(disk.objectId) }));
					const links = seen.relationships.map((link) => ({ ...link, diskObjectId: again(link.diskObjectId) }));
					const inPlace = <Listed>(others: readonly Listed[], own: readonly Listed[]) =>
						place === "before" ? [...others, ...own] : [...own, ...others];
					return {
						...groupOf(seen, peer),
						disks: inPlace(disks, seen.disks),
						relationships: inPlace(links, seen.relationships),
					};
				};
			const opened = await site(twice("group of Orders-DR"), twice("group of Orders"));
			expect(await codeOf(opened.runApproved({ state: "suspended" }))).toBe(errorCodes.memberOfGroup);
			expect(opened.received()).toEqual([]);
		},
	);

	test("beside a lost end they stop no failover", async () => {
		const opened = await site(hidden, hidden);
		await opened.runApproved({ state: "failedOver", to: "target" }, { lost: "source" });
		expect(opened.received()).toEqual(["Failover"]);
	});

	test("a run that began is not stopped half way by a Discover that reaches nothing", async () => {
		const opened = await Site.open({ profile: "srdf" });
		opened.hosts = () =>
			new Hosts((name) => {
				const host = connectSimulator({ name, file: opened.sites.file, now: () => opened.clock.now() });
				host.discoverArrays = async () => undiscovered(null, "return code 1, Not Supported.");
				return host;
			}, opened.clock);
		expect(await codeOf(opened.runApproved({ state: "reversed" }))).toBe("no error");
		expect(opened.received()).toEqual(["Failover", "ReverseRoles", "Resume"]);
	});

	test("copies of a member are nobody's but their own", async () => {
		const opened = await site(hidden, hidden);
		const { declared } = opened.request({ state: "active" });
		expect((await observeRelationship(declared, opened.hosts(), "fresh")).groupsUnread).not.toBeNull();
		const copy = { ...declared, kind: "Snapshot" } as const;
		expect((await observeRelationship(copy, opened.hosts(), "fresh")).groupsUnread).toBeNull();
	});
});
