import { errorCodes } from "../model/errorCodes";
import { type End, ends } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { makeFrame } from "../planner/beginning";
import { isNotWorse, isRestOf } from "../planner/comparePlans";
import { asPair } from "../planner/groupStanding";
import { type Needed, wholeFor } from "../planner/neighbours";
import { movesRoles, startsCopy } from "../planner/operations";
import type { Plan, Step } from "../planner/plan";
import type { Standing } from "../planner/standing";
import { HostsDisagree } from "./agreement";
import { type CallStep, watchedFor } from "./askedForAlready";
import { isDoneAsRequested } from "./asRequested";
import { refuseBehindRestore, turnFor } from "./behindRestore";
import { lossesOf } from "./consent";
import { restores } from "./copyProof";
import { lookAtArrays } from "./currentState";
import { dataSafetyOf } from "./dataSafety";
import { describeSighting, labelsOf } from "./describeOutlook";
import { copiesIn, drain, mustArrive, takesNoWrites } from "./drain";
import type { StepPosition } from "./events";
import { withEachPair } from "./groupMemory";
import type { JournalFor } from "./groupOutlook";
import { afterInterruptedRun, changedMeanwhile } from "./interruptedRun";
import { type Call, issueStep, mayHaveBegun } from "./issue";
import { type Journal, journalOf, whenLetGo, whileRestored } from "./journal";
import { journalOfStep } from "./journalOfStep";
import {
	hindranceOf,
	isEmptyPlan,
	listedAtBoth,
	lookAt,
	type Outlook,
	planOf,
	refusalOf,
	remembered,
	stepsOf,
} from "./outlook";
import { PartialEffect } from "./partialEffect";
import { planChanged } from "./planChanged";
import { proveStep, StoppedAt } from "./proof";
import { lookUntilShown, mayBeHidden } from "./reappearance";
import { type RelationshipRecord, withoutNo } from "./record";
import { endedByRemoval } from "./removedPairs";
import type { Request } from "./request";
import { doubtedBy, type Interrupted, recordAfter } from "./runRecord";
import type { Surroundings } from "./surroundings";
import {
	asReplicationError,
	neverSettles,
	seenAndStopped,
	type TransitionResult,
	TransitionStopped,
} from "./transitionEnd";
import type { Turn } from "./turns";

/** A plan as checked beforehand, to be held against what is found; null: there was none. */
export type CheckedPlan = (outlook: Outlook) => ReplicationError | null;

/** A step's call, after the last look before it; a wait has none. Until `turn` has ended nobody else reads or restores the disk. */
interface Sent {
	readonly ready: Outlook;
	readonly call: Call | null;
	readonly turn: Turn | null;
}

/** Bounds a run: no plan is this long, and waiting for an array that never settles must end. */
const mostTurns = 40;

/**
 * Brings a relationship to where the wish holds: look, plan, take one step, prove it, look again. Later steps are
 * predictions until they are next. Throws a `ReplicationError` if it stopped before anything was issued
 * (`SeenAndStopped` where the record has to remember what was seen), and `TransitionStopped` after.
 *
 * Duties of the caller: one transition per relationship at a time. Promises: no second operation before the first is
 * proven or refused; never the same operation twice from the same observation, but for the one repeat that a stale
 * cache (40003) allows; nothing that destroys writes without consent.
 */
export async function runTransition(
	request: Request,
	surroundings: Surroundings,
	agreed: CheckedPlan = () => null,
): Promise<TransitionResult> {
	const { hosts } = surroundings;
	const names = [request.declared.ends.source, request.declared.ends.target]
		.filter((_, index) => request.declared.lost !== (index === 0 ? "source" : "target"))
		.map(({ host }) => host);
	const transition = new Transition(request, surroundings);
	return (await transition.settled(agreed)) ?? hosts.withPlaces(names, () => transition.run(agreed));
}

