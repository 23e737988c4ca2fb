import { execFile } from "node:child_process";
import { join } from "node:path";
import { environmentFor } from "../../provider/hosts/powershell/launch";
import { pwshPath } from "../powershell/realPowerShell";

/** Runs a script of this folder in the PowerShell that the bridge uses; what it wrote, or its error with all that it wrote. */
export function runScript(name: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
	if (pwshPath === undefined) throw new Error("no PowerShell");
	const executable = pwshPath;
	const file = ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", join(__dirname, name)];
	const env = { ...environmentFor({ executable, options: {} }), ...variables, NO_COLOR: "1", TERM: "dumb" };
	return new Promise((resolve, reject) => {
		execFile(executable, file, { env, windowsHide: true, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
			if (error === null) resolve(stdout);
			else reject(new Error(`${name}: ${error.message}\n${stdout}\n${stderr}`));
		});
	});
}
