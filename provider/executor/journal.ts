import { type Ahead, currentSource, currentTarget, type End, type PerEnd } from "../model/relationship";
import { phaseOf } from "../planner/phase";
import type { Observed } from "../planner/situation";
import { higherAhead, type Standing } from "../planner/standing";
import type { RelationshipRecord } from "./record";
import { isWritable, type Sighting, splitBrain } from "./sighting";

/** What is remembered of who holds writes of his own, and where that was last proved. */
export interface Journal {
	readonly copyState: Standing["copyState"];
	readonly direction: Standing["direction"];
	readonly syncMode: Standing["syncMode"];
	readonly ahead: PerEnd<Ahead>;
	readonly targetConsistent: boolean | null;
	/** Which ends took no writes then. */
	readonly readOnly: PerEnd<boolean>;
	/** Proved in this run: nobody else had time to write unseen in between. */
	readonly inThisRun: boolean;
	/** A relationship was there when it was last proved. */
	readonly knowsRelationship: boolean;
}

export function journalOf(record: RelationshipRecord | null): Journal | null {
	if (record === null) return null;
	// Both ends were being written to when a Failback broke off: either may hold the only copy of something.
	const brokenOff = record.interrupted?.operation === "Failback";
	return {
		copyState: record.copyState,
		direction: record.direction,
		syncMode: record.syncMode,
		ahead: brokenOff ? { source: "yes", target: "yes" } : record.ahead,
		targetConsistent: record.targetConsistent,
		readOnly: record.readOnly,
		inThisRun: false,
		knowsRelationship: record.copyState !== "absent",
	};
}

/** What a step that was just proved leaves in the journal. */
export function journalAfter(standing: Standing, targetConsistent: boolean | null, readOnly: PerEnd<boolean>): Journal {
	return {
		copyState: standing.copyState,
		direction: standing.direction,
		syncMode: standing.syncMode,
		ahead: standing.ahead,
		targetConsistent,
		readOnly,
		inThisRun: true,
		knowsRelationship: standing.copyState !== "absent",
	};
}

/**
 * The observation with what the journal may still say about it (replication-model.md §2): `yes` stays until
 * Synchronized is proven; `no` and `recent` hold only where the journal last proved them, and within that run or while
 * that end takes no writes. An end that took writes then and takes none now had time for both.
 */
export function withJournal(seen: Sighting["observed"], journal: Journal | null): Observed {
	const vanished = seen.presence === "absent" && journal !== null && journal.knowsRelationship;
	const unjudged: Observed = {
		...seen,
		vanished,
		ahead: { source: null, target: null },
		targetConsistent: null,
		sourceConsistent: null,
	};
	const observed: Observed = { ...unjudged, targetConsistent: isTargetConsistent(unjudged, journal) };
	if (journal === null) return observed;
	const settled = phaseOf(observed) === "settled";
	const provenSince = settled && seen.copyState === "Synchronized";
	const samePlace =
		seen.copyState === journal.copyState &&
		seen.direction === journal.direction &&
		(seen.syncMode === journal.syncMode || seen.syncMode === "Unknown");
	const aheadOf = (end: End): Ahead | null => {
		const remembered = journal.ahead[end];
		if (remembered === "yes") return provenSince ? null : "yes";
		return samePlace && (journal.inThisRun || (journal.readOnly[end] && seen.readOnly[end])) ? remembered : null;
	};
	return { ...observed, ahead: { source: aheadOf("source"), target: aheadOf("target") } };
}

/**
 * Whether the target is whole. That it was holds only in the state where it was proved: in any other a copy may have
 * begun and broken off unseen, by a run that was killed or by an array that recovers on its own.
 */
function isTargetConsistent(seen: Observed, journal: Journal | null): boolean | null {
	if (isTargetOverwritten(seen)) return false;
	if (journal === null || seen.presence === "absent") return null;
	const samePlace = seen.copyState === journal.copyState && seen.direction === journal.direction;
	return journal.targetConsistent === true && !samePlace ? null : journal.targetConsistent;
}

/** A target is between two states while a copy runs onto it, with a job or without. FailingBack and Restoring copy the other way. */
export function isTargetOverwritten(seen: Observed): boolean {
	if (seen.progressStatus === "FailingBack" || seen.progressStatus === "Restoring") return false;
	const phase = phaseOf({ ...seen, job: null });
	return phase === "copying" || phase === "toSynchronized";
}

/** The record's `ahead` after a run: what was seen, with what the journal may say, as the planner would take it. */
export function aheadToRemember(standing: Standing, interrupted: string | undefined): PerEnd<Ahead> {
	if (interrupted !== "Failback") return standing.ahead;
	return { source: higherAhead(standing.ahead.source, "yes"), target: higherAhead(standing.ahead.target, "yes") };
}

/**
 * Split brain by the disks' Access: a target that began to take writes while it is a copy, or a source that began to
 * after a planned failover. Asked of disks that took none when the record was made, in the same roles: many arrays
 * report Read/Write for every disk, or the same Access whatever the role, and could otherwise never be used.
 */
export function refuseSplitBrain({ observed, disks }: Sighting, record: RelationshipRecord | null): void {
	if (record === null || observed.presence === "absent" || observed.direction !== record.direction) return;
	const source = currentSource(observed.direction);
	const target = currentTarget(observed.direction);
	const began = (end: End) => record.readOnly[end] && isWritable(disks[end]);
	if (mirrors(observed) && record.copyState !== "Failedover" && began(target)) {
		throw splitBrain(`the ${target} takes writes while it is a copy of the ${source}.`);
	}
	const plannedFailover = observed.copyState === "Failedover" && record.copyState === "Failedover";
	if (plannedFailover && began(source) && isWritable(disks[target])) {
		throw splitBrain(`the ${source} takes writes although the ${target} was failed over to.`);
	}
}

function mirrors({ copyState }: Sighting["observed"]): boolean {
	return (
		copyState === "Synchronized" ||
		copyState === "Unsynchronized" ||
		copyState === "Initialized" ||
		copyState === "Suspended"
	);
}
