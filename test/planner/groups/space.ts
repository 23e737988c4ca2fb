import fc from "fast-check";
import type { SupportedOperation } from "../../../provider/model/capabilities";
import type { Candidate, Desired, Member, Observed, Situation } from "../../../provider/planner/situation";
import { oneIn } from "../oneIn";
import { advertisable, copyStates, progressStatuses, wishes } from "../oracle/values";

/*
 * §5 "For groups: every set of one, two and (drawn) three member standings of the pair space × consistency 3 × missing or
 * extra pair × group features of §2.3 × G50." Sets of one are in law 2's core; two are enumerated over a core of standings.
 */

export const groupFeatures: readonly number[] = [
	4, 17, 18, 20, 27, 28, 29, 30, 31, 45, 46, 47, 48, 50, 52, 53, 58, 59, 60, 61, 63,
];

/** Every operation of §3 and §2.4. */
export const groupAdvertisable: readonly SupportedOperation[] = [
	...advertisable,
	"ActivateConsistency",
	"AddSyncPair",
	"DeactivateConsistency",
	"RemoveSyncPair",
];

const ordinaryMember: Member = {
	id: "a",
	copyState: "Synchronized",
	progressStatus: "Completed",
	direction: "forward",
	syncMode: "Synchronous",
	readOnly: { source: false, target: false },
	ahead: { source: null, target: null },
	targetConsistent: null,
	sourceConsistent: null,
	usable: { source: true, target: true },
	read: true,
};

/** One of each: what can stand beside something else in a set. The simplest first. */
const standings: readonly Partial<Member>[] = [
	...copyStates.map((copyState) => ({ copyState })),
	...(["RequiresResync", "RequiresActivate", "RequiresResume", "RequiresFracture", "RequiresSplit"] as const).map(
		(progressStatus) => ({ progressStatus, copyState: "Suspended" as const }),
	),
	{ progressStatus: "FailingOver" },
	{ progressStatus: "Suspending" },
	{ progressStatus: "Pending" },
	{ copyState: "Suspended", progressStatus: "Resyncing" },
	{ copyState: "Failedover", progressStatus: "FailingBack" },
	{ copyState: { unknown: 16 } },
	{ copyState: "Suspended", targetConsistent: false },
	{ copyState: "Suspended", sourceConsistent: false },
	{ copyState: "Suspended", ahead: { source: "recent", target: "no" } },
	{ syncMode: "Asynchronous" },
	{ ahead: { source: "yes", target: "no" } },
	{ readOnly: { source: true, target: false } },
	{ readOnly: { source: false, target: true } },
	{ usable: { source: true, target: false } },
	{ read: false },
	{ direction: "reverse" },
];

interface Change {
	readonly observed?: Partial<Observed>;
	readonly capabilities?: Partial<Situation["capabilities"]>;
	readonly desired?: Partial<Desired>;
}

/** Every two standings of the core × direction × wish, with one thing at a time that is not ordinary: the nth of each n. */
export function* everySetOfTwo(n: number): Generator<Situation> {
	let place = 0;
	for (const change of everyChange()) {
		for (const [index, one] of standings.entries()) {
			for (const other of standings.slice(index)) {
				for (const direction of ["forward", "reverse"] as const) {
					for (const desired of wishes) {
						if (place++ % oneIn(n) !== 0) {
							continue;
						}
						yield groupOf(
							[
								{ ...ordinaryMember, direction, ...one },
								{ ...ordinaryMember, direction, ...other, id: "b" },
							],
							desired,
							change,
						);
					}
				}
			}
		}
	}
}

/**
 * Sets that a stride may miss: a failover of a lost site that took only some, members of two modes, losses of two ages, a pair
 * that may leave where the group stands while the one that joins wants another stop, members that get to two states by a
 * wait, that a step makes alike, and whom equal steps bring together one after the other; one that is reversed there and back.
 */
