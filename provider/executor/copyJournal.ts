import { type Ahead, currentSource, currentTarget } from "../model/relationship";
import { phaseOf } from "../planner/phase";
import type { Done, Observed } from "../planner/situation";
import { perEnd, type Standing } from "../planner/standing";
import type { Journal } from "./journal";
import type { RelationshipRecord } from "./record";
import type { Sighting } from "./sighting";

/** What is remembered of a point-in-time copy besides what is of any relationship (copies-and-groups.md §1.3). */
export interface CopyMemory {
	/** Proved in this run; what earlier runs did is not asked for any more. */
	readonly done: Done;
	readonly ended: "complete" | "restored" | null;
	readonly restoreOpen: boolean;
	/** The target took no writes then, and held none. */
	readonly targetReadOnly: boolean;
	/** The point in time that this was proved of. */
	readonly syncTime: string | null;
}

export function copyMemoryIn(record: RelationshipRecord): CopyMemory | null {
	const { copy } = record;
	if (copy === undefined) return null;
	return {
		done: { retake: false, restore: false },
		ended: copy.ended === "expired" ? null : copy.ended,
		restoreOpen: copy.restoreOpen,
		targetReadOnly: record.readOnly.target,
		syncTime: copy.syncTime,
	};
}

export function copyMemoryAfter({ copy }: Standing, before: Observed, memory: CopyMemory | null): CopyMemory | null {
	if (copy === null) return null;
	return {
		done: copy.done,
		ended: copy.ended,
		restoreOpen: copy.restoreOpen,
		targetReadOnly: before.readOnly.target,
		syncTime: memory?.syncTime ?? null,
	};
}

/** As a point in time is remembered and shown. */
export function toTheSecond(time: string | null): string | null {
	return time === null ? null : `${time.slice(0, 19)}Z`;
}

/**
 * The observation of a copy with what may still be said of it. Nothing a source was said to hold outlives the run: it is
 * written to. That a target holds nothing of its own does, while it takes no writes and holds the same point in time.
 */
export function withCopyJournal(
	seen: Sighting["observed"],
	syncTime: string | null,
	journal: Journal | null,
): Observed {
	const memory = journal?.copy ?? null;
	const isAbsent = seen.presence === "absent";
	const ended = isAbsent ? (memory?.ended ?? null) : null;
	const bare: Observed = {
		...seen,
		vanished: isAbsent && journal?.knowsRelationship === true && ended === null,
		ahead: { source: null, target: null },
		targetConsistent: null,
		sourceConsistent: null,
		done: memory?.done ?? { retake: false, restore: false },
		ended,
		restoreOpen: memory?.restoreOpen ?? false,
	};
	if (isAbsent || journal === null) return bare;
	const [source, target] = [currentSource(seen.direction), currentTarget(seen.direction)];
	const samePlace = seen.copyState === journal.copyState && seen.direction === journal.direction;
	const isProven = seen.copyState === "Synchronized" && phaseOf({ ...seen, job: null }, "Snapshot") === "settled";
	const targetConsistent = isProven
		? true
		: journal.whole[target] === false
			? false
			: samePlace
				? journal.whole[target]
				: null;
	const sourceAhead: Ahead | null =
		journal.inThisRun && samePlace
			? journal.whileReadOnly[source] && !seen.readOnly[source]
				? "recent"
				: journal.ahead[source]
			: null;
	const isSameImage =
		memory !== null && memory.syncTime === toTheSecond(syncTime) && memory.targetReadOnly && seen.readOnly[target];
	const targetAhead: Ahead | null = journal.inThisRun
		? samePlace
			? journal.ahead[target]
			: null
		: journal.ahead[target] === "no" && !isSameImage
			? null
			: journal.ahead[target];
	return { ...bare, targetConsistent, ahead: perEnd(source, sourceAhead, targetAhead) };
}
