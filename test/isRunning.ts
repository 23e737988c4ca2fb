import { readFileSync } from "node:fs";

/** Whether a process lives. Zombies are dead: whoever inherited them has only not asked yet. */
export function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
	} catch {
		return false;
	}
	try {
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
	} catch {
		// No /proc where there are no zombies, or it ended between the two questions.
		return process.platform !== "linux";
	}
}
