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
	type Unread,
} from "../../executor/host";
import { undiscovered } from "../../executor/undiscovered";
import { errorCodes } from "../../model/errorCodes";
import type { Operation } from "../../model/relationship";
import { ReplicationError } from "../../model/replicationError";
import { isDiscovered, isRefreshed, nextFault, spoilJob } from "./callFaults";
import { type Answer, nameOfOperation, relationshipWith, take } from "./calls";
import { kindOfReplicationType } from "./copyBehaviour";
import { diskFactOf, jobFactOf, objectIdOf, relationshipFactOf, uniqueIdOf } from "./facts";
import { arrayIsLost } from "./links";
import { profiles } from "./profiles";
import { createReplica } from "./replicas";
import { settle } from "./settle";
import { behaviourOf, diskById, type Fault, isListedBy, nowIn, type World } from "./world";
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
	}

	async observe(): Promise<HostObservation> {
		return this.observation("observe", () => true);
	}

	async observeDisks(objectIds: readonly string[]): Promise<HostObservation | null> {
		const asked = new Set(objectIds);
		const observation = this.observation("observeDisks", (objectId) => asked.has(objectId));
		return observation.disks.length === asked.size && observation.unread.length === 0 ? observation : null;
	}

	private observation(method: string, isAsked: (objectId: string) => boolean): HostObservation {
		const { world, nowMs } = this.see();
		const answer = this.observationOf(world, nowMs, isAsked);
		this.log(method, nowMs, answer.disks.length + answer.relationships.length);
		return answer;
	}

	private observationOf(world: World, nowMs: number, isAsked: (objectId: string) => boolean): HostObservation {
		const arrays = this.arraysIn(world);
		const unreached = world.faults.filter((fault) => fault.kind === "subsystemError" && arrays.includes(fault.array));
		const seen = world.disks.filter(
			(disk) =>
				isAsked(objectIdOf(disk)) &&
				arrays.includes(disk.array) &&
				!arrayIsLost(world, disk.uniqueId) &&
				!isUnreached(unreached, disk.array),
		);
		const shown = new Set(seen.map(({ uniqueId }) => uniqueId));
		if (seen.length === 0 && unreached.length > 0) throw this.unreachable();
		const cold = world.faults.find((fault) => fault.kind === "coldCache" && fault.host === this.name);
		const hostTime = new Date(nowMs).toISOString();
		if (cold?.kind === "coldCache" && cold.hides === "disks")
			// CurrentCacheLevel 0 is told; that links are not known yet is not.
			return { hostTime, disks: [], relationships: [], unread: undiscovered(null, "CurrentCacheLevel 0.") };
		return {
			hostTime,
			disks: seen.map((disk) => diskFactOf(world, disk)),
			relationships: world.relationships
				.filter(({ hiddenUntilMs }) => hiddenUntilMs === null && cold === undefined)
				.flatMap((relationship) =>
					[relationship.source, relationship.target]
						.filter((disk) => shown.has(disk) && isListedBy(relationship, disk))
						.map((disk) => relationshipFactOf(world, this.name, relationship, disk, nowMs)),
				),
			unread: unreached.flatMap(unreadOf),
		};
	}

	async capabilities({ subsystem, replicationType }: CapabilitiesRequest) {
		const { world } = this.look("capabilities");
		const array = world.arrays.find(({ name }) => name === subsystem);
		const kind = kindOfReplicationType(replicationType);
		if (array !== undefined && kind !== null) {
			const { operations, features } = behaviourOf(array, kind);
			return { operations, features };
		}
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
			(world, nowMs, source) => createReplica(world, request, source, nowMs),
		);
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
		const relationship = world.relationships.find((candidate) => candidate.id === job?.relationship);
		if (relationship === undefined) return [];
		return [relationship.source, relationship.target].map((disk) => uniqueIdOf(diskById(world, disk)));
	}

	async discover({ diskObjectId }: { readonly diskObjectId: string }): Promise<DiscoverAnswer> {
		const answer = await this.change("Discover", null, diskObjectId, null, (world, _, disk) => {
			world.faults = world.faults.filter((fault) => !isRefreshed(world, fault, this.name, disk));
			return { returnCode: 0, job: null };
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
	private async change(
		method: string,
		operation: Operation | null,
		diskObjectId: string,
		peer: string | null,
		act: (world: World, nowMs: number, disk: string) => Answer,
	): Promise<CallAnswer> {
		const outcome = await this.store.change((world): Outcome => {
			this.refuseUnreachable(world);
			const nowMs = nowIn(world, this.wallClock());
			settle(world, nowMs);
			const found = world.disks.find((candidate) => objectIdOf(candidate) === diskObjectId);
			const disk = found?.uniqueId ?? "";
			const fault = method === "Discover" ? null : nextFault(world, disk);
			const happens = fault === null || fault.kind === "job" || ("effect" in fault && fault.effect);
			const done: Answer = !happens
				? { returnCode: fault !== null && fault.kind === "returnCode" ? fault.code : 40003, job: null }
				: found === undefined
					? { returnCode: 8, job: null }
					: isUnreached(world.faults, found.array)
						? { returnCode: 46001, job: null }
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

function isUnreached(faults: readonly Fault[], array: string): boolean {
	return faults.some((fault) => fault.kind === "subsystemError" && fault.array === array);
}

const outOfReach = "the storage provider cannot connect to the storage subsystem.";

function unreadOf(fault: Fault): Unread[] {
	if (fault.kind !== "subsystemError") return [];
	const subsystem = fault.named ? fault.array : null;
	return (["disks", "relationships", "jobs"] as const).map((hides) => ({
		hides,
		subsystem,
		what: `not all ${hides}${fault.named ? ` of ${fault.array}` : ""} could be read: ${outOfReach}`,
		remedy: "restore the provider's contact to the array and run again; declare `lost` only for an end that is gone.",
	}));
}

interface Outcome extends Answer {
	readonly kind: "answer" | Fault["kind"];
}
