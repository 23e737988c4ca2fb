import { expect, test } from "vitest";
import type { HostObservation } from "../../provider/executor/host";
import { limits } from "../../provider/hosts/powershell";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { eastLink, lab, operate } from "./lab";
import type { StandIn, StandInState } from "./standIn";

/** What was asked of the system since, by class. */
function askedSince(standIn: StandIn, from: number): string[] {
	return standIn
		.calls()
		.slice(from)
		.map(({ class: name, byKey }) => (byKey ? `${name} by key` : String(name)));
}

/** A host that has read everything, and a reading of its two disks by key. */
async function observed(change: (state: StandInState) => void = () => {}) {
	const { host, standIn } = lab((state) => {
		state.settings.reads = 0;
		for (const relationship of state.relationships) relationship.behindSeconds = null;
		change(state);
	});
	const { disks } = await host.observe();
	const again = () => host.observeDisks(disks.map(({ objectId }) => objectId));
	return { host, standIn, again };
}

const shownIn = (seen: HostObservation | null) =>
	seen?.relationships.map(({ diskUniqueId, role, copyState }) => `${diskUniqueId} ${role} ${copyState}`);
const reversed = ["UID-West-0000 source 4", "UID-East-0000 target 4"];

describeWithPowerShell("observing some disks by key", () => {
	test.each(["key", "embedded", "path", "id"] as const)(
		"says what everything says, and enumerates jobs only (references as %s)",
		async (references) => {
			const { host, standIn, again } = await observed((state) => {
				state.settings.references = references;
			});
			await operate(host, 22);
			const from = standIn.calls().length;
			const seen = await again();
			expect(askedSince(standIn, from).filter((each) => !each.endsWith(" by key"))).toEqual(["MSFT_StorageJob"]);
			expect(shownIn(seen)).toEqual(["UID-East-0000 source 9", "UID-West-0000 target 9"]);
			const { groups, groupRelationships, ...everything } = await host.observe();
			expect([groups, groupRelationships], "which a reading by key does not ask for").toEqual([[], []]);
			expect({ ...seen, hostTime: "" }).toEqual({ ...everything, hostTime: "" });
		},
	);

	test.each([true, false])("knows roles that moved (associations served by key: %s)", async (associationsByKey) => {
		const { host, standIn, again } = await observed((state) => {
			state.settings.associationsByKey = associationsByKey;
		});
		await operate(host, 20);
		// The links are other ones now. Once enumerated they are known by key, where that is served.
		for (const enumerates of [true, !associationsByKey]) {
			const from = standIn.calls().length;
			expect(shownIn(await again())?.sort()).toEqual([...reversed].sort());
			const asked = askedSince(standIn, from);
			expect(asked).not.toContain("MSFT_VirtualDisk");
			expect(asked.includes("MSFT_VirtualDiskToReplicaPeer")).toBe(enumerates);
		}
	});

	test.each([true, false, "nothing"] as const)(
		"tells the job that works on a disk (jobs are followed: %s)",
		async (jobsAreFollowed) => {
			const { host, again } = await observed((state) => {
				Object.assign(state.settings, { reads: 9, jobsAreFollowed });
			});
			const { jobId } = await operate(host, 22);
			expect((await again())?.relationships.map(({ job }) => job)).toEqual([jobId, jobId]);
		},
	);

	test("tells the job that works on a peer alone", async () => {
		const { standIn, again, host } = await observed();
		// Whose job has ended, the disk shows.
		await operate(host, 22);
		const facts = { percent: 50, operationalStatus: [], errorCode: null, errorDescription: null };
		standIn.change((state) => {
			const id = state.relationships[0]?.id;
			state.jobs.push({ ...facts, id: "job:peer", state: 4, affects: [`peer:${id}:target`] });
		});
		const jobs = (await again())?.relationships.map(({ job }) => job);
		expect(jobs).toEqual((await host.observe()).relationships.map(({ job }) => job));
		expect(jobs).toContain("job:peer");
	});

	test("goes by no keys that are older than a reading may be", async () => {
		const { host, standIn, again } = await observed();
		const life = limits.keysLifeMs;
		try {
			Object.assign(limits, { keysLifeMs: 0 });
			await new Promise((resolve) => setTimeout(resolve, 5));
			const from = standIn.calls().length;
			expect([await again(), askedSince(standIn, from)]).toEqual([null, []]);
		} finally {
			Object.assign(limits, { keysLifeMs: life });
		}
		expect(host.name).toBe("lab");
	});

	test("keeps no keys of links that were listed beside errors", async () => {
		const { standIn, again } = await observed((state) => {
			state.settings.associationsByKey = false;
		});
		const broken = { kind: "error", id: "StorageWMI 46001", category: "NotSpecified", message: "An error." } as const;
		standIn.change((state) => {
			state.faults = [{ on: "MSFT_VirtualDiskToReplicaPeer", times: 2, ...broken }];
		});
		expect(await again()).toBeNull();
		standIn.change((state) => {
			state.faults = [];
		});
		expect(await again()).toBeNull();
	});

	test("says nothing of a disk that is gone, nor before everything was read", async () => {
		const { host, standIn, again } = await observed();
		standIn.change((state) => {
			state.disks = state.disks.slice(1);
		});
		expect(await again()).toBeNull();
		const fresh = lab();
		expect(await fresh.host.observeDisks(["UID-East-0000"])).toBeNull();
		expect(host.name).toBe("lab");
	});

	test("does not take what was read beside errors for everything that there is", async () => {
		const { again } = await observed((state) => {
			state.trouble = [{ array: "West", id: "StorageWMI 46001", message: "An error was met." }];
		});
		expect(await again()).toBeNull();
	});

	test("a relationship that was removed is not there by key", async () => {
		const { host, again } = await observed();
		expect((await eastLink(host)).copyState).toBe(4);
		await operate(host, 8);
		expect((await again())?.relationships).toEqual([]);
	});
});
