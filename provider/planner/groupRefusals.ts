import { type ErrorCode, errorCodes } from "../model/errorCodes";
import { type CopyState, currentSource, currentTarget, describeName, type End, otherEnd } from "../model/relationship";
import { makeFrame } from "./beginning";
import { features } from "./features";
import { groupFeatures } from "./groupFeatures";
import { groupWishHolds } from "./groupMoves";
import { findGroupMoves } from "./groupSearch";
import {
	asPair,
	type Group,
	isOneWord,
	makeGroup,
	membersOf,
	type Place,
	partsThat,
	statesForPairChange,
} from "./groupStanding";
import type { NameEnd } from "./operations";
import type { Refusal } from "./plan";
import { type Hindrance, hindered, hindranceBeforeSearch, refuse, unreachableEnd } from "./refusals";
import type { Situation } from "./situation";
import type { Standing } from "./standing";
import { insteadOfUnfit, unfit } from "./unfit";

/** What is read per member, in the order in which it is refused. */
const perMember: readonly ErrorCode[] = [
	errorCodes.stateUnknown,
	errorCodes.endUnreachable,
	errorCodes.failedAwayFromEnd,
	errorCodes.servesAlready,
	errorCodes.failedOverNow,
];

/** What is refused of a group before any search, in the order of copies-and-groups.md §4. */
export function groupHinderedBeforeSearch(
	situation: Situation,
	group: Group,
	start: Place,
	name: NameEnd,
): Hindrance | null {
	const { observed, desired } = situation;
	const own = withGroupsWish(asPair(situation, null));
	if (observed.presence === "absent" || (!observed.reachable.source && !observed.reachable.target)) {
		const hindrance = hindranceBeforeSearch(own, makeFrame(own), name);
		return hindrance ?? misfitOf(situation);
	}
	if (observed.syncType !== "Mirror" && desired.state !== "absent") {
		return hindered(
			errorCodes.notAMirror,
			`the relationship of the groups is a ${describeName(observed.syncType, "replica type")}, and only a Mirror of groups is planned for`,
			"use the array's own tools",
		);
	}
	const misfit = misfitOf(situation);
	if (misfit !== null) return misfit;
	const members = membersOf(situation);
	const hindrances = members.flatMap((member) => {
		if (member !== null && !member.read) return [];
		const pair = withGroupsWish(asPair(situation, member));
		const hindrance = hindranceBeforeSearch(pair, makeFrame(pair), name);
		if (hindrance === null) return [];
		return [{ ...hindrance, reason: member === null ? hindrance.reason : `${member.id}: ${hindrance.reason}` }];
	});
	const firstOf = (codes: readonly ErrorCode[]) =>
		codes.flatMap((code) => hindrances.find((hindrance) => hindrance.code === code) ?? [])[0];
	const unknown = firstOf([errorCodes.stateUnknown]);
	if (unknown !== undefined) return unknown;
	const read = members.filter((member) => member?.read !== false);
	const directions = new Set(read.map((member) => member?.direction ?? observed.direction));
	const unread = members.filter((member) => member?.read === false);
	if (directions.size > 1 && !(unread.length === 0 && groupWishHolds(group, start))) {
		return hindered(
			errorCodes.groupTorn,
			"the members' roles differ: data of some flows one way, of others the other way, and no operation is safe on both",
			"bring the group together with the array's own tools",
		);
	}
	if (unread.length > 0) {
		return hindered(
			errorCodes.memberUnread,
			`${unread.map((member) => member?.id).join(", ")} cannot be read, although the host can`,
			"find out why that disk cannot be read, then run again",
		);
	}
	return firstOf(perMember) ?? hindrances[0] ?? null;
}

/** What only a group can be asked for is no misfit of its members. */
function withGroupsWish(pair: Situation): Situation {
	return { ...pair, observed: { ...pair.observed, subject: "group" } };
}

function misfitOf({ desired, observed }: Situation): Hindrance | null {
	const misfit = unfit(desired, observed.subject);
	return misfit === null ? null : hindered(errorCodes.wishUnfit, misfit, insteadOfUnfit(desired, observed.subject));
}

/** Gates of roles and states, in the numbers of groups, the narrowest first (the pair's are in refusals.ts). */
const gatingFeatures: readonly (readonly number[])[] = [[59], [58], [27, 28, 29, 30, 31], [60, 61, 52, 53]];
const reverseWantsReadOnly = 17;

