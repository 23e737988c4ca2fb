import type { Standing } from "./standing";

const copyStateKeys: Record<Standing["copyState"], number> = {
	absent: 0,
	Initialized: 1,
	Unsynchronized: 2,
	Synchronized: 3,
	Broken: 4,
	Fractured: 5,
	Split: 6,
	Inactive: 7,
	Suspended: 8,
	Failedover: 9,
	Prepared: 10,
	Aborted: 11,
	Skewed: 12,
	Mixed: 13,
	NotApplicable: 14,
};
const phaseKeys: Record<Standing["phase"], number> = {
	settled: 0,
	copying: 1,
	requiresFracture: 2,
	requiresResyncReplica: 3,
	requiresActivate: 4,
	toSynchronized: 5,
	toFractured: 6,
	toSplit: 7,
	toSuspended: 8,
	toFailedover: 9,
	ambiguous: 10,
	requiresSplit: 11,
	requiresResume: 12,
	requiresDetach: 13,
	restoring: 14,
};
const aheadKeys = { no: 0, recent: 1, yes: 2 } as const;
const endedKeys = { not: 0, complete: 1, restored: 2 } as const;
const syncModeKeys = { Unknown: 0, Synchronous: 1, Asynchronous: 2 } as const;

/** Two standings with the same number are the same standing. */
export function keyOf(standing: Standing): number {
	let key = copyStateKeys[standing.copyState];
	key = key * 15 + phaseKeys[standing.phase];
	key = key * 2 + (standing.direction === "forward" ? 0 : 1);
	key = key * 3 + syncModeKeys[standing.syncMode];
	key = key * 3 + aheadKeys[standing.ahead.source];
	key = key * 3 + aheadKeys[standing.ahead.target];
	key = key * 2 + (standing.whole.source ? 1 : 0);
	key = key * 2 + (standing.whole.target ? 1 : 0);
	if (standing.copy === null) return key;
	const { done, ended, restoreOpen, halfRestored } = standing.copy;
	key = key * 2 + (done.retake ? 1 : 0);
	key = key * 2 + (done.restore ? 1 : 0);
	key = key * 2 + (restoreOpen ? 1 : 0);
	key = key * 2 + (halfRestored ? 1 : 0);
	return key * 3 + endedKeys[ended ?? "not"];
}
