import { ReplicationError } from "../../model/replicationError";
import { type Exception, failureAnswer } from "./answers";
import { BridgeFailure } from "./bridgeFailure";
import { type ExceptionNames, goesBy } from "./exceptions";

/** What a failure leaves behind. */
export interface Evidence {
	/** The connection was being opened. The same Access denied means another right then. */
	readonly opening: boolean;
	readonly exception: Exception | null;
	/** What PowerShell, ssh or the system said, where no error record came. */
	readonly said: string;
}

/** How a trouble shows: by any of these. */
interface Signs {
	readonly names?: readonly ExceptionNames[];
	/** Return codes of the Storage Management API, as ids `StorageWMI n`. */
	readonly storageCodes?: readonly number[];
	/** Categories and types of PowerShell's own errors. */
	readonly category?: RegExp;
	readonly type?: RegExp;
	readonly says?: RegExp;
	/** Only while the connection is being opened. */
	readonly opening?: true;
}

export interface TroubleRow extends Signs {
	readonly remedy: string;
	readonly source: string;
}

const hResults = (...numbers: string[]): ExceptionNames => ({ native: null, hResults: numbers });
const native = (name: string, number: number, ...numbers: string[]): ExceptionNames => ({
	native: [name, number],
	hResults: numbers,
});

/**
 * The troubles of day one, each with what to do. Told apart by ids, which are the same in every language of Windows, and
 * by what ssh says, which is not translated; never by the kind of host, since one kind has many troubles. The first row
 * that fits counts.
 */
