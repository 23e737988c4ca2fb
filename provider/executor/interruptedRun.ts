import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import { lookAtArrays } from "./currentState";
import { describeSighting } from "./describeOutlook";
import { isEmptyPlan, type Outlook, type Request, stepsOf } from "./outlook";
import { noEffectMs } from "./proof";
import { operationOf } from "./runRecord";
import type { Surroundings } from "./surroundings";

const pollMs = 1_000;

/** Waits for what an interrupted run of ours left in flight, and answers with the look that a plan may be made from. */
export async function afterInterruptedRun(
	first: Outlook,
	request: Request,
	around: Surroundings,
	look: () => Promise<Outlook>,
): Promise<Outlook> {
	if (request.record?.interrupted === undefined) return first;
	const { operation, sentAt } = request.record.interrupted;
	const outlook = await jobEnded(first, request, around, look);
	return sentAt === undefined ? outlook : callShown(outlook, request, { operation, sentAt }, around, look);
}

/** A job may be a repair that nothing has to wait for; one of our own is waited for, then it is planned anew. */
async function jobEnded(
	first: Outlook,
	{ wish }: Request,
	{ clock, signal }: Surroundings,
	look: () => Promise<Outlook>,
): Promise<Outlook> {
	const sinceMs = clock.now();
	let outlook = first;
	while (outlook.situation.observed.job !== null && isEmptyPlan(outlook) && signal?.aborted !== true) {
		if (clock.now() - sinceMs > wish.limits.transitionMs) throw jobOutlastsLimit(outlook);
		await clock.sleep(pollMs, signal);
		outlook = await look();
	}
	return outlook;
}

/**
 * What was sent may only be about to show, and a second Failover undoes the first on some arrays: it is sent again when
 * the first one has had the time that any operation has, and the arrays themselves, no cache, show no effect of it.
 */
async function callShown(
	first: Outlook,
	request: Request,
	{ operation, sentAt }: { readonly operation: string; readonly sentAt: string },
	{ clock, signal, hosts }: Surroundings,
	look: () => Promise<Outlook>,
): Promise<Outlook> {
	const sinceMs = clock.now();
	// A clock that was set back meanwhile makes it no longer.
	const leftMs = Math.min(noEffectMs, Date.parse(sentAt) + noEffectMs - sinceMs);
	let outlook = first;
	while (beginsWith(outlook, operation) && clock.now() - sinceMs < leftMs && signal?.aborted !== true) {
		await clock.sleep(pollMs, signal);
		outlook = await look();
	}
	const isToBeSentAgain = beginsWith(outlook, operation) && signal?.aborted !== true;
	return isToBeSentAgain ? lookAtArrays(outlook, request, hosts, look) : outlook;
}

function beginsWith(outlook: Outlook, operation: string): boolean {
	const [step] = stepsOf(outlook);
	return step !== undefined && operationOf(step) === operation;
}

function jobOutlastsLimit(outlook: Outlook): ReplicationError {
	return new ReplicationError({
		code: errorCodes.notReachedInTime,
		class: "array",
		what: `job ${outlook.situation.observed.job} of the interrupted run is still in flight (${describeSighting(outlook)}).`,
		dataSafety: "yes, nothing was sent.",
		remedy: "look at the job with the array's own tools, or run again later: it goes on when the job has ended.",
	});
}
