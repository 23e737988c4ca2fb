/** One in so many, for a run of everything; all of them with `WHOLE=1`, before a rule is changed for good. */
export function oneIn(n: number): number {
	return process.env.WHOLE === "1" ? 1 : n;
}
