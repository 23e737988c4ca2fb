import { Command } from "commander";
import { connectPowerShell, type PowerShellEntry, type PowerShellHost } from "../provider/hosts/powershell";
import { recordHost } from "../provider/hosts/report/recordHost";
import { ReplicationError } from "../provider/model/replicationError";
import { type Finding, ok, stop } from "./doctor/finding";
import { findingsOf } from "./doctor/findings";
import { exitCodes } from "./exitCodes";

/** What the doctor looks at: a host behind PowerShell, or one that needs no looking at. */
export type DoctorEntry = PowerShellEntry | { readonly name: string; readonly kind: "simulator" };

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

export interface HostReport {
	readonly host: string;
	readonly kind: DoctorEntry["kind"];
	readonly address: string;
	readonly findings: readonly Finding[];
}

/** `pulumi-storage-replication doctor [--host east] [--json]`: would an update run on these hosts? Changes nothing. */
export function doctorCommand(dependencies: DoctorDependencies): Command {
	return new Command("doctor")
		.description(
			"check whether an update could run on the configured hosts, with a remedy for everything that is not as it should be",
		)
		.option("--host <name>", "only this host")
		.option("--json", "print the findings as JSON")
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication doctor --hosts hosts.json
  npx pulumi-storage-replication doctor --hosts hosts.json --host east --json

Exit codes: 0 nothing would stop an update; 1 something would; 2 the command
line or the hosts file is wrong.`,
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
			const reports: HostReport[] = [];
			for (const entry of chosen) reports.push(await examineHost(entry, dependencies.connect ?? connectPowerShell));
			write(
				options.json === true ? `${JSON.stringify(reports, null, "\t")}\n` : reports.map(describeReport).join("\n"),
			);
			if (reports.some(({ findings }) => findings.some(({ level }) => level === "stop"))) setExitCode(exitCodes.failed);
		});
}

/** Everything that can be said of one host. */
export async function examineHost(
	entry: DoctorEntry,
	connect: (entry: PowerShellEntry) => PowerShellHost = connectPowerShell,
): Promise<HostReport> {
	const { name: host, kind } = entry;
	if (entry.kind === "simulator") {
		const findings = [ok("kind", "the simulator needs no Windows; nothing to check")];
		return { host, kind, address: "in a file", findings };
	}
	let connection: PowerShellHost;
	try {
		connection = connect(entry);
	} catch (error) {
		if (!(error instanceof ReplicationError)) throw error;
		const { what, remedy } = error.facts;
		return { host, kind, address: "", findings: [stop("contact", `${error.code}: ${what}`, remedy)] };
	}
	try {
		const record = await recordHost(entry.kind, connection);
		return { host, kind, address: connection.address, findings: findingsOf(record, entry) };
	} finally {
		await connection.close();
	}
}

function describeReport({ host, kind, address, findings }: HostReport): string {
	const widest = Math.max(...findings.map(({ check }) => check.length));
	const lines = findings.map(({ level, check, text, remedy }) => {
		const line = `  ${level.padEnd(8)} ${check.padEnd(widest)}  ${text}`;
		return remedy === undefined ? line : `${line}\n  ${"".padEnd(8)} ${"".padEnd(widest)}  do: ${remedy}`;
	});
	return `${host} (${kind}${address === "" ? "" : `, ${address}`})\n${lines.join("\n")}\n`;
}
