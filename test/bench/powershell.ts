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
