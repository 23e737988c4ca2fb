import { currentSource, currentTarget, describeName, type End, ends } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { phaseAtRest } from "../planner/phase";
import type { Observed } from "../planner/situation";
import { HalfListed, HostsDisagree } from "./agreement";
import { cloneEndUnproven, restsOtherwise, showsOnce } from "./copyProof";
import type { Overwritten } from "./dataSafety";
import { describeSighting } from "./describeOutlook";
import { hindranceIn, limitOf, notReachedIn } from "./hindrance";
import { endOf, mayHaveBegun } from "./issue";
import { describeJob, endedWell, jobOf } from "./jobStanding";
import { type Journal, overwrittenIn, whenLetGo } from "./journal";
import { withMadeTarget } from "./madeTarget";
import { listedAtBoth, lookAt, type Outlook, remembered } from "./outlook";
import { partialEffect } from "./partialEffect";
import { firstPollMs, nextPollMs, unreadableMs } from "./polling";
import { reappearMs } from "./reappearance";
import { Renewal } from "./renewal";
import type { Request } from "./request";
import { copiesBackwards } from "./runRecord";
import type { Sighting } from "./sighting";
import { givenUp } from "./unproved";
import { endsByItself, isReached, isSamePlace, judge, mayEndBefore, type Proof, type Verdict } from "./verdict";

/** How long the other host may take to forget a removed relationship before it is told to. */
const forgetMs = 2_000;

/** An error with the last thing that was seen and what the step did to the target: the record is written from that. */
export class StoppedAt extends Error {
	readonly reason: ReplicationError;
	readonly outlook: Outlook;
	readonly overwritten: Overwritten | null;
	/** Nothing that was sent can still have its effect. */
	readonly refused: boolean;
	/** Refused, and the last look after the answer shows neither what the call was for nor a copy. */
	readonly beganNothing: boolean;

	constructor(
		reason: ReplicationError,
		{ outlook, overwritten, refused, beganNothing }: Omit<StoppedAt, keyof Error | "reason">,
	) {
		super(reason.message, { cause: reason });
		this.reason = reason;
		this.outlook = outlook;
		this.overwritten = overwritten;
		this.refused = refused;
		this.beganNothing = beganNothing;
	}
}

/**
 * Looks until the step is proven: what is planned from there is the rest of the agreed plan, and nothing more is at
 * risk. A finished job proves nothing, and a job that vanished disproves nothing: the state of the relationship
 * decides. Stops for a state that is neither the one before, nor the wished one, nor on the way.
 */
