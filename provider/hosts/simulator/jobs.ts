import { storageJobJobState as states, storageJobOperationalStatus as status } from "../../model/vocabulary/storage";
import { arrayOf, type SimulatedJob, type SimulatedRelationship, type World } from "./world";

export function startJob(world: World, relationship: SimulatedRelationship): SimulatedJob {
	const job: SimulatedJob = {
		id: newJobId(world),
		array: arrayOf(world, relationship.source).name,
		relationship: relationship.id,
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
	job.state = state;
	if (reason === null) return;
	job.errorCode = 4;
	job.errorDescription = reason;
}

export function isStuck(world: World, id: string | null): boolean {
	return id !== null && world.jobs.some((job) => job.id === id && job.stuck);
}

/** The job in flight that a host names with a relationship: that of an operation before one that repairs something. */
export function jobInFlight(world: World, { id, change, copy, deferred }: SimulatedRelationship): string | null {
	const running = world.jobs.filter(({ relationship, state }) => relationship === id && state === states.Running);
	const own = [change?.job, copy?.job, ...(deferred ?? []).map(({ job }) => job)];
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
