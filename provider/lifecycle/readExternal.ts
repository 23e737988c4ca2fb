import { splitBrain } from "../executor/sighting";
import { errorCodes } from "../model/errorCodes";
import { describeName, isOfKind } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { type Bag, classIn, copyClassIn, declaredBy, hidesNames, readStoredArguments } from "./arguments";
import type { CopyClass } from "./copyArguments";
import { foundCopy, strangersCopy } from "./copyOutputs";
import { find } from "./find";
import { identityOf, type Remembered, shownRoles } from "./outputs";
import type { Session } from "./session";

/** A class's `get`: the program knows an id and where to look, and no state remembers anything. */
export function isExternal({ record, knownIds }: Remembered): boolean {
	return record === null && knownIds.source === null && knownIds.target === null;
}

/**
 * Finds the relationship of that id between these disks, or fails: outputs of another one, or none at all, would be
 * taken by the program for what it asked for.
 */
export async function readExternal(
	session: Session,
	id: string,
	props: Bag,
): Promise<{ readonly id: string; readonly props: Bag }> {
	const given = readStoredArguments(props);
	const hideNames = hidesNames(props);
	const declared = declaredBy(given, { source: null, target: null }, hideNames);
	const { sighting, roles } = await find(declared, session.hosts, session.clock, "cached");
	const { observed, ids } = sighting;
	// Whom to believe would decide which end the program takes for the serving one.
	if (sighting.contradiction !== null) throw splitBrain(`${sighting.contradiction.what}.`);
	const [source, target] = [given.source, given.target].map(({ host, virtualDisk }, index) =>
		hideNames ? `the ${index === 0 ? "source" : "target"} at ${host}` : `${virtualDisk} at ${host}`,
	);
	const copyClass = copyClassIn(props);
	const notFound = (what: string) => relationshipNotFound(what, id, copyClass);
	if (observed.presence === "absent") throw notFound(`there is none between ${source} and ${target}`);
	const { kind = "Mirror" } = declared;
	if (!isOfKind(observed.syncType, kind) && copyClass !== null)
		throw notFound(`that of ${source} and ${target} is a ${describeName(observed.syncType, "type")}`);
	const identity = identityOf(ids, classIn(props));
	if (id.toLowerCase() !== identity)
		throw notFound(`that of ${source} and ${target} has the id ${identity}, not ${id}`);
	return {
		id,
		props: {
			...props,
			...(copyClass === null
				? { ...shownRoles(roles, given), syncMode: observed.syncMode.toLowerCase() }
				: foundCopy(strangersCopy(sighting, kind), given, null)),
			plannedOperations: [],
			sourceUniqueId: ids.source ?? "",
			targetUniqueId: ids.target ?? "",
			record: null,
		},
	};
}

function relationshipNotFound(what: string, id: string, copyClass: CopyClass | null): ReplicationError {
	return new ReplicationError({
		code: errorCodes.relationshipNotFound,
		class: "user",
		what: `no relationship with the id ${id} was found: ${what}.`,
		dataSafety: "yes, nothing was changed.",
		remedy: `give VirtualDisk${copyClass ?? "Replication"}.get the id of the other program's resource, and the two disks of that id.`,
	});
}
