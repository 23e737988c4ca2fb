import type { Operation } from "../../../provider/model/relationship";
import {
	type Move,
	movesFrom,
	type OracleHazard,
	type OracleStep,
	codes as pairCodes,
	roleMoves,
} from "../oracle/moves";
import { higher, type Name, reachSynchronized, S, type World } from "../oracle/world";
import { ofGroupsOnly } from "./features";
import { pairMoves } from "./pairs";
import {
	everyMember,
	type GroupFacts,
	type GroupWorld,
	isSettledIn,
	merged,
	missingOf,
	type Standing,
	surplusOf,
} from "./set";

export const groupCodes: Partial<Record<Operation, number>> = {
	...pairCodes,
	ActivateConsistency: 3,
	AddSyncPair: 5,
	DeactivateConsistency: 6,
	RemoveSyncPair: 13,
};

/** One step of a group's plan, without its words. */
export interface GroupStep extends Omit<OracleStep, "loses" | "until"> {
	readonly loses?: { readonly end: Name; readonly age: "recent" | "yes"; readonly members?: readonly string[] };
	/** Null: an ambiguous phase. */
	readonly until: {
		/** Null: the members that the step moves get to several states, and the text does not say which is told. */
		readonly copyState: World["copy"] | "absent" | null;
		readonly direction: World["direction"];
		readonly consistency?: boolean;
		readonly pairs?: readonly string[];
	} | null;
	/** A member step: the members of one standing. */
	readonly members?: readonly string[];
	/** create, AddSyncPair, RemoveSyncPair. */
	readonly pairs?: readonly string[];
}

export interface GroupMove {
	readonly step: GroupStep;
	readonly next: GroupWorld;
}

/** Every step that is legal for this set and this wish. */
export function groupMovesFrom(world: GroupWorld, facts: GroupFacts): GroupMove[] {
	const ofMembers = world.standings.map((standing) => movesFrom(standing.world, standing.group));
	return [
		...names.map((name) => groupStep(name, world, ofMembers, facts)).filter((move) => move !== null),
		...creation(world, ofMembers),
		...waiting(world, ofMembers, facts),
		...memberSteps(world, facts),
		...consistencySteps(world, facts),
		...pairMoves(world, facts),
	]
		.filter(({ step }) => keepsOutOfAChange(step, world, facts))
		.filter(({ next }) => leavesAChangePossible(next, facts));
}

/** Where pairs are still to change and never can any more, no path leads on: left out only to be done sooner. */
function leavesAChangePossible(next: GroupWorld, facts: GroupFacts): boolean {
	if (facts.pairs === null || (missingOf(next, facts).length === 0 && surplusOf(next, facts).length === 0)) {
		return true;
	}
	return next.stopped !== "otherwise" && !(facts.readings.changeOrRoleMove && next.rolesMoved);
}

const names = Object.keys(pairCodes) as Operation[];
const stops: readonly string[] = ["Suspend", "Fracture", "Split"];

/** §5 (13) "A planned change of members … has one stop at most, never a role move." */
function keepsOutOfAChange({ operation }: GroupStep, world: GroupWorld, { readings }: GroupFacts): boolean {
	if (operation === undefined || !world.changed) {
		return true;
	}
	return !stops.includes(operation) && !(readings.changeOrRoleMove && roleMoves.includes(operation));
}

/**
 * §2.4 "SetReplicationRelationship on the group at S. Legal if for every member the pair model's row is legal or the
 * member is already there, and legal for one at least. Result member by member."
 */
