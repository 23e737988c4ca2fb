import type { Operation } from "../../../provider/model/relationship";
import {
	type Age,
	type Copy,
	type Facts,
	higher,
	isOneOf,
	isW,
	type Name,
	type Phase,
	type World,
	whileOpen,
} from "./world";

export type Hazard = "none" | "availability" | "protectionLoss" | "dataLoss";

/** Whose writes go and how old they are; of what is not writes, what it is. */
export interface Loss {
	readonly end: Name;
	readonly age: "recent" | "yes";
	readonly what?: "pointInTime" | "disk";
}

/** One step of a plan, without its words. */
export interface CopyStep {
	readonly kind: "operation" | "wait" | "create";
	readonly operation?: Operation;
	readonly at?: Name;
	readonly hazard?: Hazard;
	readonly loses?: Loss;
	/** Null: an ambiguous phase, the text does not say what the wait is for. */
	readonly until: {
		readonly copyState: Copy | "absent";
		readonly direction: "forward" | "reverse";
		readonly done?: "retake" | "restore";
	} | null;
}

export interface Move {
	readonly step: CopyStep;
	readonly next: World;
}

/** The rows of §1.5. Each says from where, with whom reachable, what comes of it and what goes; who may use it is asked elsewhere. */
export function rowsFrom(world: World, facts: Facts): Move[] {
	return [
		create(world, facts),
		activate(world, facts),
		deactivate(world, facts),
		remove(world, facts, "Detach"),
		remove(world, facts, "Dissolve"),
		resyncReplica(world, facts),
		restoreFromReplica(world, facts),
		resume(world, facts),
		returnToResourcePool(world, facts),
		suspend(world, facts),
		separate(world, facts, "Fracture"),
		separate(world, facts, "Split"),
		abort(world, facts),
		unprepare(world, facts),
		wait(world, facts),
	]
		.filter((move) => move !== null)
		.filter(({ step }) => isAdvertised(step, facts))
		.filter(({ step }) => isLegalWhileOpen(step, world, facts))
		.filter(({ step }) => !takesKept(step, facts))
		.map(({ step, next }) => ({ step, next: whileOpen(next, facts) }));
}

function isAdvertised(step: CopyStep, facts: Facts): boolean {
	return step.kind !== "operation" || facts.advertised === null || facts.advertised.has(step.operation ?? "");
}

/**
 * §1.6 "Activate, Deactivate, ResyncReplica, create, 8, 9, 19, Abort are illegal whatever the consent; legal: waiting,
 * RestoreFromReplica again from W (new token), what is *required*. From Broken nothing"
 */
function isLegalWhileOpen({ kind, operation }: CopyStep, world: World, facts: Facts): boolean {
	if (!world.open || !facts.openBinds) {
		return true;
	}
	if (!world.gone && world.copy === "Broken" && world.phase === "settled") {
		return false;
	}
	if (kind === "wait" || operation === "RestoreFromReplica") {
		return true;
	}
	if (operation === "Detach" && !facts.readings.requiredDetachWhileOpen) {
		return false;
	}
	return world.phase === `requires ${operation}`;
}

/** Pair model §3: "It may never take `yes` writes of the kept end." §1.5: "A restore asked by name may take `yes` writes of S, kept or not". */
function takesKept({ operation, loses }: CopyStep, facts: Facts): boolean {
	if (loses?.age !== "yes" || loses.end !== facts.kept || operation === "RestoreFromReplica") {
		return false;
	}
	return !(loses.what === "pointInTime" && facts.readings.keptImageMayGo);
}

/** create | absent | both | Sn Synchronized, Cl copying; retake done | dataLoss T `writes` if the disk exists; else none. */
function create(world: World, facts: Facts): Move | null {
	if (!world.gone || world.phase !== "settled" || !both(facts)) {
		return null;
	}
	const next = begun({ ...world, gone: false, ended: null, targetExists: true }, facts);
	return {
		step: {
			kind: "create",
			at: "source",
			hazard: world.targetExists ? "dataLoss" : "none",
			...(world.targetExists ? { loses: { end: "target", age: "yes" } } : {}),
			until: untilOf(next),
		},
		next,
	};
}

