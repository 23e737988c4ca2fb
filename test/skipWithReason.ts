import { describe, test } from "vitest";

/** Skips what this machine cannot run and prints why: the runner only counts skipped tests. */
export function skipWithReason(name: string, reason: string): void {
	process.stderr.write(`skipped: ${name}: ${reason}\n`);
	describe(name, () => test.skip(`skipped: ${reason}`));
}

/** Tests of what Windows does not have; the reason says what stands for them there. */
export function describeUnlessWindows(title: string, reason: string, body: () => void): void {
	if (process.platform === "win32") skipWithReason(title, reason);
	else body();
}