class Transition {
	private request: Request;
	private readonly around: Surroundings;
	private readonly done: Step[] = [];
	private journal: Journal | null;
	private issued = false;
	/** The call of the step under way was made, or may have been. */
	private currentIssued = false;
	private currentSentAtMs: number | null = null;
	private approvedLosses = false;
	/** The last look at which the relationship was there: what was known of it is not forgotten because it is hidden. */
	private lastShown: Outlook | null = null;
	/** Both ends listed it at some look of this run, or of an earlier one: a listing that is hidden for a moment is not forgotten. */
	private bothListed: boolean;
	/** Host clock at the first look of this run at which the current source took no writes, by what it copies. */
	private readonly readOnlySince = new Map<string, string>();
	/** Ends that listed the relationship before a step of this run and not after it. */
	private readonly forgottenBy = new Set<End>();
	/** Everything of the source had arrived when the step under way was sent. */
	private drained = false;

	constructor(request: Request, surroundings: Surroundings) {
		this.request = request;
		this.around = surroundings;
		this.journal = journalOf(request.record);
		this.bothListed = listedAtBoth(request);
	}

	/**
	 * Adopts by what was read for the checks of this process, at most 30 s ago, where that leaves nothing to do: an estate
	 * costs no contact per relationship. What an earlier run proved is not gone on from by it. Null: it does not.
	 */
	async settled(agreed: CheckedPlan): Promise<TransitionResult | null> {
		const { request, around, journal } = this;
		if (request.record !== null) return null;
		let outlook: Outlook;
		try {
			const of: JournalFor = (_, pair) => remembered(journal, pair);
			outlook = await lookAt(request, around.hosts, { freshness: "cached", journal: of });
		} catch (error) {
			// What it means is for the flow that looks afresh, and waits for what is only hidden, to say.
			if (error instanceof ReplicationError) return null;
			throw error;
		}
		if (outlook.situation.observed.presence === "absent" || !isEmptyPlan(outlook)) return null;
		if (hindranceOf(outlook, request.wish) !== null || agreed(outlook) !== null) return null;
		this.noted(outlook);
		await around.report({ kind: "planned", steps: [], replanned: false, outlook });
		return this.finished(outlook);
	}

	async run(agreed: CheckedPlan): Promise<TransitionResult> {
		const first = await this.firstLook();
		this.keepEnd(first);
		let outlook = await afterInterruptedRun(first, this.request, this.around, () => this.look());
		await this.around.report({ kind: "planned", steps: stepsOf(outlook), replanned: false, outlook });
		let expected = this.mayRun(outlook, (seen) => agreed(seen) ?? changedMeanwhile(first, seen));
		this.request = { ...this.request, declared: { ...this.request.declared, groupsKnown: true } };
		// Known by its new id from here on, a copy would be expendable after the first step, or a wait.
		this.request = { ...this.request, targetRekeyed: first.sighting.rekeyed.includes("target") };
		// Where ids changed, the relationship proved which disks they are; once it is removed nothing could. A disk that is
		// given back is gone, name and all, and a request by name knew no id of it.
		if (outlook.sighting.rekeyed.length > 0 || outlook.situation.desired.state === "operation") {
			this.request = { ...this.request, declared: { ...this.request.declared, knownIds: outlook.sighting.ids } };
		}
		for (let turn = 0; expected.steps.length > 0; turn++) {
			if (turn === mostTurns) throw this.stopped(neverSettles(outlook), outlook, expected.steps);
			const [step, ...rest] = expected.steps;
			if (step === undefined) break;
			const predicted = outlook.predictions[0] ?? null;
			const mayEndOtherwise = step.kind === "create" || restores(step, outlook);
			try {
				outlook = await this.takeStep(step, rest, predicted, outlook, expected.replan === true);
				if (expected.replan === true && mayBeHidden(outlook))
					outlook = await lookUntilShown(() => this.look(), this.around);
			} catch (error) {
				throw this.stopped(error, outlook, [step, ...rest], step);
			}
			this.done.push(step);
			if (isDoneAsRequested(step, outlook)) break;
			// What was seen once is known by its id for the rest of the run, whatever the array calls it.
			const { declared } = this.request;
			const justMade = declared.justMade === true || step.kind === "create";
			this.request = { ...this.request, declared: { ...declared, knownIds: outlook.sighting.ids, justMade } };
			const { answer } = outlook;
			const otherMode = mayEndOtherwise && answer.outcome === "plan" && !isRestOf(answer.steps, rest);
			if (answer.outcome === "refused" || expected.replan === true || otherMode) {
				expected = this.mayGoOn(outlook, rest);
				await this.around.report({ kind: "planned", steps: expected.steps, replanned: true, outlook });
			} else {
				expected = answer;
			}
		}
		return this.finished(outlook);
	}

