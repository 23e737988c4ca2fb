import { type DeclaredEnd, findDisk } from "../provider/executor/disks";
import type { Hosts } from "../provider/executor/hosts";
import { idIn } from "../provider/executor/identity";
import { holdsByOneWord, isEmptyPlan, lookAt, type Outlook, type Request } from "../provider/executor/outlook";
import { wishFor } from "../provider/executor/wish";
import { type ListedDisk, type ListedRelationship, readHostStatus } from "../provider/hostStatus";
import { type CopyArguments, copyClassOf, copyKindOf } from "../provider/lifecycle/copyArguments";
import { CloneState, ReplicationState, SnapshotState, SyncMode } from "../provider/model/argumentValues";
import type { PerEnd } from "../provider/model/relationship";
import { ReplicationError } from "../provider/model/replicationError";
import type { Desired } from "../provider/planner/situation";

/** What a program declares for a relationship so that nothing has to be done. */
export interface Declaration {
	readonly name: string;
	readonly className: "VirtualDiskReplication" | "VirtualDiskSnapshot" | "VirtualDiskClone";
	readonly source: DeclaredEnd;
	readonly target: DeclaredEnd;
	readonly state: ReplicationState | SnapshotState | CloneState;
	/** Left out: the array does not report it, or a copy. */
	readonly syncMode?: SyncMode;
	/** Of a clone that the array copies by itself. */
	readonly offload?: true;
}

export interface Adoptable {
	readonly host: string;
	readonly declarations: readonly Declaration[];
	/** What could not be read or declared, in words. */
	readonly leftOut: readonly string[];
}

/** Every relationship that a host sees, declared as it is now; far ends are looked for at the other hosts as well. */
export async function adoptable(hosts: Hosts, host: string, others: readonly string[]): Promise<Adoptable> {
	const { relationships, unread } = await readHostStatus(hosts, host);
	const places = [host, ...others.filter((other) => other !== host)];
	const names = new Set<string>();
	const declarations: Declaration[] = [];
	const leftOut = [...unread];
	for (const relationship of byName(relationships)) {
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
	return { host, declarations, leftOut };
}

/**
 * Names are as long-lived as state: they must not depend on how well a relationship was when they were made, nor those of
 * mirrors on which copies there were.
 */
function byName(relationships: readonly ListedRelationship[]): ListedRelationship[] {
	const key = ({ kind, source, target }: ListedRelationship) =>
		`${copyClassOf(kind) ?? ""}\n${source.virtualDisk}\n${source.uniqueId}\n${target.uniqueId}`;
	return [...relationships].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

async function declare(
	{ kind, source, target, rolesKnown, syncMode, contradiction }: ListedRelationship,
	hosts: Hosts,
	places: readonly string[],
): Promise<Omit<Declaration, "name"> | string> {
	if (!rolesKnown) return `which disk is the source is not known${contradiction === null ? "" : `: ${contradiction}`}`;
	const ends = { source: await placeOf(source, hosts, places), target: await placeOf(target, hosts, places) };
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
				className: "VirtualDiskReplication",
				...declared,
				state,
				...(mode === undefined ? {} : { syncMode: mode }),
			};
		if (reason === "") reason = hindranceIn(outlook);
	}
	return noneHolds(reason);
}

async function declareCopy(
	ends: PerEnd<DeclaredEnd>,
	kind: CopyArguments["kind"],
	hosts: Hosts,
): Promise<Omit<Declaration, "name"> | string> {
	const copyClass = kind === "Snapshot" ? "Snapshot" : "Clone";
	let reason = "";
	for (const state of copyStates[copyClass]) {
		const request: Request = {
			declared: { ends, lost: null, knownIds: { source: null, target: null }, namesMustResolve: true, kind },
			wish: wishFor(
				{ kind, state },
				{ copy: { triggers: null, restore: null, expendable: "nothing", isExpired: false } },
			),
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
		declared: { ends, lost: null, knownIds: { source: null, target: null }, namesMustResolve: true },
		wish: wishFor(desired),
		record: null,
	};
}

/** The first host that lists the disk, and the name by which it is found there and is no other. */
async function placeOf(disk: ListedDisk, hosts: Hosts, places: readonly string[]): Promise<DeclaredEnd | string> {
	// Without an id a disk of another host that has none either would be taken for it.
	if (disk.uniqueId === "") return `${disk.virtualDisk} reports no UniqueId; declare it by hand`;
	const silent: string[] = [];
	for (const host of places) {
		const seen = await hosts.observe(host).catch(inWords);
		if (typeof seen === "string") {
			silent.push(seen);
			continue;
		}
		const byId = findDisk(seen, disk.uniqueId);
		if (byId.found !== "one") continue;
		const byItsName = findDisk(seen, byId.disk.friendlyName);
		const isUnique = byItsName.found === "one" && byItsName.disk === byId.disk;
		return { host, virtualDisk: isUnique ? byId.disk.friendlyName : idIn(seen, byId.disk) };
	}
	return [`${disk.virtualDisk} is listed by none of the hosts ${places.join(", ")}`, ...silent].join("; ");
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
