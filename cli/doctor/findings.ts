import type { PowerShellEntry } from "../../provider/hosts/powershell";
import { launchOf, leavesOutModulePath } from "../../provider/hosts/powershell/launch";
import type { HostRecord } from "../../provider/hosts/report/report";
import { arrayFindings } from "./arrayFindings";
import { failedFinding } from "./failedFinding";
import { type Finding, ok } from "./finding";
import { machineFindings } from "./machineFindings";
import { providerFindings } from "./providerFindings";
import { timeFindings } from "./timeFindings";
import { visibleFindings } from "./visibleFindings";

/** Everything that can be said of one host by its answers, whether it gave them now or in a report. `entry`: how it is reached, if it is. */
export function findingsOf(record: HostRecord, entry: PowerShellEntry | null): Finding[] {
	const { kind, diagnosis, observation, capabilities, contact } = record;
	if (!diagnosis.ok) return [failedFinding("contact", diagnosis, entry)];
	const facts = diagnosis.value;
	const sessionUser = entry?.kind === "cim" ? (entry.credential?.username ?? null) : null;
	const found = machineFindings(facts, kind, sessionUser);
	if (entry !== null && entry.kind !== "ssh" && leavesOutModulePath(launchOf(entry))) {
		const why = "with that of a PowerShell 7 above it Windows PowerShell would not find its own modules";
		found.push(ok("environment", `PSModulePath is not handed on: ${why}`));
	}
	if (facts.classFound) found.push(...providerFindings(facts));
	if (observation !== null) {
		found.push(
			...(observation.ok ? visibleFindings(observation.value) : [failedFinding("observation", observation, entry)]),
		);
	}
	found.push(...arrayFindings(capabilities));
	if (contact !== null)
		found.push(...(contact.ok ? timeFindings(contact.value) : [failedFinding("round trip", contact, entry)]));
	return found;
}
