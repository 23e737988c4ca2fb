import { currentSource, currentTarget, type End, type Operation } from "../model/relationship";
import { virtualDiskSetReplicationRelationshipOperation as operationCodes } from "../model/vocabulary/operations";
import type { Move } from "./cheapest";
import { createFrom } from "./creation";
import { groupFeatures } from "./groupFeatures";
import { type Group, hasPairsToChange, type Part, type Place, partsThat, statesForPairChange } from "./groupStanding";
import { isAdvertised, type NameEnd } from "./operations";
import { type Hazard, Hazard as hazards, type Loss, type Until } from "./plan";
import { isThereAlready } from "./requestPlan";
import { type NamedRule, ruleFor, rulesOf } from "./rules";
import { moveBy } from "./search";
import { type Frame, higherAhead, type Standing } from "./standing";
import { keyOf } from "./standingKey";
import { waitFrom, whyWait } from "./waiting";
import { wishHolds } from "./wishes";

const severity: Record<Hazard, number> = {
	[hazards.None]: 0,
	[hazards.Availability]: 1,
	[hazards.ProtectionLoss]: 2,
	[hazards.DataLoss]: 3,
};

/** Every member holds the wish; consistency and pairs belong to active and reversed, as the mode does. */
export function groupWishHolds(group: Group, place: Place): boolean {
	const { desired } = group;
	const members = partsThat(place.belongs, "member");
	if (!members.every((index) => wishHolds(desired, standingAt(place, index)))) return false;
	if (desired.state !== "active" && desired.state !== "reversed") return true;
	return !hasPairsToChange(group, place.belongs) && consistencyHolds(group, place);
}

/** An array that does not report consistency cannot be told apart from one that has it: it counts as met. */
export function consistencyHolds({ desired }: Group, { consistency }: Place): boolean {
	return desired.consistency === undefined || consistency === null || consistency === desired.consistency;
}

export function groupMovesFrom(group: Group, place: Place, name: NameEnd): readonly Move<Place>[] {
	return [
		...waitOf(group, place, name),
		...rulesOf("Mirror").flatMap((rule) => groupStep(rule, group, place, name) ?? []),
		...(["Resume", "ResyncReplica", "Suspend", "Failover"] as const).flatMap((operation) =>
			memberSteps(operation, group, place, name),
		),
		...creations(group, place, name),
		...(hasPairsToChange(group, place.belongs) ? pairSteps(group, place) : []),
		...consistencySteps(group, place),
	];
}

const standingAt = (place: Place, index: number): Standing => place.standings[index] as Standing;
const partAt = ({ parts }: Group, index: number): Part => parts[index] as Part;

const membersStand = (place: Place, stands: (standing: Standing) => boolean): boolean =>
	partsThat(place.belongs, "member").every((index) => stands(standingAt(place, index)));
const isSettledAs = (state: Standing["copyState"]) => (standing: Standing) =>
	standing.phase === "settled" && standing.copyState === state;
export const allSynchronized = (place: Place): boolean => membersStand(place, isSettledAs("Synchronized"));
const membersFailedOver = (place: Place): boolean =>
	!membersStand(place, ({ copyState, phase }) => copyState !== "Failedover" && phase !== "toFailedover");

/** A wait moves every pair that is on its way; the others stay. */
function waitOf(group: Group, place: Place, name: NameEnd): readonly Move<Place>[] {
	const moved = new Map<number, Standing>();
	for (const [index, standing] of place.standings.entries()) {
		if (place.belongs[index] === "left") continue;
		const to = waitFrom(standing, partAt(group, index).frame);
		if (to !== null) moved.set(index, to);
	}
	const told = toldOf([...moved].map(([index, to]) => ({ index, to })));
	if (told === null) return [];
	return [
		{
			kind: "wait",
			name: null,
			code: 0,
			at: "source",
			hazard: "none",
			loses: null,
			movesRoles: false,
			until: { copyState: told.to.copyState, direction: told.to.direction },
			to: withStandings(place, moved),
			why: () => whyWait(standingAt(place, told.index), name),
		},
	];
}

