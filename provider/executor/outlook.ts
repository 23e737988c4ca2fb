import type { Capabilities } from "../model/capabilities";
import { errorCodes } from "../model/errorCodes";
import {
	currentSource,
	currentTarget,
	type Direction,
	type End,
	ends,
	otherEnd,
	type SyncType,
} from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { replicationCapabilitiesSupportedReplicationTypes as replicationTypes } from "../model/vocabulary/capabilities";
import { makeStanding } from "../planner/beginning";
import { commonCapabilities } from "../planner/commonCapabilities";
import { features } from "../planner/features";
import { movesRoles, type NameEnd } from "../planner/operations";
import { isFailedOver, phaseOf } from "../planner/phase";
import type { Answer, Loss, Plan, Refusal, Step } from "../planner/plan";
import { planWithPredictions } from "../planner/planTransition";
import type { Desired, Observed, Situation } from "../planner/situation";
import type { Standing } from "../planner/standing";
import { HalfListed, hostsDisagree, observeAgreed } from "./agreement";
import { approvalToken, type OnRequest } from "./approval";
import { withCopyJournal } from "./copyJournal";
import { type Expendable, withAskedOnce } from "./copyWish";
import { type Declared, shownEnd } from "./declared";
import { nameOf } from "./disks";
import { halfRemovedAt, mayCreate, planFromHalf, withoutHalf } from "./halfRemoved";
import type { Hosts } from "./hosts";
import { believedOf, type Journal, journalOf, refuseSplitBrain, withJournal } from "./journal";
import type { Freshness } from "./readEnds";
import type { RelationshipRecord } from "./record";
import type { Sighting } from "./sighting";
import { describeWish, endsRelationship, type Wish, wishAsAdopted } from "./wish";

/** What is asked of one relationship. */
export interface Request {
	readonly declared: Declared;
	readonly wish: Wish;
	readonly record: RelationshipRecord | null;
}

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
}

export type Consent =
	| { readonly by: "approval"; readonly token: string }
	| { readonly by: "expendable"; readonly expendable: Expendable }
	| { readonly by: "lag"; readonly lagSeconds: number; readonly maxDataLossSeconds: number }
	| { readonly by: "nothing"; readonly reason: string };

export interface LookOptions {
	readonly freshness: Freshness;
	/** The journal of this run, by what is seen; left out: that of the record. */
	readonly journal?: (seen: Sighting["observed"]) => Journal | null;
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
	const removesHalf = half !== null && options.halves === "remove" && mayCreate(wish.desired);
	if (half !== null && !removesHalf) refuseHalf(request, half);
	// A target whose other half is gone accepts writes by right, and so does that of a copy.
	if (half === null && wish.copy === undefined) refuseSplitBrain(sighting, record);
	const journal = options.journal === undefined ? journalOf(record) : options.journal(sighting.observed);
	const observed = rememberedOf(sighting, journal, request);
	const desired =
		wish.copy === undefined
			? effectiveWish(wish, observed, record?.wish ?? options.lastWish)
			: withAskedOnce(wish.desired, wish.copy, record);
	const unasked: Capabilities = { operations: [], features: [] };
	const holding = removesHalf ? null : planWithPredictions({ observed, capabilities: unasked, desired });
	// An array is asked what it can do only if something is to be done: unchanged relationships cost no round trip.
	const nothingToDo = holding?.answer.outcome === "plan" && holding.answer.steps.length === 0 ? holding : null;
	const capabilities = nothingToDo !== null ? unasked : await capabilitiesFor(declared, sighting, desired, hosts);
	const served = wish.copy === undefined ? asServingAgain(observed, capabilities) : observed;
	const seen: Situation = { observed: served, capabilities, desired };
	const name = diskNames(declared, sighting);
	const planned = () => (removesHalf ? planFromHalf(seen, half, name) : planWithPredictions(seen, name));
	const { answer, predictions } = nothingToDo ?? planned();
	const situation: Situation = removesHalf ? { ...seen, observed: withoutHalf(observed) } : seen;
	if (answer.outcome === "refused" || answer.steps.length > 0) refuseSilentEnd(declared, sighting, desired);
	const standing = answer.outcome === "plan" ? makeStanding(situation) : null;
	const tokens =
		answer.outcome === "plan" && answer.needsApproval && standing !== null
			? whenAsked(desired, sighting, hosts).map((asked) =>
					approvalToken(sighting.ids, record?.generation ?? 0, standing, observed.reachable, answer.steps, asked),
				)
			: [];
	const [token = null] = tokens;
	return {
		sighting,
		situation,
		standing,
		answer,
		predictions,
		roleChange: describeRoleChange(situation, record, declared),
		token,
		consent:
			token === null || answer.outcome !== "plan" ? null : consentTo(answer.steps, tokens, request, sighting, standing),
	};
}

