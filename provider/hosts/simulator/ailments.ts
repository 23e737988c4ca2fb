import {
	virtualDiskHealthStatus as health,
	virtualDiskOperationalStatus as status,
} from "../../model/vocabulary/storage";

/** What ails a disk, in the numbers that Windows reports it by. Some say it by one of the two only. */
export const ailments = {
	unhealthy: { healthStatus: health.Unhealthy, operationalStatus: [status.Error] },
	warning: { healthStatus: health.Warning, operationalStatus: [status.Degraded] },
	detached: { healthStatus: health.Unknown, operationalStatus: [status.Detached] },
	"lost-communication": { healthStatus: health.Warning, operationalStatus: [status.LostCommunication] },
	"no-contact": { healthStatus: health.Unknown, operationalStatus: [status.NoContact] },
} as const;

export type Ailment = keyof typeof ailments;
