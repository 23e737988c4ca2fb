import { resolve } from "node:path";
import { CallCutOff } from "../../executor/callCutOff";
import type {
	CallAnswer,
	CreateReplicaRequest,
	Host,
	HostObservation,
	JobFact,
	SetRelationshipRequest,
} from "../../executor/host";
import { errorCodes } from "../../model/errorCodes";
import type { Operation } from "../../model/relationship";
import { ReplicationError } from "../../model/replicationError";
import { virtualDiskSetReplicationRelationshipOperation as operationNumbers } from "../../model/vocabulary/operations";
import {
	synchronizedSyncMode as modes,
	virtualDiskToVirtualDiskProgressStatus as progress,
	synchronizedCopyState as states,
} from "../../model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../model/vocabulary/storage";
import { takeOperation } from "./arrayOperations";
import { breakOff, startCopy } from "./copying";
import { diskFactOf, jobFactOf, objectIdOf, relationshipFactOf, uniqueIdOf } from "./facts";
import { endJob, startJob } from "./jobs";
import { arrayIsLost } from "./links";
import { profiles } from "./profiles";
import { settle } from "./settle";
import {
	arrayOf,
	diskById,
	type Fault,
	isDisk,
	isHalfRemoved,
	isListedBy,
	nowIn,
	profileOf,
	type SimulatedRelationship,
	type World,
} from "./world";
import { changeWorld, logContact, readWorld } from "./worldFile";

export interface SimulatorEntry {
	/** The host's name in the simulator's file; a name that no array lists sees all arrays. */
	readonly name: string;
	readonly file: string;
	/** Wall clock in milliseconds; for tests. Default: the system's. */
	readonly now?: () => number;
}

/** A host of the simulator's file, behind the same interface as a Windows one. */
export function connectSimulator(entry: SimulatorEntry): Host {
	return new SimulatedHost(entry.name, resolve(entry.file), entry.now ?? Date.now);
}

class SimulatedHost implements Host {
	readonly name: string;
	readonly address: string;
	private readonly file: string;
	private readonly wallClock: () => number;

	constructor(name: string, file: string, wallClock: () => number) {
		this.name = name;
		this.address = `simulator ${file}`;
		this.file = file;
		this.wallClock = wallClock;
	}

	async observe(): Promise<HostObservation> {
		const { world, nowMs } = this.look("observe");
		const arrays = this.arraysIn(world);
		const seen = world.disks.filter(({ array, uniqueId }) => arrays.includes(array) && !arrayIsLost(world, uniqueId));
		return {
			hostTime: new Date(nowMs).toISOString(),
			disks: seen.map((disk) => diskFactOf(world, disk)),
			relationships: world.relationships
				.filter(({ hiddenUntilMs }) => hiddenUntilMs === null)
				.flatMap((relationship) =>
					[relationship.source, relationship.target]
						.filter((disk) => seen.some(({ uniqueId }) => uniqueId === disk) && isListedBy(relationship, disk))
						.map((disk) => relationshipFactOf(world, this.name, relationship, disk, nowMs)),
				),
			unreadable: [],
		};
	}

	async capabilities({ subsystem }: { readonly subsystem: string }) {
		const { world } = this.look("capabilities");
		const array = world.arrays.find(({ name }) => name === subsystem);
		const { operations, features } = profiles[array?.profile ?? "generous"];
		return { operations, features };
	}

	async setReplicationRelationship(request: Parameters<Host["setReplicationRelationship"]>[0]): Promise<CallAnswer> {
		const operation = nameOfOperation(request.operation);
		return this.change(
			"SetReplicationRelationship",
			operation,
			request.diskObjectId,
			request.peerUniqueId,
			(world, nowMs, disk) => {
				const relationship = relationshipWith(world, disk, request);
				if (relationship === null) return { returnCode: 8, job: null };
				if (operation === null) return { returnCode: 5, job: null };
				return take(world, relationship, operation, disk, nowMs);
			},
		);
	}

