import type { DiskFact } from "../../executor/host";
import type { ObserveAnswer } from "./answers";
import { addTo, fold } from "./keyed";

type Arrays = Pick<DiskFact, "subsystem" | "subsystemName" | "subsystemUniqueId" | "otherSubsystems">;
type Row = ObserveAnswer["subsystems"][number];
export type SubsystemOf = (diskObjectId: string, subsystemKey: string) => Arrays;

/**
 * The array of a disk, by the association or by what the disk itself refers to. A disk that several list is told with
 * all of them, in an order that is not that of the rows: each may forbid something.
 */
export function subsystemFinder(subsystems: readonly Row[], holds: ObserveAnswer["holds"]): SubsystemOf {
	const byKey = new Map<string, Set<Row>>();
	for (const row of subsystems) {
		const [objectId, uniqueId, friendlyName, name] = row;
		for (const key of [objectId, uniqueId, friendlyName, name]) if (key) addTo(byKey, fold(key), [row]);
	}
	const byDisk = new Map<string, Set<Row>>();
	for (const [subsystem, disk] of holds) {
		if (disk) addTo(byDisk, fold(disk), byKey.get(fold(subsystem ?? "")) ?? []);
	}
	const shown = ([, uniqueId, friendlyName, name]: Row): Omit<Arrays, "otherSubsystems"> => ({
		subsystem: friendlyName ?? name ?? "",
		subsystemName: name ?? "",
		subsystemUniqueId: uniqueId ?? "",
	});
	return (diskObjectId, subsystemKey) => {
		const rows = byDisk.get(fold(diskObjectId)) ?? byKey.get(fold(subsystemKey)) ?? [];
		const [first, ...others] = [...rows].map(shown).sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
		if (first === undefined) return { subsystem: "", subsystemName: "", subsystemUniqueId: "", otherSubsystems: [] };
		return { ...first, otherSubsystems: [...new Set(others.map(({ subsystem }) => subsystem))] };
	};
}

function sortKey({ subsystem, subsystemUniqueId }: Omit<Arrays, "otherSubsystems">): string {
	return `${subsystem}\n${subsystemUniqueId}`;
}
