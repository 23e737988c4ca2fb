import { describe, expect, test } from "vitest";
import { currentSource, currentTarget, type End } from "../../provider/model/relationship";
import type { Answer, Plan, Step } from "../../provider/planner/plan";
import { planTransition } from "../../provider/planner/planTransition";
import type { Observed, Situation } from "../../provider/planner/situation";
import { sequelOf } from "./oracle/answer";
import { lineOf, lineOfMove } from "./oracle/lines";
import { movesFrom } from "./oracle/moves";
import { wishHolds } from "./oracle/wishes";
import { defaultReadings, factsOf, type World, worldOf } from "./oracle/world";
import { everyCoreSituation, randomSituation, seeded } from "./situations";

/*
 * The laws of §5 of the model, asked of every step where it stands and not of the whole answer: what is seen before a
 * step and after it is compared, whoever thought the step legal. What comes about after a step is the model's word.
 */

/** The first law that a situation's answer breaks, or null. */
function brokenLaw(situation: Situation): string | null {
	const answer = planTransition(situation);
	if (JSON.stringify(planTransition(situation)) !== JSON.stringify(answer))
		return "the same situation gives the same plan";
	if (answer.outcome === "refused")
		return answer.reason === "" || answer.alternative === "" ? "a refusal names reason and alternative" : null;
	if (answer.steps.some((step) => hazardOf(step) === "dataLoss") !== answer.needsApproval)
		return "a plan that destroys writes needs approval";
	const isOneWait = answer.steps.length === 1 && answer.steps[0]?.kind === "wait";
	if (answer.replan && !isOneWait) return "an ambiguous phase is one wait";
	return (answer.replan ? null : brokenOnTheWay(situation, answer)) ?? brokenWarning(situation, answer);
}

/** Walks along the plan, from what is observed to what the model says comes of each step. */
function brokenOnTheWay(situation: Situation, { steps }: Plan): string | null {
	const facts = factsOf(situation, defaultReadings);
	// Only the empty plan is made with a job in flight, and it is the one for what is seen without the job.
	let standing: Situation = { ...situation, observed: { ...situation.observed, job: null } };
	let world = worldOf(standing, facts);
	for (const [index, step] of steps.entries()) {
		const move = movesFrom(world, facts).find((legal) => lineOfMove(legal.step) === lineOf(step));
		if (move === undefined) return `step ${index + 1} is legal where it stands, and marked with what it puts at risk`;
		const next = sequelOf(situation, move.next);
		const broken = brokenByStep(step, {
			standing,
			world,
			after: next.observed,
			kept: facts.keptEnd,
			atFirst: situation.observed,
		});
		if (broken !== null) return `step ${index + 1}: ${broken}`;
		const again = planTransition(next);
		if (linesOf(again) !== linesOf({ outcome: "plan", steps: steps.slice(index + 1) }))
			return `planning again after step ${index + 1} gives the rest with the same hazards: ${JSON.stringify(again)} for ${JSON.stringify(next)}`;
		standing = next;
		world = move.next;
	}
	return wishHolds(world, facts) ? null : "the plan ends where the wish holds";
}

interface Scene {
	readonly standing: Situation;
	/** The same as the model pictures it: `ahead` of both ends is told. */
	readonly world: World;
	readonly after: Observed;
	/** The kept end of the run. */
	readonly kept: End | null;
	/** What the plan was made for. */
	readonly atFirst: Observed;
}

/** What no step may do, told from what is seen before and after it. */
function brokenByStep(
	step: Step,
	{ standing: { observed: before, capabilities, desired }, world, after, kept, atFirst }: Scene,
): string | null {
	if (step.kind === "wait") return null;
	const s = currentSource(before.direction);
	const t = currentTarget(before.direction);
	if (step.loses?.age === "yes" && step.loses.end === kept) return "the kept end loses no old writes";
	if ((step.loses !== undefined) !== (step.hazard === "dataLoss")) return "a loss says whose writes go";
	if (!before.reachable[step.at]) return "nothing is issued at an end that cannot be reached";
	const overwritten = overwrittenBy(step, before, after);
	if (overwritten !== null && step.loses?.end !== overwritten)
		if (step.kind === "create" || world.ahead[overwritten] !== "no") return "no unmarked loss";
	if (step.kind === "create") return before.presence === "absent" ? null : "nothing is created twice";

	const { operation } = step;
	const movesRoles = operation === "Failover" || operation === "Failback" || operation === "ReverseRoles";
	const startsCopy = operation === "Resume" || operation === "ResyncReplica" || operation === "Activate";
	if (capabilities.operations !== null && !capabilities.operations.includes(operation)) return "nothing unadvertised";
	if (movesRoles && ["suspended", "split", "absent"].includes(desired.state))
		return "no role change for a wish that has no say in roles";
	if (movesRoles && desired.state === "failedOver" && operation !== "Failover")
		return "failedOver moves roles by Failover alone";
	if (operation === "Failback" && atFirst.copyState !== "Failedover" && atFirst.progressStatus !== "FailingOver")
		return "nothing is failed back that was not seen failed over";
	if (
		(operation === "Detach" || operation === "Dissolve") !== (desired.state === "absent" && after.presence === "absent")
	)
		return "only removal ends a relationship";
	if (operation === "Failover" && (before.copyState === "Failedover" || before.progressStatus === "FailingOver"))
		return "never a second Failover";
	if (operation === "Failover" || operation === "ReverseRoles") {
		if (targetIsHalf(before)) return "half a disk neither serves nor is copied over the whole one";
		if (before.reachable[s] && !before.usable[t]) return "nothing moves onto a disk that is not usable";
	}
	if (startsCopy && sourceIsHalf(before)) return "nothing copies from half a disk";
	if (startsCopy && (desired.state === "suspended" || desired.state === "failedOver"))
		if (!String(before.progressStatus).startsWith("Requires")) return "no copy is started that was not required";
	return null;
}

