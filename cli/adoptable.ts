import { nothingAsked } from "../provider/executor/copyWish";
import type { Declared } from "../provider/executor/declared";
import { type DeclaredEnd, findDisk } from "../provider/executor/disks";
import { groupsAsDisks } from "../provider/executor/groupSighting";
import type { DiskFact, HostObservation } from "../provider/executor/host";
import type { Hosts } from "../provider/executor/hosts";
import { idIn, sameId } from "../provider/executor/identity";
import { indexOf } from "../provider/executor/observationIndex";
import { observeRelationship } from "../provider/executor/observeRelationship";
import { holdsByOneWord, isEmptyPlan, lookAt, type Outlook } from "../provider/executor/outlook";
import type { Request } from "../provider/executor/request";
import { wishFor } from "../provider/executor/wish";
import { type ListedDisk, type ListedGroups, type ListedRelationship, readHostStatus } from "../provider/hostStatus";
import { type CopyArguments, copyClassOf, copyKindOf } from "../provider/lifecycle/copyArguments";
import { identityOf } from "../provider/lifecycle/outputs";
import { CloneState, ReplicationState, SnapshotState, SyncMode } from "../provider/model/argumentValues";
import type { PerEnd } from "../provider/model/relationship";
import { ReplicationError } from "../provider/model/replicationError";
import type { Desired } from "../provider/planner/situation";
import { memberIdsIn } from "./estate/facts";

/** What a program declares so that nothing has to be done. */
export type Declaration = RelationshipDeclaration | GroupDeclaration;

export interface RelationshipDeclaration {
	readonly name: string;
	/** Ends of the relationship of groups name groups. */
	readonly className: "VirtualDiskReplication" | "VirtualDiskSnapshot" | "VirtualDiskClone" | "GroupReplication";
	readonly source: DeclaredEnd;
	readonly target: DeclaredEnd;
	readonly state: ReplicationState | SnapshotState | CloneState;
	/** Left out: the array does not report it, or a copy. */
	readonly syncMode?: SyncMode;
	/** Of a clone that the array copies by itself. */
	readonly offload?: true;
}

export interface GroupDeclaration {
	readonly name: string;
	readonly className: "ReplicationGroup";
	readonly host: string;
	readonly storageSubsystem: string;
	readonly friendlyName: string;
	/** Left out while it is in a relationship: a change of its pairs would be refused for them (SR2023). */
	readonly members?: readonly string[];
}

export interface Adoptable {
	readonly host: string;
	readonly declarations: readonly Declaration[];
	/** What could not be read or declared, in words. */
	readonly leftOut: readonly string[];
}

/** Every relationship that a host sees, declared as it is now; far ends are looked for at the other hosts as well. */
export async function adoptable(hosts: Hosts, host: string, others: readonly string[]): Promise<Adoptable> {
	const { relationships, groups, unread } = await readHostStatus(hosts, host);
	const places = [host, ...others.filter((other) => other !== host)];
	const names = new Set<string>();
	const declarations: Declaration[] = [];
	const leftOut = [...unread];
	const ofGroups: RelationshipDeclaration[] = [];
	const members = new Set<string>();
	for (const related of byName(groups)) {
		const declared = await declare(related, hosts, places).catch(inWords);
		if (typeof declared === "string") {
			leftOut.push(`the groups ${related.source.virtualDisk} and ${related.target.virtualDisk}: ${declared}`);
		} else ofGroups.push({ name: related.source.virtualDisk, ...declared });
		for (const pair of await pairsOf(related, declared, hosts)) members.add(identityOf(pair));
	}
	for (const relationship of byName(relationships)) {
		// Declared by itself a pair of two groups is adopted, and never steered.
		if (relationship.kind === "Mirror" && members.has(idsOf(relationship))) continue;
		const declared = await declare(relationship, hosts, places).catch(inWords);
		if (typeof declared === "string") {
			leftOut.push(`${relationship.source.virtualDisk} and ${relationship.target.virtualDisk}: ${declared}`);
		} else {
			// Of several copies of one disk each has a disk of its own.
			const { source, target } = relationship;
			const disk = copyClassOf(relationship.kind) === null ? source : target;
			declarations.push({ name: freeName(disk.virtualDisk, names), ...declared });
		}
	}
	// After the disks', whose names must not depend on which groups there are.
	for (const declared of ofGroups) declarations.push({ ...declared, name: freeName(declared.name, names) });
	for (const group of groupsAt(host, await hosts.observe(host)))
		declarations.push({ ...group, name: freeName(`${group.name} group`, names) });
	return { host, declarations, leftOut };
}

