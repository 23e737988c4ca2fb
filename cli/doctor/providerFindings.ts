import { describeException, remedyFor } from "../../provider/hosts/powershell/callErrors";
import type { HostRecord } from "../../provider/hosts/report/report";
import { type Finding, ok, warning } from "./finding";

type Diagnosis = Extract<HostRecord["diagnosis"], { ok: true }>["value"];
type Provider = NonNullable<Diagnosis["providers"]>[number];
type Subsystem = NonNullable<Diagnosis["subsystems"]>[number];

/** Who serves which array, and whether the cache of Windows knows the array's disks. */
export function providerFindings(facts: Diagnosis): Finding[] {
	return [
		...(facts.providers ?? []).map((provider) => providerFinding(provider, facts)),
		...registrationFindings(facts),
		...(facts.subsystems ?? []).map(subsystemFinding),
		...facts.unread.map((failure) =>
			warning(`not read: ${failure.className}`, describeException(failure), remedyFor(failure)),
		),
	];
}

/** MSFT_StorageProvider.Type. */
const smiS = 2;
const providerTypes = new Map([
	[1, "SMP"],
	[smiS, "SMI-S"],
]);
/** MSFT_StorageProvider.RemoteSubsystemCacheMode. */
const cacheModes = new Map([
	[0, "Unknown"],
	[2, "Disabled"],
	[3, "Manual-Discovery: states are as old as the last discovery"],
]);

function providerFinding(provider: Provider, { serves }: Diagnosis): Finding {
	const [key, name, manufacturer, version, type, cacheMode] = provider;
	const check = `provider ${name ?? "without a name"}`;
	const text = [
		`${type === null ? "type not reported" : (providerTypes.get(type) ?? `type ${type}`)}`,
		...(manufacturer === null ? [] : [`of ${manufacturer}`]),
		...(version === null ? [] : [`version ${version}`]),
		`cache mode ${cacheMode === null ? "not reported" : (cacheModes.get(cacheMode) ?? cacheMode)}`,
	].join(", ");
	if (isOfWindows(provider) || serves === null || serves.some(([server]) => same(server, key))) return ok(check, text);
	const remedy =
		type === smiS
			? "register it as this account, or have who registered it do so again with Register-SmisProvider -AdditionalUsers: registrations are per user, and so are the array's credentials."
			: "let the provider know its array (its own tools, or Register-StorageSubsystem), then Update-StorageProviderCache.";
	return warning(check, `${text}; serves no array that this account sees`, remedy);
}

/** Windows' own serves Storage Spaces and no array. */
function isOfWindows([, , manufacturer]: Provider): boolean {
	return /^Microsoft\b/i.test(manufacturer ?? "");
}

function registrationFindings({ providers, unread }: Diagnosis): Finding[] {
	const check = "providers";
	// What could not be read is told as such and not as missing.
	if (unread.some(({ className }) => className === "MSFT_StorageProvider")) return [];
	if (providers?.some((provider) => !isOfWindows(provider))) return [];
	const text = providers === null || providers.length === 0 ? "none that this account sees" : "none but Windows' own";
	const remedy =
		"install the array's provider (SMP), or register it with Register-SmisProvider as this account: what another user registered is not seen here, unless -AdditionalUsers named this one.";
	return [warning(check, `${text}: nothing here serves an array`, remedy)];
}

/** From this CurrentCacheLevel on virtual disks are known (windows-driver-docs, msft-storagesubsystem). */
const levelOfDisks = 2;
/** MSFT_StorageSubSystem.HealthStatus. */
const healthNames = new Map([
	[0, "Healthy"],
	[1, "Warning"],
	[2, "Unhealthy"],
]);

function subsystemFinding(subsystem: Subsystem): Finding {
	const [, uniqueId, friendlyName, name, level, health, , mirrorLocal, mirrorRemote] = subsystem;
	const check = `subsystem ${friendlyName ?? name ?? uniqueId ?? "without a name"}`;
	const told = (flag: boolean | null) => (flag === null ? "not reported" : flag ? "yes" : "no");
	const text = [
		health === null ? "health not reported" : (healthNames.get(health) ?? `HealthStatus ${health}`),
		level === null ? "cache level not reported" : `cache level ${level}`,
		`SupportsMirrorLocal ${told(mirrorLocal)}`,
		`SupportsMirrorRemote ${told(mirrorRemote)}`,
	].join(", ");
	if (level !== null && level < levelOfDisks) {
		const remedy =
			"run Update-StorageProviderCache -DiscoveryLevel Full there; an update does the same by itself, unless the host says discover: never.";
		return warning(check, `${text}: its disks are not discovered yet, as after every restart of Windows`, remedy);
	}
	if (health !== null && health !== 0) {
		const remedy = "look at the array with its own tools before anything is moved.";
		return warning(check, text, remedy);
	}
	if (mirrorLocal === false && mirrorRemote === false) {
		const remedy = "ask the vendor for a provider that serves replication: this one says that it mirrors nothing.";
		return warning(check, text, remedy);
	}
	return ok(check, text);
}

function same(one: string | null, other: string | null): boolean {
	return one !== null && other !== null && one.toUpperCase() === other.toUpperCase();
}
