import { createHash } from "node:crypto";
import { dataSafetyOf } from "../executor/dataSafety";
import { describeSighting, labelsOf } from "../executor/describeOutlook";
import type { StepPosition, TransitionEvent } from "../executor/events";
import type { Outlook } from "../executor/outlook";
import type { Request } from "../executor/request";
import { type TransitionResult, TransitionStopped } from "../executor/transitionEnd";
import { describeWish } from "../executor/wish";
import { errorCodes } from "../model/errorCodes";
import type { End } from "../model/relationship";
import { type ErrorFacts, ReplicationError } from "../model/replicationError";
import { describeStep, describeSteps } from "../planner/describePlan";
import type { Step } from "../planner/plan";
import { createReplica } from "./killedRun";
import { type LedgerLine, type LineOf, lineVersion } from "./line";
import { pairKindOf, pairOf } from "./pair";
import type { Who } from "./who";

/** What any run is, beside what happens in it. */
export interface Begun {
	readonly run: string;
	/** As the engine named it; empty: it is not known. */
	readonly urn: string;
	readonly who: Who;
	readonly why: string | null;
	readonly startedAt: Moment;
}

export interface RunFacts extends Begun {
	readonly request: Request;
	/** The run that did not end and that this one goes on from. */
	readonly goesOnFrom: string | null;
}

/** What a run tells of itself becomes lines. */
export interface LinesOf<Event, Result> {
	note(event: Event, now: Moment): LedgerLine[];
	finished(result: Result, now: Moment): LedgerLine[];
	stopped(error: unknown, now: Moment): LedgerLine[];
}

/** A moment on two clocks: the wall's is written down, and may be set; the other one counts what has passed. */
export interface Moment {
	readonly wallMs: number;
	readonly monotonicMs: number;
}

/** Any line but what every line has. */
export type Told = LedgerLine extends infer Line
	? Line extends LedgerLine
		? Omit<Line, "version" | "run" | "at">
		: never
	: never;

/**
 * The lines of one run, made from what it tells of itself. A run that found everything as wished, and had nothing of
 * another one to clear up, has none.
 */
export class RunLines implements LinesOf<TransitionEvent, TransitionResult> {
	private readonly facts: RunFacts;
	private readonly labels: ReturnType<typeof labelsOf>;
	private outlook: Outlook | null = null;
	private isBegun = false;
	private planned: readonly Step[] = [];
	private proved = 0;
	private provedBefore = 0;
	/** The call that was made last, or was about to be. */
	private call: { readonly at: StepPosition; readonly sinceMs: number; answered: boolean } | null = null;
	private stepSinceMs: number;

	constructor(facts: RunFacts) {
		this.facts = facts;
		this.labels = labelsOf(facts.request);
		this.stepSinceMs = facts.startedAt.monotonicMs;
	}

	note(event: TransitionEvent, now: Moment): LedgerLine[] {
		return this.told(event, now).map((line) => this.line(line, now));
	}

	finished({ done, outlook, record }: TransitionResult, now: Moment): LedgerLine[] {
		if (!this.isBegun) return [];
		return [
			this.line(
				{
					kind: "runEnded",
					stop: null,
					done: done.map((step) => this.describe(step)),
					failed: null,
					notTried: [],
					seen: describeSighting(outlook),
					dataSafe: dataSafetyOf(done, record, this.labels),
					durationMs: lasted(this.facts.startedAt.monotonicMs, now),
				},
				now,
			),
		];
	}

	stopped(error: unknown, now: Moment): LedgerLine[] {
		const { done, outlook, reason } = stopIn(error, this.outlook);
		const rest = this.planned.slice(Math.max(0, done.length - this.provedBefore));
		const [failed = null, ...notTried] = this.call === null ? rest : [this.call.at.step, ...rest.slice(1)];
		const began = this.isBegun ? [] : [this.started()];
		const isTried = this.call !== null || done.length > 0;
		return [
			...began,
			...this.callEnded({ how: "notSent" }, now),
			{
				kind: "runEnded" as const,
				stop: { code: reason.code, what: reason.what },
				done: done.map((step) => this.describe(step)),
				failed: failed === null || !isTried ? null : this.describe(failed),
				notTried: (isTried ? notTried : rest).map((step) => this.describe(step)),
				seen: outlook === null ? null : describeSighting(outlook),
				dataSafe: reason.dataSafety,
				durationMs: lasted(this.facts.startedAt.monotonicMs, now),
			},
		].map((line) => this.line(line, now));
	}

