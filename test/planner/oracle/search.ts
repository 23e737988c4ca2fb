import { cheapestIn } from "./cheapest";
import { codes, type Move, movesFrom, type OracleStep, roleMoves } from "./moves";
import { wishHolds } from "./wishes";
import { type Facts, keyOf, type World } from "./world";

export function findCheapest(start: World, facts: Facts): readonly Move[] | null {
	return cheapestIn<Move, World>({
		start,
		keyOf,
		holds: (world) => wishHolds(world, facts),
		movesFrom: (world) => movesFrom(world, facts),
		costOf,
		codeOf: (operation) => codes[operation as keyof typeof codes] ?? 0,
	});
}

/**
 * "number of dataLoss steps; of those among them that take `yes` writes; of role moves …; of protectionLoss steps; of
 * operations (create counts, wait does not)"
 */
function costOf(moves: readonly Move[]): number[] {
	const count = (counts: (step: OracleStep) => boolean) => moves.filter(({ step }) => counts(step)).length;
	return [
		count(({ hazard }) => hazard === "dataLoss"),
		count(({ hazard, loses }) => hazard === "dataLoss" && loses?.age === "yes"),
		count(({ operation }) => operation !== undefined && roleMoves.includes(operation)),
		count(({ hazard }) => hazard === "protectionLoss"),
		count(({ kind }) => kind !== "wait"),
	];
}
