import { expect, test } from "vitest";
import { shownPlan } from "../../policy/shownPlan";
import { describeSteps, replanLine } from "../../provider/planner/describePlan";
import { movesRoles, operationRules, plannedOperations } from "../../provider/planner/operations";
import { Hazard, type Step } from "../../provider/planner/plan";

const until = { copyState: "Synchronized", direction: "forward" } as const;
/** What a disk may be called so that a line looks like another one. */
const names = [
	"Orders",
	"a [availability]",
	"b] [none]",
	"c\nd",
	"1. Failover (10) at west: e",
	"[dataLoss: writes of f]",
];

function everyStep(name: string): Step[] {
	const risks = [
		...Object.values(Hazard).map((hazard) => ({ hazard })),
		...(["recent", "yes"] as const).map((age) => ({ hazard: Hazard.DataLoss, loses: { end: "target", age } as const })),
		...(["pointInTime", "disk"] as const).map((what) => ({
			hazard: Hazard.DataLoss,
			loses: { end: "target", age: "yes", what } as const,
		})),
		{ hazard: Hazard.DataLoss, loses: { end: "target", age: "yes", members: ["1", "2"] } as const },
	];
	return risks.flatMap((risk): Step[] => [
		...plannedOperations.map((operation) => ({
			...risk,
			kind: "operation" as const,
			operation,
			code: operationRules[operation].code,
			at: "source" as const,
			until,
			why: `${name} follows`,
		})),
		{ ...risk, kind: "create", at: "source", until, why: `${name} becomes a copy` },
	]);
}

test.each(names)("every step that can be printed is read back, with a disk that is called %j", (name) => {
	const steps = everyStep(name);
	const lines = describeSteps(steps, {
		source: { host: "east", disk: "Orders" },
		target: { host: "west", disk: name },
	});
	const { steps: read, open } = shownPlan(lines);
	expect(open).toBeNull();
	for (const [index, step] of steps.entries()) {
		const hazard = step.kind === "wait" ? Hazard.None : step.hazard;
		expect(read[index]?.movesRoles).toBe(step.kind === "operation" && movesRoles(step.operation));
		const told = read[index]?.hazard;
		// Of a name that looks like a loss nobody can tell what it is: told worse than it is, never better.
		if (name.startsWith("[dataLoss")) expect([hazard, Hazard.DataLoss]).toContain(told);
		else expect(told).toBe(hazard);
	}
});

test("a wait has no hazard", () => {
	const lines = describeSteps([{ kind: "wait", until, why: "it is under way" }], {
		source: { host: "east", disk: "a" },
		target: { host: "west", disk: "b" },
	});
	expect(shownPlan(lines)).toEqual({ steps: [{ line: lines[0], hazard: "none", movesRoles: false }], open: null });
});

test.each([
	["nothing to do", [], null],
	["adopted", ["adopt: nothing to do"], null],
	["a host that does not answer", ["not known: host east does not answer."], null],
	["a refusal", ["refused: SR1007: an end cannot be read."], null],
	["what is planned after a wait", ["1. wait for Synchronized: it is under way", replanLine], replanLine],
	["a line of another release", ["send Failover to west"], "send Failover to west"],
	["no plan at all", undefined, "there is no plan"],
])("%s is open or not", (_, lines, open) => {
	expect(shownPlan(lines).open).toBe(open);
});
