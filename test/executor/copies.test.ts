import { describe, expect, test } from "vitest";
import type { HostObservation } from "../../provider/executor/host";
import { operationOf } from "../../provider/executor/runRecord";
import { errorCodes } from "../../provider/model/errorCodes";
import { virtualDiskCreateReplicaSyncType as syncTypes } from "../../provider/model/vocabulary/operations";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../provider/model/vocabulary/storage";
import type { Desired } from "../../provider/planner/situation";
import { type Asked, CopySite, halted, mended, Resource } from "./copySite";
import { codeOf } from "./site";

/** ProgressStatus RequiresDetach. */
const requiresDetach = 22;
const active: Desired = { state: "active" };
const absent: Desired = { state: "absent" };
const minuteMs = 60_000;
const betweenMirrored = { source: ["east", "Orders"], target: ["west", "Orders-DR"] } as const;

/** Later: an image of the same second would be no other one. */
async function later(site: CopySite, writes = 0): Promise<void> {
	site.clock.advance(minuteMs);
	if (writes > 0) await site.sites.write("Orders", writes);
}

/** A run that finds nothing to do. */
async function holds(site: CopySite, copy: Resource, desired: Desired, asked: Asked = {}): Promise<void> {
	const from = site.received().length;
	await copy.run(desired, asked);
	expect(site.received(from)).toEqual([]);
}

async function access(site: CopySite, readOnly: boolean): Promise<void> {
	await site.sites.change((world) => {
		for (const disk of world.disks) if (disk.name === "Copy") disk.readOnly = readOnly;
	});
}

async function takenByAnother(site: CopySite): Promise<void> {
	const other = site.copy("Snapshot");
	await other.run(active, { triggers: "a" });
	await other.runApproved(active, { triggers: "b" });
}

