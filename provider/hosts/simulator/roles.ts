import { synchronizedCopyState as states } from "../../model/vocabulary/relationship";
import { isSourceWhole } from "./copying";
import { overwrite } from "./lineage";
import { diskById, isDisk, isListedBy, type SimulatedRelationship, type World } from "./world";

/** Which of its disks takes writes now, by role. */
export function takesWrites(world: World, uniqueId: string): boolean {
	const disk = diskById(world, uniqueId);
	if (world.faults.some((fault) => fault.kind === "writable" && isDisk(disk, fault.disk))) return true;
	if (disk.readOnly) return false;
	const relationship = world.relationships.find((candidate) => isListedBy(candidate, uniqueId));
	if (relationship === undefined) return true;
	if (relationship.source === uniqueId) return !relationship.sourceFenced;
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
