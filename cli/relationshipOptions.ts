import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import type { Declared } from "../provider/executor/declared";
import { type HostsConfig, readHostsConfig } from "../provider/hosts/hostsConfig";
import { errorCodes } from "../provider/model/errorCodes";
import type { PerEnd } from "../provider/model/relationship";
import { ReplicationError } from "../provider/model/replicationError";

/** `east:Orders`: a host's name, and a disk or group by friendly name, UniqueId or ObjectId (which may hold colons itself). */
export function parseEnd(value: string): { readonly host: string; readonly virtualDisk: string } {
	const colon = value.indexOf(":");
	if (colon < 1 || colon === value.length - 1)
		throw new InvalidArgumentError("expected HOST:NAME, for example east:Orders.");
	return { host: value.slice(0, colon), virtualDisk: value.slice(colon + 1) };
}

/** What `--kind` takes. */
export const kinds = { mirror: "Mirror", snapshot: "Snapshot", clone: "Clone" } as const;

/** Which relationship is meant: of two disks, or of two replication groups. */
export interface EndOptions {
	readonly source?: ReturnType<typeof parseEnd>;
	readonly target?: ReturnType<typeof parseEnd>;
	readonly sourceGroup?: ReturnType<typeof parseEnd>;
	readonly targetGroup?: ReturnType<typeof parseEnd>;
	readonly kind?: keyof typeof kinds;
}

export function withEnds(command: Command): Command {
	return command
		.option("--source <host:disk>", "the declared source", parseEnd)
		.option("--target <host:disk>", "the declared target", parseEnd)
		.option("--source-group <host:group>", "or the replication group that is the declared source", parseEnd)
		.option("--target-group <host:group>", "and the one that is the declared target", parseEnd);
}

/** `null`: neither two disks nor two groups, or both; groups mirror each other and nothing else. */
export function endsIn({ source, target, sourceGroup, targetGroup, kind }: EndOptions): Declared["ends"] | null {
	if (sourceGroup === undefined && targetGroup === undefined)
		return source === undefined || target === undefined ? null : { source, target };
	const isBoth = source !== undefined || target !== undefined;
	if (isBoth || sourceGroup === undefined || targetGroup === undefined || (kind ?? "mirror") !== "mirror") return null;
	const subject = "group" as const;
	return { source: { ...sourceGroup, subject }, target: { ...targetGroup, subject } };
}

/** A pair of a group as `--pair` takes it, which may be repeated. */
export function addPair(value: string, before: readonly PerEnd<string>[] = []): readonly PerEnd<string>[] {
	const [source, target, ...more] = value.split("=");
	if (!source || !target || more.length > 0)
		throw new InvalidArgumentError("expected SOURCE=TARGET, for example Orders=Orders-DR.");
	return [...before, { source, target }];
}

/** The hosts of a JSON file with the content of `storageReplication:hosts`; without one, those that need no configuration. */
export function readHostsFile(path: string | undefined): HostsConfig {
	if (path === undefined) return readHostsConfig(undefined);
	let value: unknown;
	try {
		value = JSON.parse(readFileSync(path, "utf8"));
	} catch (error) {
		throw unreadableFile("hosts", path, error);
	}
	return readHostsConfig(value);
}

/** A file that the command line names and that is not there, may not be read, or is not what it should be. */
export function unreadableFile(kind: keyof typeof contents, path: string, error: unknown): ReplicationError {
	return new ReplicationError(
		{
			code: errorCodes.invalidCommandLine,
			class: "user",
			what: `the ${kind} file ${path} could not be read: ${reasonOf(error)}.`,
			dataSafety: "yes, nothing was changed.",
			remedy: `give ${contents[kind]}.`,
		},
		{ cause: error },
	);
}

function reasonOf(error: unknown): string {
	// Its message quotes the text around the mistake, which may be a password.
	if (error instanceof SyntaxError) return "it is not JSON";
	return error instanceof Error ? error.message : String(error);
}

const contents = {
	hosts: "a JSON file with the content of storageReplication:hosts",
	journal: "what storageReplication:journal names, a file or a folder of a run that wrote to it",
	preview: "what pulumi preview --json prints; if it is empty, the preview's own error says why",
	situations: "a file with one situation a line, as docs/planning.md describes them",
	stack: "a file with the output of pulumi stack export",
} as const;
