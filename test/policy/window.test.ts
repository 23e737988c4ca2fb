import { expect, test } from "vitest";
import { type ChangeWindow, isInside } from "../../policy/window";

const night: ChangeWindow = { days: ["Sat"], from: "22:00", to: "02:00" };
const noon: ChangeWindow = { days: ["Tue", "Wed"], from: "11:30", to: "12:00" };
const berlin: ChangeWindow = { days: ["Sun"], from: "02:30", to: "04:00", timeZone: "Europe/Berlin" };

// 28 November 2026 is a Saturday.
test.each<[string, ChangeWindow, string, boolean]>([
	["before it begins", night, "2026-11-28T21:59:59Z", false],
	["when it begins", night, "2026-11-28T22:00:00Z", true],
	["after midnight", night, "2026-11-29T01:59:59Z", true],
	["when it ends", night, "2026-11-29T02:00:00Z", false],
	["the night before", night, "2026-11-28T01:00:00Z", false],
	["a day that is named", noon, "2026-11-25T11:59:00Z", true],
	["a day that is not", noon, "2026-11-26T11:59:00Z", false],
	["by the clock of the zone, in winter", berlin, "2026-11-29T01:30:00Z", true],
	["by the clock of the zone, in summer", berlin, "2026-07-05T00:29:00Z", false],
	["by the clock of the zone, in summer, begun", berlin, "2026-07-05T00:30:00Z", true],
])("%s", (_, window, moment, inside) => {
	expect(isInside(window, new Date(moment))).toBe(inside);
});

test.each([
	["24:00", "02:00"],
	["22:00", "2:00"],
	["ten", "02:00"],
])("%s to %s is no window", (from, to) => {
	expect(() => isInside({ days: ["Sat"], from, to }, new Date(0))).toThrow(RangeError);
});
