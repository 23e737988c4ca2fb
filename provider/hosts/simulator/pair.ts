import { virtualDiskCreateReplicaSyncType as copyTypes } from "../../model/vocabulary/operations";
import {
	synchronizedSyncMode as modes,
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
	synchronizedSyncType as types,
} from "../../model/vocabulary/relationship";
import { acknowledge, copyOver, overwrite } from "./lineage";
import { addDisk } from "./madeDisk";
import { diskNamed } from "./named";
import { takePointInTime } from "./pointInTime";
import type { Traits } from "./traits";
import { arrayOf, diskById, type SimulatedRelationship, type World } from "./world";

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
	const relationship = synchronizedMirror({
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
	const relationship = synchronizedMirror({
		id: `copy-${world.relationships.length + 1}`,
		source,
		target: addDisk(world, arrayOf(world, source), target),
		syncType: copyTypes[kind],
	});
	takePointInTime(world, relationship, nowMs);
	overwrite(world, relationship, false);
	world.relationships.push(relationship);
}

/** A synchronous mirror of two disks that is at rest, but for what is given. */
export function synchronizedMirror(
	given: Pick<SimulatedRelationship, "id" | "source" | "target"> & Partial<SimulatedRelationship>,
): SimulatedRelationship {
	return {
		copyState: states.Synchronized,
		progressStatus: progress.Completed,
		syncMode: modes.Synchronous,
		syncType: types.Mirror,
		recoveryPointObjectiveMinutes: null,
		consistent: true,
		change: null,
		copy: null,
		tail: [],
		shown: null,
		hiddenUntilMs: null,
		sourceFenced: false,
		...given,
	};
}
