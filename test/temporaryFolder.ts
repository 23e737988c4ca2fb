import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

/** A new folder for one lab of a test. Removed when the tests of its file have ended, also after a failure. */
export function temporaryFolder(name: string): string {
	const folder = mkdtempSync(join(tmpdir(), `${name}-`));
	made.push(folder);
	return folder;
}

/** What a process that still writes into a folder keeps from being removed goes with the folder of the whole run. */
export function removeTemporaryFolders(): void {
	for (const folder of made.splice(0)) {
		try {
			rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
		} catch {
			// Somebody is still writing there.
		}
	}
}