/**
 * Of members that get to several states a line tells one, and the same one whoever looks: parts are in the order of all that
 * is known of them, which a step changes.
 */
function toldOf<Moved extends { readonly to: Standing }>(moved: readonly Moved[]): Moved | null {
	const [told] = [...moved].sort((one, other) => (one.to.copyState < other.to.copyState ? -1 : 1));
	return told ?? null;
}

/** Where members were seen failed over, the group's word follows them; where it stood alone, only a role that moves ends it. */
function withStandings(place: Place, moved: ReadonlyMap<number, Standing>): Place {
	const next = { ...place, standings: place.standings.map((standing, index) => moved.get(index) ?? standing) };
	const follows = place.saysFailedOver && membersFailedOver(place);
	return follows ? { ...next, saysFailedOver: membersFailedOver(next) } : next;
}

/** What one call to the group does: to each member what the pair's row says, unless it is there already. */
export function groupStep(
	rule: NamedRule,
	group: Group,
	place: Place,
	name: NameEnd,
	serves = true,
): Move<Place> | null {
	const members = partsThat(place.belongs, "member");
	if (group.advertised !== null && !group.advertised.has(rule.operation)) return null;
	if (rule.operation === "Failover" && place.saysFailedOver) return null;
	// Only there and back would end the word, and what serves between the two gets writes that the way back overwrites.
	if (rule.operation === "ReverseRoles" && place.saysFailedOver && !mayReverse(place)) return null;
	// No role moves for a change of members, nor beside one: one thing at a time.
	if (serves && rule.movesRoles && group.changesPairs) return null;
	if (!isConsistentEnough(rule.operation, group, place) || (serves && !isStopWorth(rule.operation, group, place)))
		return null;
	const isTorn = new Set(members.map((index) => standingAt(place, index).copyState)).size > 1;
	const moved = new Map<number, Standing>();
	const losses: { readonly index: number; readonly loss: Loss }[] = [];
	let hazard: Hazard = "none";
	const acting: Move<Standing>[] = [];
	for (const index of members) {
		const standing = standingAt(place, index);
		const { frame } = partAt(group, index);
		const acts = (!serves || rule.serves(standing, frame)) && rule.legal(standing, frame);
		if (!acts && !isThere(rule.operation, standing, place)) return null;
		// A literal array fails back every member, and copies the target back over what the source of this one has.
		const touched = acts || rule.operation === "Failback";
		if (!touched) continue;
		const move = moveBy(rule, standing, frame, name);
		if (move === null) return null;
		if (acts) acting.push(move);
		moved.set(index, rule.operation === "ReverseRoles" && isTorn ? servedBetween(move.to) : move.to);
		if (severity[move.hazard] > severity[hazard]) hazard = move.hazard;
		if (move.loses !== null) losses.push({ index, loss: move.loses });
	}
	const told = toldOf(acting);
	if (told === null) return null;
	const [worst] = [...losses].sort((one, other) => rank(other.loss) - rank(one.loss));
	const loses =
		worst === undefined
			? null
			: losses.length === members.length
				? worst.loss
				: {
						...worst.loss,
						members: idsOf(
							group,
							losses.map(({ index }) => index),
						),
					};
	return {
		...told,
		hazard,
		loses,
		to: {
			...withStandings(place, moved),
			...(rule.operation === "Failover" ? { saysFailedOver: true } : {}),
			...(rule.operation === "Failback" || rule.operation === "ReverseRoles" ? { saysFailedOver: false } : {}),
		},
	};
}

/**
 * A torn set may have to be reversed there and back, which no pair ever is: what serves between the two gets writes, and a
 * copy that starts after the way back overwrites them.
 */
function servedBetween(to: Standing): Standing {
	if (to.copyState === "Synchronized") return to;
	const source = currentSource(to.direction);
	return { ...to, ahead: { ...to.ahead, [source]: higherAhead(to.ahead[source], "recent") } };
}

