import type { Situation } from "../../../provider/planner/situation";
import { saidAgainst } from "./neighbours";
import { defaultReadings, type Readings } from "./readings";
import { earlyRefusalsOf } from "./refusals";
import { type CopyStep, type Move, rowsFrom } from "./rows";
import { findCheapest, mayAbort } from "./search";
import { type Facts, factsOf, isW, observedIn, type World, wishHolds, worldOf } from "./world";

export type OracleAnswer = OracleRefusal | OraclePlan;

export interface OracleRefusal {
	readonly outcome: "refused";
	/** The codes that the text allows, the nearest first. */
	readonly codes: readonly string[];
}

export interface OraclePlan {
	readonly outcome: "plan";
	readonly steps: readonly CopyStep[];
	readonly needsApproval: boolean;
	readonly replan: boolean;
	/** The steps with what comes about after each; empty if the text does not say. */
	readonly moves: readonly Move[];
}

/** What the text says about a copy. */
export function answerOfCopy(situation: Situation, readings: Readings = defaultReadings): OracleAnswer {
	const { observed } = situation;
	const facts = factsOf(situation, readings);
	if (!facts.reachable.source && !facts.reachable.target) {
		return refused("SR1001");
	}
	const answer = answerOutsideGroups(situation, facts);
	// (1a) "the pair belongs to a group, unless the plan is empty"
	const isEmpty = answer.outcome === "plan" && answer.steps.length === 0;
	return observed.group != null && !isEmpty ? refused("SR1029") : answer;
}

function answerOutsideGroups(situation: Situation, facts: Facts): OracleAnswer {
	const early = earlyRefusalsOf(situation, facts);
	if (early.length > 0) {
		return refused(...early);
	}
	const world = worldOf(situation, facts);
	const start = world.phase === "ambiguous" ? behindTheJob(situation, facts) : world;
	if (start === null) {
		return holdsBehindTheJob(situation, facts) ? planOf([]) : waitAndReplan;
	}
	if (facts.wish === "operation") {
		return onRequest(situation, start, facts);
	}
	const moves = findCheapest(start, facts);
	// Behind a job only an Abort is planned; where none leads to the wish, the job is waited for.
	if (world.phase === "ambiguous" && moves?.[0]?.step.operation !== "Abort") {
		return waitAndReplan;
	}
	if (moves === null) {
		return refused(...lateRefusalsOf(start, facts));
	}
	return guarded(situation, moves, facts);
}

/** (9) and (10), of the steps that were found. */
function guarded(situation: Situation, moves: readonly Move[], { readings }: Facts): OracleAnswer {
	const against = moves.flatMap(({ step }) => saidAgainst(step, situation, readings));
	return against.length > 0 ? refused(...against) : planOf(moves);
}

/** §1.5 Abort "copying, a job in flight notwithstanding"; §3 "Abort of a visible copy is planned through its job" */
function behindTheJob(situation: Situation, facts: Facts): World | null {
	const { observed, desired } = situation;
	const aborts = facts.wish === "operation" ? desired.operation === "Abort" : mayAbort(facts);
	const world = worldOf({ ...situation, observed: { ...observed, job: null } }, facts);
	return aborts && observed.presence === "present" && world.phase === "copying" && canAbort(world, facts)
		? world
		: null;
}

function canAbort(world: World, facts: Facts): boolean {
	return rowsFrom(world, facts).some(({ step }) => step.operation === "Abort");
}

/** Pair model §4 "a job alone, where the wish holds without it and the phase is settled, is the empty plan" */
function holdsBehindTheJob(situation: Situation, facts: Facts): boolean {
	const { observed } = situation;
	return (
		observed.job !== null &&
		!(observed.restoreOpen && facts.openBinds) &&
		wishHolds(worldOf({ ...situation, observed: { ...observed, job: null } }, facts), facts)
	);
}

