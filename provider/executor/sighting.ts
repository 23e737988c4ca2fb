import { errorCodes } from "../model/errorCodes";
import {
	copyStateOf,
	currentSource,
	currentTarget,
	type Direction,
	type End,
	ends,
	otherEnd,
	type PerEnd,
	progressStatusOf,
	syncModeOf,
	syncTypeOf,
} from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { virtualDiskHealthStatus, virtualDiskOperationalStatus } from "../model/vocabulary/storage";
import type { Observed } from "../planner/situation";
import { ambiguousDisk, type DeclaredEnd, diskNotFound, findDisk, oneDiskTwice, sameId } from "./disks";
import type { DiskFact, HostObservation, RelationshipFact } from "./host";
import { type Hosts, readingError } from "./hosts";
import { indexOf } from "./observationIndex";

/** Which relationship to look for. */
export interface Declared {
	readonly ends: PerEnd<DeclaredEnd>;
	/** An end declared lost: never contacted, counts as unreachable. */
	readonly lost: End | null;
	/** UniqueIds known from our state; `null`: not known yet. They find a disk that was renamed. */
	readonly knownIds: PerEnd<string | null>;
	/** Check: a name that no disk has is a mistake to report, even if the disk it once named is known by its id. */
	readonly namesMustResolve?: boolean;
	/** Read and delete: the disks that state knows are meant, whatever carries their names now. */
	readonly idsFirst?: boolean;
	/** The target was made in this run: its host may not list it yet. */
	readonly justMade?: boolean;
	/** The disks' names are secret: plans, logs and errors say "source" and "target". */
	readonly hideNames?: boolean;
}

/** What was seen of one relationship at both hosts, put together. Facts only; the journal is not in it. */
export interface Sighting {
	readonly observed: Omit<Observed, "ahead" | "targetConsistent" | "sourceConsistent" | "vanished">;
	readonly disks: PerEnd<DiskFact | null>;
	/** UniqueIds, seen or known. */
	readonly ids: PerEnd<string | null>;
	/** The relationship as each end's host lists it; `null`: that host does not list it or was not read. */
	readonly links: PerEnd<RelationshipFact | null>;
	/** The hosts contradict each other on whether a failover took place: in words; `null`: they do not. */
	readonly contradiction: string | null;
	/** Why an end could not be read; `null`: it was. */
	readonly unread: PerEnd<ReplicationError | null>;
	/** 0 to 100; `null`: not reported. */
	readonly percentSynced: number | null;
	/** Seconds the target is behind; `null`: not reported, and never read as zero. */
	readonly lagSeconds: number | null;
}

/** `cached`: up to 30 s old, for checks and diffs. `fresh`: begun now, for everything that leads to a call. */
export type Freshness = "cached" | "fresh";

/**
 * Observes one relationship. Throws a user error for a disk that is not there or not unique, a transport error when
 * nothing can be said, `splitBrain` when the hosts contradict each other. A host that does not answer is never read as
 * "no relationship": only if every end that may hold it was read and none has it is it absent.
 */
export async function observeRelationship(declared: Declared, hosts: Hosts, freshness: Freshness): Promise<Sighting> {
	const read = await readEnds(declared, hosts, freshness);
	const disks = {
		source: diskOf("source", declared, read.source),
		target: diskOf("target", declared, read.target),
	};
	const ids = {
		source: disks.source?.uniqueId ?? knownIdOf("source", declared, disks),
		target: disks.target?.uniqueId ?? knownIdOf("target", declared, disks),
	};
	if (ids.source !== null && ids.target !== null && sameId(ids.source, ids.target)) throw oneDiskTwice(ids.source);
	const links = {
		source: linkOf("source", declared, read, ids),
		target: linkOf("target", declared, read, ids),
	};
	if (links.source === null && links.target === null) {
		for (const end of ends) refuseHalfShown(end, declared, read, ids, disks);
	}
	const unread = {
		source: unlisted("source", declared, read, disks, links),
		target: unlisted("target", declared, read, disks, links),
	};
	return putTogether(declared, disks, withPeerIds(ids, links), links, unread);
}

/** All relationships that an end's host lists of its disk; none where that is not known. */
function linksOf(end: End, read: PerEnd<Reading>, ids: PerEnd<string | null>): readonly RelationshipFact[] {
	const [reading, own] = [read[end], ids[end]];
	if (reading instanceof ReplicationError || own === null) return [];
	return indexOf(reading).linksByDisk.get(own.toLowerCase()) ?? [];
}

