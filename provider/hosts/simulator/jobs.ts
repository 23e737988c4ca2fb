import { storageJobJobState as states, storageJobOperationalStatus as status } from "../../model/vocabulary/storage";
import { arrayOf, type SimulatedJob, type SimulatedRelationship, type World } from "./world";

export function startJob(world: World, { id, source }: Pick<SimulatedRelationship, "id" | "source">): SimulatedJob {
	return addJob(world, id, arrayOf(world, source).name);
}

/** Of a relationship between disks, or between groups: then all members that move carry it. */
export function addJob(world: World, relationship: string, array: string): SimulatedJob {
	const job: SimulatedJob = {
		id: newJobId(world),
		array,
		relationship,
		state: states.Running,
		errorCode: null,
		stuck: false,
	};
	world.jobs.push(job);
	return job;
}

/** Two operations may wait for their effect at once, so the calls do not number the jobs. */
function newJobId({ jobs, calls }: World): string {
	const taken = new Set(jobs.map(({ id }) => id));
	let number = calls.length + 1;
	while (taken.has(`job-${number}`)) number++;
	return `job-${number}`;
}

export function endJob(world: World, id: string | null, state: number, reason: string | null = null): void {
	const job = world.jobs.find((candidate) => candidate.id === id);
	if (job === undefined) return;
	// What moves several members has ended well when the last of them has, and not if one broke off.
	const endedWell = job.state === states.Running && carriersOf(world, job.id).length === 0;
	if (state === states.Completed && !endedWell) return;
	job.state = state;
	if (reason === null) return;
	job.errorCode = 4;
	job.errorDescription = reason;
}

/** Relationships that the job still works on. */
export function carriersOf({ relationships }: World, id: string): SimulatedRelationship[] {
	return relationships.filter((relationship) => carriedBy(relationship).includes(id));
}

function carriedBy({ change, copy, deferred = [] }: SimulatedRelationship): string[] {
	return [change?.job, copy?.job, ...deferred.map(({ job }) => job)].filter((job) => job != null);
}

export function isStuck(world: World, id: string | null): boolean {
	return id !== null && world.jobs.some((job) => job.id === id && job.stuck);
}

/** The job in flight that a host names with a relationship: that of an operation before one that repairs something. */
export function jobInFlight(world: World, relationship: SimulatedRelationship): string | null {
	const own = carriedBy(relationship);
	const running = world.jobs.filter(
		(job) => job.state === states.Running && (job.relationship === relationship.id || own.includes(job.id)),
	);
	return (running.find((job) => own.includes(job.id)) ?? running[0])?.id ?? null;
}

/** As Windows tells it: Completed beside an outcome, whatever that was. */
export function outcomeOf(state: number): number[] {
	switch (state) {
		case states.Completed:
			return [status.Completed, status.OK];
		case states.Exception:
			return [status.Completed, status.Error];
		case states.Terminated:
			return [status.Completed, status.Aborted];
		default:
			return [status.InService];
	}
}
