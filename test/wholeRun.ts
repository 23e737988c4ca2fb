import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * One temporary directory for a whole run, removed at its end: the engine, PowerShell, npm and killed processes leave
 * things in it that no test knows of. The name is short because sockets are made there, and their paths have a limit.
 */
export function setup(): () => void {
	const folder = mkdtempSync(join(tmpdir(), "srt-"));
	// The names that POSIX and Windows look under.
	for (const name of ["TMPDIR", "TEMP", "TMP"]) process.env[name] = folder;
	return () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
