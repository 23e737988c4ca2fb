import { type Ahead, currentSource, currentTarget, type End, type PerEnd } from "../model/relationship";
import { phaseOf } from "../planner/phase";
import type { Observed } from "../planner/situation";
import { perEnd, type Standing } from "../planner/standing";
import { type CopyMemory, copyMemoryAfter, copyMemoryIn } from "./copyMemory";
import type { RelationshipRecord } from "./record";
import { isWritable, type Sighting, splitBrain } from "./sighting";

/** What is remembered of who holds writes of his own and which disk is whole, and where that was last proved. */
export interface Journal {
	readonly copyState: Standing["copyState"];
	readonly direction: Standing["direction"];
	readonly syncMode: Standing["syncMode"];
	readonly ahead: PerEnd<Ahead | null>;
	/** What `ahead` says of this end was concluded from its taking no writes, and ends at a look at which it does. */
	readonly whileReadOnly: PerEnd<boolean>;
	/** By declared end, so that reversing the roles changes nothing about which disk is half; `null`: not known. */
	readonly whole: PerEnd<boolean | null>;
	/** Proved in this run: nobody else had time to write unseen in between. */
	readonly inThisRun: boolean;
	/** A relationship was there when it was last proved. */
	readonly knowsRelationship: boolean;
	/** `null`: it is a mirror, or nothing is known of the copy. */
	readonly copy: CopyMemory | null;
	/** Of a group, its pairs by id, each with its own; `null`: what is said here is said of each (groupMemory.ts). */
	readonly members: ReadonlyMap<string, Journal> | null;
	/** What it was made of; `null`: of what this run proved. */
	readonly record: RelationshipRecord | null;
}

export function journalOf(record: RelationshipRecord | null): Journal | null {
	if (record === null) return null;
	const { copyState, direction, syncMode, ahead, targetConsistent, sourceConsistent } = record;
	return {
		copyState,
		direction,
		syncMode,
		ahead,
		whileReadOnly: { source: false, target: false },
		whole: perEnd(currentSource(direction), sourceConsistent, targetConsistent),
		inThisRun: false,
		knowsRelationship: copyState !== "absent",
		copy: copyMemoryIn(record),
		members: null,
		record,
	};
}

/**
 * What may be believed of a relationship that is known by other ids now: a new one between disks of the old names looks
 * the same, so only what makes a plan more careful.
 */
function doubted(journal: Journal | null): Journal | null {
	if (journal === null) return null;
	const { ahead, whole } = journal;
	const warned = (end: End) => (ahead[end] === "yes" ? ("yes" as const) : null);
	const half = (end: End) => (whole[end] === false ? false : null);
	return {
		...journal,
		ahead: { source: warned("source"), target: warned("target") },
		whole: { source: half("source"), target: half("target") },
	};
}

/** What may be believed of a target that accepts writes by now: in Broken no split brain is told, since a failover may be due. */
export function believedOf(
	journal: Journal | null,
	sighting: Sighting,
	record: RelationshipRecord | null,
): Journal | null {
	const known = sighting.rekeyed.length === 0 ? journal : doubted(journal);
	if (known === null || !targetBeganToWrite(sighting, record)) return known;
	const target = currentTarget(known.direction);
	return known.ahead[target] === "no" ? { ...known, ahead: { ...known.ahead, [target]: null } } : known;
}

/**
 * What a step that was just proved leaves in the journal. It was predicted from what the disks took before it: the
 * source of then takes writes again after a Failback, or as soon as an administrator lets it.
 */
export function journalAfter(standing: Standing, before: Observed, journal: Journal | null): Journal {
	const known = wholeIn(before);
	const wasSource = (end: End) => before.presence === "present" && end === currentSource(before.direction);
	const whileReadOnly = (end: End) =>
		wasSource(end) ? before.readOnly[end] : journal?.inThisRun === true && journal.whileReadOnly[end];
	const whole = (end: End): boolean | null => {
		if (!standing.whole[end]) return false;
		return standing.copyState === "Synchronized" ? true : known[end];
	};
	return {
		copyState: standing.copyState,
		direction: standing.direction,
		syncMode: standing.syncMode,
		ahead: standing.ahead,
		whileReadOnly: { source: whileReadOnly("source"), target: whileReadOnly("target") },
		whole: { source: whole("source"), target: whole("target") },
		inThisRun: true,
		knowsRelationship: standing.copyState !== "absent",
		copy: copyMemoryAfter(standing, before, journal?.copy ?? null),
		members: null,
		record: null,
	};
}

