import type { Operation } from "../../../provider/model/relationship";
import {
	type Age,
	aheadOf,
	type Copy,
	type Facts,
	higher,
	type Name,
	type Phase,
	reachSynchronized,
	S,
	T,
	tableT,
	tail,
	type World,
} from "./world";

export type OracleHazard = "none" | "availability" | "protectionLoss" | "dataLoss";

/** One step of a plan, without its words. */
export interface OracleStep {
	readonly kind: "operation" | "wait" | "create";
	readonly operation?: Operation;
	readonly at?: Name;
	/** Waits have none. */
	readonly hazard?: OracleHazard;
	readonly loses?: { readonly end: Name; readonly age: "recent" | "yes" };
	/** Null: an ambiguous phase, the model does not say what the wait is for. */
	readonly until: { readonly copyState: Copy | "absent"; readonly direction: World["direction"] } | null;
}

export interface Move {
	readonly step: OracleStep;
	readonly next: World;
}

/** The numbers of the operations that a planner may use, from vocabulary.md. */
export const codes: Partial<Record<Operation, number>> = {
	Activate: 4,
	Detach: 8,
	Dissolve: 9,
	Failover: 10,
	Failback: 11,
	Fracture: 12,
	ResyncReplica: 14,
	Resume: 16,
	ResetToSync: 17,
	ResetToAsync: 18,
	ReverseRoles: 20,
	Split: 21,
	Suspend: 22,
};

export const roleMoves: readonly string[] = ["Failover", "Failback", "ReverseRoles"];

/** Every step of §3 that is legal in this world, for this wish, and takes nothing from the kept end that is old. */
export function movesFrom(world: World, facts: Facts): Move[] {
	return rowsFrom(world, facts)
		.filter(({ step }) => theWishMayUse(step, world, facts))
		.filter(({ step }) => !takesOldWritesOfKept(step, facts));
}

/** Every step that a row of §3 allows in this world, whoever wishes it. */
export function rowsFrom(world: World, facts: Facts): Move[] {
	const all: (Move | null)[] = [
		create(world, facts),
		wait(world, facts),
		suspend(world, facts),
		fracture(world, facts),
		split(world, facts),
		resume(world, facts),
		resyncReplica(world, facts),
		activate(world, facts),
		failover(world, facts),
		failback(world, facts),
		reverseRoles(world, facts),
		reset(world, facts, "ResetToSync"),
		reset(world, facts, "ResetToAsync"),
		remove(world, facts, "Detach"),
		remove(world, facts, "Dissolve"),
	];
	return all.filter((move) => move !== null).filter(({ step }) => isAdvertised(step, facts));
}

/** §3 "The kept end": "It may never take `yes` writes of the kept end." */
function takesOldWritesOfKept({ loses }: OracleStep, facts: Facts): boolean {
	return loses?.age === "yes" && loses.end === facts.keptEnd;
}

/** §3 "All need the operation advertised (…; `null` = the array does not say: assume all; `[]` = none: refuse)." */
function isAdvertised(step: OracleStep, facts: Facts): boolean {
	if (step.kind === "create") {
		return facts.readings.createNeedsNoAdvertising || facts.advertised?.size !== 0;
	}
	return step.kind === "wait" || facts.advertised === null || facts.advertised.has(step.operation ?? "");
}

/** §3 "What a wish may use". */
function theWishMayUse(step: OracleStep, world: World, facts: Facts): boolean {
	const { wish } = facts;
	if (step.kind === "wait") {
		return true;
	}
	if (step.kind === "create") {
		return wish === "active" || wish === "suspended" || wish === "split";
	}
	switch (step.operation) {
		case "Detach":
		case "Dissolve":
			return wish === "absent" && (facts.wishedRemoval === null || facts.wishedRemoval === step.operation);
		case "Failover":
			// "`active` and `reversed` use Failover only where the direction still has to change": where it stands then.
			return (
				wish === "failedOver" ||
				(wish === "active" && world.direction === "reverse") ||
				(wish === "reversed" && world.direction === "forward")
			);
		case "Failback":
			return (wish === "active" || wish === "reversed") && facts.failedoverWasObserved;
		case "ReverseRoles":
			return wish === "active" || wish === "reversed";
		case "Resume":
		case "ResyncReplica":
		case "Activate":
			return !(wish === "suspended" || wish === "failedOver") || world.phase === `requires ${step.operation}`;
		default:
			return true;
	}
}

