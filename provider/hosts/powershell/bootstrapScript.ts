import { readFileSync } from "node:fs";
import { join } from "node:path";

let line: string | undefined;

/**
 * The line that loads `bootstrap.ps1` (beside this file, in the source tree and in the package) into a PowerShell
 * process, and one more. The second is what any language mode runs: when it arrives without the ready frame, the script
 * was refused, and its body is the id of the error. The id tells why in every language of Windows, the message does not;
 * what a body may not hold is replaced.
 */
export function bootstrapLines(): string {
	if (line === undefined) {
		const script = readFileSync(join(__dirname, "bootstrap.ps1")).toString("base64");
		line =
			`. ([scriptblock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${script}'))))\n` +
			"'<<PSR:' + '1:' + (\"$($Error[0].FullyQualifiedErrorId)\" -replace '[^A-Za-z0-9]', '/') + '>>'\n";
	}
	return line;
}

export const readyId = "0";
export const loadedId = "1";
