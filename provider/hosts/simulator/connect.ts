import { CallCutOff } from "../../executor/callCutOff";
import {
	type CallAnswer,
	type CapabilitiesRequest,
	type CreateReplicaRequest,
	type DiscoverAnswer,
	type DiscoverPolicy,
	defaultMaxConcurrent,
	type Host,
	type HostObservation,
	type JobFact,
	type ReplicationGroups,
	type SetRelationshipRequest,
	type Unread,
} from "../../executor/host";
import { undiscovered } from "../../executor/undiscovered";
import type { Capabilities } from "../../model/capabilities";
import { errorCodes } from "../../model/errorCodes";
import { ReplicationError } from "../../model/replicationError";
import type { Call } from "./call";
import { isDiscovered, isRefreshed, nextFault, spoilJob } from "./callFaults";
import { type Answer, nameOfOperation, relationshipWith, take } from "./calls";
import { capabilitiesOf } from "./capabilities";
import { groupsOf } from "./connectGroups";
import { affectedBy, jobFactOf, objectIdOf } from "./facts";
import { isUnreached, observationOf, outOfReach } from "./observe";
import { profiles } from "./profiles";
import { createReplica } from "./replicas";
import { settle } from "./settle";
import { type Fault, nowIn, type World } from "./world";
import { storeAt, type WorldStore } from "./worldStore";

export interface SimulatorEntry {
	/** The host's name in the simulator's file; a name that no array lists sees all arrays. */
	readonly name: string;
	readonly file: string | WorldStore;
	/** @default "onDoubt" */
	readonly discover?: DiscoverPolicy;
	/** @default 4 */
	readonly maxConcurrent?: number;
	/** Wall clock in milliseconds; for tests. Default: the system's. */
	readonly now?: () => number;
}

/** A host of the simulator's file, behind the same interface as a Windows one. */
export function connectSimulator(entry: SimulatorEntry): Host {
	return new SimulatedHost(entry, storeAt(entry.file), entry.now ?? Date.now);
}

class SimulatedHost implements Host {
	readonly name: string;
	readonly address: string;
	readonly discovers: DiscoverPolicy;
	readonly maxConcurrent: number;
	readonly groups: ReplicationGroups;
	private readonly store: WorldStore;
	private readonly wallClock: () => number;

	constructor(
		{ name, discover = "onDoubt", maxConcurrent = defaultMaxConcurrent }: SimulatorEntry,
		store: WorldStore,
		wallClock: () => number,
	) {
		this.name = name;
		this.discovers = discover;
		this.maxConcurrent = maxConcurrent;
		this.address = `simulator ${store.name}`;
		this.store = store;
		this.wallClock = wallClock;
		this.groups = groupsOf((call) => this.change(call));
	}

	async observe(): Promise<HostObservation> {
		return this.observation("observe", null);
	}

	async observeDisks(objectIds: readonly string[]): Promise<HostObservation | null> {
		const asked = new Set(objectIds);
		const observation = this.observation("observeDisks", asked);
		return observation.disks.length === asked.size && observation.unread.length === 0 ? observation : null;
	}

	private observation(method: string, asked: ReadonlySet<string> | null): HostObservation {
		const { world, nowMs } = this.see();
		const answer = observationOf(world, this.name, this.arraysIn(world), nowMs, asked);
		if (answer === null) throw this.unreachable();
		this.log(method, nowMs, answer.disks.length + answer.relationships.length);
		return answer;
	}

	async capabilities({ subsystem, replicationType, of }: CapabilitiesRequest): Promise<Capabilities> {
		const { world } = this.look("capabilities");
		const array = world.arrays.find(({ name }) => name === subsystem);
		return array === undefined ? noArray : capabilitiesOf(array, replicationType, of ?? "element");
	}

	async setReplicationRelationship(request: SetRelationshipRequest): Promise<CallAnswer> {
		const operation = nameOfOperation(request.operation);
		return this.change({
			method: "SetReplicationRelationship",
			operation,
			peer: request.peerUniqueId,
			...onDisk(request.diskObjectId, (world, disk, nowMs) => {
				const relationship = relationshipWith(world, disk, request);
				if (relationship === null) return { returnCode: 8, job: null };
				if (operation === null) return { returnCode: 5, job: null };
				return take(world, relationship, operation, disk, nowMs);
			}),
		});
	}

	async createReplica(request: CreateReplicaRequest): Promise<CallAnswer> {
		return this.change({
			method: "CreateReplica",
			peer: request.targetDiskUniqueId,
			...onDisk(request.sourceDiskObjectId, (world, source, nowMs) => createReplica(world, request, source, nowMs)),
		});
	}

	async job(id: string): Promise<JobFact | null> {
		const { world, nowMs } = this.look("job");
		const job = world.jobs.find((candidate) => candidate.id === id);
		if (job === undefined) return null;
		return jobFactOf(world, job, nowMs);
	}

