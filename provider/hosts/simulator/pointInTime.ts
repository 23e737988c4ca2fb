import { kindOf } from "./copyBehaviour";
import { ownWrites, withWrites } from "./lineage";
import { copyBehaviourOf, diskById, isListedBy, isSourceWhole, type SimulatedRelationship, type World } from "./world";

/** CopyState 18 of newer DMTF (CIM_Synchronized), which Microsoft's enumeration lacks. */
export const restored = 18;

/** The copy is of this moment from now on, and of what the source holds now, half a disk included. */
export function takePointInTime(world: World, relationship: SimulatedRelationship, nowMs: number): void {
	const writes = withWrites(diskById(world, relationship.source).content, []);
	relationship.pointInTime = { atMs: nowMs, writes, whole: isDiskWhole(world, relationship.source) };
}

/** Nothing is held any more: neither the point in time nor what was written to the copy. */
export function dropPointInTime(world: World, relationship: SimulatedRelationship): void {
	relationship.pointInTime = null;
	relationship.consistent = false;
	diskById(world, relationship.target).content = [];
}

/** A copy that was stopped or broke off, where the array keeps none: its disk stays, and is of no use. */
export function vanishIfHalted(world: World, relationship: SimulatedRelationship): void {
	if (copyBehaviourOf(world, relationship).haltedVanishes) remove(world, relationship);
}

/** Ends the relationship of a copy. Detached, a snapshot is a difference without its source: only its own writes are left. */
export function endCopy(
	world: World,
	relationship: SimulatedRelationship,
	by: "Detach" | "Dissolve" | "ReturnToResourcePool",
): void {
	const { target, syncType } = relationship;
	remove(world, relationship);
	switch (by) {
		case "Detach":
			if (kindOf(syncType) === "Snapshot") diskById(world, target).content = ownWrites(world, relationship);
			return;
		case "Dissolve":
			return;
		case "ReturnToResourcePool":
			world.disks = world.disks.filter(({ uniqueId }) => uniqueId !== target);
			world.returnedDisks = (world.returnedDisks ?? 0) + 1;
			return;
		default:
			by satisfies never;
	}
}

function remove(world: World, { id }: SimulatedRelationship): void {
	world.relationships = world.relationships.filter((other) => other.id !== id);
}

/** No copy onto this disk is half done or broke off, in any of its relationships. */
function isDiskWhole(world: World, uniqueId: string): boolean {
	return world.relationships.every(
		(relationship) =>
			!isListedBy(relationship, uniqueId) ||
			(relationship.target === uniqueId ? relationship.consistent : isSourceWhole(relationship)),
	);
}