describe("a snapshot", () => {
	test("is made onto a new disk without consent, is whole at once, and nothing is sent again", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Snapshot");
		await copy.run(active, { triggers: "one" });
		expect(site.received()).toEqual(["CreateReplica"]);
		expect(site.sites.pointInTime("Copy")).toMatchObject({ lacking: 0, own: 0, whole: true });
		await later(site, 5);
		await holds(site, copy, active, { triggers: "one" });
		expect(site.sites.pointInTime("Copy")).toMatchObject({ lacking: 0, whole: true });
		expect(site.held("Copy"), "the image is of the moment, not of now").toBe(10);
	});

	test("whose declaration is new counts its triggers and its label as done", async () => {
		const site = await CopySite.open();
		await site.copy("Snapshot").run(active);
		await later(site, 1);
		await holds(site, site.copy("Snapshot"), active, { triggers: "left over", restore: "left over" });
	});

	test("is taken anew once for a changed trigger, at the standing consent to its image", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Snapshot");
		// Nothing can be written to it, so that what goes is its image and no writes.
		site.onEvent = async ({ kind }) => {
			if (kind === "proved") await site.sites.readOnly("Copy");
		};
		await copy.run(active, { triggers: "one" });
		const first = site.sites.pointInTime("Copy")?.at ?? "";
		for (const triggers of ["two", "three"]) {
			await later(site, 5);
			expect(await codeOf(copy.run(active, { triggers }))).toBe(errorCodes.approvalMissing);
			await copy.run(active, { triggers, expendable: triggers === "two" ? "everything" : "pointInTime" });
			await holds(site, copy, active, { triggers });
		}
		expect(site.received()).toEqual(["CreateReplica", "ResyncReplica", "ResyncReplica"]);
		expect(Date.parse(site.sites.pointInTime("Copy")?.at ?? "")).toBeGreaterThan(Date.parse(first));
		expect(site.held("Copy")).toBe(20);
	});

	const withoutPointInTime = { Snapshot: { reportsSyncTime: false, jobs: ["ResyncReplica" as const] } };
	const nothing = async () => {};
	test.each([
		["takes no writes since", "no error", nothing, {}],
		["tells no point in time, which may be another", errorCodes.approvalMissing, nothing, withoutPointInTime],
		["somebody else took anew", errorCodes.approvalMissing, takenByAnother, {}],
		["takes writes by now", errorCodes.approvalMissing, (site: CopySite) => access(site, false), {}],
		["took writes at first", errorCodes.approvalMissing, (site: CopySite) => access(site, true), {}],
	])("that %s: the consent to its image alone ends with %s", async (what, code, happens, arrays) => {
		const site = await CopySite.open(arrays);
		const copy = site.copy("Snapshot");
		if (what !== "took writes at first")
			site.onEvent = async ({ kind }) => {
				if (kind === "proved") await access(site, true);
			};
		// The first run made the disk, and knows it only as it was then.
		for (const triggers of ["one", "two"]) {
			await copy.run(active, { triggers, expendable: "everything" });
			await later(site);
		}
		await happens(site);
		expect(await codeOf(copy.run(active, { triggers: "three", expendable: "pointInTime" }))).toBe(code);
	});

	test("that its array shows as split from the first is made all the same", async () => {
		const site = await CopySite.open();
		site.seenAs = (seen) => ({
			...seen,
			relationships: seen.relationships.map((link) =>
				link.syncType === syncTypes.Snapshot ? { ...link, copyState: states.Split } : link,
			),
		});
		const copy = site.copy("Snapshot");
		await copy.run(active);
		await holds(site, copy, active);
		expect(site.received()).toEqual(["CreateReplica"]);
	});

	test("that no run of ours has made or used is not expendable when it is adopted", async () => {
		const site = await CopySite.open();
		await site.copy("Snapshot").run(active);
		const adopted = site.copy("Snapshot");
		expect(await codeOf(adopted.run({ state: "inactive" }, { expendable: "everything" }))).toBe(
			errorCodes.approvalMissing,
		);
		expect(site.received()).toEqual(["CreateReplica"]);
	});

	test("that was written to is taken anew with a token alone, or at the consent to everything", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Snapshot");
		await copy.run(active, { triggers: "one" });
		await later(site, 1);
		await site.sites.write("Copy", 2);
		const asked: Asked = { triggers: "two", expendable: "pointInTime" };
		expect(await codeOf(copy.run(active, asked))).toBe(errorCodes.approvalMissing);
		expect(site.received()).toEqual(["CreateReplica"]);
		expect(site.sites.pointInTime("Copy")).toMatchObject({ own: 2 });
		await copy.runApproved(active, asked);
		expect(site.sites.writes().lost, "the two that the token was for").toBe(2);
		await later(site);
		await site.sites.write("Copy", 1);
		await copy.run(active, { triggers: "three", expendable: "everything" });
		expect(site.received()).toEqual(["CreateReplica", "ResyncReplica", "ResyncReplica"]);
		expect(site.sites.pointInTime("Copy")).toMatchObject({ own: 0, lacking: 0 });
	});

	test("is held no more, and held again without consent", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Snapshot");
		await copy.run(active);
		expect(await codeOf(copy.run({ state: "inactive" }))).toBe(errorCodes.approvalMissing);
		await copy.run({ state: "inactive" }, { expendable: "everything" });
		expect(site.sites.pointInTime("Copy")).toBeNull();
		await holds(site, copy, { state: "inactive" }, { triggers: "nothing is held, so nothing is taken" });
		await copy.run(active);
		expect(site.received()).toEqual(["CreateReplica", "Deactivate", "Activate"]);
		expect(site.sites.pointInTime("Copy")).toMatchObject({ lacking: 0, whole: true });
	});

	test("is given back with its disk, which takes the consent to everything", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Snapshot");
		await copy.run(active);
		const returned: Desired = { ...absent, by: "ReturnToResourcePool" };
		expect(await codeOf(copy.run(returned, { expendable: "pointInTime" }))).toBe(errorCodes.approvalMissing);
		await copy.run(returned, { expendable: "everything" });
		expect(site.received()).toEqual(["CreateReplica", "ReturnToResourcePool"]);
		expect(site.disks()).toEqual(["Orders", "Orders-DR"]);
		await holds(site, copy, returned);
	});

	test.each([{}, { ownNames: true }, { ownNames: true, asJob: true }])(
		"that was returned is taken again onto a new disk, made as %j, and only once",
		async (creation) => {
			const site = await CopySite.open();
			await site.sites.array("east-array").creation(creation);
			const copy = site.copy("Snapshot");
			await copy.run(active);
			await copy.run({ ...absent, by: "ReturnToResourcePool" }, { expendable: "everything", isExpired: true });
			await copy.run(active);
			await holds(site, copy, active);
			expect(site.received()).toEqual(["CreateReplica", "ReturnToResourcePool", "CreateReplica"]);
			expect(site.disks()).toHaveLength(3);
		},
	);

	test("that was returned is not taken again onto somebody else's disk, whatever is expendable", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Snapshot");
		await copy.run(active);
		await copy.run({ ...absent, by: "ReturnToResourcePool" }, { expendable: "everything", isExpired: true });
		const { record } = copy;
		await site.sites.change((world) => {
			const [orders] = world.disks;
			if (orders !== undefined) world.disks.push({ ...orders, name: "Copy", uniqueId: "6000100000000009" });
		});
		expect(await codeOf(copy.run(active, { expendable: "everything" }))).toBe(errorCodes.namesMoved);
		// Meant by its id it is another copy, and still nobody's to overwrite but with a token.
		const other = site.copy("Snapshot", "Orders", "6000100000000009");
		other.record = record;
		expect(await codeOf(other.run(active, { expendable: "everything" }))).toBe(errorCodes.approvalMissing);
		expect(site.received()).toEqual(["CreateReplica", "ReturnToResourcePool"]);
	});

	test("that is to be made is not another copy of the source, which has its name on another array", async () => {
		const site = await CopySite.open();
		await site.copy("Snapshot").run(active);
		await site.sites.change((world) => {
			for (const disk of world.disks) if (disk.name === "Copy") disk.array = "west-array";
		});
		const copy = site.copy("Snapshot");
		await copy.run(active);
		expect(site.received()).toEqual(["CreateReplica", "CreateReplica"]);
		await copy.run({ ...absent, by: "ReturnToResourcePool" }, { expendable: "everything" });
		expect(site.sites.look().disks.filter(({ name }) => name === "Copy")).toMatchObject([{ array: "west-array" }]);
	});

	test("whose own host is silent is known by its name", async () => {
		const site = await CopySite.open();
		await site.copy("Snapshot").run(active);
		await site.sites.host("west").down();
		const copy = new Resource(site, "Snapshot", { source: ["east", "Orders"], target: ["west", "Copy"] });
		await holds(site, copy, active);
	});

	test("is taken twice where a run was killed between call and answer, and never without consent", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Snapshot");
		await copy.run(active, { triggers: "one" });
		await later(site, 5);
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") throw new Error("killed");
		};
		const { record } = copy;
		await expect(copy.run(active, { triggers: "two", expendable: "everything" })).rejects.toThrow();
		// A process that is killed stores nothing.
		copy.record = record;
		site.onEvent = async () => {};
		await later(site, 5);
		expect(await codeOf(copy.run(active, { triggers: "two" }))).toBe(errorCodes.approvalMissing);
		await copy.run(active, { triggers: "two", expendable: "everything" });
		expect(site.received()).toEqual(["CreateReplica", "ResyncReplica", "ResyncReplica"]);
		expect(site.held("Copy")).toBe(20);
		await holds(site, copy, active, { triggers: "two" });
	});
});

