import { systemClock } from "../../provider/executor/clock";
import { Hosts } from "../../provider/executor/hosts";
import { lookAt } from "../../provider/executor/outlook";
import type { Request } from "../../provider/executor/request";
import { runTransition } from "../../provider/executor/transition";
import { wishFor } from "../../provider/executor/wish";
import { connectPowerShell } from "../../provider/hosts/powershell";
import { pwshPath } from "../powershell/realPowerShell";
import { StandIn, twoArrays } from "../powershell/standIn";
import { describeSpread, type Row, secondsOf, spreadOf } from "./measure";

const promisedAgainstProcesses = 20;
const promisedAgainstRequests = 3;

/**
 * Observing relationships over the real PowerShell: one request for all (ours), one request each in a living process,
 * one process each. The two naive ways are measured on a sample and told for all, because a thousand processes take
 * minutes; the sample's relationships come from arrays of one pair, which favours the naive ways.
 */
export async function measurePowerShell(counts: readonly number[], rounds: number): Promise<Row[]> {
	if (pwshPath === undefined)
		return [{ promise: "observation over PowerShell", measured: "not measured: no pwsh", kept: false }];
	const single = new StandIn(twoArrays(1));
	const entry = { name: "here", kind: "local", executable: pwshPath } as const;
	const sample = 20;
	const processEach: number[] = [];
	const requestEach: number[] = [];
	single.use();
	for (let round = 0; round < rounds; round++) {
		processEach.push(
			(await secondsOf(async () => {
				for (let index = 0; index < sample / 4; index++) {
					const host = connectPowerShell(entry);
					await host.observe();
					await host.close();
				}
			})) /
				(sample / 4),
		);
		const host = connectPowerShell(entry);
		await host.observe();
		requestEach.push(
			(await secondsOf(async () => {
				for (let index = 0; index < sample; index++) await host.observe();
			})) / sample,
		);
		await host.close();
	}
	const rows: Row[] = [];
	for (const count of counts) {
		new StandIn(twoArrays(count)).use();
		const host = connectPowerShell(entry);
		await host.observe();
		const all: number[] = [];
		for (let round = 0; round < rounds; round++) all.push(await secondsOf(() => host.observe()));
		await host.close();
		const ours = spreadOf(all);
		const overProcesses = (spreadOf(processEach).median * count) / ours.median;
		const overRequests = (spreadOf(requestEach).median * count) / ours.median;
		const promised = count >= 1_000;
		rows.push({
			promise: promised
				? `observing ${count} over PowerShell: at least ${promisedAgainstProcesses} × faster than a process each, ${promisedAgainstRequests} × than a request each`
				: `observing ${count} over PowerShell`,
			measured: `${describeSpread(ours, 3)} s; ${overProcesses.toFixed(0)} × and ${overRequests.toFixed(1)} × faster; ${Math.round(process.memoryUsage().rss / 1024 / 1024)} MiB`,
			kept: !promised || (overProcesses >= promisedAgainstProcesses && overRequests >= promisedAgainstRequests),
		});
	}
	return rows;
}

const promisedGrowth = 1.3;

/** Switching relationships over through PowerShell: what each takes must not grow with how many there are. */
export async function measurePowerShellSwitchover(counts: readonly number[]): Promise<Row[]> {
	if (pwshPath === undefined)
		return [{ promise: "switching over through PowerShell", measured: "not measured: no pwsh", kept: false }];
	const each: number[] = [];
	for (const count of counts) {
		new StandIn(
			twoArrays(count, (state) => {
				state.settings.reads = 0;
				for (const relationship of state.relationships)
					Object.assign(relationship, { syncMode: 2, behindSeconds: null });
			}),
		).use();
		const executable = pwshPath;
		const hosts = new Hosts((name) => connectPowerShell({ name, kind: "local", executable }), systemClock);
		const requests = Array.from({ length: count }, (_, index) => switchover(index));
		for (const request of requests) await lookAt(request, hosts, { freshness: "cached" });
		const around = { hosts, clock: systemClock, fence: async () => {}, report: () => {} };
		each.push((await secondsOf(() => Promise.all(requests.map((request) => runTransition(request, around))))) / count);
		await hosts.close();
	}
	const [first = Number.NaN, last = Number.NaN] = [each[0], each.at(-1)];
	return [
		{
			promise: `switching over through PowerShell: at ${counts.at(-1)} at most ${promisedGrowth} × the time for each at ${counts[0]}`,
			measured: `${(last / first).toFixed(2)} ×: ${counts.map((count, index) => `${each[index]?.toFixed(2)} s each of ${count}`).join(", ")}`,
			kept: last <= first * promisedGrowth,
		},
	];
}

function switchover(index: number): Request {
	const virtualDisk = `Disk${String(index).padStart(4, "0")}`;
	return {
		declared: {
			ends: { source: { host: "here", virtualDisk }, target: { host: "here", virtualDisk: `${virtualDisk}-DR` } },
			lost: null,
			knownIds: { source: null, target: null },
		},
		wish: wishFor({ state: "reversed" }),
		record: null,
	};
}
