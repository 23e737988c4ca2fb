import { errorCodes } from "../model/errorCodes";
import { currentSource } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { isNotWorse } from "../planner/comparePlans";
import { describeStep } from "../planner/describePlan";
import type { Step } from "../planner/plan";
import type { Observed } from "../planner/situation";
import { reversesReadOnlyOnly, tellsArrival } from "./asPlanned";
import { labelsOf } from "./describeOutlook";
import { type Outlook, stepsOf } from "./outlook";
import { planChanged } from "./planChanged";
import type { Request } from "./request";
import type { Sighting } from "./sighting";
import type { Surroundings } from "./surroundings";

/** How long a lag may stand still before it is named: it is told by SyncTime and will not shrink, or the line is too thin. */
const standstillMs = 10_000;
const lookEveryMs = 1_000;

/** After these nothing that is still under way arrives. */
const stopsCopying: readonly string[] = ["Failover", "ReverseRoles", "Suspend", "Fracture", "Split"];

/** A relationship, or one pair of a group, as a look has it. */
export interface Copying {
	/** Of a pair its source's UniqueId; of a relationship by itself none. */
	readonly key: string;
	readonly observed: Pick<Observed, "copyState" | "syncMode" | "direction" | "reachable" | "readOnly">;
	readonly sighting: Pick<Sighting, "lagSeconds" | "percentSynced" | "syncTime" | "hostTime">;
}

/** The relationship, or the pairs of the group each by itself: one that has arrived says nothing of another. */
export function copiesIn({ situation: { observed }, sighting, pairs = [] }: Outlook): readonly Copying[] {
	const members = pairs.filter(({ isMember }) => isMember);
	return members.length === 0 ? [{ key: "", observed, sighting }] : members;
}

/** Whether the step stops this asynchronous copy: what has not arrived by then never does. */
export function stopsAsynchronousCopy(step: Step, { observed }: Pick<Copying, "observed">): boolean {
	return (
		step.kind === "operation" &&
		stopsCopying.includes(step.operation) &&
		observed.copyState === "Synchronized" &&
		observed.syncMode !== "Synchronous" &&
		observed.reachable[currentSource(observed.direction)]
	);
}

/** Those of which everything can arrive before the step, because their source takes no more writes. */
export function mustArrive(step: Step, outlook: Outlook): readonly Copying[] {
	if (outlook.situation.desired.kind !== undefined) return [];
	return copiesIn(outlook).filter((copying) => stopsAsynchronousCopy(step, copying) && takesNoWrites(copying));
}

export function takesNoWrites({ observed }: Copying): boolean {
	return observed.readOnly[currentSource(observed.direction)];
}

export interface DrainOptions {
	/** A plan that moves roles must have drained; one that only stops the copy waits for it and loses nothing if it may not. */
	readonly must: boolean;
	readonly request: Request;
	readonly around: Surroundings;
	readonly look: () => Promise<Outlook>;
	/** Host clock at the first look of this run at which the current source took no writes, by the key of what it copies. */
	readonly readOnlySince: ReadonlyMap<string, string>;
}

/**
 * Waits until everything of a read-only source has arrived: the lag is zero, or all is copied as of a moment after the
 * source was seen to take no more writes (a lag told by SyncTime is hardly ever zero). One that does not shrink is named
 * at once, not waited for until the limit.
 */
export async function drain(
	step: Step,
	first: Outlook,
	{ must, request, around, look, readOnlySince }: DrainOptions,
): Promise<{ readonly outlook: Outlook; readonly drained: boolean }> {
	const { clock, signal } = around;
	const { transitionMs } = request.wish.limits;
	const sinceMs = clock.monotonic();
	let least = { seconds: Number.POSITIVE_INFINITY, atMs: sinceMs };
	let outlook = first;
	for (;;) {
		const behind = mustArrive(step, outlook).filter((copying) => !hasArrived(copying, readOnlySince));
		if (behind.length === 0) return { outlook, drained: true };
		// What nobody tells cannot be waited for: the plan names it as lost (`withUnseenTail`), and consent was asked.
		const left = behind.filter(({ sighting }) => tellsArrival(sighting, transitionMs));
		if (left.length === 0) return { outlook, drained: false };
		const lagSeconds = greatestLag(left);
		if (lagSeconds !== null && lagSeconds < least.seconds) least = { seconds: lagSeconds, atMs: clock.monotonic() };
		const why = whyNoLonger(
			lagSeconds,
			clock.monotonic() - sinceMs,
			clock.monotonic() - least.atMs,
			transitionMs,
			signal,
		);
		if (why !== null && !must) return { outlook, drained: false };
		if (why !== null) throw notDrained(step, why, lagSeconds, outlook, request);
		await clock.sleep(lookEveryMs, signal);
		outlook = await look();
		if (!isNotWorse(stepsOf(outlook), stepsOf(first))) throw planChanged(first, outlook);
	}
}

function hasArrived({ key, sighting }: Copying, readOnlySince: ReadonlyMap<string, string>): boolean {
	const { lagSeconds, percentSynced, syncTime } = sighting;
	if (lagSeconds === 0) return true;
	const since = readOnlySince.get(key);
	if (percentSynced !== 100 || syncTime === null || since === undefined) return false;
	return Date.parse(syncTime) > Date.parse(since);
}

/** `null`: one of them does not tell. */
function greatestLag(copies: readonly Copying[]): number | null {
	const told = copies.flatMap(({ sighting: { lagSeconds } }) => lagSeconds ?? []);
	return told.length < copies.length ? null : Math.max(...told);
}

/** Why it is not waited any longer; null: it is. */
function whyNoLonger(
	lagSeconds: number | null,
	waitedMs: number,
	stoodStillMs: number,
	limitMs: number,
	signal: AbortSignal | undefined,
): string | null {
	if (stoodStillMs > standstillMs) {
		// A SyncTime tells by moving past the moment at which the source took no more writes, and has had the time for it.
		return lagSeconds === null
			? "the target does not report how far it is behind"
			: `the target stays ${lagSeconds} s behind and does not catch up`;
	}
	if (waitedMs > limitMs) return `the target has not caught up after ${Math.round(limitMs / 60_000)} minutes`;
	return signal?.aborted === true ? "the run was cancelled while the target caught up" : null;
}

function notDrained(
	step: Step,
	why: string,
	lagSeconds: number | null,
	now: Outlook,
	request: Request,
): ReplicationError {
	const { desired, limits } = request.wish;
	// Declared and still here, the mode is one that the array does not report. What says no lag never says that it is none.
	const isModeTried = desired.syncMode === "Synchronous";
	const mayServe = !reversesReadOnlyOnly(now.situation);
	const limit = `${Math.round(limits.transitionMs / 60_000)} minutes`;
	const ways = [
		...(isModeTried ? [] : ["declare syncMode: synchronous first"]),
		...(lagSeconds === null
			? [`run again when its SyncTime is more than ${limit} old: preview then prints a token for the loss`]
			: ["run again when the target has caught up"]),
		...(mayServe && lagSeconds !== null ? ["make the source writable again and set maxDataLossSeconds"] : []),
		...(mayServe ? ["make the source writable again and use the token that preview then prints"] : []),
	];
	return new ReplicationError({
		code: errorCodes.lagTooHigh,
		class: "safety",
		what: `${describeStep(step, labelsOf(request))}: the source accepts no more writes, but ${why}.`,
		dataSafety: "yes; the operation was not sent.",
		remedy: `${ways.join(", or ")}.`,
	});
}
