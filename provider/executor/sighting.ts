import { errorCodes } from "../model/errorCodes";
import {
	type CopyState,
	copyStateOf,
	currentSource,
	currentTarget,
	type Direction,
	type End,
	ends,
	isUnknown,
	otherEnd,
	type PerEnd,
	progressStatusOf,
	syncModeOf,
	syncTypeOf,
} from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { virtualDiskHealthStatus, virtualDiskOperationalStatus } from "../model/vocabulary/storage";
import { saysHalf } from "../model/worse";
import type { Observed } from "../planner/situation";
import { type Contradiction, contradictionIn, type Difference, differencesIn } from "./contradictions";
import { type Declared, isOfGroups } from "./declared";
import { type FoundPair, findPair } from "./findPair";
import type { DiskFact, RelationshipFact } from "./host";
import { listedNeighbours, neighboursOfCopy } from "./neighbours";
import { hiddenRelationship, jobsUnread } from "./partlyRead";
import type { Reading } from "./readEnds";
import { groupsUnread, sourceGroupsUnread, steeringGroup } from "./steeringGroup";
import { rolesSaid, worstWord } from "./worstListing";

/** What was seen of one relationship at both hosts, put together. Facts only; the journal is not in it. */
export interface Sighting extends FoundPair {
	readonly observed: Omit<Observed, "ahead" | "targetConsistent" | "sourceConsistent" | "vanished">;
	/** The end whose host was read, lists its disk, and lists no relationship of it, while the other end's host does. */
	readonly unlistedAt: End | null;
	/** Why it is not known whether a job is in flight at an end: nothing is sent then. `null`: it is known. */
	readonly jobsUnread: PerEnd<ReplicationError | null>;
	/** Why it is not known whether a group steers it: nothing is sent then either. */
	readonly groupsUnread: ReplicationError | null;
	/** Of a copy: why it is not known whether a mirror that only a group tells would carry a restore on. */
	readonly carriersUnread: ReplicationError | null;
	/** The roles, or whether a failover took place, are told in two ways; `null`: they are not. */
	readonly contradiction: Contradiction | null;
	/** What else is told in two ways. `observed` has the worse of each. */
	readonly differences: readonly Difference[];
	/** By one word or another the copy onto the target is not complete, whatever `observed.copyState` says. */
	readonly targetHalf: boolean;
	/** 0 to 100; `null`: not reported. */
	readonly percentSynced: number | null;
	/** Seconds the target is behind; `null`: not reported, and never read as zero. */
	readonly lagSeconds: number | null;
	/** As of when the target holds everything, and the clock of the host that says so; ISO 8601, `null`: not reported. */
	readonly syncTime: string | null;
	readonly hostTime: string | null;
	/** What was asked of the array last, by name; `null`: not reported. */
	readonly requestedCopyState: CopyState | null;
	/** Of two groups: their pairs. What is said above is then of all of them together, and the worst word counts. */
	readonly group?: SeenGroup;
}

/** What was seen of the pairs of two groups. */
export interface SeenGroup {
	/** `null`: the hosts list none of them, as where the array has no element level (group feature 50). */
	readonly members: readonly SeenPair[] | null;
	/** Wished pairs that are not among them. */
	readonly candidates: readonly SeenPair[];
	/** Ids of the wished pairs; `null`: none are named, or they cannot be told while an end is not read. */
	readonly wished: readonly string[] | null;
	/** Ids of pairs that are still related although their groups are not. */
	readonly left: readonly string[];
	/** UniqueIds of the disks in each group, in their order; `null`: not known. */
	readonly disks: PerEnd<readonly string[] | null>;
	/** No member is listed, and the program names other pairs than the groups' disks are. */
	readonly others: boolean;
}

/** One pair of a group. */
export interface SeenPair {
	/** What plans and people call it: its key, or where names are secret its number. */
	readonly id: string;
	/** UniqueId of its source; of an end that cannot be read, what there is. */
	readonly key: string;
	/** `null`: it cannot be read, although its host can. */
	readonly sighting: Sighting | null;
	/** Of a pair whose target is to be made: under which name. */
	readonly madeAs?: string;
}

/** The pairs of a group and those that are to join it. */
export function seenPairs(group: SeenGroup | undefined): readonly SeenPair[] {
	return group === undefined ? [] : [...(group.members ?? []), ...group.candidates];
}

