import type { DiskFact, JobFact, RelationshipFact } from "../../executor/host";
import { percentCopied } from "./copying";
import { pairsOf } from "./groups";
import { healthOf } from "./health";
import { jobInFlight, outcomeOf } from "./jobs";
import { takesWrites } from "./roles";
import { shownLag, shownMode } from "./syncTime";
import {
	diskById,
	isDisk,
	type SimulatedDisk,
	type SimulatedJob,
	type SimulatedRelationship,
	type World,
} from "./world";

/** What a host reports as the UniqueId of a disk: possibly that of another one, or nothing. */
export function uniqueIdOf({ uniqueId, reports }: SimulatedDisk): string {
	return reports === undefined ? uniqueId : reports.uniqueId;
}

/** An ObjectId as Windows has it: quotes, braces and backslashes included, so that nobody builds text from it. */
export function objectIdOf({ uniqueId, array, reports }: SimulatedDisk): string {
	const id = reports === undefined ? uniqueId : reports.objectId;
	return `{1}\\\\${array.toUpperCase()}\\root/Microsoft/Windows/Storage/Providers_v2\\SM_VirtualDisk.ObjectId="{${id}}:VD"`;
}

export function diskFactOf(world: World, disk: SimulatedDisk, own: SimulatedRelationship[]): DiskFact {
	return {
		objectId: objectIdOf(disk),
		uniqueId: uniqueIdOf(disk),
		friendlyName: disk.name,
		subsystem: disk.array,
		subsystemName: disk.array,
		subsystemUniqueId: disk.array,
		otherSubsystems: [],
		access: takesWrites(world, disk.uniqueId, own) ? 3 : 1,
		...healthOf(world, disk),
	};
}

/** A relationship as the disk `own` at this host shows it. */
export function relationshipFactOf(
	world: World,
	host: string,
	relationship: SimulatedRelationship,
	own: string,
	nowMs: number,
): RelationshipFact {
	const disk = diskById(world, own);
	const peer = diskById(world, relationship.source === own ? relationship.target : relationship.source);
	const stale = world.faults.find(
		(fault) =>
			fault.kind === "contradict" &&
			fault.host === host &&
			(fault.relationship ?? relationship.id) === relationship.id &&
			(isDisk(disk, fault.disk) || isDisk(peer, fault.disk)),
	);
	const shown = stale?.kind === "contradict" ? stale : (relationship.shown ?? relationship);
	const source = stale?.kind === "contradict" ? stale.source : relationship.source;
	return {
		diskObjectId: objectIdOf(disk),
		diskUniqueId: uniqueIdOf(disk),
		peerUniqueId: uniqueIdOf(peer),
		hasReplicaPeer: true,
		peerName: peer.name,
		peerSubsystem: peer.array,
		role: source === own ? "source" : "target",
		copyState: shown.copyState,
		requestedCopyState:
			relationship.traits?.reportsRequested === true ? (relationship.requestedCopyState ?? null) : null,
		progressStatus: shown.progressStatus,
		syncMode: shownMode(relationship),
		syncType: relationship.syncType,
		percentSynced: percentOf(relationship, nowMs),
		...shownLag(world, relationship, nowMs),
		job: jobInFlight(world, relationship),
	};
}

/** UniqueIds of the disks that a job works on: those of a relationship, or of all pairs of two groups. */
export function affectedBy(world: World, { relationship: id }: SimulatedJob): string[] {
	const groups = (world.groupRelationships ?? []).find((candidate) => candidate.id === id);
	const pairs = groups === undefined ? world.relationships.filter((each) => each.id === id) : pairsOf(world, groups);
	return pairs.flatMap(({ source, target }) => [source, target]).map((disk) => uniqueIdOf(diskById(world, disk)));
}

export function jobFactOf(world: World, job: SimulatedJob, nowMs: number): JobFact {
	const moved = world.relationships.find(({ change, copy }) => change?.job === job.id || copy?.job === job.id);
	return {
		id: job.id,
		jobState: job.state,
		percentComplete: moved === undefined ? null : percentOf(moved, nowMs),
		operationalStatus: outcomeOf(job.state),
		errorCode: job.errorCode,
		errorDescription: job.errorDescription ?? null,
	};
}

function percentOf({ copy, copyState }: SimulatedRelationship, nowMs: number): number | null {
	if (copy === null) return copyState === 4 ? 100 : null;
	return percentCopied(copy, nowMs);
}
