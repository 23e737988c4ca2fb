import type { Neighbour, Situation } from "../../../provider/planner/situation";
import { type Move, rowsFrom } from "../oracle/moves";
import {
	type Facts,
	factsOf,
	defaultReadings as ofMirrors,
	reachSynchronized,
	S,
	T,
	type World,
	worldOf,
} from "../oracle/world";
import type { OracleAnswer, OraclePlan } from "./answer";
import { defaultReadings, type Readings } from "./readings";
import type { CopyStep } from "./rows";

/** §3: what the text says about one operation that is asked of a Mirror by name. */
export function answerOfMirrorRequest(situation: Situation, readings: Readings = defaultReadings): OracleAnswer {
	const { observed } = situation;
	if (!observed.reachable.source && !observed.reachable.target) {
		return refused("SR1001");
	}
	const answer = answerOutsideGroups(situation, readings);
	// (1a) "the pair belongs to a group, unless the plan is empty"
	const isEmpty = answer.outcome === "plan" && answer.steps.length === 0;
	return observed.group != null && !isEmpty ? refused("SR1029") : answer;
}

function answerOutsideGroups(situation: Situation, readings: Readings): OracleAnswer {
	const { observed, desired } = situation;
	const name = desired.operation ?? "";
	const facts = { ...factsOf(situation, ofMirrors), wishedMode: modeOf(name) };
	if (observed.presence === "absent") {
		return refused("SR1002", "SR1003", "SR1004", "SR1030", "SR1040");
	}
	// (3), and (3a) "3, 5, 6, 13 want a group, 19 a Snapshot: else refused"
	if (observed.syncType !== "Mirror") {
		return refused("SR1005", "SR1030");
	}
	const unfit = [
		"ActivateConsistency",
		"AddSyncPair",
		"DeactivateConsistency",
		"RemoveSyncPair",
		"ReturnToResourcePool",
	];
	if (unfit.includes(name)) {
		return refused("SR1030", "SR1040");
	}
	// (4)
	const { copyState, progressStatus } = observed;
	if (typeof copyState !== "string" || typeof progressStatus !== "string") {
		return refused("SR1006");
	}
	if (copyState === "NotApplicable" || copyState === "Mixed") {
		return refused("SR1006");
	}
	const seen = worldOf(situation, facts);
	const world = seen.phase === "ambiguous" && name === "Abort" ? behindTheJob(situation, facts) : seen;
	// "Ambiguous phase or job: one wait and replan, but Abort of a visible copy is planned through its job."
	if (world.phase === "ambiguous") {
		return waitAndReplan;
	}
	const row = rowFor(name, world, facts, readings);
	if (row) {
		const against = saidAgainst(row.step, world, situation, readings);
		return against.length > 0 ? refused(...against) : planOf(row);
	}
	// "except Failover on Failedover: refused, never sent"
	if (name === "Failover" && facts.failedoverWasObserved) {
		return refused("SR1040", "SR1008", "SR1009", "SR1010");
	}
	if (isAlreadyThere(name, world)) {
		return { outcome: "plan", steps: [], needsApproval: false, replan: false, moves: [] };
	}
	return refused(...causesOf(name, world, facts, readings), "SR1040");
}

/** The rows of the pair model, with the kept end, and what only a request has. */
function rowFor(name: string, world: World, facts: Facts, readings: Readings): Move | undefined {
	const own = [
		restoreFromReplica(world, facts),
		abort(world, facts, readings),
		deactivate(world, facts, readings),
		unprepare(world, facts, readings),
	]
		.filter((move) => move !== null)
		.filter(({ step }) => facts.advertised === null || facts.advertised.has(step.operation ?? ""));
	return [...rowsFrom(world, facts), ...own]
		.filter(({ step }) => step.operation === name)
		.find(({ step }) => !takesKept(step, facts));
}

/** "RestoreFromReplica (…; exempt from the kept end as §1.5 …)" */
function takesKept({ operation, loses }: CopyStep, { keptEnd }: Facts): boolean {
	return operation !== "RestoreFromReplica" && loses?.age === "yes" && loses.end === keptEnd;
}

/** RestoreFromReplica 15 (Fractured, Split; both; Synchronized; dataLoss if S ahead); "result Synchronized with S and T equal". */
function restoreFromReplica(world: World, facts: Facts): Move | null {
	if (!settledIn(world, "Fractured", "Split") || !both(facts) || world.targetConsistent === false) {
		return null;
	}
	const end = S(world.direction);
	const age = world.ahead[end];
	const reached = reachSynchronized(world, facts);
	const move = step("RestoreFromReplica", world, "availability", reached, "restore");
	return age === "no" ? move : { ...move, step: { ...move.step, hazard: "dataLoss", loses: { end, age } } };
}

/** Abort 2 (copying; Aborted; protectionLoss) */
function abort(world: World, facts: Facts, readings: Readings): Move | null {
	return world.phase === "copying" && enough(world, facts, readings)
		? step("Abort", world, "protectionLoss", { ...world, copy: "Aborted", phase: "settled" })
		: null;
}

/** Deactivate 7 (Synchronized, copying; Inactive; … protectionLoss) */
function deactivate(world: World, facts: Facts, readings: Readings): Move | null {
	return (settledIn(world, "Synchronized") || world.phase === "copying") && enough(world, facts, readings)
		? step("Deactivate", world, "protectionLoss", { ...world, copy: "Inactive", phase: "settled" })
		: null;
}

/** Unprepare 23 (Prepared; Initialized; none) */
function unprepare(world: World, facts: Facts, readings: Readings): Move | null {
	return settledIn(world, "Prepared") && enough(world, facts, readings)
		? step("Unprepare", world, "none", { ...world, copy: "Initialized", phase: "settled" })
		: null;
}