export const namedSets: readonly Situation[] = [
	groupOf(
		[
			{ ...ordinaryMember, copyState: "Failedover" },
			{ ...ordinaryMember, id: "b" },
		],
		{ state: "failedOver" },
		{ observed: { reachable: { source: false, target: true } } },
	),
	groupOf([ordinaryMember, { ...ordinaryMember, id: "b", syncMode: "Asynchronous" }], {
		state: "active",
		syncMode: "Synchronous",
	}),
	...(["yes", "recent"] as const).map((one) =>
		groupOf(
			[
				{ ...ordinaryMember, copyState: "Suspended", ahead: { source: "no", target: one } },
				{
					...ordinaryMember,
					id: "b",
					copyState: "Suspended",
					ahead: { source: "recent", target: one === "yes" ? "recent" : "yes" },
				},
			],
			{ state: "active" },
		),
	),
	groupOf(
		[
			{ ...ordinaryMember, copyState: "Suspended" },
			{ ...ordinaryMember, id: "b", copyState: "Suspended" },
		],
		{ state: "active", pairs: ["a", "x"] },
		{
			observed: {
				candidates: [{ ...ordinaryMember, id: "x", presence: "present", syncType: "Mirror", copyState: "Fractured" }],
			},
			capabilities: { features: [45, 47] },
		},
	),
	groupOf(
		[
			{ ...ordinaryMember, copyState: "Skewed" },
			{ ...ordinaryMember, id: "b", copyState: "Suspended", progressStatus: "Resyncing" },
		],
		{ state: "reversed", consistency: false },
		{ observed: { consistency: true } },
	),
	...(["Split", "Fractured"] as const).map((copyState) =>
		groupOf(
			[
				{ ...ordinaryMember, copyState, direction: "reverse" },
				{ ...ordinaryMember, id: "b", copyState: "Suspended", progressStatus: "RequiresSplit", direction: "reverse" },
			],
			{ state: "active" },
			{ capabilities: { operations: groupAdvertisable.filter((name) => name !== "ResyncReplica") } },
		),
	),
	groupOf(
		[
			{ ...ordinaryMember, copyState: "Fractured", direction: "reverse" },
			{ ...ordinaryMember, id: "b", ahead: { source: "yes", target: "no" }, direction: "reverse" },
		],
		{ state: "reversed" },
		{ capabilities: { operations: groupAdvertisable.filter((name) => name !== "ResyncReplica") } },
	),
	groupOf(
		[
			{ ...ordinaryMember, direction: "reverse" },
			{ ...ordinaryMember, id: "b", copyState: "Suspended", progressStatus: "RequiresFracture", direction: "reverse" },
		],
		{ state: "active" },
		{ capabilities: { operations: groupAdvertisable.filter((name) => name !== "ResyncReplica") } },
	),
	...([undefined, "source", "target"] as const).map((keep) =>
		groupOf(
			[
				{ ...ordinaryMember, copyState: "Failedover" },
				{ ...ordinaryMember, id: "b" },
			],
			{ state: "active", ...(keep === undefined ? {} : { keep }) },
			{
				capabilities: { operations: groupAdvertisable.filter((name) => name !== "Failback"), features: [30, 31] },
			},
		),
	),
];

function* everyChange(): Generator<Change> {
	yield {};
	for (const reachable of [
		{ source: false, target: true },
		{ source: true, target: false },
	]) {
		yield { observed: { reachable } };
		yield { observed: { reachable, copyState: "Failedover" } };
	}
	for (const consistency of [true, false, null]) {
		for (const wished of [true, false]) {
			yield { observed: { consistency }, desired: { consistency: wished } };
			yield { observed: { consistency }, desired: { consistency: wished }, capabilities: { features: [61, 4] } };
		}
		yield { observed: { consistency } };
	}
	for (const feature of groupFeatures) {
		yield { capabilities: { features: [feature] } };
	}
	yield { observed: { copyState: "Failedover" } };
	yield { observed: { progressStatus: "FailingOver" } };
	yield { observed: { job: "a job" } };
	yield { capabilities: { element: null } };
	yield { capabilities: { element: { operations: ["Resume", "Failover"], features: [15] } } };
	for (const left of groupAdvertisable) {
		yield { capabilities: { operations: groupAdvertisable.filter((name) => name !== left) } };
	}
	for (const syncMode of ["Synchronous", "Asynchronous"] as const) {
		yield { desired: { syncMode } };
	}
	for (const keep of ["source", "target"] as const) {
		yield { desired: { keep } };
	}
}

