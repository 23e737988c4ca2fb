import { errorCodes } from "../model/errorCodes";
import { currentTarget, type Operation } from "../model/relationship";
import { makeFrame } from "./beginning";
import type { Move } from "./cheapest";
import { asPairCapabilities } from "./groupFeatures";
import {
	activateConsistency,
	addStep,
	deactivateConsistency,
	groupStep,
	groupWishHolds,
	removeStep,
} from "./groupMoves";
import { groupHinderedBeforeSearch, refuseGroupAfterSearch } from "./groupRefusals";
import { findGroupMoves } from "./groupSearch";
import { type Group, makeGroup, type Place, partsThat } from "./groupStanding";
import { warningsOfGroup } from "./groupWarnings";
import { hinderedByNeighbours } from "./neighbours";
import type { NameEnd } from "./operations";
import { isFailedOver } from "./phase";
import type { Refusal, Step } from "./plan";
import { type Hindrance, hindered, refusalBy } from "./refusals";
import { isThereAlready } from "./requestPlan";
import { ruleFor } from "./rules";
import { stepOf } from "./search";
import type { Situation } from "./situation";
import type { Standing } from "./standing";

/** What a group's situation comes to; who makes the answer of it adds digest and the warnings that pairs have too. */
export type GroupPlan =
	| { readonly outcome: "refused"; readonly refusal: Refusal }
	| { readonly outcome: "ambiguous"; readonly place: Place }
	| {
			readonly outcome: "found";
			readonly steps: readonly Step[];
			readonly places: readonly Place[];
			readonly parts: Group["parts"];
			readonly warnings: readonly string[];
	  };

/** The cheapest way of a group: one search over the set of its members' standings (copies-and-groups.md §2). */
export function planGroup(situation: Situation, name: NameEnd): GroupPlan {
	const { group, start } = makeGroup(situation);
	const early = groupHinderedBeforeSearch(situation, group, start, name);
	if (early !== null) return { outcome: "refused", refusal: refusalBy(early) };
	const isAmbiguous = partsThat(start.belongs, "member").some((index) => start.standings[index]?.phase === "ambiguous");
	if (isAmbiguous) {
		const beside = situation.observed.job === null ? null : holdsBesideJob(situation);
		return beside ?? { outcome: "ambiguous", place: start };
	}
	const { operation } = situation.desired;
	const found =
		situation.desired.state === "operation" && operation !== undefined
			? requestedOfGroup(operation, situation, group, start, name)
			: findGroupMoves(group, start, name);
	if (found === null) return { outcome: "refused", refusal: refuseGroupAfterSearch(situation, group, start, name) };
	if ("code" in found) return { outcome: "refused", refusal: refusalBy(found) };
	const steps = found.map(stepOf);
	const places = [start, ...found.map(({ to }) => to)];
	const frame = makeFrame({ ...situation, capabilities: asPairCapabilities(situation.capabilities) });
	const beside = hinderedByNeighbours(steps, places.map(firstStanding), frame, name);
	if (beside !== null) return { outcome: "refused", refusal: refusalBy(beside) };
	return {
		outcome: "found",
		steps,
		places,
		parts: group.parts,
		warnings: warningsOfGroup(situation, { steps, group, places }, name),
	};
}

/** A job may be a repair that touches nothing: where the wish holds without it, nothing has to wait for it. */
function holdsBesideJob(situation: Situation): GroupPlan | null {
	const { group, start } = makeGroup({ ...situation, observed: { ...situation.observed, job: null } });
	if (!groupWishHolds(group, start)) return null;
	const warning = `job ${situation.observed.job} is in flight; the wish holds without it, so nothing waits for it`;
	return { outcome: "found", steps: [], places: [start], parts: group.parts, warnings: [warning] };
}

/** The standing that stands for the group where one is asked for: roles and reachability are the same for all members. */
export function firstStanding({ standings, belongs }: Place): Standing {
	return standings[partsThat(belongs, "member")[0] ?? 0] as Standing;
}

function requestedOfGroup(
	operation: Operation,
	{ observed }: Situation,
	group: Group,
	place: Place,
	name: NameEnd,
): readonly Move<Place>[] | Hindrance {
	const illegal = (reason: string, wayOut: string) => hindered(errorCodes.operationNotLegalHere, reason, wayOut);
	const members = partsThat(place.belongs, "member");
	const named = (belongs: "member" | "candidate") =>
		partsThat(place.belongs, belongs).filter((index) =>
			group.parts[index]?.ids.some((id) => group.desired.pairs?.includes(id) === true),
		);
	if (
		operation === "Failover" &&
		(isFailedOver(observed) || members.some((index) => place.standings[index]?.copyState === "Failedover"))
	) {
		return illegal(
			"the group, or a part of it, is failed over already, and some arrays undo a failover when they get a second one",
			"it is never sent twice; Failback leads on from here",
		);
	}
	const moves = ((): readonly Move<Place>[] | null => {
		switch (operation) {
			case "ActivateConsistency":
				return place.consistency === true ? [] : activateConsistency(group, place);
			case "DeactivateConsistency":
				return place.consistency === false ? [] : deactivateConsistency(group, place);
			case "AddSyncPair":
				return addStep(named("candidate"), group, place);
			case "RemoveSyncPair":
				return removeStep(named("member"), group, place);
			default: {
				const rule = ruleFor(operation, "Mirror");
				const step = rule === undefined ? null : groupStep(rule, group, place, name, false);
				if (step !== null) return [step];
				const isThere = members.every((index) =>
					isThereAlready(operation, place.standings[index] as Standing, { kind: "Mirror" }),
				);
				return isThere ? [] : null;
			}
		}
	})();
	if (moves !== null) return moves;
	if (group.advertised !== null && !group.advertised.has(operation)) {
		return hindered(
			errorCodes.operationNotAdvertised,
			`the array does not advertise ${operation} for groups`,
			"use the array's own tools",
		);
	}
	const half = members.find((index) => {
		const standing = place.standings[index] as Standing;
		return !standing.whole[currentTarget(standing.direction)];
	});
	if (half !== undefined && (operation === "Failover" || operation === "ReverseRoles")) {
		return hindered(
			errorCodes.targetNotConsistent,
			`${group.parts[half]?.ids.join(", ")} holds an interrupted copy`,
			"let the copy complete first",
		);
	}
	const states = [...new Set(members.map((index) => place.standings[index]?.copyState))].join(", ");
	return illegal(
		`${operation} is not legal for the group as it stands (${states})`,
		"see docs/operations.md for the states it is legal from",
	);
}
