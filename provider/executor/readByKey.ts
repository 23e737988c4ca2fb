import { errorCodes } from "../model/errorCodes";
import { type End, ends, type PerEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import type { Declared } from "./declared";
import { disksMeant } from "./disksMeant";
import type { DiskFact, HostObservation } from "./host";
import type { Hosts } from "./hosts";
import { sameId } from "./identity";
import { indexOf } from "./observationIndex";
import { declaredLost, type Reading } from "./readEnds";

/** What the last reading of everything, at most 30 s old, has of one end. */
interface Known {
	readonly end: End;
	readonly host: string;
	readonly disks: readonly DiskFact[];
	readonly isRelated: boolean;
	/** No key leads to a group, so that what was read of them then counts: a member that is steered alone tears its group. */
	readonly groups: Pick<HostObservation, "groups" | "groupRelationships">;
}

/** Whether a disk of this relationship was called upon since everything was read: a recent reading is too old for it. */
export async function isTouched(declared: Declared, hosts: Hosts): Promise<boolean> {
	// Nothing was, in every preview and refresh: hundreds of looks need not find their disks for that.
	if (!ends.some((end) => hosts.touchedAny(declared.ends[end].host))) return false;
	const known = await knownOf(declared, hosts);
	// Which disks these are is not known: they may be those that were.
	return known === null || known.some(({ host, disks }) => hosts.touched(host, disks));
}

/**
 * Reads what belongs to one relationship by the keys that a recent reading of everything gives, so that the looks of a
 * run cost the same on a host of thousands. `null`: everything has to be read. Nothing is absent by such a reading: the
 * caller reads everything before something that is missing in it counts.
 */
export async function readByKey(declared: Declared, hosts: Hosts): Promise<PerEnd<Reading> | null> {
	const known = await knownOf(declared, hosts);
	// Without a link in it, the relationship has no key to be read by.
	if (known === null || !known.some(({ isRelated }) => isRelated)) return null;
	const names = [...new Set(known.map(({ host }) => host))];
	const readings = new Map<string, Reading>();
	await Promise.all(
		names.map(async (name) => {
			const disks = known.filter(({ host }) => host === name).flatMap((each) => each.disks);
			const reading = await readDisks(name, disks, hosts);
			const { groups = {} } = known.find(({ host }) => host === name) ?? {};
			if (reading !== null)
				readings.set(name, reading instanceof ReplicationError ? reading : { ...reading, ...groups });
		}),
	);
	const of = (end: End) =>
		declared.lost === end ? declaredLost(end, declared.ends[end].host) : readings.get(declared.ends[end].host);
	const [source, target] = [of("source"), of("target")];
	return source === undefined || target === undefined ? null : { source, target };
}

async function knownOf(declared: Declared, hosts: Hosts): Promise<readonly Known[] | null> {
	const known: Known[] = [];
	for (const end of ends) {
		if (declared.lost === end) continue;
		const { host } = declared.ends[end];
		const reading = await hosts.recent(host)?.catch(() => null);
		// What hid something of this relationship then need not hide it any more.
		if (!reading || reading.unread.length > 0) return null;
		const disks = disksMeant(end, declared, reading);
		if (disks.length === 0) return null;
		const { linksByObjectId } = indexOf(reading);
		const isRelated = disks.some(({ objectId }) => linksByObjectId.has(objectId.toLowerCase()));
		const { groups, groupRelationships } = reading;
		// What a restore would be carried to may be told by a group alone, whose state an old reading does not know.
		if (declared.kind !== undefined && disks.some((disk) => isInRelatedGroup(disk, reading))) return null;
		const ofGroups = groups === undefined ? {} : { groups, groupRelationships: groupRelationships ?? [] };
		known.push({ end, host, disks, isRelated, groups: ofGroups });
	}
	return known;
}

function isInRelatedGroup({ objectId }: DiskFact, { groups = [], groupRelationships = [] }: HostObservation): boolean {
	return groups.some(
		({ objectId: group, members }) =>
			members.some((member) => sameId(member, objectId)) &&
			groupRelationships.some(({ groupObjectId }) => sameId(groupObjectId, group)),
	);
}

/** The disks as they are now. A host that does not answer is not asked for everything as well. */
async function readDisks(name: string, disks: readonly DiskFact[], hosts: Hosts): Promise<Reading | null> {
	const ids = [...new Set(disks.map(({ objectId }) => objectId))];
	try {
		return await hosts.observeDisks(name, ids);
	} catch (error) {
		const isSilent = error instanceof ReplicationError && error.code === errorCodes.hostUnreachable;
		return isSilent ? error : null;
	}
}
