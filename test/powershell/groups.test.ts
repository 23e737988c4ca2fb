import { expect, test } from "vitest";
import type { HostObservation, MadePeer, SetGroupRelationshipRequest } from "../../provider/executor/host";
import type { PowerShellHost } from "../../provider/hosts/powershell";
import { virtualDiskSetReplicationRelationshipOperation as operations } from "../../provider/model/vocabulary/operations";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { failureOf, sharedLab } from "./lab";
import { disk, type StandIn, type StandInState, twoArrays } from "./standIn";

const started = sharedLab();

/** Three mirrored pairs; two of them are those of two related groups. */
function withGroups(change: (state: StandInState) => void = () => {}): (state: StandInState) => void {
	return (state) => {
		Object.assign(state, twoArrays(3));
		state.settings.reads = 0;
		for (const array of state.arrays) array.features = [19];
		state.groups = ["East", "West"].map((array) => ({
			name: `g-${array}`,
			array,
			disks: [`UID-${array}-0001`, `UID-${array}-0000`],
		}));
		state.groupRelationships = [
			{
				id: "group-relationship",
				source: "g-East",
				target: "g-West",
				copyState: 14,
				progressStatus: 2,
				syncMode: 3,
				syncType: 6,
				consistencyState: 4,
			},
		];
		change(state);
	};
}

const broken = { kind: "error", id: "HRESULT 0x800706ba", category: "ConnectionError", message: "RPC" } as const;
const steady: Omit<SetGroupRelationshipRequest, "operation"> = {
	groupObjectId: "group:g-East",
	peerUniqueId: "UID-group-g-West",
	madePeer: null,
	syncPairs: [],
};

function call(standIn: StandIn, name: string) {
	return standIn.calls().findLast(({ method }) => method === name);
}

function stepsOf(host: PowerShellHost) {
	const { groups } = host;
	if (groups === undefined) throw new Error("no groups");
	return groups;
}

const asked = ({ groups, groupRelationships }: HostObservation) => ({ groups, groupRelationships });