/** Activate 4 | Inactive, Prepared, *requires* | Sn Synchronized, Cl copying; retake done | dataLoss T if ahead; else none. */
function activate(world: World, facts: Facts): Move | null {
	const from = at(world, "Inactive", "Prepared") || during(world, "requires Activate");
	if (!from || !both(facts) || world.sourceWhole === false) {
		return null;
	}
	const taken = world.ofT === "no" ? null : lossOfT(world, facts);
	return operation("Activate", world, taken, "none", begun(world, facts));
}

/** Deactivate 7 | Synchronized, Fractured, Split, Skewed, copying; S | Inactive, not whole | dataLoss T. */
function deactivate(world: World, facts: Facts): Move | null {
	const from = at(world, "Synchronized", "Fractured", "Split", "Skewed") || during(world, "copying");
	if (!from || !facts.reachable.source) {
		return null;
	}
	const next: World = { ...world, copy: "Inactive", phase: "settled", whole: false, ofT: "no" };
	return operation("Deactivate", world, lossOfT(world, facts), "none", next);
}

/**
 * Detach 8 | settled, copying, *requires*; S; never Restoring, F16 | absent; Cl from W: `ended: complete`
 * | Cl from W: none, else protectionLoss. Sn: dataLoss T `pointInTime` at least.
 * Dissolve 9 | as Detach | absent, T stays | Cl as Detach; Sn protectionLoss.
 */
function remove(world: World, facts: Facts, name: "Detach" | "Dissolve"): Move | null {
	const from = during(world, "settled", "copying") || isRequiring(world);
	if (!from || !facts.reachable.source || facts.features.has(16)) {
		return null;
	}
	const complete = facts.kind === "Clone" && isW(world) ? "complete" : null;
	const restored =
		name === "Detach" &&
		during(world, "requires Detach") &&
		(facts.features.has(27) || !facts.readings.restoredOnlyByF27);
	const next: World = { ...end(world), ended: restored ? "restored" : complete };
	if (facts.kind === "Clone") {
		return operation(name, world, null, isW(world) ? "none" : "protectionLoss", next);
	}
	if (name === "Dissolve") {
		return operation(name, world, null, "protectionLoss", next);
	}
	const taken = lossOfT(facts.readings.detachAlwaysTakesImage ? { ...world, whole: null } : world, facts);
	return operation(name, world, taken, "none", next);
}

/**
 * ResyncReplica 14 | Synchronized, Fractured, Split, Skewed, Aborted, Broken unless F15, *requires*; never Inactive,
 * Prepared, Suspended | Sn Synchronized, Cl copying; F22: then *requires* Activate, and the retake is done only by that
 * | dataLoss T.
 */
function resyncReplica(world: World, facts: Facts): Move | null {
	const from =
		at(world, "Synchronized", "Fractured", "Split", "Skewed", "Aborted") ||
		(at(world, "Broken") && !facts.features.has(15)) ||
		during(world, "requires ResyncReplica");
	if (!from || !both(facts) || world.sourceWhole === false) {
		return null;
	}
	const reached = begun(world, facts);
	const next: World = facts.features.has(22)
		? { ...reached, phase: "requires Activate", retakeDue: world.retakeDue }
		: reached;
	return operation("ResyncReplica", world, lossOfT(world, facts), "none", next);
}

/**
 * RestoreFromReplica 15 | W | Synchronized, restore done; then by F27, F49, F21, the first that is reported: *requires*
 * Detach, Resume, Fracture | dataLoss S `writes` if S is ahead, else availability.
 */
function restoreFromReplica(world: World, facts: Facts): Move | null {
	if (!isW(world) || !during(world, "settled") || !both(facts)) {
		return null;
	}
	const taken: Loss | null = world.ofS === "no" ? null : { end: "source", age: world.ofS };
	return operation("RestoreFromReplica", world, taken, "availability", restored(world, facts));
}