export const troubles = {
	antivirus: {
		says: /ScriptContainedMaliciousContent/,
		remedy:
			"have the antivirus of that machine allow the script of the bridge (bootstrap.ps1 and groups.ps1 in this package): AMSI blocked it.",
		source: "PowerShell/PowerShell, test of AMSI: error id ScriptContainedMaliciousContent",
	},
	languageMode: {
		says: /InConstrainedLanguage|ConstrainedLanguage|CannotCreateTypeConstrained/,
		remedy:
			"allow the account FullLanguage mode (WDAC or AppLocker policy), or use another management server: the script needs .NET.",
		source: "about_Language_Modes; PowerShell/PowerShell: error id MethodInvocationNotSupportedInConstrainedLanguage",
	},
	moduleFolders: {
		says: /CouldNotAutoload(?:ing)?MatchingModule|Microsoft\.PowerShell\.(?:Utility|Management|Security)\b/,
		remedy:
			"take the folders of PowerShell 7 out of PSModulePath of that account or shell: Windows PowerShell cannot load the modules in them.",
		source: "PowerShell 18681, 20804, 27774; about_PSModulePath",
	},
	profile: {
		says: /\bprofile\.ps1\b/i,
		remedy:
			"correct that profile or make it silent: the DefaultShell of its ssh runs it before our PowerShell, which itself runs none.",
		source: "about_Profiles; Win32-OpenSSH, DefaultShell",
	},
	sshMissing: {
		says: /\bspawn \S*ssh(?:\.exe)? (?:ENOENT|EACCES)/,
		remedy: "install the OpenSSH client on this machine, so that `ssh` is on the PATH.",
		source: "Node, child_process: error of spawn",
	},
	powerShellMissing: {
		says: /\b(?:ENOENT|EACCES)\b/,
		remedy: "install PowerShell on this machine, or give the path of its executable as `executable` of this host.",
		source: "Node, child_process: error of spawn",
	},
	sshHostKeyChanged: {
		says: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
		remedy:
			"find out why the server has another key, a new installation or somebody in between; compare fingerprints at its console (ssh-keygen -lf), and only then remove the old one: ssh-keygen -R ADDRESS.",
		source: "openssh-portable, sshconnect.c",
	},
	sshHostKeyUnknown: {
		says: /Host key verification failed|No \S+ host key is known/,
		remedy:
			"add the server's key: ssh-keyscan ADDRESS >> ~/.ssh/known_hosts, after its fingerprint (ssh-keygen -lf) was compared with the one at the server's console.",
		source: "openssh-portable, sshconnect.c",
	},
	sshDenied: {
		says: /Permission denied \(|Too many authentication failures/,
		remedy:
			"let that account in by a key that needs no question: in authorized_keys there, for administrators of Windows in %ProgramData%\\ssh\\administrators_authorized_keys, and in the agent here.",
		source: "openssh-portable, sshconnect2.c; Win32-OpenSSH, key management",
	},
	sshRefused: {
		says: /Connection refused/,
		remedy: "start the OpenSSH server there (Start-Service sshd), or correct `port`.",
		source: "openssh-portable, sshconnect.c: connect to host … port …",
	},
	sshNameUnknown: {
		says: /Could not resolve hostname/,
		remedy: "correct `address`, or give it an alias in ~/.ssh/config.",
		source: "openssh-portable, ssh.c",
	},
	sshUnreachable: {
		says: /(?:Connection|Operation) timed out|No route to host|Network is unreachable|banner exchange/,
		remedy: "open the way to that port: address, `port`, and the firewalls between.",
		source: "openssh-portable, sshconnect.c: connect to host … port …",
	},
	sshNoPowerShell: {
		says: /command not found|: not found|is not recognized as an internal or external command|with exit code 127\b/,
		remedy:
			"give the full path of PowerShell there as `executable`, for example C:/Windows/System32/WindowsPowerShell/v1.0/powershell.exe.",
		source: "exit code 127 and its words: POSIX sh; cmd.exe",
	},
	trustedHosts: {
		// ERROR_WSMAN_SERVER_NOT_TRUSTED, ERROR_WSMAN_EXPLICIT_CREDENTIALS_REQUIRED.
		names: [hResults("803380e4", "803380e5")],
		remedy:
			"set useSsl: true, or use a computer of the same domain by its name; otherwise name it in TrustedHosts of this machine (Set-Item WSMan:\\localhost\\Client\\TrustedHosts) and give a credential.",
		source: "microsoft/windows-docs-rs, WSMAN constants",
	},
	winRmNameUnknown: {
		// ERROR_WSMAN_NAME_NOT_RESOLVED.
		names: [hResults("803381b9")],
		remedy: "correct `computerName`: this machine cannot resolve it.",
		source: "microsoft/windows-docs-rs, WSMAN constants",
	},
	winRmOff: {
		// ERROR_WSMAN_SENDDATA_CANNOT_CONNECT, ERROR_WSMAN_NETWORK_TIMEDOUT.
		names: [hResults("80338012", "80338126")],
		remedy:
			"switch WinRM on there (Enable-PSRemoting, for useSsl a listener of HTTPS) and let 5985, with useSsl 5986, through the firewalls.",
		source: "PowerShell/PowerShell, WSManNativeApi: SENDDATA_CANNOT_CONNECT, SENDDATA_CANNOT_COMPLETE",
	},
	kerberos: {
		// SEC_E_NO_CREDENTIALS, _TARGET_UNKNOWN, _NO_AUTHENTICATING_AUTHORITY, _WRONG_PRINCIPAL, _TIME_SKEW;
		// ERROR_WSMAN_CLIENT_KERBEROS_DISABLED, ERROR_WSMAN_WORKGROUP_NO_KERBEROS.
		names: [hResults("8009030e", "80090303", "80090311", "80090322", "80090324", "803380e2", "8033810c")],
		remedy:
			"use the computer's name in its domain, not an address or an alias; check its SPN (setspn -L, HTTP/ must be its own), the clocks, and that a domain controller can be reached; outside of a domain set useSsl and give a credential.",
		source: "winerror.h, SEC_E_*; PowerShell/PowerShell, WSManNativeApi",
	},
	certificate: {
		// ERROR_WINHTTP_SECURE_FAILURE, SEC_E_UNTRUSTED_ROOT, CERT_E_EXPIRED, _UNTRUSTEDROOT, _CN_NO_MATCH.
		names: [hResults("80072f8f", "80090325", "800b0101", "800b0109", "800b010f")],
		remedy:
			"give its WinRM listener a certificate for exactly this computerName from an authority that this machine trusts; nothing here skips the check.",
		source: "winhttp.h and winerror.h",
	},
	dcomOff: {
		// RPC_S_SERVER_UNAVAILABLE.
		names: [hResults("800706ba")],
		remedy: "let DCOM through the firewalls (port 135 and the dynamic ports of RPC), or use protocol wsman.",
		source: "winerror.h, RPC_S_SERVER_UNAVAILABLE",
	},
	logOnRefused: {
		opening: true,
		// ERROR_LOGON_FAILURE, SEC_E_LOGON_DENIED.
		names: [native("AccessDenied", 2, "80070005", "80041003", "80338104", "8007052e", "8009030c")],
		category: /^(?:PermissionDenied|AuthenticationError)$/,
		remedy:
			"check user name and password, and put the account into Remote Management Users there; a local administrator other than the built-in one needs LocalAccountTokenFilterPolicy.",
		source: "MicrosoftDocs/win32, WinRM authentication and UAC remote restrictions",
	},
	noCimCmdlets: {
		type: /CommandNotFoundException$/,
		remedy:
			"this PowerShell has no CIM cmdlets (there are none on Linux and macOS): reach the Windows host with kind ssh.",
		source: "PowerShell/PowerShell: CimCmdlets are built for Windows only",
	},
	namespaceMissing: {
		names: [native("InvalidNamespace", 3, "8004100e")],
		remedy:
			"use Windows Server 2016 or later; if it is one, have its WMI repository checked (winmgmt /verifyrepository): root/Microsoft/Windows/Storage is missing.",
		source: "MicrosoftDocs/win32, WMI Error Constants",
	},
	providerNotLoaded: {
		// WBEM_E_PROVIDER_NOT_FOUND, WBEM_E_PROVIDER_LOAD_FAILURE.
		names: [hResults("80041011", "80041013")],
		remedy:
			"restart the services of Windows' Storage Management and of the array's provider there; the event log WMI-Activity/Operational names what does not load. If it stays, install the provider anew.",
		source: "MicrosoftDocs/win32, WMI Error Constants",
	},
	classMissing: {
		names: [native("InvalidClass", 5, "80041010")],
		remedy:
			"the host has no such class: the replication classes need Windows Server 2016 or Windows 10 and a storage provider.",
		source: "MicrosoftDocs/win32, WMI Error Constants; Microsoft reference, minimum supported server",
	},
	classNotServed: {
		// WBEM_E_NOT_SUPPORTED, WBEM_E_PROVIDER_NOT_CAPABLE.
		names: [native("NotSupported", 7, "8004100c", "80041024")],
		remedy: "register or update the array's provider: Windows knows the class, and no provider there serves it.",
		source: "MicrosoftDocs/windows-driver-docs, smp-development",
	},
	providerOffline: {
		storageCodes: [46000],
		remedy: "start the array's provider (its service, or the SMI-S server that it is registered at).",
		source: "Microsoft reference: 46000 Cannot connect to the storage provider",
	},
	subsystemOffline: {
		storageCodes: [46001],
		remedy:
			"restore the provider's contact to the array: its management network, and the account that the provider uses there.",
		source: "Microsoft reference: 46001 The storage provider cannot connect to the storage subsystem",
	},
	busy: {
		storageCodes: [6, 40002, 4099],
		remedy: "run the same command again in a while: the provider is busy.",
		source: "Microsoft reference: 6, 4099, 40002; model/returnCodes.ts, class retryable",
	},
	accessDenied: {
		names: [native("AccessDenied", 2, "80041003", "80070005", "80338104")],
		storageCodes: [40001],
		category: /^PermissionDenied$/,
		remedy:
			"give the account Remote Enable on root/Microsoft/Windows/Storage for reading and administrator rights for changes.",
		source: "Microsoft reference: 40001 Access denied; ERROR_WSMAN_WMI_SVC_ACCESS_DENIED: microsoft/windows-docs-rs",
	},
	tooSlow: {
		category: /^OperationTimeout$/,
		says: /\bno answer within \d+ ms/,
		remedy:
			"raise startTimeoutMs or requestTimeoutMs of this host; where a start takes minutes, see whether an endpoint protection holds PowerShell.",
		source: "limits.ts; ErrorCategory.OperationTimeout",
	},
} as const satisfies Record<string, TroubleRow>;

export type TroubleName = keyof typeof troubles;

export function isTroubleName(name: unknown): name is TroubleName {
	return typeof name === "string" && Object.hasOwn(troubles, name);
}

/** The trouble that the evidence is of; `null`: none that is known, and no remedy is guessed. */
export function troubleIn(evidence: Evidence): TroubleName | null {
	for (const [name, row] of Object.entries(troubles)) if (shows(row, evidence)) return name as TroubleName;
	return null;
}

/** What an error of the bridge leaves behind; `null`: it is not one of a host that could not be read. */
export function evidenceOf(error: unknown): Evidence | null {
	if (!(error instanceof ReplicationError)) return null;
	let cause = error.cause;
	let said = "";
	let opening = false;
	while (cause instanceof BridgeFailure) {
		if (said === "") said = cause.message;
		opening ||= cause.reason === "notStarted";
		cause = cause.cause;
	}
	const record = failureAnswer.safeParse(cause);
	return { opening, exception: record.success ? record.data : null, said };
}

function shows({ names = [], storageCodes = [], category, type, says, opening }: Signs, evidence: Evidence): boolean {
	if (opening === true && !evidence.opening) return false;
	const { exception, said } = evidence;
	// A message quotes names and paths: where there is a record, its ids decide.
	if (exception === null) return says?.test(said) ?? false;
	return (
		names.some((known) => goesBy(known, exception)) ||
		storageCodes.some((code) => new RegExp(`^StorageWMI ${code}(?:,|$)`).test(exception.errorId)) ||
		(category?.test(exception.category) ?? false) ||
		(type?.test(exception.type) ?? false)
	);
}