/** What the readings of both ends' hosts say of one relationship. Throws what `observeRelationship` does. */
export function putTogether(declared: Declared, read: PerEnd<Reading>): Sighting {
	const found = findPair(declared, read);
	const { disks, links, unread } = found;
	const reachable = { source: unread.source === null, target: unread.target === null };
	const readOnly = { source: isReadOnly(disks.source), target: isReadOnly(disks.target) };
	const usable = { source: isUsable(disks.source), target: isUsable(disks.target) };
	const unknownJobs = {
		source: jobsUnread("source", declared, read.source, disks.source),
		target: jobsUnread("target", declared, read.target, disks.target),
	};
	// Copies of a member are nobody's but their own.
	const isMirror = (declared.kind ?? "Mirror") === "Mirror";
	const group = isMirror ? steeringGroup(read, disks) : null;
	const unknownGroups = isMirror && group === null ? groupsUnread(declared, read, disks) : null;
	const carriersUnread = isMirror ? null : sourceGroupsUnread(declared, read, disks);
	const steered = group === null ? {} : { group };
	const besides = isMirror ? listedNeighbours(found) : neighboursOfCopy(found, read);
	const neighbours = besides.length === 0 ? {} : { neighbours: besides };
	const said = [found.listings.links.source, found.listings.links.target].flat();
	const direction = directionOf(declared, found);
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
				syncType: declared.kind ?? "Mirror",
				reachable,
				readOnly,
				job: null,
				usable,
				...neighbours,
				...steered,
			},
			...found,
			unlistedAt: null,
			jobsUnread: unknownJobs,
			groupsUnread: unknownGroups,
			carriersUnread,
			contradiction: null,
			differences: [],
			targetHalf: false,
			percentSynced: null,
			lagSeconds: null,
			syncTime: null,
			hostTime: null,
			requestedCopyState: null,
		};
	}
	const word = worstWord(said);
	// The host at the current source sends the copies, so its word on how far they are comes first.
	const first = links[currentSource(direction)];
	const second = links[otherEnd(currentSource(direction))];
	const link = (first ?? second) as RelationshipFact;
	return {
		observed: {
			presence: "present",
			targetExists: disks.target !== null,
			copyState: copyStateOf(word.copyState),
			progressStatus: progressStatusOf(word.progressStatus),
			direction,
			syncMode: syncModeOf(word.syncMode),
			syncType: syncTypeOf(word.syncType),
			reachable,
			readOnly,
			job: first?.job ?? second?.job ?? null,
			usable,
			...neighbours,
			...steered,
		},
		...found,
		unlistedAt: unlistedAtEnd(declared, read, found),
		jobsUnread: unknownJobs,
		groupsUnread: unknownGroups,
		carriersUnread,
		contradiction: contradictionIn(found.listings, declared.ends, currentTarget(direction)),
		differences: differencesIn(found.listings, declared.ends),
		targetHalf: said.some(({ copyState }) => saysHalf(copyState)),
		percentSynced: first?.percentSynced ?? second?.percentSynced ?? null,
		lagSeconds: first?.lagSeconds ?? second?.lagSeconds ?? null,
		syncTime: link.syncTime,
		hostTime: hostTimeOf(read[first === null ? currentTarget(direction) : currentSource(direction)]),
		requestedCopyState: requestedIn(link),
	};
}

function hostTimeOf(reading: Reading): string | null {
	return reading instanceof ReplicationError ? null : reading.hostTime;
}

function requestedIn({ requestedCopyState }: RelationshipFact): CopyState | null {
	const name = requestedCopyState === null ? null : copyStateOf(requestedCopyState);
	return name === null || isUnknown(name) ? null : name;
}

/** One host that sees both arrays may list a relationship once, at either disk: it has lost a half only if it listed both. */
function unlistedAtEnd(
	{ ends: declaredEnds, bothListed }: Declared,
	read: PerEnd<Reading>,
	{ disks, links, unread }: FoundPair,
): End | null {
	if (declaredEnds.source.host === declaredEnds.target.host && bothListed !== true) return null;
	return (
		ends.find((end) => {
			const [disk, reading] = [disks[end], read[end]];
			if (links[end] !== null || disk === null || unread[end] !== null) return false;
			return !(reading instanceof ReplicationError) && hiddenRelationship(reading, disk, null) === undefined;
		}) ?? null
	);
}

/** The roles by the array's word; null when no host lists the relationship. */
function directionOf(declared: Declared, { links, listings }: FoundPair): Direction | null {
	if (links.source === null && links.target === null) return null;
	const bySource = links.source === null ? "unknown" : links.source.role;
	const byTarget = links.target === null ? "unknown" : links.target.role;
	if (bySource !== "unknown") return bySource === "source" ? "forward" : "reverse";
	if (byTarget !== "unknown") return byTarget === "target" ? "forward" : "reverse";
	// Roles that contradict each other within each end's host are told as that; the direction means nothing then.
	const isContradicted = ends.some((end) => rolesSaid(listings.links[end]).length > 1);
	// Of groups the members' roles count.
	if (declared.anyRoles === true || isContradicted || isOfGroups(declared)) return "forward";
	throw roleUnknown();
}

export function roleUnknown(): ReplicationError {
	return new ReplicationError({
		code: errorCodes.roleUnknown,
		class: "array",
		what: "the relationship is there, but no host says which disk is its source.",
		dataSafety: "yes, nothing was changed.",
		remedy:
			"refresh the provider on both hosts (Update-StorageProviderCache) and run again when one of them tells the roles; until then only destroy is possible, which needs none.",
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
