import { errorCodes } from "../model/errorCodes";
import { currentSource } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { isNotWorse } from "../planner/comparePlans";
import { describeStep } from "../planner/describePlan";
import { movesRoles } from "../planner/operations";
import type { Plan, Step } from "../planner/plan";
import { higherAhead, makeStanding, type Standing } from "../planner/standing";
import { describeSighting, labelsOf } from "./describeOutlook";
import type { StepPosition } from "./events";
import { issueStep } from "./issue";
import { aheadToRemember, isTargetOverwritten, type Journal, journalAfter, journalOf } from "./journal";
import { hindranceOf, lookAt, lossesOf, type Outlook, type Request } from "./outlook";
import { type Overwritten, proveStep, StoppedAt } from "./proof";
import { emptyRecord, type RelationshipRecord, withHistory } from "./record";
import type { Surroundings } from "./surroundings";
import { describeWish } from "./wish";

export interface TransitionResult {
	readonly outlook: Outlook;
	readonly record: RelationshipRecord;
	/** What was issued and proved, in order. */
	readonly done: readonly Step[];
}

/** A transition that stopped half way: what was done is done, and the record says where to go on. */
export class TransitionStopped extends Error {
	readonly reason: ReplicationError;
	readonly record: RelationshipRecord;
	readonly outlook: Outlook;
	readonly done: readonly Step[];
	readonly notTried: readonly Step[];

	constructor(reason: ReplicationError, facts: Pick<TransitionStopped, "record" | "outlook" | "done" | "notTried">) {
		super(reason.message, { cause: reason });
		this.name = "TransitionStopped";
		this.reason = reason;
		this.record = facts.record;
		this.outlook = facts.outlook;
		this.done = facts.done;
		this.notTried = facts.notTried;
	}
}

/** A plan as checked beforehand, to be held against what is found; null: there was none. */
export type CheckedPlan = (outlook: Outlook) => ReplicationError | null;

/** How long a step that loses nothing by it waits for the tail: a lag told by SyncTime is hardly ever zero. */
const longestCourtesyMs = 60_000;

/** How long a relationship may be invisible before it counts as gone. */
export const reappearMs = 5_000;

/** Bounds a run: no plan is this long, and waiting for an array that never settles must end. */
const mostTurns = 40;

