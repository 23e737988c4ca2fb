import { createHash } from "node:crypto";
import { currentSource, currentTarget, describeName, type End, ends } from "../model/relationship";
import type { NameEnd } from "./operations";
import type { Answer, Plan, Step } from "./plan";
import { refuseAfterSearch, refuseBeforeSearch } from "./refusals";
import { findPlan } from "./search";
import type { Situation } from "./situation";
import { type Frame, makeFrame, makeStanding, type Standing } from "./standing";
import { wishHolds } from "./wishes";

const endNames: NameEnd = (end: End) => `the ${end}`;

/**
 * The plan from what was observed to what is wished, or a refusal with reason and alternative. Pure: the same situation
 * gives the same answer, and nothing is contacted. `name` gives the ends the names that sentences use; it has no say in
 * the steps or the digest.
 *
 * Promises, for every situation (replication-model.md §5): each step is legal where it stands and advertised; the plan
 * ends where the wish holds; planning again after a step that went as predicted gives the rest with the same hazards;
 * a step that destroys writes is marked `dataLoss` and says whose.
 */
export function planTransition(situation: Situation, name: NameEnd = endNames): Answer {
	return planWithPredictions(situation, name).answer;
}

/** An answer and where each of its steps is predicted to lead: what the executor compares with what it sees. */
export interface PredictedAnswer {
	readonly answer: Answer;
	/** As many as the plan has steps; empty for a refusal and for a plan that must be made again. */
	readonly predictions: readonly Standing[];
}

/** `planTransition` with its predictions. */
export function planWithPredictions(situation: Situation, name: NameEnd = endNames): PredictedAnswer {
	const frame = makeFrame(situation);
	const refusal = refuseBeforeSearch(situation, frame, name);
	if (refusal !== null) return { answer: refusal, predictions: [] };
	const start = makeStanding(situation);
	if (start.phase === "ambiguous") {
		const answer = holdsBesideJob(situation)
			? nothingBesideJob(situation, frame, name)
			: waitAndReplan(situation, start, frame, name);
		return { answer, predictions: [] };
	}
	const found = findPlan(start, frame, name);
	if (found === null) return { answer: refuseAfterSearch(situation, frame, name), predictions: [] };
	const warnings = [
		...warningsOf(found.steps, found.end, frame, name),
		...warnOfTarget(situation, found.steps, name),
		...warnOfPartialTarget(found.steps, found.end, name),
		...warnOfHalfSource(situation, start, found.steps, name),
	];
	return {
		answer: makePlan(found.steps, warnings, digestOf(found.steps, start, frame)),
		predictions: found.standings,
	};
}

/** A job may be a repair that touches nothing: where the wish holds without it, nothing has to wait for it. */
function holdsBesideJob({ observed, desired }: Situation): boolean {
	return observed.job !== null && wishHolds(desired, makeStanding({ observed: { ...observed, job: null } }));
}

function nothingBesideJob(situation: Situation, frame: Frame, name: NameEnd): Plan {
	const standing = makeStanding({ ...situation, observed: { ...situation.observed, job: null } });
	const warnings = [
		`job ${situation.observed.job} is in flight; the wish holds without it, so nothing waits for it`,
		...warningsOf([], standing, frame, name),
	];
	return makePlan([], warnings, digestOf([], standing, frame));
}

function waitAndReplan({ observed }: Situation, start: Standing, frame: Frame, name: NameEnd): Plan {
	const until = { copyState: start.copyState, direction: start.direction };
	const why =
		observed.job === null
			? `the array is busy (${describeName(observed.progressStatus, "ProgressStatus")}), what comes next can be told when it is done`
			: `job ${observed.job} is in flight, what comes next can be told when it is done`;
	const steps: Step[] = [{ kind: "wait", until, why }];
	return { ...makePlan(steps, unreadEnds(frame, name), digestOf(steps, start, frame)), replan: true };
}

function makePlan(steps: readonly Step[], warnings: readonly string[], digest: string): Plan {
	return {
		outcome: "plan",
		steps,
		needsApproval: steps.some((step) => step.kind !== "wait" && step.hazard === "dataLoss"),
		...(warnings.length > 0 ? { warnings } : {}),
		digest,
	};
}