describe("a restore", () => {
	/** A copy of ten writes beside a source of thirteen, with the mirror out of the way. */
	async function withCopy(...[behaviour]: Parameters<typeof CopySite.open>) {
		const site = await CopySite.open(behaviour);
		const copy = site.copy("Snapshot");
		await copy.run(active);
		await site.mirror.run({ state: "split" });
		await later(site, 3);
		return { site, copy, from: site.received().length };
	}

	test("is done once for a label, with a token, whatever is expendable", async () => {
		const { site, copy, from } = await withCopy();
		const asked: Asked = { restore: "INC-1", expendable: "everything" };
		expect(await codeOf(copy.run(active, asked))).toBe(errorCodes.approvalMissing);
		await copy.runApproved(active, asked);
		expect(site.received(from)).toEqual(["RestoreFromReplica"]);
		expect(site.held("Orders")).toBe(10);
		await later(site, 4);
		await holds(site, copy, active, asked);
		await holds(site, copy, active);
		expect(site.held("Orders")).toBe(14);
		await copy.runApproved(active, { restore: "INC-2" });
		expect(site.received(from)).toEqual(["RestoreFromReplica", "RestoreFromReplica"]);
	});

	test("onto a mirror's source waits until that is split, and the mirror then copies only with a token", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Snapshot");
		await copy.run(active);
		await later(site, 3);
		const asked: Asked = { restore: "INC-1" };
		for (const state of ["active", "suspended"] as const) {
			await site.mirror.run({ state });
			expect(await codeOf(copy.runApproved(active, asked)), state).toBe(errorCodes.mirrorMustBeSplit);
		}
		await site.mirror.run({ state: "split" });
		await copy.runApproved(active, asked);
		expect(site.held("Orders-DR"), "the copy that could undo it").toBe(13);
		expect(await codeOf(site.mirror.run(active))).toBe(errorCodes.approvalMissing);
		expect(site.sites.writes().lost).toBe(0);
	});

	/** A restore from Copy and, in the same process, what is asked of another copy of the same disk. */
	async function restoredBeside(asked: Asked) {
		const { site, copy, from } = await withCopy({ Snapshot: { afterRestore: "Inactive" } });
		const other = site.copy("Clone", "Orders", "Other");
		await other.run(active, { triggers: "a" });
		const hosts = site.hosts();
		const tokens = [await copy.token(active, { restore: "INC-1" }), await other.token(active, asked)];
		const approvals = tokens.flatMap((token) => token ?? []);
		const course: string[] = [];
		site.onEvent = async (event) => {
			if (event.kind === "awaited") course.push(event.what);
			if (event.kind === "afterCall" || event.kind === "proved") course.push(event.kind);
		};
		const runs = [
			copy.run(active, { restore: "INC-1", approvals }, hosts),
			other.run(active, { ...asked, approvals }, hosts),
		];
		const codes = await Promise.all(runs.map(codeOf));
		expect(course[0]).toBe("the restore of Orders, which this run asks for elsewhere, to end");
		expect(site.held("Orders")).toBe(10);
		return { site, other, codes, calls: course.slice(1), received: () => site.received(from) };
	}

	test("keeps another copy waiting that the same process takes anew, until it is proven", async () => {
		const { codes, calls, received } = await restoredBeside({ triggers: "b" });
		expect(codes).toEqual(["no error", "no error"]);
		expect(calls.slice(0, 3)).toEqual(["afterCall", "proved", "afterCall"]);
		expect(received().slice(0, 2)).toEqual(["CreateReplica", "RestoreFromReplica"]);
		expect(received().slice(2).sort()).toEqual(["Activate", "ResyncReplica"]);
	});

	test("and another restore of the same disk stops: which one comes last is not left to chance", async () => {
		const asked = { restore: "INC-2" };
		const { site, other, codes, received } = await restoredBeside(asked);
		expect(codes).toEqual(["no error", errorCodes.planChanged]);
		expect(received()).toEqual(["CreateReplica", "RestoreFromReplica", "Activate"]);
		site.onEvent = async () => {};
		await other.runApproved(active, asked);
		expect(received().slice(3)).toEqual(["RestoreFromReplica"]);
	});

	test("of a killed run that breaks off while a removal waits for it keeps the copy: it is the only good image", async () => {
		const { site, copy, from } = await withCopy({ Snapshot: { jobs: ["RestoreFromReplica"] } });
		await site.sites.addFault({ kind: "slow", factor: 500 });
		const { record } = copy;
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") throw new Error("killed");
		};
		await copy.runApproved(active, { restore: "INC-1" }).catch(() => {});
		copy.record = record;
		site.onEvent = async ({ kind }) => {
			if (kind === "polled") await halted(site);
		};
		expect(await codeOf(copy.run({ state: "absent", by: "Dissolve" }))).toBe(errorCodes.restoreIsOpen);
		expect(site.received(from)).toEqual(["RestoreFromReplica"]);
		expect(copy.record?.copy?.restoreOpen).toBe(true);
	});

	/** What a host tells whose array lists no pairs: the mirror of Orders by its group alone. */
	const byGroup =
		(copyState: number, more: Partial<HostObservation> = {}) =>
		(seen: HostObservation): HostObservation => ({
			...seen,
			relationships: seen.relationships.filter(({ syncType }) => syncType !== syncTypes.Mirror),
			groups: [
				{ ...group, members: seen.disks.flatMap((disk) => (disk.friendlyName === "Orders" ? disk.objectId : [])) },
			],
			groupRelationships: [{ ...groupRelationship, copyState }],
			...more,
		});
	const group = {
		objectId: "Sales",
		uniqueId: "Sales",
		friendlyName: "Sales",
		subsystem: "east-array",
		subsystemName: "east-array",
		subsystemUniqueId: "east-array",
	};
	const groupRelationship = {
		groupObjectId: "Sales",
		groupUniqueId: "Sales",
		peerUniqueId: "Sales-DR",
		peerName: "Sales-DR",
		peerSubsystem: "west-array",
		hasReplicaPeer: true,
		role: "source",
		requestedCopyState: null,
		progressStatus: 2,
		syncMode: 3,
		syncType: syncTypes.Mirror,
		consistencyState: null,
		job: null,
	} as const;

	test("onto a disk whose mirror only a group tells waits until that group is split", async () => {
		const { site, copy, from } = await withCopy();
		const asked: Asked = { restore: "INC-1" };
		site.seenAs = byGroup(states.Split);
		const approvals = [await copy.token(active, asked)].flatMap((token) => token ?? []);
		site.seenAs = byGroup(states.Synchronized);
		expect(await codeOf(copy.run(active, { ...asked, approvals }))).toBe(errorCodes.mirrorMustBeSplit);
		// Resumed by somebody between the preview and the call.
		site.seenAs = byGroup(states.Split);
		site.onEvent = async ({ kind }) => {
			if (kind === "planned") site.seenAs = byGroup(states.Synchronized);
		};
		expect(await codeOf(copy.run(active, { ...asked, approvals }))).not.toBe("no error");
		expect(site.received(from)).toEqual([]);
		site.onEvent = async () => {};
		site.seenAs = byGroup(states.Split);
		await copy.run(active, { ...asked, approvals });
		expect(site.received(from)).toEqual(["RestoreFromReplica"]);
	});

	test("is not done while it is not known whether a group carries it on; what copies its source is", async () => {
		const { site, copy, from } = await withCopy();
		const asked: Asked = { restore: "INC-1" };
		const approvals = [await copy.token(active, asked)].flatMap((token) => token ?? []);
		const unread = [
			{ hides: "groups", subsystem: null, what: "not all groups could be read.", remedy: "wait." },
		] as const;
		site.seenAs = (seen) => ({ ...seen, groups: [], groupRelationships: [], unread });
		expect(await codeOf(copy.run(active, { ...asked, approvals }))).toBe(errorCodes.hostUnreachable);
		await copy.run(active, { triggers: "b", expendable: "everything" });
		expect(site.received(from)).toEqual(["ResyncReplica"]);
	});

	test("that breaks off leaves no source for another copy that the same process takes anew", async () => {
		const { site, copy, from } = await withCopy({ Snapshot: { afterRestore: "Broken" } });
		const other = site.copy("Clone", "Orders", "Other");
		await other.run(active, { triggers: "a" });
		const image = site.sites.pointInTime("Other");
		const hosts = site.hosts();
		const approvals = [await copy.token(active, { restore: "INC-1" })].flatMap((token) => token ?? []);
		expect(await codeOf(copy.run(active, { restore: "INC-1", approvals }, hosts))).toBe(errorCodes.restoreBroken);
		const asked: Asked = { triggers: "b", expendable: "everything" };
		expect(await codeOf(other.run(active, asked, hosts))).toBe(errorCodes.sourceNotConsistent);
		expect(site.received(from)).toEqual(["CreateReplica", "RestoreFromReplica"]);
		expect(site.sites.pointInTime("Other")).toEqual(image);
	});

	test.each([
		["as CopyState 18", "Restored", []],
		["with nothing held, and a new point in time is taken", "Inactive", ["Activate"]],
	] as const)("that ends %s is proved", async (_, afterRestore, more) => {
		const { site, copy, from } = await withCopy({ Snapshot: { afterRestore } });
		await copy.runApproved(active, { restore: "INC-1" });
		expect(site.received(from)).toEqual(["RestoreFromReplica", ...more]);
		expect(site.held("Orders")).toBe(10);
		expect(copy.record?.copy).toMatchObject({ restoreDone: "INC-1", restoreOpen: false });
		await holds(site, copy, active, { restore: "INC-1" });
	});

	test("is not told as done by the CopyState 18 of an earlier one", async () => {
		const { site, copy, from } = await withCopy({ Snapshot: { afterRestore: "Restored" } });
		await copy.runApproved(active, { restore: "INC-1" });
		await later(site, 4);
		await site.sites.addFault({ kind: "returnCode", code: 0, effect: false, times: 1 });
		expect(await codeOf(copy.runApproved(active, { restore: "INC-2" }))).toBe(errorCodes.onceUnproven);
		expect(copy.record?.copy).toMatchObject({ restoreDone: "INC-1", restoreOpen: true });
		await copy.runApproved(active, { restore: "INC-2" });
		expect(copy.record?.copy).toMatchObject({ restoreDone: "INC-2", restoreOpen: false });
		expect(site.received(from)).toEqual(Array(3).fill("RestoreFromReplica"));
		expect(site.held("Orders")).toBe(10);
	});

	test("that ends Broken leaves the copy untouched, whatever is consented to, until the source is told to be good", async () => {
		const { site, copy, from } = await withCopy({ Snapshot: { afterRestore: "Broken" } });
		expect(await codeOf(copy.runApproved(active, { restore: "INC-1" }))).toBe(errorCodes.restoreBroken);
		expect(copy.record?.copy).toMatchObject({ restoreDone: null, restoreOpen: true });
		const wishes: readonly (readonly [Desired, Asked])[] = [
			[active, { restore: "INC-1" }],
			[active, { triggers: "new" }],
			[{ state: "inactive" }, {}],
			[absent, {}],
			[{ ...absent, by: "Dissolve" }, {}],
			[{ ...absent, by: "ReturnToResourcePool" }, {}],
		];
		for (const [desired, asked] of wishes) {
			const refused = copy.runApproved(desired, { ...asked, expendable: "everything" });
			expect(await codeOf(refused), JSON.stringify([desired, asked])).toBe(errorCodes.restoreIsOpen);
		}
		expect(site.received(from)).toEqual(["RestoreFromReplica"]);
		expect(site.held("Copy")).toBe(10);
		await copy.runApproved({ ...absent, by: "Dissolve", keep: "source" });
		expect(site.received(from)).toEqual(["RestoreFromReplica", "Dissolve"]);
		expect(site.held("Copy")).toBe(10);
	});

	test("that is open gives way to nothing that the array requires, whatever is expendable", async () => {
		const { site, copy, from } = await withCopy({ Snapshot: { afterRestore: "Broken" } });
		expect(await codeOf(copy.runApproved(active, { restore: "INC-1" }))).toBe(errorCodes.restoreBroken);
		await mended(site);
		site.seenAs = (seen) => ({
			...seen,
			relationships: seen.relationships.map((link) => ({ ...link, progressStatus: requiresDetach })),
		});
		for (const desired of [absent, active])
			expect(await codeOf(copy.runApproved(desired, { expendable: "everything" }))).toBe(errorCodes.restoreIsOpen);
		expect(site.received(from)).toEqual(["RestoreFromReplica"]);
	});

	test("whose job failed is told by that, and which disk is good", async () => {
		const { site, copy } = await withCopy({ Snapshot: { jobs: ["RestoreFromReplica"] } });
		await site.sites.addFault({ kind: "job", fate: "failed", times: 1 });
		await expect(copy.runApproved(active, { restore: "INC-1" })).rejects.toThrow(
			/SR3010.*did not end well \(.*the simulated job failed.*Copy is the only good image/s,
		);
		expect(copy.record?.copy).toMatchObject({ restoreDone: null, restoreOpen: true });
	});

	test("that broke off stays open where the run that is told that the source is good does not get there", async () => {
		const { site, copy } = await withCopy({ Snapshot: { afterRestore: "Broken" } });
		expect(await codeOf(copy.runApproved(active, { restore: "INC-1" }))).toBe(errorCodes.restoreBroken);
		await site.sites.addFault({ kind: "returnCode", code: 5, effect: false, times: 1 });
		const good: Desired = { ...active, keep: "source" };
		expect(await codeOf(copy.runApproved(good, { triggers: "new" }))).toBe(errorCodes.arrayRefused);
		expect(copy.record?.copy?.restoreOpen).toBe(true);
		await copy.runApproved(good, { triggers: "new" });
		expect(copy.record?.copy?.restoreOpen).toBe(false);
	});

	test("that broke off is closed by the word that the source is good alone, where nothing is to be done", async () => {
		const { site, copy } = await withCopy({ Snapshot: { afterRestore: "Broken" } });
		expect(await codeOf(copy.runApproved(active, { restore: "INC-1" }))).toBe(errorCodes.restoreBroken);
		await mended(site);
		await holds(site, copy, active);
		expect(copy.record?.copy?.restoreOpen).toBe(true);
		await holds(site, copy, { ...active, keep: "source" });
		expect(copy.record?.copy?.restoreOpen).toBe(false);
	});

	test("that broke off is done again from a copy at rest, with a token of its own", async () => {
		const { site, copy, from } = await withCopy({ Snapshot: { afterRestore: "Broken" } });
		const asked: Asked = { restore: "INC-1" };
		const token = (await copy.token(active, asked)) ?? "";
		expect(await codeOf(copy.run(active, { ...asked, approvals: [token] }))).toBe(errorCodes.restoreBroken);
		await mended(site);
		expect(await codeOf(copy.run(active, { ...asked, approvals: [token] }))).toBe(errorCodes.approvalMissing);
		await copy.runApproved(active, asked);
		expect(site.received(from)).toEqual(["RestoreFromReplica", "RestoreFromReplica"]);
		expect(site.held("Orders")).toBe(10);
		expect(copy.record?.copy).toMatchObject({ restoreDone: "INC-1", restoreOpen: false });
	});
});

