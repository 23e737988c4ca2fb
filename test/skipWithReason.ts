import { describe, test } from "vitest";

/** Skips what this machine cannot run and prints why: the runner only counts skipped tests. */
export function skipWithReason(name: string, reason: string): void {
	process.stderr.write(`skipped: ${name}: ${reason}\n`);
	describe(name, () => test.skip(`skipped: ${reason}`));
}
