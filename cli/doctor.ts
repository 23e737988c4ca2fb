import { Command } from "commander";
import type { HostObservation } from "../provider/executor/host";
import { connectPowerShell, type PowerShellEntry, type PowerShellHost } from "../provider/hosts/powershell";
import { evidenceOf, troubleIn, troubles } from "../provider/hosts/powershell/troubles";
import type { Capabilities } from "../provider/model/capabilities";
import { ReplicationError } from "../provider/model/replicationError";
import { capabilities as vocabulary } from "../provider/model/vocabulary";
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

/** `stop`: an update would fail. `warning`: it would run, with less than it could have. */
export type FindingLevel = "ok" | "warning" | "stop";

/** One answer. Everything but `ok` says what to do. */
export interface Finding {
	readonly level: FindingLevel;
	readonly check: string;
	readonly text: string;
	readonly remedy?: string;
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

/** Round trips and clocks that differ by more than this are worth a word. */
const slowRoundTripMs = 5_000;
const clockDifferenceMs = 5_000;

/** Everything that can be said of one host; the first check that stops it ends the examination. */
export async function examineHost(
	entry: DoctorEntry,
	connect: (entry: PowerShellEntry) => PowerShellHost = connectPowerShell,
): Promise<HostReport> {
	if (entry.kind === "simulator") {
		const text = "the simulator needs no Windows; nothing to check";
		return {
			host: entry.name,
			kind: entry.kind,
			address: "in a file",
			findings: [{ level: "ok", check: "kind", text }],
		};
	}
	const findings: Finding[] = [];
	let address = "";
	try {
		const host = connect(entry);
		address = host.address;
		try {
			await examine(host, entry, findings);
		} finally {
			await host.close();
		}
	} catch (error) {
		findings.push(failedFinding(error, entry));
	}
	return { host: entry.name, kind: entry.kind, address, findings };
}

async function examine(host: PowerShellHost, entry: PowerShellEntry, findings: Finding[]): Promise<void> {
	const facts = await host.diagnose();
	findings.push({ level: "ok", check: "executable", text: `PowerShell ${facts.version} (${facts.edition}) answers` });
	findings.push(languageFinding(facts.languageMode));
	findings.push({
		level: "ok",
		check: "execution policy",
		text: `${facts.executionPolicy || "not reported"} (the bridge loads its script over stdin, policies for files do not apply)`,
	});
	findings.push(classFinding(facts));
	if (entry.kind === "cim") {
		const remedy =
			"make sure that the account is an administrator there: otherwise changes end with 40001 Access denied.";
		findings.push({ level: "warning", check: "rights", text: "not checked over a CimSession", remedy });
	}
	if (facts.administrator === false) {
		const remedy =
			"run as an administrator of the storage host (elevated), otherwise changes end with 40001 Access denied.";
		findings.push({ level: "stop", check: "rights", text: "the account is no administrator in this session", remedy });
	}
	if (!facts.classFound || !facts.methodFound) return;
	const observation = await host.observe();
	findings.push(...visibleFindings(observation));
	for (const subsystem of arraysOf(observation)) findings.push(...(await arrayFindings(host, subsystem)));
	findings.push(...(await timeFindings(host, entry)));
}

function languageFinding(languageMode: string): Finding {
	const check = "language mode";
	if (languageMode === "FullLanguage") return { level: "ok", check, text: languageMode };
	const remedy = "allow the account FullLanguage mode (WDAC or AppLocker policy), or use another management server.";
	return { level: "stop", check, text: languageMode, remedy };
}

function classFinding(facts: Awaited<ReturnType<PowerShellHost["diagnose"]>>): Finding {
	const check = "namespace and class";
	if (!facts.classFound) {
		const remedy = "use Windows Server 2016 or later with the Storage Management API (the Storage service must run).";
		return { level: "stop", check, text: "root/Microsoft/Windows/Storage has no MSFT_VirtualDisk", remedy };
	}
	if (!facts.methodFound) {
		const remedy = "use Windows Server 2016 or later: older systems cannot change a replication relationship.";
		return { level: "stop", check, text: "MSFT_VirtualDisk has no SetReplicationRelationship", remedy };
	}
	const text = "MSFT_VirtualDisk with SetReplicationRelationship in root/Microsoft/Windows/Storage";
	if (facts.runAsJob) return { level: "ok", check, text: `${text}, runs as a job` };
	const remedy =
		"raise requestTimeoutMs of this host if operations take minutes: without RunAsJob a call lasts as long as its operation.";
	return { level: "warning", check, text: `${text}, without RunAsJob`, remedy };
}

function visibleFindings({ disks, relationships }: HostObservation): Finding[] {
	const arrays = arraysOf({ disks });
	const onArrays = arrays.length === 0 ? "" : ` on ${arrays.join(", ")}`;
	const roles = relationships.filter(({ role }) => role === "unknown").length;
	const found: Finding[] = [
		disks.length > 0
			? { level: "ok", check: "disks", text: `${disks.length} virtual disks visible${onArrays}` }
			: {
					level: "stop",
					check: "disks",
					text: "no virtual disk is visible",
					remedy:
						"register the array's provider on this host, refresh it (Update-StorageProviderCache), check that the account may read.",
				},
		relationships.length > 0
			? { level: "ok", check: "relationships", text: `${relationships.length} visible` }
			: {
					level: "warning",
					check: "relationships",
					text: "none visible",
					remedy:
						"nothing, if they are still to be made; otherwise refresh the provider (Update-StorageProviderCache) and check its support for replication.",
				},
	];
	if (roles > 0) {
		found.push({
			level: "warning",
			check: "roles",
			text: `${roles} relationships do not say which end is the source (MSFT_ReplicaPeer.IsPrimary)`,
			remedy: "make sure that the host of the other end is configured too: it may know.",
		});
	}
	return found;
}

function arraysOf({ disks }: Pick<HostObservation, "disks">): string[] {
	return [...new Set(disks.map(({ subsystem }) => subsystem).filter((name) => name !== ""))];
}

const mirrorTypes = [2, 3, 4, 5] as const;
const typeNames = namesOf(vocabulary.replicationCapabilitiesSupportedReplicationTypes);
const operationNames = namesOf(vocabulary.replicationCapabilitiesGetSupportedOperationsSupportedOperations);
const featureNames = namesOf(vocabulary.replicationCapabilitiesGetSupportedFeaturesFeatures);

async function arrayFindings(host: PowerShellHost, subsystem: string): Promise<Finding[]> {
	const check = `array ${subsystem}`;
	const silent = (text: string): Finding => ({
		level: "warning",
		check,
		text,
		remedy: "nothing can be checked beforehand: plans assume every operation, and the array's refusal is final.",
	});
	const first = await host.advertised({ subsystem, replicationType: mirrorTypes[2] });
	if (!first.found) return [silent("has no MSFT_ReplicationCapabilities")];
	const types = first.types === null ? [mirrorTypes[2]] : mirrorTypes.filter((type) => first.types?.includes(type));
	if (types.length === 0) {
		const remedy = "check the replication licence of the array and its provider: no kind of mirror is offered.";
		return [{ level: "warning", check, text: "advertises no mirror", remedy }];
	}
	// Most arrays say the same of every kind of mirror: one line then, not four.
	const said = new Map<string, { readonly names: string[]; readonly finding: Finding }>();
	for (const type of types) {
		const finding = advertisedFinding(check, await host.capabilities({ subsystem, replicationType: type }), silent);
		const name = typeNames.get(type) ?? String(type);
		const same = said.get(finding.text);
		if (same === undefined) said.set(finding.text, { names: [name], finding });
		else same.names.push(name);
	}
	return [...said.values()].map(({ names, finding }) => ({ ...finding, text: `${names.join(", ")}: ${finding.text}` }));
}

function advertisedFinding(
	check: string,
	{ operations, features }: Capabilities,
	silent: (text: string) => Finding,
): Finding {
	if (operations === null) return silent("does not say which operations it supports");
	if (operations.length === 0) {
		const remedy = "plans for this kind of mirror are refused: check the provider's version and licence.";
		return { level: "warning", check, text: "advertises no operation", remedy };
	}
	const named =
		features.map((feature) => `${feature} ${featureNames.get(feature) ?? "(unknown)"}`).join(", ") || "none";
	const listed = operations.map((operation) => `${operation} ${operationNumber(operation)}`).join(", ");
	return { level: "ok", check, text: `operations ${listed}; features ${named}` };
}

async function timeFindings(host: PowerShellHost, entry: PowerShellEntry): Promise<Finding[]> {
	const start = performance.now();
	const sentAt = Date.now();
	const { hostTime } = await host.ping();
	const roundTripMs = Math.round(performance.now() - start);
	// The answer was made somewhere within the round trip; its middle is the fairest guess.
	const found: Finding[] = [];
	const text = `${roundTripMs} ms`;
	found.push(
		roundTripMs <= slowRoundTripMs
			? { level: "ok", check: "round trip", text }
			: {
					level: "warning",
					check: "round trip",
					text,
					remedy: `use a management server nearer to the array than ${entry.name}.`,
				},
	);
	if (hostTime === null) {
		found.push({
			level: "warning",
			check: "clock",
			text: "the host's clock may not be read, so no lag is known",
			remedy: "give the account Remote Enable on root/cimv2 (Win32_OperatingSystem): unknown lag counts as too much.",
		});
		return found;
	}
	const differenceMs = Math.round(Date.parse(hostTime) - (sentAt + roundTripMs / 2));
	const apart = `the host's clock is ${Math.abs(differenceMs)} ms ${differenceMs < 0 ? "behind" : "ahead of"} ours`;
	found.push(
		Math.abs(differenceMs) <= clockDifferenceMs
			? { level: "ok", check: "clock", text: apart }
			: {
					level: "warning",
					check: "clock",
					text: apart,
					remedy: "synchronize the clocks: lag and job times are read by the host's clock.",
				},
	);
	return found;
}

function failedFinding(error: unknown, entry: PowerShellEntry): Finding {
	const check = "contact";
	if (!(error instanceof ReplicationError)) {
		const text = error instanceof Error ? error.message : String(error);
		const remedy = "report this with the output of npx pulumi-storage-replication doctor --json.";
		return { level: "stop", check, text, remedy };
	}
	const { what, remedy } = error.facts;
	const evidence = evidenceOf(error);
	const trouble = evidence === null ? null : troubleIn(evidence);
	// What everybody else is told to do is what is being done here.
	const own = remedy.includes("storage-replication doctor") ? `try ${attempt(entry)}` : remedy;
	return {
		level: "stop",
		check,
		text: `${error.code}: ${what}`,
		remedy: trouble === null ? own : troubles[trouble].remedy,
	};
}

/** The contact without us. */
function attempt(entry: PowerShellEntry): string {
	switch (entry.kind) {
		case "local":
			return `${entry.executable ?? "PowerShell"} -NoProfile -Command 1 on this machine; it must answer.`;
		case "cim":
			return "New-CimSession to that computer from here, and look at what it says.";
		case "ssh": {
			const port = entry.port === undefined ? "" : `-p ${entry.port} `;
			const user = entry.user === undefined ? "" : `${entry.user}@`;
			return `ssh -o BatchMode=yes ${port}${user}${entry.address} ${entry.executable ?? "powershell.exe"} -NoProfile -Command 1; it must answer without a question.`;
		}
		default:
			return entry satisfies never;
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

function operationNumber(name: string): string {
	for (const [number, known] of operationNames) if (known === name) return `(${number})`;
	return "";
}

function namesOf(table: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
	return new Map(Object.entries(table).map(([name, number]) => [number, name]));
}
