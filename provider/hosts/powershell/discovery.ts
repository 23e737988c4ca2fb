import type { CallAnswer, JobFact, Unread } from "../../executor/host";
import { jobEnd } from "../../executor/jobEnd";
import { undiscovered } from "../../executor/undiscovered";
import { returnCode } from "../../model/returnCodes";
import type { Discovery, Exception } from "./answers";
import { describeException, sentence } from "./callErrors";
import { meaningOf } from "./exceptions";

/** How Discover ended at one provider, its job included. A job that did not end well keeps its 4096. */
export type DiscoverEnd =
	| { readonly as: "answer"; readonly answer: CallAnswer }
	/** Not by a refusal: nothing is known. */
	| { readonly as: "failure"; readonly failure: Exception };

/** An exception that is a refusal is the return code that it stands for: providers differ in which of the two they give. */
export function endOf(said: Discovery): DiscoverEnd {
	if (said.failure === null) return answered(said.returnCode, said.message, said.jobId);
	const meaning = meaningOf(said.failure);
	if (meaning.means !== "refused") return { as: "failure", failure: said.failure };
	return answered(meaning.returnCode, describeException(said.failure));
}

export function answered(code: number, message: string | null, jobId: string | null = null): DiscoverEnd {
	return { as: "answer", answer: { returnCode: code, jobId, message } };
}

/** How a job ended, `null`: it runs. One that vanished when it ended (DeleteOnCompletion) says nothing against it. */
export function endOfJob(job: JobFact | null, started: CallAnswer): DiscoverEnd | null {
	const { ended, failed } = job === null ? { ended: true, failed: null } : jobEnd(job);
	if (failed !== null) return answered(started.returnCode, failed, started.jobId);
	return ended ? answered(0, null) : null;
}

/** Invalid Parameter and Object Not Found: what a provider has to say of a root that it does not serve. */
const notIts: readonly number[] = [5, 8];

/**
 * What counts of several providers: the worst, since the one that failed may be the one that knows. `serving` false: all
 * of a host were asked, and one that does not know the root is not heard while another does.
 */
export function worstEnd(ended: readonly DiscoverEnd[], serving: boolean): DiscoverEnd | null {
	const knowing = ended.filter((end) => end.as === "failure" || !notIts.includes(end.answer.returnCode));
	const heard = serving || knowing.length === 0 ? ended : knowing;
	return [...heard].sort((one, other) => badness(other) - badness(one))[0] ?? null;
}

function badness(end: DiscoverEnd): number {
	if (end.as === "failure") return 3;
	const { class: meaning } = returnCode(end.answer.returnCode);
	switch (meaning) {
		case "success":
			return 0;
		case "job":
		case "refused":
		case "staleCache":
		case "wrongPlace":
			return 1;
		case "unknown":
		case "retryable":
		case "authorization":
			return 2;
		default:
			return meaning satisfies never;
	}
}

/** What of an array is unread after a Discover of it. */
export function unreadAfter(subsystem: string | null, end: DiscoverEnd | null): readonly Unread[] {
	if (end === null) return undiscovered(subsystem, "no provider answers for it.");
	if (end.as === "failure") return undiscovered(subsystem, describeException(end.failure));
	const { returnCode: code, message } = end.answer;
	const { class: meaning, wording } = returnCode(code);
	if (meaning === "success") return [];
	if (meaning === "job") return undiscovered(subsystem, sentence(message ?? "it started a job and does not name it"));
	return undiscovered(subsystem, sentence(`return code ${code}, ${wording}${message === null ? "" : ` (${message})`}`));
}