/** Resume 16 | Suspended; *requires* Resume | copying; after a restore: settled | none. */
function resume(world: World, facts: Facts): Move | null {
	const required = during(world, "requires Resume");
	if (!(at(world, "Suspended") || required) || !both(facts) || world.sourceWhole === false) {
		return null;
	}
	// A restore leaves it Synchronized; nothing else that requires Resume does.
	const next: World = isW(world)
		? { ...world, phase: "settled" }
		: { ...world, copy: "Unsynchronized", phase: "copying", whole: false, ofT: "no" };
	return operation("Resume", world, null, "none", next);
}

/** ReturnToResourcePool 19 | Sn | settled, *requires*; never F16, copying, Restoring, nor with a neighbour on T | absent, the disk gone | dataLoss T `disk`. */
function returnToResourcePool(world: World, facts: Facts): Move | null {
	const from = during(world, "settled") || isRequiring(world);
	if (facts.kind !== "Snapshot" || !from || !both(facts) || facts.features.has(16) || facts.neighbourOnT) {
		return null;
	}
	const taken: Loss = { end: "target", age: "yes", what: "disk" };
	return operation("ReturnToResourcePool", world, taken, "dataLoss", { ...end(world), targetExists: false });
}

/** Suspend 22 | Cl | copying; S | Suspended, not whole | none. */
function suspend(world: World, facts: Facts): Move | null {
	if (facts.kind !== "Clone" || !during(world, "copying") || !facts.reachable.source) {
		return null;
	}
	return operation("Suspend", world, null, "none", { ...world, copy: "Suspended", phase: "settled", whole: false });
}

/** Fracture 12, Split 21 | *requires* only | Fractured, Split | none. */
function separate(world: World, facts: Facts, name: "Fracture" | "Split"): Move | null {
	if (!during(world, `requires ${name}`) || !both(facts)) {
		return null;
	}
	const copy = name === "Fracture" ? "Fractured" : "Split";
	const ofS = facts.readOnly.source ? world.ofS : higher(world.ofS, "recent");
	return operation(name, world, null, "none", { ...world, copy, phase: "settled", ofS });
}

/** Abort 2 | copying, a job in flight notwithstanding; S; never Restoring | Aborted, not whole; Cl where neither 8 nor 9 is advertised: absent | none. */
function abort(world: World, facts: Facts): Move | null {
	if (!during(world, "copying") || !facts.reachable.source) {
		return null;
	}
	const next: World =
		facts.kind === "Clone" && neitherEnds(facts)
			? end(world)
			: { ...world, copy: "Aborted", phase: "settled", whole: false };
	return operation("Abort", world, null, "none", next);
}

/** Unprepare 23 | Prepared; S | Initialized, from where nothing in this API starts a copy | none. */
function unprepare(world: World, facts: Facts): Move | null {
	if (!at(world, "Prepared") || !facts.reachable.source) {
		return null;
	}
	return operation("Unprepare", world, null, "none", { ...world, copy: "Initialized", phase: "settled" });
}

/** wait | transits, copying, Broken with F15 | what it settles in. */
function wait(world: World, facts: Facts): Move | null {
	if (during(world, "restoring")) {
		return both(facts) ? waiting(world, restored(world, facts)) : null;
	}
	if (during(world, "copying", "to Synchronized") || (at(world, "Broken") && facts.features.has(15))) {
		return both(facts) ? waiting(world, complete(world, facts)) : null;
	}
	if (!during(world, "to Fractured", "to Split", "to Suspended", "to Failedover")) {
		return null;
	}
	if (facts.readings.waitNeedsBoth && !both(facts)) {
		return null;
	}
	const copy = world.phase.slice("to ".length) as Copy;
	// Pair model §2 "T the higher of what it had and what the table says", the table being that of §1.3
	const ofT: Age = higher(world.ofT, world.whole === false ? "no" : "yes");
	return waiting(world, { ...world, copy, phase: "settled", ofT });
}

