import { renameSync, rmSync, writeFileSync } from "node:fs";
import { despiteBusy } from "../../provider/files/busyFiles";
import { errorCodes } from "../../provider/model/errorCodes";
import { ReplicationError } from "../../provider/model/replicationError";

/** Writes a file so that whoever reads it meanwhile sees the old one or the new one, never half of it. */
export function writeWhole(file: string, text: string): void {
	// Not by the name that a collector looks for.
	const made = `${file}.${process.pid}.tmp`;
	try {
		writeFileSync(made, text);
		despiteBusy(() => renameSync(made, file));
	} catch (error) {
		rmSync(made, { force: true });
		throw new ReplicationError(
			{
				code: errorCodes.invalidCommandLine,
				class: "user",
				what: `${file} could not be written: ${error instanceof Error ? error.message : String(error)}.`,
				dataSafety: "yes, nothing was changed.",
				remedy: "give a file in a folder that exists and may be written.",
			},
			{ cause: error },
		);
	}
}
