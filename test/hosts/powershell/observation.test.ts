import { describe, expect, test } from "vitest";
import type { ObserveAnswer } from "../../../provider/hosts/powershell/answers";
import { affectedDisksOf } from "../../../provider/hosts/powershell/job";
import { observationOf } from "../../../provider/hosts/powershell/observation";

const synchronized: [number, number, number, number, number, null, null] = [4, 2, 2, 6, 100, null, null];

function answer(change: Partial<ObserveAnswer> = {}): ObserveAnswer {
	return {
		disks: [
			["D1", "U1", "Orders", 3, null, 0, [2]],
			["D2", "U2", "Orders-DR", 1, null, null, null],
		],
		links: [["d1", "p1", null, null, null, null, null, ...synchronized]],
		peers: [["P1", "UX", "DX", "Far", "West", false]],
		followed: [],
		pairs: [],
		subsystems: [["S", "SU", "East", "east-array", 2]],
		holds: [["s", "d1"]],
		jobs: [],
		affects: [],
		groups: null,
		unread: [],
		hostTime: "2026-03-01T12:00:00Z",
		...change,
	};
}

describe("an observation", () => {
	test("joins by ids in any letter case and names the array", () => {
		const { disks, relationships } = observationOf(answer());
		expect(disks).toMatchObject([
			{ subsystem: "East", subsystemName: "east-array", subsystemUniqueId: "SU" },
			{ subsystem: "", subsystemName: "", subsystemUniqueId: "" },
		]);
		expect(relationships).toMatchObject([
			{
				diskObjectId: "D1",
				peerUniqueId: "UX",
				peerName: "Far",
				peerSubsystem: "West",
				role: "source",
				job: null,
				lagSeconds: null,
			},
		]);
	});

	test("reads a primary peer as: our disk is the target", () => {
		const { relationships } = observationOf(answer({ peers: [["P1", "UX", null, null, null, true]] }));
		expect(relationships[0]?.role).toBe("target");
	});

	test("reports a local pair from each disk, the link with a peer first", () => {
		const { relationships } = observationOf(answer({ links: [], pairs: [["D1", "D2", ...synchronized]] }));
		expect(relationships.map(({ diskUniqueId, role, peerUniqueId }) => [diskUniqueId, role, peerUniqueId])).toEqual([
			["U1", "source", "U2"],
			["U2", "target", "U1"],
		]);
		const both = observationOf(
			answer({ peers: [["P1", "u2", null, "by link", null, false]], pairs: [["D1", "D2", ...synchronized]] }),
		);
		expect(both.relationships.map(({ peerName }) => peerName)).toEqual(["by link", "Orders"]);
		expect(both.relationships.map(({ hasReplicaPeer }) => hasReplicaPeer)).toEqual([true, false]);
	});

	test("keeps a link that is listed twice with different words, and not one that says the same twice", () => {
		const broken = synchronized.with(0, 5) as typeof synchronized;
		const link = (state: typeof synchronized): ObserveAnswer["links"][number] => [
			"d1",
			"p1",
			null,
			null,
			null,
			null,
			null,
			...state,
		];
		const said = (links: ObserveAnswer["links"], change: Partial<ObserveAnswer> = {}) =>
			observationOf(answer({ links, ...change })).relationships.map(({ copyState, role }) => `${copyState} ${role}`);
		expect(said([link(synchronized), link(synchronized)])).toEqual(["4 source"]);
		expect(said([link(synchronized), link(broken)])).toEqual(["4 source", "5 source"]);
		expect(said([link(broken), link(synchronized)])).toEqual(["5 source", "4 source"]);
		// One MSFT_ReplicaPeer that is listed as primary and as not primary.
		const peers: ObserveAnswer["peers"] = [
			["P1", "UX", "DX", "Far", "West", false],
			["P1", "UX", "DX", "Far", "West", true],
		];
		expect(said([link(synchronized)], { peers }).sort()).toEqual(["4 source", "4 target"]);
	});

	test("tells every array of a disk that two list, in whatever order", () => {
		const subsystems: ObserveAnswer["subsystems"] = [
			["S", "SU", "East", "east-array", 2],
			["S2", "SU2", "East over SMI-S", "east-smis", 2],
		];
		const holds: ObserveAnswer["holds"] = [
			["s", "d1"],
			["s2", "d1"],
		];
		for (const order of [holds, [...holds].reverse()]) {
			expect(observationOf(answer({ subsystems, holds: order })).disks[0]).toMatchObject({
				subsystem: "East",
				otherSubsystems: ["East over SMI-S"],
			});
		}
	});

	test("does not choose between two disks that a link names by the UniqueId of both", () => {
		const disks: ObserveAnswer["disks"] = ["D1", "D2"].map((id) => [id, "U1", "Orders", 3, null, 0, [2]]);
		for (const rows of [disks, [...disks].reverse()]) {
			const { relationships, unread } = observationOf(
				answer({ disks: rows, links: [["u1", "p1", null, null, null, null, null, ...synchronized]] }),
			);
			expect(relationships).toEqual([]);
			expect(unread).toMatchObject([{ hides: "relationship" }]);
		}
	});

	test("does not take an unreadable peer for no relationship", () => {
		const unreadable = (change: Partial<ObserveAnswer>) =>
			observationOf(answer({ links: [], ...change })).unread.map((part) => "diskUniqueId" in part && part.diskUniqueId);
		const link = (key: string | null): ObserveAnswer["links"] => [
			[key, "p1", null, null, null, null, null, ...synchronized],
		];
		expect(unreadable({ links: link("d1"), peers: [] })).toEqual(["U1"]);
		expect(unreadable({ links: link("d9") })).toEqual([null]);
		expect(unreadable({ links: link(null) })).toEqual([null]);
		expect(unreadable({ pairs: [["D1", "D9", ...synchronized]] })).toEqual(["U1"]);
		expect(unreadable({ pairs: [["D1", "D2", ...synchronized]] })).toEqual([]);
	});

	test("names a job in flight that affects either end, and no ended one", () => {
		const affects: ObserveAnswer["affects"] = [["j1", "dx"]];
		const job = (state: number): ObserveAnswer["jobs"] => [["J1", null, null, state, null, null, null, null]];
		expect(observationOf(answer({ affects, jobs: job(4) })).relationships[0]?.job).toBe("J1");
		for (const state of [7, 8, 9, 10]) {
			expect(observationOf(answer({ affects, jobs: job(state) })).relationships[0]?.job).toBeNull();
		}
	});

	test("a job of both ends is the relationship's own, one of a single end that of a copy beside it", () => {
		const affects: ObserveAnswer["affects"] = [
			["J1", "D1"],
			["J2", "D1"],
			["J2", "UX"],
		];
		const jobs: ObserveAnswer["jobs"] = ["J1", "J2"].map((id) => [id, null, null, 4, null, null, null, null]);
		for (const order of [affects, [...affects].reverse()])
			expect(observationOf(answer({ affects: order, jobs })).relationships[0]?.job).toBe("J2");
		expect(observationOf(answer({ affects, jobs: jobs.slice(0, 1) })).relationships[0]?.job).toBe("J1");
	});
});

test("a job affects disks by themselves and by their peers; the peer of an array is no disk", () => {
	const affected = affectedDisksOf({
		disks: [
			["U1", "D1"],
			[null, "D2"],
		],
		peers: [
			["U3", null, 4],
			["", "D4", null],
			["array-west", null, 32770],
			[null, null, 4],
		],
	});
	expect(affected).toEqual(["U1", "D2", "U3", "D4"]);
});
