import { synchronizedCopyState as states } from "../../model/vocabulary/relationship";
import { overwrite } from "./lineage";
import { diskById, isCopy, isDisk, isListedBy, isSourceWhole, type SimulatedRelationship, type World } from "./world";

/**
 * Whether a disk takes writes now, by its role in each of its relationships: `own`, where these were picked out, because of
 * hundreds of disks each would go through those of all.
 */
export function takesWrites(world: World, uniqueId: string, own = world.relationships): boolean {
	const disk = diskById(world, uniqueId);
	if (world.faults.some((fault) => fault.kind === "writable" && isDisk(disk, fault.disk))) return true;
	if (disk.readOnly) return false;
	return own.every((relationship) => !isListedBy(relationship, uniqueId) || roleTakesWrites(relationship, uniqueId));
}

function roleTakesWrites(relationship: SimulatedRelationship, uniqueId: string): boolean {
	if (relationship.source === uniqueId) return !relationship.sourceFenced;
	// Whatever is written to a copy that is not whole yet would be overwritten, and a restore needs it to stand still.
	if (isCopy(relationship)) return relationship.consistent && relationship.copy === null;
	const separated: readonly number[] = [states.Failedover, states.Fractured, states.Split, states.Skewed];
	// A Failback that broke off has moved nobody: the target serves on.
	const failingBack = relationship.copyState === states.Broken && !isSourceWhole(relationship);
	return failingBack || separated.includes(relationship.copyState);
}

/** The ends change places, and what is known of each stays with its disk. */
export function exchangeRoles(relationship: SimulatedRelationship): void {
	[relationship.source, relationship.target] = [relationship.target, relationship.source];
	relationship.tail = [];
	relationship.sourceFenced = false;
	const { consistent } = relationship;
	relationship.consistent = isSourceWhole(relationship);
	relationship.sourceConsistent = consistent;
}

/** Data flows from the source at once: the target becomes what that is. */
export function followSource(world: World, relationship: SimulatedRelationship): void {
	if (relationship.copyState !== states.Synchronized) return;
	overwrite(world, relationship, false);
	relationship.consistent = isSourceWhole(relationship);
}
