import { describe, expect, test } from "vitest";
import { approvalToken, type Consented } from "../../provider/executor/approval";
import type { OperationStep } from "../../provider/planner/plan";
import type { Standing } from "../../provider/planner/standing";

const ids = { source: "6000100000000001", target: "6000200000000001" };
const standing: Standing = {
	copyState: "Synchronized",
	phase: "settled",
	direction: "forward",
	syncMode: "Asynchronous",
	ahead: { source: "recent", target: "no" },
	whole: { source: true, target: true },
	copy: null,
};
const failover: OperationStep = {
	kind: "operation",
	operation: "Failover",
	code: 10,
	at: "target",
	hazard: "dataLoss",
	loses: { end: "source", age: "recent" },
	until: { copyState: "Failedover", direction: "forward" },
	why: "",
};
const consented: Consented = {
	sighting: { ids },
	generation: 3,
	standings: [standing],
	reachable: { source: true, target: true },
	steps: [failover],
	onRequest: null,
};
const tokenOf = (other: Partial<Consented>) => approvalToken({ ...consented, ...other });

describe("an approval fits", () => {
	test.each<[string, Partial<Consented>]>([
		["another copy state", { standings: [{ ...standing, copyState: "Broken" }] }],
		[
			"a wait that is over, or that has begun",
			{
				steps: [{ kind: "wait", until: { copyState: "Synchronized", direction: "forward" }, why: "" }, failover],
			},
		],
		["other wording", { steps: [{ ...failover, why: "told otherwise" }] }],
		["ids in other letters", { sighting: { ids: { ...ids, source: ids.source.toUpperCase() } } }],
		[
			"ends declared the other way round",
			{
				sighting: { ids: { source: ids.target, target: ids.source } },
				standings: [{ ...standing, direction: "reverse", ahead: { source: "no", target: "recent" } }],
				steps: [{ ...failover, at: "source", loses: { end: "target", age: "recent" } }],
			},
		],
	])("%s", (_, other) => {
		expect(tokenOf(other)).toBe(tokenOf({}));
	});
});

describe("an approval does not fit", () => {
	test.each<[string, Partial<Consented>]>([
		["another relationship", { sighting: { ids: { ...ids, target: "6000200000000002" } } }],
		["another generation", { generation: 4 }],
		["another direction", { standings: [{ ...standing, direction: "reverse" }] }],
		["older writes ahead", { standings: [{ ...standing, ahead: { source: "yes", target: "no" } }] }],
		["an end less", { reachable: { source: false, target: true } }],
		["one step more", { steps: [failover, failover] }],
		["another operation", { steps: [{ ...failover, operation: "ReverseRoles" }] }],
		["another end to call", { steps: [{ ...failover, at: "source" }] }],
		["older writes to lose", { steps: [{ ...failover, loses: { end: "source", age: "yes" } }] }],
	])("%s", (_, other) => {
		expect(tokenOf(other)).not.toBe(tokenOf({}));
	});
});

describe("an approval of what is done to a group", () => {
	const pair = { id: "pair 1", key: "6000100000000003", sighting: null, madeAs: "Stock-DR" };
	const group = {
		members: [{ ...pair, id: "pair 2", key: "6000100000000001" }],
		candidates: [pair],
		wished: null,
		left: [],
		others: false,
		disks: { source: ["6000100000000001", "6000100000000002"], target: ["6000200000000001", "6000200000000002"] },
	};
	const steps = [{ ...failover, pairs: ["pair 1"] }];
	const token = tokenOf({ sighting: { ids, group }, steps });

	test("fits its disks in another order", () => {
		const { source, target } = group.disks;
		const other = { ...group, disks: { source: source.toReversed(), target } };
		expect(tokenOf({ sighting: { ids, group: other }, steps })).toBe(token);
	});

	test.each([
		["another disk at the target", { disks: { ...group.disks, target: ["6000200000000001", "6000200000000009"] } }],
		["a disk less at the source", { disks: { ...group.disks, source: ["6000100000000001"] } }],
		["another target that is to be made", { candidates: [{ ...pair, madeAs: "Spare-DR" }] }],
		["another disk of the same number, where names are secret", { candidates: [{ ...pair, key: "6000100000000009" }] }],
	])("does not fit %s", (_, other) => {
		expect(tokenOf({ sighting: { ids, group: { ...group, ...other } }, steps })).not.toBe(token);
	});
});
