import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { despiteBusy } from "../../files/busyFiles";
import { LockHeld, lock } from "../../files/lock";
import { describeIssues } from "../../model/describeIssues";
import { errorCodes } from "../../model/errorCodes";
import { ReplicationError } from "../../model/replicationError";
import { readWorldText, type World } from "./world";

/** Reads the file. Writers replace it whole, so a reader never sees half of one and needs no lock. */
export function readWorld(file: string): World {
	let text: string;
	try {
		text = despiteBusy(() => readFileSync(file, "utf8"));
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
		return readWorldText(text);
	} catch (error) {
		throw invalidFile(file, describeInvalid(error), undefined, error);
	}
}

/** What keeps a world from being one, with the place. */
export function describeInvalid(error: unknown): string {
	if (!(error instanceof z.ZodError)) return error instanceof Error ? error.message : String(error);
	return describeIssues(error, "the file");
}

/**
 * Changes the file with nobody else in between, and replaces it in one piece: a process that dies at any point leaves
 * either the old world or the new one. What `change` returns comes back; what it throws leaves the file as it was.
 */
export async function changeWorld<T>(file: string, change: (world: World) => T): Promise<T> {
	const release = await lock(`${file}.lock`).catch((error: unknown) => {
		throw error instanceof LockHeld ? locked(error) : unwritable(file, error);
	});
	try {
		const world = readWorld(file);
		const result = change(world);
		writeWorld(file, world);
		return result;
	} finally {
		release();
	}
}

/** Writes a world whole. It is on the disk before it takes the old one's name: else a power failure leaves neither. */
export function writeWorld(file: string, world: World): void {
	const temporary = `${file}.${process.pid}.tmp`;
	try {
		despiteBusy(() => writeFileSync(temporary, `${JSON.stringify(world, null, "\t")}\n`, { flush: true }));
		despiteBusy(() => renameSync(temporary, file));
	} catch (error) {
		throw unwritable(file, error);
	}
}

/** A line for every contact, beside the file: readings leave no other trace. */
export function logContact(file: string, contact: Readonly<Record<string, unknown>>): void {
	try {
		despiteBusy(() => appendFileSync(`${file}.log`, `${JSON.stringify(contact)}\n`));
	} catch (error) {
		throw unwritable(file, error);
	}
}

/** Hosts that have asked for anything so far. */
export function contactedHosts(file: string): string[] {
	try {
		const lines = readFileSync(`${file}.log`, "utf8").trimEnd().split("\n");
		return [...new Set(lines.map((line) => (JSON.parse(line) as { host: string }).host))];
	} catch {
		// No log, or one that somebody cut: nobody is known by it.
		return [];
	}
}

function remedyForMissing(file: string): string {
	return `make one: npx pulumi-storage-replication simulator init --file ${file}.`;
}

function locked(held: LockHeld): ReplicationError {
	return new ReplicationError({
		code: errorCodes.simulatorFileLocked,
		class: "transport",
		what: `the simulator's file is ${held.message}.`,
		dataSafety: "yes, nothing was changed.",
		remedy: "wait for that process, or end it; if it is none that uses the file, remove the lock.",
	});
}

function unwritable(file: string, error: unknown): ReplicationError {
	const remedy = "make its folder one that this account may write to, or name a file in another one.";
	return invalidFile(file, String(error), remedy, error);
}

function invalidFile(file: string, what: string, remedy?: string, cause?: unknown): ReplicationError {
	return new ReplicationError(
		{
			code: errorCodes.simulatorFileInvalid,
			class: "user",
			what: `the simulator's file ${file} cannot be used: ${what}.`,
			dataSafety: "yes, nothing was changed.",
			remedy: remedy ?? "mend the file, or make a new one: npx pulumi-storage-replication simulator init --force.",
		},
		{ cause },
	);
}
