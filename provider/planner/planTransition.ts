import { createHash } from "node:crypto";
import { errorCodes } from "../model/errorCodes";
import { describeName, type End, ends, type Operation } from "../model/relationship";
import { makeFrame, makeStanding } from "./beginning";
import { copyHinderedBeforeSearch, refuseCopyAfterSearch } from "./copyRefusals";
import { isRestoreOpen } from "./copyStanding";
import { warningsOfCopy } from "./copyWarnings";
import { firstStanding, planGroup } from "./groupPlan";
import { keyOfPlace, type Place, standingsById } from "./groupStanding";
import { warningsOfMirror } from "./mirrorWarnings";
import { hinderedByNeighbours } from "./neighbours";
import type { NameEnd } from "./operations";
import type { Answer, Plan, Step } from "./plan";
import { hindranceBeforeSearch, refusalBy, refuse, refuseAfterSearch } from "./refusals";
import { planRequest, type Requested } from "./requestPlan";
import { type FoundPlan, findPlan, stepOf } from "./search";
import type { Situation } from "./situation";
import type { Frame, Standing } from "./standing";
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
	/** Of a group, for each step: where each pair is predicted to stand, by its id. Left out: a pair, or no predictions. */
	readonly members?: readonly ReadonlyMap<string, Standing>[];
}

/** `planTransition` with its predictions. */
export function planWithPredictions(situation: Situation, name: NameEnd = endNames): PredictedAnswer {
	const { observed } = situation;
	if (observed.subject === "group") return answerOfGroup(situation, name);
	const { group } = observed;
	if (group == null) return planSubject(situation, name);
	// A disk of a group is not steered alone: what a step does to one member tears the group.
	const alone = planSubject({ ...situation, observed: { ...observed, group: null } }, name);
	if (alone.answer.outcome === "plan" && alone.answer.steps.length === 0) return alone;
	if (alone.answer.outcome === "refused" && alone.answer.code === errorCodes.noEndReachable) return alone;
	return unpredicted(
		refuse(
			errorCodes.memberOfGroup,
			`the pair belongs to the replication group ${group}, and a member that is steered alone tears it`,
			"declare the groups as a GroupReplication, or take the pair out of the group first",
		),
	);
}

function answerOfGroup(situation: Situation, name: NameEnd): PredictedAnswer {
	const plan = planGroup(situation, name);
	if (plan.outcome === "refused") return unpredicted(plan.refusal);
	const frame = makeFrame(situation);
	if (plan.outcome === "ambiguous") {
		return unpredicted(waitAndReplan(situation, firstStanding(plan.place), frame, name, plan.place));
	}
	const [start, ...after] = plan.places;
	if (start === undefined) throw new RangeError("a plan begins somewhere");
	const end = firstStanding(after.at(-1) ?? start);
	const answer = makePlan(
		plan.steps,
		[...warningsOf(plan.steps, end, frame, name), ...plan.warnings],
		digestOf(plan.steps, firstStanding(start), frame, situation, start),
	);
	return {
		answer,
		predictions: after.map(firstStanding),
		members: after.map((place) => standingsById(plan.parts, place)),
	};
}

const unpredicted = (answer: Answer): PredictedAnswer => ({ answer, predictions: [] });

function planSubject(situation: Situation, name: NameEnd): PredictedAnswer {
	const frame = makeFrame(situation);
	const start = makeStanding(situation);
	const early =
		start.copy === null
			? hindranceBeforeSearch(situation, frame, name)
			: copyHinderedBeforeSearch(situation, start, frame, name);
	if (early !== null) return unpredicted(refusalBy(early));
	const operation = situation.desired.state === "operation" ? situation.desired.operation : undefined;
	if (start.phase === "ambiguous") return unpredicted(planAmbiguous(situation, start, frame, name, operation));
	const found = operation === undefined ? findPlan(start, frame, name) : null;
	const requested = operation === undefined ? null : planRequest(operation, situation, start, frame, name);
	if (requested?.kind === "refused") return unpredicted(refusalBy(requested));
	const plan = found ?? (requested === null ? null : planOfRequest(requested, start));
	if (plan === null) {
		const refusal =
			start.copy === null ? refuseAfterSearch(situation, frame, name) : refuseCopyAfterSearch(situation, frame, name);
		return unpredicted(refusal);
	}
	const standings = [start, ...plan.standings];
	const beside = hinderedByNeighbours(plan.steps, standings, frame, name);
	if (beside !== null) return unpredicted(refusalBy(beside));
	return {
		answer: makePlan(
			plan.steps,
			warningsOfPlan(situation, plan, standings, frame, name),
			digestOf(plan.steps, start, frame, situation),
		),
		predictions: plan.standings,
	};
}

function warningsOfPlan(
	situation: Situation,
	{ steps, end }: FoundPlan,
	standings: readonly Standing[],
	frame: Frame,
	name: NameEnd,
): string[] {
	const general = warningsOf(steps, end, frame, name);
	const own =
		standings[0]?.copy === null
			? warningsOfMirror(situation, steps, standings, name)
			: warningsOfCopy(situation, steps, standings, frame, name);
	return [...general, ...own];
}