describe("a restore whose run was killed", () => {
	/** A process that is killed between call and answer stores nothing. */
	async function killed(copy: Resource, site: CopySite, desired: Desired, asked: Asked): Promise<void> {
		const { record } = copy;
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") throw new Error("killed");
		};
		await expect(copy.runApproved(desired, asked)).rejects.toThrow("killed");
		site.onEvent = async () => {};
		copy.record = record;
	}

	test("and that ends Broken is told by the next run, which waits for it, and remembered by all others", async () => {
		const site = await CopySite.open({ Snapshot: { afterRestore: "Broken" } });
		const copy = site.copy("Snapshot");
		await copy.run(active);
		await site.mirror.run({ state: "split" });
		await later(site, 3);
		await killed(copy, site, active, { restore: "INC-1" });
		const from = site.received().length;
		expect(await codeOf(copy.run(active, { restore: "INC-1" }))).toBe(errorCodes.restoreBroken);
		expect(copy.record).toMatchObject({ generation: 1, copy: { restoreDone: null, restoreOpen: true } });
		for (const [desired, asked] of [
			[active, { triggers: "new" }],
			[{ ...absent, by: "ReturnToResourcePool" }, {}],
		] as const) {
			const refused = copy.runApproved(desired, { ...asked, expendable: "everything" });
			expect(await codeOf(refused), desired.state).toBe(errorCodes.restoreIsOpen);
		}
		expect(site.received(from)).toEqual([]);
		expect(site.held("Copy")).toBe(10);
	});

	test.each([
		["killed", "Synchronized"],
		["cut short", "Synchronized"],
		["killed", "Restored"],
		["killed", "Inactive"],
	] as const)(
		"or was %s is proved by the run that waits for it, and the copy is free again (%s)",
		async (how, afterRestore) => {
			const site = await CopySite.open({ Snapshot: { afterRestore } });
			const copy = site.copy("Snapshot");
			await copy.run(active);
			await site.mirror.run({ state: "split" });
			await later(site, 3);
			const from = site.received().length;
			const asked: Asked = { restore: "INC-1", expendable: "everything" };
			if (how === "killed") await killed(copy, site, active, asked);
			else {
				const limits = { transitionMs: 1, syncMs: 1, deleteMs: 1 };
				expect(await codeOf(copy.runApproved(active, { ...asked, limits }))).toBe(errorCodes.notReachedInTime);
				expect(copy.record?.copy).toMatchObject({ restoreDone: null, restoreOpen: true });
			}
			const told: (readonly string[])[] = [];
			site.onEvent = async (event) => {
				if (event.kind === "planned") told.push(event.steps.map(operationOf));
			};
			await copy.run(active, asked);
			const anew = afterRestore === "Inactive" ? ["Activate"] : [];
			expect(told, "what is planned anew is told before it is done").toEqual([["wait"], ...anew.map((name) => [name])]);
			expect(copy.record?.copy).toMatchObject({ restoreDone: "INC-1", restoreOpen: false });
			await later(site);
			await copy.run(active, { ...asked, triggers: "new" });
			await copy.run({ ...absent, by: "Dissolve" }, asked);
			expect(site.received(from)).toEqual(["RestoreFromReplica", ...anew, "ResyncReplica", "Dissolve"]);
		},
	);

	test("by an array that refuses it and does it all the same is remembered as well", async () => {
		const site = await CopySite.open({ Snapshot: { afterRestore: "Broken" } });
		const copy = site.copy("Snapshot");
		await copy.run(active);
		await site.mirror.run({ state: "split" });
		await later(site, 3);
		await site.sites.addFault({ kind: "returnCode", code: 5, effect: true, times: 1 });
		expect(await codeOf(copy.runApproved(active, { restore: "INC-1" }))).toBe(errorCodes.arrayRefused);
		expect(copy.record?.copy).toMatchObject({ restoreDone: null, restoreOpen: true });
	});
});