export async function proveStep(proof: Proof): Promise<Outlook> {
	const { clock, signal, report } = proof.around;
	const startedAtMs = clock.monotonic();
	const renewal = new Renewal(proof.around);
	const since: Partial<Record<Verdict | "unreadable" | "halfRemoved" | "gone", number>> = {};
	let pollMs = firstPollMs;
	let last = proof.before;
	let isShown = false;
	// Of a copy that was seen unfinished after its job had ended, that says nothing: it may have broken off later.
	let isByJob = false;
	let { request } = proof;
	const mayOverwrite = mayOverwriteIn(proof);
	let overwritten: Overwritten | null = mayOverwrite === null ? null : { end: mayOverwrite, how: "maybe" };
	/** Pairs of a group onto whose disk the copy was seen to run. */
	const begun = new Set<string>();
	const stoppedAt = (ended: ReplicationError, seen: Outlook) => {
		const reason = partialEffect(proof, ended, seen) ?? ended;
		const moved =
			overwritten?.how === "maybe" &&
			!isSamePlace(proof.before, seen) &&
			(seen.pairs ?? [{ observed: seen.situation.observed }]).some(({ observed }) => mayHaveRun(proof, observed));
		const refused = !mayHaveBegun(proof.call);
		// A host that cannot be read after the refusal shows nothing, and `seen` is then what was there before.
		const isSeen = since.unreadable === undefined && last !== proof.before;
		// A retake may be over by the next look: an earlier one saw it run, or another point in time.
		const wasDone = proof.position.step.until.done !== undefined && isShown;
		const showsNone = overwritten === null && !wasDone && !isReached(proof, seen);
		return new StoppedAt(reason, {
			outlook: seen,
			overwritten:
				overwritten === null
					? null
					: ofPairs(moved ? { ...overwritten, how: "seen" } : overwritten, proof, seen, begun),
			refused,
			beganNothing: refused && isSeen && showsNone,
		});
	};
	for (;;) {
		const elapsedMs = clock.monotonic() - startedAtMs;
		const seen = await look(proof, request, isShown, last);
		if (seen instanceof ReplicationError) {
			since.unreadable ??= clock.monotonic();
			// Hosts that contradict each other after our own step agree when the slower cache has caught up.
			const slowCache = seen instanceof HostsDisagree && !(seen instanceof HalfListed);
			const patienceMs = slowCache ? limitOf(proof).ms : Math.min(unreadableMs, limitOf(proof).ms);
			if (clock.monotonic() - since.unreadable > patienceMs) throw stoppedAt(seen, last);
		} else {
			delete since.unreadable;
			const { outlook: looked } = seen;
			const previous = last;
			last = looked;
			({ request } = seen);
			const under = overwrittenIn(looked.situation.observed);
			if (under !== null) overwritten = { end: under, how: "seen" };
			for (const { key, observed } of looked.pairs ?? []) if (overwrittenIn(observed) !== null) begun.add(key);
			const job = await jobOf(proof.call, proof.around.hosts);
			const { presence, copyState } = looked.situation.observed;
			if (presence === "present") isByJob = job.running || copyState === "Synchronized";
			// By the next look it counts as done: then it is planned from there.
			const wasShown = isShown;
			isShown ||= showsOnce(proof.position.step, proof.before, looked) || endedWell(job);
			const verdict = judge(proof, looked, wasShown);
			if (verdict === "proven" && endsClone(proof, previous, looked)) {
				const before = previous.situation.observed.presence === "present" ? previous : proof.before;
				const jobEndedWell = endedWell(job) && isByJob;
				// Whole it was before a retake, too.
				const isAnew = proof.position.step.until.done !== "retake" || wasShown;
				const unproven = cloneEndUnproven({ ...proof, request }, looked, { before, isAnew, jobEndedWell });
				if (unproven !== null) throw stoppedAt(unproven, looked);
			}
			await report({
				kind: "polled",
				at: proof.position,
				seen: describeSighting(looked),
				percent: looked.sighting.percentSynced ?? job.fact?.percentComplete ?? null,
				elapsedMs,
				limitMs: limitOf(proof).ms,
				copying: isCopying(looked.situation.observed),
				progressStatus: describeName(looked.situation.observed.progressStatus, "progress"),
				job: describeJob(looked.situation.observed.job, job.fact),
			});
			if (!mayReappear(proof, looked)) delete since.gone;
			else since.gone ??= clock.monotonic();
			const isGone = since.gone === undefined || clock.monotonic() - since.gone >= reappearMs;
			if (verdict === "proven" && !job.running && isGone) {
				await report({ kind: "proved", at: proof.position, seen: describeSighting(looked) });
				return looked;
			}
			for (const other of ["moving", "unchanged", "strange"] as const) if (other !== verdict) delete since[other];
			since[verdict] ??= clock.monotonic();
			const lastedMs = clock.monotonic() - (since[verdict] ?? clock.monotonic());
			if (isHalfRemoved(proof, looked)) {
				since.halfRemoved ??= clock.monotonic();
				if (clock.monotonic() - since.halfRemoved >= forgetMs) return looked;
			}
			const hindrance = hindranceIn(proof, looked, verdict, lastedMs, job);
			if (hindrance !== null) {
				const isRenewed = signal?.aborted || !(await renewal.toTell(looked, request, mayHaveBegun(proof.call)));
				if (isRenewed) throw stoppedAt(hindrance, looked);
				continue;
			}
		}
		if (clock.monotonic() - startedAtMs > limitOf(proof).ms)
			throw stoppedAt(notReachedIn(proof, last, limitOf(proof)), last);
		if (signal?.aborted) throw stoppedAt(givenUp(proof, last), last);
		await renewal.whileWaiting(last, request);
		await clock.sleep(pollMs, signal);
		pollMs = nextPollMs(pollMs);
	}
}

/** Of a group: which of its pairs are known to be overwritten, by a copy that was seen or by where they stand now. */
function ofPairs(overwritten: Overwritten, proof: Proof, seen: Outlook, begun: ReadonlySet<string>): Overwritten {
	const { before } = proof;
	if (seen.pairs === undefined) return overwritten;
	const stood = new Map((before.pairs ?? []).map(({ key, observed }) => [key, observed]));
	const moved = seen.pairs.flatMap(({ key, observed }) => {
		const was = stood.get(key);
		const stays = was?.copyState === observed.copyState && was.direction === observed.direction;
		return stays || !mayHaveRun(proof, observed) ? [] : [key];
	});
	return { ...overwritten, members: [...new Set([...begun, ...moved])] };
}

/**
 * A copy the other way begins where the roles have changed: with the roles as they were, what else became of the pair is not
 * its doing, and the only whole disk would be told as half.
 */
function mayHaveRun({ position: { step }, before }: Proof, { direction }: Pick<Observed, "direction">): boolean {
	return direction === step.until.direction || step.until.direction === before.situation.observed.direction;
}

