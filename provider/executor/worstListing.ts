import type { PerEnd } from "../model/relationship";
import { accesses, copyStates, healthStatuses, progressStatuses, syncModes, syncTypes } from "../model/worse";
import type { DiskFact, RelationshipFact } from "./host";

/** Every listing of one relationship and of its disks, by end: one host may list them through several providers. */
export interface Listings {
	readonly links: PerEnd<readonly RelationshipFact[]>;
	readonly disks: PerEnd<readonly DiskFact[]>;
}

/**
 * One relationship as all of these listings tell it. Of each property the worse word counts, whatever the order of rows;
 * roles that contradict each other are none. Null: it is not listed.
 */
export function worstLink(links: readonly RelationshipFact[]): RelationshipFact | null {
	if (links.length < 2) return links[0] ?? null;
	// What names it in a call comes from one listing; the relationship's own MSFT_ReplicaPeer is better than a made one.
	const [named] = [...links].sort(
		(one, other) =>
			Number(other.hasReplicaPeer) - Number(one.hasReplicaPeer) ||
			byText(one.diskObjectId, other.diskObjectId) ||
			byText(one.peerUniqueId, other.peerUniqueId),
	);
	if (named === undefined) return null;
	const [role, ...otherRoles] = rolesSaid(links);
	return {
		...named,
		...worstWord(links),
		role: role === undefined || otherRoles.length > 0 ? "unknown" : role,
		requestedCopyState: copyStates.worst(said(each("requestedCopyState")), null),
		percentSynced: firstOf(said(each("percentSynced")).sort((one, other) => one - other)),
		lagSeconds: firstOf(said(each("lagSeconds")).sort((one, other) => other - one)),
		syncTime: firstOf(said(each("syncTime")).sort(byText)),
		job: firstOf(said(each("job")).sort(byText)),
	};

	function each<Key extends keyof RelationshipFact>(key: Key): RelationshipFact[Key][] {
		return links.map((link) => link[key]);
	}
}

/** How a relationship is, by the worse word of each. */
export function worstWord(
	links: readonly RelationshipFact[],
): Pick<RelationshipFact, "copyState" | "progressStatus" | "syncMode" | "syncType"> {
	return {
		copyState: copyStates.worst(
			links.map(({ copyState }) => copyState),
			0,
		),
		progressStatus: progressStatuses.worst(
			links.map(({ progressStatus }) => progressStatus),
			0,
		),
		syncMode: syncModes.worst(
			links.map(({ syncMode }) => syncMode),
			0,
		),
		syncType: syncTypes.worst(
			links.map(({ syncType }) => syncType),
			0,
		),
	};
}

/** The roles that listings of one disk give it; more than one contradict each other. */
export function rolesSaid(links: readonly RelationshipFact[]): ("source" | "target")[] {
	return (["source", "target"] as const).filter((role) => links.some((link) => link.role === role));
}

/** One disk as all its listings tell it: it takes writes if one says so, and is as ill as the worst says. */
export function worstDisk(listings: readonly DiskFact[]): DiskFact | null {
	if (listings.length < 2) return listings[0] ?? null;
	const [named] = [...listings].sort((one, other) => byText(one.objectId, other.objectId));
	if (named === undefined) return null;
	const arrays = listings.flatMap(({ subsystem, otherSubsystems }) => [subsystem, ...otherSubsystems]);
	return {
		...named,
		otherSubsystems: [...new Set(arrays)].filter((array) => array !== named.subsystem).sort(byText),
		access: accesses.worst(said(listings.map(({ access }) => access)), null),
		healthStatus: healthStatuses.worst(said(listings.map(({ healthStatus }) => healthStatus)), null),
		operationalStatus: [...new Set(listings.flatMap(({ operationalStatus }) => operationalStatus))].sort(
			(one, other) => one - other,
		),
	};
}

function said<T>(values: readonly (T | null)[]): T[] {
	return values.filter((value): value is T => value !== null);
}

function firstOf<T>([first]: readonly T[]): T | null {
	return first ?? null;
}

function byText(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}
