import { operations } from "../../../provider/model/vocabulary";
import { type CopyStep, type Move, neitherEnds, rowsFrom } from "./rows";
import { type Facts, isW, keyOf, type World, wishHolds } from "./world";

/** Pair model §5 "Cheapest, compared left to right": uniform-cost search, the slow and plain kind. */
export function findCheapest(start: World, facts: Facts): readonly Move[] | null {
	const frontier: Path[] = [{ moves: [], world: start }];
	const visited = new Set<string>();
	for (;;) {
		const best = takeCheapest(frontier);
		if (best === null) {
			return null;
		}
		if (wishHolds(best.world, facts)) {
			return best.moves;
		}
		if (visited.has(keyOf(best.world))) {
			continue;
		}
		visited.add(keyOf(best.world));
		for (const move of rowsFrom(best.world, facts)) {
			if (theWishMayUse(move.step, best.world, facts)) {
				frontier.push({ moves: [...best.moves, move], world: move.next });
			}
		}
	}
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

interface Path {
	readonly moves: readonly Move[];
	readonly world: World;
}

function takeCheapest(frontier: Path[]): Path | null {
	let best: Path | null = null;
	for (const path of frontier) {
		if (best === null || compare(path, best) < 0) {
			best = path;
		}
	}
	if (best !== null) {
		frontier.splice(frontier.indexOf(best), 1);
	}
	return best;
}

/** Negative: `a` is the better one. No copy's plan moves a role, so that place of the list is not there. */
function compare(a: Path, b: Path): number {
	return (
		compareLists(costOf(a), costOf(b)) || compareLists(ranksOf(a), ranksOf(b)) || compareLists(waitsOf(a), waitsOf(b))
	);
}

/** "number of dataLoss steps; of those among them that take `yes` writes; … of protectionLoss steps; of operations" */
function costOf({ moves }: Path): number[] {
	const count = (counts: (step: CopyStep) => boolean) => moves.filter(({ step }) => counts(step)).length;
	return [
		count(({ hazard }) => hazard === "dataLoss"),
		count(({ loses }) => loses?.age === "yes" && loses.what === undefined),
		count(({ hazard }) => hazard === "protectionLoss"),
		count(({ kind }) => kind !== "wait"),
	];
}

/** "compare the lists of operations from the left, Suspend (and create) before all others, then by code" */
function ranksOf({ moves }: Path): number[] {
	return moves
		.filter(({ step }) => step.kind !== "wait")
		.map(({ step }) => (step.operation === undefined || step.operation === "Suspend" ? 0 : codeOf(step.operation)));
}

/** "then the fewest waits; then the earlier wait" */
function waitsOf({ moves }: Path): number[] {
	const places = [...moves.entries()].filter(([, { step }]) => step.kind === "wait").map(([index]) => index);
	return [places.length, ...places];
}

function compareLists(a: readonly number[], b: readonly number[]): number {
	for (const [index, value] of a.entries()) {
		const other = b[index];
		if (other !== undefined && other !== value) {
			return value - other;
		}
	}
	return 0;
}

export function codeOf(operation: NonNullable<CopyStep["operation"]>): number {
	return operations.virtualDiskSetReplicationRelationshipOperation[operation];
}