describe("a clone", () => {
	test("is suspended and resumed, and is of the moment that it was begun at", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Clone");
		await copy.run({ state: "suspended" });
		expect(site.sites.pointInTime("Copy")).toMatchObject({ whole: false });
		await later(site, 5);
		await copy.run(active);
		expect(site.received()).toEqual(["CreateReplica", "Suspend", "Resume"]);
		expect(site.sites.pointInTime("Copy")).toMatchObject({ lacking: 0, whole: true });
		expect(site.held("Copy")).toBe(10);
		await holds(site, copy, { state: "suspended" });
	});

	test("that was taken anew by an array which answered that it would not is not told as whole", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Clone");
		await copy.run(active);
		await later(site, 5);
		await site.sites.addFault({ kind: "returnCode", code: 1, effect: true, times: 1 });
		const error = await copy.run(active, { triggers: "two", expendable: "everything" }).then(() => null, String);
		expect(site.held("Copy")).toBe(15);
		expect(error).toContain(errorCodes.arrayRefused);
		expect(error).not.toContain("nothing that was sent destroys writes");
	});

	test("is taken anew by a job that ends with its copy", async () => {
		const site = await CopySite.open({ Clone: { jobs: ["ResyncReplica"], reportsSyncTime: false } });
		const copy = site.copy("Clone");
		await copy.run(active, { triggers: "one" });
		await later(site, 5);
		await copy.run(active, { triggers: "two", expendable: "everything" });
		expect(site.received()).toEqual(["CreateReplica", "ResyncReplica"]);
		expect(site.held("Copy")).toBe(15);
		await holds(site, copy, active, { triggers: "two" });
	});

	test("that is to be independent is let go of when it is whole, and not before", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Clone");
		await copy.run({ state: "suspended" });
		await copy.run({ state: "detached" });
		expect(site.received()).toEqual(["CreateReplica", "Suspend", "Resume", "Detach"]);
		expect(site.held("Copy")).toBe(10);
		expect(copy.record?.copy?.ended).toBe("complete");
		await holds(site, copy, { state: "detached" });
	});

	test("that is complete is taken anew onto its own disk at the standing consent", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Clone");
		for (const state of ["active", "detached"] as const) await copy.run({ state }, { triggers: "one" });
		await later(site, 5);
		expect(await codeOf(copy.run(active, { triggers: "two" }))).toBe(errorCodes.approvalMissing);
		await copy.run(active, { triggers: "two", expendable: "everything" });
		expect(site.received()).toEqual(["CreateReplica", "Detach", "CreateReplica"]);
		expect(site.held("Copy")).toBe(15);
	});

	test("that is complete stays that when its time has come, and is not made again", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Clone");
		for (const state of ["active", "detached"] as const) await copy.run({ state });
		await site.sites.write("Copy", 2);
		await holds(site, copy, absent, { isExpired: true });
		expect(copy.record?.copy?.ended).toBe("complete");
		await holds(site, copy, active, { expendable: "everything" });
		expect(site.received()).toEqual(["CreateReplica", "Detach"]);
		expect(site.held("Copy")).toBe(12);
	});

	test("that expires before it is complete is told as expired, and as that only until it is made again", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Clone");
		await copy.run({ state: "suspended" });
		await copy.run(absent, { isExpired: true });
		expect(copy.record?.copy?.ended).toBe("expired");
		await copy.runApproved(active);
		expect(copy.record?.copy?.ended).toBeNull();
		expect(site.received()).toEqual(["CreateReplica", "Suspend", "Detach", "CreateReplica"]);
	});

	const withoutPercentages: CopySite["seenAs"] = (seen) => ({
		...seen,
		relationships: seen.relationships.map((each) => ({ ...each, percentSynced: null })),
	});
	/** The job tells its end, and the copy goes on without it. */
	const endedEarly = ({ sites }: CopySite) =>
		sites.change((world) => {
			for (const job of world.jobs) job.state = jobStates.Completed;
			for (const { copy } of world.relationships) if (copy !== null) copy.job = null;
		});

	const letGo = { Clone: { features: [18] } };

	test("that the array lets go of is complete where 100 % were seen", async () => {
		const site = await CopySite.open(letGo);
		// So slow that it is seen whole before it goes.
		await site.sites.addFault({ kind: "slow", factor: 100 });
		const copy = site.copy("Clone");
		await copy.run(active);
		expect(copy.record?.copy?.ended).toBe("complete");
		expect(site.sites.look().relationships, "the mirror's alone").toHaveLength(1);
		expect(site.held("Copy")).toBe(10);
		for (const desired of [active, { state: "detached" }, { state: "suspended" }] as const)
			await holds(site, copy, desired);
		expect(site.received()).toEqual(["CreateReplica"]);
	});

	test("also where a later run waits for it", async () => {
		const site = await CopySite.open(letGo);
		await site.sites.addFault({ kind: "slow", factor: 100 });
		const copy = site.copy("Clone");
		const limits = { transitionMs: 1, syncMs: 1, deleteMs: 1 };
		expect(await codeOf(copy.run(active, { limits }))).toBe(errorCodes.notReachedInTime);
		await copy.run(active);
		expect(copy.record?.copy?.ended).toBe("complete");
		await holds(site, copy, { state: "detached" });
	});

	test("or where its job ended well", async () => {
		const site = await CopySite.open(letGo);
		await site.sites.array("east-array").creation({ asJob: true });
		const copy = site.copy("Clone");
		await copy.run(active);
		expect(copy.record?.copy?.ended).toBe("complete");
		await holds(site, copy, active);
	});

	test("also where no percentage is told, by a job that ended with it", async () => {
		const site = await CopySite.open(letGo);
		await site.sites.addFault({ kind: "slow", factor: 100 });
		await site.sites.array("east-array").creation({ asJob: true });
		site.seenAs = withoutPercentages;
		const copy = site.copy("Clone");
		await copy.run(active);
		expect(copy.record?.copy?.ended).toBe("complete");
	});

	test.each([
		["whose job had ended long before", true],
		["that has no job", false],
	])("%s and that is gone before it was seen whole is not taken for complete", async (_, asJob) => {
		const site = await CopySite.open({ Clone: { features: [18], haltedVanishes: true } });
		await site.sites.array("east-array").creation({ asJob });
		site.seenAs = withoutPercentages;
		const copy = site.copy("Clone");
		let polls = 0;
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") await endedEarly(site);
			if (kind === "polled" && ++polls === 3) await halted(site);
		};
		expect(await codeOf(copy.run(active))).toBe(errorCodes.copyEndUnproven);
		expect(copy.record?.copy?.ended).toBeNull();
	});

	test("that is taken anew, and is gone before it was seen whole, is not taken for complete by a job that ended first", async () => {
		const site = await CopySite.open();
		const copy = site.copy("Clone");
		await copy.run(active, { triggers: "one" });
		await site.sites
			.array("east-array")
			.copies("Clone", { features: [18], jobs: ["ResyncReplica"], haltedVanishes: true });
		site.onEvent = async ({ kind }) => {
			if (kind === "afterCall") await endedEarly(site);
			if (kind === "polled") await halted(site);
		};
		const taken = copy.run(active, { triggers: "two", expendable: "everything" });
		expect(await codeOf(taken)).toBe(errorCodes.copyEndUnproven);
		expect(copy.record?.copy?.ended).toBeNull();
	});

	/** The relationship of the copy is gone, and what else is told. */
	const gone = ({ sites }: CopySite, disk?: string) =>
		sites.change((world) => {
			world.relationships = world.relationships.filter(({ syncType }) => syncType === syncTypes.Mirror);
			world.disks = world.disks.filter(({ name }) => name !== disk);
		});

	test.each([
		["whose disk is gone with it", (site: CopySite) => gone(site, "Copy")],
		[
			"that broke off at the end",
			async (site: CopySite) => {
				await halted(site);
				site.onEvent = async ({ kind }) => {
					if (kind === "polled") await gone(site);
				};
			},
		],
	])("%s is not taken for complete, whatever percentage was told", async (_, happens) => {
		const site = await CopySite.open(letGo);
		site.seenAs = (seen) => ({
			...seen,
			relationships: seen.relationships.map((each) => ({ ...each, percentSynced: 100 })),
		});
		const copy = site.copy("Clone");
		site.onEvent = async ({ kind }) => {
			if (kind !== "polled") return;
			site.onEvent = async () => {};
			await happens(site);
		};
		expect(await codeOf(copy.run(active))).toBe(errorCodes.copyEndUnproven);
		expect(copy.record?.copy?.ended).toBeNull();
	});

	test("whose retake failed at once and took it along is not taken for complete because it was whole before", async () => {
		const site = await CopySite.open({ Clone: { features: [18], jobs: ["ResyncReplica"], haltedVanishes: true } });
		await site.sites.change((world) => {
			for (const array of world.arrays)
				array.copies = { ...array.copies, Clone: { ...array.copies?.Clone, features: [] } };
		});
		const copy = site.copy("Clone");
		await copy.run(active, { triggers: "one" });
		await site.sites.change((world) => {
			for (const array of world.arrays)
				array.copies = { ...array.copies, Clone: { ...array.copies?.Clone, features: [18] } };
		});
		await site.sites.addFault({ kind: "job", fate: "failed", times: 1 });
		const retaken = copy.run(active, { triggers: "two", expendable: "everything" });
		expect(await codeOf(retaken)).toBe(errorCodes.copyEndUnproven);
		expect(copy.record?.copy?.ended).toBeNull();
	});

	test("that was complete and let go of, is begun anew and stopped, and goes with that, is not complete any more", async () => {
		const site = await CopySite.open({ Clone: { haltedVanishes: true } });
		const copy = site.copy("Clone");
		await copy.run(active, { triggers: "one" });
		await copy.run({ state: "detached" }, { triggers: "one" });
		expect(copy.record?.copy?.ended).toBe("complete");
		const asked = { triggers: "two" };
		expect(await codeOf(copy.runApproved({ state: "suspended" }, asked))).not.toBe("no error");
		expect(site.received().slice(-2)).toEqual(["CreateReplica", "Suspend"]);
		expect(copy.record?.copy?.ended).toBeNull();
		for (const state of ["active", "detached"] as const)
			expect(await codeOf(copy.run({ state }, asked)), state).not.toBe("no error");
	});

	test("that was complete and let go of, and whose new copy is gone when its call is cut off, is not complete any more", async () => {
		const site = await CopySite.open({ Clone: { haltedVanishes: true } });
		const copy = site.copy("Clone");
		await copy.run(active, { triggers: "one" });
		await copy.run({ state: "detached" }, { triggers: "one" });
		await site.sites.addFault({ kind: "cutOff", effect: true, times: 1 });
		site.onEvent = async ({ kind }) => {
			if (kind === "callCutOff") await halted(site);
		};
		expect(await codeOf(copy.runApproved(active, { triggers: "two" }))).not.toBe("no error");
		expect(site.received().at(-1)).toBe("CreateReplica");
		expect(copy.record?.copy?.ended).toBeNull();
	});

	test.each([
		["while it was waited for", false],
		["within its job", true],
	])("that was halted %s and is gone is not taken for complete", async (_, asJob) => {
		const site = await CopySite.open({ Clone: { features: [18], haltedVanishes: true } });
		await site.sites.array("east-array").creation({ asJob });
		const copy = site.copy("Clone");
		site.onEvent = async ({ kind }) => {
			if (kind !== "polled" || site.received().length === 0) return;
			site.onEvent = async () => {};
			await halted(site);
		};
		expect(await codeOf(copy.run(active))).toBe(errorCodes.copyEndUnproven);
		expect(copy.record?.copy?.ended).toBeNull();
		for (const desired of [active, { state: "detached" }] as const)
			expect(await codeOf(copy.run(desired))).not.toBe("no error");
		expect(site.received()).toEqual(["CreateReplica"]);
		expect(site.held("Copy")).toBeLessThan(10);
	});
});

