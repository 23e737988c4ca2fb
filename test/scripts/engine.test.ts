import { delimiter } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { withFirstOnPath } from "../../scripts/engine";

afterEach(() => {
	vi.unstubAllGlobals();
});

test("a copy of an environment has one PATH, the folder first, also where Windows spells it Path", () => {
	const system = (platform: NodeJS.Platform) => vi.stubGlobal("process", { ...process, platform });
	const environment = { Path: "C:\\Windows", TEMP: "C:\\Temp" };
	system("win32");
	expect(withFirstOnPath("C:\\first", environment)).toEqual({
		PATH: `C:\\first${delimiter}C:\\Windows`,
		TEMP: "C:\\Temp",
	});
	system("linux");
	expect(withFirstOnPath("/first", { PATH: "/bin", Path: "other" })).toEqual({
		PATH: `/first${delimiter}/bin`,
		Path: "other",
	});
});
