import { isDeepStrictEqual } from "node:util";
import { labelsOf } from "../executor/describeOutlook";
import { sameId } from "../executor/identity";
import { observeRelationship } from "../executor/observeRelationship";
import { holdsByOneWord, isEmptyPlan, type Outlook } from "../executor/outlook";
import { lookPatiently } from "../executor/reappearance";
import type { Request } from "../executor/request";
import type { Sighting } from "../executor/sighting";
import { describeWish } from "../executor/wish";
import { type End, ends } from "../model/relationship";
import { describeError, ReplicationError } from "../model/replicationError";
import { announcePlan, plannedLines } from "./announce";
import { declaredAnew, isAnotherDisk } from "./anotherDisk";
import { type Arguments, type Bag, endIn, hasUnknown, readArguments, readStoredArguments, wishOf } from "./arguments";
import type { ResourceLog } from "./engineLog";
import { asDeclaredNow } from "./exchangedEnds";
import { hostTimeOrOurs } from "./hostTime";
import { describeUnprotected, isOnlyLost } from "./lostForGood";
import { recordOnLedger } from "./onLedger";
import { isSwapped, type Remembered, rememberedIn, requestFor, swapRemembered } from "./outputs";
import { lookAtReplacement } from "./replacement";
import type { Session } from "./session";
import { urnIn } from "./urn";

export interface DiffResult {
	readonly changes: boolean;
	readonly replaces: readonly string[];
	readonly deleteBeforeReplace: boolean;
}

const unchanged: DiffResult = { changes: false, replaces: [], deleteBeforeReplace: false };
const changed: DiffResult = { ...unchanged, changes: true };

/**
 * Has the outputs, so it knows the exact plan: logs it under the resource, with what it takes and the token. Changed
 * means: what is seen does not satisfy the wish, the last run was interrupted, or an argument that anything uses
 * differs. Telemetry, `approval`, `reason` and the planned text are no change. Never throws.
 */
export async function diff(session: Session, olds: Bag, news: Bag): Promise<DiffResult> {
	const log = session.log.forResource(String(news.resourceUrn ?? ""));
	try {
		const { source, target, state, syncMode, triggers, restore, expiresAt, consistency, pairs } = news;
		if (hasUnknown([source, target, state, syncMode, triggers, restore, expiresAt, consistency, pairs])) return changed;
		const known = Object.fromEntries(Object.entries(news).filter(([, value]) => !hasUnknown(value)));
		const given = readArguments(known);
		const wish = wishOf(given, session.approvals, await hostTimeOrOurs(given, session.hosts));
		const stored = rememberedIn(olds);
		const remembered = {
			...stored,
			record: await recordOnLedger(session, requestFor(news, given, wish, stored), String(news.resourceUrn ?? "")),
		};
		const argumentsDiffer = usedArgumentsDiffer(given, olds);
		const look = (request: Request) => lookPatiently(request, session.hosts, session.clock, { freshness: "cached" });
		let outlook: Outlook;
		let asDeclared = remembered;
		try {
			const as = (known: Remembered) => look(requestFor(news, given, wish, known));
			outlook = await as(remembered).catch(async (error: unknown) => {
				// Told for ends that are declared the other way round now, what is remembered makes a split brain of any failover.
				asDeclared = await asDeclaredNow(session, requestFor(news, given, wish, remembered), remembered);
				if (asDeclared === remembered) throw error;
				return as(asDeclared);
			});
			if (
				given.copy === undefined &&
				asDeclared === remembered &&
				isSwapped(outlook.sighting.ids, remembered.knownIds)
			) {
				asDeclared = swapRemembered(remembered);
				outlook = await as(asDeclared);
			}
		} catch (error) {
			const facts = error instanceof ReplicationError ? error.facts : null;
			if (facts !== null) log.warning(describeError(facts));
			// What the new pair cannot be asked for makes it no less another one: its update would work on disks of no record.
			const another = await replacementSeen(
				session,
				requestFor(news, given, wish, asDeclared),
				asDeclared,
				log.warning,
			);
			if (another !== null) {
				if (facts === null) log.warning(error instanceof Error ? error.message : String(error));
				return another;
			}
			if (facts === null) throw error;
			const anew = declaredAnew(given, olds);
			if (facts.class === "transport" && anew.length > 0) log.warning(describeUnseen(anew));
			// A silent host is no change: a dead management server must not turn an estate into updates. What the array or
			// the configuration says instead is for its own update to fail with.
			const silent = facts.class === "transport";
			return silent && !argumentsDiffer && remembered.record?.interrupted === undefined ? unchanged : changed;
		}
		const replacement = replacementFor(outlook.sighting, asDeclared, log.warning);
		if (replacement !== null) {
			if (replacement.deleteBeforeReplace === true) session.endingPairs.set(urnIn(news), asDeclared.knownIds);
			try {
				// The old one may end before the new one is made, so what that takes is told now.
				const next = await lookAtReplacement(session, news, given, asDeclared.knownIds);
				announcePlan(next.outlook, next.request, log);
			} catch (error) {
				log.warning(error instanceof Error ? error.message : String(error));
			}
			return replacement;
		}
		const { rekeyed } = outlook.sighting;
		if (rekeyed.length > 0) log.warning(describeNewIds(outlook.sighting, asDeclared));
		const request = requestFor(news, given, wish, asDeclared);
		if (isOnlyLost(outlook, request, asDeclared.record?.wish)) {
			log.warning(describeUnprotected(request));
			return argumentsDiffer ? changed : unchanged;
		}
		announcePlan(outlook, request, log);
		if (outlook.answer.outcome === "plan")
			announceDifference(plannedLines(outlook.answer, labelsOf(request)), news, log);
		const holds = isEmptyPlan(outlook) && !holdsByOneWord(outlook);
		const record = asDeclared.record;
		const same =
			holds &&
			!argumentsDiffer &&
			rekeyed.length === 0 &&
			record !== null &&
			record.interrupted === undefined &&
			record.wish === describeWish(wish.desired);
		return same ? unchanged : changed;
	} catch (error) {
		log.warning(`the difference could not be worked out: ${error instanceof Error ? error.message : String(error)}`);
		return changed;
	}
}

