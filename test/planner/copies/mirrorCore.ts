import type { Situation } from "../../../provider/planner/situation";
import { aheads, copyStates, meaningful, modes, progressStatuses } from "../oracle/values";
import { type Change, ordinary, quiet } from "./core";
import { everyOperation } from "./values";

/** Every operation asked of a Mirror in every state, with everything else ordinary but one thing at a time. */
export function* everyMirrorRequest(): Generator<Situation> {
	for (const change of everyChange()) {
		for (const copyState of copyStates) {
			for (const direction of ["forward", "reverse"] as const) {
				for (const operation of everyOperation) {
					yield {
						observed: { ...mirror, copyState, direction, ...change.observed },
						capabilities: { operations: null, features: [], ...change.capabilities },
						desired: { state: "operation", operation, ...change.desired },
					};
				}
			}
		}
	}
}

function* everyChange(): Generator<Change> {
	yield {};
	for (const progressStatus of progressStatuses) {
		yield { observed: { progressStatus } };
		yield { observed: { progressStatus, job: "a job" } };
	}
	for (const reachable of [
		{ source: false, target: true },
		{ source: true, target: false },
		{ source: false, target: false },
	]) {
		yield { observed: { reachable } };
		yield { observed: { reachable, progressStatus: "Synchronizing" } };
	}
	for (const readOnly of [
		{ source: true, target: false },
		{ source: false, target: true },
	]) {
		yield { observed: { readOnly } };
		yield { observed: { readOnly }, capabilities: { features: [19] } };
		yield { observed: { usable: readOnly } };
	}
	for (const syncMode of modes) {
		yield { observed: { syncMode } };
	}
	for (const consistent of [true, false]) {
		yield { observed: { targetConsistent: consistent } };
		yield { observed: { sourceConsistent: consistent } };
	}
	for (const source of aheads) {
		for (const target of aheads) {
			yield { observed: { ahead: { source, target } } };
			yield { observed: { ahead: { source, target } }, desired: { keep: "source" } };
			yield { observed: { ahead: { source, target } }, desired: { keep: "target" } };
		}
	}
	for (const feature of meaningful) {
		yield { capabilities: { features: [feature] } };
	}
	yield { capabilities: { operations: [] } };
	for (const one of everyOperation) {
		yield { capabilities: { operations: everyOperation.filter((name) => name !== one) } };
		yield { capabilities: { operations: [one] } };
	}
	for (const at of ["source", "target"] as const) {
		for (const role of ["source", "target"] as const) {
			for (const syncType of ["Mirror", "Snapshot"] as const) {
				yield { observed: { neighbours: [{ ...quiet, at, role, syncType }] } };
				yield { observed: { neighbours: [{ ...quiet, at, role, syncType, copyState: "Split" }] } };
				yield { observed: { neighbours: [{ ...quiet, at, role, syncType, progressStatus: "Restoring" }] } };
			}
		}
	}
	yield { observed: { presence: "absent" } };
	yield { observed: { syncType: "Snapshot" } };
	yield { observed: { group: "a group" } };
	yield { observed: { copyState: { unknown: 16 } } };
}

const { done: _, ...withoutDone } = ordinary;
const mirror = { ...withoutDone, syncMode: "Synchronous", syncType: "Mirror" } as const;
