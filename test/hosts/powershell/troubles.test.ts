import { describe, expect, test } from "vitest";
import { remedyFor } from "../../../provider/hosts/powershell/callErrors";
import {
	type Evidence,
	isTroubleName,
	type TroubleName,
	type TroubleRow,
	troubleIn,
	troubles,
} from "../../../provider/hosts/powershell/troubles";

const nothing = {
	stage: "before",
	errorId: "Unheard",
	category: "NotSpecified",
	type: "Microsoft.Management.Infrastructure.CimException",
	message: "nein",
	nativeErrorCode: null,
	hResult: null,
	messageId: null,
	detail: null,
	missingClass: false,
} as const;

const tail = ",Microsoft.Management.Infrastructure.CimCmdlets.NewCimSessionCommand";

function record(facts: Partial<NonNullable<Evidence["exception"]>>, opening = false): Evidence {
	return { opening, exception: { ...nothing, ...facts }, said: "" };
}

/** Every face that the ids of a row have. */
function facesOf({ names = [], storageCodes = [], ...row }: TroubleRow): Evidence[] {
	const opening = row.opening === true;
	return [
		...names.flatMap(({ native, hResults }) => [
			...hResults.map((number) => record({ errorId: `HRESULT 0x${number}${tail}` }, opening)),
			...(native === null
				? []
				: [
						record({ nativeErrorCode: native[0] }, opening),
						record({ errorId: `MI RESULT ${native[1]}${tail}` }, opening),
						record({ errorId: `MiClientApiError_${native[0]}${tail}` }, opening),
					]),
		]),
		...storageCodes.map((code) => record({ errorId: `StorageWMI ${code}${tail}` }, opening)),
	];
}

const heard = (said: string): Evidence => ({ opening: true, exception: null, said });

/** What programs say of it, and records that are told by category or type: one of each where a row has it. */
const examples: Partial<Record<TroubleName, readonly Evidence[]>> = {
	antivirus: [heard("PowerShell runs but did not load the script (ScriptContainedMaliciousContent)")],
	languageMode: [
		heard("PowerShell runs but did not load the script (MethodInvocationNotSupportedInConstrainedLanguage)"),
	],
	moduleFolders: [
		heard("PowerShell runs but did not load the script (CouldNotAutoloadMatchingModule)"),
		heard(
			"the process ended; stderr ends with: The 'ConvertTo-Json' command was found in the module 'Microsoft.PowerShell.Utility', but the module could not be loaded.",
		),
	],
	profile: [
		heard("stderr ends with: . : File C:\\Users\\x\\Documents\\WindowsPowerShell\\profile.ps1 cannot be loaded"),
	],
	sshMissing: [heard("the process ended: spawn ssh ENOENT")],
	powerShellMissing: [heard("the process ended: spawn /nowhere/pwsh ENOENT"), heard("spawn /etc/passwd EACCES")],
	sshHostKeyChanged: [heard("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @ … Host key verification failed.")],
	sshHostKeyUnknown: [
		heard("exit code 255; stderr ends with: Host key verification failed."),
		heard("No ED25519 host key is known for mgmt and you have requested strict checking."),
	],
	sshDenied: [heard("svc@mgmt: Permission denied (publickey,keyboard-interactive).")],
	sshRefused: [heard("ssh: connect to host mgmt port 22: Connection refused")],
	sshNameUnknown: [heard("ssh: Could not resolve hostname mgmt: Name or service not known")],
	sshUnreachable: [
		heard("ssh: connect to host mgmt port 22: Connection timed out"),
		heard("ssh: connect to host mgmt port 22: No route to host"),
	],
	sshNoPowerShell: [
		heard("'powershell.exe' is not recognized as an internal or external command,"),
		heard("bash: line 1: powershell.exe: command not found"),
		heard("the process ended with exit code 127"),
	],
	logOnRefused: [record({ category: "PermissionDenied" }, true), record({ category: "AuthenticationError" }, true)],
	noCimCmdlets: [record({ type: "System.Management.Automation.CommandNotFoundException" })],
	accessDenied: [record({ category: "PermissionDenied" })],
	tooSlow: [record({ category: "OperationTimeout" }), heard("no answer within 60000 ms")],
};

const rows = Object.entries(troubles) as [TroubleName, TroubleRow][];

describe.each(rows)("%s", (name, row) => {
	const evidence = [...facesOf(row), ...(examples[name] ?? [])];

	test("is told by everything that it shows by, and by nothing of the rows before it", () => {
		expect(evidence.length).toBeGreaterThan(0);
		for (const sign of ["says", "category", "type"] as const)
			expect(row[sign] === undefined || examples[name] !== undefined, sign).toBe(true);
		for (const seen of evidence) expect(troubleIn(seen), JSON.stringify(seen)).toBe(name);
	});

	test("has a remedy in a sentence and a source", () => {
		expect(row.remedy).toMatch(/\.$/);
		expect(row.remedy).not.toContain("storage-replication doctor");
		expect(row.source.length).toBeGreaterThan(5);
	});
});

test("what no row knows gets no remedy", () => {
	expect(troubleIn(record({}))).toBeNull();
	expect(troubleIn(heard("a word in passing"))).toBeNull();
	expect(troubleIn(record({ errorId: "MI RESULT 21" }))).toBeNull();
	expect(troubleIn(record({ errorId: "StorageWMI 460010" }))).toBeNull();
	expect(remedyFor({ ...nothing })).toContain("doctor");
});

test("a message that quotes another trouble's words does not decide where there is a record", () => {
	expect(troubleIn({ ...record({ nativeErrorCode: "InvalidNamespace" }), said: "Connection refused" })).toBe(
		"namespaceMissing",
	);
	expect(troubleIn({ ...record({}), said: "Connection refused" })).toBeNull();
});

test("Access denied is another right while the connection is opened", () => {
	const denied = { errorId: `HRESULT 0x80070005${tail}`, category: "PermissionDenied" };
	expect(troubleIn(record(denied, true))).toBe("logOnRefused");
	expect(troubleIn(record(denied, false))).toBe("accessDenied");
});

test("a name of a trouble is one of the table", () => {
	expect(isTroubleName("kerberos")).toBe(true);
	for (const other of ["toString", "Kerberos", 5, null]) expect(isTroubleName(other)).toBe(false);
});
