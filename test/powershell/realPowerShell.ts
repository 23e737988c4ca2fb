import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/**
 * The real PowerShell engine: `pwsh` on PATH, else the small one beside the checkout. `undefined` where there is none.
 */
export const pwshPath: string | undefined = [
	...(process.env.PATH ?? "").split(delimiter),
	resolve(__dirname, "../../../shared/powershell/linux-x64"),
]
	.map((directory) => join(directory, "pwsh"))
	.find(isExecutable);

export function requirePwsh(): string {
	if (pwshPath === undefined) throw new Error("no pwsh");
	return pwshPath;
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
