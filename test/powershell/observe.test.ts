import { expect, test } from "vitest";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { failureOf, lab } from "./lab";
import type { StandInState } from "./standIn";

const awkwardName = "Ünï 日本 “q” 'x' $(exit) `n\n2024-01-01T00:00:00Z 😀";

describeWithPowerShell("observing", () => {
	test("sees every pair from both disks, in one request", async () => {
		const { host } = lab();
		const { disks, relationships } = await host.observe();
		expect(disks.map(({ friendlyName, subsystem, access }) => [friendlyName, subsystem, access])).toEqual([
			["Disk0000", "East", 3],
			["Disk0000-DR", "West", 1],
		]);
		const seen = relationships.map(({ diskUniqueId, peerUniqueId, role }) => [diskUniqueId, role, peerUniqueId]);
		expect(seen).toEqual([
			["UID-East-0000", "source", "UID-West-0000"],
			["UID-West-0000", "target", "UID-East-0000"],
		]);
		expect(relationships[0]).toMatchObject({
			peerName: "Disk0000-DR",
			peerSubsystem: "West",
			copyState: 4,
			progressStatus: 2,
			syncMode: 3,
			syncType: 6,
			percentSynced: 100,
			job: null,
		});
	});

	test("measures the lag from SyncTime, and says null where there is none", async () => {
		const measured = lab();
		const [behind] = (await measured.host.observe()).relationships;
		expect(behind?.lagSeconds).toBeGreaterThanOrEqual(29);
		expect(behind?.lagSeconds).toBeLessThan(45);
		const unreported = lab(eachRelationship({ behindSeconds: null }));
		expect((await unreported.host.observe()).relationships[0]?.lagSeconds).toBeNull();
		const synchronous = lab(eachRelationship({ syncMode: 2 }));
		expect((await synchronous.host.observe()).relationships[0]?.lagSeconds).toBeNull();
	});

	test.each(["key", "embedded", "path", "id"] as const)("follows references that come as %s", async (references) => {
		const { host } = lab((state) => {
			state.settings.references = references;
		});
		const { relationships, disks } = await host.observe();
		expect(relationships.map(({ peerUniqueId }) => peerUniqueId)).toEqual(["UID-West-0000", "UID-East-0000"]);
		expect(disks.map(({ subsystem }) => subsystem)).toEqual(["East", "West"]);
	});

	test("brings names through unharmed", async () => {
		const { host } = lab((state) => {
			for (const disk of state.disks) disk.friendlyName = awkwardName;
		});
		const { disks, relationships } = await host.observe();
		expect(disks[0]?.friendlyName).toBe(awkwardName);
		expect(relationships[0]?.peerName).toBe(awkwardName);
	});

	test("says unknown where a peer does not say whether it is primary", async () => {
		const { host } = lab((state) => {
			state.settings.isPrimary = false;
		});
		expect((await host.observe()).relationships.map(({ role }) => role)).toEqual(["unknown", "unknown"]);
	});

	test("does without classes that an older system lacks", async () => {
		const { host } = lab((state) => {
			state.settings.missingClasses = [
				"MSFT_StorageSubSystemToVirtualDisk",
				"MSFT_VirtualDiskToVirtualDisk",
				"MSFT_StorageJob",
				"MSFT_ReplicaPeer",
			];
		});
		const { disks, relationships } = await host.observe();
		expect(disks.map(({ subsystem }) => subsystem)).toEqual(["East", "West"]);
		expect(relationships.map(({ peerUniqueId }) => peerUniqueId)).toEqual(["UID-West-0000", "UID-East-0000"]);
	});

	test("never reads failing disks as nothing there", async () => {
		const { host } = lab(fails("MSFT_VirtualDisk", denied));
		const error = await failureOf(host.observe());
		expect(error).toMatchObject({ code: "SR4001", facts: { class: "transport" } });
		expect(error.message).toContain("Zugriff verweigert");
		expect(error.message).toContain("Remote Enable");
	});

	// CimCmdlets map ten codes of CIM to MetadataError; only one of them says that there is no such class.
	test.each([
		["MSFT_VirtualDiskToReplicaPeer", "relationships", denied],
		["MSFT_ReplicaPeer", "relationships", denied],
		["MSFT_StorageJob", "jobs", denied],
		["MSFT_StorageJob", "jobs", { id: "MiClientApiError_21", category: "MetadataError", message: "broken" }],
		[
			"MSFT_VirtualDiskToVirtualDisk",
			"relationships",
			{ id: "MiClientApiError_21", category: "MetadataError", message: "half of them" },
		],
		[
			"MSFT_ReplicaPeer",
			"relationships",
			{ id: "HRESULT 0x80041001", category: "NotSpecified", message: "an invalid class of error" },
		],
	] as const)("keeps the disks beside a failing %s, and says that %s are not known", async (on, hides, error) => {
		const { host } = lab(fails(on, error));
		const { disks, unread } = await host.observe();
		expect(disks).toHaveLength(2);
		expect(unread).toContainEqual(expect.objectContaining({ hides, subsystem: null }));
		expect(JSON.stringify(unread)).toContain(error.message);
		if (error === denied) expect(JSON.stringify(unread)).toContain("Remote Enable");
	});

	test("an array in trouble hides its own disks only, and is named where the error names it", async () => {
		const { host, standIn } = lab((state) => {
			state.trouble = [{ array: "East", id: "StorageWMI 46001", message: "An error was met while enumerating East." }];
		});
		const named = await host.observe();
		expect(named.disks.map(({ friendlyName }) => friendlyName)).toEqual(["Disk0000-DR"]);
		expect(named.relationships.map(({ peerUniqueId, role }) => [peerUniqueId, role])).toEqual([
			["UID-East-0000", "target"],
		]);
		expect(new Set(named.unread.map((part) => "subsystem" in part && part.subsystem))).toEqual(new Set(["East"]));
		expect(named.unread.map(({ hides }) => hides)).toEqual(expect.arrayContaining(["disks", "relationships", "jobs"]));
		standIn.change((state) => {
			for (const trouble of state.trouble) trouble.message = "EastWest-7 does not answer.";
		});
		const unnamed = await host.observe();
		expect(unnamed.unread).toContainEqual(expect.objectContaining({ hides: "disks", subsystem: null }));
	});

	test("repeats a reading, once, that the provider was too busy for", async () => {
		const busy = { kind: "error", id: "StorageWMI 46000", category: "NotSpecified", message: "busy" } as const;
		const { host, standIn } = lab((state) => {
			state.faults = [{ on: "MSFT_VirtualDisk", times: 1, ...busy }];
		});
		expect((await host.observe()).disks).toHaveLength(2);
		standIn.change((state) => {
			state.faults = [{ on: "MSFT_VirtualDisk", times: 2, ...busy }];
		});
		expect(await failureOf(host.observe())).toMatchObject({ code: "SR4001" });
	});

	test("an empty host is an empty answer", async () => {
		const { host } = lab((state) => {
			state.disks = [];
			state.relationships = [];
		});
		expect(await host.observe()).toMatchObject({ disks: [], relationships: [] });
	});

	test("keeps numbers that nobody named", async () => {
		const { host } = lab(eachRelationship({ copyState: 0x8001, progressStatus: 16, syncMode: 4 }));
		expect((await host.observe()).relationships[0]).toMatchObject({
			copyState: 0x8001,
			progressStatus: 16,
			syncMode: 4,
		});
	});

	test("reads an answer of several megabytes", async () => {
		const { host } = lab((state) => {
			for (const disk of state.disks) disk.friendlyName = "日".repeat(1_000_000);
		});
		expect((await host.observe()).disks[1]?.friendlyName.length).toBe(1_000_000);
	});
});

const denied = { id: "HRESULT 0x80070005", category: "PermissionDenied", message: "Zugriff verweigert" } as const;

function fails(on: string, error: { id: string; category: string; message: string }): (state: StandInState) => void {
	return (state) => {
		state.faults = [{ on, times: 9, kind: "error", ...error }];
	};
}

function eachRelationship(values: Partial<StandInState["relationships"][number]>): (state: StandInState) => void {
	return (state) => {
		for (const relationship of state.relationships) Object.assign(relationship, values);
	};
}
