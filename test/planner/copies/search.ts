import { operations } from "../../../provider/model/vocabulary";
import { cheapestIn } from "../oracle/cheapest";
import { type CopyStep, type Move, neitherEnds, rowsFrom } from "./rows";
import { type Facts, isW, keyOf, type World, wishHolds } from "./world";

export function findCheapest(start: World, facts: Facts): readonly Move[] | null {
	return cheapestIn<Move, World>({
		start,
		keyOf,
		holds: (world) => wishHolds(world, facts),
		movesFrom: (world) => rowsFrom(world, facts).filter(({ step }) => theWishMayUse(step, world, facts)),
		costOf,
		codeOf: (operation) => codeOf(operation as NonNullable<CopyStep["operation"]>),
	});
}

/** §1.5, the column "for which wish", and what is said below of a restore that is asked. */
function theWishMayUse({ kind, operation }: CopyStep, world: World, facts: Facts): boolean {
	const { wish, readings } = facts;
	const required = world.phase === `requires ${operation}`;
	if (kind === "wait") {
		return !suspendsNow(world, facts);
	}
	// "While a restore is asked and not done, create, Activate, Deactivate and ResyncReplica are illegal unless *required*"
	const replacesImage =
		kind === "create" || operation === "Activate" || operation === "Deactivate" || operation === "ResyncReplica";
	if (world.restoreDue && replacesImage && !required) {
		return false;
	}
	if (kind === "create") {
		// §4 (2) refuses "`detached` of nothing", so that nothing is made for it but by "a retake of something gone".
		return wish !== "inactive" && wish !== "absent" && (wish !== "detached" || world.retakeDue);
	}
	const starts = wish === "active" || wish === "detached" || (required && !readings.notEvenWhenRequired);
	switch (operation) {
		case "Activate":
		case "Resume":
			return starts;
		case "Deactivate":
			return facts.kind === "Snapshot" && (wish === "inactive" || world.retakeDue);
		case "Detach":
		case "Dissolve":
			return (
				(wish === "absent" && (facts.by === null || facts.by === operation)) ||
				(wish === "detached" && facts.kind === "Clone" && isW(world)) ||
				(wish !== "absent" && required && readings.requiredDetachForAnyWish)
			);
		case "ResyncReplica":
			return wish !== "absent" && (world.retakeDue || required || (world.whole === false && mayResyncUnasked(facts)));
		case "RestoreFromReplica":
			return world.restoreDue;
		case "ReturnToResourcePool":
			return wish === "absent" && facts.by === "ReturnToResourcePool";
		case "Suspend":
			return wish === "suspended";
		case "Fracture":
		case "Split":
			return true;
		case "Abort":
			return mayAbort(facts);
		default:
			return false;
	}
}

/**
 * Pair model §3 "Suspend at once, without waiting for the copy"; and the same of an end, which the text leaves to its cost:
 * by that a destroy would wait for hours, because a whole clone loses nothing when it is let go of.
 */
function suspendsNow(world: World, facts: Facts): boolean {
	if (!facts.readings.suspendsAtOnce || world.phase !== "copying") {
		return false;
	}
	const may = (name: string) => rowsFrom(world, facts).some(({ step }) => step.operation === name);
	if (facts.wish === "absent") {
		return ["Detach", "Dissolve"].some((name) => (facts.by ?? name) === name && may(name));
	}
	return facts.wish === "suspended" && !world.restoreDue && !world.retakeDue && may("Suspend");
}

function mayResyncUnasked({ wish, readings }: Facts): boolean {
	return (wish !== "inactive" || readings.inactiveMayResync) && (wish !== "suspended" || readings.suspendedMayResync);
}

/** "`absent` where neither 8 nor 9 is advertised" */
export function mayAbort(facts: Facts): boolean {
	return facts.wish === "absent" && neitherEnds(facts) && (facts.by === null || facts.readings.abortWhateverBy);
}

/**
 * "number of dataLoss steps; of those among them that take `yes` writes; … of protectionLoss steps; of operations". No copy's
 * plan moves a role, so that place of the list is not there.
 */
function costOf(moves: readonly Move[]): number[] {
	const count = (counts: (step: CopyStep) => boolean) => moves.filter(({ step }) => counts(step)).length;
	return [
		count(({ hazard }) => hazard === "dataLoss"),
		count(({ loses }) => loses?.age === "yes" && loses.what === undefined),
		count(({ hazard }) => hazard === "protectionLoss"),
		count(({ kind }) => kind !== "wait"),
	];
}

export function codeOf(operation: NonNullable<CopyStep["operation"]>): number {
	return operations.virtualDiskSetReplicationRelationshipOperation[operation];
}
