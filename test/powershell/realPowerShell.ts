import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fakeProgram } from "../fakeProgram";

/** Windows PowerShell, on Windows: what the bridge uses there. */
export const windowsPowerShell: string | undefined =
	process.platform === "win32"
		? join(process.env.SystemRoot ?? "", "System32", "WindowsPowerShell", "v1.0", "powershell.exe")
		: undefined;

const onPath = [
	...(process.env.PATH ?? "").split(delimiter),
	resolve(__dirname, "../../../shared/powershell/linux-x64"),
].map((directory) => join(directory, "pwsh"));

/**
 * The real PowerShell engine, to be run over a stand-in: Windows PowerShell where there is one, else `pwsh` on PATH, else
 * the small one beside the checkout. `undefined` where there is none.
 */
export const pwshPath: string | undefined = windowsPowerShell ?? onPath.find(isExecutable);

let overStandIn: string | undefined;

/** A program that is started as `pwsh` is and runs the real engine over the stand-in on PSModulePath. */
export function requirePwsh(): string {
	if (pwshPath === undefined) throw new Error("no pwsh");
	if (windowsPowerShell === undefined) return pwshPath;
	overStandIn ??= fakeProgram(
		"pwsh",
		`const { overStandIn } = require(${JSON.stringify(resolve(__dirname, "../windows/windowsPowerShell.cjs"))});
		const executable = ${JSON.stringify(windowsPowerShell)};
		relay(executable, process.argv.slice(2), overStandIn(executable, process.env));`,
	);
	return overStandIn;
}

function isExecutable(path: string): boolean {
	if (!existsSync(path)) return false;
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