	async affectedDisks(id: string): Promise<readonly string[]> {
		const { world } = this.look("affectedDisks");
		const job = world.jobs.find((candidate) => candidate.id === id);
		return job === undefined ? [] : affectedBy(world, job);
	}

	async discover({ diskObjectId }: { readonly diskObjectId: string }): Promise<DiscoverAnswer> {
		const answer = await this.change({
			method: "Discover",
			...onDisk(diskObjectId, (world, disk) => {
				world.faults = world.faults.filter((fault) => !isRefreshed(world, fault, this.name, disk));
				return { returnCode: 0, job: null };
			}),
		});
		return { ...answer, cacheIsAutomatic: true, severalProviders: false };
	}

	async discoverArrays(): Promise<readonly Unread[]> {
		const { world } = this.look("discover");
		const stale = world.faults.some((fault) => isDiscovered(fault, this.name));
		if (stale) {
			await this.store.change((changed) => {
				changed.faults = changed.faults.filter((fault) => !isDiscovered(fault, this.name));
			});
		}
		const arrays = this.arraysIn(world).filter((array) => isUnreached(world.faults, array));
		return arrays.flatMap((array) => undiscovered(array, outOfReach));
	}

	async ping() {
		return { hostTime: new Date(this.look("ping").nowMs).toISOString() };
	}

	async close(): Promise<void> {}

	/** A reading: the world as it is now, without writing anything but the log. */
	private look(method: string): { readonly world: World; readonly nowMs: number } {
		const seen = this.see();
		this.log(method, seen.nowMs);
		return seen;
	}

	private see(): { readonly world: World; readonly nowMs: number } {
		const world = this.store.read();
		this.refuseUnreachable(world);
		const nowMs = nowIn(world, this.wallClock());
		settle(world, nowMs);
		return { world, nowMs };
	}

	private log(method: string, nowMs: number, rows?: number): void {
		const counted = rows === undefined ? {} : { rows };
		this.store.logContact({ atMs: nowMs, host: this.name, method, process: process.pid, ...counted });
	}

	/** A call that changes something: recorded in the same write as its effect, so neither is ever there alone. */
	private async change(call: Call): Promise<CallAnswer> {
		const { method, operation = null, peer = null } = call;
		const outcome = await this.store.change((world): Outcome => {
			this.refuseUnreachable(world);
			const nowMs = nowIn(world, this.wallClock());
			settle(world, nowMs);
			const found = call.find(world);
			const fault = method === "Discover" ? null : nextFault(world, found?.uniqueId ?? "");
			const happens = fault === null || fault.kind === "job" || ("effect" in fault && fault.effect);
			const done: Answer = !happens
				? { returnCode: fault !== null && fault.kind === "returnCode" ? fault.code : 40003, job: null }
				: found === undefined
					? { returnCode: 8, job: null }
					: isUnreached(world.faults, found.array)
						? { returnCode: 46001, job: null }
						: found.act(nowMs);
			const returnCode = fault !== null && fault.kind === "returnCode" ? fault.code : done.returnCode;
			if (fault?.kind === "job") spoilJob(world, done.job, fault.fate, nowMs);
			const heard = fault === null || (fault.kind !== "cutOff" && fault.kind !== "crash");
			world.calls.push({
				sequence: world.calls.length + 1,
				atMs: nowMs,
				host: this.name,
				method,
				operation,
				disk: found?.name ?? call.on,
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
		const { returnCode, job, made, syncModeSent } = outcome;
		return {
			returnCode,
			jobId: job,
			message: null,
			...(made === undefined ? {} : { createdPeerUniqueId: made }),
			...(syncModeSent === undefined ? {} : { syncModeSent }),
		};
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
		if (down || lost) throw this.unreachable();
	}

	private unreachable(): ReplicationError {
		return new ReplicationError({
			code: errorCodes.hostUnreachable,
			class: "transport",
			what: `host ${this.name} does not answer (${this.address}).`,
			dataSafety: "nothing can be said about what it holds; nothing was changed.",
			remedy: "restore contact and run again; declare `lost` only for an end that is gone.",
		});
	}
}

/** Of an array that is not there nothing is known. */
const noArray: Capabilities = {
	operations: profiles.generous.operations,
	features: profiles.generous.features,
};

function onDisk(
	objectId: string,
	act: (world: World, disk: string, nowMs: number) => Answer,
): Pick<Call, "on" | "find"> {
	return {
		on: objectId,
		find: (world) => {
			const disk = world.disks.find((candidate) => objectIdOf(candidate) === objectId);
			return disk === undefined ? undefined : { ...disk, act: (nowMs) => act(world, disk.uniqueId, nowMs) };
		},
	};
}

interface Outcome extends Answer {
	readonly kind: "answer" | Fault["kind"];
}