/**
 * Brings a relationship to where the wish holds: look, plan, take one step, prove it, look again. Later steps are
 * predictions until they are next. Throws a `ReplicationError` if it stopped before anything was issued, and
 * `TransitionStopped` after.
 *
 * Duties of the caller: one transition per relationship at a time. Promises: no second operation before the first is
 * proven or refused; never the same operation twice from the same observation, but for the one repeat that a stale
 * cache (40003) allows; nothing that takes writes without consent.
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
	return hosts.withPlaces(names, () => new Transition(request, surroundings).run(agreed));
}

class Transition {
	private request: Request;
	private readonly around: Surroundings;
	private readonly done: Step[] = [];
	private journal: Journal | null;
	private issued = false;
	private approvedLosses = false;

	constructor(request: Request, surroundings: Surroundings) {
		this.request = request;
		this.around = surroundings;
		this.journal = journalOf(request.record);
	}

	async run(agreed: CheckedPlan): Promise<TransitionResult> {
		let outlook = await this.visible(await this.look());
		let expected = this.mayRun(outlook, agreed);
		// Where ids changed, the relationship proved which disks they are; once it is removed nothing could.
		if (outlook.sighting.rekeyed.length > 0) {
			this.request = { ...this.request, declared: { ...this.request.declared, knownIds: outlook.sighting.ids } };
		}
		await this.around.report({ kind: "planned", steps: expected.steps, replanned: false });
		for (let turn = 0; expected.steps.length > 0; turn++) {
			if (turn === mostTurns) throw this.stopped(neverSettles(outlook), outlook, expected.steps);
			const [step, ...rest] = expected.steps;
			if (step === undefined) break;
			const predicted = outlook.predictions[0] ?? null;
			try {
				outlook = await this.takeStep(step, rest, predicted, outlook, expected.replan === true);
				if (expected.replan === true) outlook = await this.visible(outlook);
			} catch (error) {
				throw this.stopped(error, outlook, [step, ...rest], step);
			}
			this.done.push(step);
			// What was seen once is known by its id for the rest of the run, whatever the array calls it.
			const { declared } = this.request;
			const justMade = declared.justMade === true || step.kind === "create";
			this.request = { ...this.request, declared: { ...declared, knownIds: outlook.sighting.ids, justMade } };
			if (outlook.answer.outcome === "refused" || expected.replan === true) {
				expected = this.mayGoOn(outlook, rest);
				await this.around.report({ kind: "planned", steps: expected.steps, replanned: true });
			} else {
				expected = outlook.answer;
			}
		}
		await this.around.report({ kind: "finished", seen: describeSighting(outlook) });
		return { outlook, record: this.recordAt(outlook), done: this.done };
	}

	private look(): Promise<Outlook> {
		const { journal } = this;
		return lookAt(this.request, this.around.hosts, { freshness: "fresh", journal: () => journal });
	}

	/** A relationship is invisible for a moment after its roles changed (SRDF): what nobody here removed is looked for again. */
	private async visible(first: Outlook): Promise<Outlook> {
		const { clock, signal } = this.around;
		let outlook = first;
		for (let waitedMs = 0; outlook.situation.observed.vanished && waitedMs < reappearMs; waitedMs += 500) {
			await clock.sleep(500, signal);
			outlook = await this.look();
		}
		return outlook;
	}

	/** Whether the first plan may run at all; anything that forbids it is thrown before a call is made. */
	private mayRun(outlook: Outlook, agreed: CheckedPlan): Plan {
		const hindrance = hindranceOf(outlook, this.request.wish) ?? agreed(outlook);
		if (hindrance !== null) throw hindrance;
		this.approvedLosses = outlook.consent?.by === "approval";
		return planOf(outlook);
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
		const ready = step.kind === "wait" ? outlook : await this.readyToIssue(step, rest, outlook);
		const after = predicted === null ? null : journalOfStep(step, predicted, ready);
		const call =
			step.kind === "wait"
				? null
				: await issueStep(step, position, ready, this.request, this.around, {
						look: async () => this.readyToIssue(step, rest, await this.look()),
						onIssued: () => {
							this.issued = true;
						},
					});
		const seen = await proveStep({
			position,
			rest,
			replan,
			before: ready,
			journalBefore: this.journal,
			journalAfter: after,
			request: this.request,
			around: this.around,
			call,
		});
		this.journal = after ?? this.journal;
		return seen;
	}

	/**
	 * The last look before a call. A read-only asynchronous source has drained when the lag is zero, and what has not
	 * arrived when the copy stops never does; a consent by lag is measured here, because the lag at preview says nothing
	 * about now.
	 */
	private async readyToIssue(
		step: Exclude<Step, { kind: "wait" }>,
		rest: readonly Step[],
		outlook: Outlook,
	): Promise<Outlook> {
		const { wish } = this.request;
		if (stopsAsynchronousCopy(step, outlook) && outlook.situation.observed.readOnly[sourceOf(outlook)]) {
			return this.drained(
				step,
				[step, ...rest].some((each) => each.kind === "operation" && movesRoles(each.operation)),
				outlook,
			);
		}
		const loses = step.loses;
		if (loses === undefined || this.approvedLosses) return outlook;
		const alreadyTaken = lossesOf(this.done).some(({ end, age }) => end === loses.end && age === loses.age);
		if (alreadyTaken) return outlook;
		// Roles may differ from the record by now because this run moved them: only the consent is asked again.
		const now = { ...(await this.look()), roleChange: null };
		const hindrance = hindranceOf(now, wish);
		if (hindrance !== null) throw hindrance;
		if (!isNotWorse(planOf(now).steps, planOf(outlook).steps)) throw planChanged(outlook, now);
		return now;
	}

	/** A plan that moves roles must have drained; one that only stops the copy waits for it and loses nothing if it may not. */
	private async drained(step: Step, must: boolean, first: Outlook): Promise<Outlook> {
		const { clock, signal } = this.around;
		const { wish } = this.request;
		const startedAtMs = clock.now();
		let outlook = first;
		while (outlook.sighting.lagSeconds !== 0) {
			const { lagSeconds } = outlook.sighting;
			const late = clock.now() - startedAtMs > wish.limits.transitionMs;
			if (!must && (lagSeconds === null || clock.now() - startedAtMs > longestCourtesyMs)) return outlook;
			if (lagSeconds === null || late || signal?.aborted) {
				throw new ReplicationError({
					code: errorCodes.lagTooHigh,
					class: "safety",
					what: `${describeStep(step, labelsOf(this.request))}: the source takes no more writes, but the target ${
						lagSeconds === null ? "does not report how far it is behind" : `is still ${lagSeconds} s behind`
					}.`,
					dataSafety: "yes; the operation was not sent.",
					remedy: "wait until the target has caught up and run again, or declare syncMode: synchronous first.",
				});
			}
			await clock.sleep(1_000, signal);
			outlook = await this.look();
			if (outlook.answer.outcome !== "plan" || !isNotWorse(outlook.answer.steps, planOf(first).steps)) {
				throw planChanged(first, outlook);
			}
		}
		return outlook;
	}

	/** The record of where things stand, whether the run got there or not. */
	private recordAt(
		outlook: Outlook,
		interrupted?: StepPosition & { readonly overwritten: Overwritten },
	): RelationshipRecord {
		const { clock } = this.around;
		const before = this.request.record ?? emptyRecord;
		const { observed } = outlook.situation;
		const absent = observed.presence === "absent";
		const standing = typeof observed.copyState === "string" ? makeStanding(outlook.situation) : null;
		const operation = interrupted?.step.kind === "operation" ? interrupted.step.operation : interrupted?.step.kind;
		const { interrupted: _, ...kept } = before;
		const { desired } = this.request.wish;
		const aboutRoles = desired.state !== "suspended" && desired.state !== "split";
		// A wish without a say in roles that finds nothing to do must not agree to roles that somebody else changed.
		const agrees = aboutRoles || this.request.wish.onRoleChange === "adopt";
		if (this.request.record !== null && !this.issued && !agrees && observed.direction !== before.direction) {
			return { ...kept, wish: describeWish(desired) };
		}
		const next: RelationshipRecord = {
			...kept,
			generation: before.generation + (this.issued ? 1 : 0),
			direction: observed.direction,
			copyState: absent ? "absent" : (standing?.copyState ?? this.journal?.copyState ?? before.copyState),
			syncMode: observed.syncMode,
			ahead: standing === null ? (this.journal?.ahead ?? before.ahead) : aheadToRemember(standing, operation),
			targetConsistent: this.isTargetConsistent(outlook, interrupted?.overwritten ?? "no"),
			readOnly: outlook.sighting.observed.readOnly,
			wish: interrupted === undefined ? describeWish(this.request.wish.desired) : before.wish,
			...(interrupted === undefined
				? {}
				: {
						interrupted: {
							operation: operation ?? "",
							step: interrupted.number,
							of: interrupted.of,
							at: new Date(clock.now()).toISOString(),
						},
					}),
		};
		const acted = this.done.filter((step) => step.kind !== "wait");
		if (acted.length === 0 && interrupted === undefined) return next;
		const operations = acted.map((step) => (step.kind === "operation" ? step.operation : "CreateReplica")).join(", ");
		const when = new Date(clock.now()).toISOString();
		const end =
			interrupted === undefined ? describeSighting(outlook) : `stopped at ${operation}: ${describeSighting(outlook)}`;
		return withHistory(next, `${when} ${operations === "" ? "" : `${operations}: `}${end}`);
	}

	/**
	 * Synchronized proves the target. A copy that broke off leaves it between two states, and nobody may fail over to
	 * that; one that may have run between two looks leaves it unknown.
	 */
	private isTargetConsistent({ situation: { observed } }: Outlook, overwritten: Overwritten): boolean | null {
		if (isTargetOverwritten(observed)) return false;
		if (observed.copyState === "Synchronized") return true;
		if (overwritten === "seen") return false;
		const before = this.journal?.targetConsistent ?? null;
		return overwritten === "maybe" && before === true ? null : before;
	}

	private stopped(error: unknown, outlook: Outlook, notTried: readonly Step[], step?: Step): Error {
		const reason = asReplicationError(error);
		const seen = error instanceof StoppedAt ? error.outlook : outlook;
		if (!this.issued) return reason;
		const position =
			step === undefined ? undefined : { step, number: this.done.length + 1, of: this.done.length + notTried.length };
		return new TransitionStopped(reason, {
			record: this.recordAt(seen, {
				...(position ?? { step: notTried[0] ?? lastOf(this.done), number: this.done.length, of: this.done.length }),
				overwritten: error instanceof StoppedAt ? error.overwritten : "no",
			}),
			outlook: seen,
			done: this.done,
			notTried: step === undefined ? notTried : notTried.slice(1),
		});
	}
}

