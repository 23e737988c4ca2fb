import { expect, test } from "vitest";
import { errorCodes } from "../../provider/model/errorCodes";
import { planTransition } from "../../provider/planner/planTransition";
import type { Desired, Situation } from "../../provider/planner/situation";
import { randomSituation, seeded } from "./situations";

/** One piece of advice as people are told it, and what the situation is when they have done it. */
type Advice = readonly [RegExp, (situation: Situation, found: RegExpExecArray) => Situation];

const wish = (situation: Situation, desired: Partial<Desired>): Situation => {
	const { to: _, by: __, ...kept } = situation.desired;
	return { ...situation, desired: { ...kept, ...desired } };
};
const see = (situation: Situation, observed: Partial<Situation["observed"]>): Situation => ({
	...situation,
	observed: { ...situation.observed, ...observed },
});
const both = { source: true, target: true };
const serving = ({ observed }: Situation) => (observed.direction === "forward" ? "target" : "source");

const advice: readonly Advice[] = [
	[/restore contact to (?:both hosts|one of the two hosts|the (?:source|target))/i, (s) => see(s, { reachable: both })],
	[
		/bring the (?:source|target) back, remove lost and declare (active|reversed)/i,
		(s, [, state]) => wish(see(s, { reachable: both }), { state: state as Desired["state"] }),
	],
	[/declare failedOver and lost: (?:source|target)/i, (s) => wish(s, { state: "failedOver", to: serving(s) })],
	[/declare lost: (?:source|target) and delete the resource/i, (s) => wish(s, { state: "absent" })],
	[/(?:; if it is gone for good, |^)delete the resource/i, (s) => wish(s, { state: "absent" })],
	[
		/run pulumi state delete on this resource and declare it again/i,
		(s) => wish(see(s, { vanished: false, reachable: both }), { state: "active" }),
	],
	[/make the source read-only first/i, (s) => see(s, { readOnly: both })],
	[/repair that disk first/i, (s) => see(s, { usable: both })],
	[
		/with deletePolicy: (detach|dissolve), and delete after/i,
		(s, [, by]) => wish(s, { state: "absent", by: by === "detach" ? "Detach" : "Dissolve" }),
	],
	[/end the relationship \(destroy/i, (s) => wish(s, { state: "absent" })],
	[
		/declare (active|reversed) and keep: (source|target)/i,
		(s, [, state, keep]) => wish(s, { state: state as Desired["state"], keep: keep as "source" | "target" }),
	],
	[
		/declare keep: (source|target)/i,
		(s, [, keep]) => ({ ...s, desired: { ...s.desired, keep: keep as "source" | "target" } }),
	],
	[/declare (active) or (?:reversed)/i, (s) => wish(s, { state: "active" })],
	[/declare (?:active or )(reversed)/i, (s) => wish(s, { state: "reversed" })],
	[
		/declare (active|reversed) without keep/i,
		({ desired: { keep: _, ...desired }, ...s }, [, state]) =>
			wish({ ...s, desired }, { state: state as Desired["state"] }),
	],
	[
		/declare (active|suspended|reversed|split|failedOver)(?! or| and| without)/i,
		(s, [, state]) =>
			wish(s, { state: state as Desired["state"], ...(state === "failedOver" ? { to: serving(s) } : {}) }),
	],
];

/** What a person has to do with the array itself. */
const byHand = /array's own tools|set retainOnDelete/i;

/**
 * Where each piece of advice ends: null in a plan, or at the array itself; else in words, the way into the dead end.
 * Another refusal on the way is no harm, it is another cause with its own advice, but the same one twice is a circle.
 */
function deadEnd(
	situation: Situation,
	followed: Set<number>,
	met: Set<string>,
	way: readonly string[] = [],
): string | null {
	const answer = planTransition(situation);
	if (answer.outcome === "plan") return null;
	met.add(answer.code);
	const here = `${answer.code} ${answer.alternative}`;
	if (way.includes(here)) return [...way, here].join(" -> ");
	const pieces = advice.flatMap(([pattern, follow], index) => {
		const match = pattern.exec(answer.alternative);
		return match === null ? [] : [{ index, next: follow(situation, match) }];
	});
	if (pieces.length === 0 && !byHand.test(answer.alternative)) return [...way, here].join(" -> ");
	for (const { index, next } of pieces) {
		followed.add(index);
		const end = deadEnd(next, followed, met, [...way, here]);
		if (end !== null) return end;
	}
	return null;
}

test("what a refusal advises can be done, and gets on", () => {
	const random = seeded(13);
	const followed = new Set<number>();
	const met = new Set<string>();
	const deadEnds = new Map<string, Situation>();
	for (let count = 0; count < 20_000; count++) {
		// Half a copy whose target is kept is rare: every fourth is one, so that its advice is met too.
		const half = random() < 0.25 ? { targetConsistent: false } : {};
		const drawn = randomSituation(random);
		const situation = see(half.targetConsistent === false ? wish(drawn, { keep: "target" }) : drawn, {
			...half,
			sourceConsistent: random() < 0.2 ? false : null,
			usable: { source: random() < 0.9, target: random() < 0.9 },
		});
		const end = deadEnd(situation, followed, met);
		if (end !== null) deadEnds.set(end, situation);
	}
	expect([...deadEnds].slice(0, 20)).toEqual([]);
	expect([...met].sort(), "every refusal was met").toEqual(
		Object.values(errorCodes).filter((code) => code.startsWith("SR1")),
	);
	expect([...followed].sort((one, other) => one - other)).toEqual(advice.map((_, index) => index));
});
