import fc from "fast-check";
import type { SupportedOperation } from "../../../provider/model/capabilities";
import type { Observed, Situation } from "../../../provider/planner/situation";
import { advertisable, aheads, copyStates, meaningful, modes, progressStatuses, wishes } from "./values";

/** Any situation there can be, mostly such as are not refused at once. What fails shrinks towards the ordinary one. */
export function anySituation(): fc.Arbitrary<Situation> {
	return fc.record({ observed: anyObserved(), capabilities: anyCapabilities(), desired: anyDesired() });
}

function anyObserved(): fc.Arbitrary<Observed> {
	return fc.record<Observed>({
		presence: mostly("present", "absent"),
		vanished: mostly(false, true),
		targetExists: fc.boolean(),
		copyState: often(fc.constantFrom(...copyStates), fc.constantFrom({ unknown: 16 }, { unknown: 17 })),
		progressStatus: fc.oneof(
			{ withCrossShrink: true },
			{ weight: 60, arbitrary: fc.constant("Completed" as const) },
			{ weight: 40, arbitrary: fc.constantFrom(...progressStatuses) },
			{ weight: 1, arbitrary: fc.constant({ unknown: 99 }) },
		),
		direction: fc.constantFrom("forward", "reverse"),
		syncMode: fc.constantFrom(...modes),
		syncType: mostly<Observed["syncType"]>("Mirror", "Snapshot", { unknown: 9 }),
		reachable: perEnd(mostly(true, false)),
		readOnly: perEnd(fc.boolean()),
		ahead: perEnd(fc.constantFrom(...aheads)),
		targetConsistent: fc.constantFrom(null, true, false),
		sourceConsistent: fc.constantFrom(null, true, false),
		usable: perEnd(mostly(true, false)),
		job: mostly(null, "a job"),
	});
}

function anyCapabilities(): fc.Arbitrary<Situation["capabilities"]> {
	const few: fc.Arbitrary<SupportedOperation[]> = fc.subarray([...advertisable]);
	const mostOfThem = fc
		.subarray([...advertisable], { maxLength: 3 })
		.map((left) => advertisable.filter((name) => !left.includes(name)));
	return fc.record({
		operations: fc.oneof({ withCrossShrink: true }, fc.constant(null), mostOfThem, few),
		features: fc.subarray([...meaningful], { maxLength: 5 }),
	});
}

function anyDesired(): fc.Arbitrary<Situation["desired"]> {
	const ends = ["source", "target"] as const;
	const rest = fc.record(
		{ syncMode: fc.constantFrom("Synchronous", "Asynchronous"), keep: fc.constantFrom(...ends) },
		{ requiredKeys: [] },
	);
	return fc.tuple(fc.constantFrom(...wishes), rest).map(([wish, more]) => ({ ...wish, ...more }));
}

function perEnd<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<{ source: Value; target: Value }> {
	return fc.record({ source: value, target: value });
}

function mostly<const Value>(ordinary: Value, ...others: Value[]): fc.Arbitrary<Value> {
	return often(fc.constant(ordinary), fc.constantFrom(...others));
}

function often<Ordinary, Other>(ordinary: fc.Arbitrary<Ordinary>, other: fc.Arbitrary<Other>) {
	return fc.oneof({ withCrossShrink: true }, { weight: 9, arbitrary: ordinary }, { weight: 1, arbitrary: other });
}
