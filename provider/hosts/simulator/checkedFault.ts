import { arrayNamed, diskNamed, mistake } from "./named";
import { type Fault, latestMs, type World } from "./world";
import type { WorldStore } from "./worldStore";

/** Asked only where a fault names a host: it goes through the log of all contacts. */
type Contacts = Pick<WorldStore, "contactedHosts">;

/** The host that exists without configuration. */
const embeddedHost = "simulator";

/** A fault as the file keeps it: of what is there, and disks by what they are for good, so that renaming moves none. */
export function checkedFault(world: World, fault: Fault, store: Contacts): Fault {
	if ("disk" in fault) {
		if ("host" in fault) refuseUnknownHost(world, fault.host, store);
		return { ...fault, disk: diskNamed(world, fault.disk).uniqueId };
	}
	switch (fault.kind) {
		case "hostDown":
		case "coldCache":
			refuseUnknownHost(world, fault.host, store);
			return fault;
		case "arrayLost":
		case "subsystemError":
			arrayNamed(world, fault.array);
			return fault;
		case "linkDown":
			for (const array of fault.arrays) arrayNamed(world, array);
			if (fault.arrays[0] === fault.arrays[1]) {
				throw mistake(`an array has no link to itself (${fault.arrays[0]})`, "name two arrays.");
			}
			return fault;
		case "late":
			duration(fault.ms);
			return fault;
		case "slow":
		case "job":
		case "returnCode":
		case "cutOff":
		case "crash":
		case "partial":
			return fault;
		default:
			return fault satisfies never;
	}
}

/** Any name that no array lists sees all arrays; but one that never asked for anything is more likely misspelled. */
function refuseUnknownHost(world: World, host: string, store: Contacts): void {
	const known = knownHosts(world, store);
	if (known.includes(host)) return;
	const remedy = `there are: ${known.join(", ")}; any other has to be used once before it can break.`;
	throw mistake(`there is no host "${host}"`, remedy);
}

export function knownHosts(world: World, store: Contacts): readonly string[] {
	const listed = world.arrays.flatMap(({ hosts }) => hosts);
	return [...new Set([...listed, embeddedHost, ...store.contactedHosts()])];
}

export function duration(ms: number): number {
	if (ms >= 0 && ms <= latestMs) return ms;
	throw mistake(`${ms} ms is no duration`, "give one of 0 or more, within what a clock can show.");
}
