import type { Capabilities } from "../model/capabilities";
import { errorCodes } from "../model/errorCodes";
import { currentSource, currentTarget, type End, ends, otherEnd, type SyncType } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { replicationCapabilitiesSupportedReplicationTypes as replicationTypes } from "../model/vocabulary/capabilities";
import { makeStanding } from "../planner/beginning";
import { commonCapabilities } from "../planner/commonCapabilities";
import { asPair } from "../planner/groupStanding";
import type { NameEnd } from "../planner/operations";
import { isFailedOver } from "../planner/phase";
import type { Answer, Plan, Refusal, Step } from "../planner/plan";
import { planWithPredictions } from "../planner/planTransition";
import type { Desired, Observed, Situation } from "../planner/situation";
import type { Standing } from "../planner/standing";
import { HalfListed, hostsDisagree, observeAgreed } from "./agreement";
import { approvalToken } from "./approval";
import { asMade, asPlanned, asServingAgain, withUnseenTail } from "./asPlanned";
import { type Consent, consentTo, whenAsked } from "./consent";
import { withCopyJournal } from "./copyJournal";
import { askedForLess, withAskedOnce } from "./copyWish";
import { type Declared, shownEnd } from "./declared";
import { nameOf } from "./disks";
import { journalOfPair, type PairOf } from "./groupMemory";
import {
	describeRoleChangeIn,
	type JournalFor,
	type Pair,
	pairsOf,
	refuseSplitBrainIn,
	withPairs,
} from "./groupOutlook";
import { halfRemovedAt, mayCreate, planFromHalf, withoutHalf } from "./halfRemoved";
import type { CapabilitiesRequest } from "./host";
import type { Hosts } from "./hosts";
import { believedOf, type Journal, journalOf, withJournal } from "./journal";
import { refuseHiddenChange, refuseLeftPairs, refuseUnlistedMembers } from "./pairsNotTold";
import type { Freshness } from "./readEnds";
import type { Request } from "./request";
import { describeRoleChange } from "./roleChange";
import { type Sighting, seenPairs } from "./sighting";
import { describeWish, endsRelationship, type Wish, wishAsAdopted } from "./wish";

/**
 * The view from one moment: what was seen, what would be done, and what consent that takes. Preview, update, the CLI
 * and each turn of the executor all look through here, so they cannot disagree.
 */
export interface Outlook {
	readonly sighting: Sighting;
	readonly situation: Situation;
	/** Where the planner starts from; null when it refuses. */
	readonly standing: Standing | null;
	readonly answer: Answer;
	readonly predictions: readonly Standing[];
	/** Roles changed behind our back: who did it is not known, `wish.onRoleChange` decides. Null: they did not. */
	readonly roleChange: string | null;
	/** The token that this plan needs; null when it needs none. */
	readonly token: string | null;
	/** What consents to the losses: a token, a measured lag, or nothing. `null`: nothing is lost. */
	readonly consent: Consent | null;
	/** Of groups: the pairs that could be read. Left out: a pair, or a group that shows none. */
	readonly pairs?: readonly Pair[];
	/** Of groups, for each step: where each pair is predicted to stand, by its id. */
	readonly pairPredictions?: readonly ReadonlyMap<string, Standing>[];
}

export interface LookOptions {
	readonly freshness: Freshness;
	/** The journal of this run, by what is seen; left out: that of the record. */
	readonly journal?: JournalFor;
	/** For check, which has no outputs and so no record: what the program wished last time, if that is known. */
	readonly lastWish?: string;
	/**
	 * `remove`: plan on from half a relationship. For what leads to a plan that is shown first; left out, a half is an
	 * error, because in mid-run, and to a refresh, one host may only be slower than the other.
	 */
	readonly halves?: "remove";
	/** While a step is proved, arrays are discovered in another place (renewal.ts). */
	readonly isWait?: true;
}

