import { type Ahead, currentSource, currentTarget } from "../model/relationship";
import { phaseOf } from "../planner/phase";
import type { Observed } from "../planner/situation";
import { perEnd } from "../planner/standing";
import { toTheSecond } from "./copyMemory";
import type { Journal } from "./journal";
import type { Sighting } from "./sighting";

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
	// Where no point in time is told, this one may be another.
	const isSameImage =
		memory !== null &&
		memory.syncTime !== null &&
		memory.syncTime === toTheSecond(syncTime) &&
		memory.targetReadOnly &&
		seen.readOnly[target];
	const targetAhead: Ahead | null = journal.inThisRun
		? samePlace
			? journal.ahead[target]
			: null
		: journal.ahead[target] === "no" && !isSameImage
			? null
			: journal.ahead[target];
	return { ...bare, targetConsistent, ahead: perEnd(source, sourceAhead, targetAhead) };
}
