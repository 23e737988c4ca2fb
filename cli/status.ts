import { Command, Option } from "commander";
import type { Declared } from "../provider/executor/declared";
import type { HostStatus, ListedRelationship } from "../provider/hostStatus";
import { copyClassOf } from "../provider/lifecycle/copyArguments";
import { ends } from "../provider/model/relationship";
import { type DiskHealth, type GroupsStatus, type PairStatus, type Status, statusReader } from "../provider/status";
import { type Paint, paintFor } from "./color";
import { exitCodes } from "./exitCodes";
import { type EndOptions, endsIn, kinds, readHostsFile, withEnds } from "./relationshipOptions";
import { columnsOf, describeRows, describeTable, wrapped } from "./table";

/** `pulumi-storage-replication status`: relationships, live, with the lag and percentage that are in no Pulumi output. */
export function statusCommand(): Command {
	return withEnds(new Command("status"))
		.description("show a relationship, or all that a host sees, as they are now: state, roles, percentage, lag")
		.addOption(
			new Option("--kind <kind>", "which one; default: the mirror, else what there is").choices(Object.keys(kinds)),
		)
		.option("--host <name>", "every relationship that this host sees, the worst first")
		.option("--hosts <file>", "JSON file with the content of storageReplication:hosts")
		.option("--json", "print JSON")
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication status --hosts hosts.json \\
    --source east:Orders --target west:Orders-DR
  npx pulumi-storage-replication status --hosts hosts.json \\
    --source-group east:Sales --target-group west:Sales-DR
  npx pulumi-storage-replication status --hosts hosts.json --host east
  npx pulumi-storage-replication status --json \\
    --source simulator:Orders --target simulator:Orders-DR

Exit codes: 0 everything was read, and what is there, or that there is none, is
told; 1 something could not be read: it is named, and not told as absent;
2 the command line or the hosts file is wrong.`,
		)
		.action(async (options: StatusOptions, command: Command) => {
			const asked = askedIn(options, command);
			const reader = statusReader(readHostsFile(options.hosts));
			const columns = columnsOf(process.stdout);
			const paint = paintFor(process.stdout);
			try {
				if (asked.kind === "host") {
					const status = await reader.readHost(asked.host);
					print(options, status, () => describeHostStatus(status, columns, paint));
					if (status.unread.length > 0) process.exitCode = exitCodes.failed;
				} else if (asked.kind === "groups") {
					const status = await reader.readGroups(asked.ends, "fresh");
					print(options, status, () => describeGroups(status, columns));
					const isUnread = status.pairs?.some(({ copyState }) => copyState === null) === true;
					if (isUnread || ends.some((end) => status.unread[end] !== null)) process.exitCode = exitCodes.failed;
				} else {
					const status = await reader.read(asked.ends, "fresh", options.kind && kinds[options.kind]);
					print(options, status, () => describeStatus(status, columns));
					if (ends.some((end) => status.unread[end] !== null)) process.exitCode = exitCodes.failed;
				}
			} finally {
				await reader.close();
			}
		});
}

interface StatusOptions extends EndOptions {
	readonly host?: string;
	readonly hosts?: string;
	readonly json?: boolean;
}

type Asked =
	| { readonly kind: "host"; readonly host: string }
	| { readonly kind: "relationship" | "groups"; readonly ends: Declared["ends"] };

function askedIn(options: StatusOptions, command: Command): Asked {
	const { source, target, sourceGroup, targetGroup, host } = options;
	const isOne = [source, target, sourceGroup, targetGroup].some((end) => end !== undefined);
	if (host !== undefined && !isOne) return { kind: "host", host };
	const ends = host === undefined ? endsIn(options) : null;
	if (ends !== null) return { kind: ends.source.subject === "group" ? "groups" : "relationship", ends };
	return command.error(
		"error: give either --source and --target, or --source-group and --target-group of a mirror, or --host.",
	);
}

function print(options: StatusOptions, status: unknown, describe: () => string): void {
	process.stdout.write(options.json ? `${JSON.stringify(status)}\n` : describe());
}

function describeStatus(status: Status, columns: number): string {
	const { contradiction } = status;
	const isCopy = copyClassOf(status.kind) !== null;
	const rows: [string, string][] =
		status.presence === "absent"
			? [["relationship", "none"]]
			: [
					...standingRows(status, isCopy ? "copied from" : "serving"),
					...(isCopy ? copyRows(status) : [["mode", status.syncMode] as [string, string]]),
					["synchronized", describePercent(status.percentSynced) ?? "not reported"],
					["behind", describeLag(status.lagSeconds) ?? "not reported"],
				];
	for (const end of ends) {
		const health = status.health[end];
		if (health !== null) rows.push([`${end} disk`, describeHealth(health)]);
		const reason = status.unread[end];
		if (reason !== null) rows.push([`${end} not read`, reason]);
	}
	if (contradiction !== null) rows.push(["contradiction", contradiction]);
	for (const difference of status.differences) rows.push(["difference", difference]);
	return describeRows(rows, columns);
}

/** Which end serves is what a contradiction leaves open. */
function standingRows(status: Status | GroupsStatus, serving: string): [string, string][] {
	const { copyState, progressStatus, direction, contradiction, kind, primary, secondary } = status;
	const place = ({ host, virtualDisk }: Status["primary"]) =>
		contradiction === null ? `${virtualDisk} at ${host}` : "not known";
	return [
		["state", `${copyState} (${progressStatus})${contradiction === null ? `, ${direction}` : ""}`],
		["kind", kind],
		[serving, place(primary)],
		["copy", place(secondary)],
	];
}

function describeGroups(status: GroupsStatus, columns: number): string {
	const { contradiction, pairs, consistency } = status;
	const pairRow = ({ source, target, ...pair }: PairStatus): [string, string] => {
		if (pair.copyState === null) return ["pair", `${source}: not read, although its host can be`];
		const told = [
			`${pair.copyState} (${pair.progressStatus}), ${pair.direction}`,
			describePercent(pair.percentSynced),
			pair.lagSeconds === null ? null : `${describeLag(pair.lagSeconds)} behind`,
		];
		return ["pair", `${source} to ${target}: ${told.filter((each) => each !== null).join(", ")}`];
	};
	const rows: [string, string][] =
		status.presence === "absent"
			? [["relationship", "none"]]
			: [
					...standingRows(status, "serving"),
					["mode", status.syncMode],
					["consistent", consistency === null ? "not reported" : consistency ? "yes" : "no"],
					["synchronized", describePercent(status.percentSynced) ?? "not reported"],
					["behind", describeLag(status.lagSeconds) ?? "not reported"],
					...(pairs?.map(pairRow) ?? [["pairs", "none is listed by itself"] as [string, string]]),
				];
	for (const end of ends) {
		const reason = status.unread[end];
		if (reason !== null) rows.push([`${end} not read`, reason]);
	}
	if (contradiction !== null) rows.push(["contradiction", contradiction]);
	for (const difference of status.differences) rows.push(["difference", difference]);
	return describeRows(rows, columns);
}

function copyRows({ complete, pointInTime }: Status): [string, string][] {
	return [
		["complete", complete === null ? "not known" : complete ? "yes" : "no"],
		["point in time", pointInTime ?? "not reported"],
	];
}

function describeHealth({ healthStatus, operationalStatus }: DiskHealth): string {
	const details = operationalStatus.length === 0 ? "" : ` (${operationalStatus.join(", ")})`;
	return `${healthStatus ?? "health not reported"}${details}`;
}

/** A table, then what no cell has room for, then what could not be read. */
function describeHostStatus(
	{ host, relationships, groups, unread }: HostStatus,
	columns: number,
	paint: Paint,
): string {
	const inLines = (text: string) => `${wrapped(text, columns - 2).join("\n  ")}\n`;
	const notes = relationships.flatMap((relationship) => notesOn(relationship));
	// What ails a pair is told of the pair.
	const rows = [...groups, ...relationships];
	const told = [
		...notes.map((note) => paint("doubtful", inLines(note))),
		...unread.map((what) => paint("bad", inLines(`not read: ${what}`))),
	];
	const list =
		rows.length > 0
			? describeTable(["serving", "copy", "kind", "state", "synced", "behind"], rows.map(cellsOf), columns)
			: unread.length > 0
				? `host ${host}: which relationships it has is not known\n`
				: `host ${host} has no relationships\n`;
	return [list, ...(told.length === 0 ? [] : ["\n"]), ...told].join("");
}

function cellsOf(relationship: ListedRelationship): string[] {
	const { kind, copyState, progressStatus, rolesKnown } = relationship;
	const [serving, copy] = servingFirst(relationship).map(({ virtualDisk }) =>
		rolesKnown ? virtualDisk : `${virtualDisk} ?`,
	);
	return [
		serving ?? "",
		copy ?? "",
		kind,
		settled.includes(progressStatus) ? copyState : `${copyState}, ${progressStatus}`,
		describePercent(relationship.percentSynced) ?? "-",
		describeLag(relationship.lagSeconds) ?? "-",
	];
}

const settled: readonly string[] = ["Completed", "Dormant", "NotApplicable", "Unknown"];

/** Failed over, or on the way there, the target serves. */
function servingFirst({ source, target, copyState, progressStatus }: ListedRelationship) {
	return copyState === "Failedover" || progressStatus === "FailingOver" ? [target, source] : [source, target];
}

function notesOn(relationship: ListedRelationship): string[] {
	const { source, target, contradiction, differences, rolesKnown } = relationship;
	const name = `${source.virtualDisk}, ${target.virtualDisk}`;
	const ill = [source, target].flatMap(({ virtualDisk, ailment }) =>
		ailment === null ? [] : [`${virtualDisk} is not well: ${ailment}`],
	);
	const roles =
		rolesKnown || contradiction !== null ? [] : [`${name}: the host does not say which of them is the source`];
	const doubts = [...(contradiction === null ? [] : [contradiction]), ...differences].map((what) => `${name}: ${what}`);
	return [...doubts, ...roles, ...ill];
}

function describePercent(percent: number | null): string | null {
	return percent === null ? null : `${percent} %`;
}

function describeLag(seconds: number | null): string | null {
	return seconds === null ? null : `${seconds} s`;
}
