import { constants } from "node:os";

/**
 * No PowerShell outlives us. Idle ones end by themselves when stdin closes, whatever ended Node; a busy one would
 * finish its call first. So on a normal end and on a signal nobody else handles they are ended here.
 */
export interface Owned {
	/** Ends the process at once, without waiting. */
	end(): void;
}

const owned = new Set<Owned>();
// SIGBREAK is how Pulumi ends a provider on Windows (CTRL_BREAK); elsewhere nobody sends it.
const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const;

export function own(item: Owned): void {
	if (owned.size === 0) {
		process.on("exit", endAll);
		for (const signal of signals) process.on(signal, onSignal);
	}
	owned.add(item);
}

export function disown(item: Owned): void {
	if (!owned.delete(item) || owned.size > 0) return;
	process.removeListener("exit", endAll);
	for (const signal of signals) process.removeListener(signal, onSignal);
}

function endAll(): void {
	for (const item of owned) item.end();
}

/** A handler of ours must not keep Node alive where the signal would have ended it, nor end it where others decide. */
function onSignal(signal: NodeJS.Signals): void {
	if (process.listenerCount(signal) > 1) return;
	endAll();
	for (const each of signals) process.removeListener(each, onSignal);
	endBy(signal);
}

/**
 * Windows has no signal to send oneself but SIGINT, SIGTERM, SIGKILL and SIGQUIT: SIGBREAK, which is how Pulumi ends a
 * provider there, fails with ENOSYS (libuv, src/win/process.c), and Node would live on.
 */
export function endBy(signal: NodeJS.Signals, { platform, pid, kill, exit }: EndingProcess = process): void {
	if (platform === "win32") exit(128 + constants.signals[signal]);
	else kill(pid, signal);
}

type EndingProcess = Pick<NodeJS.Process, "platform" | "pid" | "kill" | "exit">;
