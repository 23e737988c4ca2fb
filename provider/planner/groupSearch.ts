import { findCheapest, type Move } from "./cheapest";
import { groupMovesFrom, groupWishHolds } from "./groupMoves";
import { type Group, keyOfPlace, type Place } from "./groupStanding";
import type { NameEnd } from "./operations";

/** The cheapest way of a group to where its wish holds, or null. */
export function findGroupMoves(group: Group, start: Place, name: NameEnd): readonly Move<Place>[] | null {
	return findCheapest<Place>({
		start,
		movesFrom: (place) => groupMovesFrom(group, place, name),
		holds: (place) => groupWishHolds(group, place),
		keyOf: keyOfPlace,
	});
}