export async function lookAt(request: Request, hosts: Hosts, options: LookOptions): Promise<Outlook> {
	const { declared, wish, record } = request;
	const anyRoles = endsRelationship(wish.desired);
	const bothListed = listedAtBoth(request);
	const sighting = await observeAgreed({ ...declared, anyRoles, bothListed }, hosts, options.freshness, options);
	const { contradiction } = sighting;
	if (contradiction !== null && !anyRoles) throw hostsDisagree(contradiction, declared);
	const half = halfRemovedAt(sighting, wasListedAtBoth(request));
	// What is left of a group's pairs is not made anew beside what nobody sees.
	const mayRemake = mayCreate(wish.desired) && sighting.group === undefined;
	const removesHalf = half !== null && options.halves === "remove" && mayRemake;
	if (half !== null && !removesHalf) refuseHalf(request, half);
	// A target whose other half is gone accepts writes by right, and so does that of a copy.
	if (half === null && wish.copy === undefined) refuseSplitBrainIn(sighting, record);
	const journalFor = options.journal ?? ((_, pair) => remembered(journalOf(record), pair));
	if (!anyRoles && declared.idsFirst !== true) refuseLeftPairs(sighting);
	const pairs = sighting.group === undefined ? [] : pairsOf(sighting.group, journalFor, record, wish.limits);
	const observed = rememberedOf(sighting, journalFor(sighting.observed), pairs, request);
	const desired =
		wish.copy === undefined
			? withWishedPairs(effectiveWish(wish, observed, record?.wish ?? options.lastWish), sighting)
			: withAskedOnce(wish.desired, wish.copy, record);
	const unasked: Capabilities = { operations: [], features: [] };
	// Whether members that nobody lists are hidden or not to be had, only the array says (group feature 50).
	const mayHold =
		!removesHalf && (sighting.group === undefined || observed.members != null || observed.presence === "absent");
	const holding = mayHold ? planWithPredictions({ observed, capabilities: unasked, desired }) : null;
	// An array is asked what it can do only if something is to be done: unchanged relationships cost no round trip.
	const nothingToDo = holding?.answer.outcome === "plan" && holding.answer.steps.length === 0 ? holding : null;
	const capabilities = nothingToDo !== null ? unasked : await capabilitiesFor(declared, sighting, desired, hosts);
	const served = wish.copy === undefined ? asMade(asServingAgain(observed, capabilities), capabilities) : observed;
	const seen: Situation = { observed: served, capabilities, desired };
	refuseUnlistedMembers(seen, declared);
	refuseHiddenChange(seen, sighting);
	const name = diskNames(declared, sighting);
	const planned = () => (removesHalf ? planFromHalf(seen, half, name) : planWithPredictions(seen, name));
	const { answer, predictions, members: pairPredictions } = nothingToDo ?? planned();
	const situation: Situation = removesHalf ? { ...seen, observed: withoutHalf(observed) } : seen;
	if (answer.outcome === "refused" || answer.steps.length > 0) refuseSilentEnd(declared, sighting, desired);
	const standing = answer.outcome === "plan" ? makeStanding(situation) : null;
	const tokens =
		answer.outcome === "plan" && answer.needsApproval && standing !== null
			? whenAsked(desired, sighting, hosts).map((asked) =>
					approvalToken({
						sighting,
						generation: record?.generation ?? 0,
						standings: standingsIn(situation, standing),
						reachable: observed.reachable,
						steps: answer.steps,
						onRequest: asked,
					}),
				)
			: [];
	const [token = null] = tokens;
	return {
		sighting,
		situation,
		standing,
		answer,
		predictions,
		roleChange:
			situation.observed.members == null
				? describeRoleChange(situation, record, declared)
				: isEmptyPlan({ answer }) || sighting.group === undefined
					? null
					: describeRoleChangeIn(situation, sighting.group, record, declared),
		token,
		consent: token === null || answer.outcome !== "plan" ? null : consentTo(answer.steps, tokens, request, sighting),
		...(sighting.group === undefined ? {} : { pairs, ...(pairPredictions === undefined ? {} : { pairPredictions }) }),
	};
}

/** A journal as that of one pair of the group, where one is meant. */
export function remembered(journal: Journal | null, pair: PairOf | undefined): Journal | null {
	return pair === undefined ? journal : journalOfPair(journal, pair);
}

