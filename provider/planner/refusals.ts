import { type ErrorCode, errorCodes } from "../model/errorCodes";
import { currentSource, currentTarget, describeName, type End, isUnknown, otherEnd } from "../model/relationship";
import { makeFrame, makeStanding } from "./beginning";
import { features } from "./features";
import { isAdvertised, type NameEnd, operationRules, plannedOperations } from "./operations";
import { phaseAtRest, phaseOf } from "./phase";
import type { Refusal, Step } from "./plan";
import { findPlan } from "./search";
import type { Desired, Situation } from "./situation";
import type { Frame } from "./standing";
import { insteadOfUnfit, unfit } from "./unfit";
import { servingEnd, wishHolds } from "./wishes";

/** CopyState 16 of newer DMTF versions, for example after the link was lost. Not in the Microsoft enumeration. */
const partitioned = 16;

export function refusalBy({ code, reason, wayOut }: Hindrance): Refusal {
	return refuse(code, reason, wayOut());
}

/** A refusal whose way out is worked out when somebody reads it: it plans other wishes, which have hindrances too. */
export interface Hindrance {
	readonly code: ErrorCode;
	readonly reason: string;
	readonly wayOut: () => string;
}

/**
 * What is refused before any search, in the order of replication-model.md §4: the first cause is the one reported, so
 * that a user mends the nearest thing first. docs/errors.md holds the same table for people.
 */
export function hindranceBeforeSearch(situation: Situation, frame: Frame, name: NameEnd): Hindrance | null {
	const { observed, desired } = situation;
	const { reachable } = observed;
	const source = currentSource(observed.direction);
	const failedOver = frame.failoverObserved;

	if (!reachable.source && !reachable.target) {
		return hindered(
			errorCodes.noEndReachable,
			"neither end can be read, so nothing is known about the relationship",
			"restore contact to one of the two hosts",
		);
	}
	if (observed.presence === "absent" && desired.state !== "absent") {
		// Where one end cannot be read it may be the one that lists it: to have it declared anew would orphan what is there.
		const unlisted = () =>
			`${name(otherEnd(unreachableEnd(frame)))} is in no relationship that its host lists, and ${name(unreachableEnd(frame))} cannot be read`;
		if (desired.state === "reversed" || desired.state === "failedOver" || desired.state === "operation") {
			return frame.bothReachable
				? hindered(
						errorCodes.relationshipAbsent,
						`there is no relationship, and ${desired.state} needs one with a copy on it`,
						observed.vanished ? whenVanished : "declare active first, which creates it",
					)
				: hindered(
						errorCodes.relationshipAbsent,
						unlisted(),
						"use the array's own tools at the site that is left, or restore contact to both hosts",
					);
		}
		if (observed.vanished) {
			return frame.bothReachable
				? hindered(
						errorCodes.relationshipVanished,
						"the relationship that this resource knows is gone, and we did not remove it",
						whenVanished,
					)
				: hindered(
						errorCodes.relationshipVanished,
						`${unlisted()}, so whether the relationship that this resource knows is gone cannot be told`,
						() => `restore contact to ${name(unreachableEnd(frame))} and look again before anything is given up`,
					);
		}
		if (!frame.bothReachable) {
			return hindered(
				errorCodes.cannotCreateUnreachable,
				`${unlisted()}, so none can be created`,
				"restore contact to both hosts",
			);
		}
	}
	if (observed.presence === "present" && observed.syncType !== "Mirror" && desired.state !== "absent") {
		return hindered(
			errorCodes.notAMirror,
			`the relationship is a ${describeName(observed.syncType, "replica type")}, and roles and copies are only planned for a Mirror`,
			"manage it with the array's own tools, or declare another pair of disks",
		);
	}
	const misfit = unfit(desired, observed.subject);
	if (misfit !== null) return hindered(errorCodes.wishUnfit, misfit, insteadOfUnfit(desired, observed.subject));
	if (observed.presence === "present") {
		const unknown = unknownState(situation, frame);
		if (unknown !== null) {
			return hindered(errorCodes.stateUnknown, `the array reports ${unknown}, which has no one meaning`, () =>
				wayOutOfUnknown(situation),
			);
		}
	}
	if (!frame.bothReachable && observed.presence === "present") {
		const needsBoth = desired.state === "active" || desired.state === "reversed" || desired.state === "split";
		if (needsBoth && !(reachable[source] && holdsAtRest(situation))) {
			const lost = unreachableEnd(frame);
			return hindered(
				errorCodes.endUnreachable,
				`${desired.state} needs both ends, and ${name(lost)} cannot be read`,
				() => wayOutOfOneEnd(situation, frame, name),
			);
		}
	}
	if (observed.presence === "present" && desired.state === "failedOver" && servingEnd(desired) === source) {
		return failedOver
			? hindered(errorCodes.failedAwayFromEnd, `the relationship failed away from ${name(source)}`, () =>
					wayBack(situation, name),
				)
			: hindered(errorCodes.servesAlready, `${name(source)} serves already`, () => nearestSafeWish(situation, name));
	}
	if (failedOver && (desired.state === "suspended" || desired.state === "split")) {
		return hindered(
			errorCodes.failedOverNow,
			`the relationship is failed over, and ${desired.state} would leave open which end serves`,
			() => wayBack(situation, name),
		);
	}
	return null;
}

