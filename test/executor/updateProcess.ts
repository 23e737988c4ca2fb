import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Update } from "./fixtures/applyUntilKilled";

export interface UpdateEnded {
	readonly killed: boolean;
	/** Ended with an error, which is the text. */
	readonly failed: boolean;
	readonly text: string;
}

/** Runs one update in a process of its own. It may be killed from inside (`killAt`), or by whoever gets hold of it here. */
export function runUpdate(
	update: Update,
	options: { readonly environment?: NodeJS.ProcessEnv; readonly meanwhile?: (child: ChildProcess) => void } = {},
): Promise<UpdateEnded> {
	return new Promise((resolve, reject) => {
		const child = spawn(
			process.execPath,
			["--import", "tsx", join(__dirname, "fixtures", "applyUntilKilled.ts"), JSON.stringify(update)],
			{ env: options.environment ?? process.env, stdio: ["ignore", "ignore", "pipe"] },
		);
		let text = "";
		child.stderr.on("data", (data: Buffer) => {
			text += data.toString();
		});
		child.on("error", reject);
		child.on("close", (code, signal) => {
			// Windows has no signals: who kills itself ends with 1 and without a word.
			const killed = signal === "SIGKILL" || (process.platform === "win32" && code === 1 && text === "");
			resolve({ killed, failed: code !== 0, text });
		});
		options.meanwhile?.(child);
	});
}