/** What was seen, with what is remembered of it. */
function rememberedOf(
	sighting: Sighting,
	journal: Journal | null,
	pairs: readonly Pair[],
	{ wish, record }: Request,
): Observed {
	if (wish.copy !== undefined) return withCopyJournal(sighting.observed, sighting.syncTime, journal);
	const known = withJournal(sighting.observed, believedOf(journal, sighting, record));
	const observed = withUnseenTail(
		asPlanned(sighting.targetHalf ? { ...known, targetConsistent: false } : known),
		sighting,
		wish.limits,
	);
	return sighting.group === undefined ? observed : withPairs(observed, sighting.group, pairs);
}

/** The pairs that the program names, by what they are known by. */
function withWishedPairs(desired: Desired, { group, observed }: Sighting): Desired {
	if (group === undefined || group.wished === null || observed.presence === "absent") return desired;
	return { ...desired, pairs: group.wished };
}

/** The standings that a consent is bound to. */
function standingsIn(situation: Situation, standing: Standing): readonly Standing[] {
	const { members } = situation.observed;
	return members == null ? [standing] : members.map((member) => makeStanding(asPair(situation, member)));
}

/** By the record, or by what an earlier check left in the inputs. */
function wasListedAtBoth({ declared, record }: Request): boolean {
	return record?.bothListed === true || declared.bothListed === true;
}

/** Listed by both ends before. What other hosts than those of the last run listed says nothing of how these list. */
export function listedAtBoth(request: Request): boolean {
	const { meant = [], ends: declaredEnds } = request.declared;
	const isSameHosts = meant.every(({ host }) => ends.some((end) => declaredEnds[end].host === host));
	return wasListedAtBoth(request) && isSameHosts;
}

/** Half a relationship protects nothing, and an operation sent to it ends with 8. */
function refuseHalf({ declared, wish }: Request, half: End): void {
	if (endsRelationship(wish.desired)) return;
	const [without, other] = [shownEnd(declared, half), shownEnd(declared, otherEnd(half))];
	const listings =
		without.host === other.host
			? `host ${other.host}, which listed it at both disks, lists one at ${other.virtualDisk} and none at ${without.virtualDisk}`
			: `host ${other.host} lists one of ${other.virtualDisk} with ${without.virtualDisk}, and host ${without.host}, which lists ${without.virtualDisk}, lists none`;
	throw new HalfListed({
		code: errorCodes.halfListed,
		class: "array",
		property: half,
		what: `half a relationship: ${listings}.`,
		dataSafety: "both disks are as they were; nothing was sent. Do not count on the copy.",
		remedy: `refresh the provider on host ${without.host} (Update-StorageProviderCache) and look again; if one half is really gone, declare active: the other half is then removed and the relationship created anew, with consent.`,
	});
}

/** The plan from the same moment as check sees it, which has no outputs and so no record, but knows what inputs hold. */
export function planWithoutRecord({ situation, sighting, answer }: Outlook, { declared, wish }: Request): Answer {
	const bothListed = declared.bothListed === true;
	// Of one host for both arrays only what was seen before says that it listed both.
	const isSeen = declared.ends.source.host !== declared.ends.target.host || bothListed;
	if (situation.observed.presence === "absent" && isSeen && halfRemovedAt(sighting, bothListed) !== null) return answer;
	const { group } = sighting;
	const bare = () => {
		const planned = withUnseenTail(asPlanned(withJournal(sighting.observed, null)), sighting, wish.limits);
		return group === undefined
			? planned
			: withPairs(
					planned,
					group,
					pairsOf(group, () => null, null, wish.limits),
				);
	};
	const observed =
		situation.desired.kind === undefined
			? asMade(asServingAgain(bare(), situation.capabilities), situation.capabilities)
			: withCopyJournal(sighting.observed, sighting.syncTime, null);
	return planWithPredictions({ ...situation, observed }, diskNames(declared, sighting)).answer;
}

