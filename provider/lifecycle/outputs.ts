import * as z from "zod";
import { labelsOf } from "../executor/describeOutlook";
import { exchanged } from "../executor/groupMemory";
import { sameId } from "../executor/identity";
import type { NamedDisk } from "../executor/namesMoved";
import type { Outlook } from "../executor/outlook";
import { type RelationshipRecord, readRecord } from "../executor/record";
import type { Request } from "../executor/request";
import type { TransitionResult } from "../executor/transitionEnd";
import {
	currentSource,
	currentTarget,
	type Direction,
	describeName,
	type End,
	ends,
	type PerEnd,
} from "../model/relationship";
import { describeSteps } from "../planner/describePlan";
import { isFailedOver } from "../planner/phase";
import type { Standing } from "../planner/standing";
import {
	type Arguments,
	argumentNamesIn,
	type Bag,
	declaredBy,
	endIn,
	hidesLabel,
	hidesNames,
	type ResourceClass,
} from "./arguments";
import { foundCopy } from "./copyOutputs";
import { foundGroup } from "./groupOutputs";

/** The end that takes I/O now, and the one that does not, as the program named them. */
export interface Roles {
	readonly primary: { readonly host: string; readonly virtualDisk: string };
	readonly secondary: { readonly host: string; readonly virtualDisk: string };
	readonly direction: Direction;
	readonly copyState: string;
}

/** Roles as predicted for, or found at, a standing. */
export function rolesAt(
	{ copyState, direction }: Pick<Standing, "copyState" | "direction">,
	given: Pick<Arguments, "source" | "target">,
	failedOver = copyState === "Failedover",
): Roles {
	const serving = failedOver ? currentTarget(direction) : currentSource(direction);
	const other: End = serving === "source" ? "target" : "source";
	const place = (end: End) => ({ host: given[end].host, virtualDisk: given[end].virtualDisk });
	return { primary: place(serving), secondary: place(other), direction, copyState };
}

/**
 * The outputs after a look: arguments as given, roles as found, ids. Percentages, rates and lag are not outputs, they
 * would make every refresh a difference; `getReplication()` has them live.
 */
export function outputsOf(inputs: Bag, given: Arguments, outlook: Outlook, record: RelationshipRecord | null): Bag {
	const kept = Object.fromEntries(
		argumentNamesIn(inputs)
			.filter((name) => inputs[name] !== undefined)
			.map((name) => [name, inputs[name]]),
	);
	return {
		...kept,
		...("kind" in inputs ? { kind: inputs.kind } : {}),
		...("resourceUrn" in inputs ? { resourceUrn: inputs.resourceUrn } : {}),
		...(hidesNames(inputs) ? { secretNames: true } : {}),
		...(hidesLabel(inputs) ? { secretLabel: true } : {}),
		...("plannedOperations" in inputs ? { plannedOperations: inputs.plannedOperations } : {}),
		...foundIn(outlook, given, record),
		sourceUniqueId: outlook.sighting.ids.source ?? "",
		targetUniqueId: outlook.sighting.ids.target ?? "",
		...(record === null ? {} : { record }),
	};
}

/**
 * The target that the state goes on knowing where its id changed: a copy that somebody else made in its place has its name
 * and its source, too. Known by its id it would be deleted without consent.
 */
export function targetOfBefore(given: Arguments, { sighting }: Outlook, state: Bag): Bag {
	const { targetUniqueId: known } = state;
	const seen = sighting.ids.target;
	if (given.copy === undefined || typeof known !== "string" || known === "" || seen === null) return {};
	return sameId(known, seen) ? {} : { targetUniqueId: known };
}

/** What is seen of the relationship, as its class shows it. */
export function foundIn(outlook: Outlook, given: Arguments, record: RelationshipRecord | null): Bag {
	if (given.copy !== undefined) return { ...foundCopy(outlook, given, record) };
	const syncMode = outlook.situation.observed.syncMode.toLowerCase();
	return { ...shownRoles(foundRoles(outlook, given), given), syncMode, ...(given.group && foundGroup(outlook)) };
}

