/** SyncTime and the host's clock are rounded differently; beyond this a negative lag means that clocks disagree. */
const roundingSeconds = 1;

/**
 * Seconds from a SyncTime to the host's clock; `null` where that cannot be said. Clocks that disagree make the lag
 * unknown, which counts as too much, never as zero.
 */
export function secondsBehind(syncTime: string, hostTime: string | null): number | null {
	if (hostTime === null) return null;
	const behind = (millisecondsOf(hostTime) - millisecondsOf(syncTime)) / 1000;
	if (!Number.isFinite(behind) || behind < -roundingSeconds) return null;
	return Math.max(0, Math.round(behind * 10) / 10);
}

/** The same moment in ISO 8601; `null`: it is no time. */
export function isoTimeOf(time: string): string | null {
	const milliseconds = millisecondsOf(time);
	return Number.isFinite(milliseconds) ? new Date(milliseconds).toISOString() : null;
}

const cimDateTime = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})\.(\d{6})([+-])(\d{3})$/;

/** ISO 8601, or CIM's own form `yyyymmddHHMMSS.mmmmmm+UUU` with the offset in minutes; NaN otherwise. */
function millisecondsOf(time: string): number {
	const parts = cimDateTime.exec(time.trim());
	if (parts === null) return Date.parse(time);
	const [year, month, day, hour, minute, second, micro] = parts.slice(1, 8).map(Number) as [
		number,
		number,
		number,
		number,
		number,
		number,
		number,
	];
	const offsetMinutes = Number(`${parts[8]}${parts[9]}`);
	return Date.UTC(year, month - 1, day, hour, minute, second, Math.floor(micro / 1000)) - offsetMinutes * 60_000;
}