/** One silent host must not refuse what holds already: a job or a passing status there says nothing against it. */
function holdsAtRest({ observed, desired }: Situation): boolean {
	return wishHolds(desired, { ...makeStanding({ observed }), phase: phaseAtRest(observed) });
}

const whenVanished =
	"find out who removed it; then run pulumi state delete on this resource and declare it again: the next up creates it, and asks for consent before it overwrites the target";

export function hindered(code: ErrorCode, reason: string, wayOut: string | (() => string)): Hindrance {
	return { code, reason, wayOut: typeof wayOut === "string" ? () => wayOut : wayOut };
}

function wayOutOfUnknown({ observed }: Situation): string {
	const named = "look at the array's own tools and try again when it reports a named state";
	return isUnknown(observed.copyState) && observed.copyState.unknown === partitioned
		? `${named}; until then it can be deleted, or failed over while its source is declared lost`
		: named;
}

/** One end cannot be read: what holds without it, what can be had without it, and what to say if it never comes back. */
function wayOutOfOneEnd(situation: Situation, frame: Frame, name: NameEnd): string {
	const { observed } = situation;
	const lost = unreachableEnd(frame);
	const source = currentSource(observed.direction);
	if (lost === source && !frame.failoverObserved) {
		const to = otherEnd(lost);
		if (hasPlan({ ...situation, desired: { state: "failedOver", to } }, name)) {
			const failoverTo = to === "target" ? "" : ", failoverTo: source";
			return `restore contact to ${name(lost)}; if it is gone for good, declare failedOver${failoverTo} and lost: ${lost}`;
		}
		return `restore contact to ${name(lost)}; without it nothing can be served from ${name(to)}`;
	}
	const forGood =
		lost === source ? "" : `; if ${name(lost)} is gone for good, declare lost: ${lost} and delete the resource`;
	return `${safeWishOr(situation, name, `restore contact to ${name(lost)}`)}${forGood}`;
}

/** From a failover: active or reversed, if they lead anywhere from here. */
function wayBack(situation: Situation, name: NameEnd): string {
	const { keep } = situation.desired;
	const ways = (["active", "reversed"] as const).filter((state) =>
		hasPlan({ ...situation, desired: { state, ...(keep === undefined ? {} : { keep }) } }, name),
	);
	return ways.length === 0 ? nearestSafeWish(situation, name) : `bring it back: declare ${ways.join(" or ")}`;
}

/**
 * Why the search found nothing: the first single hindrance, in this order, whose removal would have opened a way.
 * Each is tried by planning again without it, so the reason given is always one that matters.
 */
