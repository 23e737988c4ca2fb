import { type DeclaredEnd, findDisk } from "../provider/executor/disks";
import type { Hosts } from "../provider/executor/hosts";
import { idIn } from "../provider/executor/identity";
import { holdsByOneWord, isEmptyPlan, lookAt, type Request } from "../provider/executor/outlook";
import { wishFor } from "../provider/executor/wish";
import { type ListedDisk, type ListedRelationship, readHostStatus } from "../provider/hostStatus";
import { ReplicationState, SyncMode } from "../provider/model/argumentValues";
import { ReplicationError } from "../provider/model/replicationError";
import type { Desired } from "../provider/planner/situation";

/** What a program declares for a relationship so that nothing has to be done. */
export interface Declaration {
	readonly name: string;
	readonly source: DeclaredEnd;
	readonly target: DeclaredEnd;
	readonly state: ReplicationState;
	/** Left out: the array does not report it. */
	readonly syncMode?: SyncMode;
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
			declarations.push({ name: freeName(relationship.source.virtualDisk, names), ...declared });
		}
	}
	return { host, declarations, leftOut };
}

/** Names are as long-lived as state: they must not depend on how well a relationship was when they were made. */
function byName(relationships: readonly ListedRelationship[]): ListedRelationship[] {
	const key = ({ source, target }: ListedRelationship) =>
		`${source.virtualDisk}\n${source.uniqueId}\n${target.uniqueId}`;
	return [...relationships].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

async function declare(
	{ source, target, rolesKnown, syncMode, contradiction }: ListedRelationship,
	hosts: Hosts,
	places: readonly string[],
): Promise<Omit<Declaration, "name"> | string> {
	if (!rolesKnown) return `which disk is the source is not known${contradiction === null ? "" : `: ${contradiction}`}`;
	const ends = { source: await placeOf(source, hosts, places), target: await placeOf(target, hosts, places) };
	if (typeof ends.source === "string") return ends.source;
	if (typeof ends.target === "string") return ends.target;
	const declared = { source: ends.source, target: ends.target };
	const mode = Object.values(SyncMode).find((known) => known === syncMode);
	let reason = "";
	for (const state of statesByPrecision) {
		const outlook = await lookAt(requestFor(declared, state, mode), hosts, { freshness: "cached" });
		if (isEmptyPlan(outlook) && !holdsByOneWord(outlook))
			return { ...declared, state, ...(mode === undefined ? {} : { syncMode: mode }) };
		const { answer } = outlook;
		if (reason === "") reason = answer.outcome === "refused" ? answer.reason : (answer.steps[0]?.why ?? "");
	}
	return `no state that can be declared holds now (active: ${reason})`;
}

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
