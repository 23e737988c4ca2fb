import { observeRelationship } from "../executor/observeRelationship";
import type { Request } from "../executor/request";
import { isSwapped, type Remembered, swapRemembered } from "./outputs";
import type { Session } from "./session";

/** Ends declared the other way round are the same relationship: what is remembered is told for the ends as they are now. */
export async function asDeclaredNow(
	session: Session,
	{ declared, wish }: Request,
	remembered: Remembered,
): Promise<Remembered> {
	// The ends of a copy never change places: exchanged, they are another copy.
	if (wish.copy !== undefined) return remembered;
	const { ids } = await observeRelationship(declared, session.hosts, "cached");
	return isSwapped(ids, remembered.knownIds) ? swapRemembered(remembered) : remembered;
}
