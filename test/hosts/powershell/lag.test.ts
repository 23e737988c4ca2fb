import { expect, test } from "vitest";
import { secondsBehind } from "../../../provider/hosts/powershell/lag";

const hostTime = "2026-03-01T12:00:30.0000000Z";

test.each([
	["2026-03-01T12:00:00.0000000Z", 30],
	["2026-03-01T13:00:00.0000000+01:00", 30],
	["20260301120000.500000+000", 29.5],
	["20260301130000.000000+060", 30],
	// Rounding of the array may put it a little ahead: it is in step.
	["2026-03-01T12:00:30.4000000Z", 0],
	// Clocks that disagree say nothing, and nothing is never zero.
	["2026-03-01T12:05:00.0000000Z", null],
	["", null],
	["yesterday", null],
])("%j is %j seconds behind", (syncTime, expected) => {
	expect(secondsBehind(syncTime, hostTime)).toBe(expected);
});