	private async finished(outlook: Outlook): Promise<TransitionResult> {
		await this.around.report({ kind: "finished", seen: describeSighting(outlook) });
		return { outlook, record: this.recordAt(outlook), done: this.done, lastShown: this.lastShown };
	}

	private async look(): Promise<Outlook> {
		const { journal } = this;
		// Once something was sent, a host that shows half of it is slow: nothing is removed on its word.
		const halves = this.issued ? {} : { halves: "remove" as const };
		const of: JournalFor = (_, pair) => remembered(journal, pair);
		const options = { freshness: "fresh" as const, journal: of, ...halves };
		return this.noted(await lookAt(this.request, this.around.hosts, options));
	}

	private noted(outlook: Outlook): Outlook {
		const { observed, desired } = outlook.situation;
		if (observed.presence === "absent") return outlook;
		this.lastShown = outlook;
		if (desired.kind !== undefined && observed.progressStatus === "Restoring")
			this.journal = whileRestored(this.journal);
		const { links } = outlook.sighting;
		this.bothListed ||= links.source !== null && links.target !== null;
		for (const copying of copiesIn(outlook)) {
			const { hostTime } = copying.sighting;
			if (!takesNoWrites(copying)) this.readOnlySince.delete(copying.key);
			else if (hostTime !== null && !this.readOnlySince.has(copying.key)) this.readOnlySince.set(copying.key, hostTime);
		}
		return outlook;
	}

	/** The kept end is that of the run: a step that moves the roles must not move whose old writes are guarded. */
	private keepEnd({ situation }: Outlook): void {
		const { wish } = this.request;
		const { members } = situation.observed;
		// Roles of a copy never move, and a kept source says that it is good: a restore that breaks off in this run would be forgotten.
		if (wish.copy !== undefined) return;
		// Each member of a group has its own; where they differ, half of them are failed over, and one word would guard the wrong ones.
		const subjects = members == null ? [situation] : members.map((member) => asPair(situation, member));
		const [kept = null, ...others] = new Set(subjects.map((subject) => makeFrame(subject).kept));
		if (kept === null || others.length > 0 || situation.observed.presence === "absent") return;
		this.request = { ...this.request, wish: { ...wish, desired: { ...wish.desired, keep: kept } } };
	}

	private async firstLook(): Promise<Outlook> {
		try {
			return await lookUntilShown(() => this.look(), this.around);
		} catch (error) {
			const { record } = this.request;
			const isSplitBrain = error instanceof ReplicationError && error.code === errorCodes.splitBrain;
			// Of contradicting hosts one is only behind; a copy that takes writes has them when it takes none any more.
			if (!isSplitBrain || error instanceof HostsDisagree || record === null) throw error;
			throw seenAndStopped(
				error,
				record,
				withEachPair(record, ({ ahead }) => ({ ahead: withoutNo(ahead) })),
			);
		}
	}

	/** Whether the first plan may run at all; anything that forbids it is thrown before a call is made. */
	private mayRun(outlook: Outlook, agreed: CheckedPlan): Plan {
		const hindrance = hindranceOf(outlook, this.request.wish) ?? agreed(outlook);
		if (hindrance !== null) throw this.unbegun(hindrance, outlook);
		this.approvedLosses = outlook.consent?.by === "approval";
		return planOf(outlook);
	}

	private unbegun(reason: ReplicationError, seen: Outlook): Error {
		const { record } = this.request;
		if (record === null) return reason;
		const copy = record.copy && { ...record.copy, restoreOpen: this.journal?.copy?.restoreOpen === true };
		return seenAndStopped(reason, record, { ...doubtedBy(record, seen), ...(copy && { copy }) });
	}

