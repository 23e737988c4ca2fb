import { defineConfig } from "vitest/config";

/**
 * How long anything in a test may take: a net under what hangs, no bound of speed. Each is at least five times what it
 * took alone on two idle cores, because a busy machine is slower. No test has a limit of its own.
 */
const testMs = 600_000;
const hookMs = 300_000;
const pollMs = 60_000;

export default defineConfig({
	test: {
		include: ["test/**/*.test.ts"],
		globalSetup: ["test/wholeRun.ts"],
		setupFiles: ["test/eachFile.ts"],
		// A third of an engine command is the type check of its program (measured); modules.test.ts keeps one that is checked.
		env: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
		// One more than there are cores: many tests of the engine wait for limits of a minute while another one can run.
		maxWorkers: 3,
		testTimeout: testMs,
		hookTimeout: hookMs,
		teardownTimeout: hookMs,
		expect: { poll: { timeout: pollMs } },
	},
});
