import type { HostRecord } from "../../provider/hosts/report/report";
import { type Finding, ok, stop, warning } from "./finding";

type Diagnosis = Extract<HostRecord["diagnosis"], { ok: true }>["value"];

/** What PowerShell runs as and what Windows has there. */
export function machineFindings(facts: Diagnosis, kind: HostRecord["kind"], sessionUser: string | null): Finding[] {
	const policy = facts.executionPolicy || "not reported";
	return [
		ok("executable", `PowerShell ${facts.version} (${facts.edition}) answers`),
		languageFinding(facts.languageMode),
		ok("execution policy", `${policy} (the bridge loads its script over stdin, policies for files do not apply)`),
		classFinding(facts),
		...accountFindings(facts, kind, sessionUser),
	];
}

function languageFinding(languageMode: string): Finding {
	const check = "language mode";
	if (languageMode === "FullLanguage") return ok(check, languageMode);
	const remedy = "allow the account FullLanguage mode (WDAC or AppLocker policy), or use another management server.";
	return stop(check, languageMode, remedy);
}

/** Every Windows from 2016 declares the method, whatever the arrays can do: that is not told as support. */
function classFinding({ classFound, methodFound, runAsJob }: Diagnosis): Finding {
	const check = "namespace and class";
	if (!classFound) {
		const remedy = "use Windows Server 2016 or later with the Storage Management API (the Storage service must run).";
		return stop(check, "root/Microsoft/Windows/Storage has no MSFT_VirtualDisk", remedy);
	}
	if (!methodFound) {
		const remedy = "use Windows Server 2016 or later: older systems cannot change a replication relationship.";
		return stop(check, "MSFT_VirtualDisk has no SetReplicationRelationship", remedy);
	}
	const text = "MSFT_VirtualDisk declares SetReplicationRelationship, which says nothing of an array";
	if (runAsJob) return ok(check, `${text}; operations can run as jobs`);
	const remedy =
		"raise requestTimeoutMs of this host if operations take minutes: without RunAsJob a call lasts as long as its operation.";
	return warning(check, `${text}; operations cannot run as jobs`, remedy);
}

/** Well-known SIDs (MicrosoftDocs/win32, well-known SIDs). */
const logOnKinds: Readonly<Record<string, string>> = {
	"S-1-5-2": "network",
	"S-1-5-3": "batch",
	"S-1-5-4": "interactive",
	"S-1-5-6": "service",
	"S-1-5-14": "remote interactive",
};

function accountFindings(
	{ account, administrator }: Diagnosis,
	kind: HostRecord["kind"],
	sessionUser: string | null,
): Finding[] {
	const found = [accountFinding(account, kind, sessionUser)];
	if (kind === "cim") {
		const remedy =
			"make sure that the account is an administrator there: otherwise changes end with 40001 Access denied.";
		found.push(warning("rights", "not checked over a CimSession", remedy));
	}
	if (administrator === false) {
		const remedy =
			"run as an administrator of the storage host (elevated), otherwise changes end with 40001 Access denied.";
		found.push(stop("rights", "the account is no administrator in this session", remedy));
	}
	return found;
}

function accountFinding(account: Diagnosis["account"], kind: HostRecord["kind"], sessionUser: string | null): Finding {
	const check = "account";
	const perUser = "providers that are registered with SMI-S are registered per user";
	if (kind === "cim" && sessionUser !== null) return ok(check, `${sessionUser}, network log-on; ${perUser}`);
	if (account === null) return ok(check, `not reported; ${perUser}`);
	// Over a session this machine's account is logged on there, and that is always a network log-on.
	const kinds = kind === "cim" ? ["network"] : account.logOnGroups.flatMap((sid) => logOnKinds[sid] ?? []);
	const logOn = kinds.length === 0 ? "a log-on of unknown kind" : `${kinds.join(" and ")} log-on`;
	const proof = account.authenticationType === "" ? "" : ` by ${account.authenticationType}`;
	return ok(check, `${account.name || "its name is left out"}, ${logOn}${proof}; ${perUser}`);
}