describe("between the same two disks", () => {
	/** What somebody made of the mirror since it was adopted. */
	async function madeOther(syncType: number): Promise<CopySite> {
		const site = await CopySite.open();
		await site.mirror.run(active);
		await site.sites.change((world) => {
			for (const each of world.relationships) each.syncType = syncType;
		});
		return site;
	}

	test.each(["Snapshot", "Clone", "TokenizedClone"] as const)("a %s is not ended as the mirror", async (kind) => {
		const site = await madeOther(syncTypes[kind]);
		await holds(site, site.mirror, absent);
		expect(site.sites.look().relationships).toHaveLength(1);
		const copy = new Resource(site, kind === "Snapshot" ? kind : "Clone", betweenMirrored);
		await copy.runApproved({ ...absent, by: "Dissolve" });
		expect(site.sites.look().relationships).toEqual([]);
	});

	test("a mirror is not ended as a copy", async () => {
		const site = await CopySite.open();
		await holds(site, new Resource(site, "Snapshot", betweenMirrored), absent, { expendable: "everything" });
		expect(site.sites.look().relationships).toHaveLength(1);
	});

	test("what has a kind without a name is ended as the mirror that it may be", async () => {
		const site = await madeOther(11);
		site.mirror.record = null;
		await site.mirror.run(absent);
		expect(site.received()).toEqual(["Detach"]);
	});
});