/*
 * The rows of §3. Each says from where, with whom reachable, what comes of it and what it puts at risk.
 * Gone worlds are settled but no row except create starts there, which `at` and `during` see to.
 */

/** create | absent | both | copying, forward, wished mode or Unknown; S ahead `yes`, T `no` | dataLoss if `targetExists`. */
function create(world: World, facts: Facts): Move | null {
	if (!world.gone || world.phase !== "settled" || !bothReachable(facts)) {
		return null;
	}
	if (facts.readings.noCreateFromHalf && sourceIsHalf(world)) {
		return null;
	}
	const next: World = {
		gone: false,
		copy: "Unsynchronized",
		phase: "copying",
		direction: "forward",
		mode: facts.wishedMode ?? "Unknown",
		ahead: { source: "yes", target: "no" },
		targetConsistent: false,
		sourceConsistent: world.sourceConsistent,
	};
	return {
		step: {
			kind: "create",
			at: "source",
			hazard: facts.targetExists ? "dataLoss" : "none",
			...(facts.targetExists ? { loses: { end: "target", age: "yes" } } : {}),
			until: { copyState: "Unsynchronized", direction: "forward" },
		},
		next,
	};
}

/**
 * wait | in transit to Synchronized, copying, Broken with F15: both ends reachable; other transits: any.
 * "A wait for any other state gives S `yes` (or what `ahead` says) and T the higher of what it had and what the table
 * says." Only an observed world is in transit elsewhere, so "what `ahead` says" is what the journal said of S at first.
 */
function wait(world: World, facts: Facts): Move | null {
	const synchronizing =
		during(world, "to Synchronized", "copying") ||
		(during(world, "settled") && world.copy === "Broken" && facts.features.has(15));
	if (synchronizing) {
		return bothReachable(facts) ? waitFor(reachSynchronized(world, facts)) : null;
	}
	if (!during(world, "to Fractured", "to Split", "to Suspended", "to Failedover")) {
		return null;
	}
	const copy = world.phase.slice("to ".length) as Copy;
	const ofT = higher(world.ahead[T(world.direction)], tableT(copy, facts, world.direction));
	const ofS = facts.reachable[S(world.direction)] ? (facts.journalOfS ?? "yes") : "yes";
	return waitFor({ ...world, copy, phase: "settled", ahead: aheadOf(world.direction, ofS, ofT) });
}

function waitFor(next: World): Move {
	return { step: { kind: "wait", until: { copyState: next.copy, direction: next.direction } }, next };
}

/** Suspend 22 | Synchronized, Unsynchronized (copying) | S | Suspended; S ahead at least `recent` unless read-only; T unchanged | protectionLoss. */
function suspend(world: World, facts: Facts): Move | null {
	const from = at(world, "Synchronized") || (during(world, "copying") && world.copy === "Unsynchronized");
	if (!from || !sReachable(world, facts)) {
		return null;
	}
	return operation("Suspend", world, "protectionLoss", separated(world, facts, "Suspended"));
}

/** Fracture 12 | Synchronized; *requires* Fracture | S | Fractured, ahead as for Suspend | protectionLoss. */
function fracture(world: World, facts: Facts): Move | null {
	const required = during(world, "requires Fracture");
	if (!(at(world, "Synchronized") || required) || !sReachable(world, facts)) {
		return null;
	}
	return operation("Fracture", world, "protectionLoss", separatedOrFailedover(world, facts, "Fractured"));
}

