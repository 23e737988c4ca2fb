import type { GroupRunEvent } from "../executor/groupRunEvents";
import type { DeclaredGroup } from "../executor/oneGroup";
import { type GroupResult, GroupRunStopped } from "../executor/oneGroupRun";
import { groupMethods } from "../planner/groupMembership";
import { type LedgerLine, type LineOf, lineVersion } from "./line";
import { type Begun, type LinesOf, lasted, type Moment, namesIn, reasonOf, type Told } from "./runLines";

export interface GroupRunFacts extends Begun {
	readonly declared: DeclaredGroup;
	/** The run that did not end and that this one goes on from. */
	readonly goesOnFrom: string | null;
}

type Planned = Extract<GroupRunEvent, { readonly kind: "planned" }>;

/** The lines of one run of a replication group, as `RunLines` makes those of a relationship's. */
export class GroupRunLines implements LinesOf<GroupRunEvent, GroupResult> {
	private readonly facts: GroupRunFacts;
	private planned: Planned | null = null;
	private seen: string | null = null;
	private isBegun = false;
	/** The call that was made last, or was about to be, until its step is over. */
	private call: {
		readonly number: number;
		readonly of: number;
		readonly sinceMs: number;
		isAnswered: boolean;
	} | null = null;

	constructor(facts: GroupRunFacts) {
		this.facts = facts;
	}

	note(event: GroupRunEvent, now: Moment): LedgerLine[] {
		return this.told(event, now).map((line) => this.line(line, now));
	}

	finished({ done }: GroupResult, now: Moment): LedgerLine[] {
		if (!this.isBegun) return [];
		const dataSafe = "yes, no disk changes with its group.";
		return [this.line(this.ended({ stop: null, done: [...done], failed: null, notTried: [], dataSafe }, now), now)];
	}

	stopped(error: unknown, now: Moment): LedgerLine[] {
		const isStopped = error instanceof GroupRunStopped;
		const { code, what, dataSafety } = reasonOf(isStopped ? error.reason : error);
		const lines = this.planned?.lines ?? [];
		const { call } = this;
		return [
			...(this.isBegun ? [] : [this.started()]),
			...this.callEnded({ how: "notSent" }, now),
			this.ended(
				{
					stop: { code, what },
					done: isStopped ? [...error.left.done] : [],
					failed: call === null ? null : (lines[call.number - 1] ?? null),
					notTried: lines.slice(call?.number ?? 0),
					dataSafe: dataSafety,
				},
				now,
			),
		].map((line) => this.line(line, now));
	}

	private told(event: GroupRunEvent, now: Moment): Told[] {
		switch (event.kind) {
			case "planned":
				this.planned = event;
				this.seen = event.seen;
				return event.lines.length > 0 || this.facts.goesOnFrom !== null ? [this.started()] : [];
			case "beforeCall": {
				const { number, of, call, leadsTo } = event;
				this.call = { number, of, sinceMs: now.monotonicMs, isAnswered: false };
				const { host } = this.facts.declared;
				return [
					{ kind: "callStarted", step: number, of, operation: groupMethods[call.kind], number: null, host, leadsTo },
				];
			}
			case "afterCall":
				return this.callEnded({ how: "answered", returnCode: event.returnCode, job: event.job }, now);
			case "callCutOff":
				return this.callEnded({ how: "cutOff" }, now);
			case "reached": {
				const { number, of, seen, refusal } = event;
				const durationMs = lasted(this.call?.sinceMs ?? now.monotonicMs, now);
				this.call = null;
				this.seen = seen;
				return refusal === null ? [{ kind: "stepProved", step: number, of, seen, durationMs }] : [];
			}
			case "awaited":
				return [];
			default:
				return event satisfies never;
		}
	}

	private started(): Told {
		this.isBegun = true;
		const { urn, declared, who, why, goesOnFrom } = this.facts;
		const { host, storageSubsystem, friendlyName, hideNames, wish } = declared;
		const id = this.planned?.id ?? declared.knownId;
		return {
			kind: "runStarted",
			urn: urn === "" ? null : urn,
			...namesIn(urn),
			group: hideNames ? { host } : { host, storageSubsystem, friendlyName, id },
			pair: null,
			wish: wish === "gone" ? "absent" : "members",
			generation: 0,
			who,
			why,
			plan: (this.planned?.lines ?? []).map((line, index) => `${index + 1}. ${line}`),
			planDigest: null,
			consent: this.planned === null ? null : { by: "nothingNeeded" },
			before: this.planned?.seen ?? null,
			goesOnFrom,
		};
	}

	private ended(
		end: Pick<LineOf<"runEnded">, "stop" | "done" | "failed" | "notTried" | "dataSafe">,
		now: Moment,
	): Told {
		const done = end.done.map((line) => line.replace(/^\d+\. /, ""));
		const durationMs = lasted(this.facts.startedAt.monotonicMs, now);
		return { kind: "runEnded", ...end, done, seen: this.seen, durationMs };
	}

	/** Of a call without an answer a run that stops says that it was not sent: one that was cut off has been told as that. */
	private callEnded(answer: LineOf<"callEnded">["answer"], now: Moment): Told[] {
		const { call } = this;
		if (call === null || call.isAnswered) return [];
		call.isAnswered = true;
		const { number, of, sinceMs } = call;
		return [{ kind: "callEnded", step: number, of, answer, durationMs: lasted(sinceMs, now) }];
	}

	private line(told: Told, now: Moment): LedgerLine {
		return { version: lineVersion, run: this.facts.run, at: new Date(now.wallMs).toISOString(), ...told };
	}
}
