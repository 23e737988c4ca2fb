import { resolve } from "node:path";
import { removeTemporaryFolders } from "../temporaryFolder";
import { checkCalls } from "./calls";
import { checkClasses } from "./classes";
import { checkDoctor } from "./doctor";
import { checkErrorIds, checkUnprivileged } from "./errorIds";
import { checkLoopback } from "./loopback";
import { checkProcesses } from "./processes";
import { Transcript } from "./transcript";

/** What can be asked of a real Windows, by the names that the workflows use. `loopback` changes the machine for good. */
export const checks: Readonly<Record<string, (transcript: Transcript) => Promise<void>>> = {
	classes: checkClasses,
	errorIds: checkErrorIds,
	unprivileged: checkUnprivileged,
	processes: (transcript) => checkProcesses(transcript),
	calls: checkCalls,
	loopback: checkLoopback,
	doctor: checkDoctor,
};

/** Runs one check, writes what it saw to transcript/, says what did not hold. The exit code is 1 then. */
export async function runCheck(name: string, folder: string, say: (line: string) => void): Promise<number> {
	const check = checks[name];
	if (check === undefined) {
		say(`no check ${name}; there are ${Object.keys(checks).join(", ")}`);
		return 2;
	}
	const transcript = new Transcript();
	try {
		await check(transcript);
	} catch (error) {
		transcript.expect("the check itself", false, String(error));
	}
	transcript.write(folder, name);
	for (const failure of transcript.failures) say(`NOT ${failure}`);
	say(`${name}: ${transcript.expectations - transcript.failures.length} of ${transcript.expectations} hold`);
	return transcript.failures.length === 0 ? 0 : 1;
}

if (require.main === module) {
	runCheck(process.argv[2] ?? "", resolve("transcript"), (line) => console.log(line)).then((code) => {
		process.exitCode = code;
		removeTemporaryFolders();
	});
}
