import { existsSync } from "node:fs";
import { errorCodes } from "../../model/errorCodes";
import { ReplicationError } from "../../model/replicationError";
import type { PowerShellEntry, SshEntry } from "./entry";

/** How a process is started: an executable, and options in order, as node-powershell wants them. */
export interface Launch {
	/** `undefined`: node-powershell chooses `powershell` on Windows, `pwsh` elsewhere. */
	readonly executable: string | undefined;
	readonly options: Readonly<Record<string, string | boolean>>;
}

interface System {
	readonly platform: NodeJS.Platform;
	readonly systemRoot: string | undefined;
	readonly exists: (path: string) => boolean;
}

const thisSystem: System = { platform: process.platform, systemRoot: process.env.SystemRoot, exists: existsSync };

/** `-NoExit -Command -` is appended by node-powershell; nothing may follow it, and no secret may be in here. */
export function launchOf(entry: PowerShellEntry, system: System = thisSystem): Launch {
	switch (entry.kind) {
		case "local":
		case "cim": {
			const executable = entry.executable ?? windowsFile(system, "WindowsPowerShell\\v1.0\\powershell.exe");
			return { executable, options: { "-NoProfile": true, "-NonInteractive": true } };
		}
		case "ssh":
			return sshLaunch(entry, windowsFile(system, "OpenSSH\\ssh.exe") ?? "ssh");
		default:
			return entry satisfies never;
	}
}

/** Refuses an entry that cannot be started as it stands, naming the field. */
export function validateEntry(entry: PowerShellEntry): void {
	// It would beat the entry's executable, unseen (node-powershell, setExecutable).
	if (process.env.NODE_POWERSHELL) {
		throw invalid(
			entry,
			"the environment variable NODE_POWERSHELL is set and would replace the executable",
			"unset NODE_POWERSHELL.",
		);
	}
	if (entry.kind === "cim" && !/^[^\s'"`$;|&<>-][^\s'"`$;|&<>]*$/u.test(entry.computerName)) {
		throw invalid(entry, "computerName is no host name", "write a host name or an address.");
	}
	if (entry.kind !== "ssh") return;
	// These become arguments of ssh and text of the far shell: an option or a second command must not hide in them.
	refuseUnless(entry, "address", entry.address, /^[A-Za-z0-9_[][A-Za-z0-9_.:%[\]-]*$/);
	if (entry.user !== undefined) refuseUnless(entry, "user", entry.user, /^[A-Za-z0-9_][A-Za-z0-9_.@\\+-]*$/);
	if (entry.executable !== undefined) {
		refuseUnless(entry, "executable", entry.executable, /^[A-Za-z0-9_.:/\\][A-Za-z0-9_.:/\\-]*$/);
	}
	if (entry.port !== undefined && !(Number.isInteger(entry.port) && entry.port > 0 && entry.port < 65_536)) {
		throw invalid(entry, "port is not between 1 and 65535", "write a port number.");
	}
}

/**
 * The argv of powershell.md §9. Host key checking stays as the system has it; BatchMode turns every prompt into an
 * error. `-NoLogo: false` keeps node-powershell from giving its own flag to ssh.
 */
function sshLaunch(entry: SshEntry, executable: string): Launch {
	const destination = entry.user === undefined ? entry.address : `${entry.user}@${entry.address}`;
	return {
		executable,
		options: {
			"-NoLogo": false,
			"-T": true,
			"-oBatchMode=yes": true,
			"-oServerAliveInterval=15": true,
			...(entry.port === undefined ? {} : { "-p": String(entry.port) }),
			[destination]: true,
			[entry.executable ?? "powershell.exe"]: true,
			"-NoProfile": true,
			"-NonInteractive": true,
			"-OutputFormat": "Text",
		},
	};
}

/** Windows looks for a bare name in the current folder first: what was planted there would get the password line. */
function windowsFile({ platform, systemRoot, exists }: System, below: string): string | undefined {
	if (platform !== "win32" || systemRoot === undefined) return undefined;
	const path = `${systemRoot}\\System32\\${below}`;
	return exists(path) ? path : undefined;
}

function refuseUnless(entry: PowerShellEntry, field: string, value: string, allowed: RegExp): void {
	if (allowed.test(value)) return;
	throw invalid(
		entry,
		`${field} ${JSON.stringify(value)} has a leading "-", a blank or a character that a shell would read`,
		`write ${field} without them, or give it an alias in the ssh configuration.`,
	);
}

function invalid(entry: PowerShellEntry, what: string, remedy: string): ReplicationError {
	return new ReplicationError({
		code: errorCodes.invalidHostsConfig,
		class: "user",
		what: `host ${entry.name} (${entry.kind}): ${what}.`,
		dataSafety: "nothing was contacted.",
		remedy,
		property: `storageReplication:hosts.${entry.name}`,
	});
}

/**
 * What PowerShell inherits: nothing of Pulumi's, whose passphrase and tokens are no business of a far host, nor our
 * approvals. Windows PowerShell gets no PSModulePath either: that of a pwsh 7 above us has it load modules that are not
 * its own, and ConvertTo-Json is missing then (PowerShell 18681, 20804, 27774; about_PSModulePath).
 */
export function environmentFor(
	{ executable }: Launch,
	{ platform, env }: Pick<NodeJS.Process, "platform" | "env"> = process,
): NodeJS.ProcessEnv {
	const isWindowsPowerShell = platform === "win32" && !/(?:^|[\\/])pwsh(?:\.exe)?$/i.test(executable ?? "powershell");
	const isKept = (name: string) =>
		!/^PULUMI_/i.test(name) &&
		name.toUpperCase() !== "STORAGE_REPLICATION_APPROVALS" &&
		!(isWindowsPowerShell && name.toUpperCase() === "PSMODULEPATH");
	return Object.fromEntries(Object.entries(env).filter(([name]) => isKept(name)));
}

/** Whether there is a PSModulePath here that PowerShell does not get, for the doctor to say. */
export function leavesOutModulePath(
	launch: Launch,
	system: Pick<NodeJS.Process, "platform" | "env"> = process,
): boolean {
	const has = (env: NodeJS.ProcessEnv) => Object.keys(env).some((name) => name.toUpperCase() === "PSMODULEPATH");
	return has(system.env) && !has(environmentFor(launch, system));
}
