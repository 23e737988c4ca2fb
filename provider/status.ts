import { observeDiscovered } from "./executor/agreement";
import { type Clock, systemClock } from "./executor/clock";
import type { DiskFact } from "./executor/host";
import { type ConnectHost, Hosts } from "./executor/hosts";
import { capabilitiesFor } from "./executor/outlook";
import type { Freshness } from "./executor/readEnds";
import { type HostStatus, readHostStatus } from "./hostStatus";
import { connectHosts, readHostsConfig } from "./hosts/hostsConfig";
import { find } from "./lifecycle/find";
import type { SyncMode } from "./model/argumentValues";
import type { Capabilities } from "./model/capabilities";
import { type Direction, describeName, healthStatusOf, operationalStatusOf, type PerEnd } from "./model/relationship";

interface Place {
	host: string;
	virtualDisk: string;
}

/** One disk by the word of its host. */
export interface DiskHealth {
	/** `MSFT_VirtualDisk.HealthStatus` by name; null: not reported. */
	healthStatus: string | null;
	/** `MSFT_VirtualDisk.OperationalStatus` by name; empty: not reported. */
	operationalStatus: string[];
}

/** One relationship, live. */
export interface Status {
	/** `absent`: the hosts of both ends were read and none lists it. What could not be read is an error instead. */
	presence: "present" | "absent";
	copyState: string;
	progressStatus: string;
	direction: Direction;
	syncMode: string;
	primary: Place;
	secondary: Place;
	percentSynced: number | null;
	lagSeconds: number | null;
	/** Null: that end was not read. */
	health: { source: DiskHealth | null; target: DiskHealth | null };
	unread: { source: string | null; target: string | null };
	/**
	 * Which disk is the source, or whether the target was failed over to, is told in two ways: in words. `direction`,
	 * `primary` and `secondary` mean nothing then. Null: it is not.
	 */
	contradiction: string | null;
	/** What else is told in two ways, in words. The worse of each counts. */
	differences: string[];
}

/** Reads relationships. `hostsConfig` as `storageReplication:hosts`. */
export function statusReader(hostsConfig: unknown): StatusReader {
	return new StatusReader(connectHosts(readHostsConfig(hostsConfig)), systemClock);
}

/** A connection to hosts for readings of any number of relationships. */
export class StatusReader {
	private readonly hosts: Hosts;
	private readonly clock: Clock;

	constructor(connect: ConnectHost, clock: Clock) {
		this.hosts = new Hosts(connect, clock);
		this.clock = clock;
	}

	/** Observes a relationship, with the telemetry that is in no output. Readings that are `cached` are shared by all callers. */
	async read(ends: PerEnd<Place>, freshness: Freshness): Promise<Status> {
		const declared = { ends, lost: null, knownIds: { source: null, target: null } };
		const { sighting, roles } = await find(declared, this.hosts, this.clock, freshness);
		const { observed, disks, unread } = sighting;
		return {
			presence: observed.presence,
			copyState: roles.copyState,
			progressStatus: describeName(observed.progressStatus, "progress"),
			direction: observed.direction,
			syncMode: observed.syncMode.toLowerCase(),
			primary: roles.primary,
			secondary: roles.secondary,
			percentSynced: sighting.percentSynced,
			lagSeconds: sighting.lagSeconds,
			health: { source: healthOf(disks.source), target: healthOf(disks.target) },
			unread: { source: unread.source?.message ?? null, target: unread.target?.message ?? null },
			contradiction: sighting.contradiction?.what ?? null,
			differences: sighting.differences.map(({ what }) => what),
		};
	}

	/** What the array that would be told to change a pair says it can do. */
	async readCapabilities(ends: PerEnd<Place>, syncMode: SyncMode | undefined): Promise<Capabilities> {
		const declared = { ends, lost: null, knownIds: { source: null, target: null } };
		const sighting = await observeDiscovered(declared, this.hosts, "cached");
		const { disks, unread } = sighting;
		const silence = unread.source ?? unread.target;
		if (disks.source === null && disks.target === null && silence !== null) throw silence;
		const wished = syncMode === "asynchronous" ? "Asynchronous" : "Synchronous";
		return capabilitiesFor(declared, sighting, { state: "active", syncMode: wished }, this.hosts);
	}

	/** Lists all relationships that one host sees. */
	readHost(name: string): Promise<HostStatus> {
		return readHostStatus(this.hosts, name);
	}

	close(): Promise<void> {
		return this.hosts.close();
	}
}

export function healthOf(disk: DiskFact | null): DiskHealth | null {
	if (disk === null) return null;
	return {
		healthStatus: disk.healthStatus === null ? null : describeName(healthStatusOf(disk.healthStatus), "health"),
		operationalStatus: disk.operationalStatus.map((number) => describeName(operationalStatusOf(number), "status")),
	};
}
