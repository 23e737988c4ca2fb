import { ReplicationError } from "../model/replicationError";
import type { JobFact } from "./host";
import type { Hosts } from "./hosts";
import type { Call } from "./issue";
import { jobEnd } from "./jobEnd";

export function endedWell({ fact, ended, failed: failure }: JobStanding): boolean {
	return fact !== null && ended && failure === null;
}

export interface JobStanding {
	readonly fact: JobFact | null;
	readonly running: boolean;
	/** Ended, or not to be found any more. */
	readonly ended: boolean;
	readonly failed: string | null;
}

export async function jobOf(call: Call | null, hosts: Hosts): Promise<JobStanding> {
	const none: JobStanding = { fact: null, running: false, ended: true, failed: null };
	if (call === null || call.kind === "cutOff" || call.answer.jobId === null) return none;
	const fact = await hosts
		.get(call.host)
		.job(call.answer.jobId)
		.catch((error: unknown) => {
			// Not to be read is not ended.
			if (error instanceof ReplicationError && error.facts.class === "transport") return "unreadable" as const;
			throw error;
		});
	if (fact === "unreadable") return { ...none, ended: false };
	if (fact === null) return none;
	const { ended, failed } = jobEnd(fact);
	return { fact, running: !ended, ended, failed };
}

export function describeJob(id: string | null, fact: JobFact | null): string | null {
	if (fact !== null) return `${fact.id} (JobState ${fact.jobState})`;
	return id;
}
