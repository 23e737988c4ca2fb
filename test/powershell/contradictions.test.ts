import { expect, test } from "vitest";
import { SimulatedClock } from "../../provider/executor/clock";
import { Hosts } from "../../provider/executor/hosts";
import { observeRelationship } from "../../provider/executor/observeRelationship";
import { runTransition } from "../../provider/executor/transition";
import { wishFor } from "../../provider/executor/wish";
import { codeOf } from "../executor/site";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { lab } from "./lab";
import type { SecondProvider } from "./standIn";

const declared = {
	ends: {
		source: { host: "lab", virtualDisk: "Disk0000" },
		target: { host: "lab", virtualDisk: "Disk0000-DR" },
	},
	lost: null,
	knownIds: { source: null, target: null },
};

describeWithPowerShell("a host that lists something twice", () => {
	test("with other words: the worse counts, both facts are told, and the order of rows decides nothing", async () => {
		const { host, standIn } = lab();
		const look = async (second: Partial<SecondProvider>) => {
			const seen = [];
			for (const first of [true, false]) {
				standIn.change((state) => {
					state.secondProvider = { array: "East", sameObjects: false, ...second, first };
				});
				seen.push(await observeRelationship(declared, new Hosts(() => host, new SimulatedClock(0)), "fresh"));
			}
			return seen;
		};
		for (const sameObjects of [false, true]) {
			for (const seen of await look({ sameObjects, copyState: 5 })) {
				expect(seen.observed.copyState).toBe("Broken");
				expect(seen.differences[0]?.what).toMatch(/Broken \(ObjectId .*Synchronized \(ObjectId/);
			}
			for (const { contradiction } of await look({ sameObjects, reversed: true })) {
				expect(contradiction).toMatchObject({ at: "source", what: expect.stringMatching(/as source .* and target /) });
			}
		}
		for (const { observed } of await look({ access: 1 })) expect(observed.readOnly.source).toBe(false);
		for (const { disks, differences } of await look({ sameObjects: true, heldBy: "West" })) {
			expect(disks.source).toMatchObject({ subsystem: "East", otherSubsystems: ["West"] });
			expect(differences.map(({ of }) => of)).toEqual(["subsystem"]);
		}
	});

	test("a listing of another provider that only the Discover brought is read right after it", async () => {
		const { host, standIn } = lab((state) => {
			const [provider] = state.providers;
			if (provider !== undefined) state.providers.push({ ...provider, name: "Second provider" });
		});
		const hosts = new Hosts(() => host, new SimulatedClock(0));
		const before = await observeRelationship(declared, hosts, "fresh");
		expect(before.observed.copyState).toBe("Synchronized");
		standIn.change((state) => {
			state.secondProvider = { array: "East", sameObjects: false, copyState: 5, first: false };
		});
		await hosts.discover("lab", before.disks.source?.objectId ?? "");
		expect((await observeRelationship(declared, hosts, "fresh")).observed.copyState).toBe("Broken");
	});

	test.each([
		["an old word that goes with Discover of the arrays only has nothing sent", "corrects", 9, "no error", [20]],
		["a worse word that only Discover of the arrays brings is heard before roles move", "brings", 5, "SR5005", []],
	] as const)("%s", async (_, discover, copyState, ended, sent) => {
		const { host, standIn } = lab((state) => {
			const [provider] = state.providers;
			if (provider !== undefined) state.providers.push({ ...provider, name: "Second provider" });
			state.secondProvider = { array: "East", sameObjects: false, first: false, copyState, discover };
			for (const link of state.relationships) link.syncMode = 2;
		});
		const clock = new SimulatedClock(0);
		const run = runTransition(
			{ declared, wish: wishFor({ state: "reversed" }), record: null },
			{ hosts: new Hosts(() => host, clock), clock, fence: async () => {}, report: async () => {} },
		);
		expect(await codeOf(run)).toBe(ended);
		expect(standIn.operations()).toEqual(sent);
	});
});