export function refuseAfterSearch(situation: Situation, frame: Frame, name: NameEnd): Refusal {
	const alternative = nearestSafeWish(situation, name);
	const { capabilities, observed } = situation;
	const source = currentSource(observed.direction);

	const everything = planIf({ ...situation, capabilities: { ...capabilities, operations: null } }, frame.kept, name);
	if (everything !== null) {
		const missing = everything.flatMap((step) =>
			step.kind === "operation" && !isAdvertised(step.operation, frame) ? [`${step.operation} (${step.code})`] : [],
		);
		return refuse(
			errorCodes.operationNotAdvertised,
			`the array does not advertise ${[...new Set(missing)].join(", ")}, which the way there needs`,
			alternative,
		);
	}
	// The gate is taken away, not the disk made read-only: that would also say that it holds no writes of its own.
	const ungated = capabilities.features.filter((number) => number !== features.reverseRequiresReadOnlySource);
	if (
		ungated.length < capabilities.features.length &&
		!observed.readOnly[source] &&
		planIf({ ...situation, capabilities: { ...capabilities, features: ungated } }, frame.kept, name) !== null
	) {
		return refuse(
			errorCodes.sourceMustBeReadOnly,
			`the array reverses roles only from a read-only source (feature ${features.reverseRequiresReadOnlySource}), and ${name(source)} is writable`,
			`make the source read-only first (stop the application, dismount) and run again, or ${alternative}`,
		);
	}
	// The narrowest first; two that close the way together are named together.
	for (const feature of [...gatingFeatures, [features.reverseRequiresReadOnlySource, ...gatingFeatures.flat()]]) {
		const without = capabilities.features.filter((number) => !feature.includes(number));
		if (without.length === capabilities.features.length) continue;
		if (planIf({ ...situation, capabilities: { ...capabilities, features: without } }, frame.kept, name) === null)
			continue;
		const named = capabilities.features.filter((number) => feature.includes(number));
		return refuse(
			errorCodes.featureForbids,
			`the array forbids the way there from ${describeName(observed.copyState)} (feature ${named.join(", ")})`,
			alternative,
		);
	}
	if (planIfWhole(situation, currentTarget(observed.direction), frame, name) !== null) {
		const target = name(currentTarget(observed.direction));
		return refuse(
			errorCodes.targetNotConsistent,
			frame.failoverObserved
				? `${target} was failed over to while it held an interrupted copy: it is half a disk, and nothing may be copied from it`
				: `${target} holds an interrupted copy and must not serve`,
			frame.failoverObserved
				? `end the relationship (destroy leaves both disks as they are) and declare the pair again, so that ${name(source)}, which is whole, is copied over ${target}`
				: observed.reachable[source]
					? completeFirst(situation, name)
					: withoutSource(situation, name),
		);
	}
	if (planIfWhole(situation, source, frame, name) !== null) {
		const [half, other] = [name(source), name(currentTarget(observed.direction))];
		const turned = observed.direction === "forward" ? ("reversed" as const) : ("active" as const);
		const wayOut = hasPlan(
			{ ...situation, desired: { ...situation.desired, state: turned, keep: currentTarget(observed.direction) } },
			name,
		)
			? `declare ${turned} and keep: ${currentTarget(observed.direction)}, so that ${other} is copied over ${half}`
			: `end the relationship (destroy leaves both disks as they are) and declare the pair with its ends exchanged, so that ${other} is copied over ${half}`;
		return refuse(
			errorCodes.sourceNotConsistent,
			`${half} was being overwritten when a copy broke off: it is half a disk, and nothing may be copied from it`,
			wayOut,
		);
	}
	if (
		planIf({ ...situation, observed: { ...observed, usable: { source: true, target: true } } }, frame.kept, name) !==
		null
	) {
		return refuse(
			errorCodes.targetNotUsable,
			`${name(currentTarget(observed.direction))} is not healthy (HealthStatus Unhealthy, or an OperationalStatus that says it cannot be reached), so it must not serve`,
			`repair that disk first, or ${alternative}`,
		);
	}
	const mustStay = capabilities.features.filter((number) => number !== features.targetMustRemainAssociated);
	if (planIf({ ...situation, capabilities: { ...capabilities, features: mustStay } }, frame.kept, name) !== null) {
		return refuse(
			errorCodes.associationMustStay,
			`the array does not let go of the target (feature ${features.targetMustRemainAssociated})`,
			"set retainOnDelete, or remove the relationship with the array's own tools",
		);
	}
	if (frame.kept !== null && planIf(situation, null, name) !== null) {
		return refuse(
			errorCodes.keptEndWouldLose,
			`every way there destroys writes that only ${name(frame.kept)} holds, and that end is kept`,
			`${copiesFirst(situation, name)}declare keep: ${otherEnd(frame.kept)} if those writes may go, or ${alternative}`,
		);
	}
	if (observed.progressStatus === "RequiresDetach" && situation.desired.state !== "absent") {
		return refuse(
			errorCodes.noLegalPath,
			"the array requires that the relationship is detached and takes nothing else",
			"delete the resource (both disks stay), then declare it anew",
		);
	}
	const halfCopy =
		situation.desired.state !== "absent" &&
		!observed.reachable[source] &&
		!makeStanding(situation).whole[currentTarget(observed.direction)];
	return refuse(
		errorCodes.noLegalPath,
		`no legal sequence leads from ${describeStanding(situation)} to ${situation.desired.state}`,
		halfCopy ? withoutSource(situation, name) : alternative,
	);
}