/** What create, Activate and ResyncReplica begin. §1.3 "S `recent` unless read-only, T `no`". */
function begun(world: World, facts: Facts): World {
	const snapshot = facts.kind === "Snapshot";
	return {
		...world,
		copy: snapshot ? "Synchronized" : "Unsynchronized",
		phase: snapshot ? "settled" : "copying",
		whole: snapshot,
		sourceWhole: snapshot ? true : world.sourceWhole,
		ofS: facts.readOnly.source ? "no" : "recent",
		ofT: "no",
		retakeDue: false,
	};
}

/** A copy that ran to its end. §1.5 "F18: a Clone that reaches Synchronized is `absent`, `ended: complete`". */
function complete(world: World, facts: Facts): World {
	if (facts.detachesWhenComplete) {
		return { ...end(world), ended: "complete" };
	}
	const renewed = facts.readOnly.source ? "no" : "recent";
	return {
		...world,
		copy: "Synchronized",
		phase: "settled",
		whole: true,
		sourceWhole: true,
		ofS: facts.readings.waitRenewsS ? renewed : world.ofS,
		ofT: "no",
	};
}

/** §1.3 "after a restore both `no`, S `recent` unless read-only"; §1.6 "`restoreOpen` until a restore is proven". */
function restored(world: World, facts: Facts): World {
	if (facts.detachesWhenComplete && facts.readings.restoredCloneDetaches) {
		return { ...end(world), ended: "complete", restoreDue: false, open: false };
	}
	const required = new Map<number, Phase>([
		[27, "requires Detach"],
		[49, "requires Resume"],
		[21, "requires Fracture"],
	]);
	const first = [...required].find(([feature]) => facts.features.has(feature));
	return {
		...world,
		copy: "Synchronized",
		phase: first?.[1] ?? "settled",
		whole: true,
		sourceWhole: true,
		ofS: facts.readOnly.source ? "no" : "recent",
		ofT: "no",
		restoreDue: false,
		open: false,
	};
}

function end(world: World): World {
	return {
		...world,
		gone: true,
		ended: null,
		copy: "Initialized",
		phase: "settled",
		ofS: "no",
		ofT: "no",
		whole: null,
	};
}

/** §1.5 "T loses `writes` if T is ahead, else `pointInTime`; a step that finds T not whole loses nothing of it". */
function lossOfT(world: World, facts: Facts): Loss | null {
	if (world.whole === false && (world.ofT === "no" || facts.readings.halfHasNoWrites)) {
		return null;
	}
	return world.ofT === "no" ? { end: "target", age: "yes", what: "pointInTime" } : { end: "target", age: world.ofT };
}

export function neitherEnds({ advertised }: Facts): boolean {
	return advertised !== null && !advertised.has("Detach") && !advertised.has("Dissolve");
}

/** Settled in one of these states. */
function at(world: World, ...states: Copy[]): boolean {
	return during(world, "settled") && states.includes(world.copy);
}

function during(world: World, ...phases: Phase[]): boolean {
	return !world.gone && isOneOf(world.phase, ...phases);
}

function isRequiring(world: World): boolean {
	return !world.gone && world.phase.startsWith("requires ");
}

function both({ reachable }: Facts): boolean {
	return reachable.source && reachable.target;
}

function operation(name: Operation, world: World, loses: Loss | null, otherwise: Hazard, next: World): Move {
	return {
		step: {
			kind: "operation",
			operation: name,
			at: "source",
			hazard: loses ? "dataLoss" : otherwise,
			...(loses ? { loses } : {}),
			until: { ...untilOf(next), ...doneBy(world, next) },
		},
		next,
	};
}

function waiting(world: World, next: World): Move {
	return { step: { kind: "wait", until: { ...untilOf(next), ...doneBy(world, next) } }, next };
}

function untilOf(next: World) {
	return { copyState: next.gone ? ("absent" as const) : next.copy, direction: "forward" as const };
}

/** §4 "`until` adds `done` (`retake`, `restore`) … for steps that CopyState cannot prove". */
function doneBy(before: World, next: World): { readonly done?: "retake" | "restore" } {
	if (before.restoreDue && !next.restoreDue) {
		return { done: "restore" };
	}
	return before.retakeDue && !next.retakeDue ? { done: "retake" } : {};
}
