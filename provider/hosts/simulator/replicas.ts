import type { CreateReplicaRequest } from "../../executor/host";
import { replicationCapabilitiesGetSupportedFeaturesFeatures as features } from "../../model/vocabulary/capabilities";
import { virtualDiskCreateReplicaSyncType as types } from "../../model/vocabulary/operations";
import {
	synchronizedSyncMode as modes,
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { lateness } from "./callFaults";
import type { Answer } from "./calls";
import { kindOf } from "./copyBehaviour";
import { startCopy } from "./copying";
import { objectIdOf, uniqueIdOf } from "./facts";
import { startJob } from "./jobs";
import { addDisk } from "./madeDisk";
import { takePointInTime } from "./pointInTime";
import { relationshipAtRest } from "./relationshipAtRest";
import { takesWrites } from "./roles";
import { arrayOf, behaviourOf, diskById, isCopy, isListedBy, type SimulatedRelationship, type World } from "./world";

const refused: Answer = { returnCode: 5, job: null };

/** The array's answer to CreateReplica: a mirror begins to copy, a snapshot is there, a clone begins to copy. */
export function createReplica(world: World, request: CreateReplicaRequest, source: string, nowMs: number): Answer {
	if (!Object.values<number>(types).includes(request.syncType)) return refused;
	if (request.syncType !== types.Mirror && !mayCopy(world, request, source)) return refused;
	const target = targetOf(world, request) ?? makeDisk(world, request, source);
	if (target === null || isTaken(world, source, target)) return refused;
	const { asJob = false, takesMode = true } = arrayOf(world, source).creation ?? {};
	const id = `relationship-${world.calls.length + 1}`;
	const job = asJob ? startJob(world, { id, source }).id : null;
	relate(world, request, { id, source, target, job, hiddenMs: lateness(world) }, nowMs);
	return {
		...(job === null ? { returnCode: 0, job, made: uniqueIdOf(diskById(world, target)) } : { returnCode: 4096, job }),
		...(request.syncMode === null ? {} : { syncModeSent: takesMode }),
	};
}

/** From now on the target follows the source, or is of this moment; nobody lists it for so long. */
export function relate(
	world: World,
	wish: Pick<CreateReplicaRequest, "syncType" | "syncMode" | "recoveryPointObjectiveMinutes">,
	pair: Pick<SimulatedRelationship, "id" | "source" | "target"> & {
		readonly job: string | null;
		readonly hiddenMs: number;
	},
	nowMs: number,
): void {
	const { id, source, target, job, hiddenMs } = pair;
	const { takesMode = true } = arrayOf(world, source).creation ?? {};
	const relationship = relationshipAtRest({
		id,
		source,
		target,
		copyState: states.Unsynchronized,
		progressStatus: progress.Synchronizing,
		syncMode: (takesMode ? wish.syncMode : null) ?? modes.Synchronous,
		syncType: wish.syncType,
		recoveryPointObjectiveMinutes: wish.recoveryPointObjectiveMinutes,
		consistent: false,
		hiddenUntilMs: hiddenMs === 0 ? null : nowMs + hiddenMs,
	});
	world.relationships.push(relationship);
	if (isCopy(relationship)) takePointInTime(world, relationship, nowMs);
	startCopy(world, relationship, nowMs, progress.Synchronizing, false, job);
}

/** What an array refuses of copies: the features that shape creation, and a source that would have to be offline. */
function mayCopy(world: World, request: CreateReplicaRequest, source: string): boolean {
	const { features: has } = behaviourOf(arrayOf(world, source), kindOf(request.syncType));
	const namesTarget = request.targetDiskObjectId !== null || request.targetDiskUniqueId !== null;
	if (namesTarget && has.includes(features.TargetElementShallNotBeSupplied)) return false;
	if (request.targetStoragePool !== null && has.includes(features.TargetPoolShallNotBeSupplied)) return false;
	return !has.includes(features.CopyOperationRequiresOfflineSource) || !takesWrites(world, source);
}

/** Nobody overwrites a disk that is somebody's target already, or one that a mirror has as its source. */
export function isTaken(world: World, source: string, target: string): boolean {
	if (source === target) return true;
	return world.relationships.some((other) => {
		if (isListedBy(other, target)) return other.target === target || !isCopy(other) || other.target === source;
		return isListedBy(other, source) && [other.source, other.target].includes(target);
	});
}

/** The existing disk that a request names, by ObjectId before UniqueId; `null`: none, or not one alone. */
function targetOf(world: World, { targetDiskObjectId, targetDiskUniqueId }: CreateReplicaRequest): string | null {
	const byObject = world.disks.filter((disk) => objectIdOf(disk) === targetDiskObjectId);
	const named = byObject.length > 0 ? byObject : world.disks.filter((disk) => uniqueIdOf(disk) === targetDiskUniqueId);
	return named.length === 1 ? (named[0]?.uniqueId ?? null) : null;
}

/** A new disk in the pool of the target's array, when the request names one; a copy is made beside its source by default. */
function makeDisk(world: World, request: CreateReplicaRequest, source: string): string | null {
	const { friendlyName, targetSubsystem, targetStoragePool, targetDiskObjectId, targetDiskUniqueId } = request;
	if (targetDiskObjectId !== null || targetDiskUniqueId !== null || friendlyName === null) return null;
	const own = arrayOf(world, source);
	const named = world.arrays.find(({ name }) => name === targetSubsystem);
	if (request.syncType !== types.Mirror) return addDisk(world, named ?? own, friendlyName);
	const array = named ?? world.arrays.find(({ name }) => name !== own.name);
	if (array === undefined || (targetSubsystem === "" && targetStoragePool === null)) return null;
	return addDisk(world, array, friendlyName);
}
