import { describe, expect, test } from "vitest";
import { CallCutOff } from "../../../provider/executor/callCutOff";
import { SimulatedClock } from "../../../provider/executor/clock";
import type { CallAnswer } from "../../../provider/executor/host";
import { type CopyBehaviour, type CopyKind, Simulator } from "../../../provider/hosts/simulator";
import { WorldInMemory } from "../../../provider/hosts/simulator/worldStore";
import { type CopyState, newerProgressStatus, type Operation } from "../../../provider/model/relationship";
import { replicationCapabilitiesGetSupportedFeaturesFeatures as features } from "../../../provider/model/vocabulary/capabilities";
import { virtualDiskSetReplicationRelationshipOperation as numbers } from "../../../provider/model/vocabulary/operations";
import {
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../../provider/model/vocabulary/relationship";
import { ArraysInMemory } from "./arraysInMemory";

const syncTypes = { Mirror: 6, Snapshot: 7, Clone: 8, TokenizedClone: 9 } as const;
type SyncType = keyof typeof syncTypes;

/** A mirror Orders to Orders-DR, and a copy of Orders, on a clock that moves only when it is told to. */
class Copies extends ArraysInMemory {
	static async open(kind: "Snapshot" | "Clone" | null, behaviour: Partial<CopyBehaviour> = {}): Promise<Copies> {
		const clock = new SimulatedClock(1_000_000);
		const store = new WorldInMemory();
		const sites = await Simulator.create(store, {
			pairs: [{ source: "Orders", target: "Orders-DR" }],
			copies: kind === null ? [] : [{ source: "Orders", target: "Copy", kind }],
			now: () => clock.now(),
		});
		for (const each of ["Snapshot", "Clone"] as const) await sites.array("east-array").copies(each, behaviour);
		return new Copies(clock, store, sites);
	}

	disk(name: string) {
		return this.sites.look().disks.find((disk) => disk.name === name);
	}

	async create(source: string, kind: SyncType, target: { readonly made?: string; readonly existing?: string }) {
		const { disks } = await this.host.observe();
		const known = (name: string | undefined) => disks.find(({ friendlyName }) => friendlyName === name);
		return this.host.createReplica({
			sourceDiskObjectId: known(source)?.objectId ?? "",
			friendlyName: target.made ?? null,
			targetSubsystem: "",
			targetSubsystemName: null,
			targetSubsystemUniqueId: null,
			targetDiskObjectId: known(target.existing)?.objectId ?? null,
			targetDiskUniqueId: known(target.existing)?.uniqueId ?? null,
			targetStoragePool: null,
			recoveryPointObjectiveMinutes: null,
			syncType: syncTypes[kind],
			syncMode: null,
		});
	}

	async send(operation: Operation, copy = "Copy"): Promise<CallAnswer> {
		const link = await this.shown(copy);
		return this.host.setReplicationRelationship({
			operation: numbers[operation],
			diskObjectId: link?.diskObjectId ?? "",
			peerUniqueId: link?.peerUniqueId ?? "",
			madePeer: null,
		});
	}

	/** The relationship of a copy as its source shows it. */
	async shown(copy = "Copy") {
		const { relationships } = await this.host.observe();
		return relationships.find(({ peerName, role }) => peerName === copy && role === "source");
	}

	put(copyState: CopyState, progressStatus: number = progress.Completed): Promise<void> {
		return this.sites.change(({ relationships }) => {
			for (const relationship of relationships) {
				if (relationship.syncType === syncTypes.Mirror) continue;
				relationship.copyState = states[copyState];
				relationship.progressStatus = progressStatus;
			}
		});
	}

	async settled(copy = "Copy") {
		this.clock.advance(60_000);
		const shown = await this.shown(copy);
		return shown === undefined ? null : { copyState: shown.copyState, progressStatus: shown.progressStatus };
	}

	content(name: string) {
		return this.disk(name)?.content;
	}
}

const held = { copyState: states.Synchronized, progressStatus: progress.Completed };

describe("CreateReplica", () => {
	test("of a snapshot is there at once, beside its source, writable, as of this second", async () => {
		const copies = await Copies.open(null);
		copies.clock.advance(61_900);
		const answer = await copies.create("Orders", "Snapshot", { made: "Morning" });
		expect(answer).toMatchObject({ returnCode: 0, createdPeerUniqueId: copies.disk("Morning")?.uniqueId });
		expect(await copies.shown("Morning")).toMatchObject({
			...held,
			syncType: 7,
			syncTime: "1970-01-01T00:01:01.000Z",
			lagSeconds: null,
			percentSynced: 100,
			peerSubsystem: "east-array",
		});
		await copies.sites.write("Orders", 2);
		await copies.sites.write("Morning", 3);
		expect(copies.sites.pointInTime("Morning")).toMatchObject({ lacking: 0, own: 3, whole: true });
		expect(copies.sites.writes("Morning").lacking, "what its source got since").toBe(2);
		expect(copies.sites.writes("Orders-DR").lacking, "the mirror goes on").toBe(3);
	});

	test.each(["Clone", "TokenizedClone"] as const)("of a %s copies what its source held then", async (kind) => {
		const copies = await Copies.open(null);
		expect((await copies.create("Orders", kind, { made: "Full" })).returnCode).toBe(0);
		await copies.sites.write("Orders", 10);
		copies.clock.advance(750);
		expect(await copies.shown("Full")).toMatchObject({ copyState: states.Unsynchronized, percentSynced: 50 });
		expect(copies.content("Full")).toEqual([[1, 5]]);
		await expect(async () => copies.sites.write("Full")).rejects.toThrow(/accepts no writes/);
		copies.clock.advance(750);
		expect(copies.content("Full")).toEqual([[1, 10]]);
	});

	test("onto an existing disk replaces what that held", async () => {
		const copies = await Copies.open(null);
		await copies.create("Orders", "Clone", { made: "Full" });
		copies.clock.advance(2_000);
		await copies.send("Detach", "Full");
		copies.clock.advance(300);
		await copies.sites.write("Full", 4);
		expect((await copies.create("Orders", "Snapshot", { existing: "Full" })).returnCode).toBe(0);
		expect(copies.content("Full")).toEqual([[1, 10]]);
		expect(copies.sites.writes().lost).toBe(4);
	});

	test("of a mirror's target holds what that holds, half of it while the mirror copies", async () => {
		const copies = await Copies.open(null);
		expect((await copies.create("Orders-DR", "Snapshot", { made: "Drill" })).returnCode).toBe(0);
		expect(copies.sites.pointInTime("Drill")).toMatchObject({ lacking: 0, whole: true });
		await copies.sites.write("Drill", 2);
		expect(copies.sites.writes("Orders-DR").lacking, "a drill touches no mirror").toBe(2);
		const { relationships } = await copies.host.observe();
		expect(relationships.map(({ role }) => role)).toEqual(["source", "target", "source", "target"]);
		await copies.sites.change((world) => {
			for (const mirror of world.relationships.slice(0, 1)) mirror.consistent = false;
		});
		await copies.create("Orders-DR", "Snapshot", { made: "Half" });
		expect(copies.sites.pointInTime("Half")).toMatchObject({ whole: false });
		await copies.sites.change(({ relationships: [mirror] }) => {
			if (mirror !== undefined) Object.assign(mirror, { copyState: states.Split, consistent: true });
		});
		await copies.send("RestoreFromReplica", "Half");
		await copies.settled("Half");
		await copies.create("Orders-DR", "Snapshot", { made: "Again" });
		expect(copies.sites.pointInTime("Again"), "restored, half a disk is half a disk").toMatchObject({ whole: false });
	});

	test("refuses a disk that is a target already, one that a mirror serves from, and no kind at all", async () => {
		const copies = await Copies.open("Snapshot");
		const before = copies.sites.look().relationships;
		for (const existing of ["Copy", "Orders-DR", "Orders"]) {
			expect((await copies.create("Orders", "Clone", { existing })).returnCode, existing).toBe(5);
		}
		expect((await copies.create("Copy", "Mirror", { existing: "Orders" })).returnCode).toBe(5);
		await copies.send("Dissolve");
		copies.clock.advance(300);
		expect((await copies.create("Copy", "Clone", { existing: "Orders" })).returnCode, "a mirror serves from it").toBe(
			5,
		);
		expect((await copies.create("Orders", "Snapshot", { existing: "Copy" })).returnCode).toBe(0);
		expect(copies.sites.look().relationships).toHaveLength(before.length);
		expect((await copies.create("Copy", "Snapshot", { made: "Copy-of-Copy" })).returnCode).toBe(0);
	});

	test("keeps to what the array says of targets, pools and sources", async () => {
		const supplied = await Copies.open("Snapshot", { features: [features.TargetElementShallNotBeSupplied] });
		await supplied.send("Detach");
		supplied.clock.advance(300);
		expect((await supplied.create("Orders", "Clone", { existing: "Copy" })).returnCode).toBe(5);
		expect((await supplied.create("Orders", "Clone", { made: "New" })).returnCode).toBe(0);
		const offline = await Copies.open(null, { features: [features.CopyOperationRequiresOfflineSource] });
		expect((await offline.create("Orders", "Snapshot", { made: "New" })).returnCode).toBe(5);
		await offline.sites.readOnly("Orders");
		expect((await offline.create("Orders", "Snapshot", { made: "New" })).returnCode).toBe(0);
	});
});

/** Where a settled copy may be, the operations that it takes there, and where they lead. */
const everywhere = { Detach: null, Dissolve: null } as const;
const anImage = {
	...everywhere,
	Deactivate: "Inactive",
	ResyncReplica: "Synchronized",
	RestoreFromReplica: "Synchronized",
} as const;
const effects: Record<CopyKind, Partial<Record<CopyState, Partial<Record<Operation, CopyState | null>>>>> = {
	Snapshot: {},
	Clone: {
		Synchronized: anImage,
		Fractured: anImage,
		Split: anImage,
		Skewed: anImage,
		Suspended: { ...everywhere, Resume: "Synchronized" },
		Inactive: { ...everywhere, Activate: "Synchronized" },
		Prepared: { ...everywhere, Activate: "Synchronized", Unprepare: "Initialized" },
		Initialized: everywhere,
		Aborted: { ...everywhere, ResyncReplica: "Synchronized" },
		Broken: { ...everywhere, ResyncReplica: "Synchronized" },
	},
};
for (const [state, legal] of Object.entries(effects.Clone)) {
	effects.Snapshot[state as CopyState] = { ...legal, ReturnToResourcePool: null };
}
const rows = Object.entries(effects).flatMap(([kind, from]) =>
	Object.entries(from).map(([state, legal]) => [kind as CopyKind, state as CopyState, legal] as const),
);

describe.each(rows)("a %s that is %s", (kind, state, legal) => {
	test.each(Object.keys(numbers) as Operation[])("%s", async (operation) => {
		const copies = await Copies.open(kind);
		await copies.put(state);
		const result = legal[operation];
		const { returnCode } = await copies.send(operation);
		if (result === undefined) {
			expect([1, 5]).toContain(returnCode);
			expect(await copies.settled()).toMatchObject({ copyState: states[state] });
			return;
		}
		expect(returnCode).toBe(0);
		expect(await copies.settled()).toEqual(
			result === null ? null : { copyState: states[result], progressStatus: progress.Completed },
		);
		expect(copies.sites.calls()).toMatchObject([{ operation, returnCode: 0, effect: true, disk: "Orders" }]);
		expect(copies.sites.look().relationships[0], "the mirror beside it").toMatchObject({
			copyState: states.Synchronized,
		});
	});
});

describe("what becomes of the copy", () => {
	/** Three writes to the source and four to the copy after the point in time. */
	const diverged = async (kind: "Snapshot" | "Clone", behaviour: Partial<CopyBehaviour> = {}) => {
		const copies = await Copies.open(kind, behaviour);
		await copies.sites.write("Orders", 3);
		await copies.sites.write("Copy", 4);
		return copies;
	};

	test("a retake has another moment, what its source holds by now, and nothing of its own", async () => {
		const copies = await diverged("Snapshot");
		copies.clock.advance(5_000);
		await copies.send("ResyncReplica");
		expect(await copies.shown()).toMatchObject({ ...held, syncTime: "1970-01-01T00:00:05.000Z" });
		expect(copies.content("Copy")).toEqual(copies.content("Orders"));
		expect(copies.sites.writes().lost).toBe(4);
	});

	test("a restore makes the source what the copy is, its own writes included", async () => {
		const copies = await diverged("Clone");
		await copies.send("RestoreFromReplica");
		copies.clock.advance(500);
		expect(await copies.shown()).toMatchObject({ progressStatus: progress.Restoring });
		await expect(async () => copies.sites.write("Orders")).rejects.toThrow(/accepts no writes/);
		expect((await copies.send("Detach")).returnCode, "a restore is not stopped").toBe(5);
		expect(await copies.settled()).toEqual(held);
		expect(copies.content("Orders")).toEqual([
			[1, 10],
			[14, 17],
		]);
		expect(copies.sites.writes().lost).toBe(3);
		expect(copies.content("Orders-DR"), "the running mirror carries the loss on").toEqual(copies.content("Orders"));
		await copies.sites.write("Orders", 1);
	});

	test("a restore is not made onto the target of a mirror that runs", async () => {
		const copies = await Copies.open(null);
		await copies.create("Orders-DR", "Snapshot", { made: "Copy" });
		expect((await copies.send("RestoreFromReplica")).returnCode).toBe(5);
		await copies.sites.change(({ relationships: [mirror] }) => {
			if (mirror !== undefined) mirror.copyState = states.Split;
		});
		expect((await copies.send("RestoreFromReplica")).returnCode).toBe(0);
	});

	test.each([
		[
			"Dissolve",
			[
				[1, 10],
				[14, 17],
			],
		],
		["Detach", [[14, 17]]],
		["ReturnToResourcePool", undefined],
	] as const)("%s of a snapshot leaves on its disk %j", async (operation, left) => {
		const copies = await diverged("Snapshot");
		await copies.send(operation);
		copies.clock.advance(300);
		expect(copies.content("Copy")).toEqual(left);
		const { disks, unread } = await copies.host.observe();
		expect(disks.some(({ friendlyName }) => friendlyName === "Copy")).toBe(left !== undefined);
		expect(unread).toEqual([]);
		expect(copies.sites.writes().lost).toBe(left === undefined ? 4 : 0);
	});

	test("an id that was returned is given to no other disk", async () => {
		const copies = await Copies.open("Snapshot");
		const returned = copies.disk("Copy")?.uniqueId;
		await copies.create("Orders", "Snapshot", { made: "Second" });
		await copies.send("ReturnToResourcePool");
		copies.clock.advance(300);
		await copies.create("Orders", "Snapshot", { made: "Third" });
		const ids = copies.sites.look().disks.map(({ uniqueId }) => uniqueId);
		expect(new Set(ids).size).toBe(ids.length);
		expect(ids).not.toContain(returned);
	});

	test("a disk that is used elsewhere is not returned", async () => {
		const copies = await Copies.open("Snapshot");
		await copies.create("Copy", "Snapshot", { made: "Copy-of-Copy" });
		expect((await copies.send("ReturnToResourcePool")).returnCode).toBe(5);
	});

	test("Deactivate drops all that a copy holds; Activate takes another moment", async () => {
		const copies = await diverged("Snapshot");
		await copies.send("Deactivate");
		expect(await copies.settled()).toMatchObject({ copyState: states.Inactive });
		expect(await copies.shown()).toMatchObject({ syncTime: null, percentSynced: null });
		expect([copies.content("Copy"), copies.sites.pointInTime("Copy")]).toEqual([[], null]);
		await expect(async () => copies.sites.write("Copy")).rejects.toThrow(/accepts no writes/);
		await copies.send("Activate");
		expect(copies.content("Copy")).toEqual(copies.content("Orders"));
	});

	test.each([
		["Suspend", "Suspended"],
		["Abort", "Aborted"],
	] as const)("%s stops a clone half way, and half is all that Detach leaves", async (operation, state) => {
		const copies = await Copies.open("Clone");
		await copies.send("ResyncReplica");
		copies.clock.advance(750);
		expect((await copies.send(operation)).returnCode).toBe(0);
		expect(await copies.settled()).toEqual({ copyState: states[state], progressStatus: progress.Completed });
		expect(copies.sites.pointInTime("Copy")).toMatchObject({ whole: false, lacking: 3 });
		expect((await copies.send("RestoreFromReplica")).returnCode).toBe(5);
	});

	test("Resume goes on with the moment that was begun", async () => {
		const copies = await Copies.open("Clone");
		await copies.send("ResyncReplica");
		await copies.send("Suspend");
		copies.clock.advance(10_000);
		await copies.sites.write("Orders", 5);
		await copies.send("Resume");
		expect(await copies.settled()).toEqual(held);
		expect(copies.content("Copy")).toEqual([[1, 10]]);
	});
});

describe("arrays", () => {
	test("that detach complete clones show them whole, then no more; a job says that it ended well", async () => {
		const copies = await Copies.open(null, { features: [features.SynchronizedCloneTargetDetachesAutomatically] });
		await copies.sites.array("east-array").creation({ asJob: true });
		const { jobId } = await copies.create("Orders", "Clone", { made: "Copy" });
		copies.clock.advance(1_500);
		expect(await copies.shown()).toMatchObject({ progressStatus: progress.Detaching, percentSynced: 100 });
		copies.clock.advance(300);
		expect(await copies.shown()).toBeUndefined();
		expect(await copies.host.job(jobId ?? "")).toMatchObject({ jobState: 7, operationalStatus: [17, 2] });
		expect(copies.content("Copy")).toEqual([[1, 10]]);
		await copies.create("Orders", "Snapshot", { made: "Other" });
		expect(await copies.settled("Other"), "a snapshot stays").toEqual(held);
	});

	test("detach a complete TokenizedClone, whatever they report", async () => {
		const copies = await Copies.open(null);
		await copies.create("Orders", "TokenizedClone", { made: "Copy" });
		expect(await copies.settled()).toBeNull();
	});

	test.each([
		["Inactive", states.Inactive],
		["Restored", 18],
	] as const)("end a restore %s", async (afterRestore, copyState) => {
		const copies = await Copies.open("Snapshot", { afterRestore });
		await copies.sites.write("Orders", 3);
		await copies.send("RestoreFromReplica");
		expect(await copies.settled()).toEqual({ copyState, progressStatus: progress.Completed });
		expect(copies.content("Orders")).toEqual([[1, 10]]);
	});

	test("break a restore off half way: the source is no whole disk, the copy is one", async () => {
		const copies = await Copies.open("Snapshot", { afterRestore: "Broken", jobs: ["RestoreFromReplica"] });
		const { jobId } = await copies.send("RestoreFromReplica");
		expect(await copies.settled()).toEqual({ copyState: states.Broken, progressStatus: progress.Dormant });
		expect(await copies.host.job(jobId ?? "")).toMatchObject({
			jobState: 10,
			errorDescription: "the restore broke off",
		});
		expect(copies.content("Orders")).toEqual([[1, 5]]);
		expect(copies.sites.pointInTime("Copy")).toMatchObject({ lacking: 0, whole: true });
		expect((await copies.send("RestoreFromReplica")).returnCode, "CCI refuses it from there").toBe(5);
		await copies.send("ResyncReplica");
		expect(copies.sites.pointInTime("Copy"), "half a disk was copied over it").toMatchObject({ whole: false });
	});

	test.each([
		["Detach", features.RestoreOperationRequiresSubsequentDetach, newerProgressStatus.RequiresDetach, null],
		["Resume", features.RestoreOperationRequiresSubsequentResume, newerProgressStatus.RequiresResume, "Synchronized"],
		["Fracture", features.RestoreOperationRequiresSubsequentFracture, progress.RequiresFracture, "Fractured"],
	] as const)("require %s after a restore", async (operation, feature, progressStatus, result) => {
		const copies = await Copies.open("Clone", { features: [feature] });
		await copies.send("RestoreFromReplica");
		expect(await copies.settled()).toEqual({ copyState: states.Synchronized, progressStatus });
		expect((await copies.send("ResyncReplica")).returnCode).toBe(5);
		expect((await copies.send(operation)).returnCode).toBe(0);
		const end = result === null ? null : { copyState: states[result], progressStatus: progress.Completed };
		expect(await copies.settled()).toEqual(end);
	});

	test("require Split where they say so", async () => {
		const copies = await Copies.open("Clone");
		await copies.put("Synchronized", newerProgressStatus.RequiresSplit);
		expect((await copies.send("Split")).returnCode).toBe(0);
		expect(await copies.settled()).toMatchObject({ copyState: states.Split });
	});

	test("require Activate after a retake: the image of before is gone, the new one not there yet", async () => {
		const copies = await Copies.open("Snapshot", { features: [features.ResyncOperationRequiresSubsequentActivate] });
		await copies.send("ResyncReplica");
		expect(await copies.settled()).toEqual({ ...held, progressStatus: progress.RequiresActivate });
		expect(copies.sites.pointInTime("Copy")).toMatchObject({ whole: false });
		await copies.send("Activate");
		expect(await copies.settled()).toEqual(held);
		expect(copies.sites.pointInTime("Copy")).toMatchObject({ whole: true });
	});

	test.each([
		["the link breaks", async (copies: Copies) => copies.sites.array("east-array").lose()],
		["it is aborted", async (copies: Copies) => copies.send("Abort")],
		["it is suspended", async (copies: Copies) => copies.send("Suspend")],
	])("lose a clone that is halted: %s", async (_, halt) => {
		const copies = await Copies.open("Clone", { haltedVanishes: true });
		await copies.send("ResyncReplica");
		copies.clock.advance(750);
		await halt(copies);
		copies.clock.advance(300);
		expect(copies.sites.look().relationships).toHaveLength(1);
		expect(copies.content("Copy"), "half a disk, of no use").toHaveLength(1);
		expect(copies.sites.writes("Copy").lacking).toBeGreaterThan(2);
	});

	test("end a clone by Abort where they advertise neither Detach nor Dissolve", async () => {
		const copies = await Copies.open("Clone", { operations: ["Abort", "ResyncReplica"] });
		await copies.send("ResyncReplica");
		expect((await copies.send("Detach")).returnCode).toBe(1);
		expect((await copies.send("Abort")).returnCode).toBe(0);
		expect(await copies.settled()).toBeNull();
	});

	test("tell no SyncTime", async () => {
		const copies = await Copies.open("Snapshot", { reportsSyncTime: false });
		expect(await copies.shown()).toMatchObject({ ...held, syncTime: null });
	});

	test("refuse a retake of, and a restore from, a disk that takes writes", async () => {
		const copies = await Copies.open("Snapshot", { features: [features.CopyOperationRequiresOfflineSource] });
		for (const [operation, read] of [
			["ResyncReplica", "Orders"],
			["RestoreFromReplica", "Copy"],
		] as const) {
			expect((await copies.send(operation)).returnCode, operation).toBe(5);
			await copies.sites.readOnly(read);
			expect((await copies.send(operation)).returnCode, operation).toBe(0);
			await copies.settled();
		}
	});

	test("keep a target with its source", async () => {
		const copies = await Copies.open("Snapshot", { features: [features.TargetMustRemainAssociatedToSource] });
		for (const operation of ["Detach", "Dissolve", "ReturnToResourcePool"] as const) {
			expect((await copies.send(operation)).returnCode, operation).toBe(5);
		}
	});

	test("recover a copy that broke off by themselves", async () => {
		const copies = await Copies.open("Clone", { features: [features.ErrorRecoveryFromBrokenStateAutomatic] });
		await copies.send("ResyncReplica");
		await copies.sites.array("east-array").lose();
		await copies.sites.array("east-array").restore();
		expect(await copies.settled()).toEqual(held);
	});

	test("that are lost and come back hold the moments that were complete", async () => {
		const copies = await Copies.open("Snapshot");
		await copies.sites.array("east-array").lose();
		copies.clock.advance(1_000);
		await copies.sites.array("east-array").restore();
		expect(await copies.settled()).toEqual(held);
	});

	test("advertise for each kind what they do with it", async () => {
		const copies = await Copies.open(null);
		await copies.sites.array("east-array").copies("Clone", { operations: ["Abort"], features: [18] });
		const of = (replicationType: number) => copies.host.capabilities({ subsystem: "east-array", replicationType });
		expect((await of(6)).operations).toContain("ReturnToResourcePool");
		expect(await of(10)).toEqual({ operations: ["Abort"], features: [18] });
		expect(await of(14)).toEqual({ operations: ["Abort"], features: [18] });
		expect((await of(4)).operations).toContain("Failover");
	});
});

describe("faults", () => {
	test("a copy that takes effect late is of the moment of its effect", async () => {
		const copies = await Copies.open("Snapshot");
		await copies.sites.late(10_000);
		await copies.send("ResyncReplica");
		await copies.sites.write("Orders", 2);
		expect(copies.sites.writes("Copy").lacking).toBe(2);
		copies.clock.advance(10_000);
		expect(await copies.shown()).toMatchObject({ syncTime: "1970-01-01T00:00:10.000Z" });
		expect(copies.sites.writes("Copy").lacking).toBe(0);
	});

	test("a call that is cut off may have ended a copy and its disk", async () => {
		const copies = await Copies.open("Snapshot");
		await copies.sites.addFault({ kind: "cutOff", effect: true, times: 1 });
		await expect(copies.send("ReturnToResourcePool")).rejects.toBeInstanceOf(CallCutOff);
		copies.clock.advance(300);
		expect(copies.disk("Copy")).toBeUndefined();
	});

	test.each([
		["stuck", { copyState: states.Unsynchronized, progressStatus: progress.Restoring }],
		["failed", { copyState: states.Broken, progressStatus: progress.Dormant }],
		["vanished", held],
	] as const)("the job of a restore is %s", async (fate, end) => {
		const copies = await Copies.open("Clone", { jobs: ["RestoreFromReplica"] });
		await copies.sites.addFault({ kind: "job", fate, times: 1 });
		expect((await copies.send("RestoreFromReplica")).returnCode).toBe(4096);
		expect(await copies.settled()).toEqual(end);
		expect(copies.sites.pointInTime("Copy")).toMatchObject({ whole: true, lacking: 0 });
	});

	test("settles the same whether somebody looks in between or not", async () => {
		const looked = await Copies.open(null, { features: [features.SynchronizedCloneTargetDetachesAutomatically] });
		const alone = await Copies.open(null, { features: [features.SynchronizedCloneTargetDetachesAutomatically] });
		for (const copies of [looked, alone]) await copies.create("Orders", "Clone", { made: "Copy" });
		for (let index = 0; index < 40; index++) {
			looked.clock.advance(100);
			await looked.sites.change(() => {});
		}
		alone.clock.advance(4_000);
		expect(looked.sites.look().relationships).toEqual(alone.sites.look().relationships);
		expect(alone.sites.look().relationships).toHaveLength(1);
	});

	test("a host that shows an old state of one relationship of a disk shows the others as they are", async () => {
		const copies = await Copies.open("Snapshot");
		await copies.sites.contradict("east", "Orders", { copyState: "Broken" });
		const { relationships } = await copies.connect("east").observe();
		expect(relationships.map(({ copyState }) => copyState)).toEqual([
			states.Broken,
			states.Synchronized,
			states.Synchronized,
		]);
	});
});