	async createReplica(request: CreateReplicaRequest): Promise<CallAnswer> {
		return this.change(
			"CreateReplica",
			null,
			request.sourceDiskObjectId,
			request.targetDiskUniqueId,
			(world, nowMs, source) => {
				const target = targetOf(world, request) ?? makeDisk(world, request, source);
				if (target === null || source === target) return { returnCode: 5, job: null };
				const taken = world.relationships.some(
					(other) =>
						isListedBy(other, target) || (isListedBy(other, source) && [other.source, other.target].includes(target)),
				);
				if (taken) return { returnCode: 5, job: null };
				const lateMs = lateness(world);
				const relationship: SimulatedRelationship = {
					id: `relationship-${world.calls.length + 1}`,
					source,
					target,
					copyState: 3,
					progressStatus: progress.Synchronizing,
					syncMode: request.syncMode ?? modes.Synchronous,
					syncType: request.syncType,
					recoveryPointObjectiveMinutes: request.recoveryPointObjectiveMinutes,
					consistent: false,
					change: null,
					copy: null,
					tail: [],
					shown: null,
					hiddenUntilMs: lateMs === 0 ? null : nowMs + lateMs,
					sourceFenced: false,
				};
				world.relationships.push(relationship);
				startCopy(world, relationship, nowMs, progress.Synchronizing, false, null);
				return { returnCode: 0, job: null, made: uniqueIdOf(diskById(world, target)) };
			},
		);
	}

	async job(id: string): Promise<JobFact | null> {
		const { world, nowMs } = this.look("job");
		const job = world.jobs.find((candidate) => candidate.id === id);
		if (job === undefined) return null;
		return jobFactOf(world, job, nowMs);
	}

	async discover({ diskObjectId }: { readonly diskObjectId: string }): Promise<CallAnswer> {
		return this.change("Discover", null, diskObjectId, null, (world, _, disk) => {
			world.faults = world.faults.filter((fault) => !isRefreshed(world, fault, this.name, disk));
			return { returnCode: 0, job: null };
		});
	}

	async ping() {
		return { hostTime: new Date(this.look("ping").nowMs).toISOString() };
	}

	async close(): Promise<void> {}

	/** A reading: the world as it is now, without writing anything but the log. */
	private look(method: string): { readonly world: World; readonly nowMs: number } {
		const world = readWorld(this.file);
		this.refuseUnreachable(world);
		const nowMs = nowIn(world, this.wallClock());
		settle(world, nowMs);
		logContact(this.file, { atMs: nowMs, host: this.name, method, process: process.pid });
		return { world, nowMs };
	}

	/** A call that changes something: recorded in the same write as its effect, so neither is ever there alone. */
	private async change(
		method: string,
		operation: Operation | null,
		diskObjectId: string,
		peer: string | null,
		act: (world: World, nowMs: number, disk: string) => Omit<Outcome, "kind">,
	): Promise<CallAnswer> {
		const outcome = await changeWorld(this.file, (world): Outcome => {
			this.refuseUnreachable(world);
			const nowMs = nowIn(world, this.wallClock());
			settle(world, nowMs);
			const found = world.disks.find((candidate) => objectIdOf(candidate) === diskObjectId);
			const disk = found?.uniqueId ?? "";
			const fault = method === "Discover" ? null : nextFault(world, disk);
			const happens = fault === null || fault.kind === "job" || ("effect" in fault && fault.effect);
			const done: Omit<Outcome, "kind"> = !happens
				? { returnCode: fault !== null && fault.kind === "returnCode" ? fault.code : 40003, job: null }
				: found === undefined
					? { returnCode: 8, job: null }
					: act(world, nowMs, disk);
			const returnCode = fault !== null && fault.kind === "returnCode" ? fault.code : done.returnCode;
			if (fault?.kind === "job") spoilJob(world, done.job, fault.fate, nowMs);
			const heard = fault === null || (fault.kind !== "cutOff" && fault.kind !== "crash");
			world.calls.push({
				sequence: world.calls.length + 1,
				atMs: nowMs,
				host: this.name,
				method,
				operation,
				disk: found?.name ?? diskObjectId,
				peer,
				returnCode: heard ? returnCode : null,
				effect: happens && (done.returnCode === 0 || done.returnCode === 4096),
				process: process.pid,
			});
			return { ...done, kind: heard ? "answer" : (fault as Fault).kind, returnCode };
		});
		if (outcome.kind === "crash") process.kill(process.pid, "SIGKILL");
		if (outcome.kind === "cutOff") {
			throw new CallCutOff(`the call ${operation ?? method} to host ${this.name} was cut off before its answer came.`);
		}
		const { returnCode, job, made } = outcome;
		return { returnCode, jobId: job, message: null, ...(made === undefined ? {} : { createdPeerUniqueId: made }) };
	}