/** Split 21 | Synchronized; *requires* Split | both | Split, ahead as for Suspend | protectionLoss. */
function split(world: World, facts: Facts): Move | null {
	const required = during(world, "requires Split");
	if (!(at(world, "Synchronized") || required) || !bothReachable(facts)) {
		return null;
	}
	return operation("Split", world, "protectionLoss", separatedOrFailedover(world, facts, "Split"));
}

/** "required (this and Split) from Failedover: stays Failedover, ahead unchanged" */
function separatedOrFailedover(world: World, facts: Facts, copy: Copy): World {
	return world.copy === "Failedover" ? { ...world, phase: "settled" } : separated(world, facts, copy);
}

/**
 * Resume 16 | Suspended; *requires* Resume | both | Synchronized | dataLoss if T ahead; else none when required; else
 * protectionLoss if S ahead; else none.
 */
function resume(world: World, facts: Facts): Move | null {
	const required = during(world, "requires Resume");
	if (!(at(world, "Suspended") || required) || !bothReachable(facts) || sourceIsHalf(world)) {
		return null;
	}
	const otherwise = required || world.ahead[S(world.direction)] === "no" ? "none" : "protectionLoss";
	return taking("T", "Resume", world, otherwise, reachSynchronized(world, facts));
}

/**
 * ResyncReplica 14 | Fractured, Split, Skewed, Aborted; Broken unless F15; Suspended only if Resume is not advertised;
 * *requires* ResyncReplica | both | Synchronized; F22: Synchronized but *requires* Activate
 * | dataLoss if T ahead; else none from Aborted or when required; else protectionLoss.
 */
function resyncReplica(world: World, facts: Facts): Move | null {
	const required = during(world, "requires ResyncReplica");
	const from =
		required ||
		at(world, "Fractured", "Split", "Skewed", "Aborted") ||
		(at(world, "Broken") && !facts.features.has(15)) ||
		(at(world, "Suspended") && facts.advertised !== null && !facts.advertised.has("Resume"));
	if (!from || !bothReachable(facts) || sourceIsHalf(world)) {
		return null;
	}
	const reached = reachSynchronized(world, facts);
	const next: World = facts.features.has(22) ? { ...reached, phase: "requires Activate" } : reached;
	const otherwise = required || world.copy === "Aborted" ? "none" : "protectionLoss";
	return taking("T", "ResyncReplica", world, otherwise, next);
}

/** Activate 4 | Inactive, Prepared; *requires* Activate | both | Synchronized | dataLoss if T ahead, else none. */
function activate(world: World, facts: Facts): Move | null {
	const from = at(world, "Inactive", "Prepared") || during(world, "requires Activate");
	if (!from || !bothReachable(facts) || sourceIsHalf(world)) {
		return null;
	}
	return taking("T", "Activate", world, "none", reachSynchronized(world, facts));
}

/**
 * Failover 10, S reachable | Synchronized. F54 or F47: Fractured instead; F48: Split instead (either, with both kinds)
 * | both | Failedover; T ahead `yes` | dataLoss if S ahead, else availability.
 * Failover 10, S unreachable | Synchronized, Suspended, Broken, Fractured, Split, Skewed (features aside) | T; issued at
 * T | the same | dataLoss, always.
 * "Failover is never sent to a relationship that is Failedover or FailingOver": neither is settled in one of these.
 */
function failover(world: World, facts: Facts): Move | null {
	const s = S(world.direction);
	const t = T(world.direction);
	if (targetIsHalf(world) || !facts.reachable[t]) {
		return null;
	}
	const next: World = {
		...world,
		copy: "Failedover",
		phase: "settled",
		ahead: aheadOf(world.direction, world.ahead[s], "yes"),
	};
	if (!facts.reachable[s]) {
		if (!at(world, "Synchronized", "Suspended", "Broken", "Fractured", "Split", "Skewed")) {
			return null;
		}
		return operation("Failover", world, "dataLoss", next, { at: t, loses: { end: s, age: "yes" } });
	}
	const fractured = facts.features.has(54) || facts.features.has(47);
	const split = facts.features.has(48);
	if (!targetIsUsable(world, facts)) {
		return null;
	}
	const from =
		(fractured && at(world, "Fractured")) ||
		(split && at(world, "Split")) ||
		(!fractured && !split && at(world, "Synchronized"));
	return from ? taking("S", "Failover", world, "availability", next) : null;
}

