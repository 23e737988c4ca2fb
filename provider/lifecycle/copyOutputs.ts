import { withCopyJournal } from "../executor/copyJournal";
import { toTheSecond } from "../executor/copyMemory";
import type { RelationshipRecord } from "../executor/record";
import type { Sighting } from "../executor/sighting";
import { currentTarget, describeName, type SyncType } from "../model/relationship";
import { makeStanding } from "../planner/beginning";
import type { Situation } from "../planner/situation";
import type { Standing } from "../planner/standing";
import type { Arguments } from "./arguments";

/** What a point-in-time copy is, by its outputs (copies-and-groups.md §1.2). Percentages and rates are not among them. */
export interface FoundCopy {
	readonly copyState: string;
	/** The point in time is whole. */
	readonly complete: boolean;
	/** As the array reports it, to the second; null: not reported, or not settled. */
	readonly pointInTime: string | null;
	readonly copy: { readonly host: string; readonly virtualDisk: string };
	/** Label of the restore last done. */
	readonly restored: string | null;
	readonly ended: "complete" | "restored" | "expired" | null;
}

export interface SeenCopy {
	readonly situation: Pick<Situation, "observed" | "desired">;
	readonly sighting: Pick<Sighting, "syncTime">;
}

export function foundCopy(
	{ situation, sighting }: SeenCopy,
	given: Pick<Arguments, "target">,
	record: RelationshipRecord | null,
): FoundCopy {
	const { observed } = situation;
	const isAbsent = observed.presence === "absent";
	const standing = makeStanding(situation);
	const ended = isAbsent ? (record?.copy?.ended ?? null) : null;
	return {
		...copyAt(standing, given),
		copyState: isAbsent ? "absent" : describeName(observed.copyState),
		complete: isAbsent ? ended === "complete" : standing.whole[currentTarget(standing.direction)],
		pointInTime: standing.phase === "settled" && !isAbsent ? toTheSecond(sighting.syncTime) : null,
		restored: record?.copy?.restoreDone ?? null,
		ended,
	};
}

/** A copy that nobody here remembers. */
export function strangersCopy(sighting: Sighting, kind: SyncType): SeenCopy {
	const observed = withCopyJournal(sighting.observed, sighting.syncTime, null);
	return { situation: { observed, desired: { kind, state: "active" } }, sighting };
}

/**
 * Whether the point in time is whole, as far as anything tells: where nothing does, `complete` counts it as whole, which is
 * the worse for a plan and no knowledge.
 */
export function knownComplete({ situation: { observed } }: SeenCopy, { complete }: FoundCopy): boolean | null {
	const isTold =
		observed.presence === "absent" || observed.copyState === "Synchronized" || observed.targetConsistent === true;
	return complete && !isTold ? null : complete;
}

/** What is predicted for, or found at, a standing. */
export function copyAt(
	{ copyState }: Pick<Standing, "copyState">,
	{ target: { host, virtualDisk } }: Pick<Arguments, "target">,
): Pick<FoundCopy, "copyState" | "copy"> {
	return { copyState, copy: { host, virtualDisk } };
}
