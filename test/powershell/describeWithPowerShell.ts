import { describe } from "vitest";
import { describeUnlessWindows, skipWithReason } from "../skipWithReason";
import { pwshPath } from "./realPowerShell";

/** Tests that need the engine: skipped with the reason where it is missing, failing if CI=true. */
export function describeWithPowerShell(title: string, body: () => void): void {
	if (pwshPath !== undefined) {
		describe(title, body);
		return;
	}
	const reason = "no pwsh on PATH and none in ../shared/powershell";
	if (process.env.CI === "true") throw new Error(`${reason}: CI must have one`);
	skipWithReason(title, reason);
}

/** Tests over the judge, which is written for PowerShell 7; on Windows the engine is 5.1. */
export function describeWithJudge(title: string, body: () => void): void {
	describeUnlessWindows(title, "the judge is written for PowerShell 7", () => describeWithPowerShell(title, body));
}