/** Failback 11 | Failedover | both | Synchronized, same direction | dataLoss if S ahead, else availability. */
function failback(world: World, facts: Facts): Move | null {
	if (!at(world, "Failedover") || !bothReachable(facts)) {
		return null;
	}
	if (facts.readings.noFailbackFromHalf && targetIsHalf(world)) {
		return null;
	}
	return taking("S", "Failback", world, "availability", reachSynchronized(world, facts));
}

/**
 * ReverseRoles 20 | the states named by F29 Synchronized, F30 Fractured, F31 Split, F32 Failedover, F33 Suspended; none
 * of the five reported: Synchronized, Failedover. F19: S must be read-only. Not from Failedover with F52 or F53 | both
 * | direction flips. From Failedover: Suspended, else the state stays. F20: then *requires* ResyncReplica. Synchronized
 * without F20 means copying starts at once: new tail; otherwise the two "ahead" swap
 * | dataLoss if copying starts at once and S is ahead, else availability.
 */
function reverseRoles(world: World, facts: Facts): Move | null {
	const named = new Map<number, Copy>([
		[29, "Synchronized"],
		[30, "Fractured"],
		[31, "Split"],
		[32, "Failedover"],
		[33, "Suspended"],
	]);
	let states = [...named].filter(([feature]) => facts.features.has(feature)).map(([, copy]) => copy);
	if (states.length === 0) {
		states = ["Synchronized", "Failedover"];
	}
	if (facts.features.has(52) || facts.features.has(53)) {
		states = states.filter((copy) => copy !== "Failedover");
	}
	if (!at(world, ...states) || !bothReachable(facts)) {
		return null;
	}
	if (targetIsHalf(world) || !targetIsUsable(world, facts)) {
		return null;
	}
	if (facts.features.has(19) && !facts.readOnly[S(world.direction)]) {
		return null;
	}
	const resync = facts.features.has(20);
	// The roles swap their "ahead"; the declared ends keep theirs. "Reversing the roles exchanges the two" consistencies.
	const flipped: World = {
		...world,
		direction: world.direction === "forward" ? "reverse" : "forward",
		copy: world.copy === "Failedover" ? "Suspended" : world.copy,
		phase: resync ? "requires ResyncReplica" : "settled",
		targetConsistent: world.sourceConsistent,
		sourceConsistent: world.targetConsistent,
	};
	if (world.copy === "Synchronized" && !resync) {
		return taking("S", "ReverseRoles", world, "availability", reachSynchronized(flipped, facts));
	}
	return operation("ReverseRoles", world, "availability", flipped);
}

/**
 * ResetToSync 17, ResetToAsync 18 | Synchronized, Suspended, Unsynchronized (copying); only towards the wished mode,
 * never from mode Unknown | both | the mode (Synchronized: new tail) | availability; protectionLoss.
 */
function reset(world: World, facts: Facts, name: "ResetToSync" | "ResetToAsync"): Move | null {
	const mode = name === "ResetToSync" ? "Synchronous" : "Asynchronous";
	const from = at(world, "Synchronized", "Suspended") || (during(world, "copying") && world.copy === "Unsynchronized");
	if (!from || !bothReachable(facts) || facts.wishedMode !== mode || world.mode === "Unknown" || world.mode === mode) {
		return null;
	}
	const hazard = name === "ResetToSync" ? "availability" : "protectionLoss";
	return operation(
		name,
		world,
		hazard,
		world.copy === "Synchronized" ? newTail(world, facts, mode) : { ...world, mode },
	);
}

