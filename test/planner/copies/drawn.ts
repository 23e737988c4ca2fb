import fc from "fast-check";
import type { Desired, Neighbour, Observed, Situation } from "../../../provider/planner/situation";
import { aheads, progressStatuses } from "../oracle/values";
import { ordinary, quiet } from "./core";
import { advertisable, copyStates, kinds, meaningful, of3par, requestsOf, wishesOf } from "./values";

/** Any situation of a copy, mostly such as are not refused at once. What fails shrinks towards the ordinary one. */
export function anyCopy(): fc.Arbitrary<Situation> {
	return fc.constantFrom(...kinds).chain((kind) =>
		fc.record({
			observed: anyObserved(kind),
			capabilities: fc.record({
				operations: fc.oneof(
					{ withCrossShrink: true },
					fc.constant(null),
					fc
						.subarray([...advertisable], { maxLength: 3 })
						.map((left) => advertisable.filter((name) => !left.includes(name))),
					fc.subarray([...advertisable]),
					fc.constant(of3par),
				),
				features: fc.subarray([...meaningful], { maxLength: 4 }),
			}),
			desired: anyDesired(kind),
		}),
	);
}

function anyObserved(kind: (typeof kinds)[number]): fc.Arbitrary<Observed> {
	return fc.record<Observed>({
		...Object.fromEntries(Object.entries(ordinary).map(([name, value]) => [name, fc.constant(value)])),
		presence: mostly("present", "absent"),
		vanished: mostly(false, true),
		targetExists: fc.boolean(),
		copyState: fc.constantFrom(...copyStates.filter((state) => state !== "NotApplicable" && state !== "Mixed")),
		progressStatus: fc.oneof(
			{ withCrossShrink: true },
			{ weight: 60, arbitrary: fc.constant("Completed" as const) },
			{ weight: 40, arbitrary: fc.constantFrom(...progressStatuses) },
		),
		direction: fc.constant("forward"),
		syncMode: fc.constant("Unknown"),
		syncType: fc.constant(kind),
		reachable: perEnd(mostly(true, false)),
		readOnly: perEnd(fc.boolean()),
		ahead: perEnd(fc.constantFrom(...aheads)),
		targetConsistent: fc.constantFrom(null, true, false),
		sourceConsistent: mostly(null, true, false),
		usable: fc.constant({ source: true, target: true }),
		job: mostly(null, "a job"),
		done: fc.record({ retake: fc.boolean(), restore: fc.boolean() }),
		ended: fc.constantFrom(null, "complete", "restored"),
		restoreOpen: mostly(false, true),
		neighbours: fc.oneof(
			{ withCrossShrink: true },
			{ weight: 4, arbitrary: fc.constant([]) },
			{ weight: 1, arbitrary: fc.array(anyNeighbour(), { maxLength: 2 }) },
		),
	});
}

function anyNeighbour(): fc.Arbitrary<Neighbour> {
	return fc.record<Neighbour>({
		at: fc.constantFrom("source", "target"),
		role: fc.constantFrom("source", "target"),
		syncType: fc.constantFrom("Mirror", "Snapshot", "Clone"),
		copyState: fc.constantFrom(...copyStates),
		progressStatus: fc.constantFrom(quiet.progressStatus, ...progressStatuses),
		targetConsistent: fc.constantFrom(null, true, false),
		syncMode: fc.constant("Unknown"),
	});
}

function anyDesired(kind: (typeof kinds)[number]): fc.Arbitrary<Desired> {
	const keep = fc.record({ keep: fc.constantFrom("source" as const, "target" as const) }, { requiredKeys: [] });
	const wish = fc.oneof(
		{ withCrossShrink: true },
		{ weight: 4, arbitrary: fc.constantFrom(...wishesOf(kind)) },
		{ weight: 1, arbitrary: fc.constantFrom(...requestsOf(kind)) },
	);
	return fc.tuple(wish, keep).map(([desired, kept]) => ({ ...desired, ...kept }));
}

function perEnd<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<{ source: Value; target: Value }> {
	return fc.record({ source: value, target: value });
}

function mostly<const Value>(usual: Value, ...others: Value[]): fc.Arbitrary<Value> {
	return fc.oneof(
		{ withCrossShrink: true },
		{ weight: 9, arbitrary: fc.constant(usual) },
		{ weight: 1, arbitrary: fc.constantFrom(...others) },
	);
}
