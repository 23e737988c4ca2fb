import type { HostObservation, Unread } from "../../executor/host";
import { undiscovered } from "../../executor/undiscovered";
import { diskFactOf, objectIdOf, relationshipFactOf } from "./facts";
import { groupFactOf, groupRelationshipFactOf } from "./groupFacts";
import { hidesMembers, pairsOf, steeringOf } from "./groups";
import { arrayIsLost } from "./links";
import { type Fault, isListedBy, type SimulatedRelationship, type World } from "./world";

/** What a host answers that sees these arrays: everything, or the disks that it is asked for. `null`: it reaches none. */
export function observationOf(
	world: World,
	host: string,
	arrays: readonly string[],
	nowMs: number,
	asked: ReadonlySet<string> | null,
): HostObservation | null {
	const unreached = world.faults.filter((fault) => fault.kind === "subsystemError" && arrays.includes(fault.array));
	const seen = world.disks.filter(
		(disk) =>
			(asked === null || asked.has(objectIdOf(disk))) &&
			arrays.includes(disk.array) &&
			!arrayIsLost(world, disk.uniqueId) &&
			!isUnreached(unreached, disk.array),
	);
	if (seen.length === 0 && unreached.length > 0) return null;
	const shown = new Set(seen.map(({ uniqueId }) => uniqueId));
	const cold = world.faults.find((fault) => fault.kind === "coldCache" && fault.host === host);
	const hostTime = new Date(nowMs).toISOString();
	if (cold?.kind === "coldCache" && cold.hides === "disks") {
		const groups = asked === null ? { groups: [], groupRelationships: [] } : {};
		// CurrentCacheLevel 0 is told; that links are not known yet is not.
		return { hostTime, disks: [], relationships: [], ...groups, unread: undiscovered(null, "CurrentCacheLevel 0.") };
	}
	const ofDisk = relationshipsByDisk(world);
	const linked = cold === undefined ? world.relationships.filter(({ hiddenUntilMs }) => hiddenUntilMs === null) : [];
	return {
		hostTime,
		disks: seen.map((disk) => diskFactOf(world, disk, ofDisk.get(disk.uniqueId) ?? [])),
		relationships: linked
			.filter((relationship) => {
				const steering = steeringOf(world, relationship);
				return steering === null || !hidesMembers(world, steering);
			})
			.flatMap((relationship) =>
				[relationship.source, relationship.target]
					.filter((disk) => shown.has(disk) && isListedBy(relationship, disk))
					.map((disk) => relationshipFactOf(world, host, relationship, disk, nowMs)),
			),
		...(asked === null ? groupsIn(world, arrays, unreached, cold === undefined) : {}),
		unread: unreached.flatMap(unreadOf),
	};
}

function relationshipsByDisk({ relationships }: World): ReadonlyMap<string, SimulatedRelationship[]> {
	const byDisk = new Map<string, SimulatedRelationship[]>();
	for (const relationship of relationships) {
		for (const disk of [relationship.source, relationship.target]) {
			const known = byDisk.get(disk);
			if (known === undefined) byDisk.set(disk, [relationship]);
			else known.push(relationship);
		}
	}
	return byDisk;
}

/** Read by key, nobody asks for groups. */
function groupsIn(world: World, arrays: readonly string[], unreached: readonly Fault[], linksAreKnown: boolean) {
	const lost = (array: string) => world.faults.some((fault) => fault.kind === "arrayLost" && fault.array === array);
	const groups = (world.groups ?? []).filter(
		({ array }) => arrays.includes(array) && !lost(array) && !isUnreached(unreached, array),
	);
	const linked = linksAreKnown ? (world.groupRelationships ?? []) : [];
	return {
		groups: groups.map((group) => groupFactOf(world, group)),
		groupRelationships: linked
			.filter((relationship) => pairsOf(world, relationship).some(({ hiddenUntilMs }) => hiddenUntilMs === null))
			.flatMap((relationship) =>
				groups
					.filter(({ uniqueId }) => uniqueId === relationship.source || uniqueId === relationship.target)
					.map((own) => groupRelationshipFactOf(world, relationship, own)),
			),
	};
}

export function isUnreached(faults: readonly Fault[], array: string): boolean {
	return faults.some((fault) => fault.kind === "subsystemError" && fault.array === array);
}

export const outOfReach = "the storage provider cannot connect to the storage subsystem.";

function unreadOf(fault: Fault): Unread[] {
	if (fault.kind !== "subsystemError") return [];
	const subsystem = fault.named ? fault.array : null;
	return (["disks", "relationships", "jobs", "groups"] as const).map((hides) => ({
		hides,
		subsystem,
		what: `not all ${hides}${fault.named ? ` of ${fault.array}` : ""} could be read: ${outOfReach}`,
		remedy: "restore the provider's contact to the array and run again; declare `lost` only for an end that is gone.",
	}));
}
