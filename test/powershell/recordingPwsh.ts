import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fakeProgram } from "../fakeProgram";
import { temporaryFolder } from "../temporaryFolder";
import { requirePwsh } from "./realPowerShell";

/** A pwsh that keeps a copy of what is written to it. */
export function recordingPwsh(): { readonly executable: string; readonly stdin: () => string } {
	const copy = join(temporaryFolder("recording-pwsh"), "stdin");
	const executable = fakeProgram(
		"pwsh",
		`relay(${JSON.stringify(requirePwsh())}, process.argv.slice(2), {
			onInput: (chunk) => require("node:fs").appendFileSync(${JSON.stringify(copy)}, chunk),
		});`,
	);
	return { executable, stdin: () => readFileSync(copy, "utf8") };
}
