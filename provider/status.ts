import { observeDiscovered } from "./executor/agreement";
import { type Clock, systemClock } from "./executor/clock";
import type { Declared } from "./executor/declared";
import { rolesDifferIn } from "./executor/groupSighting";
import type { DiskFact } from "./executor/host";
import { type ConnectHost, Hosts } from "./executor/hosts";
import { capabilitiesFor } from "./executor/outlook";
import type { Freshness } from "./executor/readEnds";
import type { SeenPair } from "./executor/sighting";
import { type HostStatus, readHostStatus } from "./hostStatus";
import { connectHosts, readHostsConfig } from "./hosts/hostsConfig";
import { foundCopy, knownComplete, strangersCopy } from "./lifecycle/copyOutputs";
import { type Found, find } from "./lifecycle/find";
import type { SyncMode } from "./model/argumentValues";
import type { Capabilities } from "./model/capabilities";
import {
	type Direction,
	describeName,
	healthStatusOf,
	isOfKind,
	isUnknown,
	operationalStatusOf,
	type PerEnd,
	type SyncType,
} from "./model/relationship";

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
	/** `Mirror`, `Snapshot`, `Clone`, `TokenizedClone`, or `unknown type 12`. */
	kind: string;
	copyState: string;
	progressStatus: string;
	direction: Direction;
	syncMode: string;
	primary: Place;
	secondary: Place;
	/** Of a snapshot or a clone: it holds a whole point in time. Null: not known, or a mirror. */
	complete: boolean | null;
	/** Of a snapshot or a clone: which one, as the array reports it. Null: not reported, not at rest, or a mirror. */
	pointInTime: string | null;
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

/** The relationship of two replication groups, live: by the worst of its pairs. */
export interface GroupsStatus extends Omit<Status, "complete" | "pointInTime" | "health"> {
	/** What all pairs hold is one point in time, as the array reports it; null: it does not. */
	consistency: boolean | null;
	/** Null: the array shows none of them by itself. */
	pairs: PairStatus[] | null;
}

/** One pair of two groups. */
export interface PairStatus {
	/** UniqueId of its source; of a pair that could not be read, of what there is. */
	source: string;
	/** Null in this and the others: it could not be read, although its host can; percentage and lag: or not reported. */
	target: string | null;
	copyState: string | null;
	progressStatus: string | null;
	direction: Direction | null;
	percentSynced: number | null;
	lagSeconds: number | null;
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

	/**
	 * Observes a relationship, with the telemetry that is in no output. Readings that are `cached` are shared by all callers.
	 * `kind` left out: the mirror, else whatever there is between the two disks.
	 */
	async read(ends: PerEnd<Place>, freshness: Freshness, kind?: SyncType): Promise<Status> {
		const declared = declaredOf(ends, kind);
		const seen = await find(declared, this.hosts, this.clock, freshness);
		const { sighting, roles } = seen;
		const { observed, disks } = sighting;
		// Another one between the same two disks is not the one that was asked for.
		const isOther = kind !== undefined && !isOfKind(observed.syncType, kind);
		const isAbsent = observed.presence === "absent" || isOther;
		const copyKind =
			isAbsent || isUnknown(observed.syncType) || observed.syncType === "Mirror" ? null : observed.syncType;
		const copy = copyKind === null ? null : strangersCopy(sighting, copyKind);
		const found = copy === null ? null : foundCopy(copy, ends, null);
		return {
			presence: isAbsent ? "absent" : "present",
			kind: isAbsent ? (kind ?? "Mirror") : describeName(observed.syncType, "type"),
			complete: copy === null || found === null ? null : knownComplete(copy, found),
			pointInTime: found?.pointInTime ?? null,
			copyState: isOther ? "NotApplicable" : roles.copyState,
			...toldOf(seen),
			health: { source: healthOf(disks.source), target: healthOf(disks.target) },
			contradiction: sighting.contradiction?.what ?? null,
		};
	}

	/** The same of two replication groups; `virtualDisk` names a group. */
	async readGroups(ends: PerEnd<Place>, freshness: Freshness): Promise<GroupsStatus> {
		const subject = "group" as const;
		const groups = { source: { ...ends.source, subject }, target: { ...ends.target, subject } };
		const seen = await find(declaredOf(groups, undefined), this.hosts, this.clock, freshness);
		const { sighting, roles } = seen;
		const { observed, group } = sighting;
		return {
			presence: observed.presence,
			kind: "Group",
			copyState: roles.copyState,
			...toldOf(seen),
			contradiction: sighting.contradiction?.what ?? rolesDifferIn(sighting),
			consistency: observed.consistency ?? null,
			pairs: group?.members?.map(pairStatus) ?? null,
		};
	}

	/** What the array that would be told to change a pair says it can do. */
	async readCapabilities(ends: PerEnd<Place>, syncMode: SyncMode | undefined, kind?: SyncType): Promise<Capabilities> {
		const declared = declaredOf(ends, kind);
		const sighting = await observeDiscovered(declared, this.hosts, "cached");
		const { disks, unread } = sighting;
		const silence = unread.source ?? unread.target;
		if (disks.source === null && disks.target === null && silence !== null) throw silence;
		const wished = syncMode === "asynchronous" ? "Asynchronous" : "Synchronous";
		return capabilitiesFor(declared, sighting, { state: "active", syncMode: wished, ...ofKind(kind) }, this.hosts);
	}

	/** Lists all relationships that one host sees. */
	readHost(name: string): Promise<HostStatus> {
		return readHostStatus(this.hosts, name);
	}

	close(): Promise<void> {
		return this.hosts.close();
	}
}

/** What is told alike of two disks and of two groups. */
function toldOf({ sighting, roles }: Found) {
	const { observed, unread } = sighting;
	return {
		progressStatus: describeName(observed.progressStatus, "progress"),
		direction: observed.direction,
		syncMode: observed.syncMode.toLowerCase(),
		primary: roles.primary,
		secondary: roles.secondary,
		percentSynced: sighting.percentSynced,
		lagSeconds: sighting.lagSeconds,
		unread: { source: unread.source?.message ?? null, target: unread.target?.message ?? null },
		differences: sighting.differences.map(({ what }) => what),
	};
}

function pairStatus({ key, sighting }: SeenPair): PairStatus {
	const observed = sighting?.observed;
	return {
		source: sighting?.ids.source ?? key,
		target: sighting?.ids.target ?? null,
		copyState: observed === undefined ? null : describeName(observed.copyState),
		progressStatus: observed === undefined ? null : describeName(observed.progressStatus, "progress"),
		direction: observed?.direction ?? null,
		percentSynced: sighting?.percentSynced ?? null,
		lagSeconds: sighting?.lagSeconds ?? null,
	};
}

/** The planner's words leave a mirror's kind out. */
function ofKind(kind: SyncType | undefined): { readonly kind?: SyncType } {
	return kind === undefined || kind === "Mirror" ? {} : { kind };
}

function declaredOf(ends: PerEnd<Place>, kind: SyncType | undefined): Declared {
	return { ends, lost: null, knownIds: { source: null, target: null }, ...ofKind(kind) };
}

export function healthOf(disk: DiskFact | null): DiskHealth | null {
	if (disk === null) return null;
	return {
		healthStatus: disk.healthStatus === null ? null : describeName(healthStatusOf(disk.healthStatus), "health"),
		operationalStatus: disk.operationalStatus.map((number) => describeName(operationalStatusOf(number), "status")),
	};
}
