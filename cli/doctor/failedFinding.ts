import type { PowerShellEntry } from "../../provider/hosts/powershell";
import { describeException } from "../../provider/hosts/powershell/callErrors";
import { troubles } from "../../provider/hosts/powershell/troubles";
import type { FailedRead } from "../../provider/hosts/report/report";
import { errorCodes } from "../../provider/model/errorCodes";
import type { Finding } from "./finding";

/** A read that had no answer. Out of a file what happened comes without words: its ids and the trouble tell then. */
export function failedFinding(check: string, failed: FailedRead, entry: PowerShellEntry | null): Finding {
	const { code, what, trouble, exception } = failed;
	const told = what || (exception === null ? (trouble ?? "its words are left out") : describeException(exception));
	return { level: "stop", check, text: `${code}: ${told}`, remedy: remedyOf(failed, entry) };
}

function remedyOf({ code, trouble }: FailedRead, entry: PowerShellEntry | null): string {
	if (trouble !== null) return troubles[trouble].remedy;
	if (code === errorCodes.hostUnreachable && entry !== null) return `try ${attempt(entry)}`;
	return "report this with the file of npx pulumi-storage-replication doctor --report.";
}

/** The contact without us. */
function attempt(entry: PowerShellEntry): string {
	switch (entry.kind) {
		case "local":
			return `${entry.executable ?? "PowerShell"} -NoProfile -Command 1 on this machine; it must answer.`;
		case "cim":
			return "New-CimSession to that computer from here, and look at what it says.";
		case "ssh": {
			const port = entry.port === undefined ? "" : `-p ${entry.port} `;
			const user = entry.user === undefined ? "" : `${entry.user}@`;
			return `ssh -o BatchMode=yes ${port}${user}${entry.address} ${entry.executable ?? "powershell.exe"} -NoProfile -Command 1; it must answer without a question.`;
		}
		default:
			return entry satisfies never;
	}
}