/** The same where the inputs hold what a run that stopped half way was asked for once: check takes it for done. */
export function plansWithLessAsked(outlook: Outlook, request: Request): readonly Answer[] {
	const { situation } = outlook;
	return askedForLess(situation.desired).map((desired) =>
		planWithoutRecord({ ...outlook, situation: { ...situation, desired } }, request),
	);
}

function diskNames(declared: Declared, { disks, group }: Sighting): NameEnd {
	const pairs = seenPairs(group);
	return (end, id) => {
		if (declared.hideNames) return id === undefined ? `the ${end}` : `the ${end} of ${id}`;
		const pair = pairs.find((each) => each.id === id);
		const disk = pair === undefined ? disks[end] : (pair.sighting?.disks[end] ?? null);
		if (disk !== null) return nameOf(disk);
		const ofPair = end === "target" ? pair?.madeAs : undefined;
		return ofPair ?? (pair === undefined ? declared.ends[end].virtualDisk : `the ${end} of ${pair.id}`);
	};
}

/** `adopt` takes the array's word for the roles until the program wishes something else. */
function effectiveWish(wish: Wish, observed: Observed, lastWish: string | undefined): Desired {
	const unchanged = lastWish === describeWish(wish.desired);
	if (wish.onRoleChange !== "adopt" || !unchanged || observed.presence === "absent") return wish.desired;
	return wishAsAdopted(wish.desired, observed.direction, isFailedOver(observed));
}

/**
 * A host that merely does not answer is a transport error: nobody fails away from it, and nothing is removed on one
 * side only. Stopping the copy at the current source is allowed, it loses nothing and needs nobody else.
 */
function refuseSilentEnd(declared: Declared, sighting: Sighting, desired: Desired): void {
	const { observed, unread, jobsUnread, groupsUnread, carriersUnread } = sighting;
	for (const end of ends) {
		const reason = unread[end] ?? jobsUnread[end];
		if (reason === null || declared.lost === end) continue;
		const stops = desired.state === "suspended" || (desired.state === "operation" && desired.operation === "Suspend");
		if (stops && end === currentTarget(observed.direction)) continue;
		throw reason;
	}
	// A member that is steered alone tears its group.
	if (groupsUnread !== null) throw groupsUnread;
	if (carriersUnread !== null && desired.restore === true) throw carriersUnread;
}

/** What the array says that would be told to change the relationship. */
export async function capabilitiesFor(
	declared: Declared,
	sighting: Sighting,
	desired: Desired,
	hosts: Hosts,
): Promise<Capabilities> {
	const { observed, disks, ids } = sighting;
	const source = currentSource(observed.direction);
	const at = disks[source] !== null ? source : currentTarget(observed.direction);
	const disk = disks[at];
	if (disk === null || ids.source === null) return { operations: null, features: [] };
	const { host } = declared.ends[at];
	const mode = observed.syncMode === "Unknown" ? (desired.syncMode ?? "Synchronous") : observed.syncMode;
	const others = subsystemsOf(otherEnd(at), declared, sighting);
	const [first = "", ...more] = subsystemsOf(at, declared, sighting);
	const askFor = (of: CapabilitiesRequest["of"]) =>
		[first, ...more].map((subsystem) =>
			hosts.capabilities(host, {
				subsystem,
				replicationType: replicationTypeOf(mode, others.includes(subsystem), desired.kind),
				...(of === undefined ? {} : { of }),
			}),
		);
	if (sighting.group !== undefined) {
		const [group] = await Promise.all(askFor("group"));
		const [element = null] = sighting.group.members === null ? [] : await Promise.all(askFor("element"));
		return group === undefined ? { operations: null, features: [] } : { ...group, element };
	}
	const [one, ...rest] = await Promise.all(askFor(undefined));
	return one === undefined ? { operations: null, features: [] } : commonCapabilities([one, ...rest]);
}

/** The arrays that an end's disk is in: several only where its host lists it in several. */
function subsystemsOf(end: End, { ends: declaredEnds }: Declared, { disks, links }: Sighting): readonly string[] {
	const disk = disks[end];
	if (disk !== null) return [disk.subsystem, ...disk.otherSubsystems];
	const { storageSubsystem } = declaredEnds.target;
	const named = links[otherEnd(end)]?.peerSubsystem ?? (end === "target" ? storageSubsystem : undefined);
	return named === undefined ? [] : [named];
}