/** What was seen, with what is remembered of it. */
function rememberedOf(sighting: Sighting, journal: Journal | null, { wish, record }: Request): Observed {
	if (wish.copy !== undefined) return withCopyJournal(sighting.observed, sighting.syncTime, journal);
	const remembered = withJournal(sighting.observed, believedOf(journal, sighting, record));
	return asPlanned(sighting.targetHalf ? { ...remembered, targetConsistent: false } : remembered);
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
export function planWithoutRecord({ situation, sighting, answer }: Outlook, { declared }: Request): Answer {
	const bothListed = declared.bothListed === true;
	// Of one host for both arrays only what was seen before says that it listed both.
	const isSeen = declared.ends.source.host !== declared.ends.target.host || bothListed;
	if (situation.observed.presence === "absent" && isSeen && halfRemovedAt(sighting, bothListed) !== null) return answer;
	const observed =
		situation.desired.kind === undefined
			? asServingAgain(asPlanned(withJournal(sighting.observed, null)), situation.capabilities)
			: withCopyJournal(sighting.observed, sighting.syncTime, null);
	return planWithPredictions({ ...situation, observed }, diskNames(declared, sighting)).answer;
}

/**
 * A target is read-only by its role, and takes writes once the roles are reversed: to the planner, whose steps reverse
 * them, only the source's word counts. Taken literally, plans went there and back to make a loss disappear.
 */
function asPlanned(observed: Observed): Observed {
	// Failed over it serves: taking no writes then is an administrator's doing.
	if (isFailedOver(observed)) return observed;
	return { ...observed, readOnly: { ...observed.readOnly, [currentTarget(observed.direction)]: false } };
}

/**
 * The old source of a failover takes no writes by its role, and takes them again once it is failed back: a plan that
 * goes on from there must not count on it. Where ReverseRoles needs a read-only source (feature 19), its word counts.
 */
function asServingAgain(observed: Observed, { features: has }: Capabilities): Observed {
	if (!isFailedOver(observed) || has.includes(features.reverseRequiresReadOnlySource)) return observed;
	return { ...observed, readOnly: { ...observed.readOnly, [currentSource(observed.direction)]: false } };
}

function diskNames(declared: Declared, { disks }: Sighting): NameEnd {
	return (end) => {
		const disk = disks[end];
		if (declared.hideNames) return `the ${end}`;
		return disk === null ? declared.ends[end].virtualDisk : nameOf(disk);
	};
}

/** The losses of a plan, step by step. */
export function lossesOf(steps: readonly Step[]): Loss[] {
	return steps.flatMap((step) => (step.kind !== "wait" && step.loses !== undefined ? [step.loses] : []));
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
function refuseSilentEnd(declared: Declared, { observed, unread, jobsUnread }: Sighting, desired: Desired): void {
	for (const end of ends) {
		const reason = unread[end] ?? jobsUnread[end];
		if (reason === null || declared.lost === end) continue;
		const stops = desired.state === "suspended" || (desired.state === "operation" && desired.operation === "Suspend");
		if (stops && end === currentTarget(observed.direction)) continue;
		throw reason;
	}
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
	const asked = [first, ...more].map((subsystem) =>
		hosts.capabilities(host, {
			subsystem,
			replicationType: replicationTypeOf(mode, others.includes(subsystem), desired.kind),
		}),
	);
	const [one, ...rest] = await Promise.all(asked);
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

/**
 * Whether the roles differ from what the record proved, and not because our own interrupted run was on its way: what a
 * killed run left behind lies on the path from the record to a wish that the record did not have yet.
 */
function describeRoleChange(
	situation: Situation,
	record: RelationshipRecord | null,
	declared: Declared,
): string | null {
	const { observed, desired } = situation;
	if (record === null || record.copyState === "absent" || observed.presence === "absent") return null;
	// No role of a copy ever moves.
	if (desired.state === "absent" || desired.kind !== undefined) return null;
	if (record.interrupted?.rolesMoved ?? mayHaveMovedRoles(record.interrupted?.operation)) return null;
	if (phaseOf(observed) === "ambiguous") return null;
	const failedOver = isFailedOver(observed);
	const wasFailedOver = record.copyState === "Failedover";
	if (observed.direction === record.direction && failedOver === wasFailedOver) return null;
	const { answer } = planWithPredictions(situation);
	if (answer.outcome === "plan" && answer.steps.length === 0) return null;
	if (record.wish !== describeWish(desired) && isOnTheWay(situation, record)) return null;
	const serving = (direction: Direction, over: boolean) => (over ? currentTarget(direction) : currentSource(direction));
	const now = serving(observed.direction, failedOver);
	const before = serving(record.direction, wasFailedOver);
	const { host, virtualDisk } = shownEnd(declared, now);
	return `the roles are not as the last run that finished left them, somebody else or a run that was cut off changed them: ${virtualDisk} at ${host} serves now (${String(observed.copyState)}, ${observed.direction}); the last run left ${shownEnd(declared, before).virtualDisk} at ${shownEnd(declared, before).host} serving (${record.copyState}, ${record.direction})`;
}

/** Of our own interrupted run only a step that moves roles, or a wait for one, explains roles that the record does not have. */
export function mayHaveMovedRoles(interrupted: string | undefined): boolean {
	return interrupted !== undefined && (interrupted === "wait" || movesRoles(interrupted));
}

function isOnTheWay({ observed, capabilities, desired }: Situation, record: RelationshipRecord): boolean {
	if (record.copyState === "absent") return false;
	const remembered: Observed = {
		...observed,
		copyState: record.copyState,
		progressStatus: "Completed",
		direction: record.direction,
		syncMode: record.syncMode,
		ahead: record.ahead,
		readOnly: record.readOnly,
		targetConsistent: record.targetConsistent,
		sourceConsistent: record.sourceConsistent,
		job: null,
	};
	const { predictions } = planWithPredictions({ observed: asPlanned(remembered), capabilities, desired });
	const phase = phaseOf(observed);
	return predictions.some(
		({ copyState, direction }) =>
			(copyState === observed.copyState || phase === `to${copyState}` || phase === "copying") &&
			direction === observed.direction,
	);
}

const hourMs = 60 * 60_000;

/** What a token is bound to beside the plan: nothing, or for what is asked for by name this hour or, as it was told, the last. */
function whenAsked({ state, operation }: Desired, { hostTime }: Sighting, hosts: Hosts): readonly (OnRequest | null)[] {
	if (state !== "operation" || operation === undefined) return [null];
	const told = hostTime === null ? Number.NaN : Date.parse(hostTime);
	const hour = Math.floor((Number.isNaN(told) ? hosts.now() : told) / hourMs);
	return [hour, hour - 1].map((each) => ({ operation, hour: each }));
}

function consentTo(
	steps: readonly Step[],
	tokens: readonly string[],
	{ wish, record }: Request,
	{ lagSeconds }: Sighting,
	standing: Standing | null,
): Consent {
	const given = tokens.find((token) => wish.approvals.includes(token));
	if (given !== undefined) return { by: "approval", token: given };
	if (wish.copy !== undefined && isExpendable(steps, wish.copy.expendable, record, standing))
		return { by: "expendable", expendable: wish.copy.expendable };
	if (wish.maxDataLossSeconds === null) {
		const { length } = wish.approvals;
		const told = length === 0 ? "no approval is given" : `none of the ${length} tokens given fits this plan`;
		return { by: "nothing", reason: `it destroys writes, and ${told}` };
	}
	const { maxDataLossSeconds } = wish;
	if (lossesOf(steps).some(({ age }) => age === "yes")) {
		return {
			by: "nothing",
			reason: "it destroys writes of unknown age, and maxDataLossSeconds consents to recent ones only",
		};
	}
	// After a step that stops the copy no lag can be measured any more: such a plan would stop half way, unprotected.
	const first = steps.findIndex((step) => step.kind !== "wait" && step.loses !== undefined);
	if (steps.slice(0, first).some(({ until }) => until.copyState !== "Synchronized")) {
		return { by: "nothing", reason: "the lag cannot be measured right before it, because the copy is stopped by then" };
	}
	if (lagSeconds === null)
		return { by: "nothing", reason: "the array does not report the lag, and unknown is too much" };
	if (lagSeconds > maxDataLossSeconds) {
		return {
			by: "nothing",
			reason: `the target is ${lagSeconds} s behind, and maxDataLossSeconds allows ${maxDataLossSeconds}`,
		};
	}
	return { by: "lag", lagSeconds, maxDataLossSeconds };
}

/**
 * Standing consent to lose what a copy is, never to lose what its source holds, nor a disk that no run of ours has made or
 * used, nor anything while a restore is open (copies-and-groups.md §1.1).
 */
function isExpendable(
	steps: readonly Step[],
	expendable: Expendable,
	record: RelationshipRecord | null,
	standing: Standing | null,
): boolean {
	if (expendable === "nothing" || record === null || standing?.copy?.restoreOpen === true) return false;
	const isKnown = !steps.some((step) => step.kind === "create") || record.copyState !== "absent" || record.copy != null;
	return lossesOf(steps).every(
		({ end, what }) => end === "target" && isKnown && (expendable === "everything" || what === "pointInTime"),
	);
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

export function isEmptyPlan({ answer }: Outlook): boolean {
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
