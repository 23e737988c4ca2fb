// Puts a program in the place of this one: for fakes that stand between the bridge and a real PowerShell.
const { spawn } = require("node:child_process");

/** How long a program whose caller is gone may go on, on Windows. */
const orphanMs = 3_000;

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, firstInput?: string, onInput?: (chunk: Buffer) => void, changeLine?: (line: string) => string }} options
 */
exports.relay = (file, args, { env = process.env, firstInput = "", onInput = () => {}, changeLine } = {}) => {
	const output = changeLine === undefined ? "inherit" : "pipe";
	const child = spawn(file, args, { env, stdio: ["pipe", output, "inherit"], windowsHide: true });
	child.stdin.on("error", () => {});
	child.stdin.write(firstInput);
	process.stdin.on("data", onInput);
	process.stdin.pipe(child.stdin);
	if (changeLine !== undefined) {
		require("node:readline")
			.createInterface({ input: child.stdout })
			.on("line", (line) => process.stdout.write(`${changeLine(line)}\n`));
	}
	// Who ends us ends what we stand for. Windows does not tell us: there our input closes.
	for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => child.kill());
	process.stdin.on("end", () => {
		if (process.platform === "win32") setTimeout(() => child.kill(), orphanMs).unref();
	});
	child.on("error", (error) => {
		process.stderr.write(`${error.message}\n`);
		process.exit(127);
	});
	child.on("close", (code) => process.exit(code ?? 1));
};
