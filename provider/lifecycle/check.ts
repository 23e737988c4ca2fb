import { isDeepStrictEqual } from "node:util";
import { describeSighting, labelsOf } from "../executor/describeOutlook";
import { type Outlook, refusalOf } from "../executor/outlook";
import { lookPatiently } from "../executor/reappearance";
import type { Request } from "../executor/request";
import { describeWish, type Wish } from "../executor/wish";
import { errorCodes } from "../model/errorCodes";
import type { PerEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { announcePlan, lineOfError, plannedLines } from "./announce";
import {
	type Arguments,
	type Bag,
	classIn,
	classInputs,
	copyClassIn,
	desiredBy,
	groupOutputs,
	hasUnknown,
	hidesLabel,
	hidesNames,
	mistakesIn,
	pick,
	type ResourceClass,
	readArguments,
	unknownValue,
	wishOf,
} from "./arguments";
import type { CopyClass } from "./copyArguments";
import { movedPlace, refuseAtCreation, refuseUnconsented } from "./copyMistakes";
import { copyAt } from "./copyOutputs";
import { declaredTwice } from "./declaredTwice";
import { hostTimeOrOurs } from "./hostTime";
import { isOnlyLost } from "./lostForGood";
import { identityOf, isSwapped, rememberedIn, requestFor, rolesAt, shownRoles } from "./outputs";
import type { Session } from "./session";
import { urnIn } from "./urn";

/** The plan for a relationship that exists as it is wished. */
export const adopted: readonly string[] = ["adopt: nothing to do"];

/** What create stores tells whether it only adopted: what was done would stand there. */
export function isAdopted({ plannedOperations }: Bag): boolean {
	return isDeepStrictEqual(plannedOperations, adopted);
}

export interface CheckResult {
	readonly inputs: Bag;
	readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

/** Inputs that check adds, so that a preview knows what only the array can say. */
const predictedNames = ["plannedOperations", "primary", "secondary", "direction", "copyState"] as const;
const predictedOfCopies = ["plannedOperations", "copyState", "copy"] as const;

/**
 * Validates the arguments, observes, plans, and adds the plan and the predicted roles to the inputs. Fails for
 * arguments that are wrong and for newly asked wishes that cannot be had; never throws. A failed check aborts every
 * other resource, so a relationship that is asked for nothing new only warns, whatever its array says: its own update
 * fails, its siblings run. Check has no outputs, so what the record would decide it shows at its worse; diff, which has
 * them, says so under the resource.
 */
export async function check(session: Session, olds: Bag, news: Bag): Promise<CheckResult> {
	const { resourceUrn, dryRun, declaredTwice: twin } = news;
	const resourceClass = classIn(news);
	const seeds: readonly string[] = [...classInputs, ...(resourceClass === "Group" ? groupOutputs : [])];
	const given = Object.fromEntries(Object.entries(news).filter(([name]) => !seeds.includes(name)));
	const urn = String(resourceUrn ?? "");
	const copyClass = copyClassIn(news);
	const kept = {
		...given,
		...(resourceClass === null ? {} : { kind: resourceClass }),
		...(resourceUrn === undefined ? {} : { resourceUrn }),
		...(hidesNames(news) ? { secretNames: true } : {}),
		...(hidesLabel(news) ? { secretLabel: true } : {}),
	};
	const mistakes = mistakesIn(given, resourceClass);
	if (mistakes.length > 0) return { inputs: kept, failures: mistakes };
	const preview = dryRun === true || dryRun === "true";
	if (
		hasUnknown(
			pick(given, [
				...["source", "target", "state", "failoverTo", "keep", "lost", "syncMode", "onRoleChange"],
				...["triggers", "restore", "expiresAt", "consistency", "pairs"],
			]),
		)
	) {
		return { inputs: { ...kept, ...notYetKnown(copyClass) }, failures: [] };
	}
	const known = Object.fromEntries(Object.entries(kept).filter(([, value]) => !hasUnknown(value)));
	const args = readArguments(known);
	const isNew = Object.keys(olds).length === 0;
	const log = session.log.forResource(urn);
	let ids: PerEnd<string | null> = noIds;
	try {
		if (!hasUnknown(given.recoveryPointObjectiveMinutes)) refuseFixedChange(args, olds);
		if (copyClass !== null) {
			refuseUnconsented(args);
			if (isNew) refuseAtCreation(args, await hostTimeOrOurs(args, session.hosts));
		}
		const moved = copyClass === null ? null : movedPlace(given, olds);
		const { request, outlook } = await look(session, kept, args, olds).catch((error: unknown) => {
			throw moved ?? error;
		});
		// Of a copy that is gone, with its disk, another one is made, and that takes a place.
		if (moved !== null && outlook.situation.observed.presence === "present") throw moved;
		ids = outlook.sighting.ids;
		const other = declare(session, urn, args, ids, resourceClass) ?? twin;
		if (typeof other === "string") throw declaredTwice(other);
		if (isNew) announcePlan(outlook, request, log);
		if (isNew && adopts(outlook)) log.info(`adopts what is there (${describeSighting(outlook)}), sends nothing.`);
		// Before what stands in the way of a creation that nobody wants.
		refuseForbiddenCreation(args, outlook);
		if (outlook.answer.outcome === "refused" && !isOnlyLost(outlook, request, lastWishIn(olds))) {
			throw refusalOf(outlook.answer);
		}
		if (isNew) session.toBeCreated.set(urn, kept);
		return { inputs: { ...kept, ...predicted(args, request, outlook, olds) }, failures: [] };
	} catch (error) {
		const { facts, message } = asKnown(error);
		if (ids === noIds) declare(session, urn, args, noIds, resourceClass);
		const silent = facts.class === "transport";
		if (!silent && !isWishUnchanged(args, olds)) {
			return { inputs: kept, failures: [{ property: facts.property ?? "source", reason: message }] };
		}
		// What refuses the plan diff tells better, because it has the record.
		if (isNew || !facts.code.startsWith("SR1")) log.warning(message);
		if (isNew)
			log.warning("nothing can be said of this relationship yet; up fails for it unless it can be read by then.");
		const notKnown = [silent ? `not known: ${facts.what}` : lineOfError(facts)];
		// What the last run knew is not forgotten: by its ids an end that cannot be read is known the next time.
		const remembered = pick(olds, ["sourceUniqueId", "targetUniqueId", "listedAtBothEnds"]);
		const unread = {
			...remembered,
			...(silent && preview ? notYetKnown(copyClass) : pick(olds, predictedNamesOf(copyClass))),
		};
		return { inputs: { ...kept, ...unread, plannedOperations: notKnown }, failures: [] };
	}
}

const noIds: PerEnd<string | null> = { source: null, target: null };

/** Whether the program asks for what it asked for when its last run ended. */
function isWishUnchanged(args: Arguments, olds: Bag): boolean {
	const asked = ({
		approval: _,
		timeouts: __,
		maxDataLossSeconds: ___,
		deletePolicy: ____,
		reason: _____,
		...wish
	}: Arguments) => wish;
	const before = argumentsIn(olds);
	return before !== undefined && isDeepStrictEqual(asked(args), asked(before));
}

/** The arguments of the last run; undefined: there was none, or another release took other ones. */
function argumentsIn(olds: Bag): Arguments | undefined {
	try {
		return Object.keys(olds).length === 0 ? undefined : readArguments(olds);
	} catch {
		return undefined;
	}
}

/** Inputs of the last run tell the ids of disks: an end that cannot be read now is still known by its own. */
async function look(
	session: Session,
	kept: Bag,
	args: Arguments,
	olds: Bag,
): Promise<{ request: Request; outlook: Outlook }> {
	const { knownIds, meant } = rememberedIn({ ...olds, record: undefined });
	// Only `adopt` asks whether the program's wish is still the one it had.
	const lastWish = args.onRoleChange === "adopt" ? lastWishIn(olds) : undefined;
	const lookWith = async (known: typeof knownIds) => {
		const bag = { ...kept, ...pick(olds, ["listedAtBothEnds"]) };
		const wish = askedSince(wishOf(args, session.approvals, await hostTimeOrOurs(args, session.hosts)), olds);
		const asked = requestFor(bag, args, wish, { record: null, knownIds: known, meant });
		const ending = session.endingPairs.get(urnIn(kept));
		const request: Request = {
			...asked,
			declared: { ...asked.declared, namesMustResolve: true, ...(ending === undefined ? {} : { ending }) },
		};
		const options = { freshness: "cached" as const, ...(lastWish === undefined ? {} : { lastWish }) };
		return { request, outlook: await lookPatiently(request, session.hosts, session.clock, options) };
	};
	const first = await lookWith(knownIds);
	if (args.copy !== undefined || !isSwapped(first.outlook.sighting.ids, knownIds)) return first;
	return lookWith({ source: knownIds.target, target: knownIds.source });
}

/** Check has no record: what is asked once is told from the inputs of the last run. */
function askedSince(wish: Wish, olds: Bag): Wish {
	const before = wish.copy === undefined ? undefined : argumentsIn(olds)?.copy;
	if (wish.copy === undefined || before === undefined) return wish;
	return { ...wish, copy: { ...wish.copy, lastInputs: { triggers: before.triggers, restore: before.restore } } };
}

function adopts({ answer, situation }: Outlook): boolean {
	return situation.observed.presence === "present" && answer.outcome === "plan" && answer.steps.length === 0;
}

function predicted(args: Arguments, request: Request, outlook: Outlook, olds: Bag): Bag {
	const lines = plannedLines(outlook.answer, labelsOf(request));
	// What was adopted keeps saying so until something is done: a changed input is written to the state resource by
	// resource, and the second up of 300 adopted relationships took five times as long (measured).
	const isNewOrAdopted = Object.keys(olds).length === 0 || isDeepStrictEqual(olds.plannedOperations, adopted);
	const replans = outlook.answer.outcome === "plan" && outlook.answer.replan === true;
	const end = outlook.predictions.at(-1) ?? outlook.standing;
	const { ids } = outlook.sighting;
	const planned = {
		plannedOperations: isNewOrAdopted && adopts(outlook) ? adopted : lines,
		...(ids.source === null ? {} : { sourceUniqueId: ids.source }),
		...(ids.target === null ? {} : { targetUniqueId: ids.target }),
		...(isListedAtBothEnds(outlook, olds) ? { listedAtBothEnds: true } : {}),
	};
	if (end === null || replans) return planned;
	return { ...planned, ...(args.copy === undefined ? shownRoles(rolesAt(end, args), args) : copyAt(end, args)) };
}

/** Now, or at an earlier check of the same two disks: a relationship that only one end lists is half of one from then on. */
function isListedAtBothEnds({ sighting: { links, ids } }: Outlook, olds: Bag): boolean {
	if (links.source !== null && links.target !== null) return true;
	return (
		olds.listedAtBothEnds === true &&
		identityOf(ids, classIn(olds)) === identityOf(rememberedIn({ ...olds, record: undefined }).knownIds, classIn(olds))
	);
}

function predictedNamesOf(copyClass: CopyClass | null): readonly string[] {
	return copyClass === null ? predictedNames : predictedOfCopies;
}

function notYetKnown(copyClass: CopyClass | null): Bag {
	return Object.fromEntries(predictedNamesOf(copyClass).map((name) => [name, unknownValue]));
}

/** The wish of the last run, from its inputs: all that check can know of the past. */
function lastWishIn(olds: Bag): string | undefined {
	const before = argumentsIn(olds);
	return before === undefined ? undefined : describeWish(desiredBy(before, 0));
}

/** Only CreateReplica takes the recovery point objective; a replacement would copy everything anew for a number. */
function refuseFixedChange(args: Arguments, olds: Bag): void {
	const before = olds.recoveryPointObjectiveMinutes;
	if (args.copy !== undefined) return;
	if (Object.keys(olds).length === 0 || before === args.recoveryPointObjectiveMinutes) return;
	throw new ReplicationError({
		code: errorCodes.recoveryPointObjectiveFixed,
		class: "user",
		property: "recoveryPointObjectiveMinutes",
		what: `recoveryPointObjectiveMinutes was ${before === undefined ? "not set" : String(before)} when the relationship was created, and no operation changes it later.`,
		dataSafety: "yes, nothing was changed.",
		remedy: "set it back, or change it with the array's own tools and use ignoreChanges.",
	});
}

/** Answers with the URN of another resource that declares the pair; the first of two may have begun already. */
function declare(
	session: Session,
	urn: string,
	args: Arguments,
	ids: PerEnd<string | null>,
	resourceClass: ResourceClass | null,
): string | undefined {
	const virtualDisks = { source: args.source.virtualDisk, target: args.target.virtualDisk };
	return session.declarations.declare(urn, { ids, virtualDisks, resourceClass });
}

function refuseForbiddenCreation(args: Arguments, { situation: { observed } }: Outlook): void {
	if (args.create !== "never" || observed.presence === "present") return;
	throw new ReplicationError({
		code: errorCodes.creationForbidden,
		class: "user",
		property: "create",
		what: "the relationship does not exist, and create is never.",
		dataSafety: "yes, nothing was changed.",
		remedy: "create it with the array's own tools, or set create: ifMissing.",
	});
}

export function asKnown(error: unknown): ReplicationError {
	if (error instanceof ReplicationError) return error;
	return new ReplicationError(
		{
			code: errorCodes.internal,
			class: "internal",
			what: `an internal error while checking: ${error instanceof Error ? error.message : String(error)}.`,
			dataSafety: "yes, nothing was changed.",
			remedy: "report it with the arguments that caused it.",
		},
		{ cause: error },
	);
}