/** Members that are failed over as their group says, or that follow their sources: nothing is written while they are reversed. */
function mayReverse(place: Place): boolean {
	const members = partsThat(place.belongs, "member").map((index) => standingAt(place, index));
	return membersFailedOver(place) || members.every(({ copyState }) => copyState === "Synchronized");
}

const rank = ({ age }: Loss): number => (age === "yes" ? 1 : 0);

function idsOf(group: Group, indices: readonly number[]): readonly string[] {
	return indices.flatMap((index) => partAt(group, index).ids).sort();
}

function isThere(operation: Operation, standing: Standing, place: Place): boolean {
	if (operation === "Failback")
		return isSettledAs("Synchronized")(standing) && !membersStand(place, ({ copyState }) => copyState !== "Failedover");
	return isThereAlready(operation, standing, { kind: "Mirror" });
}

/** A wished consistency comes before what it is wished for: a split or a planned failover of the group as one. */
function isConsistentEnough(operation: Operation, group: Group, place: Place): boolean {
	if (group.desired.consistency !== true || place.consistency !== false) return true;
	if (operation === "Split" || operation === "Fracture") return false;
	return !(operation === "Failover" && group.bothReachable);
}

/**
 * For a change of members the whole group is stopped only where all of it is Synchronized, so that it is worth it, and before
 * the first of them: one stop serves all changes.
 */
function isStopWorth(operation: Operation, group: Group, place: Place): boolean {
	const stops = operation === "Suspend" || operation === "Fracture" || operation === "Split";
	if (!stops) return true;
	const hasBegun = place.belongs.some((belonging, index) => belonging !== group.foundAs[index]);
	return !hasBegun && (!hasPairsToChange(group, place.belongs) || allSynchronized(place));
}

/**
 * The pair's own call for members of one standing, only to bring a torn set together: none of it is one point in time for
 * the group.
 */
function memberSteps(
	operation: "Resume" | "ResyncReplica" | "Suspend" | "Failover",
	group: Group,
	place: Place,
	name: NameEnd,
): readonly Move<Place>[] {
	const rule = ruleFor(operation, "Mirror");
	const alike = membersAlike(group, place);
	if (rule === undefined || alike.size < 2) return [];
	return [...alike].flatMap(([standing, indices]) => {
		const [index = 0] = indices;
		const { element, frame } = partAt(group, index);
		const from = standingAt(place, index);
		if (element === null || !isAdvertised(operation, element)) return [];
		// Of a group that is stopped for a change of pairs no part is stopped before all of it is Synchronized.
		if (operation === "Suspend" && group.changesPairs) return [];
		const own: Frame = { ...element, kept: frame.kept, failoverObserved: frame.failoverObserved };
		if (!mayStepAlone(operation, from, own, place)) return [];
		if (!rule.serves(from, own) || !rule.legal(from, own)) return [];
		const ids = idsOf(group, indices);
		const move = moveBy(rule, from, own, nameOfPairs(ids, name));
		if (move === null) return [];
		const to = withStandings(place, new Map(indices.map((each) => [each, move.to])));
		return [{ ...move, members: ids, standing, to }];
	});
}

/** Members by how they stand: what a step has made alike is one, as it is to whoever looks then. */
function membersAlike(group: Group, place: Place): ReadonlyMap<string, readonly number[]> {
	const alike = new Map<string, readonly number[]>();
	for (const index of partsThat(place.belongs, "member")) {
		const standing = standingAt(place, index);
		const { readOnly, tailUntold, usable, kept, failoverObserved, journal } = partAt(group, index).frame;
		const ofSource = journal[currentSource(standing.direction)];
		const key = JSON.stringify([keyOf(standing), readOnly, tailUntold, usable, kept, failoverObserved, ofSource]);
		alike.set(key, [...(alike.get(key) ?? []), index]);
	}
	return alike;
}

