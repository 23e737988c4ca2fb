import { describe, expect, test } from "vitest";
import { adviceBefore } from "../../provider/lifecycle/advice";
import { type End, ends, otherEnd } from "../../provider/model/relationship";
import { operations } from "../../provider/model/vocabulary";
import type { Step } from "../../provider/planner/plan";

const labels = { source: { host: "east", disk: "Orders" }, target: { host: "west", disk: "Orders-DR" } };
const both = { source: true, target: true };
const losing = (operation: string, end: End): Step =>
	({
		kind: operation === "CreateReplica" ? "create" : "operation",
		operation,
		code: 0,
		at: "source",
		hazard: "dataLoss",
		loses: { end, age: "yes" },
		until: { copyState: "Synchronized", direction: "forward" },
		why: "",
	}) as Step;

const names = [...Object.keys(operations.virtualDiskSetReplicationRelationshipOperation), "CreateReplica"];
const cases = names.flatMap((operation) =>
	(["forward", "reverse"] as const).flatMap((direction) =>
		(["Synchronized", "Suspended", "Failedover"] as const).flatMap((copyState) =>
			ends.map((end) => ({ operation, direction, copyState, end })),
		),
	),
);

describe("what to do first", () => {
	test.each(cases)(
		"$operation from $copyState $direction, $end loses: that disk is named, the other one is not",
		(each) => {
			const { operation, direction, copyState, end } = each;
			const advice = adviceBefore(losing(operation, end), { copyState, direction, reachable: both }, labels) ?? "";
			const { disk, host } = labels[end];
			expect(advice).toContain(`${disk} at ${host}`);
			expect(advice).not.toContain(`at ${labels[otherEnd(end)].host}`);
			const serves = (copyState === "Failedover") === (end === (direction === "forward" ? "target" : "source"));
			expect(advice.includes("read-only"), "only what serves is stopped, and nothing else is made read-only").toBe(
				serves && operation !== "CreateReplica",
			);
		},
	);

	test.each(ends)("an unreachable %s is not to be snapshot", (end) => {
		const beginning = {
			copyState: "Synchronized",
			direction: "forward" as const,
			reachable: { ...both, [end]: false },
		};
		const advice = adviceBefore(losing("Failover", end), beginning, labels);
		expect(advice).toMatch(new RegExp(`${labels[end].disk} at ${labels[end].host} is really gone`));
	});

	test("a source that takes no writes any more, of which nothing tells when it has arrived, is not to be stopped again", () => {
		const beginning = { copyState: "Synchronized", direction: "forward" as const, reachable: both };
		const untold = { source: true, target: false };
		expect(adviceBefore(losing("ReverseRoles", "source"), { ...beginning, untold }, labels)).toBe(
			"see with the array's own tools that all of Orders at east has arrived: it takes no writes, and nothing else tells that.",
		);
	});

	test.each([
		["pointInTime", /^copy what is needed from Orders-DR at west: its point in time does not come back/],
		["disk", /^copy what is needed from Orders-DR at west: the disk is deleted/],
	] as const)("of a copy whose %s goes nothing is to be snapshot: what is needed is copied", (what, told) => {
		const step = { ...losing("ReturnToResourcePool", "target"), loses: { end: "target", age: "yes", what } } as Step;
		const beginning = { copyState: "Synchronized", direction: "forward" as const, reachable: both };
		expect(adviceBefore(step, beginning, labels)).toMatch(told);
	});

	test("before a restore nobody is told that what has arrived is not lost", () => {
		const beginning = { copyState: "Synchronized", direction: "forward" as const, reachable: both };
		const advice = adviceBefore(losing("RestoreFromReplica", "source"), beginning, labels);
		expect(advice).toMatch(/since the point in time: all of that goes/);
		expect(advice).not.toContain("not lost");
	});

	test("a step that loses nothing needs no advice", () => {
		const { loses: _, ...harmless } = losing("Suspend", "source") as Step & { loses: unknown };
		const beginning = { copyState: "Synchronized", direction: "forward" as const, reachable: both };
		expect(adviceBefore(harmless as Step, beginning, labels)).toBeNull();
	});
});
