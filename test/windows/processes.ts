import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { compileForWindows } from "../fakeProgram";
import { isRunning } from "../isRunning";
import { runScript } from "./runScript";
import type { Transcript } from "./transcript";

const onWindows = process.platform === "win32";
const heldArguments = ["--import", "tsx", join(__dirname, "held.ts")];
/** How long a process may take to be gone. */
const goneMs = 15_000;

const told = z.union([
	z.object({ facts: z.looseObject({ version: z.string(), edition: z.string() }), processes: z.array(z.number()) }),
	z.object({ error: z.string() }),
]);
type Told = z.infer<typeof told>;

interface Held {
	readonly child: ChildProcess;
	readonly told: Told;
}

/** How PowerShell lives and ends below a process of ours. `executable`: not the one that the bridge chooses. */
export async function checkProcesses(transcript: Transcript, executable?: string): Promise<void> {
	const env = { ...process.env, ...(executable === undefined ? {} : { HELD_EXECUTABLE: executable }) };
	await endsWithItsParent(transcript, env);
	// DETACHED_PROCESS: no console at all, as below a service.
	await answers(transcript, "without a console", process.execPath, heldArguments, { env, detached: true });
	if (!onWindows) return;
	for (const page of [437, 850, 65001]) {
		const line = `"chcp ${page} >nul & "${process.execPath}" --import tsx "${heldArguments[2]}""`;
		const options = { env, windowsVerbatimArguments: true, windowsHide: true };
		await answers(transcript, `code page ${page}`, process.env.ComSpec ?? "cmd.exe", ["/d", "/s", "/c", line], options);
	}
	await endsByCtrlBreak(transcript, env);
	await refusesConstrainedLanguage(transcript, env);
}

async function endsWithItsParent(transcript: Transcript, env: NodeJS.ProcessEnv): Promise<void> {
	const held = await hold(process.execPath, heldArguments, { env });
	transcript.note("PowerShell below Node", held.told);
	if ("error" in held.told) {
		transcript.expect("PowerShell starts", false, held.told.error);
		return;
	}
	const { facts, processes } = held.told;
	if (onWindows)
		transcript.expect(
			"it is Windows PowerShell 5.1",
			facts.edition === "Desktop" && facts.version.startsWith("5.1."),
			facts,
		);
	transcript.expect(
		"one process was started and runs",
		processes.length === 1 && processes.every(isRunning),
		processes,
	);
	held.child.kill("SIGKILL");
	transcript.expect("it is gone when Node was ended", await gone(processes), processes);
}

async function answers(
	transcript: Transcript,
	how: string,
	file: string,
	args: readonly string[],
	options: SpawnOptions,
): Promise<void> {
	const held = await hold(file, args, options);
	transcript.expect(`PowerShell answers: ${how}`, "facts" in held.told, held.told);
	held.child.kill("SIGKILL");
	if ("facts" in held.told) transcript.expect(`and is gone: ${how}`, await gone(held.told.processes));
}

/** As Pulumi ends a provider: CTRL_BREAK to the process group that it was started in. */
async function endsByCtrlBreak(transcript: Transcript, env: NodeJS.ProcessEnv): Promise<void> {
	const line = [process.execPath, ...heldArguments].map((part) => `"${part}"`).join(" ");
	const held = await hold(compileForWindows("ctrlBreak.cs"), [line], { env, stdio: ["pipe", "pipe", "inherit"] });
	const ended = nextLine(held.child);
	held.child.stdin?.end("break\n");
	const said = await ended;
	transcript.expect("CTRL_BREAK ends Node with 149", said === `exit ${128 + constants.signals.SIGBREAK}`, said);
	if ("facts" in held.told)
		transcript.expect("and its PowerShell", await gone(held.told.processes), held.told.processes);
	else transcript.expect("PowerShell starts below CTRL_BREAK", false, held.told.error);
}

/** As WDAC and AppLocker have it, by the variable that PowerShell has for trying it out. */
async function refusesConstrainedLanguage(transcript: Transcript, env: NodeJS.ProcessEnv): Promise<void> {
	await runScript("languageMode.ps1", { MODE: "constrained" });
	try {
		const held = await hold(process.execPath, heldArguments, { env });
		held.child.kill("SIGKILL");
		const words = "error" in held.told ? held.told.error : "it answered";
		transcript.expect("Constrained Language Mode is named", words.includes("InConstrainedLanguage"), words);
	} finally {
		await runScript("languageMode.ps1", { MODE: "full" });
	}
}

/** Starts a process and waits for the line that it says. */
async function hold(file: string, args: readonly string[], options: SpawnOptions): Promise<Held> {
	const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"], windowsHide: true, ...options });
	const line = await nextLine(child);
	return { child, told: line === null ? { error: "it ended without a word" } : told.parse(JSON.parse(line)) };
}

const readers = new WeakMap<ChildProcess, AsyncIterator<string>>();

/** The next line of its output, null at the end of it. */
async function nextLine(child: ChildProcess): Promise<string | null> {
	if (child.stdout === null) throw new Error("its output is not read");
	let lines = readers.get(child);
	if (lines === undefined) {
		lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
		readers.set(child, lines);
	}
	const { value, done } = await lines.next();
	return done === true ? null : value;
}

async function gone(processes: readonly number[]): Promise<boolean> {
	for (const until = Date.now() + goneMs; Date.now() < until; ) {
		if (!processes.some(isRunning)) return true;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	return false;
}