/** The id of an end that is not read. Ends declared the other way round than state knows them: it is the other one's. */
function knownIdOf(end: End, { knownIds }: Declared, disks: PerEnd<DiskFact | null>): string | null {
	const seen = disks[otherEnd(end)];
	const known = knownIds[end];
	return seen !== null && known !== null && sameId(seen.uniqueId, known) ? knownIds[otherEnd(end)] : known;
}

type Reading = HostObservation | ReplicationError;

async function readEnds(declared: Declared, hosts: Hosts, freshness: Freshness): Promise<PerEnd<Reading>> {
	const readEnd = async (end: End): Promise<Reading> => {
		const { host } = declared.ends[end];
		if (declared.lost === end) return declaredLost(end, host);
		try {
			return await (freshness === "fresh" ? hosts.observeAfresh(host) : hosts.observe(host));
		} catch (error) {
			const known = readingError(host, error);
			if (known.facts.class === "transport") return known;
			throw known;
		}
	};
	// One host that sees both arrays is read once.
	if (declared.ends.source.host === declared.ends.target.host && declared.lost === null) {
		const both = await readEnd("source");
		return { source: both, target: both };
	}
	const [source, target] = await Promise.all([readEnd("source"), readEnd("target")]);
	return { source, target };
}

function declaredLost(end: End, host: string): ReplicationError {
	return new ReplicationError({
		code: errorCodes.hostUnreachable,
		class: "transport",
		what: `the ${end} at host ${host} is declared lost and is not contacted.`,
		dataSafety: "what it holds is not known.",
		remedy: "remove `lost` when it is back.",
	});
}

/**
 * A host that answers and does not list a disk that state knows has lost sight of it or of its array: that end was not
 * read. Unless the other host shows its disk and no relationship: then the disk was removed, and both say that it is gone.
 */
function unlisted(
	end: End,
	declared: Declared,
	read: PerEnd<Reading>,
	disks: PerEnd<DiskFact | null>,
	links: PerEnd<RelationshipFact | null>,
): ReplicationError | null {
	const unread = unreadOf(read[end]);
	const known = declared.knownIds[end];
	const other = otherEnd(end);
	if (unread !== null || known === null || disks[end] !== null || declared.namesMustResolve) return unread;
	if ((end === "target" && declared.justMade) || (disks[other] !== null && links[other] === null)) return null;
	return new ReplicationError({
		code: errorCodes.hostUnreachable,
		class: "transport",
		what: `host ${declared.ends[end].host} answers and does not list the disk ${declared.hideNames ? `of the ${end}` : known}: it was removed, or the host has lost contact to its array.`,
		dataSafety: "what it holds is not known; nothing was changed.",
		remedy:
			"restore the contact; if the disk is gone for good, end the relationship with the array's own tools and run pulumi state delete.",
	});
}

function unreadOf(reading: Reading): ReplicationError | null {
	return reading instanceof ReplicationError ? reading : null;
}

function diskOf(end: End, declared: Declared, reading: Reading): DiskFact | null {
	if (reading instanceof ReplicationError) return null;
	const declaredEnd = declared.ends[end];
	const id = declared.knownIds[end];
	if (declared.idsFirst === true && id !== null) return indexOf(reading).byUniqueId.get(id.toLowerCase()) ?? null;
	const search = findDisk(reading, declaredEnd.virtualDisk);
	switch (search.found) {
		case "one":
			return search.disk;
		case "many": {
			const known = declared.knownIds[end];
			const disk = known === null ? undefined : indexOf(reading).byUniqueId.get(known.toLowerCase());
			if (disk !== undefined) return disk;
			throw ambiguousDisk(end, shownEnd(declared, end), search.uniqueIds);
		}
		case "none": {
			const known = declared.knownIds[end];
			const renamed = known === null ? undefined : indexOf(reading).byUniqueId.get(known.toLowerCase());
			if (renamed !== undefined && !declared.namesMustResolve) return renamed;
			const toBeMade = declaredEnd.storagePool !== undefined || declaredEnd.storageSubsystem !== undefined;
			if ((known !== null && !declared.namesMustResolve) || (end === "target" && toBeMade)) return null;
			throw diskNotFound(end, shownEnd(declared, end), declared.hideNames ? [] : search.nearest);
		}
		default:
			return search satisfies never;
	}
}

