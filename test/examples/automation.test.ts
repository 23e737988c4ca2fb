import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeWithEngine, receivedSince, tokenIn, useLab, wish } from "../engine/lab";
import { skipWithReason } from "../skipWithReason";

const main = join(__dirname, "..", "..", "examples", "automation", "main.ts");
const tsx = createRequire(__filename).resolve("tsx/cli");

if (process.platform === "win32") skipWithReason("examples/automation", "needs a shell of Unix");
else
	describeWithEngine("examples/automation", () => {
		const lab = useLab();

		/** The program at a desk where this is typed. */
		async function asked(typed: string) {
			const { project } = lab();
			const script = join(project.folder, "desk.sh");
			writeFileSync(script, `echo "${typed}" | "${process.execPath}" "${tsx}" "${main}" . dev\n`);
			return project.runScript(script, project.folder, {});
		}

		test("shows the plan, sends nothing without a yes, and asks for the tokens of what it destroys", async () => {
			const { project, sites } = lab();
			expect((await project.up()).exitCode).toBe(0);
			await wish(lab(), { state: "suspended" });
			const no = await asked("no");
			expect([no.exitCode, sites.calls()], no.text).toEqual([1, []]);
			expect(no.stdout).toContain("orders\n  1. Suspend (22) at east: Orders-DR stops following");
			const yes = await asked("yes");
			expect(yes.exitCode, yes.text).toBe(0);
			expect(receivedSince(lab(), 0)).toEqual(["Suspend at east"]);

			await sites.write("Orders", 4);
			await sites.array("east-array").lose();
			await wish(lab(), { state: "failedOver", lost: "source" });
			const before = sites.calls().length;
			const shown = await asked("yes");
			expect([shown.exitCode, receivedSince(lab(), before)], shown.text).toEqual([1, []]);
			const approved = await asked(tokenIn(shown.text));
			expect(approved.exitCode, approved.text).toBe(0);
			expect(receivedSince(lab(), before).filter((call) => !call.startsWith("Discover"))).toEqual(["Failover at west"]);
		});
	});
