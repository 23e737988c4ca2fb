import { expect, test } from "vitest";
import type { CreateReplicaRequest } from "../../provider/executor/host";
import type { PowerShellHost } from "../../provider/hosts/powershell";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { connect, eastLink, failureOf, lab, operate } from "./lab";
import { type StandIn, type StandInState, twoArrays } from "./standIn";

describeWithPowerShell("changing a relationship", () => {
	test("sends the operation as UInt16 with the peer of the relationship, and asks for a job", async () => {
		const { host, standIn } = lab();
		const answer = await operate(host, 22);
		expect(answer).toMatchObject({ returnCode: 4096, message: null });
		const call = standIn.calls().find(({ method }) => method === "SetReplicationRelationship");
		expect(call?.arguments).toEqual({ Operation: 22, VirtualDiskReplicaPeer: "UID-West-0000", RunAsJob: true });
		const during = await eastLink(host);
		expect(during).toMatchObject({ copyState: 9, job: null });
		expect(await host.job(answer.jobId ?? "")).toMatchObject({
			jobState: 7,
			operationalStatus: [17, 2],
			errorCode: null,
		});
	});

	test("names the job that affects a relationship while it runs", async () => {
		const { host } = lab((state) => {
			state.settings.reads = 3;
		});
		const { jobId } = await operate(host, 22);
		expect((await eastLink(host)).job).toBe(jobId);
	});

	test("does not ask for a job where the class has no RunAsJob", async () => {
		const { host, standIn } = lab((state) => {
			state.settings.runAsJob = false;
		});
		expect(await operate(host, 22)).toEqual({ returnCode: 0, jobId: null, message: null });
		const call = standIn.calls().find(({ method }) => method === "SetReplicationRelationship");
		expect(call?.arguments).not.toHaveProperty("RunAsJob");
	});

	test("takes 4096 without a reference to the job", async () => {
		const { host } = lab((state) => {
			state.settings.jobReference = false;
		});
		expect(await operate(host, 22)).toEqual({ returnCode: 4096, jobId: null, message: null });
	});

	test.each(["exception", "value"] as const)("reports a refusal that comes as %s", async (codesAs) => {
		const { host } = lab((state) => {
			state.settings.codesAs = codesAs;
		});
		const answer = await operate(host, 11);
		expect(answer).toMatchObject({ returnCode: 5, jobId: null });
		expect(answer.message).toContain("operation 11 is not possible in CopyState 4");
	});

	test("passes every return code on, and sends nothing twice", async () => {
		const codes = [1, 2, 3, 4, 40001, 40002, 40009, 46000, 50002, 65535];
		const { host, standIn } = lab((state) => {
			state.faults = codes.map((code) => ({ on: "SetReplicationRelationship", times: 1, kind: "code", code }));
		});
		for (const code of codes) expect(await operate(host, 22)).toMatchObject({ returnCode: code });
		expect(standIn.operations()).toEqual(codes.map(() => 22));
	});

	test("a stale cache is refreshed by Discover on the disk", async () => {
		const { host, standIn } = lab((state) => {
			state.stale = true;
		});
		const link = await eastLink(host);
		expect(await operate(host, 22)).toMatchObject({ returnCode: 40003 });
		expect(await host.discover(link)).toMatchObject({ returnCode: 0 });
		expect(await operate(host, 22)).toMatchObject({ returnCode: 4096 });
		const discover = standIn.calls().find(({ method }) => method === "Discover");
		expect(discover?.arguments).toEqual({ RootObject: link.diskObjectId });
	});

	test("a relationship that went meanwhile is Object Not Found, and nothing is sent", async () => {
		const { host, standIn } = lab();
		const { diskObjectId } = await eastLink(host);
		const answer = await host.setReplicationRelationship({
			operation: 8,
			diskObjectId,
			peerUniqueId: "UID-other",
			madePeer: null,
		});
		expect(answer).toMatchObject({ returnCode: 8 });
		expect(answer.message).toContain("Nothing was sent");
		expect(standIn.operations()).toEqual([]);
	});

	test("a read that fails before the call is a transport error, not a cut-off call", async () => {
		const { host, standIn } = lab();
		const link = await eastLink(host);
		standIn.change((state) => {
			state.faults = [
				{ on: "MSFT_VirtualDisk", times: 9, kind: "error", id: "x", category: "ConnectionError", message: "gone" },
			];
		});
		const error = await failureOf(host.setReplicationRelationship({ operation: 22, ...link, madePeer: null }));
		expect(error).toMatchObject({ name: "ReplicationError", code: "SR4001" });
		expect(error.message).toContain("nothing was sent");
		expect(standIn.operations()).toEqual([]);
	});

	test.each(["error", "errorAfter"] as const)(
		"an error in the call that is no return code (%s) is a cut-off call",
		async (kind) => {
			const { host, standIn } = lab((state) => {
				state.faults = [
					{
						on: "SetReplicationRelationship",
						times: 1,
						kind,
						id: "HRESULT 0x80338029",
						category: "ConnectionError",
						message: "line lost",
					},
				];
			});
			expect(await failureOf(operate(host, 22))).toMatchObject({ name: "CallCutOff", code: "SR4002" });
			expect(standIn.operations()).toEqual([22]);
		},
	);

	test("makes a replica on another array, with the settings that the system's class has", async () => {
		const { host, standIn } = lab();
		const systems: readonly [change: (state: StandInState) => void, settings: object | undefined, sent: boolean][] = [
			[() => {}, { SyncMode: 3 }, true],
			[({ settings }) => Object.assign(settings, { replicationSettings: "older" }), {}, false],
			[({ settings }) => Object.assign(settings, { replicationSettings: "noParameter" }), undefined, false],
			[({ settings }) => settings.missingClasses.push("MSFT_ReplicationSettings"), undefined, false],
		];
		for (const [change, settings, syncModeSent] of systems) {
			standIn.write(withoutReplica(change));
			const answer = await host.createReplica(await replicaOf(host, { syncMode: 3 }));
			expect(answer).toMatchObject({ returnCode: 4096, syncModeSent });
			expect(createdWith(standIn)).toEqual({
				FriendlyName: "Orders 日本 $(x)",
				TargetStorageSubsystem: "array-West",
				TargetStoragePoolObjectId: "pool:West",
				RecoveryPointObjective: 15,
				SyncType: 6,
				RunAsJob: true,
				...(settings === undefined ? {} : { ReplicationSettings: settings }),
			});
			expect((await host.observe()).relationships).toHaveLength(2);
		}
		standIn.write(withoutReplica(({ settings }) => Object.assign(settings, { arrayPeers: true })));
		await host.createReplica(await replicaOf(host, { syncMode: null }));
		expect(createdWith(standIn), "the host's own peer of the array").toMatchObject({
			TargetStorageSubsystem: "peer-of-array-West",
		});
		standIn.write(withoutReplica());
		expect(await host.createReplica(await replicaOf(host, { syncMode: null }))).not.toHaveProperty("syncModeSent");
		expect(createdWith(standIn)).toMatchObject({ ReplicationSettings: {} });
	});

	test("a disk that a job makes is found by what the job affects, at a host that sees its array and at one that does not", async () => {
		const { host, standIn } = lab();
		const far = connect({ kind: "cim", computerName: "mgmt-east" });
		for (const [at, jobsAreFollowed] of [
			[host, true],
			[host, false],
			[far, true],
			[far, false],
		] as const) {
			standIn.write(withoutReplica(({ settings }) => Object.assign(settings, { ownNames: true, jobsAreFollowed })));
			const answer = await at.createReplica(await replicaOf(at, { syncMode: null }));
			expect(answer).toMatchObject({ returnCode: 4096, createdPeerUniqueId: undefined });
			const made = standIn.read().disks[1];
			expect(made?.friendlyName).toMatch(/^vol-/);
			expect(new Set(await at.affectedDisks(answer.jobId ?? ""))).toEqual(new Set(["UID-East-0000", made?.uniqueId]));
		}
		expect(await host.affectedDisks("job:gone")).toEqual([]);

		const broken = { kind: "error", id: "HRESULT 0x800706ba", category: "ConnectionError", message: "RPC" } as const;
		const { jobId } = await operate(host, 22);
		standIn.change((state) => {
			state.faults = [{ on: "MSFT_StorageJobToAffectedStorageObject", times: 9, ...broken }];
		});
		expect(await failureOf(host.affectedDisks(jobId ?? ""))).toMatchObject({ code: "SR4001" });
	});

	test("a method that ends at once says itself what it made", async () => {
		const { host, standIn } = lab();
		standIn.write(withoutReplica(({ settings }) => Object.assign(settings, { ownNames: true, jobs: "never" })));
		const answer = await host.createReplica(await replicaOf(host, { syncMode: null }));
		expect(answer).toMatchObject({ returnCode: 0, createdPeerUniqueId: standIn.read().disks[1]?.uniqueId });
	});

	test("a class of settings that could not be read is not a system without it: nothing is sent", async () => {
		const { host, standIn } = lab((state) => {
			state.disks = withoutReplica().disks;
			state.relationships = [];
			const broken = { id: "HRESULT 0x800706ba", category: "ConnectionError", message: "RPC" };
			state.faults = [{ on: "MSFT_ReplicationSettings", times: 9, kind: "error", ...broken }];
		});
		const error = await failureOf(host.createReplica(await replicaOf(host, { syncMode: 3 })));
		expect(error).toMatchObject({ code: "SR4001" });
		expect(error.message).toContain("nothing was sent");
		expect(createdWith(standIn)).toBeUndefined();
	});

	test.each(["complete", "fail", "vanish"] as const)("tells a job that ends as %s", async (jobOutcome) => {
		const { host } = lab((state) => {
			state.settings.jobOutcome = jobOutcome;
		});
		const { jobId } = await operate(host, 22);
		const job = await host.job(jobId ?? "");
		if (jobOutcome === "complete") expect(job).toMatchObject({ id: jobId, jobState: 7, operationalStatus: [17, 2] });
		if (jobOutcome === "fail") {
			expect(job).toMatchObject({ jobState: 10, errorCode: 4, errorDescription: "the array gave up" });
		}
		if (jobOutcome === "vanish") expect(job).toBeNull();
	});

	test("a question about capabilities that failed is not an array that says nothing, and is asked again", async () => {
		const { host, standIn } = lab((state) => {
			for (const array of state.arrays) array.features = [54];
			state.faults = [{ on: "GetSupportedFeatures", times: 1, kind: "code", code: 46000 }];
		});
		const ask = () => host.capabilities({ subsystem: "East", replicationType: 5 });
		expect(await failureOf(ask())).toMatchObject({ code: "SR4001", facts: { class: "transport" } });
		expect((await ask()).features).toEqual([54]);
		standIn.change((state) => {
			state.faults = [
				{
					on: "Get-CimAssociatedInstance",
					times: 1,
					kind: "error",
					id: "HRESULT 0x800706ba",
					category: "ConnectionError",
					message: "RPC",
				},
			];
		});
		const west = () => host.capabilities({ subsystem: "West", replicationType: 5 });
		expect(await failureOf(west())).toMatchObject({ code: "SR4001" });
		expect((await west()).features).toEqual([54]);
	});

	test("a method that nobody implements says nothing, and one that nobody needs stops nothing", async () => {
		const unsupported = { kind: "error", id: "MiClientApiError_7", category: "NotImplemented", message: "no" } as const;
		const { host } = lab((state) => {
			state.faults = [
				{ on: "GetSupportedOperations", times: 1, ...unsupported },
				{ on: "GetSupportedCopyStates", times: 1, ...unsupported, id: "HRESULT 0x80041001" },
			];
		});
		expect(await host.capabilities({ subsystem: "East", replicationType: 5 })).toEqual({
			operations: null,
			features: [],
		});
	});

	test("a peer that could not be read is not a relationship that is gone", async () => {
		const broken = { kind: "error", id: "HRESULT 0x800706ba", category: "ConnectionError", message: "RPC" } as const;
		const { host, standIn } = lab();
		const link = await eastLink(host);
		standIn.change((state) => {
			state.faults = [
				{ on: "Get-CimAssociatedInstance", times: 1, ...broken },
				{ on: "MSFT_VirtualDiskToReplicaPeer", times: 9, ...broken },
			];
		});
		const call = { operation: 22, diskObjectId: link.diskObjectId, peerUniqueId: link.peerUniqueId, madePeer: null };
		const error = await failureOf(host.setReplicationRelationship(call));
		expect(error).toMatchObject({ code: "SR4001" });
		expect(error.message).toContain("nothing was sent");
		expect(standIn.operations()).toEqual([]);
	});

	test("of several peers under the key of a link, the one is meant that names the other disk", async () => {
		const { host, standIn } = lab();
		const link = await eastLink(host);
		standIn.change((state) => {
			state.settings.stalePeers = true;
			const notServed = { id: "HRESULT 0x80041024", category: "NotImplemented", message: "not capable" };
			state.faults = [{ on: "MSFT_VirtualDiskToReplicaPeer", times: 1, kind: "error", ...notServed }];
		});
		const answer = await host.setReplicationRelationship({ operation: 22, ...link, madePeer: null });
		expect([answer.returnCode, standIn.operations()]).toEqual([4096, [22]]);
	});

	test("a disk whose array could not be told gets no other array's capabilities", async () => {
		const { host, standIn } = lab((state) => {
			const broken = { id: "MI RESULT 1", category: "NotSpecified", message: "broken" };
			state.faults = [{ on: "MSFT_StorageSubSystemToVirtualDisk", times: 9, kind: "error", ...broken }];
		});
		const [disk] = (await host.observe()).disks;
		expect(disk?.subsystem).toBe("");
		const asked = host.capabilities({ subsystem: disk?.subsystem ?? "", replicationType: 5 });
		expect(await failureOf(asked)).toMatchObject({ code: "SR4001" });
		expect(standIn.calls().filter(({ method }) => method === "GetSupportedOperations")).toEqual([]);
	});

	test("capabilities are asked once per array; what the array does not say is null", async () => {
		const { host, standIn } = lab((state) => {
			for (const array of state.arrays) array.features = [15, 29, 999];
			for (const array of state.arrays) if (array.friendlyName === "West") array.operations = null;
		});
		const east = await host.capabilities({ subsystem: "East", replicationType: 5 });
		expect(east.operations).toContain("Failover");
		expect(east.features).toEqual([15, 29, 999]);
		await host.capabilities({ subsystem: "East", replicationType: 5 });
		expect(standIn.calls().filter(({ method }) => method === "GetSupportedOperations")).toHaveLength(1);
		expect(await host.capabilities({ subsystem: "West", replicationType: 5 })).toMatchObject({ operations: null });
	});
});

/** East's disk alone, and nothing that replicates it. */
function withoutReplica(change: (state: StandInState) => void = () => {}): StandInState {
	return twoArrays(1, (state) => {
		state.relationships = [];
		state.disks = state.disks.slice(0, 1);
		change(state);
	});
}

/** The request for a new disk on West with a copy of East's. */
async function replicaOf(host: PowerShellHost, { syncMode }: Pick<CreateReplicaRequest, "syncMode">) {
	const [source] = (await host.observe()).disks;
	return {
		sourceDiskObjectId: source?.objectId ?? "",
		friendlyName: "Orders 日本 $(x)",
		targetSubsystem: "West",
		targetSubsystemName: null,
		targetSubsystemUniqueId: null,
		targetDiskObjectId: null,
		targetDiskUniqueId: null,
		targetStoragePool: "West pool",
		recoveryPointObjectiveMinutes: 15,
		syncType: 6,
		syncMode,
	};
}

/** The arguments of the last CreateReplica that arrived. */
function createdWith(standIn: StandIn) {
	return standIn.calls().findLast(({ method }) => method === "CreateReplica")?.arguments;
}
