import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { isRunning } from "../isRunning";
import { describeUnlessWindows } from "../skipWithReason";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { StandIn, twoArrays } from "./standIn";

const fixture = resolve(__dirname, "fixtures/holdHost.ts");

describeUnlessWindows("no PowerShell is left behind", "no signals there: test/windows/processes.ts", () => {
	describeWithPowerShell("no PowerShell is left behind", () => {
		test("a normal end closes it, and an idle one does not keep Node alive", async () => {
			const { child, standIn } = await start("end");
			expect(await exitOf(child)).toBe(0);
			await expectNoneLeft(standIn);
		});

		test.each(["SIGTERM", "SIGINT"] as const)("%s ends a busy one too, and Node by that signal", async (signal) => {
			const { child, standIn } = await start("busy", (count) => count === 2);
			child.kill(signal);
			expect(await exitOf(child)).toBe(signal);
			await expectNoneLeft(standIn);
		});

		test("when Node is killed, an idle one ends", async () => {
			const { child, standIn } = await start("idle");
			child.kill("SIGKILL");
			await exitOf(child);
			await expectNoneLeft(standIn);
		});

		test("when Node is killed, a busy one ends after its call", async () => {
			const { child, standIn } = await start("busy", (count) => count === 2, { kind: "delay", ms: 2_000 });
			child.kill("SIGKILL");
			await exitOf(child);
			await expectNoneLeft(standIn);
		});
	});
});

type Slow = { kind: "hang" } | { kind: "delay"; ms: number };

/** Starts the fixture and waits until it has observed, and until so many reads of disks have begun. */
async function start(mode: string, reached: (reads: number) => boolean = () => true, slow: Slow = { kind: "hang" }) {
	const standIn = new StandIn(twoArrays());
	const child = spawn(process.execPath, ["--import", "tsx", fixture, mode], {
		env: { ...process.env, ...standIn.environment },
		stdio: ["ignore", "pipe", "inherit"],
	});
	await new Promise<void>((done) => child.stdout.once("data", () => done()));
	if (mode === "busy") {
		standIn.change((state) => {
			state.faults = [{ on: "MSFT_StorageSubSystem", times: 1, ...slow }];
		});
		const looks = () => standIn.calls().filter(({ class: name }) => name === "MSFT_StorageSubSystem").length;
		await expect.poll(() => reached(looks())).toBe(true);
	}
	return { child, standIn };
}

function exitOf(child: ChildProcess): Promise<number | string | null> {
	if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.signalCode ?? child.exitCode);
	return new Promise((done) => child.once("exit", (code, signal) => done(signal ?? code)));
}

async function expectNoneLeft(standIn: StandIn): Promise<void> {
	const processes = [...new Set(standIn.calls().map(({ process }) => process))];
	expect(processes.length).toBeGreaterThan(0);
	await expect.poll(() => processes.filter(isRunning)).toEqual([]);
}