/** Check has no record of earlier runs, and its plan is what inputs and a saved plan hold. */
function announceDifference(lines: readonly string[], { plannedOperations }: Bag, log: ResourceLog): void {
	if (!Array.isArray(plannedOperations) || lines.length === 0 || isDeepStrictEqual(plannedOperations, lines)) return;
	log.info(
		"the plan above is the one that up runs. It knows what earlier runs proved; plannedOperations, which does not, differs.",
	);
}

/**
 * Another disk is another relationship, and so is one that the array is still to make. A disk that cannot be resolved is
 * no reason to replace anything, nor is an id that changed while name, host and relationship stayed.
 */
function replacementFor(
	sighting: Sighting,
	{ knownIds }: Remembered,
	warn: (message: string) => void,
): DiffResult | null {
	const { ids } = sighting;
	const replaces = ends.filter((end) => {
		if (knownIds[end] === null || sighting.unread[end] !== null || sighting.rekeyed.includes(end)) return false;
		return ids[end] === null || (sighting.disks[end] !== null && isAnotherDisk(end, sighting, knownIds));
	});
	if (replaces.length === 0) return null;
	const names = replaces.map((end) => `the ${end}`).join(" and ");
	warn(
		`${names} is another disk than before: a new relationship is created and the old one ends as its deletePolicy says.`,
	);
	// A disk can be the target of one relationship only, so the old one has to end first.
	const sharesTarget = ids.target !== null && knownIds.target !== null && sameId(ids.target, knownIds.target);
	return { changes: true, replaces, deleteBeforeReplace: sharesTarget };
}

/** The replacement that is to be told although nothing can be planned for the pair that is seen. */
async function replacementSeen(
	session: Session,
	{ declared }: Request,
	remembered: Remembered,
	warn: (message: string) => void,
): Promise<DiffResult | null> {
	const seen = await observeRelationship(declared, session.hosts, "cached").catch(() => null);
	if (seen === null || isSwapped(seen.ids, remembered.knownIds)) return null;
	return replacementFor(seen, remembered, warn);
}

function describeUnseen(anew: readonly End[]): string {
	const names = anew.map((end) => `the ${end}`).join(" and ");
	return `${names} is declared anew and could not be seen. If it is another disk, this is a replacement and no update: up then stops before anything is sent. Run again when its host answers.`;
}

function describeNewIds({ ids, rekeyed }: Outlook["sighting"], { knownIds }: Remembered): string {
	const told = rekeyed.map((end) => `the ${end} was ${knownIds[end]} and is ${ids[end]} now`).join("; ");
	return `ids changed: ${told}. Name, host and relationship are the same, so they are taken for the same disks: nothing is replaced, the update stores the new ids. If they are other disks, declare those you mean by id before it runs.`;
}

/** What is asked once is compared with the record; these are read by delete and by later runs. */
function copyArgumentsDiffer(copy: NonNullable<Arguments["copy"]>, olds: Bag): boolean {
	const before = readStoredArguments(olds).copy;
	return (
		before === undefined ||
		copy.expendable !== before.expendable ||
		copy.expiresAt !== before.expiresAt ||
		copy.triggers !== before.triggers ||
		copy.restore !== before.restore
	);
}

/** Arguments that delete, read or a later update use. The wish itself is compared with the array and the record. */
function usedArgumentsDiffer(given: Arguments, olds: Bag): boolean {
	const before = (name: string, fallback: unknown) => endIn(olds[name]) ?? fallback;
	return (
		!holdsSame(given.source, before("source", given.source)) ||
		!holdsSame(given.target, { host: given.source.host, ...(before("target", given.target) as object) }) ||
		given.deletePolicy !== before("deletePolicy", given.copy?.class === "Snapshot" ? "dissolve" : "detach") ||
		(given.copy !== undefined && copyArgumentsDiffer(given.copy, olds)) ||
		!isDeepStrictEqual(given.group?.pairs, before("pairs", undefined)) ||
		given.onRoleChange !== before("onRoleChange", "stop") ||
		given.create !== before("create", "ifMissing") ||
		given.state !== before("state", "active") ||
		given.failoverTo !== before("failoverTo", undefined) ||
		given.keep !== before("keep", undefined) ||
		given.lost !== before("lost", undefined) ||
		given.maxDataLossSeconds !== before("maxDataLossSeconds", undefined) ||
		!holdsSame(given.timeouts ?? {}, before("timeouts", {}))
	);
}

/** Ends and timeouts hold texts and numbers; a comparison of anything with anything takes milliseconds for hundreds of them. */
function holdsSame(given: object, before: unknown): boolean {
	if (typeof before !== "object" || before === null) return false;
	const known = new Map(Object.entries(before));
	const fields = Object.entries(given);
	return known.size === fields.length && fields.every(([name, value]) => known.has(name) && known.get(name) === value);
}
