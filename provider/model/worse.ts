import {
	type CopyState,
	copyStateOf,
	isUnknown,
	type ProgressStatus,
	progressStatusOf,
	type SyncMode,
	type SyncType,
	syncTypeOf,
	type Unknown,
} from "./relationship";
import { synchronizedSyncMode } from "./vocabulary/relationship";
import { virtualDiskAccess, virtualDiskHealthStatus } from "./vocabulary/storage";

/**
 * Which of two words is the worse, where one thing is told in two ways: the one from which less may be assumed, by who may
 * hold writes of its own, which disk is whole, and what may be sent (replication-model.md §2). Never the one that came
 * first: a stale listing above a true one would move roles.
 */
export interface Badness {
	/** The larger the worse; null: nothing is said, which contradicts nothing. */
	readonly rank: (value: number) => number | null;
	/** The worst of what is said, whatever the order; `unsaid` where nothing is. */
	readonly worst: <Unsaid>(values: readonly number[], unsaid: Unsaid) => number | Unsaid;
	/** Whether what is said means two things. */
	readonly differs: (values: readonly number[]) => boolean;
}

/** Lower: more may be assumed. Equal: the same may be. */
type Ranks<Name extends string> = Readonly<Record<Name, number>>;

const copyStateRanks: Ranks<CopyState> = {
	// Both disks are whole, and the target holds nothing of its own.
	Synchronized: 0,
	// The source is ahead.
	Prepared: 1,
	// The target is not whole, too.
	Initialized: 2,
	Unsynchronized: 3,
	Aborted: 4,
	// The target may hold writes that nobody saw.
	Inactive: 5,
	Suspended: 6,
	Broken: 7,
	// It takes writes of its own.
	Skewed: 8,
	Fractured: 9,
	Split: 10,
	Failedover: 11,
	// Nothing may be planned.
	Mixed: 12,
	NotApplicable: 13,
};

const progressRanks: Ranks<ProgressStatus> = {
	// Settled.
	Unknown: 0,
	Completed: 0,
	Dormant: 0,
	NotApplicable: 0,
	// One operation may be sent.
	RequiresActivate: 1,
	RequiresResume: 2,
	RequiresResync: 3,
	RequiresSplit: 4,
	RequiresFracture: 5,
	RequiresDetach: 6,
	// Something moves: towards Synchronized, away from it, onto the source.
	Initializing: 7,
	Preparing: 8,
	Synchronizing: 9,
	Resyncing: 10,
	Suspending: 11,
	Fracturing: 12,
	Splitting: 13,
	Restoring: 14,
	FailingBack: 15,
	FailingOver: 16,
	// Whereto is not known.
	Pending: 17,
	Detaching: 18,
	Aborting: 19,
	Terminating: 20,
	Mixed: 21,
};

/** An asynchronous source has a tail; a mode that has no name may have any. */
const syncModeRanks: Ranks<SyncMode> = { Synchronous: 0, Asynchronous: 1, Unknown: 2 };
/** Only mirrors are planned for. */
const syncTypeRanks: Ranks<SyncType> = { Mirror: 0, Clone: 1, TokenizedClone: 2, Snapshot: 3 };
const healthRanks: Ranks<keyof typeof virtualDiskHealthStatus> = { Healthy: 0, Unknown: 1, Warning: 2, Unhealthy: 3 };
/** A disk that takes no writes holds none of its own. */
const accessRanks: Ranks<keyof typeof virtualDiskAccess> = {
	Unknown: 0,
	Readable: 1,
	WriteOnce: 2,
	Writeable: 3,
	ReadWrite: 3,
};

// 0 is no value of CopyState and SyncType, and Unknown in the others but HealthStatus: nothing is said.
export const copyStates = badness(copyStateRanks, copyStateOf, 0);
export const progressStatuses = badness(progressRanks, progressStatusOf, 0);
export const syncModes = badness(syncModeRanks, nameIn(synchronizedSyncMode), 0);
export const syncTypes = badness(syncTypeRanks, syncTypeOf, 0);
export const healthStatuses = badness(healthRanks, nameIn(virtualDiskHealthStatus), null);
export const accesses = badness(accessRanks, nameIn(virtualDiskAccess), 0);

/** The copy onto the target was begun and is not complete, by this word alone: half a disk must neither serve nor be copied. */
export function saysHalf(copyState: number): boolean {
	const name = copyStateOf(copyState);
	return name === "Initialized" || name === "Unsynchronized" || name === "Aborted";
}

function badness<Name extends string>(
	ranks: Ranks<Name>,
	nameOf: (value: number) => Name | Unknown,
	unsaid: number | null,
): Badness {
	const worstRank = Math.max(...Object.values<number>(ranks));
	const rank = (value: number): number | null => {
		if (value === unsaid) return null;
		const name = nameOf(value);
		return isUnknown(name) ? worstRank + 1 + value : ranks[name];
	};
	const said = (values: readonly number[]) => values.filter((value) => rank(value) !== null);
	return {
		rank,
		worst: (values, nothing) => {
			const sorted = said(values).sort((one, other) => (rank(other) ?? 0) - (rank(one) ?? 0) || other - one);
			return sorted[0] ?? nothing;
		},
		differs: (values) => values.some((value) => value !== values[0]) && new Set(said(values).map(rank)).size > 1,
	};
}

function nameIn<Table extends Readonly<Record<string, number>>>(table: Table) {
	const names = new Map(Object.entries(table).map(([name, value]) => [value, name as keyof Table & string]));
	return (value: number): (keyof Table & string) | Unknown => names.get(value) ?? { unknown: value };
}