describeWithPowerShell("replication groups", () => {
	test.each(["key", "embedded", "path", "id"] as const)(
		"are observed with members in order and relationships, in the one request (references as %s)",
		async (references) => {
			const { host } = started(withGroups((state) => Object.assign(state.settings, { references })));
			const { disks, groups, groupRelationships, relationships, unread } = await host.observe();
			const idOf = (id: string) => disks.find(({ uniqueId }) => uniqueId === id)?.objectId;
			expect(unread).toEqual([]);
			expect(relationships).toHaveLength(6);
			expect(groups).toEqual(
				["East", "West"].map((array) => ({
					objectId: `group:g-${array}`,
					uniqueId: `UID-group-g-${array}`,
					friendlyName: `g-${array}`,
					subsystem: array,
					subsystemName: array,
					subsystemUniqueId: `array-${array}`,
					members: [idOf(`UID-${array}-0001`), idOf(`UID-${array}-0000`)],
				})),
			);
			const said = { copyState: 14, requestedCopyState: null, progressStatus: 2, syncMode: 3, syncType: 6 };
			const common = { ...said, hasReplicaPeer: true, consistencyState: 4, job: null };
			expect(groupRelationships).toEqual([
				{
					groupObjectId: "group:g-East",
					groupUniqueId: "UID-group-g-East",
					peerUniqueId: "UID-group-g-West",
					peerName: "g-West",
					peerSubsystem: "West",
					role: "source",
					...common,
				},
				{
					groupObjectId: "group:g-West",
					groupUniqueId: "UID-group-g-West",
					peerUniqueId: "UID-group-g-East",
					peerName: "g-East",
					peerSubsystem: "East",
					role: "target",
					...common,
				},
			]);
		},
	);

	test("a host without groups is asked one thing more, and one without the class says nothing of them", async () => {
		const { host, standIn } = started();
		expect(asked(await host.observe())).toEqual({ groups: [], groupRelationships: [] });
		const classes = standIn.calls().map((each) => each.class);
		expect(classes.filter((name) => name?.includes("ReplicationGroup"))).toEqual(["MSFT_ReplicationGroup"]);
		standIn.change(({ settings }) => settings.missingClasses.push("MSFT_ReplicationGroup"));
		const without = await host.observe();
		expect(asked(without)).toEqual({ groups: undefined, groupRelationships: undefined });
		expect(without.unread).toEqual([]);
		const byKey = await host.observeDisks([without.disks[0]?.objectId ?? ""]);
		expect(byKey && asked(byKey), "not asked").toEqual({ groups: undefined, groupRelationships: undefined });
	});

	test("what could not be read of groups is told, hides no disk and is no reason to read everything again", async () => {
		for (const name of ["", "ToVirtualDisk", "ToReplicaPeer"]) {
			const { host, standIn } = started(
				withGroups((state) => {
					state.faults = [{ on: `MSFT_ReplicationGroup${name}`, times: 9, ...broken }];
				}),
			);
			const { disks, relationships, unread } = await host.observe();
			expect(unread.map(({ hides }) => hides)).toEqual(["groups"]);
			expect([disks.length, relationships.length]).toEqual([6, 6]);
			const from = standIn.calls().length;
			expect(await host.observeDisks([disks[0]?.objectId ?? ""])).not.toBeNull();
			const enumerated = standIn.calls().slice(from);
			expect(enumerated.filter(({ byKey }) => byKey !== true).map((each) => each.class)).toEqual(["MSFT_StorageJob"]);
		}
		const { host } = started(
			withGroups(({ settings }) => settings.missingClasses.push("MSFT_ReplicationGroupToReplicaPeer")),
		);
		expect((await host.observe()).unread).toMatchObject([{ hides: "groups", subsystem: null }]);
	});

	test("a member that the host does not list stays a member", async () => {
		const { host } = started(withGroups((state) => state.groups[0]?.disks.push("disk-elsewhere")));
		const { disks, groups } = await host.observe();
		expect(groups?.[0]?.members.map((id) => disks.find(({ objectId }) => objectId === id)?.uniqueId ?? id)).toEqual([
			"UID-East-0001",
			"UID-East-0000",
			"disk-elsewhere",
		]);
	});

	test("an array in trouble leaves the other's group to be steered", async () => {
		const { host } = started(
			withGroups((state) => {
				state.trouble = [
					{ array: "East", id: "StorageWMI 46001", message: "An error was met while enumerating East." },
				];
			}),
		);
		const { groups, groupRelationships, unread } = await host.observe();
		expect(groups?.map(({ friendlyName }) => friendlyName)).toEqual(["g-West"]);
		expect(groupRelationships?.map(({ role }) => role)).toEqual(["target"]);
		expect(unread).toContainEqual(expect.objectContaining({ hides: "groups", subsystem: "East" }));
		const failover = { ...steady, operation: operations.Failover };
		expect(await failureOf(stepsOf(host).setRelationship(failover))).toMatchObject({ code: "SR4001" });
		const atWest = { ...failover, groupObjectId: "group:g-West", peerUniqueId: "UID-group-g-East" };
		expect(await stepsOf(host).setRelationship(atWest)).toMatchObject({ returnCode: 4096 });
	});

	test("an operation moves all pairs of the group, and no other", async () => {
		const { host, standIn } = started(withGroups());
		const answer = await stepsOf(host).setRelationship({ ...steady, operation: operations.Suspend });
		expect(answer).toMatchObject({ returnCode: 4096, message: null });
		expect(call(standIn, "SetReplicationRelationship")).toMatchObject({
			on: "group:g-East",
			arguments: { Operation: 22, TargetGroup: "UID-group-g-West", RunAsJob: true },
		});
		expect(call(standIn, "SetReplicationRelationship")?.arguments).not.toHaveProperty("SyncPairs");
		expect(await host.job(answer.jobId ?? "")).toMatchObject({ jobState: 7 });
		const { relationships, groupRelationships } = await host.observe();
		const sources = relationships.filter(({ role }) => role === "source");
		expect(sources.map(({ copyState }) => copyState)).toEqual([9, 9, 4]);
		expect(groupRelationships?.map(({ copyState }) => copyState)).toEqual([9, 9]);
		await stepsOf(host).setRelationship({ ...steady, operation: operations.ActivateConsistency });
		expect((await host.observe()).groupRelationships?.map(({ consistencyState }) => consistencyState)).toEqual([3, 3]);
	});

	test("a running job on a group is told with its relationship", async () => {
		const { host } = started(
			withGroups(({ jobs }) => {
				const running = { state: 4, percent: 1, operationalStatus: [2], errorCode: null, errorDescription: null };
				jobs.push({ id: "job:group", ...running, affects: ["group:g-East"] });
			}),
		);
		const { groupRelationships } = await host.observe();
		expect(groupRelationships?.map(({ job }) => job)).toEqual(["job:group", "job:group"]);
	});

	test("pairs are added and removed as the relationships that the host lists, remote and local ones", async () => {
		const local = (state: StandInState) => {
			state.disks.push(disk("Local", "East", "a", 3), disk("Local-copy", "East", "b", 3));
			state.relationships.push({
				...(state.relationships[0] as StandInState["relationships"][number]),
				id: "local",
				source: "UID-East-a",
				target: "UID-East-b",
			});
		};
		const { host, standIn } = started(withGroups(local));
		const remote = { sourceUniqueId: "uid-east-0002", targetUniqueId: "UID-West-0002" };
		const inside = { sourceUniqueId: "UID-East-a", targetUniqueId: "UID-East-b" };
		const { disks } = await host.observe();
		const idOf = (id: string) => disks.find(({ uniqueId }) => uniqueId === id)?.objectId;
		const add = { ...steady, operation: operations.AddSyncPair, syncPairs: [remote, inside] };
		expect(await stepsOf(host).setRelationship(add)).toMatchObject({ returnCode: 4096 });
		expect(call(standIn, "SetReplicationRelationship")?.arguments).toMatchObject({
			Operation: 5,
			SyncPairs: [
				`MSFT_VirtualDiskToReplicaPeer ${idOf("UID-East-0002")}`,
				`MSFT_VirtualDiskToVirtualDisk ${idOf("UID-East-a")}`,
			],
		});
		expect(standIn.read().groups[0]?.disks).toEqual(["UID-East-0001", "UID-East-0000", "UID-East-0002", "UID-East-a"]);
		const remove = { ...steady, operation: operations.RemoveSyncPair, syncPairs: [remote] };
		expect(await stepsOf(host).setRelationship(remove)).toMatchObject({ returnCode: 4096 });
		expect(standIn.read().groups.map(({ disks: left }) => left.length)).toEqual([3, 3]);
	});

	test("a pair that is not listed, or in two ways, is refused before anything is sent", async () => {
		const mirror = { sourceUniqueId: "UID-East-0002", targetUniqueId: "UID-West-0002" };
		const twice = ({ relationships }: StandInState) =>
			relationships.push({ ...(relationships[2] as (typeof relationships)[number]), id: "twice", syncType: 7 });
		for (const [change, pair] of [
			[() => {}, { ...mirror, targetUniqueId: "UID-West-0001" }],
			[twice, mirror],
		] as const) {
			const { host, standIn } = started(withGroups(change));
			const request = { ...steady, operation: operations.AddSyncPair, syncPairs: [pair] };
			const answer = await stepsOf(host).setRelationship(request);
			expect(answer).toMatchObject({ returnCode: 8, message: expect.stringContaining("Nothing was sent") });
			expect(standIn.operations()).toEqual([]);
		}
		const { host, standIn } = started(withGroups());
		standIn.change((state) => {
			state.faults = [{ on: "MSFT_VirtualDiskToVirtualDisk", times: 9, ...broken }];
		});
		const request = { ...steady, operation: operations.AddSyncPair, syncPairs: [mirror] };
		const error = await failureOf(stepsOf(host).setRelationship(request));
		expect(error, "what may hide a second one").toMatchObject({ code: "SR4001" });
		expect(error.message).toContain("nothing was sent");
		expect(standIn.operations()).toEqual([]);
	});

	test("a peer is made where the host has none, and only then", async () => {
		const { host, standIn } = started(
			withGroups(({ groupRelationships: [first] }) => first && Object.assign(first, { unlistedAt: "target" })),
		);
		const made: MadePeer = {
			name: "g-East",
			subsystem: "East",
			objectId: "group:g-East",
			subsystemName: null,
			subsystemUniqueId: null,
		};
		const atWest = {
			...steady,
			groupObjectId: "group:g-West",
			peerUniqueId: "UID-group-g-East",
			operation: operations.Failover,
		};
		expect(await stepsOf(host).setRelationship(atWest)).toMatchObject({ returnCode: 8 });
		expect(standIn.operations()).toEqual([]);
		expect(await stepsOf(host).setRelationship({ ...atWest, madePeer: made })).toMatchObject({ returnCode: 4096 });
		expect(standIn.read().relationships.map(({ copyState }) => copyState)).toEqual([10, 10, 4]);
	});

	test("a group that went meanwhile is Object Not Found, in every call, and nothing is sent", async () => {
		const { host, standIn } = started(withGroups());
		const groups = stepsOf(host);
		const gone = { groupObjectId: "group:gone" };
		const members = { ...gone, memberObjectIds: [(await host.observe()).disks[0]?.objectId ?? ""] };
		const answers = [
			groups.setRelationship({ ...steady, ...gone, operation: 22 }),
			groups.createReplica({ ...replica, sourceGroupObjectId: "group:gone" }),
			groups.addMembers(members),
			groups.removeMembers(members),
			groups.delete(gone),
			groups.addMembers({ groupObjectId: "group:g-East", memberObjectIds: ["disk:gone"] }),
			groups.create({ subsystem: "East", friendlyName: "n", memberObjectIds: ["disk:gone"] }),
			groups.create({ subsystem: "Nowhere", friendlyName: "n", memberObjectIds: [] }),
		];
		for (const answer of await Promise.all(answers)) {
			expect(answer.returnCode).toBe(8);
			expect(answer.message).toContain("Nothing was sent");
		}
		expect(standIn.calls().filter(({ method }) => method !== undefined)).toEqual([]);
	});

	test("groups are made in order, filled, emptied and deleted", async () => {
		const { host, standIn } = started(withGroups());
		const groups = stepsOf(host);
		const { disks } = await host.observe();
		const [first = "", second = ""] = ["UID-East-0002", "UID-East-0000"].map(
			(id) => disks.find(({ uniqueId }) => uniqueId === id)?.objectId ?? "",
		);
		const request = { subsystem: "East", friendlyName: "Orders $(x)", memberObjectIds: [first, second] };
		const answer = await groups.create(request);
		expect(answer).toMatchObject({ returnCode: 0, createdGroupObjectId: "group:Orders $(x)" });
		expect(call(standIn, "CreateReplicationGroup")).toMatchObject({
			on: "array:East",
			arguments: {
				FriendlyName: "Orders $(x)",
				StorageElements: [first, second],
				ReplicationSettings: {},
				RunAsJob: true,
			},
		});
		const made = (await host.observe()).groups?.find(({ friendlyName }) => friendlyName === "Orders $(x)");
		expect(made).toMatchObject({ subsystem: "East", members: [first, second] });
		const group = { groupObjectId: made?.objectId ?? "" };
		expect(await groups.removeMembers({ ...group, memberObjectIds: [first] })).toMatchObject({ returnCode: 0 });
		expect(call(standIn, "RemoveMember")?.arguments).toEqual({ StorageObjects: [first] });
		expect(await groups.delete(group), "not empty").toMatchObject({ returnCode: 5 });
		await groups.removeMembers({ ...group, memberObjectIds: [second] });
		await groups.addMembers({ ...group, memberObjectIds: [first] });
		expect(call(standIn, "AddMember")?.arguments).toEqual({ StorageObjects: [first] });
		await groups.removeMembers({ ...group, memberObjectIds: [first] });
		expect(await groups.delete(group)).toMatchObject({ returnCode: 0 });
		expect((await host.observe()).groups).toHaveLength(2);
		expect(await groups.create({ ...request, memberObjectIds: [] })).toMatchObject({ returnCode: 0 });
		expect(call(standIn, "CreateReplicationGroup")?.arguments).not.toHaveProperty("StorageElements");
	});

	test("a replica of a group says which group, where to, of which kind and with which settings", async () => {
		const { host, standIn } = started(
			withGroups((state) => {
				state.groupRelationships = [];
			}),
		);
		const common = { TargetStorageSubsystem: "array-West", ReplicationSettings: { SyncMode: 3 }, SyncType: 6 };
		for (const [request, sent] of [
			[{ targetGroupObjectId: "group:g-West" }, { TargetGroupObjectId: "group:g-West" }],
			[
				{ friendlyName: "Orders-DR", targetStoragePool: "West pool", recoveryPointObjectiveMinutes: 70_000 },
				{ FriendlyName: "Orders-DR", TargetStoragePoolObjectId: "pool:West", RecoveryPointObjective: 70_000 },
			],
		] as const) {
			const answer = await stepsOf(host).createReplica({ ...replica, ...request });
			expect(answer).toMatchObject({ returnCode: 0, syncModeSent: true });
			expect(call(standIn, "CreateReplica")).toMatchObject({ on: "group:g-East" });
			expect(call(standIn, "CreateReplica")?.arguments).toEqual({ ...common, ...sent, RunAsJob: true });
		}
		expect((await host.observe()).groupRelationships).toHaveLength(4);
	});

	test("capabilities of groups are lists of their own, asked for by themselves", async () => {
		const { host, standIn } = started(
			withGroups((state) => {
				for (const array of state.arrays) array.groupFeatures = [19, 45];
			}),
		);
		const of = "group";
		expect(await host.capabilities({ subsystem: "East", replicationType: 5, of })).toMatchObject({
			operations: expect.arrayContaining(["AddSyncPair"]),
			features: [19, 45],
		});
		const elements = await host.capabilities({ subsystem: "East", replicationType: 5 });
		expect(elements).toMatchObject({ features: [19] });
		expect(elements.operations).not.toContain("AddSyncPair");
		const methods = standIn.calls().map(({ method }) => method);
		expect(methods.filter((name) => name === "GetSupportedGroupOperations")).toHaveLength(1);
		standIn.change(({ arrays }) => {
			for (const array of arrays) array.groupOperations = null;
		});
		expect(await host.capabilities({ subsystem: "West", replicationType: 5, of })).toMatchObject({ operations: null });
	});
});

const replica = {
	sourceGroupObjectId: "group:g-East",
	targetGroupObjectId: null,
	friendlyName: null,
	targetSubsystem: "West",
	targetSubsystemName: null,
	targetSubsystemUniqueId: null,
	targetStoragePool: null,
	recoveryPointObjectiveMinutes: null,
	syncType: 6,
	syncMode: 3,
};
