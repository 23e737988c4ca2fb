import { describe, expect, test } from "vitest";
import { approvalToken } from "../../provider/executor/approval";
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
const both = { source: true, target: true };
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
const token = approvalToken(ids, 3, standing, both, [failover]);

describe("an approval fits", () => {
	test.each([
		["another copy state", approvalToken(ids, 3, { ...standing, copyState: "Broken" }, both, [failover])],
		[
			"a wait that is over, or that has begun",
			approvalToken(ids, 3, standing, both, [
				{ kind: "wait", until: { copyState: "Synchronized", direction: "forward" }, why: "" },
				failover,
			]),
		],
		["other wording", approvalToken(ids, 3, standing, both, [{ ...failover, why: "told otherwise" }])],
		[
			"ids in other letters",
			approvalToken({ ...ids, source: ids.source.toUpperCase() }, 3, standing, both, [failover]),
		],
		[
			"ends declared the other way round",
			approvalToken(
				{ source: ids.target, target: ids.source },
				3,
				{ ...standing, direction: "reverse", ahead: { source: "no", target: "recent" } },
				both,
				[{ ...failover, at: "source", loses: { end: "target", age: "recent" } }],
			),
		],
	])("%s", (_, other) => {
		expect(other).toBe(token);
	});
});

describe("an approval does not fit", () => {
	test.each([
		["another relationship", approvalToken({ ...ids, target: "6000200000000002" }, 3, standing, both, [failover])],
		["another generation", approvalToken(ids, 4, standing, both, [failover])],
		["another direction", approvalToken(ids, 3, { ...standing, direction: "reverse" }, both, [failover])],
		[
			"older writes ahead",
			approvalToken(ids, 3, { ...standing, ahead: { source: "yes", target: "no" } }, both, [failover]),
		],
		["an end less", approvalToken(ids, 3, standing, { source: false, target: true }, [failover])],
		["one step more", approvalToken(ids, 3, standing, both, [failover, failover])],
		["another operation", approvalToken(ids, 3, standing, both, [{ ...failover, operation: "ReverseRoles" }])],
		["another end to call", approvalToken(ids, 3, standing, both, [{ ...failover, at: "source" }])],
		[
			"older writes to lose",
			approvalToken(ids, 3, standing, both, [{ ...failover, loses: { end: "source", age: "yes" } }]),
		],
	])("%s", (_, other) => {
		expect(other).not.toBe(token);
	});
});
