import { observeRelationship } from "../executor/sighting";
import { type Bag, declaredBy, hidesNames, readArguments } from "./arguments";
import { isSwapped, type Remembered, swapRemembered } from "./outputs";
import type { Session } from "./session";

/** Ends declared the other way round are the same relationship: what is remembered is told for the ends as they are now. */
export async function asDeclaredNow(session: Session, news: Bag, remembered: Remembered): Promise<Remembered> {
	const { knownIds, meant } = remembered;
	const declared = { ...declaredBy(readArguments(news), knownIds, hidesNames(news)), meant };
	const { ids } = await observeRelationship(declared, session.hosts, "cached");
	return isSwapped(ids, knownIds) ? swapRemembered(remembered) : remembered;
}