	/** A plan made anew after waiting for something in flight: consent is asked again, for it alone. */
	private mayGoOn(outlook: Outlook, notTried: readonly Step[]): Plan {
		const hindrance = hindranceOf(outlook, this.request.wish);
		if (hindrance !== null) throw this.stopped(hindrance, outlook, notTried);
		this.approvedLosses = outlook.consent?.by === "approval";
		return planOf(outlook);
	}

	private async takeStep(
		step: Step,
		rest: readonly Step[],
		predicted: Standing | null,
		outlook: Outlook,
		replan: boolean,
	): Promise<Outlook> {
		const position: StepPosition = {
			step,
			number: this.done.length + 1,
			of: this.done.length + 1 + rest.length,
		};
		this.currentIssued = false;
		this.currentSentAtMs = null;
		this.drained = false;
		const sent: Sent =
			step.kind === "wait"
				? { ready: outlook, call: null, turn: null }
				: await this.send(step, position, rest, outlook);
		try {
			return await this.prove(position, rest, predicted, sent, replan);
		} finally {
			sent.turn?.end();
		}
	}

	private async prove(
		position: StepPosition,
		rest: readonly Step[],
		predicted: Standing | null,
		{ ready, call }: Sent,
		replan: boolean,
	): Promise<Outlook> {
		const { step } = position;
		// What was refused proves nothing of how long the state that it was for has been there.
		const isOurs = call === null || mayHaveBegun(call);
		const after =
			predicted === null || !isOurs ? null : journalOfStep(step, predicted, ready, this.drained, this.journal);
		const seen = await proveStep({
			position,
			rest,
			replan,
			before: ready,
			journalBefore: this.journal,
			journalAfter: after,
			request: this.request,
			around: this.around,
			forgottenBy: this.forgottenBy,
			call,
		});
		for (const end of step.until.copyState === "absent" ? ends : []) {
			if (ready.sighting.links[end] !== null && seen.sighting.links[end] === null) this.forgottenBy.add(end);
		}
		const ended = await endedByRemoval(step, ready.sighting, this.request.declared, this.around.hosts);
		if (ended.length > 0) await this.around.report({ kind: "pairsEnded", at: position, pairs: ended });
		this.journal = (seen.situation.observed.ended == null ? after : whenLetGo(after)) ?? this.journal;
		this.currentIssued = false;
		this.currentSentAtMs = null;
		return this.noted(seen);
	}

	/**
	 * The last look before a call. What was asked of the array by a run that was killed may only be about to show; a
	 * second Failover undoes the first on some arrays, and another stack may have sent it; a read-only asynchronous source
	 * has to drain, because what has not arrived when the copy stops never does; onto which disk a copy would run, an old
	 * cache does not know, when somebody has reversed the roles; what a separation makes `recent` for the steps after it was
	 * older, if the copy stood still before; and what a consent covers is measured here, because the lag at preview says
	 * nothing about now.
	 */
	private async readyToIssue(step: CallStep, rest: readonly Step[], outlook: Outlook): Promise<Outlook> {
		let ready = outlook;
		if (!this.issued) ready = await watchedFor(step, ready, this.around, () => this.look());
		if (mustArrive(step, ready).length > 0) {
			const moves = [step, ...rest].some((each) => each.kind === "operation" && movesRoles(each.operation));
			const { outlook: now, drained } = await drain(step, ready, {
				must: moves,
				request: this.request,
				around: this.around,
				look: () => this.look(),
				readOnlySince: this.readOnlySince,
			});
			this.drained = drained;
			ready = now;
		}
		const moves = step.kind === "operation" && movesRoles(step.operation);
		const copies = step.kind === "operation" && startsCopy(step.operation);
		const goesOn = rest.some(({ kind }) => kind !== "wait");
		if (step.loses === undefined && !moves && !copies && !goesOn) return ready;
		const current = await lookAtArrays(ready, this.request, this.around.hosts, () => this.look());
		// Roles may differ from the record by now because this run moved them: only the consent is asked again.
		const now = { ...current, roleChange: null };
		if (!isNotWorse(stepsOf(now), stepsOf(ready))) throw planChanged(ready, now);
		const { loses } = step;
		if (loses === undefined) return now;
		const alreadyTaken = lossesOf(this.done).some(({ end, age }) => end === loses.end && age === loses.age);
		if (!this.approvedLosses && !alreadyTaken) {
			const hindrance = hindranceOf(now, this.request.wish);
			if (hindrance !== null) throw hindrance;
		}
		const { lagSeconds } = now.sighting;
		await this.around.report({ kind: "aboutToLose", step, loses, lagSeconds });
		return now;
	}

