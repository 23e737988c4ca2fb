import { describe, expect, test } from "vitest";
import { currentSource, currentTarget } from "../../provider/model/relationship";
import { isNotWorse } from "../../provider/planner/comparePlans";
import { operationRules, type PlannedOperation } from "../../provider/planner/operations";
import { planTransition, planWithPredictions } from "../../provider/planner/planTransition";
import type { Observed, Situation } from "../../provider/planner/situation";
import { makeFrame, makeStanding, type Standing } from "../../provider/planner/standing";
import { wishHolds } from "../../provider/planner/wishes";
import { everyCoreSituation, randomSituation, seeded } from "./situations";

/** What would be observed if a step went exactly as predicted, with what the journal then says. */
function observedAfter(before: Observed, standing: Standing): Observed {
	const progress = {
		settled: "Completed",
		copying: "Synchronizing",
		requiresFracture: "RequiresFracture",
		requiresResyncReplica: "RequiresResync",
		requiresActivate: "RequiresActivate",
		requiresSplit: "RequiresSplit",
		requiresResume: "RequiresResume",
		requiresDetach: "RequiresDetach",
	} as const;
	const absent = standing.copyState === "absent";
	return {
		...before,
		presence: absent ? "absent" : "present",
		vanished: false,
		copyState: standing.copyState === "absent" ? "NotApplicable" : standing.copyState,
		progressStatus: progress[standing.phase as keyof typeof progress],
		direction: standing.direction,
		syncMode: standing.syncMode,
		syncType: "Mirror",
		ahead: standing.ahead,
		targetConsistent: standing.whole[currentTarget(standing.direction)],
		sourceConsistent: standing.whole[currentSource(standing.direction)],
		job: null,
	};
}

/** The first law that a situation's answer breaks, or null. */
function brokenLaw(situation: Situation): string | null {
	const { answer, predictions } = planWithPredictions(situation);
	if (JSON.stringify(planTransition(situation)) !== JSON.stringify(answer))
		return "the same situation gives the same plan";
	if (answer.outcome === "refused") {
		return answer.reason === "" || answer.alternative === "" ? "a refusal names reason and alternative" : null;
	}
	if (answer.replan)
		return answer.steps.length === 1 && answer.steps[0]?.kind === "wait" ? null : "an ambiguous phase is one wait";
	const { steps } = answer;
	const frame = makeFrame(situation);
	// A plan that a job beside it leaves empty is judged without the job.
	let standing = makeStanding({
		observed: steps.length === 0 ? { ...situation.observed, job: null } : situation.observed,
	});
	const losing = steps.some((step) => step.kind !== "wait" && step.hazard === "dataLoss");
	if (losing !== answer.needsApproval) return "a plan that takes writes needs approval";
	for (const [index, step] of steps.entries()) {
		const next = predictions[index];
		if (next === undefined) return "every step has a prediction";
		if (step.kind === "operation") {
			const rule = operationRules[step.operation as PlannedOperation];
			if (!rule.legal(standing, frame)) return `step ${index + 1} is legal where it stands`;
			if (frame.advertised !== null && !frame.advertised.has(step.operation)) return "nothing unadvertised";
			if (!situation.observed.reachable[step.at]) return "nothing is issued at an end that cannot be reached";
			const quiet = ["suspended", "split", "absent"].includes(situation.desired.state);
			if (quiet && rule.movesRoles) return "no role change for a wish that has no say in roles";
			if (step.operation === "Failover" && standing.copyState === "Failedover") return "never a second Failover";
		}
		if (step.kind !== "wait") {
			// The end that a copy overwrites loses what only it holds: that must be marked, by whatever step it happens.
			const failback = step.kind === "operation" && step.operation === "Failback";
			const overwritten = failback ? currentSource(next.direction) : currentTarget(next.direction);
			// A reset of the mode copies nothing; that a Synchronized target is ahead is a journal that cannot be.
			const loses =
				!(step.kind === "operation" && step.operation.startsWith("Reset")) &&
				next.copyState === "Synchronized" &&
				standing.ahead[overwritten] !== "no" &&
				(failback || next.ahead[overwritten] === "no");
			if (loses && step.loses?.end !== overwritten) return `step ${index + 1}: no unmarked loss`;
			if (step.loses?.age === "yes" && step.loses.end === frame.kept) return "the kept end loses no old writes";
			if ((step.loses !== undefined) !== (step.hazard === "dataLoss")) return "a loss says whose writes go";
		}
		const again = planTransition({ ...situation, observed: observedAfter(situation.observed, next) });
		const rest = steps.slice(index + 1);
		if (again.outcome !== "plan" || !isNotWorse(again.steps, rest) || !isNotWorse(rest, again.steps)) {
			return `planning again after step ${index + 1} (${JSON.stringify(next)}) gives the rest: ${JSON.stringify(again)}`;
		}
		standing = next;
	}
	return wishHolds(situation.desired, standing) ? null : "the plan ends where the wish holds";
}

describe("the laws of a plan", () => {
	test("hold for the whole core: states × wishes × directions × reachability × ahead × features", () => {
		let planned = 0;
		for (const situation of everyCoreSituation()) {
			const broken = brokenLaw(situation);
			if (broken !== null)
				expect.fail(`${broken}\n${JSON.stringify(situation)}\n${JSON.stringify(planTransition(situation))}`);
			planned++;
		}
		expect(planned).toBeGreaterThan(100_000);
	});

	test("hold for situations drawn from everything", () => {
		const seed = Number(process.env.SEED ?? 20_261_124);
		const random = seeded(seed);
		for (let index = 0; index < 60_000; index++) {
			const situation = randomSituation(random);
			const broken = brokenLaw(situation);
			if (broken !== null)
				expect.fail(
					`seed ${seed}, situation ${index}: ${broken}\n${JSON.stringify(situation)}\n${JSON.stringify(planTransition(situation))}`,
				);
		}
	});
});
