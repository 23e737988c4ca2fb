import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../temporaryFolder";
import { describeWithEngine, tokenIn, useLab, wish } from "./lab";

const told = join(temporaryFolder("power"), "loss.json");

describeWithEngine("the power fails during an update", () => {
	const lab = useLab({
		simulator: { profile: "srdf" },
		environment: {
			...process.env,
			NODE_OPTIONS: `--require ${join(__dirname, "..", "powerLoss.cjs")}`,
			POWER_LOSS: told,
		},
	});

	// Readings count, too: each is a line of the log beside the file.
	test.each([5, 11, 17])(
		"before change %i of the arrays' files: up ends where the program says, nothing happens twice",
		async (at) => {
			const { project, sites } = lab();
			await wish(lab(), { state: "active", approval: "" });
			let started = await project.up();
			if (started.text.includes("SR5001")) {
				await wish(lab(), { approval: tokenIn(started.text) });
				started = await project.up();
			}
			expect(started.exitCode, started.text).toBe(0);
			const before = sites.calls().length;
			await wish(lab(), { state: "reversed", approval: "" });
			writeFileSync(told, JSON.stringify({ file: sites.file, at }));
			const failed = await project.up();
			rmSync(told, { force: true });
			expect(failed.exitCode, failed.text).not.toBe(0);
			await project.cancel();
			let up = await project.up();
			if (up.text.includes("SR5001")) {
				await wish(lab(), { approval: tokenIn(up.text) });
				up = await project.up();
			}
			expect(up.exitCode, up.text).toBe(0);
			const effects = sites
				.calls()
				.slice(before)
				.filter(({ effect }) => effect)
				.map(({ operation }) => operation);
			expect(effects).toEqual(["Failover", "ReverseRoles", "Resume"]);
			expect(sites.writes().lost).toBe(0);
		},
	);
});
