import { storageJobJobState as jobStates, storageJobOperationalStatus as jobStatus } from "../model/vocabulary/storage";
import type { JobFact } from "./host";

/** Whether a storage job has ended, and what it ended with if not well. A job that is completed may have failed all the same. */
export function jobEnd({ id, jobState, errorCode, errorDescription, operationalStatus }: JobFact): {
	readonly ended: boolean;
	readonly failed: string | null;
} {
	const brokenOff = endedBadly.includes(jobState);
	const completed = jobState === jobStates.Completed;
	const hasError = (errorCode !== null && errorCode !== 0) || operationalStatus.includes(jobStatus.Error);
	if (!brokenOff && !(completed && hasError)) return { ended: completed, failed: null };
	const error = errorCode === null ? "" : `, error ${errorCode}`;
	const told = errorDescription === null ? "" : `: ${errorDescription}`;
	return { ended: true, failed: `job ${id} ended in state ${jobState}${error}${told}` };
}

const endedBadly: readonly number[] = [jobStates.Terminated, jobStates.Killed, jobStates.Exception];