/** Why no way leads to the wish: the first single hindrance whose removal would have opened one. */
export function refuseGroupAfterSearch(situation: Situation, group: Group, start: Place, name: NameEnd): Refusal {
	const { observed, capabilities, desired } = situation;
	const members = partsThat(start.belongs, "member");
	const first = start.standings[members[0] ?? 0] as Standing;
	const [source, target] = [currentSource(first.direction), currentTarget(first.direction)];
	const alternative = "use the array's own tools, or declare a state that can be reached";
	const leads = (changed: Partial<Situation>, standing?: (of: Standing) => Standing, kept = true): boolean => {
		const asked = makeGroup({ ...situation, ...changed });
		const parts = kept
			? asked.group.parts
			: asked.group.parts.map((part) => ({ ...part, frame: { ...part.frame, kept: null } }));
		const standings = standing === undefined ? asked.start.standings : asked.start.standings.map(standing);
		return findGroupMoves({ ...asked.group, parts }, { ...asked.start, standings }, name) !== null;
	};
	const { element } = capabilities;
	const all = element == null ? element : { ...element, operations: null };
	if (leads({ capabilities: { ...capabilities, operations: null, element: all } })) {
		const missing = missingOperations(situation, name);
		return refuse(
			errorCodes.operationNotAdvertised,
			`the array does not advertise ${missing}, which the way there needs`,
			alternative,
		);
	}
	const without = (numbers: readonly number[]) => ({
		capabilities: { ...capabilities, features: capabilities.features.filter((number) => !numbers.includes(number)) },
	});
	const isReported = (numbers: readonly number[]) => numbers.some((number) => capabilities.features.includes(number));
	if (isReported([reverseWantsReadOnly]) && leads(without([reverseWantsReadOnly]))) {
		return refuse(
			errorCodes.sourceMustBeReadOnly,
			`the array reverses roles only from read-only sources (group feature ${reverseWantsReadOnly}), and not all of ${name(source)} are`,
			"make the sources read-only first (stop the application, dismount) and run again",
		);
	}
	for (const numbers of [...gatingFeatures, [reverseWantsReadOnly, ...gatingFeatures.flat()]]) {
		if (!isReported(numbers) || !leads(without(numbers))) continue;
		const named = capabilities.features.filter((number) => numbers.includes(number));
		return refuse(
			errorCodes.featureForbids,
			`the array forbids the way there (group feature ${named.join(", ")})`,
			alternative,
		);
	}
	if (desired.consistency === false && group.features.has(groupFeatures.alwaysConsistent)) {
		return refuse(
			errorCodes.featureForbids,
			`the array keeps every group consistent (group feature ${groupFeatures.alwaysConsistent})`,
			"leave consistency out, or declare it true",
		);
	}
	const completing = first.direction === "forward" ? ("active" as const) : ("reversed" as const);
	const half = members.filter((index) => !(start.standings[index] as Standing).whole[target]);
	const idsOf = (indices: readonly number[]) => indices.flatMap((index) => group.parts[index]?.ids ?? []).join(", ");
	if (half.length > 0 && leads({}, (standing) => ({ ...standing, whole: { ...standing.whole, [target]: true } }))) {
		return refuse(
			errorCodes.targetNotConsistent,
			`${idsOf(half)} holds an interrupted copy and must not serve`,
			observed.reachable[source]
				? leads({ desired: { ...desired, state: completing } })
					? `let the copy complete first: declare ${completing}`
					: alternative
				: `bring ${name(source)} back, so that the copy can be completed, or take the pair out of the group with the array's own tools`,
		);
	}
	if (leads({}, (standing) => ({ ...standing, whole: { ...standing.whole, [source]: true } }))) {
		return refuse(
			errorCodes.sourceNotConsistent,
			"a source was being overwritten when a copy broke off: it is half a disk, and nothing may be copied from it",
			"bring the group together with the array's own tools",
		);
	}
	const usable = { source: true, target: true };
	const repaired = {
		...observed,
		usable,
		members: observed.members?.map((member) => ({ ...member, usable })) ?? null,
	};
	if (leads({ observed: repaired })) {
		return refuse(
			errorCodes.targetNotUsable,
			`a disk of ${name(target)} is not healthy, so it must not serve`,
			`repair that disk first, or ${alternative}`,
		);
	}
	if (element?.features.includes(features.targetMustRemainAssociated)) {
		const loose = element.features.filter((number) => number !== features.targetMustRemainAssociated);
		if (leads({ capabilities: { ...capabilities, element: { ...element, features: loose } } })) {
			return refuse(
				errorCodes.associationMustStay,
				`the array does not let go of the targets (feature ${features.targetMustRemainAssociated})`,
				"set retainOnDelete, or remove the relationship with the array's own tools",
			);
		}
	}
	if (leads({}, undefined, false)) {
		const kept = group.parts[members[0] ?? 0]?.frame.kept ?? source;
		const asKept = (keep: End) => leads({ desired: { ...desired, keep } });
		return refuse(
			errorCodes.keptEndWouldLose,
			`every way there destroys writes that only ${name(kept)} holds, and that end is kept`,
			asKept(otherEnd(kept)) ? `declare keep: ${otherEnd(kept)} if those writes may go` : alternative,
		);
	}
	const { pairs: _pairs, ...asFound } = desired;
	if (desired.pairs !== undefined && leads({ desired: asFound })) {
		const needsFailover = statesForPairChange(group)?.length === 0;
		const byHand = "change the pairs with the array's own tools, or leave pairs as found";
		return needsFailover
			? refuse(
					errorCodes.pairChangeNeedsFailover,
					`the array changes the pairs of a group only while it is failed over (group feature ${groupFeatures.pairChangeWantsFailedOver}), and no role moves for that`,
					byHand,
				)
			: refuse(
					errorCodes.pairNotReady,
					`${idsOf(partsThat(start.belongs, "candidate")) || "a pair"} cannot join or leave the group as both stand now`,
					leads({ observed: withReadyPairs(situation, statesToJoin(group)[0] ?? "Synchronized") })
						? `bring it to the direction and mode of the group first, and to ${statesToJoin(group).join(" or ")}`
						: byHand,
				);
	}
	return refuse(
		errorCodes.noLegalPath,
		`no legal sequence leads from ${statesOf(start)} to ${desired.state}`,
		isTornFailover(start) && desired.state !== "active" && leads({ desired: { ...desired, state: "active" } })
			? "declare active first: Failback brings all members back, those that were failed over and those that were not"
			: isOneWord(situation) || (group.bothReachable && !statesOf(start).includes(", "))
				? alternative
				: `bring ${unreachableEndOr(observed.reachable, name)} and run again, or ${alternative}`,
	);
}

