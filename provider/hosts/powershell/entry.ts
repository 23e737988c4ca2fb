import type { DiscoverPolicy } from "../../executor/host";

/**
 * One entry of `storageReplication:hosts` that is reached through PowerShell. Programs use `name`; everything else is
 * where and how. The schema that validates the configuration is made from these types.
 */
export type PowerShellEntry = LocalEntry | CimEntry | SshEntry;

interface CommonSettings {
	/** The name the program uses, for example `east`. */
	readonly name: string;
	/**
	 * PowerShell processes at most, 1 to 16. One is started when first needed, more only while calls overlap.
	 * @default 4
	 */
	readonly maxProcesses?: number;
	/**
	 * Relationships that are worked on at a time, 1 to 64; the rest wait their turn, so that an array is not flooded.
	 * @default 4
	 */
	readonly maxConcurrent?: number;
	/**
	 * How long one call may take, in milliseconds. A call that takes longer counts as cut off, and its process is
	 * ended and replaced. At least 1,000.
	 * @default 120000
	 */
	readonly requestTimeoutMs?: number;
	/**
	 * How long PowerShell may take to start and to connect, in milliseconds.
	 * @default 60000
	 */
	readonly startTimeoutMs?: number;
	/**
	 * When the host's arrays are discovered (MSFT_StorageProvider.Discover), because Windows answers from a cache: once a
	 * run before anything counts as absent, before the first reading of every run, or never.
	 * @default "onDoubt"
	 */
	readonly discover?: DiscoverPolicy;
}

/** PowerShell on this machine, which is the storage host or its management server. */
export interface LocalEntry extends CommonSettings {
	readonly kind: "local";
	/**
	 * Name or path of the executable.
	 * @default `powershell` on Windows, `pwsh` elsewhere
	 */
	readonly executable?: string;
}

/** PowerShell on this machine, a CimSession (WinRM or DCOM) from here to the host. */
export interface CimEntry extends CommonSettings {
	readonly kind: "cim";
	readonly computerName: string;
	/** Name or path of the executable on this machine. */
	readonly executable?: string;
	/** Without it the identity of this process is used, which is better. It travels on stdin only. */
	readonly credential?: { readonly username: string; readonly password: string };
	/** @default "wsman" */
	readonly protocol?: "wsman" | "dcom";
	/**
	 * Port of WinRM, 1 to 65535; not with `dcom`.
	 * @default 5985, with `useSsl` 5986
	 */
	readonly port?: number;
	/**
	 * WinRM over HTTPS; not with `dcom`. The certificate is checked, and nothing here can skip that.
	 * @default false
	 */
	readonly useSsl?: boolean;
	/**
	 * How the account is proved, by New-CimSession's own names.
	 * @default "Default"
	 */
	readonly authentication?: "Default" | "Kerberos" | "Negotiate" | "CredSsp";
}

/** PowerShell at the far end of the system's ssh, with its agent, its configuration and its known_hosts. */
export interface SshEntry extends CommonSettings {
	readonly kind: "ssh";
	/** Host name, address or alias of the ssh configuration. */
	readonly address: string;
	readonly user?: string;
	/** 1 to 65535. */
	readonly port?: number;
	/**
	 * PowerShell at the far end.
	 * @default "powershell.exe"
	 */
	readonly executable?: string;
}

/** Where the host is, for logs and errors. Names only: this text is printed. */
export function describeAddress(entry: PowerShellEntry): string {
	switch (entry.kind) {
		case "local":
			return "this computer";
		case "cim":
			return `${entry.computerName} over CimSession`;
		case "ssh":
			return `${entry.user === undefined ? "" : `${entry.user}@`}${entry.address}${entry.port === undefined ? "" : `:${entry.port}`} over ssh`;
		default:
			return entry satisfies never;
	}
}
