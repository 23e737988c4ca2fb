import { expect, test } from "vitest";
import { endOf } from "../../scripts/pulumiProject";
import { describeWithEngine, tokenIn, useLab, wish } from "./lab";

describeWithEngine("the CLI is killed during an update", () => {
	const lab = useLab({ simulator: { profile: "srdf" } });

	test.each(["the CLI by SIGKILL", "the provider, between its call and the answer"])(
		"%s: cancel and up end where the program says, nothing is sent twice",
		async (victim) => {
			const { project, sites } = lab();
			await wish(lab(), { state: "active" });
			const started = await project.up();
			expect(started.exitCode, started.text).toBe(0);
			const before = sites.calls().length;
			await wish(lab(), { state: "suspended" });
			if (victim.startsWith("the CLI")) {
				await sites.addFault({ kind: "slow", factor: 10 });
				const child = project.start(["up", "--yes", "--skip-preview"]);
				const ended = endOf(child, "pulumi up");
				for (let tries = 0; tries < 600 && sites.calls().length === before; tries++) await pause(50);
				child.kill("SIGKILL");
				await ended;
				expect(sites.calls().length, "it was killed in the middle").toBe(before + 1);
				const provider = sites.calls().at(-1)?.process ?? 0;
				for (let tries = 0; tries < 400 && isAlive(provider); tries++) await pause(50);
				expect(isAlive(provider), "the provider does not stay behind").toBe(false);
			} else {
				await sites.addFault({ kind: "crash", effect: true, times: 1 });
				expect((await project.up()).exitCode).not.toBe(0);
			}
			await project.cancel();
			await sites.removeFaults();
			let up = await project.up();
			if (up.text.includes("SR5001")) {
				await wish(lab(), { approval: tokenIn(up.text) });
				up = await project.up();
			}
			expect(up.exitCode, up.text).toBe(0);
			expect(project.state().orders?.outputs?.copyState).toBe("Suspended");
			const sent = sites.calls().slice(before);
			expect(sent.map(({ operation }) => operation)).toEqual(["Suspend"]);
			expect((await project.preview("--expect-no-changes")).exitCode).toBe(0);
		},
	);

	test("a provider that is told to end by SIGINT finishes its step, issues nothing further, and up goes on from there", async () => {
		const { project, sites } = lab();
		await wish(lab(), { state: "active", approval: "" });
		const started = await project.up();
		expect(started.exitCode, started.text).toBe(0);
		const before = sites.calls().length;
		await wish(lab(), { state: "reversed" });
		await sites.addFault({ kind: "slow", factor: 10 });
		const ended = endOf(project.start(["up", "--yes", "--skip-preview"]), "pulumi up");
		for (let tries = 0; tries < 600 && sites.calls().length === before; tries++) await pause(50);
		const provider = sites.calls().at(-1)?.process ?? 0;
		expect(provider, "not the process of the tests").not.toBe(process.pid);
		process.kill(provider, "SIGINT");
		const up = await ended;
		expect(up.exitCode, up.text).not.toBe(0);
		const issued = () =>
			sites
				.calls()
				.slice(before)
				.map(({ operation }) => operation);
		expect(issued()).toEqual(["Failover"]);
		expect(isAlive(provider), "the provider does not stay behind").toBe(false);
		expect(project.state().orders?.initErrors?.join(), "what it had done is stored").toContain("SR5006");
		await sites.removeFaults();
		let again = await project.up();
		if (again.text.includes("SR5001")) {
			// Nobody watched the disks between that Failover and now.
			await wish(lab(), { approval: tokenIn(again.text) });
			again = await project.up();
		}
		expect(again.exitCode, again.text).toBe(0);
		expect(issued()).toEqual(["Failover", "ReverseRoles", "Resume"]);
		expect(sites.writes().lost).toBe(0);
	});
});

function isAlive(provider: number): boolean {
	try {
		process.kill(provider, 0);
		return true;
	} catch {
		return false;
	}
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
