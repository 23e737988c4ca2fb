import type { SupportedOperation } from "../../../provider/model/capabilities";
import type { Desired, Neighbour, Observed, Situation } from "../../../provider/planner/situation";
import { aheads, progressStatuses } from "../oracle/values";
import { advertisable, copyStates, kinds, meaningful, of3par, requestsOf, wishesOf } from "./values";

/**
 * The core of the space of §5: every kind × wish × state, with everything else ordinary but one thing at a time. Simple
 * values come first, so that the first disagreement is one of the smallest.
 */
export function* everyCoreSituation(): Generator<Situation> {
	for (const change of everyChange()) {
		for (const kind of change.alsoRequests ? kinds : plainKinds) {
			const wishes = change.alsoRequests ? [...wishesOf(kind), ...requestsOf(kind)] : wishesOf(kind);
			for (const copyState of change.alsoRequests ? copyStates : steered) {
				for (const desired of wishes) {
					yield {
						observed: { ...ordinary, syncType: kind, copyState, ...change.observed },
						capabilities: { operations: null, features: [], ...change.capabilities },
						desired: { ...desired, ...change.desired },
					};
				}
			}
		}
	}
}

/** What is offloaded is planned like a clone, and states without a meaning are refused whatever else is: once is enough. */
const plainKinds = ["Snapshot", "Clone"] as const;
const steered = copyStates.filter(
	(state) => !["NotApplicable", "Mixed"].includes(String(state)) && typeof state === "string",
);

export interface Change {
	readonly observed?: Partial<Observed>;
	readonly capabilities?: Partial<Situation["capabilities"]>;
	readonly desired?: Partial<Desired>;
	/** Operations on request are asked too. */
	readonly alsoRequests?: true;
}

function* everyChange(): Generator<Change> {
	yield { alsoRequests: true };
	for (const progressStatus of progressStatuses) {
		yield { observed: { progressStatus }, alsoRequests: true };
		yield { observed: { progressStatus, restoreOpen: true } };
		yield { observed: { progressStatus, reachable: { source: true, target: false } } };
		yield { observed: { progressStatus, sourceConsistent: false } };
		yield { observed: { progressStatus, job: "a job" } };
		for (const feature of [18, 22, 27, 49]) {
			yield { observed: { progressStatus }, capabilities: { features: [feature] } };
		}
	}
	for (const targetConsistent of [null, true, false]) {
		for (const sourceConsistent of [null, true, false]) {
			yield { observed: { targetConsistent, sourceConsistent } };
		}
		for (const restoreOpen of [true, false]) {
			yield { observed: { targetConsistent, restoreOpen }, alsoRequests: true };
			yield { observed: { targetConsistent, restoreOpen }, desired: { keep: "source" } };
			yield { observed: { targetConsistent, restoreOpen }, desired: { keep: "target" } };
		}
	}
	for (const reachable of reachabilities) {
		yield { observed: { reachable }, alsoRequests: true };
		yield { observed: { reachable, restoreOpen: true } };
	}
	for (const source of aheads) {
		for (const target of aheads) {
			yield { observed: { ahead: { source, target } } };
			yield { observed: { ahead: { source, target }, readOnly: { source: true, target: false } } };
			yield { observed: { ahead: { source, target } }, desired: { keep: "target" } };
			yield { observed: { ahead: { source, target }, targetConsistent: false } };
		}
	}
	for (const readOnly of readOnlies) {
		yield { observed: { readOnly } };
		yield { observed: { readOnly }, capabilities: { features: [23] } };
	}
	yield { observed: { job: "a job" }, alsoRequests: true };
	yield { observed: { job: "a job", restoreOpen: true } };
	for (const done of dones) {
		yield { observed: { done } };
		yield { observed: { done, restoreOpen: true } };
		yield { observed: { done, progressStatus: "Restoring" } };
	}
	for (const feature of meaningful) {
		yield { capabilities: { features: [feature] }, alsoRequests: true };
		yield { capabilities: { features: [feature] }, observed: { targetConsistent: false } };
		yield { capabilities: { features: [feature] }, observed: { restoreOpen: true } };
	}
	for (const operations of everyAdvertised()) {
		yield { capabilities: { operations } };
		yield { capabilities: { operations }, observed: { targetConsistent: false } };
		yield { capabilities: { operations }, observed: { job: "a job" } };
	}
	for (const ended of [null, "complete", "restored"] as const) {
		for (const vanished of [false, true]) {
			for (const targetExists of [false, true]) {
				const observed = { presence: "absent", copyState: "NotApplicable", ended, vanished, targetExists } as const;
				yield { observed, alsoRequests: true };
				yield { observed: { ...observed, job: "a job" } };
				yield { observed: { ...observed, reachable: { source: true, target: false } } };
				yield { observed, capabilities: { features: [23] } };
				yield { observed, desired: { keep: "target" } };
			}
		}
	}
	for (const neighbour of everyNeighbour()) {
		yield { observed: { neighbours: [neighbour] } };
	}
	for (const neighbour of someNeighbours()) {
		yield { observed: { neighbours: [neighbour] }, alsoRequests: true };
		yield { observed: { presence: "absent", copyState: "NotApplicable", neighbours: [neighbour] } };
		yield { observed: { neighbours: [neighbour] }, capabilities: { features: [4] } };
	}
	yield { observed: { group: "a group" } };
	yield { observed: { syncType: "Mirror" } };
	// "8 and 9 count as one, a host may show either"
	yield { observed: { syncType: "Clone" }, alsoRequests: true };
	yield { observed: { syncType: "TokenizedClone" } };
}

