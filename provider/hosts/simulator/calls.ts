import type { SetRelationshipRequest } from "../../executor/host";
import type { SupportedOperation } from "../../model/capabilities";
import type { Operation } from "../../model/relationship";
import { virtualDiskSetReplicationRelationshipOperation as operationNumbers } from "../../model/vocabulary/operations";
import { synchronizedCopyState as states } from "../../model/vocabulary/relationship";
import { takeOperation } from "./arrayOperations";
import { lateness, latenessAhead } from "./callFaults";
import { objectIdOf, uniqueIdOf } from "./facts";
import { isSteeredTogether } from "./groups";
import { startJob } from "./jobs";
import type { Taken } from "./taken";
import {
	copyBehaviourOf,
	diskById,
	isCopy,
	isHalfRemoved,
	isListedBy,
	profileOf,
	type SimulatedRelationship,
	type World,
} from "./world";

/** What an array answers to a call. */
export interface Answer {
	readonly returnCode: number;
	readonly job: string | null;
	/** UniqueId of the replica that was made; a job does not say it. */
	readonly made?: string;
	readonly syncModeSent?: boolean;
}

/** The relationship of this disk that a call names by its peer, as far as the disk's array knows one. */
export function relationshipWith(
	world: World,
	own: string,
	{ peerUniqueId, madePeer }: SetRelationshipRequest,
): SimulatedRelationship | null {
	const peerOf = ({ source, target }: SimulatedRelationship) => diskById(world, source === own ? target : source);
	const named = world.relationships.filter(
		(relationship) => isListedBy(relationship, own) && uniqueIdOf(peerOf(relationship)) === peerUniqueId,
	);
	// A UniqueId that several peers report names none of them; an ObjectId does.
	const exact = named.filter((relationship) => objectIdOf(peerOf(relationship)) === madePeer?.objectId);
	return (named.length > 1 ? exact[0] : named[0]) ?? null;
}

/** The array's answer to an operation on a relationship that it lists. */
export function take(
	world: World,
	relationship: SimulatedRelationship,
	operation: Operation,
	disk: string,
	nowMs: number,
): Answer {
	const removes = operation === "Detach" || operation === "Dissolve";
	if (isHalfRemoved(relationship) && !removes) return { returnCode: 8, job: null };
	const profile = profileOf(world, relationship);
	const { operations, jobs } = isCopy(relationship) ? copyBehaviourOf(world, relationship) : profile;
	if (!advertises(operations, operation)) return { returnCode: 1, job: null };
	if (isSteeredTogether(world, relationship)) return { returnCode: profile.refusal, job: null };
	const job = jobs.some((name) => name === operation) ? startJob(world, relationship).id : null;
	const taken = start(world, relationship, operation, disk, nowMs, job);
	if (!taken.taken) {
		world.jobs = world.jobs.filter(({ id }) => id !== job);
		return { returnCode: taken.returnCode, job: null };
	}
	lateness(world);
	return { returnCode: job === null ? 0 : 4096, job };
}

/** An array that lists no operations takes any. */
export function advertises(operations: readonly SupportedOperation[] | null, operation: Operation): boolean {
	return operations === null || operations.some((name) => name === operation);
}

/** Begins an operation, now or as late as the next one is. */
export function start(
	world: World,
	relationship: SimulatedRelationship,
	operation: Operation,
	disk: string,
	nowMs: number,
	job: string | null,
): Taken {
	const { lateMs } = profileOf(world, relationship);
	const before = { copyState: relationship.copyState, progressStatus: relationship.progressStatus };
	// What takes effect late must be legal now all the same, or the answer would be a refusal.
	const isLate = world.faults.some(({ kind }) => kind === "late");
	const [rehearsal, link] = isLate ? rehearse(world, relationship) : [world, relationship];
	const taken = takeOperation(rehearsal, link, operation, disk, nowMs, job);
	if (!taken.taken) return taken;
	relationship.requestedCopyState = requestedBy(operation) ?? before.copyState;
	if (isLate) {
		const dueMs = nowMs + latenessAhead(world);
		relationship.deferred = [...(relationship.deferred ?? []), { operation, disk, dueMs, job }];
	} else if (lateMs > 0) relationship.shown = { ...before, untilMs: nowMs + lateMs };
	return taken;
}

export function rehearse(world: World, { id }: SimulatedRelationship): [World, SimulatedRelationship] {
	const copy = structuredClone(world);
	return [copy, copy.relationships.find((candidate) => candidate.id === id) as SimulatedRelationship];
}

/** The CopyState that an operation asks for; `null`: it asks for none. */
function requestedBy(operation: Operation): number | null {
	switch (operation) {
		case "Suspend":
			return states.Suspended;
		case "Fracture":
			return states.Fractured;
		case "Split":
			return states.Split;
		case "Failover":
			return states.Failedover;
		case "Abort":
			return states.Aborted;
		case "Deactivate":
			return states.Inactive;
		case "Unprepare":
			return states.Initialized;
		case "Activate":
		case "Failback":
		case "RestoreFromReplica":
		case "Resume":
		case "ResyncReplica":
			return states.Synchronized;
		default:
			return null;
	}
}

export function nameOfOperation(number: number): Operation | null {
	const found = Object.entries(operationNumbers).find(([, value]) => value === number);
	return found === undefined ? null : (found[0] as Operation);
}