/** What a pair outside may be when the call is sent. */
function statesToJoin(group: Group): readonly CopyState[] {
	const states = group.features.has(groupFeatures.addWantsSynchronizedPair) ? null : statesForPairChange(group);
	return states ?? ["Synchronized"];
}

/** With the pairs outside as they would have to be: where that opens no way, it is the group that is in none for a change. */
function withReadyPairs({ observed }: Situation, copyState: CopyState): Situation["observed"] {
	const [first] = observed.members ?? [];
	if (first === undefined) return observed;
	const ready = { ...first, copyState, progressStatus: "Completed", presence: "present", syncType: "Mirror" } as const;
	return { ...observed, candidates: observed.candidates?.map(({ id }) => ({ ...ready, id })) };
}

function unreachableEndOr(reachable: Situation["observed"]["reachable"], name: NameEnd): string {
	if (reachable.source && reachable.target) return "the members to one state";
	return `${name(unreachableEnd({ reachable }))} back`;
}

function statesOf({ standings, belongs }: Place): string {
	const states = partsThat(belongs, "member").map((index) => (standings[index] as Standing).copyState);
	return [...new Set(states)].join(", ");
}

function isTornFailover({ standings, belongs }: Place): boolean {
	const over = partsThat(belongs, "member").filter((index) => standings[index]?.copyState === "Failedover");
	return over.length > 0 && over.length < partsThat(belongs, "member").length;
}

function missingOperations(situation: Situation, name: NameEnd): string {
	const { capabilities } = situation;
	const element = capabilities.element == null ? capabilities.element : { ...capabilities.element, operations: null };
	const { group, start } = makeGroup({ ...situation, capabilities: { ...capabilities, operations: null, element } });
	const moves = findGroupMoves(group, start, name) ?? [];
	const missing = moves.flatMap(({ name: operation, code, members }) => {
		const list = members === undefined ? capabilities.operations : (capabilities.element?.operations ?? null);
		return operation !== null && list !== null && !list.includes(operation) ? [`${operation} (${code})`] : [];
	});
	return [...new Set(missing)].join(", ");
}
