import type { Simulator } from "../../provider/hosts/simulator";
import { take } from "../../provider/hosts/simulator/calls";
import { takeGroupOperation } from "../../provider/hosts/simulator/groupOperations";
import { pairsOf } from "../../provider/hosts/simulator/groups";
import { isListedBy, type SimulatedRelationship, type World } from "../../provider/hosts/simulator/world";
import type { StrangerAct } from "./story";

/** Somebody else works on the arrays with their own tools. What an array refuses them is not done. */
export async function strangerActs(sites: Simulator, stranger: StrangerAct, disks: readonly string[]): Promise<void> {
	const [source, target] = disks;
	if (source === undefined || target === undefined || !isRelated(sites.look(), disks)) return;
	switch (stranger.act) {
		case "reverse":
			return isMoving(sites.look(), disks) ? undefined : sites.changeRoles(source);
		case "detach":
			return sites.change((world) => {
				world.relationships = world.relationships.filter((each) => !isBetween(world, each, disks));
			});
		case "forget":
			return sites.forget(stranger.end === "target" ? target : source);
		case "hide":
			return sites.hide(source, 3_000);
		case "repairJob":
			await sites.repairJob(source, 20_000);
			return;
		case "ungroup":
			return sites.change((world) => {
				world.groupRelationships = [];
			});
		case "regroup":
			return sites.change((world, nowMs) => {
				const [groups] = world.groupRelationships ?? [];
				const pair = world.relationships.find((each) => isBetween(world, each, disks));
				if (groups === undefined || pair === undefined) return;
				const operation = pairsOf(world, groups).includes(pair) ? "RemoveSyncPair" : "AddSyncPair";
				const syncPairs = [{ sourceUniqueId: pair.source, targetUniqueId: pair.target }];
				takeGroupOperation(world, groups, operation, groups.source, syncPairs, nowMs);
			});
		case "alone":
		case "operation":
			return sites.change((world, nowMs) => {
				const relationship = world.relationships.find((each) => isBetween(world, each, disks));
				if (relationship === undefined || !isListedBy(relationship, idOf(world, source))) return;
				// What shows late after our own call would be taken for what that one did: nobody could tell them apart.
				const { faults } = world;
				world.faults = faults.filter(({ kind }) => kind !== "late");
				take(world, relationship, stranger.operation, relationship.source, nowMs);
				world.faults = faults;
			});
		default:
			stranger satisfies never;
	}
}

/** The mirror of these two disks; what else one of them is in is somebody else's. */
function isBetween(world: World, { source, target }: SimulatedRelationship, disks: readonly string[]): boolean {
	const ids = disks.map((disk) => idOf(world, disk));
	return ids.includes(source) && ids.includes(target);
}

function isRelated(world: World, disks: readonly string[]): boolean {
	return world.relationships.some((each) => disks.every((disk) => isListedBy(each, idOf(world, disk))));
}

/** No array reverses roles in the middle of a copy. */
export function isMoving(world: World, disks: readonly string[]): boolean {
	const relationship = world.relationships.find((each) => isBetween(world, each, disks));
	return relationship !== undefined && (relationship.copy !== null || relationship.change !== null);
}

function idOf(world: World, name: string): string {
	return world.disks.find((disk) => disk.name === name)?.uniqueId ?? "";
}