/** Roles as the class names its ends. */
export function shownRoles(roles: Roles, { group }: Pick<Arguments, "group">): Bag {
	if (group === undefined) return { ...roles };
	const { primary, secondary } = roles;
	const shown = ({ host, virtualDisk }: Roles["primary"]) => ({ host, group: virtualDisk });
	return { ...roles, primary: shown(primary), secondary: shown(secondary) };
}

/** `plannedOperations` after a run that did something: what was done, which need not be what check could foresee. */
export function operationsDone(request: Request, { done }: TransitionResult): Bag {
	return done.length === 0 ? {} : { plannedOperations: describeSteps(done, labelsOf(request)) };
}

export function foundRoles({ situation: { observed } }: Outlook, given: Arguments): Roles {
	const roles = rolesAt({ copyState: "Synchronized", direction: observed.direction }, given, isFailedOver(observed));
	const copyState = observed.presence === "absent" ? "absent" : describeName(observed.copyState);
	return { ...roles, copyState };
}

/** What state knows of the relationship, with its ends as they are declared now. */
export interface Remembered {
	readonly record: RelationshipRecord | null;
	readonly knownIds: PerEnd<string | null>;
	/** Which disks the program named by what then: not told anew for ends that are exchanged. */
	readonly meant: readonly NamedDisk[];
}

export const nothingRemembered: Remembered = { record: null, knownIds: { source: null, target: null }, meant: [] };

/** The UniqueIds in outputs; null: the look that they are of did not tell one. */
export function knownIdsIn({ sourceUniqueId, targetUniqueId }: Bag): PerEnd<string | null> {
	const id = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
	return { source: id(sourceUniqueId), target: id(targetUniqueId) };
}

export function rememberedIn(outputs: Bag): Remembered {
	const knownIds = knownIdsIn(outputs);
	// The target of a copy is on its source's host, where no other is named.
	const { host } = (outputs.source ?? {}) as Bag;
	const meant = ends.flatMap((end) => {
		const place = placeSchema.safeParse({ host, ...(endIn(outputs[end]) as object | undefined) });
		const known = knownIds[end];
		return place.success && known !== null ? [{ ...place.data, id: known }] : [];
	});
	return { record: readRecord(outputs.record), knownIds, meant };
}

const placeSchema = z.object({ host: z.string(), virtualDisk: z.string() });

/** The same memory told for ends that are declared the other way round. */
export function swapRemembered({ record, knownIds, meant }: Remembered): Remembered {
	return {
		meant,
		record: record === null ? null : exchanged(record),
		knownIds: { source: knownIds.target, target: knownIds.source },
	};
}

/** Both ids in fixed order: roles, names, letter case, host aliases and the declared order do not change identity. */
export function identityOf(ids: PerEnd<string | null>, resourceClass: ResourceClass | null = null): string {
	const both = [ids.source, ids.target].map((id) => (id ?? "").toLowerCase());
	switch (resourceClass) {
		case null:
			return both.sort().join(":");
		case "Group":
			return ["group", ...both.sort()].join(":");
		case "Snapshot":
		case "Clone":
			// The ends of a copy never change places, and the same two disks may be in a mirror besides.
			return [resourceClass.toLowerCase(), ...both].join(":");
		default:
			return resourceClass satisfies never;
	}
}

/** Are the ends declared the other way round than state knows them? */
export function isSwapped(ids: PerEnd<string | null>, known: PerEnd<string | null>): boolean {
	const same = (one: string | null, other: string | null) => one !== null && other !== null && sameId(one, other);
	return (same(ids.source, known.target) || same(ids.target, known.source)) && !same(ids.source, known.source);
}

/** What is asked of the executor for these inputs (or, for read and delete, these outputs). */
export function requestFor(bag: Bag, given: Arguments, wish: Request["wish"], remembered: Remembered): Request {
	const { record, knownIds, meant } = remembered;
	const bothListed = bag.listedAtBothEnds === true;
	return { declared: { ...declaredBy(given, knownIds, hidesNames(bag)), meant, bothListed }, wish, record };
}