/** The disk that the step's copy runs onto. */
function mayOverwriteIn({ position: { step }, call }: Proof): End | null {
	if (!mayHaveBegun(call) || step.kind === "wait") return null;
	if (step.kind !== "create" && step.until.copyState !== "Synchronized") return null;
	const backwards = step.kind === "operation" && copiesBackwards.includes(step.operation);
	return backwards ? currentSource(step.until.direction) : currentTarget(step.until.direction);
}

/**
 * A look with the journal that fits what is seen, and the request that knows what was made. Contradicting hosts may agree
 * a moment later.
 */
async function look(
	proof: Proof,
	request: Request,
	isShown: boolean,
	last: Outlook,
): Promise<{ readonly outlook: Outlook; readonly request: Request } | ReplicationError> {
	const { around, journalBefore, journalAfter } = proof;
	try {
		const lookFor = (asked: Request) =>
			lookAt(asked, around.hosts, {
				freshness: "fresh",
				isWait: true,
				journal: (seen, pair) => {
					const before = remembered(journalBefore, pair);
					if (stillRequires(proof, seen, pair?.key)) return before;
					return fitting(proof, seen, before, remembered(journalAfter, pair), isShown, last);
				},
			});
		const outlook = await lookFor(request);
		if (proof.position.step.kind !== "create") return { outlook, request };
		const made = await withMadeTarget(proof, request, outlook.sighting, around);
		return made === null ? { outlook, request } : { outlook: await lookFor(made), request: made };
	} catch (error) {
		if (error instanceof ReplicationError && error.facts.class !== "internal") return error;
		throw error;
	}
}

/**
 * What was required before the call still is: nothing has come of it, though it leads to the CopyState and the roles that are
 * there. Told as done, what it was to destroy would go without consent the next time.
 */
function stillRequires({ before }: Proof, { progressStatus }: Sighting["observed"], key: string | undefined): boolean {
	const was = key === undefined ? before.situation.observed : before.pairs?.find((pair) => pair.key === key)?.observed;
	return (
		typeof progressStatus === "string" &&
		progressStatus.startsWith("Requires") &&
		progressStatus === was?.progressStatus
	);
}

/** Of the journals from before and after the step the one that fits what is seen. */
function fitting(
	proof: Proof,
	seen: Sighting["observed"],
	before: Journal | null,
	after: Journal | null,
	isShown: boolean,
	last: Outlook,
): Journal | null {
	const { step } = proof.position;
	if (
		after !== null &&
		(isShown || step.until.done === undefined) &&
		seen.copyState === after.copyState &&
		seen.direction === after.direction &&
		(seen.syncMode === after.syncMode || seen.syncMode === "Unknown" || after.syncMode === "Unknown")
	) {
		return { ...after, syncMode: seen.syncMode };
	}
	if (seen.presence === "absent" && after?.copyState === "absent") return after;
	if (seen.presence === "absent" && mayEndBefore(proof, last)) return whenLetGo(after);
	return isShown && restsOtherwise(step, proof.before, seen) ? withDone(before, after) : before;
}

/** What was asked once is done, whatever else was predicted: the rest is remembered as it was. */
function withDone(before: Journal | null, after: Journal | null): Journal | null {
	return before === null || after === null ? before : { ...before, copy: after.copy };
}

function endsClone(proof: Proof, last: Outlook, { situation: { observed } }: Outlook): boolean {
	return observed.presence === "absent" && (endsByItself(proof.position.step) || mayEndBefore(proof, last));
}

/** Gone at the host that was told, still listed by the other one. */
function isHalfRemoved({ position, before }: Proof, { sighting, situation }: Outlook): boolean {
	const { step } = position;
	if (step.kind !== "operation" || step.until.copyState !== "absent") return false;
	return situation.observed.presence === "present" && sighting.links[endOf(step, before)] === null;
}

/**
 * Gone, and an end that used to list it did not right before the call: nobody saw that end lose it, and its listing may be
 * hidden for a moment (a change of roles). Taken for gone, its half would stay with nobody knowing.
 */
function mayReappear(
	{ position: { step }, before, request, forgottenBy }: Proof,
	{ situation: { observed } }: Outlook,
): boolean {
	if (step.kind !== "operation" || step.until.copyState !== "absent" || observed.presence !== "absent") return false;
	const { links, disks } = before.sighting;
	const isAsked = (end: End) => request.declared.lost !== end && disks[end] !== null && !forgottenBy.has(end);
	return listedAtBoth(request) && ends.some((end) => isAsked(end) && links[end] === null);
}

/** Set aside what only time can tell: a job hides the phase. */
function isCopying(observed: Observed): boolean {
	const phase = phaseAtRest(observed);
	return observed.presence === "present" && (phase === "copying" || phase === "toSynchronized");
}