test("a neighbour that two providers list is told once, and in both ways where they differ", async () => {
	const site = await CopySite.open();
	const neighbours = async () => (await site.copy("Snapshot").look(active)).situation.observed.neighbours;
	const listed = (more: object) => (seen: Parameters<CopySite["seenAs"]>[0]) => ({
		...seen,
		relationships: seen.relationships.flatMap((each) => [each, { ...each, ...more }]),
	});
	site.seenAs = listed({});
	expect(await neighbours()).toMatchObject([{ at: "source", role: "source", copyState: "Synchronized" }]);
	site.seenAs = listed({ copyState: states.Suspended });
	expect(await neighbours()).toMatchObject([{ copyState: "Synchronized" }, { copyState: "Suspended" }]);
	site.seenAs = listed({ peerUniqueId: "6000200000000009" });
	expect(await neighbours(), "two of one state").toHaveLength(2);
});

test("a drill at a mirror's target leaves the mirror's calls empty, and cleans up after itself", async () => {
	const site = await CopySite.open();
	await site.mirror.run(active);
	const drill = site.copy("Snapshot", "Orders-DR");
	await drill.run(active, { expendable: "everything" });
	await site.sites.write("Copy", 2);
	await later(site, 5);
	await drill.run({ ...absent, by: "ReturnToResourcePool" }, { expendable: "everything", isExpired: true });
	const sent = site.sites.calls().map(({ operation, method, disk }) => [operation ?? method, disk]);
	expect(sent).toEqual([
		["CreateReplica", "Orders-DR"],
		["ReturnToResourcePool", "Orders-DR"],
	]);
	expect(drill.record?.copy?.ended).toBe("expired");
	expect(site.disks()).toEqual(["Orders", "Orders-DR"]);
	expect(site.held("Orders-DR"), "the mirror went on").toBe(15);
	await holds(site, site.mirror, active);
});