export function planOf(outlook: Outlook): Plan {
	if (outlook.answer.outcome === "plan") return outlook.answer;
	throw new Error(`internal: a refusal (${outlook.answer.code}) was taken for a plan`);
}

export function planChanged(before: Outlook, now: Outlook): ReplicationError {
	return new ReplicationError({
		code: errorCodes.planChanged,
		class: "safety",
		what: `the array changed while the run was on: it was ${describeSighting(before)} and is now ${describeSighting(now)}, and the plan from there is another one.`,
		dataSafety: "yes; nothing was sent from the changed plan.",
		remedy: "run preview again and look at the new plan.",
	});
}

function neverSettles(outlook: Outlook): ReplicationError {
	return new ReplicationError({
		code: errorCodes.notReachedInTime,
		class: "array",
		what: `the array did not settle: last seen ${describeSighting(outlook)}.`,
		dataSafety: "nothing was sent that is not listed as done.",
		remedy: "look at the array's own tools and run again when it has settled.",
	});
}

/** What a step leaves in the journal when it is proved. A source that stopped copying undrained keeps its tail. */
function journalOfStep(step: Step, predicted: Standing, before: Outlook): Journal {
	const source = sourceOf(before);
	const undrained = stopsAsynchronousCopy(step, before) && before.sighting.lagSeconds !== 0;
	const ahead = undrained
		? { ...predicted.ahead, [source]: higherAhead(predicted.ahead[source], "recent") }
		: predicted.ahead;
	const { readOnly } = before.sighting.observed;
	return journalAfter({ ...predicted, ahead }, consistencyAfter(step, predicted, before), readOnly);
}

