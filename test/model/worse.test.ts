import { expect, test } from "vitest";
import { copyStateOf, progressStatusOf } from "../../provider/model/relationship";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { copyStates, healthStatuses, progressStatuses, saysHalf, syncModes } from "../../provider/model/worse";
import { makeStanding } from "../../provider/planner/beginning";
import type { Observed } from "../../provider/planner/situation";
import type { Standing } from "../../provider/planner/standing";

const mirror: Observed = {
	presence: "present",
	vanished: false,
	targetExists: true,
	copyState: "Synchronized",
	progressStatus: "Completed",
	direction: "forward",
	syncMode: "Synchronous",
	syncType: "Mirror",
	reachable: { source: true, target: true },
	readOnly: { source: false, target: false },
	ahead: { source: null, target: null },
	targetConsistent: null,
	sourceConsistent: null,
	job: null,
	usable: { source: true, target: true },
};

const numbers = Object.values<number>(states);
const pairs = numbers.flatMap((one) => numbers.map((other) => [one, other] as const));

test("whatever the order, the same word counts, and it is one that was said", () => {
	for (const [one, other] of [...pairs, [17, 4], [17, 18], [10, 0x8001]] as const) {
		const worst = copyStates.worst([one, other], null);
		expect(worst).toBe(copyStates.worst([other, one], null));
		expect([one, other]).toContain(worst);
		expect(copyStates.differs([one, other])).toBe(one !== other);
	}
});

test("no more may be assumed from the worse word than from the better: who is ahead, by the planner's own reading", () => {
	const severity = { no: 0, recent: 1, yes: 2 };
	const standing = (number: number): Standing => {
		return makeStanding({ observed: { ...mirror, copyState: copyStateOf(number) } });
	};
	const planned = numbers.filter((number) => number !== states.Mixed && number !== states.NotApplicable);
	for (const [one, other] of pairs) {
		if (!planned.includes(one) || !planned.includes(other)) continue;
		const worst = standing(copyStates.worst([one, other], 0));
		for (const number of [one, other]) {
			const { ahead, whole } = standing(number);
			expect(severity[worst.ahead.source]).toBeGreaterThanOrEqual(severity[ahead.source]);
			expect(severity[worst.ahead.target]).toBeGreaterThanOrEqual(severity[ahead.target]);
			// A half disk is said by one word and not by every worse one, so it is asked apart.
			expect(saysHalf(number)).toBe(!whole.target);
		}
	}
});

test("a number without a name is worse than any name, and 0 says nothing", () => {
	expect(copyStates.worst([states.Failedover, states.NotApplicable, 16], null)).toBe(16);
	expect(copyStates.worst([0, states.Synchronized], null)).toBe(states.Synchronized);
	expect(copyStates.worst([0], null)).toBeNull();
	expect(copyStates.differs([0, states.Synchronized])).toBe(false);
	expect(syncModes.worst([2, 3], 0)).toBe(3);
	expect(syncModes.worst([2, 4], 0)).toBe(4);
	expect(healthStatuses.worst([5, 0], null)).toBe(5);
});

test("settled words differ in nothing; on the way is worse, and whereto is not known worst", () => {
	const of = (name: string) =>
		Array.from({ length: 26 }, (_, number) => number).find((n) => progressStatusOf(n) === name) ?? -1;
	expect(progressStatuses.differs([of("Completed"), of("Dormant"), of("NotApplicable")])).toBe(false);
	expect(progressStatuses.worst([of("Completed"), of("Resyncing"), of("RequiresResync")], 0)).toBe(of("Resyncing"));
	expect(progressStatuses.worst([of("Pending"), of("Resyncing")], 0)).toBe(of("Pending"));
});