/** An end as errors may show it. */
export function shownEnd({ ends: declaredEnds, hideNames }: Declared, end: End): DeclaredEnd {
	return hideNames ? { ...declaredEnds[end], virtualDisk: end } : declaredEnds[end];
}

/** The link of this end's disk to the other end's. The peer is matched by id, or by name while its id is not known. */
function linkOf(
	end: End,
	declared: Declared,
	read: PerEnd<Reading>,
	ids: PerEnd<string | null>,
): RelationshipFact | null {
	const peer = ids[otherEnd(end)];
	const peerName = declared.ends[otherEnd(end)].virtualDisk;
	const links = linksOf(end, read, ids);
	const matches = links.filter((link) =>
		peer === null
			? sameId(link.peerUniqueId, peerName) || sameId(link.peerName, peerName)
			: sameId(link.peerUniqueId, peer),
	);
	const peerMayBeAmongThem = peer === null && read[otherEnd(end)] instanceof ReplicationError;
	const oneOfSeveral = peer === null && new Set(matches.map(({ peerUniqueId }) => peerUniqueId.toLowerCase())).size > 1;
	if (oneOfSeveral || (matches.length === 0 && links.length > 0 && peerMayBeAmongThem))
		throw peerNotNamed(end, declared, links);
	return matches[0] ?? null;
}

/** A host that names a relationship of this disk and cannot show it has not said that there is none. */
function refuseHalfShown(
	end: End,
	declared: Declared,
	read: PerEnd<Reading>,
	ids: PerEnd<string | null>,
	disks: PerEnd<DiskFact | null>,
): void {
	const reading = read[end];
	const own = ids[end];
	if (reading instanceof ReplicationError) return;
	const shown = reading.unreadable.find(({ diskUniqueId }) =>
		// A relationship of a disk that is not listed is not that of a disk that is.
		diskUniqueId === null ? disks[end] === null : own !== null && sameId(diskUniqueId, own),
	);
	if (shown === undefined) return;
	const { host } = declared.ends[end];
	throw new ReplicationError({
		code: errorCodes.hostAnswerInvalid,
		class: "transport",
		what: `host ${host} lists ${declared.hideNames ? "a relationship that it cannot show" : shown.what}, so whether this one is there cannot be told.`,
		dataSafety: "yes, nothing was changed.",
		remedy: "refresh the provider on that host (Update-StorageProviderCache) and run again.",
	});
}

/** To read this as "no relationship" would turn a name that a host spells in its own way into absence. */
function peerNotNamed(end: End, declared: Declared, links: readonly RelationshipFact[]): ReplicationError {
	const [own, other] = [shownEnd(declared, end), shownEnd(declared, otherEnd(end))];
	const peers = links.map(({ peerUniqueId }) => peerUniqueId).join(", ");
	return new ReplicationError({
		code: errorCodes.peerNotNamed,
		// Not the user's mistake but something that is not known: refresh and delete keep what they have.
		class: "transport",
		property: `${otherEnd(end)}.virtualDisk`,
		what: `host ${own.host} lists ${own.virtualDisk} in relationships with ${declared.hideNames ? `${links.length} peers` : peers}, and whether one of them is ${other.virtualDisk} cannot be told while host ${other.host} is not read.`,
		dataSafety: "yes, nothing was changed.",
		remedy: `declare the ${otherEnd(end)} by its UniqueId, or restore contact to its host once.`,
	});
}

function withPeerIds(ids: PerEnd<string | null>, links: PerEnd<RelationshipFact | null>): PerEnd<string | null> {
	return {
		source: ids.source ?? links.target?.peerUniqueId ?? null,
		target: ids.target ?? links.source?.peerUniqueId ?? null,
	};
}

