import { readFileSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import { type HostsConfig, readHostsConfig } from "../provider/hosts/hostsConfig";
import { errorCodes } from "../provider/model/errorCodes";
import { ReplicationError } from "../provider/model/replicationError";

/** `east:Orders`: a host's name, and a disk by friendly name, UniqueId or ObjectId (which may hold colons itself). */
export function parseEnd(value: string): { readonly host: string; readonly virtualDisk: string } {
	const colon = value.indexOf(":");
	if (colon < 1 || colon === value.length - 1)
		throw new InvalidArgumentError("expected HOST:DISK, for example east:Orders.");
	return { host: value.slice(0, colon), virtualDisk: value.slice(colon + 1) };
}

/** The hosts of a JSON file with the content of `storageReplication:hosts`; without one, those that need no configuration. */
export function readHostsFile(path: string | undefined): HostsConfig {
	if (path === undefined) return readHostsConfig(undefined);
	try {
		return readHostsConfig(readFileSync(path, "utf8"));
	} catch (error) {
		if (error instanceof ReplicationError) throw error;
		throw new ReplicationError(
			{
				code: errorCodes.invalidCommandLine,
				class: "user",
				what: `the hosts file ${path} could not be read: ${error instanceof Error ? error.message : String(error)}.`,
				dataSafety: "yes, nothing was changed.",
				remedy: "give a JSON file with the content of storageReplication:hosts.",
			},
			{ cause: error },
		);
	}
}