function idsOf({ source, target }: ListedRelationship): string {
	return identityOf({ source: source.uniqueId, target: target.uniqueId });
}

/**
 * Names are as long-lived as state: they must not depend on how well a relationship was when they were made, nor those of
 * mirrors on which copies there were.
 */
function byName<Listed extends ListedRelationship>(relationships: readonly Listed[]): Listed[] {
	const key = ({ kind, source, target }: ListedRelationship) =>
		`${copyClassOf(kind) ?? ""}\n${source.virtualDisk}\n${source.uniqueId}\n${target.uniqueId}`;
	return [...relationships].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

async function declare(
	listed: ListedRelationship | ListedGroups,
	hosts: Hosts,
	places: readonly string[],
): Promise<Omit<RelationshipDeclaration, "name"> | string> {
	const { kind, source, target, rolesKnown, syncMode, contradiction } = listed;
	const isGroup = "members" in listed;
	if (!rolesKnown)
		return `which ${isGroup ? "group" : "disk"} is the source is not known${contradiction === null ? "" : `: ${contradiction}`}`;
	const ends = {
		source: await placeOf(source, isGroup, hosts, places),
		target: await placeOf(target, isGroup, hosts, places),
	};
	if (typeof ends.source === "string") return ends.source;
	if (typeof ends.target === "string") return ends.target;
	const declared = { source: ends.source, target: ends.target };
	const copyKind = copyKindOf(kind);
	if (copyKind !== null) return declareCopy(declared, copyKind, hosts);
	const mode = Object.values(SyncMode).find((known) => known === syncMode);
	let reason = "";
	for (const state of statesByPrecision) {
		const outlook = await lookAt(requestFor(declared, state, mode), hosts, { freshness: "cached" });
		if (isEmptyPlan(outlook) && !holdsByOneWord(outlook))
			return {
				className: isGroup ? "GroupReplication" : "VirtualDiskReplication",
				...declared,
				state,
				...(mode === undefined ? {} : { syncMode: mode }),
			};
		if (reason === "") reason = hindranceIn(outlook);
	}
	return noneHolds(reason);
}

/** By their ids the pairs of two groups, whether these could be declared or not. */
async function pairsOf(
	{ members }: ListedGroups,
	declared: Omit<RelationshipDeclaration, "name"> | string,
	hosts: Hosts,
): Promise<readonly PerEnd<string | null>[]> {
	if (typeof declared === "string") return members;
	// One host alone may not tell which of a disk's mirrors is the groups'.
	const sighting = await observeRelationship(asked(declared), hosts, "cached");
	return [...members, ...memberIdsIn(sighting)];
}

/** The groups themselves. */
function groupsAt(host: string, seen: HostObservation): GroupDeclaration[] {
	const { groups = [], groupRelationships = [] } = seen;
	if (groups.length === 0) return [];
	const asDisks = groupsAsDisks(seen, host);
	const { byObjectId } = indexOf(seen);
	return groups.map((group, index) => {
		const shown = asDisks.disks[index];
		const isRelated = groupRelationships.some(({ groupObjectId }) => sameId(groupObjectId, group.objectId));
		const members = group.members.map((member) => {
			const disk = byObjectId.get(member.toLowerCase());
			return disk === undefined ? member : nameAt(seen, disk);
		});
		return {
			name: group.friendlyName,
			className: "ReplicationGroup",
			host,
			storageSubsystem: group.subsystem,
			friendlyName: shown === undefined ? group.friendlyName : nameAt(asDisks, shown),
			...(isRelated ? {} : { members }),
		};
	});
}

async function declareCopy(
	ends: PerEnd<DeclaredEnd>,
	kind: CopyArguments["kind"],
	hosts: Hosts,
): Promise<Omit<RelationshipDeclaration, "name"> | string> {
	const copyClass = kind === "Snapshot" ? "Snapshot" : "Clone";
	let reason = "";
	for (const state of copyStates[copyClass]) {
		const request: Request = {
			declared: { ...asked(ends), kind },
			wish: wishFor({ kind, state }, { copy: nothingAsked }),
			record: null,
		};
		const outlook = await lookAt(request, hosts, { freshness: "cached" });
		if (isEmptyPlan(outlook) && !holdsByOneWord(outlook))
			return {
				className: `VirtualDisk${copyClass}`,
				...ends,
				state,
				...(kind === "TokenizedClone" ? { offload: true } : {}),
			};
		if (reason === "") reason = hindranceIn(outlook);
	}
	return noneHolds(reason);
}

function hindranceIn({ answer }: Outlook): string {
	return answer.outcome === "refused" ? answer.reason : (answer.steps[0]?.why ?? "");
}

function noneHolds(reason: string): string {
	return `no state that can be declared holds now (active: ${reason})`;
}

/** A clone that is whole holds both, and what was let go of is listed by nobody. */
const copyStates = {
	Snapshot: [SnapshotState.Active, SnapshotState.Inactive],
	Clone: [CloneState.Active, CloneState.Suspended],
} as const;

/** A split copy is suspended as well: the narrower word comes first. Declared by its present roles, nothing is reversed. */
const statesByPrecision: readonly ReplicationState[] = [
	ReplicationState.Active,
	ReplicationState.Split,
	ReplicationState.FailedOver,
	ReplicationState.Suspended,
];

function requestFor(
	ends: { readonly source: DeclaredEnd; readonly target: DeclaredEnd },
	state: ReplicationState,
	mode: SyncMode | undefined,
): Request {
	const desired: Desired = {
		state,
		...(mode === undefined ? {} : { syncMode: mode === SyncMode.Synchronous ? "Synchronous" : "Asynchronous" }),
	};
	return {
		declared: asked(ends),
		wish: wishFor(desired),
		record: null,
	};
}

function asked({ source, target }: PerEnd<DeclaredEnd>): Declared {
	return {
		ends: { source, target },
		lost: null,
		knownIds: { source: null, target: null },
		namesMustResolve: true,
	};
}

/** The first host that lists the disk or the group, and the name by which it is found there and is no other. */
async function placeOf(
	disk: ListedDisk,
	isGroup: boolean,
	hosts: Hosts,
	places: readonly string[],
): Promise<DeclaredEnd | string> {
	// Without an id a disk of another host that has none either would be taken for it.
	if (disk.uniqueId === "") return `${disk.virtualDisk} reports no UniqueId; declare it by hand`;
	const silent: string[] = [];
	for (const host of places) {
		const answer = hosts.observe(host);
		const seen = await (isGroup ? answer.then((all) => groupsAsDisks(all, host)) : answer).catch(inWords);
		if (typeof seen === "string") {
			silent.push(seen);
			continue;
		}
		const byId = findDisk(seen, disk.uniqueId);
		if (byId.found !== "one") continue;
		return { host, virtualDisk: nameAt(seen, byId.disk), ...(isGroup ? { subject: "group" } : {}) };
	}
	return [`${disk.virtualDisk} is listed by none of the hosts ${places.join(", ")}`, ...silent].join("; ");
}

/** The name by which it is found there, or where another one is, its id. */
function nameAt(seen: HostObservation, disk: DiskFact): string {
	const byItsName = findDisk(seen, disk.friendlyName);
	const isUnique = byItsName.found === "one" && byItsName.disk === disk;
	return isUnique ? disk.friendlyName : idIn(seen, disk);
}

function inWords(error: unknown): string {
	if (error instanceof ReplicationError) return error.message;
	throw error;
}

function freeName(disk: string, taken: Set<string>): string {
	const plain =
		disk
			.toLowerCase()
			.replace(/[^a-z0-9]+/g, "-")
			.replace(/^-|-$/g, "") || "relationship";
	let name = plain;
	for (let number = 2; taken.has(name); number++) name = `${plain}-${number}`;
	taken.add(name);
	return name;
}
