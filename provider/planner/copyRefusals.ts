import { errorCodes } from "../model/errorCodes";
import { currentSource, currentTarget, describeName, isOfKind, isUnknown } from "../model/relationship";
import { makeFrame, makeStanding } from "./beginning";
import { countsAsNamed, holdsImage } from "./copyStanding";
import { features } from "./features";
import { isAdvertised, type NameEnd } from "./operations";
import { isFailedOver, phaseAtRest } from "./phase";
import type { Refusal } from "./plan";
import { type Hindrance, hindered, refusalBy, refuse, unreachableEnd } from "./refusals";
import { findPlan } from "./search";
import type { Desired, Situation } from "./situation";
import type { Frame, Standing } from "./standing";
import { insteadOfUnfit, unfit } from "./unfit";
import { wishHolds } from "./wishes";

/** CopyState 16 and 17 of newer DMTF: they count as Broken for a removal alone. */
const brokenStates: readonly number[] = [16, 17];

/** What is refused of a point-in-time copy before any search, in the order of copies-and-groups.md §4. */
export function copyHinderedBeforeSearch(
	situation: Situation,
	start: Standing,
	frame: Frame,
	name: NameEnd,
): Hindrance | null {
	const { observed, desired } = situation;
	const { reachable } = observed;
	const kind = frame.kind;
	if (!reachable.source && !reachable.target) {
		return hindered(
			errorCodes.noEndReachable,
			"neither end can be read, so nothing is known about the copy",
			"restore contact to one of the two hosts",
		);
	}
	if (
		observed.presence === "absent" &&
		desired.state !== "absent" &&
		!wishHolds(desired, { ...start, phase: "settled" })
	) {
		const hindrance = hinderedOfNothing(situation, start, frame, name);
		if (hindrance !== null) return hindrance;
	}
	if (observed.presence === "present" && desired.state !== "absent" && !isOfKind(observed.syncType, kind)) {
		return hindered(
			errorCodes.notAMirror,
			`the relationship between the two disks is a ${describeName(observed.syncType, "replica type")}, and a ${kind} is declared`,
			"declare what it is, or another target",
		);
	}
	const misfit = unfit(desired, observed.subject);
	if (misfit !== null) return hindered(errorCodes.wishUnfit, misfit, insteadOfUnfit(desired, observed.subject));
	const unknown = observed.presence === "present" ? unknownStateOf(situation) : null;
	if (unknown !== null) {
		return hindered(
			errorCodes.stateUnknown,
			`the array reports ${unknown}, which has no one meaning`,
			"look at the array's own tools and try again when it reports a named state",
		);
	}
	if (
		desired.state === "active" &&
		observed.presence === "present" &&
		!frame.bothReachable &&
		!(
			reachable[currentSource(observed.direction)] &&
			wishHolds(desired, { ...start, phase: phaseAtRest(observed, kind) })
		)
	) {
		const lost = name(unreachableEnd(frame));
		return hindered(
			errorCodes.endUnreachable,
			`active needs both ends, and ${lost} cannot be read`,
			`restore contact to ${lost}`,
		);
	}
	if (isFailedOver(observed) && desired.state === "suspended") {
		return hindered(
			errorCodes.failedOverNow,
			"the array reports the copy as failed over, a state that no copy has, and suspended would leave it open what that means",
			"look at the array's own tools",
		);
	}
	const isRequest = desired.state === "operation";
	if (
		start.copy?.restoreOpen === true &&
		!isRequest &&
		start.phase !== "ambiguous" &&
		isHeldByRestore(start, frame, name)
	) {
		return restoreIsOpen(start, name);
	}
	return null;
}

/** What a source that takes writes keeps from being restored is another cause, and told as that. */
function isHeldByRestore(start: Standing, frame: Frame, name: NameEnd): boolean {
	const anywhere = new Set([...frame.features].filter((number) => number !== features.copyRequiresOfflineSource));
	return findPlan(start, { ...frame, features: anywhere }, name) === null;
}

