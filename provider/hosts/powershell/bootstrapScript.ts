import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Beside this file, in the source tree and in the package. The last one ends with the ready frame. */
export const scriptFiles = ["groups.ps1", "bootstrap.ps1"] as const;

let line: string | undefined;

/**
 * The line that loads the script into a PowerShell process, and one more. The second is what any language mode runs: when it arrives without the ready frame, the script
 * was refused, and its body is the id of the error. The id tells why in every language of Windows, the message does not;
 * what a body may not hold is replaced.
 */
export function bootstrapLines(): string {
	if (line === undefined) {
		const parts = scriptFiles.map((name) => readFileSync(join(__dirname, name)));
		const script = Buffer.concat(parts).toString("base64");
		line =
			`. ([scriptblock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${script}'))))\n` +
			"'<<PSR:' + '1:' + (\"$($Error[0].FullyQualifiedErrorId)\" -replace '[^A-Za-z0-9]', '/') + '>>'\n";
	}
	return line;
}

export const readyId = "0";
export const loadedId = "1";