	private arraysIn(world: World): string[] {
		const own = world.arrays.filter(({ hosts }) => hosts.includes(this.name));
		return (own.length === 0 ? world.arrays : own).map(({ name }) => name);
	}

	private refuseUnreachable(world: World): void {
		const down = world.faults.some((fault) => fault.kind === "hostDown" && fault.host === this.name);
		const arrays = this.arraysIn(world);
		const lost = world.faults.some(
			(fault) => fault.kind === "arrayLost" && arrays.length === 1 && arrays[0] === fault.array,
		);
		if (!down && !lost) return;
		throw new ReplicationError({
			code: errorCodes.hostUnreachable,
			class: "transport",
			what: `host ${this.name} does not answer (${this.address}).`,
			dataSafety: "nothing can be said about what it holds; nothing was changed.",
			remedy: "restore contact and run again; declare `lost` only for an end that is gone.",
		});
	}
}

interface Outcome {
	readonly kind: "answer" | Fault["kind"];
	readonly returnCode: number;
	readonly job: string | null;
	/** UniqueId of the replica that was made. */
	readonly made?: string;
}

/** The relationship of this disk that a call names by its peer, as far as the disk's array knows one. */
function relationshipWith(
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
function take(
	world: World,
	relationship: SimulatedRelationship,
	operation: Operation,
	disk: string,
	nowMs: number,
): Omit<Outcome, "kind"> {
	const removes = operation === "Detach" || operation === "Dissolve";
	if (isHalfRemoved(relationship) && !removes) return { returnCode: 8, job: null };
	const profile = profileOf(world, relationship);
	const before = { copyState: relationship.copyState, progressStatus: relationship.progressStatus };
	// What takes effect late must be legal now all the same, or the answer would be a refusal.
	const isLate = world.faults.some(({ kind }) => kind === "late");
	const [rehearsal, link] = isLate ? rehearse(world, relationship) : [world, relationship];
	const job = profile.jobs.some((name) => name === operation) ? startJob(world, relationship).id : null;
	const taken = takeOperation(rehearsal, link, operation, disk, nowMs, job);
	if (!taken.taken) {
		world.jobs = world.jobs.filter(({ id }) => id !== job);
		return { returnCode: taken.returnCode, job: null };
	}
	relationship.requestedCopyState = requestedBy(operation) ?? before.copyState;
	if (isLate) {
		const dueMs = nowMs + lateness(world);
		relationship.deferred = [...(relationship.deferred ?? []), { operation, disk, dueMs, job }];
	} else if (profile.lateMs > 0) relationship.shown = { ...before, untilMs: nowMs + profile.lateMs };
	return { returnCode: job === null ? 0 : 4096, job };
}

function rehearse(world: World, { id }: SimulatedRelationship): [World, SimulatedRelationship] {
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
		case "Activate":
		case "Failback":
		case "Resume":
		case "ResyncReplica":
			return states.Synchronized;
		default:
			return null;
	}
}

/** How late the next operation takes effect, used up by one; 0: at once. */
function lateness(world: World): number {
	const late = world.faults.find((fault) => fault.kind === "late");
	if (late?.kind !== "late") return 0;
	late.times--;
	if (late.times === 0) world.faults = world.faults.filter((fault) => fault !== late);
	return late.ms;
}