function putTogether(
	declared: Declared,
	disks: Sighting["disks"],
	ids: Sighting["ids"],
	links: Sighting["links"],
	unread: Sighting["unread"],
): Sighting {
	const reachable = { source: unread.source === null, target: unread.target === null };
	const readOnly = { source: isReadOnly(disks.source), target: isReadOnly(disks.target) };
	const usable = { source: isUsable(disks.source), target: isUsable(disks.target) };
	const direction = directionOf(declared, links);
	if (direction === null) {
		const silent = ends.find((end) => !reachable[end] && declared.lost !== end);
		const reason = silent === undefined ? null : unread[silent];
		// The end that was not read may hold the relationship: this is not absence.
		if (reason && (reachable.source || reachable.target)) throw reason;
		return {
			observed: {
				presence: "absent",
				targetExists: disks.target !== null,
				copyState: "NotApplicable",
				progressStatus: "NotApplicable",
				direction: "forward",
				syncMode: "Unknown",
				syncType: "Mirror",
				reachable,
				readOnly,
				job: null,
				usable,
			},
			disks,
			ids,
			links,
			unread,
			contradiction: null,
			percentSynced: null,
			lagSeconds: null,
		};
	}
	// The host at the current source sends the copies, so its word comes first.
	const first = links[currentSource(direction)];
	const second = links[otherEnd(currentSource(direction))];
	const link = (first ?? second) as RelationshipFact;
	const disagree = first !== null && second !== null && isFailedOverAt(first) !== isFailedOverAt(second);
	const contradiction = disagree
		? `the hosts contradict each other on whether the ${currentTarget(direction)} was failed over to (CopyState ${first.copyState} and ${second.copyState})`
		: null;
	return {
		observed: {
			presence: "present",
			targetExists: disks.target !== null,
			copyState: copyStateOf(link.copyState),
			progressStatus: progressStatusOf(link.progressStatus),
			direction,
			syncMode: syncModeOf(link.syncMode),
			syncType: syncTypeOf(link.syncType),
			reachable,
			readOnly,
			job: first?.job ?? second?.job ?? null,
			usable,
		},
		disks,
		ids,
		links,
		unread,
		contradiction,
		percentSynced: first?.percentSynced ?? second?.percentSynced ?? null,
		lagSeconds: first?.lagSeconds ?? second?.lagSeconds ?? null,
	};
}

function isFailedOverAt({ copyState, progressStatus }: RelationshipFact): boolean {
	return copyStateOf(copyState) === "Failedover" || progressStatusOf(progressStatus) === "FailingOver";
}

/** The roles by the array's word; null when no host lists the relationship. */
function directionOf(declared: Declared, links: PerEnd<RelationshipFact | null>): Direction | null {
	if (links.source === null && links.target === null) return null;
	const bySource = links.source === null ? "unknown" : links.source.role;
	const byTarget = links.target === null ? "unknown" : links.target.role;
	if (bySource !== "unknown" && bySource === byTarget) {
		throw splitBrain(
			`host ${declared.ends.source.host} and host ${declared.ends.target.host} both say that their disk is the ${bySource}.`,
		);
	}
	if (bySource !== "unknown") return bySource === "source" ? "forward" : "reverse";
	if (byTarget !== "unknown") return byTarget === "target" ? "forward" : "reverse";
	throw new ReplicationError({
		code: errorCodes.roleUnknown,
		class: "array",
		what: "the relationship is there, but no host says which disk is its source.",
		dataSafety: "yes, nothing was changed.",
		remedy: "look at the roles with the array's own tools; without them nothing is done.",
	});
}

/** Two ends that may both take writes as if each were the only one. Nobody but a person can say which writes count. */
export function splitBrain(what: string): ReplicationError {
	return new ReplicationError({
		code: errorCodes.splitBrain,
		class: "safety",
		what: `split brain: ${what}`,
		dataSafety: "both ends may hold writes of their own; nothing was changed.",
		remedy: "decide which end serves, make the other read-only with the array's tools, then run again.",
	});
}

/** Access 1 is Readable. Not reported is not read-only: a guess here would hide the writes that a move can lose. */
function isReadOnly(disk: DiskFact | null): boolean {
	return disk?.access === 1;
}

/** What nothing can be served from (replication-model.md §2). Warning health and what is not reported are usable. */
function isUsable(disk: DiskFact | null): boolean {
	const { Detached, NoContact, LostCommunication, NonRecoverableError } = virtualDiskOperationalStatus;
	const bad: readonly number[] = [Detached, NoContact, LostCommunication, NonRecoverableError];
	if (disk === null) return true;
	return (
		disk.healthStatus !== virtualDiskHealthStatus.Unhealthy && !disk.operationalStatus.some((n) => bad.includes(n))
	);
}

/** Access 2 Writeable, 3 Read/Write. */
export function isWritable(disk: DiskFact | null): boolean {
	return disk?.access === 2 || disk?.access === 3;
}
