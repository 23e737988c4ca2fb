import { virtualDiskCreateReplicaSyncType as copyTypes } from "../../model/vocabulary/operations";
import { synchronizedSyncMode as modes } from "../../model/vocabulary/relationship";
import { addGroup, relateGroups } from "./groupCreation";
import { pairsOf } from "./groups";
import { acknowledge, copyOver, overwrite } from "./lineage";
import { addDisk } from "./madeDisk";
import { diskNamed, mistake } from "./named";
import { takePointInTime } from "./pointInTime";
import { relationshipAtRest } from "./relationshipAtRest";
import type { Traits } from "./traits";
import { arrayOf, diskById, type SimulatedDisk, type SimulatedGroup, type World } from "./world";

export interface PairOptions {
	readonly source: string;
	readonly target: string;
	/** Default `synchronous`. */
	readonly syncMode?: "synchronous" | "asynchronous";
	/** False: the disks exist and nothing relates them. Default true: synchronized. */
	readonly related?: boolean;
	/** What the array tells of the relationship. Default: everything, kindly. */
	readonly traits?: Traits;
}

export const defaultPairs: readonly PairOptions[] = [
	{ source: "Orders", target: "Orders-DR" },
	{ source: "Ledger", target: "Ledger-DR" },
];

/** Two disks, one at each site, and a mirror of ten writes between them unless the pair is not related. */
export function addPair(world: World, pair: PairOptions, index: number): void {
	const id = (site: string) => `6000${site}${String(index + 1).padStart(11, "0")}`;
	const [source, target] = [id("1"), id("2")];
	world.disks.push({ name: pair.source, uniqueId: source, array: "east-array", readOnly: false, content: [] });
	world.disks.push({ name: pair.target, uniqueId: target, array: "west-array", readOnly: false, content: [] });
	acknowledge(world, source, 10, 0);
	if (pair.related === false) return;
	const relationship = relationshipAtRest({
		id: `pair-${index + 1}`,
		source,
		target,
		syncMode: pair.syncMode === "asynchronous" ? modes.Asynchronous : modes.Synchronous,
		...(pair.traits === undefined ? {} : { traits: pair.traits }),
	});
	world.relationships.push(relationship);
	copyOver(world, relationship, diskById(world, source).content);
}

export interface CopyOptions {
	/** Name or UniqueId of the disk that is copied. */
	readonly source: string;
	/** Name of the disk that is made for it. */
	readonly target: string;
	readonly kind: "Snapshot" | "Clone" | "TokenizedClone";
}

/** A copy of a disk as it is now, complete, on the array of its source. */
export function addCopy(world: World, { source: name, target, kind }: CopyOptions, nowMs: number): void {
	const { uniqueId: source } = diskNamed(world, name);
	const relationship = relationshipAtRest({
		id: `copy-${world.relationships.length + 1}`,
		source,
		target: addDisk(world, arrayOf(world, source), target),
		syncType: copyTypes[kind],
	});
	takePointInTime(world, relationship, nowMs);
	overwrite(world, relationship, false);
	world.relationships.push(relationship);
}

export interface GroupOptions {
	/** Name of the group of the sources, and of that of the targets. */
	readonly source: string;
	readonly target: string;
	/** Sources of pairs, in the order in which they are kept consistent. */
	readonly members: readonly string[];
	/** Default false. */
	readonly consistent?: boolean;
}

/** A group of the sources and one of their targets, related by their pairs if these are. */
export function addGroups(
	world: World,
	{ source, target, members, consistent = false }: GroupOptions,
	pairs: readonly PairOptions[],
): void {
	const [sources, targets] = [[...members], members.map((member) => targetOf(member, pairs))].map((names) =>
		names.map((name) => diskNamed(world, name)),
	);
	const [one, other] = [addGroupOf(world, source, sources), addGroupOf(world, target, targets)];
	const relationship = { id: `groups-${one.uniqueId}`, source: one.uniqueId, target: other.uniqueId, consistent };
	if (pairsOf(world, relationship).length > 0) relateGroups(world, relationship);
}

function addGroupOf(world: World, name: string, members: readonly SimulatedDisk[] = []): SimulatedGroup {
	const [first] = members;
	if (first === undefined) throw mistake(`the group ${name} has no members`, "name some.");
	const ids = members.map(({ uniqueId }) => uniqueId);
	return addGroup(world, first.array, name, ids);
}

function targetOf(source: string, pairs: readonly PairOptions[]): string {
	const pair = pairs.find((each) => each.source === source);
	if (pair !== undefined) return pair.target;
	throw mistake(`there is no pair of ${source}`, `there are: ${pairs.map((each) => each.source).join(", ")}.`);
}