	private async send(step: CallStep, position: StepPosition, rest: readonly Step[], outlook: Outlook): Promise<Sent> {
		let ready = await this.readyToIssue(step, rest, outlook);
		const needed = ready.standing === null ? null : wholeFor(step, ready.standing);
		const turn = needed === null ? null : await turnFor(needed, ready, this.request, this.around);
		try {
			if (turn?.isRestored === true && needed !== null) ready = await this.lookBehindRestore(needed, ready);
			const call = await issueStep(step, position, ready, this.request, this.around, {
				look: async () => this.readyToIssue(step, rest, await this.look()),
				onIssued: () => {
					this.issued = true;
					this.currentIssued = true;
					this.currentSentAtMs = this.around.clock.now();
				},
			});
			if (needed?.restores !== true) turn?.end();
			return { ready, call, turn };
		} catch (error) {
			turn?.end();
			throw error;
		}
	}

	/** Another run of this process had the disk restored, perhaps since the last look: it may be half a disk. */
	private async lookBehindRestore(needed: Needed, ready: Outlook): Promise<Outlook> {
		const now = { ...(await this.look()), roleChange: null };
		if (now.answer.outcome === "refused") throw refusalOf(now.answer);
		refuseBehindRestore(needed, now, this.request);
		if (!isNotWorse(stepsOf(now), stepsOf(ready))) throw planChanged(ready, now);
		return now;
	}

	private recordAt(outlook: Outlook, interrupted?: Interrupted): RelationshipRecord {
		const { request, journal, issued, lastShown, bothListed, done } = this;
		const nowMs = this.around.clock.now();
		return recordAfter({ request, journal, issued, lastShown, bothListed, done, nowMs }, outlook, interrupted);
	}

	private stopped(error: unknown, outlook: Outlook, notTried: readonly Step[], step?: Step): Error {
		const reason = asReplicationError(error);
		const seen = error instanceof StoppedAt ? this.noted(error.outlook) : outlook;
		// Of what changed before a call only the last look knows; the plan was made from the one before.
		const newest = error instanceof StoppedAt ? seen : (this.lastShown ?? seen);
		if (!this.issued) return this.unbegun(reason, newest);
		const overwritten = error instanceof StoppedAt ? error.overwritten : null;
		const position =
			step === undefined ? undefined : { step, number: this.done.length + 1, of: this.done.length + notTried.length };
		const known = this.recordAt(seen, {
			...(position ?? { step: notTried[0] ?? lastOf(this.done), number: this.done.length, of: this.done.length }),
			overwritten,
			sentAtMs: error instanceof StoppedAt && error.refused ? null : this.currentSentAtMs,
			moved: reason instanceof PartialEffect ? reason.moved : null,
		});
		const record = newest === seen ? known : doubtedBy(known, newest);
		// Told as destroyed, a disk that is whole would be restored from a backup.
		const beganNothing = error instanceof StoppedAt && error.beganNothing;
		const sent = this.currentIssued && step !== undefined && !beganNothing ? [...this.done, step] : this.done;
		const both = reason.code === errorCodes.splitBrain ? " Both ends may hold writes of their own." : "";
		const dataSafety = `${dataSafetyOf(sent, record, labelsOf(this.request))}${both}`;
		return new TransitionStopped(new ReplicationError({ ...reason.facts, dataSafety }, { cause: reason }), {
			record,
			outlook: seen,
			done: this.done,
			notTried: step === undefined ? notTried : notTried.slice(1),
		});
	}
}

function lastOf(steps: readonly Step[]): Step {
	return steps.at(-1) as Step;
}