/** Of a clone that the array lets go of when it is whole: gone because it is complete. */
export function whenLetGo(journal: Journal | null): Journal | null {
	if (journal?.copy == null || journal.copyState === "absent") return journal;
	return { ...journal, copyState: "absent", knowsRelationship: false, copy: { ...journal.copy, ended: "complete" } };
}

/** A restore that was seen to run is open until one is proved, whoever began it: the copy may be the only good image. */
export function whileRestored(journal: Journal | null): Journal | null {
	return journal?.copy == null ? journal : { ...journal, copy: { ...journal.copy, restoreOpen: true } };
}

/**
 * The observation with what the journal may still say about it (replication-model.md §2). `yes` stays until
 * Synchronized is proven, whatever happens to roles, visibility or the run. `no` and `recent` of a source hold within
 * the run that proved them, where it proved them, and while the source takes no writes if that is what they rest on: one
 * that takes none at two looks had time for some in between.
 * `no` of a target holds across runs, since a target by role takes none, until the roles differ or a state is seen in
 * which it does.
 */
export function withJournal(seen: Sighting["observed"], journal: Journal | null): Observed {
	const vanished = seen.presence === "absent" && journal !== null && journal.knowsRelationship;
	const nothing = { source: null, target: null };
	if (seen.presence === "absent") {
		return { ...seen, vanished, ahead: nothing, targetConsistent: null, sourceConsistent: null };
	}
	const target = currentTarget(seen.direction);
	const targetConsistent = isWhole(target, seen, journal);
	const sourceConsistent = isWhole(currentSource(seen.direction), seen, journal);
	const unknown = holdsOldTail(seen) ? { ...nothing, [target]: "yes" as const } : nothing;
	if (journal === null) return { ...seen, vanished, ahead: unknown, targetConsistent, sourceConsistent };
	const proven = isProven(seen);
	const samePlace = isSamePlace(seen, journal) && (seen.syncMode === journal.syncMode || seen.syncMode === "Unknown");
	const aheadOf = (end: End): Ahead | null => {
		const remembered = journal.ahead[end];
		if (remembered === "yes") return proven ? null : "yes";
		if (journal.inThisRun && samePlace) {
			if (!journal.whileReadOnly[end] || seen.readOnly[end]) return remembered;
			return seen.copyState === "Synchronized" ? null : "recent";
		}
		const wasTarget = end === currentTarget(journal.direction) && seen.direction === journal.direction;
		return remembered === "no" && wasTarget && !targetTakesWrites(seen) ? "no" : unknown[end];
	};
	const ahead = { source: aheadOf("source"), target: aheadOf("target") };
	return { ...seen, vanished, ahead, targetConsistent, sourceConsistent };
}

/**
 * Synchronized, and a copy is required before anything else: that is how roles look that were reversed (feature 20), and
 * the old source has what had not arrived then. How much and of what age, no lag of the new direction tells.
 */
function holdsOldTail({ copyState, progressStatus, syncMode }: Sighting["observed"]): boolean {
	const mustCopy = progressStatus === "RequiresResync" || progressStatus === "RequiresResume";
	return copyState === "Synchronized" && mustCopy && syncMode !== "Synchronous";
}

/** What the hosts say of it, whatever is remembered. */
type Seen = Sighting["observed"];

/**
 * Whether a disk is whole. That it was holds only in the state where it was proved: in any other a copy may have begun
 * and broken off unseen, by a run that was killed or by an array that recovers on its own. That it is not holds until
 * Synchronized is proven.
 */
function isWhole(end: End, seen: Seen, journal: Journal | null): boolean | null {
	if (isProven(seen)) return true;
	if (end === overwrittenIn(seen)) return false;
	if (journal === null) return null;
	if (journal.whole[end] === false || wasFailedBack(end, seen, journal)) return false;
	return isSamePlace(seen, journal) ? journal.whole[end] : null;
}