/**
 * Whether the target is whole after a step. A copy that was begun leaves it between two states until Synchronized is
 * proven; one that is stopped half way leaves it there.
 */
function consistencyAfter(step: Step, predicted: Standing, before: Outlook): boolean | null {
	if (predicted.copyState === "Synchronized") return true;
	if (step.kind === "create") return false;
	// The other disk is the target from now on, and a Failback that broke off may have left it between two states.
	if (predicted.direction !== before.situation.observed.direction) return null;
	return before.situation.observed.copyState === "Synchronized" ? true : before.situation.observed.targetConsistent;
}

/** After these nothing that is still under way arrives. */
const stopsCopying: readonly string[] = ["Failover", "ReverseRoles", "Suspend", "Fracture", "Split"];

function stopsAsynchronousCopy(step: Step, outlook: Outlook): boolean {
	const { observed } = outlook.situation;
	return (
		step.kind === "operation" &&
		stopsCopying.includes(step.operation) &&
		observed.copyState === "Synchronized" &&
		observed.syncMode !== "Synchronous" &&
		observed.reachable[sourceOf(outlook)]
	);
}

function sourceOf(outlook: Outlook): "source" | "target" {
	return currentSource(outlook.situation.observed.direction);
}

function asReplicationError(error: unknown): ReplicationError {
	if (error instanceof ReplicationError) return error;
	if (error instanceof StoppedAt) return error.reason;
	return new ReplicationError(
		{
			code: errorCodes.internal,
			class: "internal",
			what: `an internal error: ${error instanceof Error ? error.message : String(error)}.`,
			dataSafety: "the steps listed as done are done, nothing else was sent.",
			remedy: "report this with the log of the run; running again observes first and goes on.",
		},
		{ cause: error },
	);
}

function lastOf(steps: readonly Step[]): Step {
	return steps.at(-1) as Step;
}
