import { S, type World } from "../oracle/world";
import { ofGroupsOnly } from "./features";
import {
	everyMember,
	type GroupFacts,
	type GroupWorld,
	idsOf,
	isSettledIn,
	merged,
	missingOf,
	type Outsider,
	type Standing,
	surplusOf,
} from "./set";
import { advertisedOnly, type GroupMove, oneOf } from "./steps";

/** The rows create (of a pair), AddSyncPair 5 and RemoveSyncPair 13 of §2.4. */
export function pairMoves(world: GroupWorld, facts: GroupFacts): GroupMove[] {
	if (facts.pairs === null || !facts.bothReachable || world.standings.some((one) => one.world.gone)) {
		return [];
	}
	return [...creations(world, facts), ...additions(world, facts), ...removals(world, facts)];
}

/**
 * "a wished pair without relationship; group not Failedover; never G50 | both | that pair copying, outside the group |
 * dataLoss if its target exists". One step for all that put the same at risk.
 */
function creations(world: GroupWorld, facts: GroupFacts): GroupMove[] {
	const absent = missingOf(world, facts).filter((pair) => pair.world.gone);
	if (world.standings.some((one) => one.world.copy === "Failedover")) {
		return [];
	}
	return [false, true].flatMap((targetExists) => {
		const pairs = absent.filter((pair) => pair.facts.targetExists === targetExists);
		// "It may never take `yes` writes of the kept end": create takes those of the target.
		const takesKept = targetExists && pairs.some((pair) => pair.facts.keptEnd === "target");
		if (pairs.length === 0 || takesKept) {
			return [];
		}
		return [
			{
				step: {
					kind: "create",
					at: "source",
					hazard: targetExists ? "dataLoss" : "none",
					...(targetExists ? { loses: { end: "target", age: "yes" } } : {}),
					until: { copyState: "Unsynchronized", direction: "forward" },
					pairs: pairs.map(({ id }) => id).sort(),
				},
				next: {
					...world,
					outsiders: world.outsiders.map((pair) => (pairs.includes(pair) ? { ...pair, world: created(pair) } : pair)),
				},
			} satisfies GroupMove,
		];
	});
}

/** The pair model's row create: "copying, forward, wished mode or Unknown; S ahead `yes`, T `no`". */
function created({ world, facts }: Outsider): World {
	return {
		gone: false,
		copy: "Unsynchronized",
		phase: "copying",
		direction: "forward",
		mode: facts.wishedMode ?? "Unknown",
		ahead: { source: "yes", target: "no" },
		targetConsistent: false,
		sourceConsistent: world.sourceConsistent,
	};
}

/** "AddSyncPair 5 | pair related, Mirror, same direction and mode; G63: pair Synchronized, else in the group's state." */
function additions(world: GroupWorld, facts: GroupFacts): GroupMove[] {
	const missing = missingOf(world, facts);
	// "one stop serves all changes, RemoveSyncPair before AddSyncPair"
	const isFirst = surplusOf(world, facts).length > 0;
	if (missing.length === 0 || isFirst || !takesChanges(world, facts, "AddSyncPair")) {
		return [];
	}
	if (!facts.everyPairIsReady && !missing.every((pair) => isReady(pair, world, facts))) {
		return [];
	}
	return changed("AddSyncPair", "none", missing, world, facts, [
		...world.standings,
		...missing.map((pair) => memberOf(pair, world)),
	]);
}

function isReady({ world: pair, isMirror }: Outsider, { standings }: GroupWorld, facts: GroupFacts): boolean {
	if (pair.gone || pair.phase !== "settled" || !isMirror) {
		return false;
	}
	const isSynchronized = facts.features.has(ofGroupsOnly.addWantsSynchronizedPair);
	const fits = (a: World["mode"], b: World["mode"]) =>
		a === b || (facts.readings.unknownModeFits && (a === "Unknown" || b === "Unknown"));
	return standings.every(
		({ world: one }) =>
			pair.direction === one.direction &&
			fits(pair.mode, one.mode) &&
			pair.copy === (isSynchronized ? "Synchronized" : one.copy),
	);
}

/** It has the group's lists from now on, and its own disks. */
function memberOf(pair: Outsider, { standings }: GroupWorld): Standing {
	const element = standings[0]?.element ?? null;
	const { readOnly, usable, keptEnd, failedoverWasObserved, journalOfS } = pair.facts;
	return {
		ids: [pair.id],
		world: pair.world,
		group: pair.facts,
		element: element && { ...element, readOnly, usable, keptEnd, failedoverWasObserved, journalOfS },
	};
}

/** "RemoveSyncPair 13 | not the last pair; group as for 5; none reported: settled, not Failedover" */
function removals(world: GroupWorld, facts: GroupFacts): GroupMove[] {
	const surplus = surplusOf(world, facts);
	const left = world.standings
		.map((one) => ({ ...one, ids: one.ids.filter((id) => !surplus.includes(id)) }))
		.filter(({ ids }) => ids.length > 0);
	if (surplus.length === 0 || left.length === 0 || !takesChanges(world, facts, "RemoveSyncPair")) {
		return [];
	}
	const pairs = surplus.map((id) => ({ id }));
	return changed("RemoveSyncPair", "protectionLoss", pairs, world, facts, left);
}

/**
 * "Group: all in a state named by G45 Fractured, G46 Split, G47 Suspended (an OR); none of 45–48 reported: all
 * Synchronized" (13: "settled, not Failedover"). "G45–47 let the plan stop the whole group … only if all are Synchronized
 * before": a plan that stopped it otherwise did so for something else. §5 (13) "never a role move".
 */
function takesChanges(world: GroupWorld, facts: GroupFacts, operation: "AddSyncPair" | "RemoveSyncPair"): boolean {
	if (world.stopped === "otherwise" || (facts.readings.changeOrRoleMove && world.rolesMoved)) {
		return false;
	}
	const { changeInFractured, changeInSplit, changeInSuspended, changeInFailedover } = ofGroupsOnly;
	const named = new Map<number, World["copy"]>([
		[changeInFractured, "Fractured"],
		[changeInSplit, "Split"],
		[changeInSuspended, "Suspended"],
	]);
	const states = [...named].filter(([feature]) => facts.features.has(feature)).map(([, copy]) => copy);
	if (states.length > 0 || facts.features.has(changeInFailedover)) {
		return everyMember(world, (one) => isSettledIn(one.world, ...states));
	}
	if (operation === "AddSyncPair") {
		return everyMember(world, (one) => isSettledIn(one.world, "Synchronized"));
	}
	return everyMember(world, (one) => one.world.phase === "settled" && one.world.copy !== "Failedover");
}

function changed(
	operation: "AddSyncPair" | "RemoveSyncPair",
	hazard: "none" | "protectionLoss",
	pairs: readonly { readonly id: string }[],
	world: GroupWorld,
	facts: GroupFacts,
	standings: readonly Standing[],
): GroupMove[] {
	const direction = world.standings[0]?.world.direction ?? "forward";
	const ids = pairs.map(({ id }) => id);
	const next: GroupWorld = {
		...world,
		standings: merged(standings),
		outsiders: world.outsiders.filter(({ id }) => !ids.includes(id)),
		changed: true,
	};
	return advertisedOnly(facts, {
		step: {
			kind: "operation",
			operation,
			at: S(direction),
			hazard,
			until: { copyState: oneOf(next.standings.map((one) => one.world.copy)), direction, pairs: idsOf(next) },
			pairs: [...ids].sort(),
		},
		next,
	});
}
