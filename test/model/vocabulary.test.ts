import { describe, expect, test } from "vitest";
import { copyStateOf, progressStatusOf, syncModeOf } from "../../provider/model/relationship";
import { documentedReturnCodes, returnCode } from "../../provider/model/returnCodes";
import { vocabulary } from "../../provider/model/vocabulary";

describe("the vocabulary", () => {
	test.each(Object.entries(vocabulary))("%s has identifiers for names and each number once", (heading, table) => {
		expect(heading).toMatch(/^MSFT_\w+(\.\w+)+$/);
		const numbers = Object.values(table);
		expect(new Set(numbers).size).toBe(numbers.length);
		for (const name of Object.keys(table)) expect(name).toMatch(/^[A-Z][A-Za-z0-9]*$/);
	});

	test("has the 22 operations, and every number of the method's documentation", () => {
		expect(Object.values(vocabulary["MSFT_VirtualDisk.SetReplicationRelationship.Operation"])).toEqual(
			Array.from({ length: 22 }, (_, index) => index + 2),
		);
		expect(Object.values(vocabulary["MSFT_VirtualDisk.SetReplicationRelationship.ReturnValue"])).toEqual([
			0, 1, 2, 3, 4, 5, 8, 4096, 40001, 40002, 40003, 40009,
		]);
	});

	test("a number without a name stays a number", () => {
		expect(copyStateOf(4)).toBe("Synchronized");
		expect(copyStateOf(16)).toEqual({ unknown: 16 });
		expect(copyStateOf(0x8001)).toEqual({ unknown: 0x8001 });
		expect(progressStatusOf(13), "as the MOF has it, not the page").toBe("Aborting");
		expect(syncModeOf(4), "Adaptive is no wish that can be met").toBe("Unknown");
	});
});

describe("return codes", () => {
	test("an undocumented one is a refusal that keeps its number", () => {
		expect(returnCode(40010)).toEqual({ code: 40010, class: "refused", wording: "undocumented return code" });
	});

	test("2, 3 and 4 say nothing about what happened; only 0 and 4096 are good news", () => {
		const classes = Object.fromEntries(documentedReturnCodes.map((row) => [row.code, row.class]));
		expect([classes[2], classes[3], classes[4]]).toEqual(["unknown", "unknown", "unknown"]);
		expect(
			documentedReturnCodes.filter((row) => row.class === "success" || row.class === "job").map(({ code }) => code),
		).toEqual([0, 4096]);
	});
});