function mayStepAlone(operation: Operation, standing: Standing, frame: Frame, place: Place): boolean {
	if (operation === "Failover") return !frame.reachable[currentSource(standing.direction)] && !place.saysFailedOver;
	return frame.bothReachable && place.consistency !== true;
}

/** Wished pairs that are in no relationship yet: made outside the group, and added to it when they may. */
function creations(group: Group, place: Place, name: NameEnd): readonly Move<Place>[] {
	const members = partsThat(place.belongs, "member");
	const isNew = members.length === 1 && standingAt(place, members[0] ?? 0).copyState === "absent";
	const indices = isNew ? members : partsThat(place.belongs, "candidate");
	if (!isNew && (membersFailedOver(place) || !group.bothReachable)) return [];
	if (!isNew && !hasPairsToChange(group, place.belongs)) return [];
	return indices.flatMap((index) => {
		const standing = standingAt(place, index);
		if (standing.copyState !== "absent") return [];
		const { frame, ids } = partAt(group, index);
		const move = createFrom(standing, frame, isNew ? name : nameOfPairs(ids, name));
		if (move === null) return [];
		const to = withStandings(place, new Map([[index, move.to]]));
		if (isNew) return [{ ...move, to }];
		const several = `${ids.length} disks become copies of their sources`;
		return [{ ...move, pairs: ids, to, ...(ids.length === 1 ? {} : { why: () => several }) }];
	});
}

/** One pair is called by its own disks: it is those that change. Several are named beside the step. */
function nameOfPairs([id, ...others]: readonly string[], name: NameEnd): NameEnd {
	return id === undefined || others.length > 0 ? name : (end) => name(end, id);
}

/** RemoveSyncPair before AddSyncPair, each one call for all of its pairs. */
function pairSteps(group: Group, place: Place): readonly Move<Place>[] {
	const leaving = partsThat(place.belongs, "member").filter((index) => !partAt(group, index).wished);
	if (leaving.length > 0) return removeStep(leaving, group, place) ?? [];
	return addStep(partsThat(place.belongs, "candidate"), group, place) ?? [];
}

export function removeStep(leaving: readonly number[], group: Group, place: Place): readonly Move<Place>[] | null {
	const members = partsThat(place.belongs, "member");
	const states = statesForPairChange(group);
	const legal =
		group.bothReachable &&
		leaving.length > 0 &&
		leaving.length < members.length &&
		(states === null
			? membersStand(place, ({ phase }) => phase === "settled") && !membersFailedOver(place)
			: membersStand(place, (standing) => states.some((state) => isSettledAs(state)(standing))));
	if (!legal || !isGroupAdvertised("RemoveSyncPair", group)) return null;
	return [pairStep("RemoveSyncPair", leaving, "left", "protectionLoss", group, place)];
}

export function addStep(wished: readonly number[], group: Group, place: Place): readonly Move<Place>[] | null {
	const states = statesForPairChange(group);
	const groupStands =
		states === null
			? allSynchronized(place)
			: membersStand(place, (standing) => states.some((state) => isSettledAs(state)(standing)));
	if (!group.bothReachable || !groupStands || !isGroupAdvertised("AddSyncPair", group)) return null;
	const ready = wished.filter((index) => isReady(index, group, place));
	return ready.length === 0 ? null : [pairStep("AddSyncPair", ready, "member", "none", group, place)];
}

/** A pair joins in the same direction and mode; Synchronized where the array says so (feature 63), else as the group stands. */
function isReady(index: number, group: Group, place: Place): boolean {
	const standing = standingAt(place, index);
	if (!partAt(group, index).isMirror || standing.copyState === "absent" || standing.phase !== "settled") return false;
	const isSameMode = (one: Standing) =>
		one.syncMode === standing.syncMode || one.syncMode === "Unknown" || standing.syncMode === "Unknown";
	if (!membersStand(place, (member) => member.direction === standing.direction && isSameMode(member))) return false;
	return group.features.has(groupFeatures.addWantsSynchronizedPair)
		? standing.copyState === "Synchronized"
		: membersStand(place, ({ copyState }) => copyState === standing.copyState);
}

