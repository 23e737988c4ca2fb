import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import { isSameMembership, membershipAfter } from "../planner/groupMembership";
import { noEffectMs } from "./hindrance";
import type { Hosts } from "./hosts";
import { type Call, mayHaveBegun } from "./issue";
import { jobOf } from "./jobStanding";
import { lookAtGroup } from "./lookAtGroup";
import { type DeclaredGroup, type GroupSight, memberIds } from "./oneGroup";
import { type GroupStep, isTaken, stopped, told } from "./oneGroupStep";
import { firstPollMs, nextPollMs, unreadableMs } from "./polling";
import { reappearMs } from "./reappearance";
import type { Surroundings } from "./surroundings";
import { refusals } from "./unproved";
import { defaultLimits } from "./wish";

/** The group as the call was to make it. */
export interface Reached {
	readonly sight: GroupSight;
	/** What the array answered if it refused: then somebody else led it there, and it is not ours. */
	readonly refusal: string | null;
}

/**
 * Looks until the group is as the call was to make it. No answer proves anything, and a job that ended or vanished neither:
 * whatever may have had its effect is watched for a minute after the last sign of it, since the next run would send it again.
 */
export async function proveGroupCall(
	step: GroupStep,
	before: GroupSight,
	sent: Call,
	{ hosts, clock, signal }: Pick<Surroundings, "hosts" | "clock" | "signal">,
): Promise<Reached> {
	const startedAtMs = clock.monotonic();
	let goneSinceMs: number | null = null;
	let quietSinceMs = startedAtMs;
	let unreadableSinceMs: number | null = null;
	let pollMs = firstPollMs;
	for (;;) {
		const seen = await looked(step, hosts);
		if (seen instanceof ReplicationError) {
			// It says that nothing was done; who did it all the same cannot be told now.
			if (sent.kind === "answered" && !mayHaveBegun(sent)) throw refused(step, sent);
			unreadableSinceMs ??= clock.monotonic();
			if (seen.facts.class !== "transport" || clock.monotonic() - unreadableSinceMs > unreadableMs)
				throw told(step, seen);
		} else {
			unreadableSinceMs = null;
			step.last = seen;
			const isThere = isReached(step, before, seen);
			if (isThere && seen.group === null && goneSinceMs === null) {
				// A listing is hidden for a moment, or was read from an old cache: what is gone is looked for twice.
				goneSinceMs = clock.monotonic();
				await hosts.discoverArrays(step.asked.host, { anew: true });
				continue;
			}
			const isGone = goneSinceMs !== null && clock.monotonic() - goneSinceMs >= goneFor(sent);
			if (isThere && (seen.group !== null || isGone)) return { sight: seen, refusal: refusalOf(step, sent) };
			if (!isThere) {
				goneSinceMs = null;
				if (sent.kind === "answered" && !mayHaveBegun(sent)) throw refused(step, sent);
			}
		}
		const job = await jobOf(sent, hosts);
		if (job.failed !== null && !(seen instanceof ReplicationError)) {
			throw stopped(step, errorCodes.jobFailed, "array", job.failed);
		}
		const nowMs = clock.monotonic();
		if (!job.ended || seen instanceof ReplicationError) quietSinceMs = nowMs;
		if (nowMs - quietSinceMs >= noEffectMs) throw unseen(step, before, sent);
		if (nowMs - startedAtMs > defaultLimits.transitionMs) {
			const what = `it was not reached in ${defaultLimits.transitionMs / 60_000} minutes, and its job is still in flight`;
			throw stopped(step, errorCodes.notReachedInTime, "array", what);
		}
		if (signal?.aborted)
			throw stopped(step, errorCodes.engineGone, "safety", "the run was cancelled while this was under way");
		await clock.sleep(pollMs, signal);
		pollMs = nextPollMs(pollMs);
	}
}

/** How long a group has to be out of sight: of one that the array says it deleted, at one more look. */
function goneFor(sent: Call): number {
	return isTaken(sent) ? 0 : reappearMs;
}

function refusalOf(step: GroupStep, sent: Call): string | null {
	return sent.kind === "cutOff" || mayHaveBegun(sent) ? null : describeAnswer(sent, step.asked);
}

async function looked({ asked }: GroupStep, hosts: Hosts): Promise<GroupSight | ReplicationError> {
	try {
		return await lookAtGroup(asked, hosts, "fresh");
	} catch (error) {
		if (error instanceof ReplicationError && error.facts.class !== "internal") return error;
		throw error;
	}
}

function isReached({ asked, call }: GroupStep, before: GroupSight, seen: GroupSight): boolean {
	const expected = membershipAfter(before.members, call);
	// An array without empty groups deletes one with its last member: nothing is left to do then.
	if (seen.members === null) return expected === null || (asked.wish === "gone" && expected.length === 0);
	// By the disks' own ids: two providers list one disk by two ObjectIds, and the group may name the other one.
	const ids = (members: readonly string[]) => memberIds(seen, members);
	return expected !== null && isSameMembership(ids(expected), ids(seen.members));
}

function unseen(step: GroupStep, before: GroupSight, sent: Call): ReplicationError {
	const isAsBefore = isSameMembership(before.members, step.last.members);
	if (!isAsBefore) {
		const what = "the group is neither as it was nor as the call was to make it";
		return stopped(step, errorCodes.unexpectedState, "array", what);
	}
	const look = "look with the array's own tools whether it is still under way there, and run again when it is not.";
	if (sent.kind === "cutOff")
		return stopped(step, errorCodes.callCutOff, "transport", "no answer came, and nothing changed in a minute", look);
	if (sent.meaning.class === "unknown") return refused(step, sent);
	return stopped(step, errorCodes.operationHadNoEffect, "array", "the array took the call, and nothing changed", look);
}

type AnsweredCall = Extract<Call, { readonly kind: "answered" }>;

function refused(step: GroupStep, call: AnsweredCall): ReplicationError {
	const { code, remedy } = refusals[call.meaning.class];
	return stopped(step, code, "array", describeAnswer(call, step.asked), remedy);
}

/** The array's own words may name the group and its disks. */
function describeAnswer({ answer, meaning }: AnsweredCall, { hideNames }: DeclaredGroup): string {
	const text = answer.message === null || hideNames ? "" : ` (${answer.message})`;
	return `the array answered ${meaning.code}, ${meaning.wording}${text}`;
}