const related: Candidate & { readonly presence: "present" } = {
	...ordinaryMember,
	id: "x",
	presence: "present",
	syncType: "Mirror",
};

/** What can stand outside and be wished in. */
const outside: readonly Candidate[] = [
	related,
	{ ...related, copyState: "Unsynchronized", progressStatus: "Synchronizing" },
	{ ...related, copyState: "Suspended" },
	{ ...related, copyState: "Fractured" },
	{ ...related, direction: "reverse" },
	{ ...related, syncMode: "Asynchronous" },
	{ ...related, syncType: "Snapshot" },
	{ id: "x", presence: "absent", targetExists: false, read: true },
	{ id: "x", presence: "absent", targetExists: true, read: true },
];

/** Missing and extra pairs × what 45 to 48 and 63 say × where the group stands × what is wished. */
export function* everyChangeOfPairs(): Generator<Situation> {
	const lists = [[], [45], [46], [47], [48], [45, 47], [47, 48], [63], [45, 63], [46, 63], [47, 63], [50]];
	const places: Partial<Member>[] = [
		{},
		{ copyState: "Suspended" },
		{ copyState: "Fractured" },
		{ copyState: "Split" },
		{ copyState: "Unsynchronized", progressStatus: "Synchronizing" },
		{ copyState: "Failedover" },
		{ readOnly: { source: true, target: true } },
		{ copyState: "Suspended", ahead: { source: "recent", target: "no" } },
	];
	const wished: readonly Desired[] = [
		{ state: "active" },
		{ state: "reversed" },
		{ state: "suspended" },
		{ state: "active", syncMode: "Synchronous" },
		{ state: "active", keep: "target" },
	];
	for (const features of lists) {
		for (const place of places) {
			for (const other of [place, {}]) {
				for (const candidate of [null, ...outside]) {
					for (const pairs of candidate === null ? [["a"], []] : [["a", "b", "x"], ["a", "x"], ["x"]]) {
						for (const desired of wished) {
							for (const direction of ["forward", "reverse"] as const) {
								yield groupOf(
									[
										{ ...ordinaryMember, direction, ...place },
										{ ...ordinaryMember, direction, ...other, id: "b" },
									],
									{ ...desired, pairs },
									{
										observed: { candidates: candidate === null ? [] : [towards(candidate, direction)] },
										capabilities: { features },
									},
								);
							}
						}
					}
				}
			}
		}
	}
}

/** A candidate of the core stands as its group does, unless it is the one that does not. */
function towards(candidate: Candidate, direction: Observed["direction"]): Candidate {
	if (candidate.presence === "absent" || direction === "forward") {
		return candidate;
	}
	return { ...candidate, direction: candidate.direction === "forward" ? "reverse" : "forward" };
}

/** Sets of one to three, drawn from everything; mostly such as are not refused at once. Shrinks towards the ordinary. */
export function anyGroup(): fc.Arbitrary<Situation> {
	return fc
		.record({
			direction: fc.constantFrom("forward", "reverse"),
			members: fc.array(anyPair(), { minLength: 1, maxLength: 3 }),
			candidates: fc.array(anyCandidate(), { maxLength: 2 }),
			ofGroup: fc.record({
				reachable: fc.oneof(
					{ weight: 8, arbitrary: fc.constant({ source: true, target: true }) },
					{ weight: 2, arbitrary: fc.constantFrom({ source: false, target: true }, { source: true, target: false }) },
				),
				consistency: fc.constantFrom(null, true, false),
				job: mostly(null, "a job"),
				copyState: fc.constantFrom("Mixed", "Synchronized", "Failedover"),
			}),
			capabilities: anyCapabilities(),
			desired: anyDesired(),
			extra: fc.constantFrom("as found", "missing", "extra", "both"),
		})
		.map(({ direction, members, candidates, ofGroup, capabilities, desired, extra }) => {
			const ids = ["a", "b", "c"];
			const inside = members.map((member, index) => ({ ...member, direction, id: ids[index] ?? "" }));
			const around = candidates.map((candidate, index): Candidate => {
				const id = ["x", "y"][index] ?? "";
				return candidate.presence === "present" ? { ...candidate, direction, id } : { ...candidate, id };
			});
			const stays = extra === "extra" || extra === "both" ? inside.slice(0, 1) : inside;
			const joins = extra === "missing" || extra === "both" ? around : [];
			const pairs = extra === "as found" ? {} : { pairs: [...stays, ...joins].map(({ id }) => id) };
			return groupOf(inside, { ...desired, ...pairs }, { observed: { ...ofGroup, candidates: joins }, capabilities });
		});
}

