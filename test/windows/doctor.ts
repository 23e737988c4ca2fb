import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Transcript } from "./transcript";

/** What the built command says of this machine, or of the hosts in the file that HOSTS names. */
export async function checkDoctor(transcript: Transcript): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "doctor-"));
	try {
		const own = join(folder, "hosts.json");
		writeFileSync(own, JSON.stringify({ here: { kind: "local" } }));
		const command = resolve(__dirname, "../../dist/cli/main.js");
		const run = spawnSync(process.execPath, [command, "doctor", "--json", "--hosts", process.env.HOSTS ?? own], {
			encoding: "utf8",
			windowsHide: true,
		});
		transcript.note("doctor said", { status: run.status, stdout: run.stdout, stderr: run.stderr });
		// 1 is an answer: a runner has no array. It must be one all the same.
		const answered = run.status === 0 || run.status === 1;
		transcript.expect("doctor answers in JSON", answered && isList(run.stdout), run.stderr);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function isList(text: string): boolean {
	try {
		const value: unknown = JSON.parse(text);
		return Array.isArray(value) && value.length > 0;
	} catch {
		return false;
	}
}
