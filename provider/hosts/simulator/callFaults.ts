import { virtualDiskToVirtualDiskProgressStatus as progress } from "../../model/vocabulary/relationship";
import { storageJobJobState as jobStates } from "../../model/vocabulary/storage";
import { breakOff } from "./halt";
import { carriersOf, endJob } from "./jobs";
import { diskById, type Fault, isDisk, type World } from "./world";

/** The fault that this call meets, used up by one. */
export function nextFault(
	world: World,
	disk: string,
): Extract<Fault, { kind: "staleCache" | "job" | "returnCode" | "cutOff" | "crash" }> | null {
	const called = world.disks.find(({ uniqueId }) => uniqueId === disk);
	for (const fault of world.faults) {
		switch (fault.kind) {
			case "hostDown":
			case "coldCache":
			case "arrayLost":
			case "subsystemError":
			case "linkDown":
			case "slow":
			case "writable":
			case "health":
			case "late":
			case "contradict":
			case "partial":
				continue;
			case "staleCache":
				if (called !== undefined && isDisk(called, fault.disk)) return fault;
				continue;
			case "job":
			case "returnCode":
			case "cutOff":
			case "crash":
				useUp(world, fault);
				return fault;
			default:
				fault satisfies never;
		}
	}
	return null;
}

function useUp(world: World, fault: Extract<Fault, { times: number }>): void {
	fault.times--;
	if (fault.times === 0) world.faults = world.faults.filter((other) => other !== fault);
}

export function spoilJob(world: World, id: string | null, fate: "stuck" | "failed" | "vanished", nowMs: number): void {
	const job = world.jobs.find((candidate) => candidate.id === id);
	if (job === undefined) return;
	const carriers = carriersOf(world, job.id);
	switch (fate) {
		case "stuck":
			job.stuck = true;
			return;
		case "failed":
			endJob(world, id, jobStates.Exception, "the simulated job failed");
			for (const relationship of world.relationships) {
				if (relationship.id !== job.relationship && !carriers.includes(relationship)) continue;
				relationship.deferred = (relationship.deferred ?? []).filter((waiting) => waiting.job !== id);
				relationship.change = null;
				if (relationship.copy !== null) breakOff(world, relationship, nowMs, "the simulated job failed");
				relationship.progressStatus = progress.Dormant;
			}
			return;
		case "vanished":
			world.jobs = world.jobs.filter((candidate) => candidate !== job);
			return;
		default:
			fate satisfies never;
	}
}

/** How late the next operation takes effect; 0: at once. */
export function latenessAhead({ faults }: World): number {
	const late = faults.find((fault) => fault.kind === "late");
	return late?.kind === "late" ? late.ms : 0;
}

/** The same, used up by one. */
export function lateness(world: World): number {
	const late = world.faults.find((fault) => fault.kind === "late");
	if (late?.kind !== "late") return 0;
	useUp(world, late);
	return late.ms;
}

/** How many members the next operation on a group moves, used up by one. */
export function membersMoved(world: World): number {
	const partial = world.faults.find((fault) => fault.kind === "partial");
	if (partial?.kind !== "partial") return Number.POSITIVE_INFINITY;
	useUp(world, partial);
	return partial.members;
}

/** Does Discover on this disk at this host end the fault? */
export function isRefreshed(world: World, fault: Fault, host: string, disk: string): boolean {
	const own = world.disks.find(({ uniqueId }) => uniqueId === disk);
	if (own === undefined) return false;
	if (fault.kind === "staleCache") return isDisk(own, fault.disk);
	if (fault.kind !== "contradict" || fault.host !== host || !fault.untilDiscover) return false;
	const peers = world.relationships
		.filter(({ source, target }) => source === disk || target === disk)
		.map(({ source, target }) => diskById(world, source === disk ? target : source));
	return [own, ...peers].some((each) => isDisk(each, fault.disk));
}

/** Does the fault end when this host discovers its arrays? */
export function isDiscovered(fault: Fault, host: string): boolean {
	if (fault.kind === "coldCache") return fault.host === host;
	return fault.kind === "contradict" && fault.host === host && fault.untilDiscover;
}
