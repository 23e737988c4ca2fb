/**
 * What `storageReplication:hosts` and `StorageReplicationProvider` take for a host: where it is and how it is reached
 * (docs/hosts.md). A mistake is told with its path, never with its value (SR2007).
 */
import type * as pulumi from "@pulumi/pulumi";

/** One host, by its kind. */
export type ReplicationHost = LocalHost | CimHost | SshHost | SimulatorHost | ReportHost;

/** What every host that is reached through PowerShell takes. */
export interface PowerShellSettings {
	/**
	 * When the host's arrays are discovered (MSFT_StorageProvider.Discover), because Windows answers from a cache: once a
	 * run before anything counts as absent, before the first reading of every run, or never. Default `onDoubt`.
	 */
	discover?: pulumi.Input<"onDoubt" | "always" | "never">;
	/** Relationships that are worked on at a time, 1 to 64; the rest wait their turn. Default 4. */
	maxConcurrent?: pulumi.Input<number>;
	/** PowerShell processes at most, 1 to 16. More than one only while calls overlap. Default 4. */
	maxProcesses?: pulumi.Input<number>;
	/** Milliseconds that one call may take, a second to a day. After them it counts as cut off (SR4002). Default 120000. */
	requestTimeoutMs?: pulumi.Input<number>;
	/** Milliseconds that PowerShell may take to start and to connect, a second to a day. Default 60000. */
	startTimeoutMs?: pulumi.Input<number>;
}

/** PowerShell on the machine that runs Pulumi, which is the storage host or its management server. */
export interface LocalHost extends PowerShellSettings {
	kind: "local";
	/** Name or path of the executable. Default: Windows PowerShell on Windows, `pwsh` elsewhere. */
	executable?: pulumi.Input<string>;
}

/** PowerShell on the machine that runs Pulumi, and a CimSession (WinRM or DCOM) from there to the host. */
export interface CimHost extends PowerShellSettings {
	kind: "cim";
	/** Name of the host, as New-CimSession takes it. */
	computerName: pulumi.Input<string>;
	/** Name or path of the executable on the machine that runs Pulumi. Default as of `local`. */
	executable?: pulumi.Input<string>;
	/**
	 * Default: the identity of the process, which is better. The password travels on stdin only; give it as a secret
	 * (`config.requireSecret`), then it is encrypted in the state, too.
	 */
	credential?: pulumi.Input<{ username: pulumi.Input<string>; password: pulumi.Input<string> }>;
	/** Default `wsman`. */
	protocol?: pulumi.Input<"wsman" | "dcom">;
	/** Port of WinRM, 1 to 65535; not with `dcom`. Default 5985, with `useSsl` 5986. */
	port?: pulumi.Input<number>;
	/** WinRM over HTTPS; not with `dcom`. The certificate is checked, and nothing can skip that. Default false. */
	useSsl?: pulumi.Input<boolean>;
	/** How the account is proved, by New-CimSession's own names. Default `Default`. */
	authentication?: pulumi.Input<"Default" | "Kerberos" | "Negotiate" | "CredSsp">;
}

/** PowerShell at the far end of the system's ssh, with its agent, its configuration and its known_hosts. */
export interface SshHost extends PowerShellSettings {
	kind: "ssh";
	/** Name, address, or alias of the ssh configuration. */
	address: pulumi.Input<string>;
	/** Default: as ssh decides. */
	user?: pulumi.Input<string>;
	/** 1 to 65535. Default: as ssh decides. */
	port?: pulumi.Input<number>;
	/** PowerShell at the far end. Default `powershell.exe`. */
	executable?: pulumi.Input<string>;
}

/** A host of simulated arrays in a file (docs/simulator.md). */
export interface SimulatorHost {
	kind: "simulator";
	/** The file that `storage-replication simulator init` made. Default `./arrays.json`. */
	file?: pulumi.Input<string>;
	/** Its name in that file; one that no array lists sees all arrays. Default: the name in the program. */
	host?: pulumi.Input<string>;
	/** As of the other kinds. Default `onDoubt`. */
	discover?: pulumi.Input<"onDoubt" | "always" | "never">;
	/** As of the other kinds. Default 4. */
	maxConcurrent?: pulumi.Input<number>;
}

/** A host as it answered once. It is only looked at: what would change something on it ends with SR2017. */
export interface ReportHost {
	kind: "report";
	/** What `storage-replication doctor --report` wrote. */
	file: pulumi.Input<string>;
	/** Which of the hosts in it, from 1. Default 1. */
	host?: pulumi.Input<number>;
}
