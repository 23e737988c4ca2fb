import { observeDiscovered } from "../executor/agreement";
import { exchanged } from "../executor/groupMemory";
import { lookAt } from "../executor/outlook";
import type { RelationshipRecord } from "../executor/record";
import { SeenAndStopped, type TransitionResult } from "../executor/transitionEnd";
import type { Step } from "../planner/plan";
import { anotherDisk, declaredAnew, refuseAnotherDisk, refuseUnseen } from "./anotherDisk";
import { agreedIn, apply, RunStopped } from "./apply";
import { type Bag, readArguments, readStoredArguments, wishOf } from "./arguments";
import { asDeclaredNow } from "./exchangedEnds";
import { hostTimeFor } from "./hostTime";
import { isOnlyLost } from "./lostForGood";
import { operationsDone, outputsOf, rememberedIn, requestFor, targetOfBefore } from "./outputs";
import { PartialFailure } from "./partialFailure";
import type { Session } from "./session";

export interface UpdateResult {
	readonly outs: Bag;
}

/**
 * Runs the plan. Whatever forbids it before a call is made (a changed array, a missing approval, changed roles) is a
 * clean error that leaves the state as it was, unless the record has to remember what was seen: that, as all that stops
 * it after a call, is a partial failure, which keeps the previous arguments and says in the record where to go on.
 */
export async function update(session: Session, id: string, olds: Bag, news: Bag): Promise<UpdateResult> {
	const given = readArguments(news);
	const wish = wishOf(given, session.approvals, await hostTimeFor(given, session.hosts));
	const stored = rememberedIn(olds);
	const remembered = await asDeclaredNow(session, requestFor(news, given, wish, stored), stored);
	const request = requestFor(news, given, wish, remembered);
	const seen = await observeDiscovered(request.declared, session.hosts, "cached");
	refuseUnseen(seen, declaredAnew(given, olds));
	refuseAnotherDisk(seen, remembered);
	if (request.wish.lost !== null) {
		const outlook = await lookAt(request, session.hosts, { freshness: "fresh" });
		if (isOnlyLost(outlook, request, request.record?.wish)) {
			return { outs: outputsOf(news, given, outlook, request.record) };
		}
	}
	let result: TransitionResult;
	try {
		const agreed = agreedIn(news, request);
		result = await apply(
			session,
			request,
			String(news.resourceUrn ?? ""),
			(outlook) => anotherDisk(outlook.sighting, remembered) ?? agreed(outlook),
		);
	} catch (error) {
		if (error instanceof SeenAndStopped) {
			// The state keeps the ends as they were declared, so its record is told for those.
			const record = remembered === stored ? error.record : exchanged(error.record);
			throw new PartialFailure(id, { ...olds, record, __provider: news.__provider }, error.message);
		}
		if (!(error instanceof RunStopped)) throw error;
		const { outlook, record, done } = error.stopped;
		// Roles, ids and record are told for the ends as they are declared now, so these go with them.
		const named = remembered === stored ? {} : endsExchanged(olds);
		const kept = { ...olds, ...named, source: news.source, target: news.target };
		const before = readStoredArguments(kept);
		throw new PartialFailure(
			id,
			{
				...outputsOf(kept, before, outlook, record),
				...(isMade(done, record) ? {} : targetOfBefore(before, outlook, olds)),
				__provider: news.__provider,
			},
			error.message,
		);
	}
	return {
		outs: {
			...outputsOf(news, given, result.outlook, result.record),
			...(isMade(result.done, result.record) ? {} : targetOfBefore(given, result.outlook, olds)),
			...operationsDone(request, result),
		},
	};
}

/** The target is one that this run made, or may have made. */
function isMade(done: readonly Step[], { interrupted }: RelationshipRecord): boolean {
	return done.some(({ kind }) => kind === "create") || interrupted?.operation === "create";
}

/** The arguments that name an end, for ends declared the other way round: a `lost` left as it was would be the other site. */
function endsExchanged(olds: Bag): Bag {
	const names = ["lost", "keep", "failoverTo"] as const;
	const other = (end: unknown) => (end === "source" ? "target" : end === "target" ? "source" : end);
	return Object.fromEntries(names.filter((name) => name in olds).map((name) => [name, other(olds[name])]));
}