/** Does Discover on this disk at this host end the fault? */
function isRefreshed(world: World, fault: Fault, host: string, disk: string): boolean {
	const own = world.disks.find(({ uniqueId }) => uniqueId === disk);
	if (own === undefined) return false;
	if (fault.kind === "staleCache") return isDisk(own, fault.disk);
	if (fault.kind !== "contradict" || fault.host !== host || !fault.untilDiscover) return false;
	const peers = world.relationships
		.filter(({ source, target }) => source === disk || target === disk)
		.map(({ source, target }) => diskById(world, source === disk ? target : source));
	return [own, ...peers].some((each) => isDisk(each, fault.disk));
}

function nameOfOperation(number: number): Operation | null {
	const found = Object.entries(operationNumbers).find(([, value]) => value === number);
	return found === undefined ? null : (found[0] as Operation);
}

/** The fault that this call meets, used up by one. */
function nextFault(
	world: World,
	disk: string,
): Extract<Fault, { kind: "staleCache" | "job" | "returnCode" | "cutOff" | "crash" }> | null {
	const called = world.disks.find(({ uniqueId }) => uniqueId === disk);
	for (const fault of world.faults) {
		switch (fault.kind) {
			case "hostDown":
			case "arrayLost":
			case "linkDown":
			case "slow":
			case "writable":
			case "health":
			case "late":
			case "contradict":
				continue;
			case "staleCache":
				if (called !== undefined && isDisk(called, fault.disk)) return fault;
				continue;
			case "job":
			case "returnCode":
			case "cutOff":
			case "crash":
				fault.times--;
				if (fault.times === 0) world.faults = world.faults.filter((other) => other !== fault);
				return fault;
			default:
				fault satisfies never;
		}
	}
	return null;
}

function spoilJob(world: World, id: string | null, fate: "stuck" | "failed" | "vanished", nowMs: number): void {
	const job = world.jobs.find((candidate) => candidate.id === id);
	if (job === undefined) return;
	const relationship = world.relationships.find((candidate) => candidate.id === job.relationship);
	switch (fate) {
		case "stuck":
			job.stuck = true;
			return;
		case "failed":
			endJob(world, id, jobStates.Exception, "the simulated job failed");
			if (relationship === undefined) return;
			relationship.deferred = (relationship.deferred ?? []).filter((waiting) => waiting.job !== id);
			relationship.change = null;
			if (relationship.copy !== null) breakOff(world, relationship, nowMs, "the simulated job failed");
			relationship.progressStatus = progress.Dormant;
			return;
		case "vanished":
			world.jobs = world.jobs.filter((candidate) => candidate !== job);
			return;
		default:
			fate satisfies never;
	}
}

/** The existing disk that a request names, by ObjectId before UniqueId; `null`: none, or not one alone. */
function targetOf(world: World, { targetDiskObjectId, targetDiskUniqueId }: CreateReplicaRequest): string | null {
	const byObject = world.disks.filter((disk) => objectIdOf(disk) === targetDiskObjectId);
	const named = byObject.length > 0 ? byObject : world.disks.filter((disk) => uniqueIdOf(disk) === targetDiskUniqueId);
	return named.length === 1 ? (named[0]?.uniqueId ?? null) : null;
}

/** A new disk in the pool of the target's array, when the request names one. */
function makeDisk(
	world: World,
	{ friendlyName, targetSubsystem, targetStoragePool, targetDiskObjectId, targetDiskUniqueId }: CreateReplicaRequest,
	source: string,
): string | null {
	if (targetDiskObjectId !== null || targetDiskUniqueId !== null) return null;
	const array =
		world.arrays.find(({ name }) => name === targetSubsystem) ??
		world.arrays.find(({ name }) => name !== arrayOf(world, source).name);
	if (array === undefined || friendlyName === null || (targetSubsystem === "" && targetStoragePool === null))
		return null;
	const uniqueId = `6000${String(world.disks.length + 1).padStart(12, "0")}`;
	world.disks.push({ name: friendlyName, uniqueId, array: array.name, readOnly: false, content: [] });
	return uniqueId;
}
