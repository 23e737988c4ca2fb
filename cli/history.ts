import { statSync } from "node:fs";
import { Command, Option } from "commander";
import { type Content, readLedger } from "../provider/ledger/ledger";
import { readPlace } from "../provider/ledger/place";
import { endsOf, type LedgerRun, runsIn } from "../provider/ledger/runs";
import { ends } from "../provider/model/relationship";
import { ReplicationError } from "../provider/model/replicationError";
import { describeRun } from "./describeRun";
import { exitCodes } from "./exitCodes";
import { kinds, parseEnd, unreadableFile } from "./relationshipOptions";
import { journalInStack } from "./stackExport";
import { columnsOf } from "./table";

/** `pulumi-storage-replication history`: the runs of a ledger, newest last. */
export function historyCommand(): Command {
	return new Command("history")
		.description("show the runs of a ledger, newest last: who, why, each call, how it ended, is the data safe")
		.option("--journal <path>", "file or folder, as storageReplication:journal")
		.option("--stack <file>", "output of pulumi stack export: the ledger that its last up wrote to")
		.option("--host <name>", "only runs of relationships with an end at this host, and of groups there")
		.option("--source <host:disk>", "only runs of one relationship: its source", parseEnd)
		.option("--target <host:disk>", "and its target", parseEnd)
		.addOption(
			new Option("--kind <kind>", "and which one of them; default: all that are between the two").choices(
				Object.keys(kinds),
			),
		)
		.option("--group <host:group>", "only runs of one replication group, a ReplicationGroup", parseEnd)
		.option("--json", "print JSON, a run a line")
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication history --journal ledger.jsonl
  npx pulumi-storage-replication history --journal ledger/ \\
    --source east:Orders --target west:Orders-DR
  npx pulumi-storage-replication history --journal ledger/ --group east:Sales
  pulumi stack export > stack.json
  npx pulumi-storage-replication history --stack stack.json --json

Exit codes: 0 every line was read; 2 the command line is wrong, there is no such
ledger, or lines of it are malformed: they are named on standard error, and the
other runs are shown all the same.`,
		)
		.action((options: HistoryOptions, command: Command) => {
			const path = journalIn(options, command);
			const shown = chosenBy(options, command);
			const content = contentOf(path);
			const runs = runsIn(content.lines);
			for (const note of notesOn(content, runs)) process.stderr.write(`${note}\n`);
			if (content.bad.length > 0) process.exitCode = exitCodes.usage;
			const chosen = runs.filter(shown).sort((one, other) => one.started.at.localeCompare(other.started.at));
			process.stdout.write(options.json ? describeAsJson(chosen) : describe(chosen, runs));
		});
}

type DeclaredEnd = ReturnType<typeof parseEnd>;

interface HistoryOptions {
	readonly journal?: string;
	readonly stack?: string;
	readonly host?: string;
	readonly source?: DeclaredEnd;
	readonly target?: DeclaredEnd;
	readonly kind?: keyof typeof kinds;
	readonly group?: DeclaredEnd;
	readonly json?: boolean;
}

function journalIn({ journal, stack }: HistoryOptions, command: Command): string {
	if (journal !== undefined) return journal;
	if (stack !== undefined) return journalInStack(stack);
	return command.error("error: give --journal, or --stack with the output of pulumi stack export.");
}

function chosenBy(
	{ host, source, target, kind, group }: HistoryOptions,
	command: Command,
): (run: LedgerRun) => boolean {
	const isOfEnds = source !== undefined || target !== undefined || kind !== undefined;
	const asked = [host !== undefined, isOfEnds, group !== undefined].filter(Boolean).length;
	if (asked > 1 || (isOfEnds && (source === undefined || target === undefined)))
		return command.error("error: give either --source and --target, or --host, or --group.");
	if (host !== undefined)
		return ({ started }) => started.group?.host === host || ends.some((end) => started[end]?.host === host);
	if (group !== undefined) return ({ started }) => started.group !== undefined && isGroup(started.group, group);
	if (source === undefined || target === undefined) return () => true;
	// Declared the other way round it is the same relationship.
	return ({ started }) => {
		const told = endsOf(started);
		if (told === null || (kind !== undefined && (started.relationship ?? "Mirror") !== kinds[kind])) return false;
		return (
			(isAt(told.source, source) && isAt(told.target, target)) ||
			(isAt(told.source, target) && isAt(told.target, source))
		);
	};
}

function isAt({ host, virtualDisk, id }: NonNullable<LedgerRun["started"]["source"]>, end: DeclaredEnd): boolean {
	return host === end.host && isNamed([virtualDisk, id], end);
}

function isGroup({ host, friendlyName, id }: NonNullable<LedgerRun["started"]["group"]>, asked: DeclaredEnd): boolean {
	return host === asked.host && isNamed([friendlyName, id], asked);
}

function isNamed(names: readonly (string | null | undefined)[], { virtualDisk: wanted }: DeclaredEnd): boolean {
	return names.some((name) => name?.toLowerCase() === wanted.toLowerCase());
}

/** All of the ledger at this path. One that is not there is no empty one. */
export function contentOf(path: string): Content {
	try {
		const place = readPlace(path);
		// One that may not be looked at is not one that does not exist.
		if (statSync(place.path, { throwIfNoEntry: false }) !== undefined) return readLedger(place);
	} catch (error) {
		throw error instanceof ReplicationError ? error : unreadableFile("journal", path, error);
	}
	throw unreadableFile("journal", path, "it does not exist");
}

/** What is in the ledger and cannot be shown. */
export function notesOn({ lines, bad, newer }: Content, runs: readonly LedgerRun[]): string[] {
	const known = new Set(runs.map(({ started }) => started.run));
	const orphans = lines.filter(({ run }) => !known.has(run)).length;
	return [
		...bad.map(({ file, line, what }) => `${file}:${line}: left out, ${what}`),
		...(newer === 0 ? [] : [`${newer} lines left out: a newer release wrote them`]),
		...(orphans === 0 ? [] : [`${orphans} lines left out: of runs whose first line is not there`]),
	];
}

function describeAsJson(runs: readonly LedgerRun[]): string {
	return runs.map((run) => `${JSON.stringify(run)}\n`).join("");
}

function describe(chosen: readonly LedgerRun[], all: readonly LedgerRun[]): string {
	if (chosen.length === 0) return all.length === 0 ? "no runs\n" : "no runs of what was asked for\n";
	const columns = columnsOf(process.stdout);
	const followers = new Map(all.map((run) => [run.started.goesOnFrom, run]));
	return chosen.map((run) => describeRun(run, followers.get(run.started.run), columns)).join("\n");
}