export function sourceMustBeOffline(disk: string): Hindrance {
	return hindered(
		errorCodes.sourceMustBeOffline,
		`the array copies only from a disk that takes no writes (feature ${features.copyRequiresOfflineSource}), and ${disk} does`,
		`make ${disk} read-only first (stop what writes to it, dismount), then run again`,
	);
}

export function restoreIsOpen({ direction }: Standing, name: NameEnd): Hindrance {
	const [source, target] = [name(currentSource(direction)), name(currentTarget(direction))];
	return hindered(
		errorCodes.restoreIsOpen,
		`a restore of ${source} was begun and is not proven: ${source} may be neither what it was nor the point in time, and ${target} is the only good image`,
		`keep ${target} as it is and use the array's own tools; if ${source} is good as it is, declare keep: source`,
	);
}

function hinderedOfNothing(
	{ observed, desired }: Situation,
	start: Standing,
	frame: Frame,
	name: NameEnd,
): Hindrance | null {
	const { done } = start.copy ?? { done: { retake: true, restore: true } };
	const needsOne =
		!done.restore ||
		desired.state === "reversed" ||
		desired.state === "failedOver" ||
		desired.state === "operation" ||
		desired.state === "inactive" ||
		(desired.state === "detached" && done.retake);
	if (needsOne) {
		const what = done.restore ? desired.state : "a restore";
		return hindered(
			errorCodes.relationshipAbsent,
			`there is no copy, and ${what} needs one`,
			done.restore
				? "declare active first, which makes it"
				: "take the restore label away, or restore from another copy",
		);
	}
	if (observed.vanished && done.retake) {
		return hindered(
			errorCodes.relationshipVanished,
			"the copy that this resource knows is gone, and we did not remove it",
			"find out who removed it; to have a new one made, change triggers",
		);
	}
	if (!frame.bothReachable) {
		const lost = name(unreachableEnd(frame));
		return hindered(
			errorCodes.cannotCreateUnreachable,
			`${lost} cannot be read, so no copy can be made`,
			"restore contact to both hosts",
		);
	}
	return null;
}

function unknownStateOf({ observed, desired }: Situation): string | null {
	const { copyState, progressStatus } = observed;
	if (isUnknown(progressStatus)) return describeName(progressStatus, "ProgressStatus");
	if (copyState === "NotApplicable" || copyState === "Mixed") return `CopyState ${copyState}`;
	if (!isUnknown(copyState) || countsAsNamed(copyState)) return null;
	const isRemoved = desired.state === "absent" && brokenStates.includes(copyState.unknown);
	return isRemoved ? null : describeName(copyState, "CopyState");
}

/** Features that close a way, the narrowest first. */
const gates: readonly number[] = [features.brokenRecoversAutomatically, features.resyncRequiresActivate];

