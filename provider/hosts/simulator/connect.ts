import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { CallCutOff } from "../../executor/callCutOff";
import type {
	CallAnswer,
	CreateReplicaRequest,
	Host,
	HostObservation,
	JobFact,
	RelationshipFact,
} from "../../executor/host";
import { errorCodes } from "../../model/errorCodes";
import type { Operation } from "../../model/relationship";
import { ReplicationError } from "../../model/replicationError";
import { virtualDiskSetReplicationRelationshipOperation as operationNumbers } from "../../model/vocabulary/operations";
import {
	synchronizedSyncMode as modes,
	virtualDiskToVirtualDiskProgressStatus as progress,
} from "../../model/vocabulary/relationship";
import {
	virtualDiskHealthStatus as diskHealth,
	virtualDiskOperationalStatus as diskStatus,
	storageJobJobState as jobStates,
	storageJobOperationalStatus as jobStatus,
} from "../../model/vocabulary/storage";
import { takeOperation } from "./arrayOperations";
import { arrayIsLost } from "./links";
import { profiles } from "./profiles";
import { breakOff, endJob, percentCopied, profileOf, settle, startCopy, takesWrites } from "./settle";
import { arrayOf, diskById, type Fault, nowIn, type SimulatedRelationship, type World } from "./world";
import { changeWorld, readWorld } from "./worldFile";

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
			disks: seen.map((disk) => ({
				objectId: objectIdOf(disk.uniqueId, disk.array),
				uniqueId: disk.uniqueId,
				friendlyName: disk.name,
				subsystem: disk.array,
				subsystemName: disk.array,
				subsystemUniqueId: disk.array,
				access: takesWrites(world, disk.uniqueId) ? 3 : 1,
				healthStatus: diskHealth.Healthy,
				operationalStatus: [diskStatus.OK],
			})),
			relationships: world.relationships
				.filter(({ hiddenUntilMs }) => hiddenUntilMs === null)
				.flatMap((relationship) =>
					[relationship.source, relationship.target]
						.filter((disk) => arrays.includes(diskById(world, disk).array) && !arrayIsLost(world, disk))
						.map((disk) => factOf(world, relationship, disk, nowMs)),
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
				const relationship = world.relationships.find(
					({ source, target }) =>
						(source === disk && target === request.peerUniqueId) ||
						(target === disk && source === request.peerUniqueId),
				);
				if (relationship === undefined || operation === null)
					return { returnCode: relationship === undefined ? 8 : 5, job: null };
				const profile = profileOf(world, relationship);
				const job = profile.jobs.some((name) => name === operation) ? startJob(world, relationship) : null;
				const before = { copyState: relationship.copyState, progressStatus: relationship.progressStatus };
				const taken = takeOperation(world, relationship, operation, disk, nowMs, job);
				if (!taken.taken) {
					world.jobs = world.jobs.filter(({ id }) => id !== job);
					return { returnCode: taken.returnCode, job: null };
				}
				if (profile.lateMs > 0) relationship.shown = { ...before, untilMs: nowMs + profile.lateMs };
				return { returnCode: job === null ? 0 : 4096, job };
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
				const target = request.targetDiskUniqueId ?? makeDisk(world, request, source);
				if (target === null || !world.disks.some(({ uniqueId }) => uniqueId === target))
					return { returnCode: 5, job: null };
				const taken = world.relationships.some((other) => [other.source, other.target].includes(target));
				if (taken || source === target) return { returnCode: 5, job: null };
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
					hiddenUntilMs: null,
					sourceFenced: false,
				};
				world.relationships.push(relationship);
				startCopy(world, relationship, nowMs, progress.Synchronizing, false, null);
				return { returnCode: 0, job: null, made: target };
			},
		);
	}

	async job(id: string): Promise<JobFact | null> {
		const { world, nowMs } = this.look("job");
		const job = world.jobs.find((candidate) => candidate.id === id);
		if (job === undefined) return null;
		const relationship = world.relationships.find((candidate) => candidate.id === job.relationship);
		return {
			id,
			jobState: job.state,
			percentComplete: relationship === undefined ? null : percentOf(relationship, nowMs),
			operationalStatus: outcomeOf(job.state),
			errorCode: job.errorCode,
			errorDescription: job.errorDescription ?? null,
		};
	}

	async discover({ diskObjectId }: { readonly diskObjectId: string }): Promise<CallAnswer> {
		return this.change("Discover", null, diskObjectId, null, (world, _, disk) => {
			world.faults = world.faults.filter((fault) => fault.kind !== "staleCache" || !isDisk(world, fault.disk, disk));
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
		appendFileSync(
			`${this.file}.log`,
			`${JSON.stringify({ atMs: nowMs, host: this.name, method, process: process.pid })}\n`,
		);
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
			const found = world.disks.find(({ uniqueId, array }) => objectIdOf(uniqueId, array) === diskObjectId);
			const disk = found?.uniqueId ?? "";
			const fault = method === "Discover" ? null : nextFault(world, disk);
			const happens = fault === null || fault.kind === "job" || ("effect" in fault && fault.effect);
			const done: Omit<Outcome, "kind"> = !happens
				? { returnCode: fault !== null && fault.kind === "returnCode" ? fault.code : 40003, job: null }
				: found === undefined
					? { returnCode: 8, job: null }
					: act(world, nowMs, disk);
			const returnCode = fault !== null && fault.kind === "returnCode" ? fault.code : done.returnCode;
			if (fault?.kind === "job") spoilJob(world, done.job, fault.fate);
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

/** An ObjectId as Windows has it: quotes, braces and backslashes included, so that nobody builds text from it. */
function objectIdOf(uniqueId: string, array: string): string {
	return `{1}\\\\${array.toUpperCase()}\\root/Microsoft/Windows/Storage/Providers_v2\\SM_VirtualDisk.ObjectId="{${uniqueId}}:VD"`;
}

function isDisk(world: World, nameOrId: string, uniqueId: string): boolean {
	return nameOrId === uniqueId || world.disks.some((disk) => disk.uniqueId === uniqueId && disk.name === nameOrId);
}

function nameOfOperation(number: number): Operation | null {
	const found = Object.entries(operationNumbers).find(([, value]) => value === number);
	return found === undefined ? null : (found[0] as Operation);
}

/** The fault that this call meets, used up by one. */
function nextFault(
	world: World,
	disk: string,
): Exclude<Fault, { kind: "hostDown" | "arrayLost" | "linkDown" | "slow" | "writable" }> | null {
	for (const fault of world.faults) {
		switch (fault.kind) {
			case "hostDown":
			case "arrayLost":
			case "linkDown":
			case "slow":
			case "writable":
				continue;
			case "staleCache":
				if (isDisk(world, fault.disk, disk)) return fault;
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

/** As Windows tells it: Completed beside an outcome, whatever that was. */
function outcomeOf(state: number): number[] {
	switch (state) {
		case jobStates.Completed:
			return [jobStatus.Completed, jobStatus.OK];
		case jobStates.Exception:
			return [jobStatus.Completed, jobStatus.Error];
		case jobStates.Terminated:
			return [jobStatus.Completed, jobStatus.Aborted];
		default:
			return [jobStatus.InService];
	}
}

function startJob(world: World, relationship: SimulatedRelationship): string {
	const id = `job-${world.calls.length + 1}`;
	const { name: array } = arrayOf(world, relationship.source);
	world.jobs.push({
		id,
		array,
		relationship: relationship.id,
		state: jobStates.Running,
		errorCode: null,
		stuck: false,
	});
	return id;
}

function spoilJob(world: World, id: string | null, fate: "stuck" | "failed" | "vanished"): void {
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
			relationship.change = null;
			if (relationship.copy !== null) breakOff(world, relationship, "the simulated job failed");
			relationship.progressStatus = progress.Dormant;
			return;
		case "vanished":
			world.jobs = world.jobs.filter((candidate) => candidate !== job);
			return;
		default:
			fate satisfies never;
	}
}

/** A new disk in the pool of the target's array, when the request names one. */
function makeDisk(
	world: World,
	{ friendlyName, targetSubsystem, targetStoragePool }: CreateReplicaRequest,
	source: string,
): string | null {
	const array =
		world.arrays.find(({ name }) => name === targetSubsystem) ??
		world.arrays.find(({ name }) => name !== arrayOf(world, source).name);
	if (array === undefined || friendlyName === null || (targetSubsystem === "" && targetStoragePool === null))
		return null;
	const uniqueId = `6000${String(world.disks.length + 1).padStart(12, "0")}`;
	world.disks.push({ name: friendlyName, uniqueId, array: array.name, readOnly: false, content: [] });
	return uniqueId;
}

function factOf(world: World, relationship: SimulatedRelationship, own: string, nowMs: number): RelationshipFact {
	const isSource = relationship.source === own;
	const peer = diskById(world, isSource ? relationship.target : relationship.source);
	const shown = relationship.shown ?? relationship;
	const job = world.jobs.find(({ relationship: id, state }) => id === relationship.id && state === jobStates.Running);
	return {
		diskObjectId: objectIdOf(own, diskById(world, own).array),
		diskUniqueId: own,
		peerUniqueId: peer.uniqueId,
		hasReplicaPeer: true,
		peerName: peer.name,
		peerSubsystem: peer.array,
		role: isSource ? "source" : "target",
		copyState: shown.copyState,
		requestedCopyState: null,
		progressStatus: shown.progressStatus,
		syncMode: relationship.syncMode,
		syncType: relationship.syncType,
		percentSynced: percentOf(relationship, nowMs),
		lagSeconds: lagOf(relationship, nowMs),
		syncTime: null,
		job: job?.id ?? null,
	};
}

function percentOf({ copy, copyState }: SimulatedRelationship, nowMs: number): number | null {
	if (copy === null) return copyState === 4 ? 100 : null;
	return percentCopied(copy, nowMs);
}

/** Writes that have not arrived are a lag, however young: zero would say that nothing is left to come. */
function lagOf({ copyState, tail }: SimulatedRelationship, nowMs: number): number | null {
	const [oldest] = tail;
	if (copyState !== 4) return null;
	return oldest === undefined ? 0 : Math.max(1, Math.ceil((nowMs - oldest.atMs) / 1000));
}