/** Told by the journal or by the state itself; Synchronized proves both ends. */
function targetIsHalf({ copyState, targetConsistent }: Observed): boolean {
	if (copyState === "Synchronized") return false;
	return targetConsistent === false || ["Initialized", "Unsynchronized", "Aborted"].includes(String(copyState));
}

function sourceIsHalf({ copyState, sourceConsistent }: Observed): boolean {
	return copyState !== "Synchronized" && sourceConsistent === false;
}

/** The end that a step makes a copy of the other, so that what only it holds is gone: told from roles and states alone. */
function overwrittenBy(step: Step, before: Observed, after: Observed): End | null {
	if (step.kind === "create") return before.targetExists ? "target" : null;
	if (step.kind === "wait" || after.copyState !== "Synchronized") return null;
	// A reset of the mode copies nothing, and ReverseRoles that asks for a resync has copied nothing yet.
	if (step.operation.startsWith("Reset") || after.progressStatus === "RequiresResync") return null;
	if (step.operation === "Failback") return currentSource(after.direction);
	return currentTarget(after.direction);
}

/** §2 to §4 "with a warning": how many are due, for their words are the planner's own. */
function brokenWarning(
	{ observed, capabilities, desired }: Situation,
	{ steps, replan, warnings = [] }: Plan,
): string | null {
	const { job, reachable, usable, direction, presence, syncMode } = observed;
	const operations = steps.filter((step) => step.kind === "operation").map(({ operation }) => operation);
	const serves = desired.state === "active" || desired.state === "reversed";
	const isBeside = job !== null && steps.length === 0;
	const stopsCopy = operations[0] === "Suspend" && steps.every(({ kind }) => kind !== "wait");
	const due = [
		isBeside && "the job beside an empty plan",
		capabilities.operations === null && operations.length > 0 && "nothing is advertised",
		(serves || desired.state === "split") && !(reachable.source && reachable.target) && "an end cannot be seen",
		!replan &&
			serves &&
			presence === "present" &&
			desired.syncMode &&
			syncMode === "Unknown" &&
			"the mode is not known",
		operations.includes("Failover") && !usable[currentTarget(direction)] && "the target is not usable",
		stopsCopy && (presence === "absent" || targetIsHalf(observed)) && "the target is partial and cannot serve",
	].filter((what) => typeof what === "string");
	if (isBeside && !warnings.some((warning) => warning.includes(job))) return "the job beside an empty plan is named";
	return warnings.length < due.length ? `each of these is warned of: ${due.join(", ")}` : null;
}

function hazardOf(step: Step): string {
	return step.kind === "wait" ? "none" : step.hazard;
}

function linesOf(answer: Answer | { readonly outcome: "plan"; readonly steps: readonly Step[] }): string {
	return answer.outcome === "plan" ? answer.steps.map(lineOf).join("\n") : `refused ${answer.code}`;
}

function expectUnbroken(situation: Situation, where: string): void {
	const broken = brokenLaw(situation);
	if (broken !== null)
		expect.fail(`${where}${broken}\n${JSON.stringify(situation)}\n${JSON.stringify(planTransition(situation))}`);
}

describe("the laws of a plan", () => {
	test("hold for the whole core: states × wishes × directions × reachability × who is ahead × half disks × features", () => {
		let planned = 0;
		for (const situation of everyCoreSituation()) {
			expectUnbroken(situation, "");
			planned++;
		}
		expect(planned).toBeGreaterThan(100_000);
	});

	test("hold for situations drawn from everything", () => {
		const seed = Number(process.env.SEED ?? 20_261_124);
		const random = seeded(seed);
		for (let index = 0; index < 60_000; index++) {
			expectUnbroken(randomSituation(random), `seed ${seed}, situation ${index}: `);
		}
	});
});
