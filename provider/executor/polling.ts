/** The first look at what was sent comes at once, later ones further apart: short steps stay short, long copies cost little. */
export const firstPollMs = 250;
const mostPollMs = 5_000;
const pollGrowth = 1.5;

export function nextPollMs(pollMs: number): number {
	return Math.min(pollMs * pollGrowth, mostPollMs);
}

/** How long a host may be unreadable while a step is under way. */
export const unreadableMs = 120_000;
