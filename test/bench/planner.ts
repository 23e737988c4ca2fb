import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { planTransition } from "../../provider/planner/planTransition";
import type { Situation } from "../../provider/planner/situation";
import { randomSituation, seeded } from "../planner/situations";
import { describeSpread, type Row, spreadOf } from "./measure";

const promisedPerSecond = 20_000;

/** Without it what is measured is when the collector happened to run. */
function collectGarbage(): void {
	setFlagsFromString("--expose-gc");
	(runInNewContext("gc") as () => void)();
}

/** Situations a second on one core, refusals included, and what the memory does meanwhile. */
export function measurePlanner(): Row[] {
	const random = seeded(7);
	const situations: Situation[] = Array.from({ length: 20_000 }, () => randomSituation(random));
	const refused = situations.filter((situation) => planTransition(situation).outcome === "refused").length;
	const rates: number[] = [];
	collectGarbage();
	const heapBefore = process.memoryUsage().heapUsed;
	for (let round = 0; round < 7; round++) {
		const start = process.hrtime.bigint();
		for (const situation of situations) planTransition(situation);
		rates.push(situations.length / (Number(process.hrtime.bigint() - start) / 1e9));
	}
	collectGarbage();
	const grown = (process.memoryUsage().heapUsed - heapBefore) / 1024 / 1024;
	const spread = spreadOf(rates);
	return [
		{
			promise: `planner: at least ${promisedPerSecond} situations a second on one core`,
			measured: `${describeSpread(spread, 0)} a second, ${Math.round((100 * refused) / situations.length)} % refusals; heap ${grown.toFixed(1)} MiB larger after ${7 * situations.length}`,
			kept: spread.median >= promisedPerSecond && grown < 20,
		},
	];
}
