import {
	type Ahead,
	type CopyState,
	newerProgressStatus,
	type Operation,
	type ProgressStatus,
	type SyncMode,
} from "../../../provider/model/relationship";
import { relationship } from "../../../provider/model/vocabulary";
import type { Desired } from "../../../provider/planner/situation";
import { codes } from "./moves";

/*
 * What a situation can be made of, the simplest value first: enumerating starts there, and fast-check shrinks to there.
 */

export const copyStates = ["Synchronized", ...Object.keys(relationship.synchronizedCopyState)].filter(
	isFirst,
) as readonly CopyState[];

export const progressStatuses = [
	"Completed",
	...Object.keys(relationship.virtualDiskToVirtualDiskProgressStatus),
	...Object.keys(newerProgressStatus),
].filter(isFirst) as readonly ProgressStatus[];

export const modes: readonly SyncMode[] = ["Synchronous", "Asynchronous", "Unknown"];

export const aheads: readonly (Ahead | null)[] = [null, "no", "recent", "yes"];

export const wishes: readonly Desired[] = [
	{ state: "active" },
	{ state: "suspended" },
	{ state: "reversed" },
	{ state: "failedOver" },
	{ state: "failedOver", to: "source" },
	{ state: "split" },
	{ state: "absent" },
	{ state: "absent", by: "Detach" },
	{ state: "absent", by: "Dissolve" },
];

/** Every operation that §3 lets the planner use. */
export const advertisable = Object.keys(codes) as readonly (Operation & keyof typeof codes)[];

/** Every feature that §3 names. */
export const meaningful: readonly number[] = [15, 16, 19, 20, 22, 29, 30, 31, 32, 33, 47, 48, 52, 53, 54];

function isFirst(value: string, index: number, all: readonly string[]): boolean {
	return all.indexOf(value) === index;
}
