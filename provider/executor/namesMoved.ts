import { errorCodes } from "../model/errorCodes";
import type { End } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";

/** A name in the program and the id of the disk that it meant. */
export interface NamedDisk {
	readonly host: string;
	readonly virtualDisk: string;
	readonly id: string;
}

/** A name that means another disk than it did. */
export interface MovedName {
	readonly end: End;
	readonly host: string;
	readonly virtualDisk: string;
	readonly meant: string;
	readonly means: string;
	/** What the disk that it meant is called now; `null`: its host does not list it. */
	readonly nameNow: string | null;
}

/**
 * Names were given to other disks on the array, and the program did not change. Whoever exchanges the names of two
 * disks has not wished their roles exchanged, and whoever gives a name to a new disk has not wished the old one's
 * protection ended: nothing is done until the program says which disk it means.
 */
export function namesMoved(moved: readonly MovedName[], hideNames: boolean): ReplicationError {
	const told = moved.map(({ end, host, virtualDisk, meant, means, nameNow }) => {
		const name = hideNames ? `the name of the ${end}` : `"${virtualDisk}"`;
		const gone = nameNow === null ? "which its host does not list any more" : `which is "${nameNow}" now`;
		return `${name} at ${host} meant the disk ${meant}${hideNames ? "" : `, ${gone}`}, and means ${means} now`;
	});
	const ids = (of: (name: MovedName) => string) => moved.map((name) => `${name.end} ${of(name)}`).join(" and ");
	return new ReplicationError({
		code: errorCodes.namesMoved,
		class: "safety",
		property: `${moved[0]?.end ?? "source"}.virtualDisk`,
		what: `the program is unchanged and names other disks than before: ${told.join("; ")}.`,
		dataSafety: "yes, nothing was sent.",
		remedy: `declare the disks by id: ${ids(({ meant }) => meant)} for those of before, ${ids(({ means }) => means)} for those that have the names now; or give the names back.`,
	});
}
