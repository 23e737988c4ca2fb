import { expect, test } from "vitest";
import type { CreateReplicaRequest, HostObservation } from "../../provider/executor/host";
import { virtualDiskSetReplicationRelationshipOperation as operations } from "../../provider/model/vocabulary/operations";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { sharedLab } from "./lab";
import { disk, type StandInRelationship, type StandInState } from "./standIn";

const started = sharedLab();
const [mirror, snapshot, clone, tokenizedClone] = [6, 7, 8, 9] as const;

/** East's disk, mirrored to West, with a snapshot and a clone beside it. */
function withCopies(state: StandInState): void {
	for (const array of state.arrays) array.operations = null;
	state.disks.push(disk("Disk0000-snap", "East", "snap", 3), disk("Disk0000-clone", "East", "clone", 3));
	const copy = (id: string, syncType: number): StandInRelationship => ({
		id,
		source: "UID-East-0000",
		target: `UID-East-${id}`,
		copyState: 4,
		progressStatus: 2,
		syncMode: 2,
		syncType,
		percentSynced: 100,
		behindSeconds: 3_600,
	});
	state.relationships.push(copy("snap", snapshot), copy("clone", tokenizedClone));
}

function shownIn({ relationships }: HostObservation): string[] {
	return relationships.map(
		({ diskUniqueId, role, peerUniqueId, syncType, hasReplicaPeer }) =>
			`${syncType} ${diskUniqueId} ${role} ${peerUniqueId}${hasReplicaPeer ? "" : " without a peer"}`,
	);
}

