import { Command } from "commander";
import type { hostEntry } from "../provider/hosts/hostsConfig";
import { connectPowerShell, type PowerShellEntry, type PowerShellHost } from "../provider/hosts/powershell";
import { recordHost } from "../provider/hosts/report/recordHost";
import type { HostRecord } from "../provider/hosts/report/report";
import { readRecord, writeReport } from "../provider/hosts/report/reportFile";
import { errorCodes } from "../provider/model/errorCodes";
import { ReplicationError } from "../provider/model/replicationError";
import { type Paint, paintFor, type Tone } from "./color";
import { type Finding, ok, stop } from "./doctor/finding";
import { findingsOf } from "./doctor/findings";
import { exitCodes } from "./exitCodes";
import { columnsOf, wrapped } from "./table";

/** What the doctor looks at: a host behind PowerShell, a report of one, or what needs no looking at. */
export type DoctorEntry = ReturnType<typeof hostEntry>;

export interface DoctorDependencies {
	/** The configured hosts, parsed. Gets all options of the command line, `--host` included. */
	readonly hosts: (options: Readonly<Record<string, unknown>>) => Promise<ReadonlyMap<string, DoctorEntry>>;
	/** @default connectPowerShell */
	readonly connect?: (entry: PowerShellEntry) => PowerShellHost;
	/** @default to stdout */
	readonly write?: (text: string) => void;
	/** @default sets process.exitCode */
	readonly setExitCode?: (code: number) => void;
}

/** One host as it was found. */
export interface Examination {
	readonly host: string;
	readonly kind: DoctorEntry["kind"];
	readonly address: string;
	readonly findings: readonly Finding[];
}

/** With the answers that the findings are made of; `null`: nobody was asked. */
interface Examined extends Examination {
	readonly record: HostRecord | null;
}

/** `pulumi-storage-replication doctor [--host east] [--json] [--report FILE]`: would an update run on these hosts? Changes nothing. */
export function doctorCommand(dependencies: DoctorDependencies): Command {
	return new Command("doctor")
		.description(
			"check whether an update could run on the configured hosts, with a remedy for everything that is not as it should be",
		)
		.option("--host <name>", "only this host")
		.option("--json", "print the findings as JSON")
		.option("--report <file>", "write what the hosts answered into a file without a name in it, to be sent to others")
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication doctor --hosts hosts.json
  npx pulumi-storage-replication doctor --hosts hosts.json --host east --json
  npx pulumi-storage-replication doctor --hosts hosts.json --report report.json

Exit codes: 0 nothing would stop an update; 1 something would, or the report
cannot be read; 2 the command line or the hosts file is wrong.`,
		)
		.action(async (_options: unknown, command: Command) => {
			const options: Record<string, unknown> = command.optsWithGlobals();
			const write = dependencies.write ?? ((text: string) => process.stdout.write(text));
			const setExitCode =
				dependencies.setExitCode ??
				((code: number) => {
					process.exitCode = code;
				});
			const entries = await dependencies.hosts(options);
			const chosen = [...entries.values()].filter(({ name }) => options.host === undefined || name === options.host);
			if (chosen.length === 0) {
				write(
					`no host ${String(options.host ?? "")} is configured; known: ${[...entries.keys()].join(", ") || "none"}\n`,
				);
				setExitCode(exitCodes.usage);
				return;
			}
			const examined: Examined[] = [];
			for (const entry of chosen) examined.push(await examineHost(entry, dependencies.connect ?? connectPowerShell));
			const found: Examination[] = examined.map(({ record: _, ...examination }) => examination);
			const describeOne = (one: Examination) => describe(one, columnsOf(process.stdout), paintFor(process.stdout));
			write(options.json === true ? `${JSON.stringify(found, null, "\t")}\n` : found.map(describeOne).join("\n"));
			if (found.some(({ findings }) => findings.some(({ level }) => level === "stop"))) setExitCode(exitCodes.failed);
			if (typeof options.report !== "string") return;
			const records = examined.flatMap(({ record }) => record ?? []);
			if (records.length === 0) throw nothingToReport();
			writeReport(options.report, records);
			if (options.json !== true) write(`\nreport: ${options.report}, without names; look at it before you send it\n`);
		});
}

/** Everything that can be said of one host. */
async function examineHost(entry: DoctorEntry, connect: (entry: PowerShellEntry) => PowerShellHost): Promise<Examined> {
	const { name: host, kind } = entry;
	if (entry.kind === "simulator") {
		const findings = [ok("kind", "the simulator needs no Windows; nothing to check")];
		return { host, kind, address: "in a file", findings, record: null };
	}
	if (entry.kind === "report") {
		const record = readRecord(entry.file, entry.host ?? 1);
		return { host, kind, address: entry.file, findings: findingsOf(record, null), record };
	}
	let connection: PowerShellHost;
	try {
		connection = connect(entry);
	} catch (error) {
		if (!(error instanceof ReplicationError)) throw error;
		const { what, remedy } = error.facts;
		const findings = [stop("contact", `${error.code}: ${what}`, remedy)];
		return { host, kind, address: "", findings, record: null };
	}
	try {
		const record = await recordHost(entry.kind, connection);
		return { host, kind, address: connection.address, findings: findingsOf(record, entry), record };
	} finally {
		await connection.close();
	}
}

function nothingToReport(): ReplicationError {
	return new ReplicationError({
		code: errorCodes.invalidCommandLine,
		class: "user",
		what: "none of these hosts was asked anything, so there is nothing to report.",
		dataSafety: "yes, nothing was changed.",
		remedy: "give a host of kind local, cim or ssh.",
	});
}

const tones = { ok: "good", warning: "doubtful", stop: "bad" } as const satisfies Record<Finding["level"], Tone>;

/** A line a finding; what does not fit the terminal goes on under its own beginning. */
function describe({ host, kind, address, findings }: Examination, columns: number, paint: Paint): string {
	const widest = Math.max(...findings.map(({ check }) => check.length));
	const indent = 2 + levelWidth + 1 + widest + 2;
	const text = (words: string) => wrapped(words, columns - indent).join(`\n${" ".repeat(indent)}`);
	const lines = findings.flatMap(({ level, check, text: found, remedy }) => [
		`  ${paint(tones[level], level.padEnd(levelWidth))} ${check.padEnd(widest)}  ${text(found)}`,
		...(remedy === undefined ? [] : [`${" ".repeat(indent)}${text(`do: ${remedy}`)}`]),
	]);
	return `${host} (${kind}${address === "" ? "" : `, ${address}`})\n${lines.join("\n")}\n`;
}

const levelWidth = 8;
