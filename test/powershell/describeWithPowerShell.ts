import { describe } from "vitest";
import { pwshPath } from "./realPowerShell";

/** Tests that need the engine: skipped with the reason where it is missing, failing if CI=true. */
export function describeWithPowerShell(title: string, body: () => void): void {
	if (pwshPath !== undefined) {
		// Starting a PowerShell takes a fifth of a second on a free machine, and seconds on a busy one.
		describe(title, { timeout: 30_000 }, body);
		return;
	}
	if (process.env.CI === "true") throw new Error("no pwsh on PATH and none in ../shared/powershell: CI must have one");
	describe.skip(`${title} (skipped: no pwsh on PATH and none in ../shared/powershell)`, body);
}
