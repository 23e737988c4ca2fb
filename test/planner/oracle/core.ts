import type { Ahead } from "../../../provider/model/relationship";
import type { Desired, Observed, Situation } from "../../../provider/planner/situation";
import { advertisable, aheads, copyStates, meaningful, modes, progressStatuses, wishes } from "./values";

/**
 * The core of the space: every state × direction × wish, with everything else ordinary but one thing at a time. Simple
 * values come first, so that the first disagreement is one of the smallest.
 */
export function* everyCoreSituation(): Generator<Situation> {
	for (const change of everyChange()) {
		for (const copyState of copyStates) {
			for (const direction of ["forward", "reverse"] as const) {
				for (const desired of wishes) {
					yield {
						observed: { ...ordinary, copyState, direction, ...change.observed },
						capabilities: { operations: null, features: [], ...change.capabilities },
						desired: { ...desired, ...change.desired },
					};
				}
			}
		}
	}
}

interface Change {
	readonly observed?: Partial<Observed>;
	readonly capabilities?: Partial<Situation["capabilities"]>;
	readonly desired?: Partial<Desired>;
}

function* everyChange(): Generator<Change> {
	yield {};
	for (const reachable of reachabilities) {
		for (const progressStatus of progressStatuses) {
			yield { observed: { reachable, progressStatus } };
		}
		for (const progressStatus of ["Completed", "Pending", "FailingOver"] as const) {
			yield { observed: { reachable, progressStatus, job: "a job" } };
		}
		for (const usable of otherThan(true)) {
			yield { observed: { reachable, usable } };
		}
		for (const readOnly of otherThan(false)) {
			yield { observed: { reachable, readOnly } };
		}
		for (const targetConsistent of [null, true, false]) {
			for (const sourceConsistent of [null, true, false]) {
				yield { observed: { reachable, targetConsistent, sourceConsistent } };
			}
		}
		yield { observed: { reachable, copyState: { unknown: 16 } } };
		yield { observed: { reachable, copyState: { unknown: 17 } } };
		for (const feature of meaningful) {
			yield { observed: { reachable }, capabilities: { features: [feature] } };
		}
	}
	for (const left of advertisable) {
		yield { capabilities: { operations: advertisable.filter((name) => name !== left) } };
	}
	for (const only of advertisable) {
		yield { capabilities: { operations: [only] } };
	}
	yield { capabilities: { operations: [] } };
	for (const syncMode of modes) {
		for (const wished of ["Synchronous", "Asynchronous"] as const) {
			yield { observed: { syncMode }, desired: { syncMode: wished } };
			yield { observed: { syncMode, readOnly: { source: true, target: true } }, desired: { syncMode: wished } };
		}
	}
	for (const ahead of everyPair(aheads)) {
		yield { observed: { ahead } };
		for (const keep of ["source", "target"] as const) {
			yield { observed: { ahead }, desired: { keep } };
			yield { observed: { ahead, sourceConsistent: false }, desired: { keep } };
			yield { observed: { ahead, targetConsistent: false }, desired: { keep } };
		}
	}
	for (const targetExists of [false, true]) {
		yield { observed: { presence: "absent", targetExists } };
		yield { observed: { presence: "absent", targetExists }, desired: { keep: "target" } };
		yield { observed: { presence: "absent", targetExists, vanished: true } };
		yield { observed: { presence: "absent", targetExists, sourceConsistent: false } };
		yield { observed: { presence: "absent", targetExists, job: "a job" } };
	}
	for (const progressStatus of progressStatuses) {
		yield { observed: { targetConsistent: false, progressStatus } };
		yield { observed: { sourceConsistent: false, progressStatus } };
		for (const readOnly of otherThan(false)) {
			yield { observed: { readOnly, progressStatus } };
		}
	}
	yield { observed: { syncType: "Snapshot" } };
}

function* everyPair(values: readonly (Ahead | null)[]): Generator<Observed["ahead"]> {
	for (const source of values) {
		for (const target of values) {
			yield { source, target };
		}
	}
}

/** Both ends, or one of them, are not as they are ordinarily. */
function* otherThan(ordinarily: boolean): Generator<Observed["usable"]> {
	yield { source: !ordinarily, target: ordinarily };
	yield { source: ordinarily, target: !ordinarily };
	yield { source: !ordinarily, target: !ordinarily };
}

const reachabilities: readonly Observed["reachable"][] = [
	{ source: true, target: true },
	{ source: false, target: true },
	{ source: true, target: false },
	{ source: false, target: false },
];

const ordinary: Observed = {
	presence: "present",
	vanished: false,
	targetExists: false,
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
	usable: { source: true, target: true },
	job: null,
};