/**
 * A failover that is none any more, in the same roles and without Synchronized in between: somebody failed it back, and
 * that broke off or may have. The old source is then half a disk, and whoever copied from it would spread that.
 */
function wasFailedBack(end: End, seen: Seen, journal: Journal): boolean {
	const fallen: readonly Observed["copyState"][] = ["Suspended", "Broken", "Unsynchronized", "Initialized", "Aborted"];
	return (
		journal.copyState === "Failedover" &&
		seen.direction === journal.direction &&
		end === currentSource(seen.direction) &&
		fallen.includes(seen.copyState)
	);
}

function isSamePlace(seen: Pick<Observed, "copyState" | "direction">, journal: Journal): boolean {
	return seen.copyState === journal.copyState && seen.direction === journal.direction;
}

function isProven(seen: Seen): boolean {
	return seen.presence === "present" && seen.copyState === "Synchronized" && phaseOf(seen) === "settled";
}

/** States in which a target takes writes of its own. A number without a name may be one of them. */
export function targetTakesWrites({
	copyState,
	progressStatus,
}: Pick<Observed, "copyState" | "progressStatus">): boolean {
	return (
		typeof copyState !== "string" ||
		copyState === "Fractured" ||
		copyState === "Split" ||
		copyState === "Skewed" ||
		copyState === "Failedover" ||
		progressStatus === "FailingOver"
	);
}

/** The disk that a copy runs onto right now, with a job or without: it is between two states. Null: none. */
export function overwrittenIn(seen: Seen): End | null {
	if (seen.presence === "absent") return null;
	if (seen.progressStatus === "FailingBack" || seen.progressStatus === "Restoring")
		return currentSource(seen.direction);
	const { presence, copyState, progressStatus } = seen;
	const phase = phaseOf({ presence, copyState, progressStatus, job: null });
	return phase === "copying" || phase === "toSynchronized" ? currentTarget(seen.direction) : null;
}

/** What is known of each disk, by declared end. */
export function wholeIn(seen: Observed): PerEnd<boolean | null> {
	if (seen.presence === "absent") return { source: null, target: null };
	if (isProven(seen)) return { source: true, target: true };
	return perEnd(currentSource(seen.direction), seen.sourceConsistent, seen.targetConsistent);
}

/**
 * Who is ahead as the next run may take it: what only this run could know is dropped, and a source from which the copy
 * has stopped is ahead from now on, because it takes writes that nobody of us sees. Its `yes` outlives the roles.
 */
export function aheadToRemember(standing: Standing, seen: Observed): RelationshipRecord["ahead"] {
	const source = currentSource(standing.direction);
	const target = currentTarget(standing.direction);
	const synchronized = standing.copyState === "Synchronized";
	const ofSource = synchronized && standing.ahead[source] !== "yes" ? null : "yes";
	const held = standing.ahead[target];
	const ofTarget = held !== "no" ? "yes" : targetTakesWrites(seen) ? null : "no";
	return perEnd<"no" | "yes" | null>(source, ofSource, ofTarget);
}

/** In the same roles, the target accepts writes and took none when the record was made. */
export function targetBeganToWrite(
	{ observed, disks }: Pick<Sighting, "observed" | "disks">,
	record: RelationshipRecord | null,
): boolean {
	if (record === null || observed.presence === "absent" || observed.direction !== record.direction) return false;
	const target = currentTarget(observed.direction);
	return record.readOnly[target] && isWritable(disks[target]);
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
	if (mirrors(observed) && record.copyState !== "Failedover" && targetBeganToWrite({ observed, disks }, record)) {
		throw splitBrain(`the ${target} accepts writes while it is a copy of the ${source}.`);
	}
	const plannedFailover = observed.copyState === "Failedover" && record.copyState === "Failedover";
	const sourceBegan = record.readOnly[source] && isWritable(disks[source]);
	if (plannedFailover && sourceBegan && isWritable(disks[target])) {
		throw splitBrain(`the ${source} accepts writes although the ${target} was failed over to.`);
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
