import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import type { EndLabel } from "../planner/describePlan";
import type { Needed } from "../planner/neighbours";
import type { Observed } from "../planner/situation";

/**
 * Calls that read a disk, or restore it, one after the other in one process. Two runs that both looked before either
 * called would restore one disk from two copies, or make a copy of half of it: neither saw the other begin, and where a
 * restore drops what it restored, nothing that is whole is left.
 */
export class Turns {
	private readonly last = new Map<string, Promise<unknown>>();
	private readonly restored = new Set<string>();

	/** `isRestored`: a restore of this disk was asked for before in this process, so an older look says nothing of it. */
	take<T>(disk: string, restores: boolean, call: (isRestored: boolean) => Promise<T>): Promise<T> {
		const key = disk.toLowerCase();
		const before = this.last.get(key) ?? Promise.resolve();
		const turn = before.then(() => {
			const isRestored = this.restored.has(key);
			if (restores) this.restored.add(key);
			return call(isRestored);
		});
		this.last.set(
			key,
			turn.catch(() => undefined),
		);
		return turn;
	}
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

export function halfRestored({ disk, host }: EndLabel): ReplicationError {
	return new ReplicationError({
		code: errorCodes.sourceNotConsistent,
		class: "safety",
		what: `a restore of ${disk} at ${host} was asked for in this run, and a copy of it is Broken: it may be half a disk, and a new copy of it would be one, too.`,
		dataSafety: "yes, the operation was not sent.",
		remedy: "see how the restore ended, restore from a copy that is whole, then run again.",
	});
}
