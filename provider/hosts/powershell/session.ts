import { answer, type FailureAnswer, type ReadyAnswer, readyAnswer } from "./answers";
import { BridgeFailure } from "./bridgeFailure";
import type { PowerShellEntry } from "./entry";
import { launchOf } from "./launch";
import { limits } from "./limits";
import { PowerShellProcess } from "./process";
import { passwordOf, redactor } from "./redact";

/** A process with the script loaded and, for `cim`, its session open. All of it within the time. */
export async function openProcess(
	entry: PowerShellEntry,
	startTimeoutMs: number,
	requestTimeoutMs: number,
): Promise<{ readonly process: PowerShellProcess; readonly ready: ReadyAnswer }> {
	const deadline = performance.now() + startTimeoutMs;
	const process = new PowerShellProcess(launchOf(entry), redactor(entry));
	try {
		const loaded = answer.parse(await process.start(startTimeoutMs));
		const ready = readyAnswer.parse(loaded.ok ? loaded.value : undefined);
		const leftMs = Math.max(1_000, deadline - performance.now());
		const opened = answer.parse(await process.request(openRequest(entry, requestTimeoutMs), leftMs, passwordOf(entry)));
		if (!opened.ok) throw notOpened(opened, redactor(entry));
		return { process, ready };
	} catch (error) {
		process.end();
		if (error instanceof BridgeFailure) throw new BridgeFailure("notStarted", false, error.message, { cause: error });
		throw new BridgeFailure("notStarted", false, `its answer at the start cannot be read: ${String(error)}`, {
			cause: error,
		});
	}
}

/** Removes the CimSession, if there is one and the process still answers. */
export async function closeSession(entry: PowerShellEntry, process: PowerShellProcess): Promise<void> {
	if (entry.kind !== "cim" || !process.alive) return;
	await process.request({ command: "close" }, limits.closeTimeoutMs).catch(() => {});
}

function openRequest(entry: PowerShellEntry, requestTimeoutMs: number) {
	// Smaller than our own limit, so that the far side's error arrives; at least a second, because 0 means its default.
	const operationTimeoutSec = Math.max(1, Math.floor((requestTimeoutMs - limits.operationTimeoutMarginMs) / 1000));
	const open = { command: "open", operationTimeoutSec };
	if (entry.kind !== "cim") return { ...open, computerName: null, userName: null };
	const { computerName, protocol = "wsman", port = null, useSsl = false, authentication = "Default" } = entry;
	const userName = entry.credential?.username ?? null;
	return { ...open, computerName, userName, protocol, port, useSsl, authentication };
}

/** With the error record, because the ids in it tell one trouble from another (troubles.ts). */
function notOpened(failure: FailureAnswer, redact: (text: string) => string): BridgeFailure {
	const { message, detail, category, errorId } = failure;
	const what = redact(`the connection was not opened: ${message} (${category}, ${errorId})`);
	const cause = { ...failure, message: redact(message), detail: detail === null ? null : redact(detail) };
	return new BridgeFailure("notStarted", false, what, { cause });
}
