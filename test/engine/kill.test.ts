import { expect, test } from "vitest";
import { type Ended, endOf } from "../../scripts/pulumiProject";
import { describeWithEngine, type Lab, tokenIn, useLab, wish } from "./lab";

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
			const up = await upWithConsent(lab());
			expect(up.exitCode, up.text).toBe(0);
			expect(project.state().orders?.outputs?.copyState).toBe("Suspended");
			expect(sentSince(lab(), before)).toEqual(["Suspend"]);
			expect((await project.preview("--expect-no-changes")).exitCode).toBe(0);
		},
	);

	test("one Ctrl-C while a copy runs: how far it got is stored long before the copy ends, and up goes on from there", async () => {
		const { project, sites } = lab();
		await wish(lab(), { state: "suspended", approval: "" });
		const started = await upWithConsent(lab());
		expect(started.exitCode, started.text).toBe(0);
		const before = sites.calls().length;
		await wish(lab(), { state: "active" });
		// The copy takes 25 minutes.
		await sites.addFault({ kind: "slow", factor: 1_000 });
		const child = project.start(["up", "--yes", "--skip-preview"]);
		const ended = endOf(child, "pulumi up");
		for (let tries = 0; tries < 1_200 && !isCopying(lab()); tries++) await pause(25);
		const provider = sites.calls().at(-1)?.process ?? 0;
		child.kill("SIGINT");
		const up = await ended;
		expect(up.exitCode, up.text).not.toBe(0);
		expect(isCopying(lab()), up.text).toBe(true);
		expect(isAlive(provider), "the provider does not stay behind").toBe(false);
		expect(project.state().orders?.initErrors?.join(), up.text).toMatch(/SR5006.*Resume.*cancelled/);
		expect(project.stateText()).not.toContain('pending_operations": [');
		await sites.removeFaults();
		await sites.advance(3_600_000);
		const again = await upWithConsent(lab());
		expect(again.exitCode, again.text).toBe(0);
		expect(sentSince(lab(), before)).toEqual(["Resume"]);
		expect(sites.writes().lost).toBe(0);
	});

	test("Ctrl-C twice in the middle of a step: nothing follows it, nobody stays behind, and up goes on from there", async () => {
		const { project, sites } = lab();
		await wish(lab(), { state: "active", approval: "" });
		const started = await upWithConsent(lab());
		expect(started.exitCode, started.text).toBe(0);
		const before = sites.calls().length;
		await wish(lab(), { state: "reversed", approval: "" });
		await sites.addFault({ kind: "slow", factor: 10 });
		const child = project.start(["up", "--yes", "--skip-preview"]);
		const ended = endOf(child, "pulumi up");
		for (let tries = 0; tries < 1_200 && sites.calls().length === before; tries++) await pause(25);
		const provider = sites.calls().at(-1)?.process ?? 0;
		child.kill("SIGINT");
		await pause(50);
		child.kill("SIGINT");
		const up = await ended;
		expect(up.exitCode, up.text).not.toBe(0);
		for (let tries = 0; tries < 400 && isAlive(provider); tries++) await pause(50);
		expect(isAlive(provider), "the provider does not stay behind").toBe(false);
		expect(sentSince(lab(), before)).toEqual(["Failover"]);
		await project.cancel();
		await sites.removeFaults();
		const again = await upWithConsent(lab());
		expect(again.exitCode, again.text).toBe(0);
		expect(sentSince(lab(), before)).toEqual(["Failover", "ReverseRoles", "Resume"]);
		expect(sites.writes().lost).toBe(0);
	});

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
		expect(sentSince(lab(), before)).toEqual(["Failover"]);
		expect(isAlive(provider), "the provider does not stay behind").toBe(false);
		expect(project.state().orders?.initErrors?.join(), "what it had done is stored").toContain("SR5006");
		await sites.removeFaults();
		const again = await upWithConsent(lab());
		expect(again.exitCode, again.text).toBe(0);
		expect(sentSince(lab(), before)).toEqual(["Failover", "ReverseRoles", "Resume"]);
		expect(sites.writes().lost).toBe(0);
	});
});

/** Runs `up`, and once more with the token that it asks for: nobody watched the disks between two runs. */
async function upWithConsent(lab: Lab): Promise<Ended> {
	const up = await lab.project.up();
	if (!up.text.includes("SR5001")) return up;
	await wish(lab, { approval: tokenIn(up.text) });
	return lab.project.up();
}

function sentSince({ sites }: Lab, from: number): (string | null)[] {
	return sites
		.calls()
		.slice(from)
		.map(({ operation }) => operation);
}

function isCopying({ sites }: Lab): boolean {
	return sites.look().relationships.some(({ copy }) => copy !== null);
}

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

describeWithEngine("the CLI is killed during the very first create", () => {
	const lab = useLab();

	test("docs/runbooks.md, After a kill: cancel, up, and once a refresh that clears what is pending", async () => {
		const { project, sites } = lab();
		await wish(lab(), { state: "suspended" });
		await sites.addFault({ kind: "slow", factor: 2_000 });
		const child = project.start(["up", "--yes", "--skip-preview"]);
		const ended = endOf(child, "pulumi up");
		for (let tries = 0; tries < 1_200 && sites.calls().length === 0; tries++) await pause(25);
		child.kill("SIGKILL");
		await ended;
		await sites.removeFaults();
		await sites.advance(3_600_000);
		const locked = await project.up();
		expect(locked.exitCode).not.toBe(0);
		expect(locked.text).toContain("pulumi cancel");
		await project.cancel();
		const up = await project.up();
		expect(up.exitCode, up.text).toBe(0);
		const refresh = await project.run(["refresh", "--yes", "--clear-pending-creates"]);
		expect(refresh.exitCode, refresh.text).toBe(0);
		expect(project.stateText()).not.toContain('pending_operations": [');
		expect(sites.calls().map(({ operation }) => operation)).toEqual(["Suspend"]);
	});
});
