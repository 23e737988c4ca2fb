import {
	virtualDiskHealthStatus as health,
	virtualDiskOperationalStatus as status,
} from "../../model/vocabulary/storage";
import type { SimulatedDisk, World } from "./world";

/** What ails a disk, in the numbers that Windows reports it by. Some say it by one of the two only. */
export const ailments = {
	unhealthy: { healthStatus: health.Unhealthy, operationalStatus: [status.Error] },
	warning: { healthStatus: health.Warning, operationalStatus: [status.Degraded] },
	detached: { healthStatus: health.Unknown, operationalStatus: [status.Detached] },
	"lost-communication": { healthStatus: health.Warning, operationalStatus: [status.LostCommunication] },
	"no-contact": { healthStatus: health.Unknown, operationalStatus: [status.NoContact] },
} as const;

export type Ailment = keyof typeof ailments;

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
