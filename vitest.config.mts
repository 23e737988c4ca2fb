import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["test/**/*.test.ts"],
		// Two cores: the engine's tests start several processes each.
		maxWorkers: 2,
		testTimeout: 60_000,
		hookTimeout: 180_000,
	},
});
