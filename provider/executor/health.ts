import { describeName, healthStatusOf, operationalStatusOf } from "../model/relationship";
import { virtualDiskHealthStatus, virtualDiskOperationalStatus } from "../model/vocabulary/storage";
import type { DiskFact } from "./host";

/** What a person has to know of a disk before anything is moved onto it; null: it is well, or nothing is reported. */
export function ailmentOf(disk: DiskFact | null): string | null {
	if (disk === null) return null;
	const { Healthy, Unknown } = virtualDiskHealthStatus;
	const { OK, Unknown: notKnown } = virtualDiskOperationalStatus;
	const parts = disk.operationalStatus
		.filter((status) => status !== OK && status !== notKnown)
		.map((status) => `OperationalStatus ${describeName(operationalStatusOf(status))}`);
	const { healthStatus } = disk;
	if (healthStatus !== null && healthStatus !== Healthy && healthStatus !== Unknown) {
		parts.unshift(`HealthStatus ${describeName(healthStatusOf(healthStatus))}`);
	}
	return parts.length === 0 ? null : parts.join(", ");
}
