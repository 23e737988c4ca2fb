import { errorCodes } from "../model/errorCodes";
import type { ReplicationError } from "../model/replicationError";
import { movesRoles } from "../planner/operations";
import type { Step } from "../planner/plan";
import { diskNotReturned, keepsDisk, onceUnproven, restoreBroken, restores } from "./copyProof";
import { describeSighting } from "./describeOutlook";
import { mayHaveBegun } from "./issue";
import type { JobStanding } from "./jobStanding";
import type { Outlook } from "./outlook";
import { planChanged } from "./planChanged";
import { failed, type Limit, notReached, refusedBy, strange, withoutEffect } from "./unproved";
import { isReached, isSamePlace, type Proof, type Verdict } from "./verdict";
import { endsRelationship } from "./wish";

/** How long an array may take to show a first sign of an operation that it said it did (asynchronous tails). */
export const noEffectMs = 60_000;
/** How long a call that neither creates nor moves roles is watched after a failure which says nothing of the effect (2, 4). */
const uncertainMs = 10_000;
/** 3 Timeout. */
const timedOutCode = 3;
/** How long a state that makes no sense may last: after a role change the new link is not visible at once (CoprHD). */
const strangeMs = 15_000;
/** How long a listing may go on telling the state before the step while another one tells that after it. */
const otherwiseMs = 600_000;

export function hindranceIn(
	proof: Proof,
	outlook: Outlook,
	verdict: Verdict,
	lastedMs: number,
	job: JobStanding,
): ReplicationError | null {
	const { call } = proof;
	const isToldOtherwise = outlook.sighting.differences.some(({ of }) => of === "copyState");
	if (verdict === "proven" || verdict === "moving") return null;
	// What was refused did not lead there: somebody else did, and a state from before the call was old.
	const { step } = proof.position;
	const mayRestore = restores(step, proof.before);
	if (mayRestore && job.failed !== null) return restoreBroken(proof, outlook, job.failed);
	if (verdict === "strange" && (call === null || mayHaveBegun(call))) {
		if (lastedMs < (isToldOtherwise ? otherwiseMs : strangeMs)) return null;
		if (mayRestore) return restoreBroken(proof, outlook, describeSighting(outlook));
		return isReached(proof, outlook) ? planChanged(proof.before, outlook) : strange(proof, outlook);
	}
	if (call === null) return null;
	// Without an answer, or with a time-out for one, it is watched as long as a success: the next run could otherwise send
	// it again while the first is still on its way.
	if (call.kind === "cutOff") return lastedMs >= noEffectMs ? call.error : null;
	switch (call.meaning.class) {
		case "success":
		case "job":
			if (job.failed !== null) return failed(proof, outlook, errorCodes.jobFailed, "array", job.failed);
			if (isToldOtherwise)
				return lastedMs >= otherwiseMs ? notReachedIn(proof, outlook, { ms: otherwiseMs, argument: null }) : null;
			return job.ended && lastedMs >= noEffectMs ? unseen(proof, outlook) : null;
		case "unknown":
			return lastedMs >= uncertainFor(proof.position.step, call.meaning.code) ? refusedBy(proof, outlook) : null;
		case "refused":
		case "retryable":
		case "staleCache":
		case "wrongPlace":
		case "authorization":
			return refusedBy(proof, outlook);
		default:
			return call.meaning.class satisfies never;
	}
}

function unseen(proof: Proof, outlook: Outlook): ReplicationError {
	const { step } = proof.position;
	if (keepsDisk(step, outlook)) return diskNotReturned(proof, outlook);
	return step.until.done === undefined ? withoutEffect(proof, outlook) : onceUnproven(proof, outlook);
}

/**
 * How long a call is watched whose answer says nothing of the effect: a second Failover undoes the first on some arrays, so
 * what moves roles is watched as long as a Success, and so is what a create sends: where nothing is made there is no
 * resource, and no record that could remember it.
 */
function uncertainFor(step: Step, code: number): number {
	const isLong = step.kind === "create" || (step.kind === "operation" && movesRoles(step.operation));
	return isLong || code === timedOutCode ? noEffectMs : uncertainMs;
}

/** A wait before a replan has the limit of the wish: what somebody else began may take no longer than what is wished. */
export function limitOf({ position, replan, request }: Proof): Limit {
	const { desired, limits } = request.wish;
	const argument = desired.state === "operation" ? "--timeout" : null;
	if (endsRelationship(desired)) return { ms: limits.deleteMs, argument: argument ?? "timeouts.deleteMinutes" };
	const { kind, until } = position.step;
	const copies = replan
		? desired.state === "active" || desired.state === "reversed"
		: // The job of a create may last as long as its copy.
			kind === "create" || until.copyState === "Synchronized" || (kind === "wait" && until.copyState === "absent");
	return copies
		? { ms: limits.syncMs, argument: argument ?? "timeouts.syncMinutes" }
		: { ms: limits.transitionMs, argument: argument ?? "timeouts.transitionMinutes" };
}

/** A whole wait long nothing changed: it was not begun in this run, no job is known, no percentage grew. */
function standsStill({ before, call }: Proof, now: Outlook): boolean {
	const grew = before.sighting.percentSynced !== now.sighting.percentSynced;
	return call === null && now.situation.observed.job === null && isSamePlace(before, now) && !grew;
}

export function notReachedIn(proof: Proof, outlook: Outlook, limit: Limit): ReplicationError {
	return notReached(proof, outlook, { limit, standsStill: standsStill(proof, outlook) });
}
