import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

const main = join(__dirname, "..", "..", "cli", "main.ts");
const loader = join(__dirname, "..", "..", "node_modules", "tsx", "dist", "cjs", "index.cjs");

/** One that goes on until it is told to stop. */
export function start(args: readonly string[], cwd = tmpdir()): ChildProcess {
	return spawn(process.execPath, ["--require", loader, main, ...args], { cwd, stdio: ["ignore", "ignore", "pipe"] });
}

/** The command line in a process of its own. */
export function run(
	args: readonly string[],
	options: {
		readonly input?: string | Iterable<string>;
		readonly cwd?: string;
		readonly node?: readonly string[];
	} = {},
) {
	return new Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>(
		(resolve, reject) => {
			const child = spawn(process.execPath, [...(options.node ?? []), "--require", loader, main, ...args], {
				cwd: options.cwd ?? tmpdir(),
			});
			const parts = { out: "", err: "" };
			child.stdout.on("data", (data: Buffer) => {
				parts.out += data.toString();
			});
			child.stderr.on("data", (data: Buffer) => {
				parts.err += data.toString();
			});
			child.on("error", reject);
			child.on("close", (code) => resolve({ code, ...parts }));
			void (async () => {
				const input = options.input ?? "";
				for (const piece of typeof input === "string" ? [input] : input) {
					if (!child.stdin.write(piece)) await new Promise((drained) => child.stdin.once("drain", drained));
				}
				child.stdin.end();
			})();
		},
	);
}