function groupStep(
	name: Operation,
	world: GroupWorld,
	ofMembers: readonly (readonly Move[])[],
	facts: GroupFacts,
): GroupMove | null {
	const isTorn = world.standings.some(({ world: one }) => one.copy !== world.standings[0]?.world.copy);
	const own = ofMembers.map((moves) => {
		const move = moves.find(({ step }) => step.operation === name);
		return move === undefined ? null : name === "ReverseRoles" && isTorn ? servedBetween(move) : move;
	});
	const moves = world.standings.map((standing, index) => own[index] ?? alreadyThere(name, standing, world, facts));
	if (own.every((move) => move === null) || moves.some((move) => move === null) || isHeldBack(name, world, facts)) {
		return null;
	}
	const every = moves.filter((move) => move !== null);
	const moved = own.filter((move) => move !== null);
	const first = moved[0];
	if (first === undefined) {
		return null;
	}
	return {
		step: {
			kind: "operation",
			operation: name,
			...(first.step.at ? { at: first.step.at } : {}),
			hazard: worstHazard(every),
			...lossOf(every, world.standings),
			until: untilOf(moved),
		},
		next: after(name, world, every, facts),
	};
}

/**
 * The text has no row for it, because no pair is reversed there and back: "an end may hold writes that the other lacks", and
 * the S between the two takes writes.
 */
function servedBetween({ step, next }: Move): Move {
	if (next.copy === "Synchronized") return { step, next };
	const source = S(next.direction);
	return { step, next: { ...next, ahead: { ...next.ahead, [source]: higher(next.ahead[source], "recent") } } };
}

/** Why a step that every member could take is not for this group. */
function isHeldBack(name: Operation, world: GroupWorld, facts: GroupFacts): boolean {
	// §5 (4) "nor any member while the group's own word says so"
	if (name === "Failover" && world.saysFailedover) {
		return true;
	}
	// §2.4 "With `consistency: true`, Split, Fracture and a planned Failover are legal only while it is not false"
	const wantsConsistency = name === "Split" || name === "Fracture" || (name === "Failover" && isPlanned(world));
	return wantsConsistency && facts.consistency === true && world.consistency === false;
}

/** A planned failover is one with S reachable. */
function isPlanned({ standings }: GroupWorld): boolean {
	return standings.every(({ world, group }) => group.reachable[S(world.direction)]);
}

/** §2.4 "*Already there*, without effect on that member". Settled but for what says copying: nothing else is legal on the way. */
function alreadyThere(
	name: Operation,
	{ world, group }: Standing,
	set: GroupWorld,
	{ readings }: GroupFacts,
): Move | null {
	const stays: Move = {
		step: { kind: "operation", hazard: "none", until: { copyState: world.copy, direction: world.direction } },
		next: world,
	};
	const isCopying = world.phase === "copying" || (readings.transitCountsAsCopying && world.phase === "to Synchronized");
	switch (name) {
		case "Suspend":
			return isSettledIn(world, "Suspended", "Fractured", "Split") ? stays : null;
		case "Fracture":
			return isSettledIn(world, "Fractured", "Split") ? stays : null;
		case "Split":
			return isSettledIn(world, "Split") ? stays : null;
		case "Resume":
		case "ResyncReplica":
			return isSettledIn(world, "Synchronized") || (!world.gone && isCopying) ? stays : null;
		case "Activate":
			return isSettledIn(world, "Synchronized") ? stays : null;
		case "ResetToSync":
		case "ResetToAsync": {
			const mode = name === "ResetToSync" ? "Synchronous" : "Asynchronous";
			const rests = world.phase === "settled" || isCopying;
			return !world.gone && rests && world.mode === mode ? stays : null;
		}
		case "Failback":
			return failbackWhereNothingFailedOver(world, group, set, stays, readings.alreadyThereChangesNothing);
		default:
			// "Failover and ReverseRoles have none"
			return null;
	}
}

/**
 * "Failback on Synchronized in a set with a Failedover one, with the hazard it has from Failedover (a literal array copies
 * T back over the tail)": what it may take counts against the kept end as there.
 */
function failbackWhereNothingFailedOver(
	world: World,
	group: Standing["group"],
	set: GroupWorld,
	stays: Move,
	changesNothing: boolean,
): Move | null {
	const beside = set.standings.some((other) => isSettledIn(other.world, "Failedover"));
	if (!isSettledIn(world, "Synchronized") || !beside) {
		return null;
	}
	const end = S(world.direction);
	const age = world.ahead[end];
	const next = changesNothing ? world : reachSynchronized(world, group);
	if (age === "no") {
		return { step: { ...stays.step, hazard: "availability" }, next };
	}
	if (age === "yes" && group.keptEnd === end) {
		return null;
	}
	return { step: { ...stays.step, hazard: "dataLoss", loses: { end, age } }, next };
}

