import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { withFirstOnPath } from "../../scripts/engine";
import { runUpdate } from "../executor/updateProcess";
import { seeded } from "../planner/situations";
import { temporaryFolder } from "../temporaryFolder";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { requirePwsh } from "./realPowerShell";
import { StandIn, twoArrays } from "./standIn";

const kills = Number(process.env.KILLS ?? 4);

/** Failover, ReverseRoles and Resume: three operations, so three windows in which something is half done. */
const features = [32, 33];
const operations = [10, 20, 16];

describeWithPowerShell("a run over PowerShell that is cut off at any moment", () => {
	// Whose child a process is, /proc tells.
	for (const victim of process.platform === "linux" ? (["node", "pwsh"] as const) : (["node"] as const)) {
		test(`${victim} killed at ${kills} seeded times: the next run ends where the program says, nothing takes effect twice`, async () => {
			const random = seeded(victim === "node" ? 3 : 4);
			const undisturbed = site();
			await undisturbed.apply("active");
			const startedMs = performance.now();
			expect(await undisturbed.apply("reversed")).toMatchObject({ failed: false });
			const wholeMs = performance.now() - startedMs;
			let hits = 0;
			for (let index = 0; index < kills; index++) {
				// The first part of a run is the start of node and PowerShell, in which there is nothing to lose yet.
				const afterMs = wholeMs * (0.3 + 0.7 * random());
				const { standIn, apply } = site();
				expect(await apply("active")).toMatchObject({ failed: false });
				const first = await apply("reversed", (child) => {
					setTimeout(() => {
						if (victim === "node" ? child.kill("SIGKILL") : killPowerShell(child, random)) hits++;
					}, afterMs);
				});
				let ended = first;
				for (let tries = 0; ended.failed && tries < 3; tries++) ended = await apply("reversed");
				const name = `${victim} after ${Math.round(afterMs)} ms; first run: ${first.text}`;
				expect(ended, name).toMatchObject({ failed: false });
				expect(standIn.read().effects, name).toEqual(operations);
				expect(standIn.read().relationships[0], name).toMatchObject({ copyState: 4, source: "UID-West-0000" });
			}
			expect(hits, "kills that hit a living process").toBeGreaterThan(0);
		});
	}
});

function site() {
	const standIn = new StandIn(
		twoArrays(1, (state) => {
			for (const array of state.arrays) array.features = features;
			for (const relationship of state.relationships) Object.assign(relationship, { syncMode: 2, behindSeconds: null });
			state.settings.reads = 3;
		}),
	);
	const executable = requirePwsh();
	const local = { kind: "local", executable, requestTimeoutMs: 60_000 };
	const environment = withFirstOnPath(dirname(executable), { ...process.env, ...standIn.environment });
	const update = {
		hosts: { east: local, west: local },
		source: "Disk0000",
		target: "Disk0000-DR",
		stateFile: join(temporaryFolder("kill"), "record.json"),
		killAt: "never:1",
	};
	return {
		standIn,
		apply: (state: "active" | "reversed", meanwhile?: (child: ChildProcess) => void) =>
			runUpdate({ ...update, state }, { environment, ...(meanwhile === undefined ? {} : { meanwhile }) }),
	};
}

/** Kills one of the PowerShell processes that the update started; false: it has none at this moment. */
function killPowerShell({ pid }: ChildProcess, random: () => number): boolean {
	try {
		const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
		const shells = children.filter((child) => readFileSync(`/proc/${child}/comm`, "utf8").startsWith("pwsh"));
		const shell = shells[Math.floor(random() * shells.length)];
		return shell !== undefined && process.kill(Number(shell), "SIGKILL");
	} catch {
		return false;
	}
}
