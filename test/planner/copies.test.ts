import { describe, expect, test } from "vitest";
import { answerOfCopy } from "./copies/answer";
import { everyCoreSituation } from "./copies/core";
import { advertisable } from "./copies/values";

/*
 * A second reading of the text on copies and on operations on request, written without a look at the planner. Where the
 * two differ the text decides.
 */
describe("the text on copies has an answer", () => {
	test("for the whole core, and each row of §1.5 is somebody's best step", () => {
		const planned = new Set<string>();
		const requested = new Set<string>();
		const counts = new Map<string, number>();
		for (const situation of everyCoreSituation()) {
			const answer = answerOfCopy(situation);
			const key = answer.outcome === "refused" ? `${answer.codes[0]}` : `${answer.steps.length} steps${answer.replan}`;
			counts.set(key, (counts.get(key) ?? 0) + 1);
			for (const { operation, kind } of answer.outcome === "plan" ? answer.steps : []) {
				(situation.desired.state === "operation" ? requested : planned).add(operation ?? kind);
			}
		}
		if (process.env.SHOW) console.log(counts, planned);
		const onRequestOnly = ["Unprepare"];
		expect([...planned].sort()).toEqual(
			[...advertisable.filter((name) => !onRequestOnly.includes(name)), "create", "wait"].sort(),
		);
		expect([...requested].sort()).toEqual([...advertisable, "wait"].sort());
	});
});
