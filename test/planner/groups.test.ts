import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planTransition } from "../../provider/planner/planTransition";
import type { Situation } from "../../provider/planner/situation";
import { answerOfGroup } from "./groups/answer";
import { linesOfAnswer, linesOfText } from "./groups/lines";
import { asGroupOfOne, asGroupWithoutMembers } from "./groups/singleton";
import { answerOf } from "./oracle/answer";
import { everyCoreSituation } from "./oracle/core";
import { anySituation } from "./oracle/drawn";

/*
 * The planner of groups is judged by a second reading of copies-and-groups §2 and §4, written without a look at the
 * planner. Where the two differ the text decides. The first line of a report can be pasted into
 * `pulumi-storage-replication plan --json`.
 */

/** Law 2 of §5, of the planner that pairs have: "a group of one member, features translated, … plans as the pair does". */
function differsFromThePair(situation: Situation): string | null {
	const ofPair = planTransition(situation);
	for (const group of [asGroupOfOne(situation), asGroupWithoutMembers(situation)]) {
		const text = withNamesOfThePair(answerOfGroup(group), situation);
		const says = linesOfText(text);
		const pairSays = linesOfAnswer(ofPair, text);
		if (says.join("\n") !== pairSays.join("\n")) {
			return [JSON.stringify(group), "of a group of one:", ...says, "of the pair:", ...pairSays].join("\n");
		}
	}
	return null;
}

/** Gates that close the way together are named as the pair's reading allows. */
function withNamesOfThePair(text: ReturnType<typeof answerOfGroup>, situation: Situation) {
	const ofPair = answerOf(situation);
	return text.outcome === "refused" && ofPair.outcome === "refused" && ofPair.also !== undefined
		? { ...text, also: [...text.also, ofPair.code, ofPair.also] }
		: text;
}

describe("a group of one is planned as the pair is", () => {
	test("for every eleventh of the pairs' core", () => {
		for (const situation of everyNth(everyCoreSituation(), 11)) {
			const differs = differsFromThePair(situation);
			if (differs !== null) {
				expect.fail(differs);
			}
		}
	});

	test("for pairs drawn from everything", () => {
		expectNone(anySituation(), 4_000, differsFromThePair);
	});
});

/** The core has 18 wishes and directions and 14 states in a row: a number that shares no factor with these mixes them all. */
function* everyNth<One>(all: Iterable<One>, n: number): Generator<One> {
	let index = 0;
	for (const one of all) {
		if (index++ % n === 0) {
			yield one;
		}
	}
}

/** Draws by a fixed seed; what fails is shrunk before it is reported. */
function expectNone(drawn: fc.Arbitrary<Situation>, numRuns: number, disagreement: (one: Situation) => string | null) {
	const seed = Number(process.env.SEED ?? 20_261_129);
	const agrees = fc.property(drawn, (situation) => disagreement(situation) === null);
	const { counterexample } = fc.check(agrees, { numRuns, seed });
	const report = counterexample === null ? null : disagreement(counterexample[0]);
	if (report !== null) {
		expect.fail(report);
	}
}