describeWithPowerShell("copies", () => {
	test("every relationship of a disk is listed, whatever its kind; inside an array without a peer", async () => {
		const { host, standIn } = started(withCopies);
		const seen = await host.observe();
		expect(shownIn(seen)).toEqual([
			"6 UID-East-0000 source UID-West-0000",
			"6 UID-West-0000 target UID-East-0000",
			"7 UID-East-0000 source UID-East-snap without a peer",
			"7 UID-East-snap target UID-East-0000 without a peer",
			"9 UID-East-0000 source UID-East-clone without a peer",
			"9 UID-East-clone target UID-East-0000 without a peer",
		]);
		const taken = seen.relationships.find(({ syncType }) => syncType === snapshot)?.syncTime ?? "";
		expect(Date.parse(seen.hostTime ?? "") - Date.parse(taken), "an hour ago").toBeCloseTo(3_600_000, -4);
		const east = seen.disks.find(({ uniqueId }) => uniqueId === "UID-East-0000");
		const from = standIn.calls().length;
		const byKey = await host.observeDisks([east?.objectId ?? ""]);
		expect(byKey && shownIn(byKey), "with the disks of its copies, without which they could not be shown").toEqual(
			shownIn(seen).filter((each) => !each.includes("UID-West-0000 target")),
		);
		const asked = standIn.calls().slice(from);
		expect(asked.filter(({ byKey: one }) => one !== true).map((call) => call.class)).toEqual(["MSFT_StorageJob"]);
	});

	test("a call reaches the copy that is meant, and no other relationship of the disk", async () => {
		const { host, standIn } = started((state) => {
			withCopies(state);
			state.settings.reads = 0;
		});
		const { disks, relationships } = await host.observe();
		const link = relationships.find(({ peerUniqueId }) => peerUniqueId === "UID-East-snap");
		const target = disks.find(({ uniqueId }) => uniqueId === "UID-East-snap");
		if (link === undefined || target === undefined) throw new Error("no snapshot");
		const madePeer = { ...target, name: target.friendlyName };
		const answer = await host.setReplicationRelationship({ operation: operations.Deactivate, ...link, madePeer });
		expect(answer).toMatchObject({ returnCode: 4096 });
		expect(standIn.read().relationships.map(({ id, copyState }) => `${id} ${copyState}`)).toEqual([
			"relationship-0000 4",
			"snap 8",
			"clone 4",
		]);
	});

	test("ReturnToResourcePool takes the disk with the snapshot", async () => {
		const { host } = started((state) => {
			withCopies(state);
			state.settings.reads = 0;
		});
		const { disks, relationships } = await host.observe();
		const target = disks.find(({ uniqueId }) => uniqueId === "UID-East-snap");
		const link = relationships.find(({ peerUniqueId }) => peerUniqueId === target?.uniqueId);
		if (link === undefined || target === undefined) throw new Error("no snapshot");
		const madePeer = { ...target, name: target.friendlyName };
		await host.setReplicationRelationship({ operation: operations.ReturnToResourcePool, ...link, madePeer });
		for (const { objectId } of disks.filter(({ uniqueId }) => ["UID-East-0000", target.uniqueId].includes(uniqueId)))
			expect(await host.observeDisks([objectId]), "not all there by key").toBeNull();
		const after = await host.observe();
		expect(after.disks.map(({ uniqueId }) => uniqueId)).toEqual(["UID-East-0000", "UID-West-0000", "UID-East-clone"]);
		expect(after.relationships).toHaveLength(4);
	});

	test("every operation of the method, 2 to 23, arrives as its UInt16", async () => {
		const { host, standIn } = started((state) => {
			state.faults = [{ on: "SetReplicationRelationship", times: 99, kind: "code", code: 1 }];
		});
		const { relationships } = await host.observe();
		const [link] = relationships;
		if (link === undefined) throw new Error("no relationship");
		const numbers = Object.values(operations);
		expect(numbers).toEqual(Array.from({ length: 22 }, (_, index) => index + 2));
		for (const operation of numbers) {
			const answer = await host.setReplicationRelationship({ operation, ...link, madePeer: null });
			expect(answer).toMatchObject({ returnCode: 1 });
		}
		expect(standIn.operations()).toEqual(numbers);
	});

	test("CreateReplica says which kind, of what, where to, and with which settings", async () => {
		const { host, standIn } = started((state) => {
			state.relationships = [];
			state.disks.push(disk("Disk0000-copy", "East", "copy", 3));
			state.settings.reads = 0;
		});
		const [source, , target] = (await host.observe()).disks;
		const wherever: Omit<CreateReplicaRequest, "syncType" | "syncMode"> = {
			sourceDiskObjectId: source?.objectId ?? "",
			friendlyName: null,
			targetSubsystem: "East",
			targetSubsystemName: null,
			targetSubsystemUniqueId: null,
			targetDiskObjectId: target?.objectId ?? "",
			targetDiskUniqueId: target?.uniqueId ?? "",
			targetStoragePool: null,
			recoveryPointObjectiveMinutes: null,
		};
		const existing = { TargetVirtualDiskObjectId: target?.objectId };
		const made = { FriendlyName: "Monday", TargetStoragePoolObjectId: "pool:East" };
		const newDisk = { targetDiskObjectId: null, targetDiskUniqueId: null, friendlyName: "Monday" };
		for (const syncType of [mirror, snapshot, clone, tokenizedClone]) {
			for (const [request, sent] of [
				[wherever, existing],
				[{ ...wherever, ...newDisk, targetStoragePool: "East pool" }, made],
			] as const) {
				const answer = await host.createReplica({ ...request, syncType, syncMode: null });
				expect(answer).toMatchObject({ returnCode: 4096 });
				expect(standIn.calls().findLast(({ method }) => method === "CreateReplica")?.arguments).toEqual({
					...sent,
					TargetStorageSubsystem: "array-East",
					ReplicationSettings: {},
					SyncType: syncType,
					RunAsJob: true,
				});
			}
		}
		const { relationships } = await host.observe();
		const copies = relationships.filter(({ role }) => role === "source").map(({ syncType }) => syncType);
		expect(copies).toEqual([mirror, mirror, snapshot, snapshot, clone, clone, tokenizedClone, tokenizedClone]);
	});
});
