import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../temporaryFolder";
import { requirePwsh } from "./realPowerShell";

/** A pwsh that keeps a copy of what is written to it. */
export function recordingPwsh(): { readonly executable: string; readonly stdin: () => string } {
	const directory = temporaryFolder("recording-pwsh");
	const executable = join(directory, "pwsh");
	writeFileSync(executable, `#!/bin/bash\ntee "${directory}/stdin" | "${requirePwsh()}" "$@"\n`);
	chmodSync(executable, 0o755);
	return { executable, stdin: () => readFileSync(join(directory, "stdin"), "utf8") };
}