function* everyAdvertised(): Generator<readonly SupportedOperation[]> {
	yield [];
	yield of3par;
	yield advertisable;
	for (const one of advertisable) {
		yield advertisable.filter((name) => name !== one);
		yield [one];
	}
}

/** §5 "one neighbour of each kind, role, state" */
function* everyNeighbour(): Generator<Neighbour> {
	for (const syncType of ["Mirror", "Snapshot", "Clone"] as const) {
		for (const at of ["source", "target"] as const) {
			for (const role of ["source", "target"] as const) {
				for (const copyState of copyStates) {
					yield { ...quiet, at, role, syncType, copyState };
				}
			}
		}
	}
}

function* someNeighbours(): Generator<Neighbour> {
	for (const at of ["source", "target"] as const) {
		for (const role of ["source", "target"] as const) {
			yield { ...quiet, at, role };
			yield { ...quiet, at, role, copyState: "Split" };
			yield { ...quiet, at, role, copyState: "Split", progressStatus: "Resyncing" };
			yield { ...quiet, at, role, copyState: "Failedover" };
			yield { ...quiet, at, role, copyState: "Suspended", targetConsistent: false };
			yield { ...quiet, at, role, syncType: "Snapshot", progressStatus: "Restoring" };
		}
	}
}

export const quiet: Neighbour = {
	at: "source",
	role: "source",
	syncType: "Mirror",
	copyState: "Synchronized",
	progressStatus: "Completed",
	targetConsistent: null,
	syncMode: "Unknown",
};

const reachabilities: readonly Observed["reachable"][] = [
	{ source: false, target: true },
	{ source: true, target: false },
	{ source: false, target: false },
];

const readOnlies: readonly Observed["readOnly"][] = [
	{ source: true, target: false },
	{ source: false, target: true },
	{ source: true, target: true },
];

const dones = [
	{ retake: true, restore: false },
	{ retake: false, restore: true },
	{ retake: true, restore: true },
];

/** What is asked once is not done, so that asking makes a difference. */
export const ordinary: Observed = {
	presence: "present",
	vanished: false,
	targetExists: false,
	copyState: "Synchronized",
	progressStatus: "Completed",
	direction: "forward",
	syncMode: "Unknown",
	syncType: "Snapshot",
	reachable: { source: true, target: true },
	readOnly: { source: false, target: false },
	ahead: { source: null, target: null },
	targetConsistent: null,
	sourceConsistent: null,
	usable: { source: true, target: true },
	job: null,
	done: { retake: false, restore: false },
};
