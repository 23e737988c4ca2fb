import type { Capabilities, SupportedOperation } from "../../provider/model/capabilities";
import {
	type Ahead,
	type CopyState,
	newerProgressStatus,
	type PerEnd,
	type ProgressStatus,
	type SyncMode,
} from "../../provider/model/relationship";
import { relationship } from "../../provider/model/vocabulary";
import { plannedOperations } from "../../provider/planner/operations";
import type { Desired, Observed, Situation } from "../../provider/planner/situation";

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

const copyStates = Object.keys(relationship.synchronizedCopyState) as CopyState[];
const progressStatuses = Object.keys({
	...relationship.virtualDiskToVirtualDiskProgressStatus,
	...newerProgressStatus,
}) as ProgressStatus[];
const modes: readonly SyncMode[] = ["Synchronous", "Asynchronous", "Unknown"];
const aheads: readonly (Ahead | null)[] = [null, null, null, "no", "recent", "yes"];
const wishes: readonly Desired["state"][] = ["active", "suspended", "reversed", "failedOver", "split", "absent"];

/** Feature sets that change plans: alone, and as families combine them. */
export const featureSets: readonly (readonly number[])[] = [
	[],
	[15],
	[16],
	[19],
	[20],
	[20, 22],
	[22],
	[29],
	[30],
	[31],
	[32],
	[33],
	[29, 33],
	[32, 33],
	[29, 32, 33],
	[47],
	[48],
	[54],
	[47, 48],
	[52],
	[53],
	[32, 53],
	[15, 19, 20, 22, 54],
	[19, 32],
	[20, 32],
	[15, 29],
];

export const capabilitySets: readonly Capabilities["operations"][] = [
	null,
	[],
	plannedOperations,
	...plannedOperations.map((left) => plannedOperations.filter((name) => name !== left)),
	["Suspend", "Resume", "Detach", "Failover"] satisfies SupportedOperation[],
	["Split", "ResyncReplica", "ReverseRoles", "Dissolve"] satisfies SupportedOperation[],
];

/** Any situation there can be; most of them can be planned. */
export function randomSituation(random: () => number): Situation {
	const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
	const chance = (probability: number) => random() < probability;
	const perEnd = <T>(make: () => T): PerEnd<T> => ({ source: make(), target: make() });
	const settled = pick<ProgressStatus>(["Completed", "Completed", "Dormant", "NotApplicable", "Unknown"]);
	const observed: Observed = {
		presence: chance(0.08) ? "absent" : "present",
		vanished: chance(0.1),
		targetExists: chance(0.5),
		copyState: chance(0.02) ? { unknown: pick([16, 16, 17, 0x8001]) } : pick(copyStates),
		progressStatus: chance(0.01) ? { unknown: 99 } : chance(0.6) ? settled : pick(progressStatuses),
		direction: pick(["forward", "reverse"]),
		syncMode: pick(modes),
		syncType: chance(0.03) ? pick(["Snapshot", "Clone", { unknown: 9 }]) : "Mirror",
		reachable: perEnd(() => !chance(0.12)),
		readOnly: perEnd(() => chance(0.3)),
		ahead: perEnd(() => pick(aheads)),
		targetConsistent: pick([null, null, true, false]),
		sourceConsistent: pick([null, null, true, false]),
		usable: perEnd(() => !chance(0.1)),
		job: chance(0.03) ? "job-1" : null,
	};
	const state = pick(wishes);
	const desired: Desired = {
		state,
		...(chance(0.4) ? { syncMode: pick(["Synchronous", "Asynchronous"] as const) } : {}),
		...(state === "failedOver" && chance(0.6) ? { to: pick(["source", "target"] as const) } : {}),
		...(state === "absent" && chance(0.5) ? { by: pick(["Detach", "Dissolve"] as const) } : {}),
		...(chance(0.25) ? { keep: pick(["source", "target"] as const) } : {}),
	};
	return {
		observed,
		capabilities: { operations: pick(capabilitySets), features: pick(featureSets) },
		desired,
	};
}

/**
 * The core of the space, whole: settled states × wishes × directions × reachability, with every way in which who is ahead
 * can be told (journal and Access) and every half disk, then with every set of features.
 */
export function* everyCoreSituation(): Generator<Situation> {
	for (const observed of everySettled())
		for (const state of wishes) {
			for (const journal of everyJournal())
				for (const targetConsistent of [null, false])
					for (const sourceConsistent of [null, false])
						yield {
							observed: { ...observed, ...journal, targetConsistent, sourceConsistent },
							capabilities: { operations: null, features: [] },
							desired: { state },
						};
			for (const age of [null, "no", "yes"] as const)
				for (const features of featureSets)
					yield {
						observed: { ...observed, ahead: { source: age, target: age } },
						capabilities: { operations: null, features },
						desired: { state },
					};
		}
}

function* everySettled(): Generator<Observed> {
	for (const copyState of [...copyStates, { unknown: 16 }])
		for (const direction of ["forward", "reverse"] as const)
			for (const [source, target] of [
				[true, true],
				[false, true],
				[true, false],
			] as const)
				yield {
					presence: "present",
					vanished: false,
					targetExists: true,
					copyState,
					progressStatus: "Completed",
					direction,
					syncMode: "Synchronous",
					syncType: "Mirror",
					reachable: { source, target },
					readOnly: { source: false, target: false },
					ahead: { source: null, target: null },
					targetConsistent: null,
					sourceConsistent: null,
					usable: { source: true, target: true },
					job: null,
				};
}

function* everyJournal(): Generator<Pick<Observed, "ahead" | "readOnly">> {
	const ages: readonly (Ahead | null)[] = [null, "no", "recent", "yes"];
	for (const source of ages)
		for (const target of ages)
			for (const [sourceIs, targetIs] of [
				[false, false],
				[true, false],
				[false, true],
				[true, true],
			] as const)
				yield { ahead: { source, target }, readOnly: { source: sourceIs, target: targetIs } };
}
