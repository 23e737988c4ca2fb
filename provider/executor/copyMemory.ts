import type { Done, Observed } from "../planner/situation";
import type { Standing } from "../planner/standing";
import type { RelationshipRecord } from "./record";

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