/** The group's relationship is gone, and CreateReplica of the group is one call (§2.1). */
function creation(world: GroupWorld, ofMembers: readonly (readonly Move[])[]): GroupMove[] {
	return ofMembers.flatMap((moves) =>
		moves
			.filter(({ step }) => step.kind === "create")
			.map(({ step, next }) => ({ step, next: withWorlds(world, [next]) })),
	);
}

/** §2.2 "A wait moves every member that is in transit; the others stay." Pairs that are to join are waited for beside it. */
function waiting(world: GroupWorld, ofMembers: readonly (readonly Move[])[], facts: GroupFacts): GroupMove[] {
	const isWait = ({ step }: Move) => step.kind === "wait";
	const own = ofMembers.map((moves) => moves.find(isWait) ?? null);
	const outside = world.outsiders.map(({ id, world: pair, facts: ofPair }) =>
		facts.pairs?.includes(id) ? (movesFrom(pair, ofPair).find(isWait) ?? null) : null,
	);
	const moved = own.filter((move) => move !== null);
	const others = outside.filter((move) => move !== null);
	const told = moved.length > 0 ? moved : others;
	if (told.length === 0) {
		return [];
	}
	const waited = withWorlds(
		world,
		world.standings.map((standing, index) => own[index]?.next ?? standing.world),
	);
	return [
		{
			step: { kind: "wait", until: untilOf(told) },
			next: {
				...waited,
				outsiders: world.outsiders.map((pair, index) => ({ ...pair, world: outside[index]?.next ?? pair.world })),
				saysFailedover: stillSaysFailedover("wait", world, waited, facts),
			},
		},
	];
}

/**
 * §2.4 "Member step: the pair's own call for the members of one standing, only to bring a set of several standings
 * together: Resume, ResyncReplica, Suspend with both ends reachable and consistency not true; Failover where S is
 * unreachable (some failed over, the rest did not …)."
 */
function memberSteps(world: GroupWorld, facts: GroupFacts): GroupMove[] {
	if (world.standings.length < 2 || facts.noElementLevel) {
		return [];
	}
	const someFailedOver = world.standings.some(
		({ world: one }) => one.copy === "Failedover" || one.phase === "to Failedover",
	);
	const together = facts.bothReachable && world.consistency !== true;
	const afterALoss = someFailedOver && !isPlanned(world) && !world.saysFailedover;
	return world.standings.flatMap((standing, index) =>
		(standing.element === null ? [] : movesFrom(standing.world, standing.element))
			.filter(({ step: { operation } }) =>
				operation === "Failover" ? afterALoss : together && mayBeSentAlone.includes(operation ?? "wait"),
			)
			.map(({ step, next }) => {
				const worlds = world.standings.map((other, place) => (place === index ? next : other.world));
				const moved = withWorlds(world, worlds);
				return {
					step: { ...step, members: standing.ids },
					next: {
						...moved,
						saysFailedover: stillSaysFailedover(step.operation ?? "wait", world, moved, facts),
						stopped: step.operation === "Suspend" ? ("otherwise" as const) : world.stopped,
					},
				};
			}),
	);
}

const mayBeSentAlone: readonly string[] = ["Resume", "ResyncReplica", "Suspend"];