function anyPair(): fc.Arbitrary<Member> {
	return fc.record<Member>({
		id: fc.constant("a"),
		copyState: fc.oneof(
			{ withCrossShrink: true },
			{ weight: 12, arbitrary: fc.constantFrom("Synchronized", "Suspended", "Fractured", "Split") },
			{ weight: 6, arbitrary: fc.constantFrom(...copyStates) },
		),
		progressStatus: fc.oneof(
			{ withCrossShrink: true },
			{ weight: 8, arbitrary: fc.constant("Completed" as const) },
			{ weight: 2, arbitrary: fc.constantFrom(...progressStatuses) },
		),
		direction: fc.constant("forward"),
		syncMode: mostly("Synchronous", "Asynchronous", "Unknown"),
		readOnly: perEnd(mostly(false, true)),
		ahead: perEnd(mostly(null, "no", "recent", "yes")),
		targetConsistent: mostly(null, true, false),
		sourceConsistent: mostly(null, true, false),
		usable: perEnd(mostly(true, false)),
		read: fc.oneof({ weight: 40, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
	});
}

function anyCandidate(): fc.Arbitrary<Candidate> {
	return fc.oneof(
		fc
			.record({ pair: anyPair(), syncType: mostly("Mirror" as const, "Snapshot" as const) })
			.map(({ pair, syncType }): Candidate => ({ ...pair, read: true, presence: "present", syncType })),
		fc.boolean().map((targetExists): Candidate => ({ id: "x", presence: "absent", targetExists, read: true })),
	);
}

function anyCapabilities(): fc.Arbitrary<Situation["capabilities"]> {
	const mostOf = (all: readonly SupportedOperation[]) =>
		fc.oneof(
			fc.constant(null),
			fc.subarray([...all], { maxLength: 3 }).map((left) => all.filter((name) => !left.includes(name))),
			fc.subarray([...all]),
		);
	return fc.record({
		operations: mostOf(groupAdvertisable),
		features: fc.subarray([...groupFeatures], { maxLength: 4 }),
		element: fc.oneof(
			fc.constant(null),
			fc.record({ operations: mostOf(advertisable), features: fc.subarray([15, 16, 22, 54], { maxLength: 2 }) }),
		),
	});
}

function anyDesired(): fc.Arbitrary<Desired> {
	const rest = fc.record(
		{
			syncMode: fc.constantFrom("Synchronous", "Asynchronous"),
			keep: fc.constantFrom("source", "target"),
			consistency: fc.boolean(),
		},
		{ requiredKeys: [] },
	);
	return fc.tuple(fc.constantFrom(...wishes), rest).map(([wish, more]) => ({ ...wish, ...more }));
}

export function groupOf(members: readonly Member[], desired: Desired, change: Change = {}): Situation {
	const [first = ordinaryMember] = members;
	const { id, read, ...own } = first;
	const alike = members.every(({ copyState }) => JSON.stringify(copyState) === JSON.stringify(first.copyState));
	return {
		observed: {
			...own,
			presence: "present",
			vanished: false,
			targetExists: false,
			copyState: alike ? first.copyState : "Mixed",
			progressStatus: "Completed",
			syncType: "Mirror",
			reachable: { source: true, target: true },
			job: null,
			subject: "group",
			members,
			candidates: [],
			consistency: null,
			...change.observed,
		},
		capabilities: {
			operations: null,
			features: [],
			element: { operations: null, features: [] },
			...change.capabilities,
		},
		desired: { ...desired, ...change.desired },
	};
}

function perEnd<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<{ source: Value; target: Value }> {
	return fc.record({ source: value, target: value });
}

function mostly<const Value>(ordinary: Value, ...others: Value[]): fc.Arbitrary<Value> {
	return fc.oneof(
		{ withCrossShrink: true },
		{ weight: 7, arbitrary: fc.constant(ordinary) },
		{ weight: 3, arbitrary: fc.constantFrom(...others) },
	);
}
