import { spawn } from "node:child_process";
import { join } from "node:path";

/** Runs a fixture in a process of its own; resolves with what it printed and how it ended. */
export function runFixture(name: string, ...args: string[]) {
	return new Promise<{ readonly out: string; readonly code: number | null; readonly signal: string | null }>(
		(resolve, reject) => {
			const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "fixtures", name), ...args], {
				stdio: ["ignore", "pipe", "inherit"],
			});
			let out = "";
			child.stdout.on("data", (data: Buffer) => {
				out += data.toString();
			});
			child.on("error", reject);
			child.on("close", (code, signal) => resolve({ out, code, signal }));
		},
	);
}