function warningsOf(steps: readonly Step[], end: Standing, frame: Frame, name: NameEnd): string[] {
	const { desired, advertised } = frame;
	const warnings: string[] = [];
	if (advertised === null && steps.some((step) => step.kind === "operation")) {
		warnings.push("the array does not say which operations it supports; all are assumed");
	}
	const aboutMode = desired.state === "active" || desired.state === "reversed";
	if (aboutMode && desired.syncMode !== undefined && end.syncMode === "Unknown") {
		warnings.push(`the array does not report the mode; ${desired.syncMode} is taken as met`);
	}
	return [...warnings, ...unreadEnds(frame, name)];
}

function unreadEnds({ reachable }: Frame, name: NameEnd): string[] {
	return ends.flatMap((end) => (reachable[end] ? [] : [`${name(end)} cannot be read; what it holds is not known`]));
}

/** A copy that is stopped before it was complete: what is there is the beginning of one. */
function warnOfPartialTarget(steps: readonly Step[], end: Standing, name: NameEnd): string[] {
	const target = currentTarget(end.direction);
	const settled = end.phase === "settled" && end.copyState !== "absent";
	if (steps.length === 0 || !settled || end.whole[target]) return [];
	return [`${name(target)} is a partial copy and cannot serve until the copy has been completed`];
}

/** Nothing here is copied from half a disk, but an array that goes on by itself may do just that while it is waited for. */
function warnOfHalfSource(
	{ observed }: Situation,
	{ phase }: Standing,
	[first]: readonly Step[],
	name: NameEnd,
): string[] {
	const isCopied = phase === "copying" || observed.copyState === "Broken";
	if (observed.sourceConsistent !== false || first?.kind !== "wait" || !isCopied) return [];
	const [source, target] = [name(currentSource(observed.direction)), name(currentTarget(observed.direction))];
	return [
		`${source} is half a disk and ${target} is whole: what the array does by itself overwrites the whole one. End the relationship (destroy leaves both disks as they are) and declare the pair with its ends exchanged`,
	];
}

/** A failover onto a copy that nobody saw complete is legal, but whoever serves from it has to know. */
function warnOfTarget({ observed }: Situation, steps: readonly Step[], name: NameEnd): string[] {
	const failover = steps.findIndex((step) => step.kind === "operation" && step.operation === "Failover");
	const proven =
		observed.targetConsistent === true ||
		observed.copyState === "Synchronized" ||
		steps.slice(0, failover).some(({ until }) => until.copyState === "Synchronized");
	if (failover === -1) return [];
	const target = name(currentTarget(observed.direction));
	const unusable = observed.usable[currentTarget(observed.direction)]
		? []
		: [`${target} is not healthy (HealthStatus or OperationalStatus); whether it can serve is not known`];
	if (proven) return unusable;
	return [
		...unusable,
		`nobody saw the copy on ${target} complete since it stopped; check its data before anything is served from it`,
	];
}

/**
 * Identifies the steps and the settled facts they were made for: two runs that print the same digest saw the same
 * thing and would do the same. Wording and telemetry are not part of it.
 */
function digestOf(steps: readonly Step[], start: Standing, { desired, reachable, kept }: Frame): string {
	const facts = [
		desired.state,
		start.copyState,
		start.phase,
		start.direction,
		start.syncMode,
		start.ahead.source,
		start.ahead.target,
		String(reachable.source),
		String(reachable.target),
		String(kept),
		...steps.map((step) =>
			[
				step.kind,
				step.kind === "operation" ? `${step.operation}@${step.at}` : "",
				step.kind === "wait" ? "" : step.hazard,
				step.kind !== "wait" && step.loses ? `${step.loses.end}:${step.loses.age}` : "",
				step.until.copyState,
				step.until.direction,
			].join(" "),
		),
	];
	const text = facts.join("\n");
	if (text !== lastDigested.text) {
		lastDigested = { text, digest: createHash("sha256").update(text).digest("hex").slice(0, 16) };
	}
	return lastDigested.digest;
}

/** Unchanged relationships have one plan, and a first hash costs more than the plan (docs/benchmarks.md). */
let lastDigested = { text: "", digest: "" };
