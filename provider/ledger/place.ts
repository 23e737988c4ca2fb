import { statSync } from "node:fs";
import { sep } from "node:path";
import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";

/** Where a ledger is: one file that all runs append to, or a folder in which each process has a file of its own. */
export interface LedgerPlace {
	readonly kind: "file" | "folder";
	readonly path: string;
}

/** Reads `storageReplication:journal`. A relative path is one from the project's folder, where the provider runs. */
export function readPlace(text: string): LedgerPlace {
	if (text.endsWith("/") || text.endsWith(sep)) return { kind: "folder", path: text };
	const there = statSync(text, { throwIfNoEntry: false });
	if (there?.isDirectory()) return { kind: "folder", path: text };
	if (there !== undefined || text.endsWith(".jsonl")) return { kind: "file", path: text };
	// A folder that is not mounted must not become a file of its name.
	throw new ReplicationError({
		code: errorCodes.invalidHostsConfig,
		class: "user",
		what: `storageReplication:journal: ${text} does not exist, and its name does not tell whether it is to be a file or a folder.`,
		dataSafety: "yes, nothing was sent.",
		remedy: "end a file's name in .jsonl and a folder's in /, or make it first.",
	});
}
