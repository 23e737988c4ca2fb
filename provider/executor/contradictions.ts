import {
	copyStateOf,
	describeName,
	type End,
	ends,
	type PerEnd,
	progressStatusOf,
	syncModeOf,
	syncTypeOf,
} from "../model/relationship";
import { accesses, type Badness, copyStates, progressStatuses, syncModes, syncTypes } from "../model/worse";
import type { DiskFact, RelationshipFact } from "./host";
import { type Listings, rolesSaid, worstDisk } from "./worstListing";

/** Which disk is the source, or which one serves, is told in two ways. Nobody here can say which of them is right. */
export interface Contradiction {
	/** In words, with both facts. */
	readonly what: string;
	/** The end whose host contradicts itself; `null`: the listings of the two ends contradict each other. */
	readonly at: End | null;
}

/** Told in two ways, and settled by the worse word. */
export interface Difference {
	readonly of: "copyState" | "progressStatus" | "syncMode" | "syncType" | "access" | "subsystem";
	/** In words, with both facts and the one that counts. */
	readonly what: string;
}

type Places = PerEnd<{ readonly host: string }>;

export function contradictionIn({ links }: Listings, places: Places, currentTarget: End): Contradiction | null {
	for (const end of ends) {
		const { host } = places[end];
		if (rolesSaid(links[end]).length > 1) {
			const told = facts(links[end], ({ role }) => (role === "unknown" ? null : role));
			return { what: `host ${host} lists the disk of the ${end} as ${told}`, at: end };
		}
		if (!isDivided(links[end])) continue;
		const told = facts(links[end], stateOf);
		return {
			what: `host ${host} contradicts itself on whether the ${currentTarget} was failed over to (${told})`,
			at: end,
		};
	}
	const [role] = rolesSaid(links.source);
	const { host } = places.source;
	const isOneHost = host === places.target.host;
	if (role !== undefined && role === rolesSaid(links.target)[0]) {
		return {
			what: isOneHost
				? `host ${host} says of both disks that they are the ${role}`
				: `host ${host} and host ${places.target.host} both say that their disk is the ${role}`,
			at: null,
		};
	}
	if (!isDivided([...links.source, ...links.target])) return null;
	const told = ends.map((end) => `host ${places[end].host} of the ${end}: ${facts(links[end], stateOf)}`).join("; ");
	const who = isOneHost ? `host ${host} contradicts itself` : "the hosts contradict each other";
	return { what: `${who} on whether the ${currentTarget} was failed over to (${told})`, at: null };
}

/** Who serves is told in two ways. */
function isDivided(links: readonly RelationshipFact[]): boolean {
	const said = links.filter(({ copyState }) => copyStates.rank(copyState) !== null);
	return new Set(said.map(isFailedOverBy)).size > 1;
}

function isFailedOverBy({ copyState, progressStatus }: RelationshipFact): boolean {
	return copyStateOf(copyState) === "Failedover" || progressStatusOf(progressStatus) === "FailingOver";
}

function stateOf({ copyState }: RelationshipFact): string {
	return `CopyState ${describeName(copyStateOf(copyState))}`;
}

const linkProperties: readonly {
	readonly of: "copyState" | "progressStatus" | "syncMode" | "syncType";
	readonly badness: Badness;
	readonly name: (value: number) => string;
}[] = [
	{ of: "copyState", badness: copyStates, name: (value) => `CopyState ${describeName(copyStateOf(value))}` },
	{
		of: "progressStatus",
		badness: progressStatuses,
		name: (value) => `ProgressStatus ${describeName(progressStatusOf(value), "progress")}`,
	},
	{ of: "syncMode", badness: syncModes, name: (value) => `SyncMode ${syncModeOf(value)}` },
	{ of: "syncType", badness: syncTypes, name: (value) => `SyncType ${describeName(syncTypeOf(value), "type")}` },
];

export function differencesIn({ links, disks }: Listings, places: Places): readonly Difference[] {
	const all = [...links.source, ...links.target];
	const ofLinks = linkProperties.flatMap(({ of, badness, name }): Difference[] => {
		const values = all.map((link) => link[of]);
		const counts = badness.differs(values) ? badness.worst(values, null) : null;
		// Where that is a contradiction no word counts.
		if (counts === null || ((of === "copyState" || of === "progressStatus") && isDivided(all))) return [];
		const told = ends.flatMap((end) => {
			const said = facts(links[end], (link) => (badness.rank(link[of]) === null ? null : name(link[of])));
			return said === "" ? [] : [`host ${places[end].host} says ${said} of the ${end}`];
		});
		return [{ of, what: `${told.join("; ")}: the worse counts, ${name(counts)}` }];
	});
	return [...ofLinks, ...ends.flatMap((end) => differencesOfDisk(end, disks[end], places[end].host))];
}

function differencesOfDisk(end: End, listings: readonly DiskFact[], host: string): Difference[] {
	const values = listings.flatMap(({ access }) => access ?? []);
	const access = accesses.differs(values)
		? [
				{
					of: "access" as const,
					what: `host ${host} says ${facts(listings, ({ access }) => (access === null ? null : `Access ${access}`))} of the ${end}: the worse counts, Access ${accesses.worst(values, 0)}`,
				},
			]
		: [];
	const disk = worstDisk(listings);
	const arrays = disk === null ? [] : [disk.subsystem, ...disk.otherSubsystems];
	if (arrays.length < 2) return access;
	const what = `host ${host} lists the disk of the ${end} in ${arrays.length} storage subsystems (${arrays.join(", ")}): what one of them does not support is not sent`;
	return [...access, { of: "subsystem", what }];
}

/** What was said, each thing once, with the listing that says it where there are several. Sorted: the order of rows says nothing. */
function facts<Listing extends RelationshipFact | DiskFact>(
	listings: readonly Listing[],
	tell: (listing: Listing) => string | null,
): string {
	const said = new Map<string, Set<string>>();
	for (const listing of listings) {
		const told = tell(listing);
		if (told === null) continue;
		const id = "diskObjectId" in listing ? listing.diskObjectId : listing.objectId;
		said.set(told, (said.get(told) ?? new Set()).add(id));
	}
	const where = (ids: Set<string>) => (said.size === 1 ? "" : ` (ObjectId ${[...ids].sort().join(", ")})`);
	return [...said]
		.map(([told, ids]) => `${told}${where(ids)}`)
		.sort()
		.join(" and ");
}
