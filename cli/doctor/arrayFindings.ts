import { capabilitiesOf } from "../../provider/hosts/powershell/capabilities";
import type { HostRecord } from "../../provider/hosts/report/report";
import { ReplicationError } from "../../provider/model/replicationError";
import { capabilities as vocabulary } from "../../provider/model/vocabulary";
import { failedFinding } from "./failedFinding";
import { type Finding, ok, warning } from "./finding";

type Recorded = HostRecord["capabilities"][number];

const typeNames = namesOf(vocabulary.replicationCapabilitiesSupportedReplicationTypes);
const operationNames = namesOf(vocabulary.replicationCapabilitiesGetSupportedOperationsSupportedOperations);
/** The same number means another thing in the other list. */
const featureNames = {
	element: namesOf(vocabulary.replicationCapabilitiesGetSupportedFeaturesFeatures),
	group: namesOf(vocabulary.replicationCapabilitiesGetSupportedGroupFeaturesFeatures),
};

/** What each array says of its replication: the only word on support there is before a call. */
export function arrayFindings(capabilities: HostRecord["capabilities"]): Finding[] {
	const arrays = [...new Set(capabilities.map(({ subsystem }) => subsystem))];
	return arrays.flatMap((array) =>
		findingsOfArray(
			array,
			capabilities.filter(({ subsystem }) => subsystem === array),
		),
	);
}

function findingsOfArray(array: string, recorded: readonly Recorded[]): Finding[] {
	const check = `array ${array}`;
	const offered = recorded.filter(isOffered);
	if (offered.length === 0) {
		const remedy = "check the replication licence of the array and its provider: no kind of replication is offered.";
		return [warning(check, "advertises no replication", remedy)];
	}
	// Most arrays say the same of every kind of replication: one line then, not sixteen.
	const said = new Map<string, { readonly names: string[]; readonly finding: Finding }>();
	for (const one of offered) {
		const finding = findingOf(check, one);
		if (finding === null) continue;
		const name = typeNames.get(one.replicationType) ?? String(one.replicationType);
		const same = said.get(finding.text);
		if (same === undefined) said.set(finding.text, { names: [name], finding });
		else same.names.push(name);
	}
	return [...said.values()].map(({ names, finding }) => ({ ...finding, text: `${names.join(", ")}: ${finding.text}` }));
}

/** Null: an array that does not say that it has groups says nothing of them. */
function findingOf(check: string, { replicationType, of, answer }: Recorded): Finding | null {
	const finding = answer.ok
		? advertisedFinding(check, replicationType, of, answer.value)
		: failedFinding(check, answer, null);
	// Mirrors of disks go on without the answer on copies and groups.
	const isNeeded = of === "element" && typeNames.get(replicationType)?.includes("Mirror") === true;
	return finding?.level === "stop" && !isNeeded ? { ...finding, level: "warning" } : finding;
}

function isOffered({ replicationType, answer }: Recorded): boolean {
	if (!answer.ok || !answer.value.found) return true;
	return answer.value.types === null || answer.value.types.includes(replicationType);
}

/** "If TRUE, then this is a fully discovered model" (msft-replicationcapabilities) is all that is said of the flag: no is a hint. */
const withoutDiscovery =
	"a provider that does not discover everything may refuse Discover, and then no role moves and nothing that is missing counts as absent (SR4001). Try it before the night: Update-StorageProviderCache -DiscoveryLevel Full. Where it is refused, set discover: never for the host: an update then believes the cache, however old it is.";

type Answer = Extract<Recorded["answer"], { ok: true }>["value"];

function advertisedFinding(check: string, replicationType: number, of: Recorded["of"], answer: Answer): Finding | null {
	const ofGroups = of === "group" ? "of groups: " : "";
	const silent = (text: string) =>
		warning(
			check,
			`${ofGroups}${text}`,
			"nothing can be checked beforehand: plans assume every operation, and the array's refusal is final.",
		);
	if (!answer.found) return silent("has no MSFT_ReplicationCapabilities");
	let known: ReturnType<typeof capabilitiesOf>;
	try {
		known = capabilitiesOf(answer, replicationType, { where: check, call: "reading capabilities", changes: false });
	} catch (error) {
		if (!(error instanceof ReplicationError)) throw error;
		const remedy = "look at the array's provider, then run this again.";
		return { level: "stop", check, text: `${ofGroups}${error.facts.what}`, remedy };
	}
	const { operations, features } = known;
	if (operations === null) {
		if (of === "group" && answer.supportsReplicationGroup === null) return null;
		return silent("does not say which operations it supports");
	}
	if (operations.length === 0) {
		const remedy = "plans for this kind of replication are refused: check the provider's version and licence.";
		return warning(check, `${ofGroups}advertises no operation`, remedy);
	}
	const named =
		features.map((feature) => `${feature} ${featureNames[of].get(feature) ?? "(unknown)"}`).join(", ") || "none";
	const listed = operations.map((operation) => `${operation} ${operationNumber(operation)}`).join(", ");
	const lists = `${ofGroups}operations ${listed}; features ${named}`;
	if (of === "group") return ok(check, lists);
	const flags = [
		["SupportsReplicationGroup", answer.supportsReplicationGroup],
		["SupportsFullDiscovery", answer.supportsFullDiscovery],
	].flatMap(([name, flag]) => (flag === null ? [] : [`${name} ${flag === true ? "yes" : "no"}`]));
	const text = [lists, ...flags].join("; ");
	return answer.supportsFullDiscovery === false ? warning(check, text, withoutDiscovery) : ok(check, text);
}

function operationNumber(name: string): string {
	for (const [number, known] of operationNames) if (known === name) return `(${number})`;
	return "";
}

function namesOf(table: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
	return new Map(Object.entries(table).map(([name, number]) => [number, name]));
}