/** Features that close a way, the narrowest first; those about ReverseRoles' states are one group, an OR. */
const gatingFeatures: readonly (readonly number[])[] = [
	[features.failoverRequiresFailback],
	[features.reverseKeepsCopyState],
	[
		features.reverseFromSynchronized,
		features.reverseFromFractured,
		features.reverseFromSplit,
		features.reverseFromFailedOver,
		features.reverseFromSuspended,
	],
	[
		features.plannedFailoverRequiresFractured,
		features.failoverRequiresSubsequentFracture,
		features.failoverRequiresSubsequentSplit,
	],
	[features.brokenRecoversAutomatically],
];

function planIf(situation: Situation, kept: End | null, name: NameEnd): readonly Step[] | null {
	return findPlan(makeStanding(situation), { ...makeFrame(situation), kept }, name)?.steps ?? null;
}

/** Where the copy can be completed first, nothing is left that would go. */
function copiesFirst(situation: Situation, name: NameEnd): string {
	const { observed, desired } = situation;
	const state = observed.direction === "forward" ? ("active" as const) : ("reversed" as const);
	const { to: _, ...wish } = desired;
	if (observed.copyState === "Failedover" || desired.state === state) return "";
	return hasPlan({ ...situation, desired: { ...wish, state } }, name)
		? `declare ${state} first, which copies those writes over; or `
		: "";
}

/** The target is half a copy, and its source is there to complete it. */
function completeFirst(situation: Situation, name: NameEnd): string {
	const state = situation.observed.direction === "forward" ? ("active" as const) : ("reversed" as const);
	const { to: _, keep, ...wish } = { ...situation.desired, state };
	if (hasPlan({ ...situation, desired: keep === undefined ? wish : { ...wish, keep } }, name))
		return `let the copy complete first: declare ${state}`;
	return keep !== undefined && hasPlan({ ...situation, desired: wish }, name)
		? `let the copy complete first: declare ${state} without keep, if what only ${name(keep)} holds may go`
		: nearestSafeWish(situation, name);
}

/** The target is half a copy, and nothing can complete it while the source is away. */
function withoutSource({ observed }: Situation, name: NameEnd): string {
	const [source, target] = [currentSource(observed.direction), currentTarget(observed.direction)];
	const state = observed.direction === "forward" ? "active" : "reversed";
	return `bring ${name(source)} back, remove lost and declare ${state}, which completes the copy; if it is gone for good, delete the resource and restore ${name(target)} from a backup`;
}