/** Why no way leads to the wish: the first single hindrance whose removal would have opened one. */
export function refuseCopyAfterSearch(situation: Situation, frame: Frame, name: NameEnd): Refusal {
	const { observed, capabilities, desired } = situation;
	const start = makeStanding(situation);
	const [source, target] = [currentSource(start.direction), currentTarget(start.direction)];
	const alternative = nearestWish(situation, name);
	const leads = (
		changed: Partial<Situation>,
	): readonly { readonly kind: string; readonly operation?: string }[] | null => {
		const asked = { ...situation, ...changed };
		return findPlan(makeStanding(asked), makeFrame(asked), name)?.steps ?? null;
	};
	const without = (feature: number) => ({
		capabilities: { ...capabilities, features: capabilities.features.filter((number) => number !== feature) },
	});

	const everything = leads({ capabilities: { ...capabilities, operations: null } });
	if (everything !== null) {
		const missing = everything.flatMap(({ operation }) =>
			operation !== undefined && !isAdvertised(operation as Parameters<typeof isAdvertised>[0], frame)
				? [operation]
				: [],
		);
		return refuse(
			errorCodes.operationNotAdvertised,
			`the array does not advertise ${[...new Set(missing)].join(", ")}, which the way there needs`,
			alternative,
		);
	}
	if (capabilities.features.includes(features.copyRequiresOfflineSource)) {
		if (leads(without(features.copyRequiresOfflineSource)) !== null) {
			// Where a retake comes after the restore, the copy may be at rest already.
			const restores = start.copy?.done.restore === false && !observed.readOnly[target];
			return refusalBy(sourceMustBeOffline(name(restores ? target : source)));
		}
	}
	for (const feature of gates) {
		if (capabilities.features.includes(feature) && leads(without(feature)) !== null) {
			return refuse(
				errorCodes.featureForbids,
				`the array forbids the way there from ${describeName(observed.copyState)} (feature ${feature})`,
				alternative,
			);
		}
	}
	if (start.copy?.done.restore === false && !holdsImage(start)) {
		return refuse(
			errorCodes.nothingToRestore,
			`${name(target)} holds no whole point in time (${describeName(observed.copyState)}), and none is on its way`,
			"take the restore label away, or restore from another copy",
		);
	}
	if (
		capabilities.features.includes(features.targetMustRemainAssociated) &&
		leads(without(features.targetMustRemainAssociated)) !== null
	) {
		return refuse(
			errorCodes.associationMustStay,
			`the array does not let go of the target (feature ${features.targetMustRemainAssociated})`,
			"set retainOnDelete, or remove the copy with the array's own tools",
		);
	}
	if (frame.neighbours.length > 0 && leads({ observed: { ...observed, neighbours: [] } }) !== null) {
		return refuse(
			errorCodes.diskIsTarget,
			`${name(target)} is in another relationship, and would be deleted`,
			"end that relationship first, or delete with deletePolicy: dissolve",
		);
	}
	if (frame.kept !== null && findPlan(start, { ...frame, kept: null }, name) !== null) {
		return refuse(
			errorCodes.keptEndWouldLose,
			`every way there destroys what only ${name(frame.kept)} holds, and that end is kept`,
			`take keep away if that may go, or ${alternative}`,
		);
	}
	if (observed.copyState === "Broken" && start.copy?.done.retake === true && desired.state === "active") {
		return refuse(
			errorCodes.noLegalPath,
			"the copy is Broken, and making it anew would discard the point in time that it may still hold",
			"change triggers to take a new point in time, or delete the resource",
		);
	}
	return refuse(
		errorCodes.noLegalPath,
		`no legal sequence leads from ${describeName(observed.copyState)} to ${desired.state}`,
		alternative,
	);
}

/**
 * The wish nearest to where things stand, that loses nothing. What is asked once is part of what is declared: where it stands in
 * the way, it is told to be taken back, else the advice would be refused for the same cause.
 */
function nearestWish(situation: Situation, name: NameEnd): string {
	const { by: _by, ...desired } = situation.desired;
	const { retake, restore, ...settled } = desired;
	const takenBack = [
		...(retake === true ? ["set triggers back"] : []),
		...(restore === true ? ["take the restore label away"] : []),
	];
	const asWished = wayTo(situation, desired, name, [desired.state]);
	if (asWished !== null) return asWished;
	const once = takenBack.length === 0 ? null : wayTo(situation, settled, name, []);
	return once === null ? "use the array's own tools" : `${takenBack.join(", ")} and ${once}`;
}

const nearWishes: readonly Desired["state"][] = ["active", "suspended", "inactive", "detached"];

function wayTo(
	situation: Situation,
	desired: Desired,
	name: NameEnd,
	without: readonly Desired["state"][],
): string | null {
	for (const state of nearWishes) {
		if (without.includes(state) || unfit({ ...desired, state }) !== null) continue;
		const asked: Situation = { ...situation, desired: { ...desired, state } };
		const start = makeStanding(asked);
		const frame = makeFrame(asked);
		if (copyHinderedBeforeSearch(asked, start, frame, name) !== null) continue;
		const found = findPlan(start, frame, name);
		if (found === null || found.steps.some((step) => step.kind !== "wait" && step.hazard === "dataLoss")) continue;
		return found.steps.length === 0
			? `declare ${state}, which holds already`
			: `declare ${state}, which can be reached without losing anything`;
	}
	return null;
}