/** §3 "*Already there* (§2.4, for pairs too)". Failback on Synchronized is there only in a set with a Failedover one. */
function isAlreadyThere(name: string, world: World): boolean {
	switch (name) {
		case "Suspend":
			return settledIn(world, "Suspended", "Fractured", "Split");
		case "Fracture":
			return settledIn(world, "Fractured", "Split");
		case "Split":
			return settledIn(world, "Split");
		case "Resume":
		case "ResyncReplica":
			return settledIn(world, "Synchronized") || world.phase === "copying";
		case "Activate":
			return settledIn(world, "Synchronized");
		case "ResetToSync":
		case "ResetToAsync":
			return world.phase === "settled" && world.mode === modeOf(name);
		default:
			return false;
	}
}

/** §1.7, the rows that concern a Mirror. Its S is the end that data flows from now. */
function saidAgainst({ operation }: CopyStep, world: World, situation: Situation, readings: Readings): string[] {
	const s = S(world.direction);
	const found: string[] = [];
	for (const neighbour of situation.observed.neighbours ?? []) {
		const isMirror = neighbour.syncType === "Mirror";
		const onS = neighbour.at === s;
		if (operation === "RestoreFromReplica" && onS && isMirror) {
			if (neighbour.role === "source" && !isSettledIn(neighbour, readings, "Split", "Fractured")) {
				found.push("SR1034", "SR1035");
			}
			if (neighbour.role === "target" && neighbour.copyState !== "Failedover") {
				found.push("SR1035", "SR1034");
			}
		}
		// "anything that makes a disk a target (create, Failback, ReverseRoles; …)"
		const makesTarget = operation === "Failback" || operation === "ReverseRoles";
		const restores = operation === "RestoreFromReplica" && readings.restoreMakesTarget && !isMirror;
		if ((makesTarget || restores) && onS && neighbour.role === "target") {
			found.push("SR1035");
		}
		// "A neighbour Restoring: nothing that copies from S"
		const copies =
			operation === "Resume" ||
			operation === "ResyncReplica" ||
			operation === "Activate" ||
			operation === "RestoreFromReplica";
		const isCopyOfS = !isMirror && onS && neighbour.role === "source";
		// The text is silent on what makes S a target meanwhile; its image would be gone with it.
		// Nor is it on T, of which a Failback is a copy.
		const isOfT = !isMirror && !onS && neighbour.role === "source" && operation === "Failback";
		if ((((copies || makesTarget) && isCopyOfS) || isOfT) && neighbour.progressStatus === "Restoring") {
			found.push("SR1027");
		}
	}
	return found;
}

function isSettledIn({ copyState, progressStatus }: Neighbour, readings: Readings, ...states: string[]): boolean {
	const settled = ["Completed", "Dormant", "NotApplicable", "Unknown"].includes(String(progressStatus));
	return states.includes(String(copyState)) && (settled || !readings.splitMustBeSettled);
}

/** What alone stands in the way, in the order of the pair model's §4. */
function causesOf(name: string, world: World, facts: Facts, readings: Readings): string[] {
	const without = (...features: number[]): Facts => ({
		...facts,
		features: new Set([...facts.features].filter((feature) => !features.includes(feature))),
	});
	const gates = [15, 29, 30, 31, 32, 33, 47, 48, 52, 53, 54];
	const causes: readonly (readonly [string, World, Facts])[] = [
		["SR1020", world, { ...facts, advertised: null }],
		["SR1021", world, without(19)],
		["SR1022", world, without(...gates)],
		["SR1023", { ...world, targetConsistent: null }, facts],
		["SR1027", { ...world, sourceConsistent: null }, facts],
		["SR1028", world, { ...facts, usable: { source: true, target: true } }],
		["SR1024", world, without(16)],
		["SR1025", world, { ...facts, keptEnd: null }],
	];
	return causes.filter(([, made, other]) => rowFor(name, made, other, readings)).map(([code]) => code);
}

function modeOf(name: string): "Synchronous" | "Asynchronous" | null {
	return name === "ResetToSync" ? "Synchronous" : name === "ResetToAsync" ? "Asynchronous" : null;
}

function behindTheJob(situation: Situation, facts: Facts): World {
	const seen = worldOf(situation, facts);
	const behind = worldOf({ ...situation, observed: { ...situation.observed, job: null } }, facts);
	return behind.phase === "copying" ? behind : seen;
}

function settledIn({ gone, phase, copy }: World, ...states: World["copy"][]): boolean {
	return !gone && phase === "settled" && states.includes(copy);
}

function both({ reachable }: Facts): boolean {
	return reachable.source && reachable.target;
}

function enough(world: World, facts: Facts, readings: Readings): boolean {
	return (
		facts.reachable[S(world.direction)] && (readings.mirrorRequestsNeedOnlyS || facts.reachable[T(world.direction)])
	);
}

function step(
	operation: "RestoreFromReplica" | "Abort" | "Deactivate" | "Unprepare",
	world: World,
	hazard: "none" | "availability" | "protectionLoss",
	next: World,
	done?: "restore",
): Move {
	const until = { copyState: next.copy, direction: next.direction, ...(done ? { done } : {}) };
	return { step: { kind: "operation", operation, at: S(world.direction), hazard, until }, next };
}

const waitAndReplan: OraclePlan = {
	outcome: "plan",
	steps: [{ kind: "wait", until: null }],
	needsApproval: false,
	replan: true,
	moves: [],
};

function refused(...codes: string[]): OracleAnswer {
	return { outcome: "refused", codes };
}

function planOf({ step }: Move): OraclePlan {
	return { outcome: "plan", steps: [step], needsApproval: step.hazard === "dataLoss", replan: false, moves: [] };
}
