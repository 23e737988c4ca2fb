import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import type { EndLabel } from "../planner/describePlan";
import type { Needed } from "../planner/neighbours";
import type { Observed } from "../planner/situation";
import { labelsOf } from "./describeOutlook";
import type { Outlook } from "./outlook";
import type { Request } from "./request";
import type { Surroundings } from "./surroundings";
import type { Turn } from "./turns";

/** Null: a disk that nobody could name is kept from nobody. */
export async function turnFor(
	{ end, restores }: Needed,
	{ sighting }: Outlook,
	request: Request,
	{ hosts, report }: Surroundings,
): Promise<Turn | null> {
	const disk = sighting.ids[end];
	if (disk === null) return null;
	if (hosts.turns.isRestoring(disk)) {
		const what = `the restore of ${labelsOf(request)[end].disk}, which this run asks for elsewhere, to end`;
		await report({ kind: "awaited", what, limitMs: request.wish.limits.syncMs });
	}
	return hosts.turns.take(disk, restores);
}

export function refuseBehindRestore(needed: Needed, { situation }: Outlook, request: Request): void {
	const label = labelsOf(request)[needed.end];
	if (needed.restores) throw restoredMeanwhile(label);
	if (mayBeHalfRestored(needed, situation.observed)) throw halfRestored(label);
}

/** Of a disk that was to be restored in this process: another copy of it is Broken, which may be where the restore stopped. */
export function mayBeHalfRestored(
	{ end, restores }: Needed,
	{ neighbours = [] }: Pick<Observed, "neighbours">,
): boolean {
	return (
		!restores &&
		neighbours.some(
			({ at, role, syncType, copyState }) =>
				at === end && role === "source" && syncType !== "Mirror" && copyState === "Broken",
		)
	);
}

function halfRestored({ disk, host }: EndLabel): ReplicationError {
	return new ReplicationError({
		code: errorCodes.sourceNotConsistent,
		class: "safety",
		what: `a restore of ${disk} at ${host} was asked for in this run, and a copy of it is Broken: it may be half a disk, and a new copy of it would be one, too.`,
		dataSafety: "yes, the operation was not sent.",
		remedy: "see how the restore ended, restore from a copy that is whole, then run again.",
	});
}

/** Of two restores of one disk the later would win, whichever that is, and its consent was given to overwrite another content. */
function restoredMeanwhile({ disk, host }: EndLabel): ReplicationError {
	return new ReplicationError({
		code: errorCodes.planChanged,
		class: "safety",
		what: `another restore of ${disk} at ${host} was asked for in this run, and came first.`,
		dataSafety: "yes, this restore was not sent.",
		remedy: "look at what the disk holds now, and run preview again; drop the restore that is not wanted.",
	});
}
