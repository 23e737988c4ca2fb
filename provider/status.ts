import { systemClock } from "./executor/clock";
import { Hosts } from "./executor/hosts";
import { withJournal } from "./executor/journal";
import { observeRelationship } from "./executor/sighting";
import { connectHosts, readHostsConfig } from "./hosts/hostsConfig";
import { rolesAt } from "./lifecycle/outputs";
import { type Direction, describeName, type PerEnd } from "./model/relationship";
import { isFailedOver } from "./planner/phase";

interface Place {
	host: string;
	virtualDisk: string;
}

/** One relationship, live. */
export interface Status {
	presence: "present" | "absent";
	copyState: string;
	progressStatus: string;
	direction: Direction;
	syncMode: string;
	primary: Place;
	secondary: Place;
	percentSynced: number | null;
	lagSeconds: number | null;
	unread: { source: string | null; target: string | null };
}

/** Observes a relationship once, with the telemetry that is in no output. `hosts` as `storageReplication:hosts`. */
export async function readStatus(ends: PerEnd<Place>, hostsConfig: unknown): Promise<Status> {
	const hosts = new Hosts(connectHosts(readHostsConfig(hostsConfig)), systemClock);
	try {
		const sighting = await observeRelationship(
			{ ends, lost: null, knownIds: { source: null, target: null } },
			hosts,
			"fresh",
		);
		const observed = withJournal(sighting.observed, null);
		const roles = rolesAt({ copyState: "Synchronized", direction: observed.direction }, ends, isFailedOver(observed));
		return {
			presence: observed.presence,
			copyState: describeName(observed.copyState),
			progressStatus: describeName(observed.progressStatus, "progress"),
			direction: observed.direction,
			syncMode: observed.syncMode.toLowerCase(),
			primary: roles.primary,
			secondary: roles.secondary,
			percentSynced: sighting.percentSynced,
			lagSeconds: sighting.lagSeconds,
			unread: {
				source: sighting.unread.source?.message ?? null,
				target: sighting.unread.target?.message ?? null,
			},
		};
	} finally {
		await hosts.close();
	}
}
