/** Median, lowest and highest of some figures. */
export interface Spread {
	readonly median: number;
	readonly lowest: number;
	readonly highest: number;
}

export function spreadOf(figures: readonly number[]): Spread {
	const sorted = [...figures].sort((one, other) => one - other);
	const middle = Math.floor(sorted.length / 2);
	const upper = sorted[middle] ?? Number.NaN;
	const lower = sorted.length % 2 === 1 ? upper : (sorted[middle - 1] ?? upper);
	return { median: (upper + lower) / 2, lowest: sorted[0] ?? Number.NaN, highest: sorted.at(-1) ?? Number.NaN };
}

/** Seconds that something took. */
export async function secondsOf(act: () => Promise<unknown>): Promise<number> {
	const start = process.hrtime.bigint();
	await act();
	return Number(process.hrtime.bigint() - start) / 1e9;
}

export function describeSpread({ median, lowest, highest }: Spread, digits = 2): string {
	return `${median.toFixed(digits)} (${lowest.toFixed(digits)} to ${highest.toFixed(digits)})`;
}

/** One line of the result. */
export interface Row {
	readonly promise: string;
	readonly measured: string;
	readonly kept: boolean;
}