function planOfRequest(requested: Exclude<Requested, { kind: "refused" }>, start: Standing): FoundPlan {
	return requested.kind === "there"
		? { steps: [], standings: [], end: start }
		: { steps: [stepOf(requested.move)], standings: [requested.move.to], end: requested.move.to };
}

/** Only waiting tells what comes next; but a copy that is broken off need not be waited for, nor a job beside what holds. */
function planAmbiguous(
	situation: Situation,
	start: Standing,
	frame: Frame,
	name: NameEnd,
	operation: Operation | undefined,
): Answer {
	const { observed } = situation;
	const atRest: Situation = { ...situation, observed: { ...observed, job: null } };
	if (observed.job !== null && (operation === "Abort" || start.copy !== null)) {
		const standing = makeStanding(atRest);
		const found =
			operation === undefined
				? standing.phase === "ambiguous"
					? null
					: findPlan(standing, frame, name)
				: planned(planRequest(operation, atRest, standing, frame, name), standing);
		const [first] = found?.steps ?? [];
		if (first?.kind === "operation" && first.operation === "Abort") {
			return makePlan(
				found?.steps ?? [],
				unreadEnds(frame, name),
				digestOf(found?.steps ?? [], standing, frame, situation),
			);
		}
	}
	return operation === undefined && holdsBesideJob(situation)
		? nothingBesideJob(situation, frame, name)
		: waitAndReplan(situation, start, frame, name);
}

function planned(requested: Requested, standing: Standing): FoundPlan | null {
	return requested.kind === "refused" ? null : planOfRequest(requested, standing);
}

/** A job may be a repair that touches nothing: where the wish holds without it, nothing has to wait for it. */
function holdsBesideJob({ observed, desired }: Situation): boolean {
	// The job may be that of the restore.
	if (isRestoreOpen({ observed, desired })) return false;
	return observed.job !== null && wishHolds(desired, makeStanding({ observed: { ...observed, job: null }, desired }));
}

function nothingBesideJob(situation: Situation, frame: Frame, name: NameEnd): Plan {
	const standing = makeStanding({ ...situation, observed: { ...situation.observed, job: null } });
	const warnings = [
		`job ${situation.observed.job} is in flight; the wish holds without it, so nothing waits for it`,
		...warningsOf([], standing, frame, name),
	];
	return makePlan([], warnings, digestOf([], standing, frame, situation));
}

function waitAndReplan(situation: Situation, start: Standing, frame: Frame, name: NameEnd, place?: Place): Plan {
	const { observed } = situation;
	const until = { copyState: start.copyState, direction: start.direction };
	const why =
		observed.job === null
			? `the array is busy (${describeName(observed.progressStatus, "ProgressStatus")}), what comes next can be told when it is done`
			: `job ${observed.job} is in flight, what comes next can be told when it is done`;
	const steps: Step[] = [{ kind: "wait", until, why }];
	return { ...makePlan(steps, unreadEnds(frame, name), digestOf(steps, start, frame, situation, place)), replan: true };
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

/**
 * Identifies the steps and the settled facts they were made for: two runs that print the same digest saw the same
 * thing and would do the same. Wording and telemetry are not part of it.
 */
function digestOf(
	steps: readonly Step[],
	start: Standing,
	{ desired, reachable, kept }: Frame,
	{ observed }: Situation,
	place?: Place,
): string {
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
				...unlessDefault(step.kind !== "wait" && step.loses?.what),
				...(step.kind === "wait" ? [] : unlessDefault(step.loses?.members, step.members, step.pairs)),
			].join(" "),
		),
		// What old lines do not know enters only where it says something, so that their digests stay what they were.
		...unlessDefault(
			desired.kind !== "Mirror" && desired.kind,
			desired.operation,
			start.copy?.done.retake === false && "retake",
			start.copy?.done.restore === false && "restore",
			start.copy?.ended,
			start.copy?.restoreOpen === true && "restoreOpen",
			desired.consistency !== undefined && `consistency:${desired.consistency}`,
			desired.pairs,
			place !== undefined && keyOfPlace(place),
			(observed.neighbours ?? []).map(({ at, role, syncType, copyState }) =>
				[at, role, JSON.stringify(syncType), JSON.stringify(copyState)].join(":"),
			),
		),
	];
	const text = facts.join("\n");
	if (text !== lastDigested.text) {
		lastDigested = { text, digest: createHash("sha256").update(text).digest("hex").slice(0, 16) };
	}
	return lastDigested.digest;
}

function unlessDefault(...facts: readonly (string | readonly string[] | false | null | undefined)[]): string[] {
	return facts.flatMap((fact) =>
		!fact || fact.length === 0 ? [] : [typeof fact === "string" ? fact : fact.join(",")],
	);
}

/** Unchanged relationships have one plan, and a first hash costs more than the plan (docs/benchmarks.md). */
let lastDigested = { text: "", digest: "" };
