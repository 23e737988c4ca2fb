import { expect, test } from "vitest";
import type { Capabilities } from "../../provider/model/capabilities";
import { commonCapabilities } from "../../provider/planner/commonCapabilities";

const array = (operations: Capabilities["operations"], ...features: number[]): Capabilities => ({
	operations,
	features,
});

test("one array is what it says", () => {
	const one = array(["Suspend"], 19, 29);
	expect(commonCapabilities([one])).toBe(one);
});

test("of two only what both advertise is used; one that does not say forbids nothing", () => {
	expect(commonCapabilities([array(["Split", "Detach"]), array(["Detach", "Resume"])]).operations).toEqual(["Detach"]);
	expect(commonCapabilities([array(null), array(["Detach"])]).operations).toEqual(["Detach"]);
	expect(commonCapabilities([array(null), array(null)]).operations).toBeNull();
});

test("what either of them requires is required", () => {
	expect(commonCapabilities([array(null, 19), array(null, 47)]).features).toEqual([19, 47]);
});

test("roles reverse only from the states that both allow; where none is reported: Synchronized and Failedover", () => {
	const features = (...sets: [number[], number[]]) =>
		commonCapabilities([array(null, ...sets[0]), array(null, ...sets[1])]).features;
	expect(features([29, 33], [33])).toEqual([33]);
	expect(features([29, 33], [])).toEqual([29]);
	expect(features([], [])).toEqual([]);
	const never = commonCapabilities([array(null, 33), array(null)]);
	expect(never.features).toEqual([]);
	expect(never.operations).not.toContain("ReverseRoles");
	expect(never.operations).toContain("Failover");
});
