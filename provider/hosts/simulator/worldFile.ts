import {
	closeSync,
	existsSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { z } from "zod";
import { describeIssues } from "../../model/describeIssues";
import { errorCodes } from "../../model/errorCodes";
import { ReplicationError } from "../../model/replicationError";
import { parseWorld, type World } from "./world";

/** How long a caller waits for the file: another process holds it for milliseconds. */
const lockWaitMs = 10_000;
const lockPollMs = 10;

/** Reads the file. Writers replace it whole, so a reader never sees half of one and needs no lock. */
export function readWorld(file: string): World {
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch (error) {
		const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
		throw invalidFile(
			file,
			missing ? "it does not exist" : String(error),
			missing ? remedyForMissing(file) : undefined,
			error,
		);
	}
	try {
		return parseWorld(JSON.parse(text));
	} catch (error) {
		const what =
			error instanceof z.ZodError
				? describeIssues(error, "the file")
				: error instanceof Error
					? error.message
					: String(error);
		throw invalidFile(file, what, undefined, error);
	}
}

/**
 * Changes the file with nobody else in between, and replaces it in one piece: a process that dies at any point leaves
 * either the old world or the new one. What `change` returns comes back; what it throws leaves the file as it was.
 */
export async function changeWorld<T>(file: string, change: (world: World) => T): Promise<T> {
	const release = await lock(`${file}.lock`);
	try {
		const world = readWorld(file);
		const result = change(world);
		writeWorld(file, world);
		return result;
	} finally {
		release();
	}
}

/** Writes a world whole. No fsync: it must survive killed processes, not a power failure. */
export function writeWorld(file: string, world: World): void {
	const temporary = `${file}.${process.pid}.tmp`;
	writeFileSync(temporary, `${JSON.stringify(world, null, "\t")}\n`);
	renameSync(temporary, file);
}

async function lock(path: string): Promise<() => void> {
	const until = Date.now() + lockWaitMs;
	for (;;) {
		try {
			const handle = openSync(path, "wx");
			writeSync(handle, String(process.pid));
			closeSync(handle);
			return () => rmSync(path, { force: true });
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw invalidFile(path, String(error), undefined, error);
		}
		if (isAbandoned(path)) {
			breakLock(path);
			continue;
		}
		if (Date.now() > until) throw locked(path);
		await new Promise((resolve) => setTimeout(resolve, lockPollMs));
	}
}

/** The owner is dead, or it died between making the file and writing its number into it. */
function isAbandoned(path: string): boolean {
	try {
		const owner = Number(readFileSync(path, "utf8"));
		if (!Number.isInteger(owner) || owner <= 0) return Date.now() - statSync(path).mtimeMs > 1_000;
		process.kill(owner, 0);
		return false;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "ESRCH";
	}
}

/** Two that find the same abandoned lock must not both remove it: the one whose rename works does. */
function breakLock(path: string): void {
	const aside = `${path}.${process.pid}`;
	try {
		renameSync(path, aside);
		rmSync(aside, { force: true });
	} catch {
		// Somebody else was faster; the next turn sees what is there now.
	}
}

function remedyForMissing(file: string): string {
	return `make one: storage-replication simulator init --file ${file}.`;
}

function invalidFile(file: string, what: string, remedy?: string, cause?: unknown): ReplicationError {
	return new ReplicationError(
		{
			code: errorCodes.simulatorFileInvalid,
			class: "user",
			what: `the simulator's file ${file} cannot be used: ${what}.`,
			dataSafety: "yes, nothing was changed.",
			remedy: remedy ?? "mend the file, or make a new one: storage-replication simulator init --force.",
		},
		{ cause },
	);
}

function locked(path: string): ReplicationError {
	const owner = existsSync(path) ? readFileSync(path, "utf8") : "somebody";
	return new ReplicationError({
		code: errorCodes.simulatorFileLocked,
		class: "transport",
		what: `the simulator's file is locked by process ${owner} for more than ${lockWaitMs / 1000} s (${path}).`,
		dataSafety: "yes, nothing was changed.",
		remedy: "wait for that process, or end it.",
	});
}
