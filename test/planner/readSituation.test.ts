import { expect, test } from "vitest";
import { readSituation } from "../../provider/planner/readSituation";

const read = (observed: object) =>
	readSituation({
		observed: { presence: "present", copyState: "Synchronized", direction: "forward", ...observed },
		desired: { state: "active" },
	});

test("an end that is left out, or null, is as if nothing was reported of it", () => {
	const facts = (observed: object) => {
		const result = read(observed);
		if (!result.valid) throw new Error(result.reason);
		const { usable, reachable, readOnly } = result.situation.observed;
		return { usable, reachable, readOnly };
	};
	const nothing = facts({});
	expect(facts({ usable: null, reachable: {}, readOnly: { source: null } })).toEqual(nothing);
	expect(facts({ usable: { target: false } })).toEqual({ ...nothing, usable: { source: true, target: false } });
	expect(facts({ reachable: { source: false } }).reachable).toEqual({ source: false, target: true });
});

test("a misspelled field is told, not ignored", () => {
	expect(read({ usabel: { target: false } })).toMatchObject({
		valid: false,
		reason: expect.stringContaining("usabel"),
	});
});
