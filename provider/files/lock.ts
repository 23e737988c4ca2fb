import { existsSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { threadId } from "node:worker_threads";
import { despiteBusy } from "./busyFiles";

/** How long a caller waits: others hold the lock for milliseconds each, but there may be many on a busy machine. */
const waitMs = 15_000;
const pollMs = 10;
/** A lock without a name in it is one that is being made, or whose maker died; on file systems without links only. */
const namelessMs = 5_000;

/** Somebody else holds a lock for longer than callers wait. */
export class LockHeld extends Error {
	constructor(path: string) {
		super(`locked by process ${ownerOf(path)} for more than ${waitMs / 1000} s (${path})`);
	}
}

/** Waits for the lock file; resolves with what gives it back. The lock of a process that died is broken. */
export async function lock(path: string): Promise<() => void> {
	const until = performance.now() + waitMs;
	for (;;) {
		if (take(path)) return () => remove(path);
		if (breakAbandoned(path)) continue;
		if (performance.now() > until) throw new LockHeld(path);
		// Not all at once, or the same one is late each time.
		await new Promise((resolve) => setTimeout(resolve, pollMs * (0.5 + Math.random())));
	}
}

/** Makes the file with its owner's number in it, in one piece: nobody ever finds it without. */
function take(path: string): boolean {
	if (existsSync(path)) return false;
	const owner = String(process.pid);
	const own = `${path}.${owner}.${threadId}`;
	try {
		// A lock that a power failure leaves without a name makes the next one wait.
		despiteBusy(() => writeFileSync(own, owner, { flush: true }));
		try {
			linkSync(own, path);
		} catch (error) {
			if (isCode(error, "EEXIST")) return false;
			despiteBusy(() => writeFileSync(path, owner, { flag: "wx" }));
		}
		return true;
	} catch (error) {
		if (isCode(error, "EEXIST")) return false;
		throw error;
	} finally {
		remove(own);
	}
}

/**
 * Removes the lock of a dead process; false: there is none. Several may find it dead, and one that removes it late would
 * remove the lock of the next owner. So it is removed under a second lock, after another look: whoever holds that one
 * is alone, and a dead lock changes for nobody else. A second lock whose owner died is broken the same way.
 */
function breakAbandoned(path: string): boolean {
	if (!isAbandoned(path)) return false;
	const breaking = `${path}.break`;
	if (!take(breaking)) return breakAbandoned(breaking);
	try {
		if (isAbandoned(path)) remove(path);
		return true;
	} finally {
		remove(breaking);
	}
}

function isAbandoned(path: string): boolean {
	try {
		const owner = Number(readFileSync(path, "utf8"));
		if (!Number.isInteger(owner) || owner <= 0) return Date.now() - statSync(path).mtimeMs > namelessMs;
		process.kill(owner, 0);
		return false;
	} catch (error) {
		return isCode(error, "ESRCH");
	}
}

function remove(path: string): void {
	despiteBusy(() => rmSync(path, { force: true }));
}

function isCode(error: unknown, code: string): boolean {
	return (error as NodeJS.ErrnoException).code === code;
}

function ownerOf(path: string): string {
	try {
		return readFileSync(path, "utf8") || "somebody";
	} catch {
		return "somebody";
	}
}
