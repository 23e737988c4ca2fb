import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { describeWithEngine, receivedSince, useLab, wish } from "../engine/lab";
import { skipWithReason } from "../skipWithReason";
import { git, missingPrograms, Runner } from "./runner";

const missing = process.platform === "win32" ? ["a shell of Unix"] : missingPrograms();

/** The three take turns: what their jobs run is the same (templates.test.ts). */
if (missing.length > 0)
	skipWithReason("the pipelines, from pull request to switch-over", `there is no ${missing.join(", ")}`);
else
	describeWithEngine("the pipelines, from pull request to switch-over", () => {
		const lab = useLab();
		let runner: Runner;
		beforeAll(async () => {
			const { project } = lab();
			expect((await project.up()).exitCode).toBe(0);
			runner = new Runner(project);
		});
		const summaryIn = (workspace: string) => readFileSync(join(workspace, "summary.md"), "utf8");

		test("GitHub: a pull request shows what it would do, and sends nothing", async () => {
			await wish(lab(), { state: "suspended" });
			runner.push("pause");
			const before = lab().sites.calls().length;
			const { workspace, exitCode, text } = await runner.run("github", "preview");
			expect(exitCode, text).toBe(0);
			expect(summaryIn(workspace)).toMatch(
				/1 relationship: 1 changes\..*### `orders` changes.*1\. Suspend \(22\) at east/s,
			);
			expect(readFileSync(join(workspace, "step-summary.md"), "utf8")).toBe(summaryIn(workspace));
			expect(receivedSince(lab(), before)).toEqual([]);
		});

		test("Azure: a merge saves a plan, and the gated job runs it in a workspace of its own", async () => {
			const before = lab().sites.calls().length;
			const plan = await runner.run("azure", "plan");
			expect(plan.exitCode, plan.text).toBe(0);
			expect(receivedSince(lab(), before)).toEqual([]);
			const up = await runner.run("azure", "up", {}, { from: plan.workspace, files: ["plan.json"] });
			expect(up.exitCode, up.text).toBe(0);
			expect(receivedSince(lab(), before)).toEqual(["Suspend at east"]);
		});

		test("GitLab: the drift check is silent, finds what somebody changed, and sends nothing", async () => {
			const { sites } = lab();
			const before = sites.calls().length;
			const none = await runner.run("gitlab", "drift");
			expect(none.exitCode, none.text).toBe(0);
			const turn = (copyState: number) =>
				sites.change(({ relationships }) => {
					for (const relationship of relationships) relationship.copyState = copyState;
				});
			await turn(2);
			const drift = await runner.run("gitlab", "drift");
			expect(drift.exitCode, drift.text).toBe(7);
			expect(receivedSince(lab(), before)).toEqual([]);
			await turn(9);
		});

		test("GitHub: a disaster. The token of the summary, given to the gated job, is the consent", async () => {
			const { sites } = lab();
			await wish(lab(), { state: "active" });
			await sites.array("east-array").lose();
			const before = sites.calls().length;
			const given = { state: "failedOver", failoverTo: "target", lost: "source", reason: "CHG-4711 `id` $(id)" };
			const plan = await runner.run("github", "planSwitchOver", given);
			expect(plan.exitCode, plan.text).toBe(0);
			const token = /the token is \*\*`([0-9a-f-]+)`\*\*/.exec(summaryIn(plan.workspace))?.[1];
			const files = ["plan.json", "Pulumi.dev.yaml"];

			const without = await runner.run("github", "switchOver", given, { from: plan.workspace, files });
			expect(without.exitCode, without.text).not.toBe(0);
			expect(without.text).toContain("SR5001");
			expect(receivedSince(lab(), before)).toEqual([]);

			const up = await runner.run(
				"github",
				"switchOver",
				{ ...given, approvals: token },
				{ from: plan.workspace, files },
			);
			expect(up.exitCode, up.text).toBe(0);
			expect(receivedSince(lab(), before)).toEqual(["Failover at west"]);
			for (const file of files) expect(readFileSync(join(plan.workspace, file), "utf8")).not.toContain(token);
			expect(git(runner.origin, "log", "-1", "--format=%B", "switch-over-8123").trim()).toBe(
				`Switched over: failedOver\n\n${given.reason}`,
			);
			expect(git(runner.origin, "show", "switch-over-8123:Pulumi.dev.yaml")).toMatch(/program:state: failedOver/);
			expect(existsSync(join(up.workspace, "uid"))).toBe(false);
		});
	});
