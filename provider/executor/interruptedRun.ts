import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import { isRestOf } from "../planner/comparePlans";
import { startsCopy } from "../planner/operations";
import { phaseOf } from "../planner/phase";
import type { Observed } from "../planner/situation";
import { isSameState, lookAtArrays } from "./currentState";
import { describeSighting } from "./describeOutlook";
import { recordOfPair } from "./groupMemory";
import { noEffectMs } from "./hindrance";
import { isEmptyPlan, type Outlook, onlyWaits, replans, stepsOf } from "./outlook";
import { planChanged } from "./planChanged";
import type { RelationshipRecord } from "./record";
import type { Request } from "./request";
import { operationOf } from "./runRecord";
import type { Surroundings } from "./surroundings";
import { endsRelationship } from "./wish";

const pollMs = 1_000;

/** Waits for what an interrupted run of ours left in flight, and answers with the look that a plan may be made from. */
export async function afterInterruptedRun(
	first: Outlook,
	request: Request,
	around: Surroundings,
	look: () => Promise<Outlook>,
): Promise<Outlook> {
	const { record } = request;
	if (record?.interrupted === undefined) return first;
	const { operation, sentAt } = record.interrupted;
	const outlook = await jobEnded(first, request, around, look);
	return sentAt === undefined ? outlook : callShown(outlook, request, record, { operation, sentAt }, around, look);
}

/** A job may be a repair that nothing has to wait for; one of our own is waited for, then it is planned anew. */
async function jobEnded(
	first: Outlook,
	{ wish }: Request,
	{ clock, signal, report }: Surroundings,
	look: () => Promise<Outlook>,
): Promise<Outlook> {
	const sinceMs = clock.monotonic();
	let outlook = first;
	const { transitionMs } = wish.limits;
	const awaited = `job ${first.situation.observed.job} of the last run to end`;
	if (first.situation.observed.job !== null && isEmptyPlan(first))
		await report({ kind: "awaited", what: awaited, limitMs: transitionMs });
	while (outlook.situation.observed.job !== null && isEmptyPlan(outlook) && signal?.aborted !== true) {
		if (clock.monotonic() - sinceMs > transitionMs) throw jobOutlastsLimit(outlook);
		await clock.sleep(pollMs, signal);
		outlook = await look();
	}
	const { job } = outlook.situation.observed;
	// What the job is for may come yet, and would meet a record that knows of nothing.
	if (job !== null && isEmptyPlan(outlook)) throw cancelledInWait(awaited);
	return outlook;
}

/**
 * What was sent may only be about to show. A second Failover undoes the first on some arrays; a wish that holds does so no
 * more when the call comes through, and what is sent meanwhile may meet it. So it gets the time that any operation has, and
 * then the arrays themselves, no cache, are asked whether they show an effect of it.
 */
async function callShown(
	first: Outlook,
	request: Request,
	record: RelationshipRecord,
	{ operation, sentAt }: { readonly operation: string; readonly sentAt: string },
	{ clock, signal, hosts, report }: Surroundings,
	look: () => Promise<Outlook>,
): Promise<Outlook> {
	const sinceMs = clock.monotonic();
	// A clock that was set back meanwhile makes it no longer.
	const leftMs = Math.min(noEffectMs, Date.parse(sentAt) + noEffectMs - clock.now());
	let outlook = first;
	const mayCome = () => isSentAgain(outlook, operation) || isAsLeft(outlook, record);
	const awaited = `${operation === "create" ? "CreateReplica" : operation}, which the last run sent, to show its effect`;
	if (mayCome() && leftMs > 0) await report({ kind: "awaited", what: awaited, limitMs: leftMs });
	while (mayCome() && clock.monotonic() - sinceMs < leftMs) {
		if (signal?.aborted === true) throw cancelledInWait(awaited);
		await clock.sleep(pollMs, signal);
		outlook = await look();
	}
	return mayCome() && signal?.aborted !== true ? lookAtArrays(outlook, request, hosts, look) : outlook;
}

/** Nothing has moved since that run. What comes after a removal the array refuses, so it need not be waited for. */
function isAsLeft({ situation: { observed, desired }, sighting, pairs = [] }: Outlook, record: RelationshipRecord) {
	if (endsRelationship(desired)) return false;
	// The word of a group whose pairs differ is nobody's: each is held against what is remembered of it.
	const members = pairs.filter(({ isMember }) => isMember);
	const keys = (sighting.group?.members ?? []).map(({ key }) => key);
	return members.length === 0
		? restsAs(observed, record)
		: members.every((pair) => restsAs(pair.observed, recordOfPair(record, { key: pair.key, keys })));
}

function restsAs(observed: Observed, record: RelationshipRecord | null): boolean {
	const phase = phaseOf(observed);
	return (
		(phase === "settled" || phase.startsWith("requires")) &&
		observed.copyState === record?.copyState &&
		observed.direction === record.direction &&
		observed.syncMode === record.syncMode
	);
}

/** Ended here, the run would tell a wish as reached and forget the call. */
export function cancelledInWait(awaited: string): ReplicationError {
	return new ReplicationError({
		code: errorCodes.engineGone,
		class: "safety",
		what: `the run was cancelled while it waited for ${awaited}.`,
		dataSafety: "yes, nothing was sent.",
		remedy: "run again to go on.",
	});
}

/** By any step: those before it may have ended when the call of before comes through, and its own call undoes that one. */
function isSentAgain(outlook: Outlook, operation: string): boolean {
	return stepsOf(outlook).some((step) => operationOf(step) === operation);
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

/**
 * What was in flight came through while it was waited for, and the plan is not the rest of the one that was shown. In the
 * middle of a copy it is none either: Suspend is legal there, and would keep the half that was to be made whole.
 */
export function changedMeanwhile(first: Outlook, now: Outlook): ReplicationError | null {
	if (replans(first) || isSameState(first, now) || onlyWaits(now)) return null;
	const copies = stepsOf(first).some((step) => step.kind === "operation" && startsCopy(step.operation));
	const isHalfWay = copies && phaseOf(now.situation.observed) === "copying";
	return isRestOf(stepsOf(now), stepsOf(first)) && !isHalfWay ? null : planChanged(first, now);
}
