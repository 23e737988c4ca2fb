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
		yield { observed: { reachable, targetConsistent: false } };
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
		for (const keep of ["source", "target"] as const) {
			yield { observed: { ahead }, desired: { keep } };
		}
	}
	for (const targetExists of [false, true]) {
		yield { observed: { presence: "absent", targetExists } };
		yield { observed: { presence: "absent", targetExists }, desired: { keep: "target" } };
		yield { observed: { presence: "absent", targetExists, vanished: true } };
	}
	for (const progressStatus of progressStatuses) {
		yield { observed: { targetConsistent: false, progressStatus } };
	}
	yield { observed: { job: "a job" } };
	yield { observed: { syncType: "Snapshot" } };
}

function* everyPair(values: readonly (Ahead | null)[]): Generator<Observed["ahead"]> {
	for (const source of values) {
		for (const target of values) {
			yield { source, target };
		}
	}
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