/** §3 "the plan is that one step, or a refusal, never a detour" */
function onRequest(situation: Situation, world: World, facts: Facts): OracleAnswer {
	const name = situation.desired.operation;
	// Asked by name, a retake or a restore is not done before it is done.
	const asked: World = { ...world, retakeDue: true, restoreDue: true };
	const row = rowFor(name, asked, facts);
	if (row) {
		return guarded(situation, [row], facts);
	}
	if (facts.readings.copiesAreAlreadyThere && isAlreadyThere(name, world)) {
		return planOf([]);
	}
	if (world.open && facts.openBinds) {
		return refused("SR1033");
	}
	const causes = causesOf((made, other) => rowFor(name, made, other) !== undefined, asked, facts);
	return refused(...causes, "SR1040");
}

function rowFor(name: string | undefined, world: World, facts: Facts): Move | undefined {
	return rowsFrom(world, facts).find(({ step }) => step.operation === name && name !== undefined);
}

/** §3 "*Already there* (§2.4, for pairs too): the empty plan" */
function isAlreadyThere(name: string | undefined, { phase, copy }: World): boolean {
	const at = (...states: string[]) => phase === "settled" && states.includes(copy);
	switch (name) {
		case "Suspend":
			return at("Suspended", "Fractured", "Split");
		case "Fracture":
			return at("Fractured", "Split");
		case "Split":
			return at("Split");
		case "Resume":
			return at("Synchronized") || phase === "copying";
		// Of a copy that is whole it asks for a new point in time, which is not there.
		case "ResyncReplica":
			return phase === "copying";
		case "Activate":
			return at("Synchronized");
		default:
			return false;
	}
}

/** After the search, in the order of §4 with (8) first: "refusal 8 … where under its restrictions no plan is found". */
function lateRefusalsOf(world: World, facts: Facts): readonly string[] {
	if (world.open && facts.openBinds) {
		return ["SR1033"];
	}
	const causes = causesOf((made, other) => findCheapest(made, other) !== null, world, facts);
	// §1.5 "with nothing whole to restore from, nor a copy under way: refused"
	const underWay = ["copying", "to Synchronized", "restoring"].includes(world.phase);
	if (world.restoreDue && !isW(world) && !underWay) {
		return ["SR1037", ...causes];
	}
	return [...causes, "SR1026"];
}

/** Pair model §4 "the refusal names the nearest cause": those without which alone there would be a path, in their order. */
function causesOf(opens: (world: World, facts: Facts) => boolean, world: World, facts: Facts): string[] {
	const without = (feature: number): Facts => ({
		...facts,
		features: new Set([...facts.features].filter((other) => other !== feature)),
	});
	const causes: readonly (readonly [string, World, Facts])[] = [
		["SR1020", world, { ...facts, advertised: null }],
		["SR1023", { ...world, whole: null }, facts],
		["SR1022", world, without(15)],
		["SR1027", { ...world, sourceWhole: null }, facts],
		["SR1024", world, without(16)],
		["SR1035", world, { ...facts, neighbourOnT: false }],
		["SR1025", world, { ...facts, kept: facts.kept === "source" ? "target" : "source" }],
	];
	return causes.filter(([, made, other]) => opens(made, other)).map(([code]) => code);
}

const waitAndReplan: OraclePlan = {
	outcome: "plan",
	steps: [{ kind: "wait", until: null }],
	needsApproval: false,
	replan: true,
	moves: [],
};

function refused(...codes: string[]): OracleRefusal {
	return { outcome: "refused", codes };
}

function planOf(moves: readonly Move[]): OraclePlan {
	const steps = moves.map(({ step }) => step);
	return {
		outcome: "plan",
		steps,
		needsApproval: steps.some(({ hazard }) => hazard === "dataLoss"),
		replan: false,
		moves,
	};
}

/** What is to be answered after each step that went as predicted, the kept end being that of the run (pair model §5). */
export function* everySequel(
	situation: Situation,
	{ moves }: OraclePlan,
): Generator<{ readonly situation: Situation; readonly answer: OraclePlan }> {
	if (situation.desired.state === "operation") {
		return;
	}
	const { kept } = factsOf(situation, defaultReadings);
	for (const [index, { next }] of moves.entries()) {
		yield {
			situation: {
				...situation,
				observed: observedIn(next, situation),
				desired: { ...situation.desired, ...(next.open ? {} : { keep: kept }) },
			},
			answer: planOf(moves.slice(index + 1)),
		};
	}
}