/** The rows ActivateConsistency 3 and DeactivateConsistency 6 of §2.4. */
function consistencySteps(world: GroupWorld, facts: GroupFacts): GroupMove[] {
	const first = world.standings[0];
	if (first === undefined || first.world.gone || !facts.bothReachable) {
		return [];
	}
	const { direction } = first.world;
	const synchronized = everyMember(world, (one) => isSettledIn(one.world, "Synchronized"));
	const settled = everyMember(world, (one) => one.world.phase === "settled");
	const common = {
		kind: "operation",
		at: S(direction),
		until: { copyState: oneOf(world.standings.map((one) => one.world.copy)), direction },
	} as const;
	if (facts.consistency === true && world.consistency === false && synchronized) {
		return advertisedOnly(facts, {
			step: {
				...common,
				operation: "ActivateConsistency",
				hazard: "none",
				until: { ...common.until, consistency: true },
			},
			next: { ...world, consistency: true },
		});
	}
	const mayEnd = facts.readings.deactivateInAnyState ? settled : synchronized;
	const always = facts.features.has(ofGroupsOnly.alwaysConsistent);
	if (facts.consistency === false && world.consistency === true && mayEnd && !always) {
		return advertisedOnly(facts, {
			step: {
				...common,
				operation: "DeactivateConsistency",
				hazard: "protectionLoss",
				until: { ...common.until, consistency: false },
			},
			next: { ...world, consistency: false },
		});
	}
	return [];
}

export function advertisedOnly({ advertised }: GroupFacts, move: GroupMove): GroupMove[] {
	return advertised === null || advertised.has(move.step.operation ?? "") ? [move] : [];
}

function after(name: Operation, world: GroupWorld, moves: readonly Move[], facts: GroupFacts): GroupWorld {
	const moved = withWorlds(
		world,
		moves.map(({ next }) => next),
	);
	const fromSynchronized = everyMember(world, (one) => isSettledIn(one.world, "Synchronized"));
	return {
		...moved,
		saysFailedover: stillSaysFailedover(name, world, moved, facts),
		stopped: stops.includes(name)
			? world.stopped === "no" && fromSynchronized
				? "from Synchronized"
				: "otherwise"
			: world.stopped,
		rolesMoved: world.rolesMoved || roleMoves.includes(name),
	};
}

function stillSaysFailedover(name: string, before: GroupWorld, next: GroupWorld, { readings }: GroupFacts): boolean {
	const some = (world: GroupWorld) => world.standings.some(({ world: one }) => one.copy === "Failedover");
	if (name === "Failover") {
		return some(next);
	}
	const ends = readings.wordEndsWithTheState && some(before) && !some(next);
	return before.saysFailedover && !ends && name !== "Failback" && name !== "ReverseRoles";
}

/** The same members in other worlds; such as have become alike are one standing. */
function withWorlds(world: GroupWorld, worlds: readonly World[]): GroupWorld {
	const standings = world.standings.map((standing, index) => ({ ...standing, world: worlds[index] ?? standing.world }));
	return { ...world, standings: merged(standings) };
}

const hazards: readonly OracleHazard[] = ["none", "availability", "protectionLoss", "dataLoss"];

/** §2.4 "Hazard: the worst" */
function worstHazard(moves: readonly Move[]): OracleHazard {
	const worst = Math.max(...moves.map(({ step }) => hazards.indexOf(step.hazard ?? "none")));
	return hazards[worst] ?? "dataLoss";
}

/** "`loses`: the worst end and age over all members, with `members` when not all lose." */
function lossOf(moves: readonly Move[], standings: readonly Standing[]): Pick<GroupStep, "loses"> {
	const losses = moves.map(({ step }) => step.loses ?? null);
	const first = losses.find((loss) => loss !== null) ?? null;
	if (first === null) {
		return {};
	}
	const age = losses.some((loss) => loss?.age === "yes") ? "yes" : "recent";
	const members = standings.flatMap(({ ids }, index) => (losses[index] ? ids : [])).sort();
	const all = losses.every((loss) => loss !== null);
	return { loses: { end: first.end, age, ...(all ? {} : { members }) } };
}

function untilOf(moved: readonly Move[]): GroupStep["until"] {
	const untils = moved.map(({ step }) => step.until).filter((until) => until !== null);
	const direction = untils[0]?.direction ?? "forward";
	return { copyState: oneOf(untils.map(({ copyState }) => copyState)), direction };
}

/** What all say; null if they differ. */
export function oneOf<Value>(values: readonly Value[]): Value | null {
	const [first] = values;
	return first !== undefined && values.every((value) => value === first) ? first : null;
}