function replicationTypeOf(mode: "Synchronous" | "Asynchronous", local: boolean, kind: SyncType = "Mirror"): number {
	return replicationTypes[`${mode}${kind}${local ? "Local" : "Remote"}`];
}

export function planOf(outlook: Outlook): Plan {
	if (outlook.answer.outcome === "plan") return outlook.answer;
	throw new Error(`internal: a refusal (${outlook.answer.code}) was taken for a plan`);
}

/** A refusal as the error that stops an update, or a check. */
export function refusalOf({ code, reason, alternative }: Refusal): ReplicationError {
	return new ReplicationError({
		code,
		class: "user",
		property: "state",
		what: `refused: ${reason}.`,
		dataSafety: "yes, nothing was changed.",
		remedy: `${alternative}.`,
	});
}

/** The refusal, the missing consent or the role change as the error that stops an update; null: it may go on. */
export function hindranceOf(outlook: Outlook, wish: Wish): ReplicationError | null {
	const { answer, roleChange, consent, token } = outlook;
	if (roleChange !== null && wish.onRoleChange === "stop") {
		return new ReplicationError({
			code: errorCodes.rolesChanged,
			class: "safety",
			what: `${roleChange}.`,
			dataSafety: "yes, nothing was changed.",
			remedy: "declare what is there, or onRoleChange: adopt (take the array's word) or repair (plan back).",
		});
	}
	if (answer.outcome === "refused") return refusalOf(answer);
	if (holdsByOneWord(outlook)) return toldInTwoWays(outlook);
	if (consent !== null && consent.by === "nothing" && token !== null) {
		return new ReplicationError({
			code: errorCodes.approvalMissing,
			class: "safety",
			property: "approval",
			what: `the plan needs approval: ${consent.reason}.`,
			dataSafety: "yes, nothing was changed; running the plan would destroy writes.",
			remedy:
				wish.desired.state === "operation"
					? `if they may go, run again with --approve ${token}, which fits this operation for an hour.`
					: `if they may go, set approval: "${token}" (or give it in storageReplication:approvals or STORAGE_REPLICATION_APPROVALS) and run again.`,
		});
	}
	return null;
}

/**
 * What is planned from is the worse of two words, and the worse one is that the copy has stopped: a wish for that would be
 * told as reached while the copy may go on.
 */
export function holdsByOneWord(outlook: Outlook): boolean {
	const { sighting, situation } = outlook;
	const { state } = situation.desired;
	if (!isEmptyPlan(outlook) || (state !== "suspended" && state !== "split" && state !== "operation")) return false;
	return sighting.differences.some(({ of }) => of === "copyState" || of === "progressStatus");
}

function toldInTwoWays({ sighting: { differences }, situation: { desired } }: Outlook): ReplicationError {
	return new ReplicationError({
		code: errorCodes.notReachedInTime,
		class: "array",
		what: `it is not known whether ${describeWish(desired)} is reached: ${differences.map(({ what }) => what).join("; ")}, and still so after the hosts were told to refresh.`,
		dataSafety: "yes, nothing was sent.",
		remedy:
			"refresh the provider that tells the old state (Update-StorageProviderCache), or unregister it, and run again.",
	});
}

export function isEmptyPlan({ answer }: Pick<Outlook, "answer">): boolean {
	return answer.outcome === "plan" && answer.steps.length === 0;
}

/** Nothing would be sent: what is wished is under way, or what is has to be waited for before anything is known. */
export function onlyWaits({ answer }: Outlook): boolean {
	return answer.outcome === "plan" && answer.steps.every(({ kind }) => kind === "wait");
}

/** What comes after a wait for something in flight is planned when it is over. */
export function replans({ answer }: Outlook): boolean {
	return answer.outcome === "plan" && answer.replan === true;
}

/** The steps of the plan; none for a refusal. */
export function stepsOf({ answer }: Outlook): readonly Step[] {
	return answer.outcome === "plan" ? answer.steps : [];
}
