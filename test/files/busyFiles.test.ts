import { describe, expect, test } from "vitest";
import { despiteBusy } from "../../provider/files/busyFiles";

/** A file that refuses so many times with this code, and how long was paused meanwhile. */
function refusing(code: string, times: number) {
	let left = times;
	const paused: number[] = [];
	const run = () =>
		despiteBusy(
			() => {
				if (left-- > 0) throw Object.assign(new Error(code), { code });
				return "done";
			},
			(ms) => paused.push(ms),
		);
	return { run, pausedMs: () => paused.reduce((sum, ms) => sum + ms, 0) };
}

describe("a file that is busy", () => {
	test.each(["EPERM", "EACCES", "EBUSY"])("%s passes", (code) => {
		const file = refusing(code, 15);
		expect(file.run()).toBe("done");
		expect(file.pausedMs()).toBeGreaterThan(0);
	});

	test("for longer than about a second is told", () => {
		const file = refusing("EPERM", Number.POSITIVE_INFINITY);
		expect(file.run).toThrow("EPERM");
		expect(file.pausedMs()).toBeGreaterThanOrEqual(500);
		expect(file.pausedMs()).toBeLessThanOrEqual(2_000);
	});

	test("is not waited for when something else is wrong", () => {
		const file = refusing("ENOENT", 1);
		expect(file.run).toThrow("ENOENT");
		expect(file.pausedMs()).toBe(0);
	});
});