/** "Synchronized: new tail" */
function newTail(world: World, facts: Facts, mode: World["mode"]): World {
	const ofS = tail(facts, world.direction, mode);
	const ofT = facts.readings.newTailClearsT ? "no" : world.ahead[T(world.direction)];
	return { ...world, mode, ahead: aheadOf(world.direction, ofS, ofT) };
}

/**
 * Detach 8, Dissolve 9 | settled, copying, *requires*, or in transit to Synchronized with an end unreachable; never with
 * F16; Dissolve not from Failedover with F53 | S, else T and issued there | absent | protectionLoss.
 */
function remove(world: World, facts: Facts, name: "Detach" | "Dissolve"): Move | null {
	const from =
		during(world, "settled", "copying") ||
		isRequiring(world) ||
		(during(world, "to Synchronized") && !bothReachable(facts));
	if (!from || facts.features.has(16)) {
		return null;
	}
	if (name === "Dissolve" && world.copy === "Failedover" && facts.features.has(53)) {
		return null;
	}
	const issuedAt = sReachable(world, facts) ? S(world.direction) : T(world.direction);
	if (!facts.reachable[issuedAt]) {
		return null;
	}
	const next: World = { ...world, gone: true, copy: "Initialized", phase: "settled", targetConsistent: null };
	return operation(name, world, "protectionLoss", next, {
		at: issuedAt,
		until: { copyState: "absent", direction: world.direction },
	});
}

/** Settled in one of these states: "Legal only from settled states, unless the row says copying or *requires*". */
function at(world: World, ...states: Copy[]): boolean {
	return during(world, "settled") && states.includes(world.copy);
}

function during(world: World, ...phases: Phase[]): boolean {
	return !world.gone && phases.includes(world.phase);
}

function isRequiring(world: World): boolean {
	return !world.gone && world.phase.startsWith("requires ");
}

/** "Failover and ReverseRoles are never legal while `targetConsistent` is false" */
function targetIsHalf(world: World): boolean {
	return world.targetConsistent === false;
}

/** "never legal, not even when required, while `sourceConsistent` is false" */
function sourceIsHalf(world: World): boolean {
	return world.sourceConsistent === false;
}

/** "With S reachable Failover and ReverseRoles also need T `usable`" */
function targetIsUsable(world: World, facts: Facts): boolean {
	return facts.usable[T(world.direction)];
}

function bothReachable(facts: Facts): boolean {
	return facts.reachable.source && facts.reachable.target;
}

function sReachable(world: World, facts: Facts): boolean {
	return facts.reachable[S(world.direction)];
}

/** "S ahead at least `recent` unless read-only; T unchanged". */
function separated(world: World, facts: Facts, copy: Copy): World {
	const s = S(world.direction);
	const ofS = facts.readOnly[s] ? world.ahead[s] : higher(world.ahead[s], "recent");
	const ofT = world.ahead[T(world.direction)];
	return { ...world, copy, phase: "settled", ahead: aheadOf(world.direction, ofS, ofT) };
}

function operation(
	name: Operation,
	world: World,
	hazard: OracleHazard,
	next: World,
	differently: Partial<OracleStep> = {},
): Move {
	return {
		step: {
			kind: "operation",
			operation: name,
			at: S(world.direction),
			hazard,
			until: { copyState: next.copy, direction: next.direction },
			...differently,
		},
		next,
	};
}

/** An operation that is a dataLoss if that role is ahead, and takes the writes of that end then. */
function taking(role: "S" | "T", name: Operation, world: World, otherwise: OracleHazard, next: World): Move {
	const end = role === "S" ? S(world.direction) : T(world.direction);
	const age: Age = world.ahead[end];
	return age === "no"
		? operation(name, world, otherwise, next)
		: operation(name, world, "dataLoss", next, { loses: { end, age } });
}
