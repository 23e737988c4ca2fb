import { Command, InvalidArgumentError, Option } from "commander";
import * as z from "zod";
import { systemClock } from "../provider/executor/clock";
import { Hosts } from "../provider/executor/hosts";
import { connectHosts } from "../provider/hosts/hostsConfig";
import { ReplicationError } from "../provider/model/replicationError";
import { type Condition, type Estate, estateSchema } from "./estate/estate";
import { readEstate } from "./estate/readEstate";
import { type SourceOptions, sourcesIn } from "./estate/sources";
import { writeWhole } from "./estate/writeWhole";
import { describeMetrics } from "./listMetrics";
import { describeEstate } from "./listTable";
import { columnsOf } from "./table";

/** What `list` ends with, by the worst that it found; 1 and 2 are those of every command. */
export const listExitCodes: Readonly<Record<Condition, number>> = { well: 0, notice: 3, attention: 4, unread: 5 };

const formats = ["table", "json", "openmetrics", "prometheus"] as const;

interface ListOptions extends SourceOptions {
	readonly format: (typeof formats)[number];
	readonly json?: boolean;
	readonly schema?: boolean;
	readonly output?: string;
	readonly watch?: number | true;
}

const watchSeconds = 10;

/** `pulumi-storage-replication list`: every relationship and replication group of an estate, the worst first, and the metrics of it. */
export function listCommand(): Command {
	return withSources(new Command("list"))
		.description(
			"every relationship of a stack or of hosts, and every replication group of a stack, the worst first: who serves, how far the copy is behind, what the next up does, whether a failover is possible now",
		)
		.addOption(new Option("--format <format>", "how it is printed").choices(formats).default("table"))
		.option("--json", "the same as --format json")
		.option("--schema", "print the JSON schema of --json, and nothing else")
		.option("--output <file>", "write it to a file, whole or not at all")
		.option("--watch [seconds]", `again and again, every ${watchSeconds} s if nothing else is said`, positive)
		.addHelpText(
			"after",
			`
Examples:
  pulumi stack export > stack.json
  npx pulumi-storage-replication list --stack stack.json
  npx pulumi-storage-replication list --hosts hosts.json --host east --host west
  npx pulumi-storage-replication list --hosts hosts.json --watch 5
  npx pulumi-storage-replication list --stack stack.json --watch 60 \\
    --format prometheus --output /var/lib/node_exporter/replication.prom

With a stack what is wished is what its last up wished, not what a program says
that was changed since: that is told by pulumi preview.

Exit codes: 0 all is well; 3 something is under way, or is no protection because
that was wished; 4 something waits for a person; 5 something could not be read.
The highest counts. 1 it could not be done; 2 the command line, or a file that
it names, is wrong.`,
		)
		.action(async (options: ListOptions, command: Command) => {
			if (options.schema) {
				process.stdout.write(`${JSON.stringify(z.toJSONSchema(estateSchema), null, "\t")}\n`);
				return;
			}
			await list(options, command);
		});
}

/** What both `list` and `report` read. */
export function withSources(command: Command): Command {
	return command
		.option("--stack <file>", "output of pulumi stack export: what is declared, and the hosts of its last up")
		.option(
			"--host <name>",
			"every relationship that this host sees; may be given more than once",
			(name: string, names: string[] = []) => [...names, name],
		)
		.option("--hosts <file>", "JSON file with the content of storageReplication:hosts; alone: all of them")
		.option("--journal <path>", "the ledger; default: that of the stack")
		.option("--lag-limit <seconds>", "how far a copy may be behind, whatever is declared", positive);
}

export function noSources(command: Command): never {
	return command.error("error: give --stack, --host or --hosts.");
}

async function list(options: ListOptions, command: Command): Promise<void> {
	const { config } = sourcesOf(options, command);
	const hosts = new Hosts(connectHosts(config), systemClock);
	const stopped = new AbortController();
	if (options.watch !== undefined) process.once("SIGINT", () => stopped.abort());
	try {
		process.exitCode = await listOnce(options, command, hosts);
		if (options.watch === undefined) return;
		const seconds = options.watch === true ? watchSeconds : options.watch;
		for (;;) {
			await systemClock.sleep(seconds * 1_000, stopped.signal);
			if (stopped.signal.aborted) return;
			process.exitCode = await listOnce(options, command, hosts).catch(toldAndUnread);
		}
	} finally {
		await hosts.close();
	}
}

async function listOnce(options: ListOptions, command: Command, hosts: Hosts): Promise<number> {
	const estate = await readEstate(sourcesOf(options, command), hosts, systemClock);
	show(estate, options);
	return listExitCodes[estate.summary.condition];
}

/** An export that is just being written is no reason to stop watching. */
function toldAndUnread(error: unknown): number {
	if (!(error instanceof ReplicationError)) throw error;
	process.stderr.write(`${error.message}\n`);
	return listExitCodes.unread;
}

/** Read in every round: a ledger grows, and an export may be a new one. */
function sourcesOf(options: ListOptions, command: Command) {
	const sources = sourcesIn(options);
	const isOfRuns = options.stack === undefined && options.host === undefined && options.hosts === undefined;
	return sources === null || isOfRuns ? noSources(command) : sources;
}

function show(estate: Estate, options: ListOptions): void {
	if (options.output !== undefined) {
		writeWhole(options.output, textOf(estate, options, { columns: Number.POSITIVE_INFINITY, colors: false }));
		return;
	}
	const { stdout } = process;
	const isScreen = stdout.isTTY === true;
	if (isScreen && options.watch !== undefined) stdout.write("\u001b[H\u001b[2J");
	stdout.write(textOf(estate, options, { columns: columnsOf(stdout), colors: isScreen && stdout.hasColors() }));
}

function textOf(
	estate: Estate,
	options: ListOptions,
	screen: { readonly columns: number; readonly colors: boolean },
): string {
	const format = options.json === true ? "json" : options.format;
	switch (format) {
		case "table":
			return describeEstate(estate, screen);
		case "json":
			return `${JSON.stringify(estate)}\n`;
		case "openmetrics":
		case "prometheus":
			return describeMetrics(estate, format);
		default:
			return format satisfies never;
	}
}

function positive(value: string): number {
	const number = Number(value);
	if (!(number > 0 && number <= 86_400)) throw new InvalidArgumentError("expected seconds, above 0 and at most a day.");
	return number;
}