/** Whether a wish leads anywhere once what is in flight has settled. */
function hasPlan({ observed, ...rest }: Situation, name: NameEnd): boolean {
	const situation: Situation = { ...rest, observed: { ...observed, job: null } };
	const frame = makeFrame(situation);
	return (
		hindranceBeforeSearch(situation, frame, name) === null && findPlan(makeStanding(situation), frame, name) !== null
	);
}

function planIfWhole(situation: Situation, end: End, frame: Frame, name: NameEnd): readonly Step[] | null {
	const standing = makeStanding(situation);
	return findPlan({ ...standing, whole: { ...standing.whole, [end]: true } }, frame, name)?.steps ?? null;
}

/** The wish nearest to where things stand: reached without losing writes, with the fewest moves of roles and steps. */
function nearestSafeWish(situation: Situation, name: NameEnd): string {
	const absent: Situation = { ...situation, desired: { state: "absent" } };
	const end = hasPlan(absent, name) ? "delete the resource (both disks stay), or " : "";
	const { by } = situation.desired;
	const other = by === "Dissolve" ? ("Detach" as const) : ("Dissolve" as const);
	if (by !== undefined && hasPlan({ ...situation, desired: { state: "absent", by: other } }, name)) {
		const declare = safeWishOr(situation, name, "leave the state as it is declared");
		return `${declare}, with deletePolicy: ${other.toLowerCase()}, and delete after that up`;
	}
	return safeWishOr(
		situation,
		name,
		`no other state can be reached without losing writes: ${end}use the array's own tools`,
	);
}

function safeWishOr(situation: Situation, name: NameEnd, otherwise: string): string {
	const wishes: readonly Desired["state"][] = ["active", "suspended", "reversed", "split", "failedOver"];
	let best: { readonly state: string; readonly steps: number; readonly cost: number } | null = null;
	for (const state of wishes) {
		if (state === situation.desired.state) continue;
		const asked: Situation = {
			...situation,
			desired: { ...situation.desired, state, to: currentTarget(situation.observed.direction) },
		};
		const frame = makeFrame(asked);
		if (hindranceBeforeSearch(asked, frame, name) !== null) continue;
		const found = findPlan(makeStanding(asked), frame, name);
		if (found === null || found.steps.some((step) => step.kind !== "wait" && step.hazard === "dataLoss")) continue;
		const operations = found.steps.filter((step) => step.kind !== "wait");
		const roleMoves = operations.filter((step) => step.kind === "operation" && movesRoles(step.operation));
		const cost = roleMoves.length * 100 + operations.length;
		if (best === null || cost < best.cost) best = { state, steps: operations.length, cost };
	}
	if (best === null) return otherwise;
	return best.steps === 0
		? `declare ${best.state}, which holds already`
		: `declare ${best.state}, which can be reached without losing writes`;
}

function movesRoles(operation: string): boolean {
	return plannedOperations.some((name) => name === operation && operationRules[name].movesRoles);
}

function unknownState({ observed, desired }: Situation, frame: Frame): string | null {
	const { copyState, progressStatus } = observed;
	if (isUnknown(progressStatus)) return describeName(progressStatus, "ProgressStatus");
	if (copyState === "NotApplicable" || copyState === "Mixed") return `CopyState ${copyState}`;
	if (!isUnknown(copyState)) return null;
	const countsAsBroken =
		copyState.unknown === partitioned &&
		(desired.state === "absent" ||
			(desired.state === "failedOver" && !frame.reachable[currentSource(observed.direction)]));
	return countsAsBroken ? null : describeName(copyState, "CopyState");
}

export function unreachableEnd(frame: Pick<Frame, "reachable">): End {
	return frame.reachable.source ? "target" : "source";
}

function describeStanding({ observed }: Situation): string {
	if (observed.presence === "absent") return "no relationship";
	const phase = phaseOf(observed);
	return `${describeName(observed.copyState)}${phase === "settled" ? "" : ` (${describeName(observed.progressStatus)})`} ${observed.direction}`;
}

export function refuse(code: ErrorCode, reason: string, alternative: string): Refusal {
	return { outcome: "refused", code, reason, alternative };
}