	private told(event: TransitionEvent, now: Moment): Told[] {
		switch (event.kind) {
			case "planned": {
				this.outlook = event.outlook;
				this.planned = event.steps;
				this.provedBefore = this.proved;
				if (event.replanned) return [{ kind: "plannedAgain", ...this.plan() }];
				return event.steps.length > 0 || this.facts.goesOnFrom !== null ? [this.started()] : [];
			}
			case "beforeCall":
				if (this.call?.at.number !== event.at.number) this.stepSinceMs = now.monotonicMs;
				this.call = { at: event.at, sinceMs: now.monotonicMs, answered: false };
				return [this.callStarted(event)];
			case "afterCall":
				return this.callEnded({ how: "answered", returnCode: event.returnCode, job: event.job }, now);
			case "callCutOff":
				return this.callEnded({ how: "cutOff" }, now);
			case "proved": {
				const durationMs = lasted(this.stepSinceMs, now);
				this.proved++;
				this.call = null;
				this.stepSinceMs = now.monotonicMs;
				return [{ kind: "stepProved", ...positionOf(event.at), seen: event.seen, durationMs }];
			}
			case "awaited":
			case "aboutToLose":
			case "modeLeftToArray":
			case "pairsEnded":
			case "polled":
			case "finished":
				return [];
			default:
				return event satisfies never;
		}
	}

	private started(): Told {
		this.isBegun = true;
		const { urn, request, who, why, goesOnFrom } = this.facts;
		const { outlook } = this;
		const ids = outlook?.sighting.ids ?? request.declared.knownIds;
		const kind = pairKindOf(request.declared);
		const place = (end: End) => {
			const { host, virtualDisk } = request.declared.ends[end];
			return request.declared.hideNames ? { host } : { host, virtualDisk, id: ids[end] };
		};
		return {
			kind: "runStarted",
			urn: urn === "" ? null : urn,
			...namesIn(urn),
			source: place("source"),
			target: place("target"),
			relationship: kind,
			pair: pairOf(ids, kind),
			wish: describeWish(request.wish.desired),
			generation: request.record?.generation ?? 0,
			who,
			why,
			...this.plan(),
			before: outlook === null ? null : describeSighting(outlook),
			goesOnFrom,
		};
	}

	private plan(): Pick<LineOf<"plannedAgain">, "plan" | "planDigest" | "consent"> {
		const { outlook } = this;
		if (outlook?.answer.outcome !== "plan") return { plan: [], planDigest: null, consent: null };
		const { steps, digest } = outlook.answer;
		return { plan: describeSteps(steps, this.labels), planDigest: digest, consent: consentIn(outlook) };
	}

	private callStarted({ at, end, host }: Extract<TransitionEvent, { readonly kind: "beforeCall" }>): Told {
		const { step } = at;
		const { declared } = this.facts.request;
		const { copyState, direction } = step.until;
		return {
			kind: "callStarted",
			...positionOf(at),
			operation: step.kind === "operation" ? step.operation : createReplica,
			number: step.kind === "operation" ? step.code : null,
			host,
			...(declared.hideNames ? {} : { virtualDisk: declared.ends[end].virtualDisk }),
			until: { copyState: String(copyState), direction },
		};
	}

	/**
	 * Of a call without an answer a run that stops says that it was not sent: a host that was not reached took nothing, and
	 * one that was cut off, which may have had its effect, has been told as that.
	 */
	private callEnded(answer: LineOf<"callEnded">["answer"], now: Moment): Told[] {
		const { call } = this;
		if (call === null || call.answered) return [];
		call.answered = true;
		return [{ kind: "callEnded", ...positionOf(call.at), answer, durationMs: lasted(call.sinceMs, now) }];
	}

	private describe(step: Step): string {
		return describeStep(step, this.labels);
	}

	private line(told: Told, now: Moment): LedgerLine {
		return { version: lineVersion, run: this.facts.run, at: new Date(now.wallMs).toISOString(), ...told };
	}
}

export function lasted(sinceMs: number, { monotonicMs }: Moment): number {
	return Math.round(monotonicMs - sinceMs);
}

function positionOf({ number, of }: StepPosition): { readonly step: number; readonly of: number } {
	return { step: number, of };
}

function consentIn({ consent }: Outlook): LineOf<"plannedAgain">["consent"] {
	if (consent === null) return { by: "nothingNeeded" };
	if (consent.by !== "approval") return consent;
	const tokenDigest = createHash("sha256").update(consent.token).digest("hex").slice(0, 16);
	return { by: "approval", tokenDigest };
}

/** `urn:pulumi:<stack>::<project>::<type>::<name>`. */
export function namesIn(urn: string): Pick<LineOf<"runStarted">, "stack" | "project" | "name"> {
	const [stack, project, , ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
	if (stack === undefined || project === undefined || name.length === 0)
		return { stack: null, project: null, name: null };
	return { stack, project, name: name.join("::") };
}

function stopIn(
	error: unknown,
	outlook: Outlook | null,
): {
	readonly done: readonly Step[];
	readonly outlook: Outlook | null;
	readonly reason: { readonly code: string; readonly what: string; readonly dataSafety: string };
} {
	if (error instanceof TransitionStopped)
		return { done: error.done, outlook: error.outlook, reason: error.reason.facts };
	return { done: [], outlook, reason: reasonOf(error) };
}

export function reasonOf(error: unknown): Pick<ErrorFacts, "code" | "what" | "dataSafety"> {
	if (error instanceof ReplicationError) return error.facts;
	const what = `an internal error: ${error instanceof Error ? error.message : String(error)}.`;
	return { code: errorCodes.internal, what, dataSafety: "not known from this run." };
}
