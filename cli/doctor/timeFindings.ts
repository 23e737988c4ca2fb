import type { HostRecord } from "../../provider/hosts/report/report";
import { type Finding, ok, warning } from "./finding";

type Contact = Extract<NonNullable<HostRecord["contact"]>, { ok: true }>["value"];

/** Round trips and clocks that differ by more than this are worth a word. */
const slowRoundTripMs = 5_000;
const clockDifferenceMs = 5_000;

export function timeFindings({ roundTripMs, aheadMs }: Contact): Finding[] {
	const text = `${roundTripMs} ms`;
	const roundTrip =
		roundTripMs <= slowRoundTripMs
			? ok("round trip", text)
			: warning("round trip", text, "use a management server that is nearer to the array.");
	return [roundTrip, clockFinding(aheadMs)];
}

function clockFinding(aheadMs: number | null): Finding {
	if (aheadMs === null) {
		const remedy =
			"give the account Remote Enable on root/cimv2 (Win32_OperatingSystem): unknown lag counts as too much.";
		return warning("clock", "the host's clock may not be read, so no lag is known", remedy);
	}
	const apart = `the host's clock is ${Math.abs(aheadMs)} ms ${aheadMs < 0 ? "behind" : "ahead of"} ours`;
	if (Math.abs(aheadMs) <= clockDifferenceMs) return ok("clock", apart);
	return warning("clock", apart, "synchronize the clocks: lag and job times are read by the host's clock.");
}