const isGroupAdvertised = (operation: Operation, { advertised }: Group): boolean =>
	advertised === null || advertised.has(operation);

function pairStep(
	operation: "AddSyncPair" | "RemoveSyncPair",
	indices: readonly number[],
	belonging: "member" | "left",
	hazard: Hazard,
	group: Group,
	place: Place,
): Move<Place> {
	const pairs = idsOf(group, indices);
	const to: Place = {
		...place,
		belongs: place.belongs.map((before, index) => (indices.includes(index) ? belonging : before)),
	};
	const why =
		pairs.length === 1
			? { member: "a pair joins the group", left: "a pair leaves the group and stays related" }
			: {
					member: `${pairs.length} pairs join the group`,
					left: `${pairs.length} pairs leave the group and stay related`,
				};
	const until: Until = { ...groupUntil(place, to), pairs: idsOf(group, partsThat(to.belongs, "member")) };
	return {
		...groupOperation(operation, place),
		hazard,
		pairs,
		until,
		to,
		why: () => why[belonging],
	};
}

function consistencySteps(group: Group, place: Place): readonly Move<Place>[] {
	const { desired } = group;
	if (desired.consistency === undefined || place.consistency === null || place.consistency === desired.consistency)
		return [];
	if (desired.state === "absent") return [];
	const steps = desired.consistency ? activateConsistency(group, place) : deactivateConsistency(group, place);
	return steps ?? [];
}

/** Where all are Synchronized, so that its effect can be seen. */
export function activateConsistency(group: Group, place: Place): readonly Move<Place>[] | null {
	if (!group.bothReachable || !allSynchronized(place) || !isGroupAdvertised("ActivateConsistency", group)) return null;
	const to = { ...place, consistency: true };
	return [
		{
			...groupOperation("ActivateConsistency", place),
			hazard: "none",
			until: { ...groupUntil(place, to), consistency: true },
			to,
			why: () => "what is stopped from now on is one point in time for all pairs",
		},
	];
}

export function deactivateConsistency(group: Group, place: Place): readonly Move<Place>[] | null {
	const settled = membersStand(place, ({ phase }) => phase === "settled");
	if (!group.bothReachable || !settled || group.features.has(groupFeatures.alwaysConsistent)) return null;
	if (!isGroupAdvertised("DeactivateConsistency", group)) return null;
	const to = { ...place, consistency: false };
	return [
		{
			...groupOperation("DeactivateConsistency", place),
			hazard: "protectionLoss",
			until: { ...groupUntil(place, to), consistency: false },
			to,
			why: () => "each pair stops at a moment of its own from now on",
		},
	];
}

/** The state of those that were members before and are members still: a pair that joins may stand otherwise. */
function groupUntil(before: Place, after: Place): Until {
	const stayed = partsThat(after.belongs, "member").filter((index) => before.belongs[index] === "member");
	const told = toldOf(stayed.map((index) => ({ to: standingAt(after, index) })));
	const { copyState, direction } = told?.to ?? standingAt(after, 0);
	return { copyState, direction };
}

function groupOperation(
	operation: "AddSyncPair" | "RemoveSyncPair" | "ActivateConsistency" | "DeactivateConsistency",
	place: Place,
): Pick<Move<Place>, "kind" | "name" | "code" | "at" | "loses" | "movesRoles"> {
	const [first] = partsThat(place.belongs, "member");
	const at: End = currentSource(standingAt(place, first ?? 0).direction);
	return { kind: "operation", name: operation, code: operationCodes[operation], at, loses: null, movesRoles: false };
}

/** The end that the members' data flows to now. */
export function groupTarget(place: Place): End {
	const [first] = partsThat(place.belongs, "member");
	return currentTarget(standingAt(place, first ?? 0).direction);
}
