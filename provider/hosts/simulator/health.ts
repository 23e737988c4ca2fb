import {
	virtualDiskHealthStatus as health,
	virtualDiskOperationalStatus as status,
} from "../../model/vocabulary/storage";
import { type Ailment, ailments } from "./ailments";
import type { SimulatedDisk, World } from "./world";

/** The numbers of a disk, the well ones if nothing ails it. */
export function healthOf(world: World, disk: SimulatedDisk) {
	const ailment = ailmentOf(world, disk);
	return ailment === null ? { healthStatus: health.Healthy, operationalStatus: [status.OK] } : ailments[ailment];
}

/** Can an application reach it and write to it? */
export function isUsable(world: World, disk: SimulatedDisk): boolean {
	const ailment = ailmentOf(world, disk);
	return ailment === null || ailment === "warning";
}

export function ailmentOf({ faults }: World, { uniqueId, name }: SimulatedDisk): Ailment | null {
	const ailing = faults.findLast((fault) => fault.kind === "health" && [uniqueId, name].includes(fault.disk));
	return ailing?.kind === "health" ? ailing.ailment : null;
}
