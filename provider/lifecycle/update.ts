import { observeRelationship } from "../executor/sighting";
import { type TransitionResult, TransitionStopped } from "../executor/transition";
import { agreedIn, apply, describeStop } from "./apply";
import { type Bag, declaredBy, hidesNames, readArguments, wishOf } from "./arguments";
import { isSwapped, outputsOf, type Remembered, rememberedIn, requestFor, swapRemembered } from "./outputs";
import { PartialFailure } from "./partialFailure";
import type { Session } from "./session";

export interface UpdateResult {
	readonly outs: Bag;
}

/**
 * Runs the plan. Whatever forbids it before a call is made (a changed array, a missing approval, changed roles) is a
 * clean error that leaves the state as it was; after a call it is a partial failure, which keeps the previous arguments
 * and says in the record where to go on.
 */
export async function update(session: Session, id: string, olds: Bag, news: Bag): Promise<UpdateResult> {
	const given = readArguments(news);
	const remembered = await asDeclaredNow(session, news, rememberedIn(olds));
	const request = requestFor(news, given, wishOf(given, session.approvals), remembered);
	let result: TransitionResult;
	try {
		result = await apply(session, request, String(news.resourceUrn ?? ""), agreedIn(news, request));
	} catch (error) {
		if (!(error instanceof TransitionStopped)) throw error;
		// Roles, ids and record are told for the ends as they are declared now, so these go with them.
		const kept = { ...olds, source: news.source, target: news.target };
		const before = readArguments(kept);
		throw new PartialFailure(
			id,
			{ ...outputsOf(kept, before, error.outlook, error.record), __provider: news.__provider },
			describeStop(error, request),
		);
	}
	return { outs: outputsOf(news, given, result.outlook, result.record) };
}

/** Ends declared the other way round are the same relationship: what is remembered is told for the ends as they are now. */
async function asDeclaredNow(session: Session, news: Bag, remembered: Remembered): Promise<Remembered> {
	const { knownIds, meant } = remembered;
	const declared = { ...declaredBy(readArguments(news), knownIds, hidesNames(news)), meant };
	const { ids } = await observeRelationship(declared, session.hosts, "cached");
	return isSwapped(ids, remembered.knownIds) ? swapRemembered(remembered) : remembered;
}
