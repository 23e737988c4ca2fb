import { type ErrorCode, errorCodes } from "../model/errorCodes";
import { type ErrorClass, ReplicationError } from "../model/replicationError";
import { mayHaveEffect, returnCode } from "../model/returnCodes";
import { describeGroupCall, type GroupCall, isSameMembership, membershipAfter } from "../planner/groupMembership";
import { CallCutOff } from "./callCutOff";
import { noEffectMs } from "./hindrance";
import type { CallAnswer, ReplicationGroups } from "./host";
import { type Call, mayHaveBegun } from "./issue";
import { jobOf } from "./jobStanding";
import {
	type DeclaredGroup,
	type GroupSight,
	groupIdOf,
	groupLabels,
	groupName,
	hindranceTo,
	lookAtGroup,
	memberIds,
} from "./oneGroup";
import { firstPollMs, nextPollMs, unreadableMs } from "./polling";
import { reappearMs } from "./reappearance";
import type { Surroundings } from "./surroundings";
import { refusals, runAgain } from "./unproved";
import { defaultLimits } from "./wish";

export interface GroupResult {
	readonly sight: GroupSight;
	/** Lines of what this run did, and proved. */
	readonly done: readonly string[];
	/** A call of this run made the group. */
	readonly made: boolean;
}

/** A run that stopped after it had sent something, with what it left. */
export class GroupRunStopped extends Error {
	readonly left: GroupResult;

	constructor(reason: Error, left: GroupResult) {
		super(reason.message, { cause: reason });
		this.left = left;
	}
}

export type GroupSurroundings = Pick<Surroundings, "hosts" | "clock" | "fence" | "signal"> & {
	readonly tell: (line: string) => void;
};

/**
 * Looks and plans, then sends one call after the other and proves each by looking. `agreed` answers for the plan that the
 * first look gives. No call is sent twice, whatever became of its answer: a second CreateReplicationGroup makes a second
 * group of the name, and from then on nobody can tell which is meant.
 */
export function steerGroup(
	declared: DeclaredGroup,
	around: GroupSurroundings,
	agreed: (sight: GroupSight) => ReplicationError | null = () => null,
): Promise<GroupResult> {
	return around.hosts.withPlaces([declared.host], async () => {
		let asked = declared;
		let sight = await lookAtGroup(asked, around.hosts, "fresh");
		const hindrance = (await hindranceTo(asked, sight, around.hosts)) ?? agreed(sight);
		if (hindrance !== null) throw hindrance;
		const plan = sight.calls;
		const done: string[] = [];
		let made = false;
		for (const [index, call] of plan.entries()) {
			const rest = plan.slice(index);
			// An array without empty groups deletes one with its last member: nothing is left to do then.
			if (sight.calls.length < rest.length) continue;
			const line = describeGroupCall(call, groupLabels(asked, sight));
			const step: Step = {
				asked,
				call,
				rest,
				isFirst: index === 0,
				label: `step ${index + 1} of ${plan.length}, ${line}`,
				done: [...done],
				isSent: false,
				last: sight,
			};
			around.tell(`${index + 1} of ${plan.length}: ${line}`);
			let refusal: string | null;
			try {
				({ sight, refusal } = await take(step, around));
			} catch (error) {
				if (done.length === 0 && !step.isSent) throw error;
				made ||= call.kind === "create" && step.isSent && step.last.group !== null;
				throw new GroupRunStopped(told(step, error), { sight: step.last, done, made });
			}
			if (refusal === null) {
				done.push(`${index + 1}. ${line}`);
				made ||= call.kind === "create";
			} else around.tell(`${refusal}, and somebody else did it: nothing of this step was done by this run.`);
			// What was seen once is known by its id for the rest of the run, whatever the array calls it.
			if (sight.group !== null) asked = { ...asked, knownId: groupIdOf(sight.group) };
		}
		return { sight, done, made };
	});
}

/** A call on its way. */
interface Step {
	readonly asked: DeclaredGroup;
	readonly call: GroupCall;
	/** It, and those after it. */
	readonly rest: readonly GroupCall[];
	readonly isFirst: boolean;
	readonly label: string;
	/** Lines of what this run did before. */
	readonly done: readonly string[];
	/** It may have had its effect. */
	isSent: boolean;
	last: GroupSight;
}

/** The group as the call was to make it. */
interface Reached {
	readonly sight: GroupSight;
	/** What the array answered if it refused: then somebody else led it there, and it is not ours. */
	readonly refusal: string | null;
}

async function take(step: Step, around: GroupSurroundings): Promise<Reached> {
	await around.fence();
	if (!step.isFirst) {
		const hindrance = await lookAgain(step, around);
		if (hindrance !== null) throw hindrance;
	}
	const before = step.last;
	let sent = await send(step, around);
	if (sent.kind === "answered" && sent.meaning.class === "staleCache") {
		// It says that nothing was done: the one answer after which a call is sent again, if it still is the next one.
		await around.hosts.discoverArrays(step.asked.host, { anew: true });
		await around.fence();
		if ((await lookAgain(step, around)) === null) sent = await send(step, around);
	}
	return prove(step, before, sent, around);
}

/** Looks right before a call. Since the last look others may have forbidden it, by a relationship, or changed the group. */
async function lookAgain(step: Step, { hosts }: GroupSurroundings): Promise<ReplicationError | null> {
	step.last = await lookAtGroup(step.asked, hosts, "fresh");
	const hindrance = await hindranceTo(step.asked, step.last, hosts);
	if (hindrance !== null || JSON.stringify(step.last.calls) === JSON.stringify(step.rest)) return hindrance;
	const what = "the group changed while the run was on, and the plan from there is another one; the call was not sent";
	return stopped(step, errorCodes.planChanged, "safety", what, "run preview again and look at the new plan.");
}

async function send(step: Step, { hosts, signal }: GroupSurroundings): Promise<Call> {
	// After the fence: the engine may end the run while it is asked for a sign of life.
	if (signal?.aborted) {
		throw new StoppedStep({
			code: errorCodes.engineGone,
			class: "safety",
			what: `cancelled before ${step.label}${doneBefore(step)}.`,
			dataSafety: "yes; the call was not sent.",
			remedy: "run again to go on.",
		});
	}
	try {
		const answer = await hosts.callGroups(step.asked.host, (groups) => callOn(groups, step));
		const meaning = returnCode(answer.returnCode);
		step.isSent ||= mayHaveEffect(meaning);
		return { kind: "answered", host: step.asked.host, meaning, answer };
	} catch (error) {
		if (!(error instanceof CallCutOff)) throw error;
		step.isSent = true;
		return { kind: "cutOff", host: step.asked.host, error };
	}
}

function callOn(groups: ReplicationGroups, { asked, call, last }: Step): Promise<CallAnswer> {
	const groupObjectId = () => {
		// Which one an array would take for a call that names none, nobody knows.
		if (last.group === null) throw new Error(`${call.kind} of a group that is not there`);
		return last.group.objectId;
	};
	switch (call.kind) {
		case "create": {
			const { subsystem } = last;
			return groups.create({ subsystem, friendlyName: asked.friendlyName, memberObjectIds: call.members });
		}
		case "add":
			return groups.addMembers({ groupObjectId: groupObjectId(), memberObjectIds: call.members });
		case "remove":
			return groups.removeMembers({ groupObjectId: groupObjectId(), memberObjectIds: call.members });
		case "delete":
			return groups.delete({ groupObjectId: groupObjectId() });
		default:
			return call satisfies never;
	}
}

/**
 * Looks until the group is as the call was to make it. No answer proves anything, and a job that ended or vanished neither:
 * whatever may have had its effect is watched for a minute after the last sign of it, since the next run would send it again.
 */
async function prove(
	step: Step,
	before: GroupSight,
	sent: Call,
	{ hosts, clock, signal }: GroupSurroundings,
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
	const isAsSaid = sent.kind === "answered" && (sent.meaning.class === "success" || sent.meaning.class === "job");
	return isAsSaid ? 0 : reappearMs;
}

function refusalOf(step: Step, sent: Call): string | null {
	return sent.kind === "cutOff" || mayHaveBegun(sent) ? null : describeAnswer(sent, step.asked);
}

async function looked({ asked }: Step, hosts: GroupSurroundings["hosts"]): Promise<GroupSight | ReplicationError> {
	try {
		return await lookAtGroup(asked, hosts, "fresh");
	} catch (error) {
		if (error instanceof ReplicationError && error.facts.class !== "internal") return error;
		throw error;
	}
}

function isReached({ asked, call }: Step, before: GroupSight, seen: GroupSight): boolean {
	const expected = membershipAfter(before.members, call);
	// An array without empty groups deletes one with its last member: nothing is left to do then.
	if (seen.members === null) return expected === null || (asked.wish === "gone" && expected.length === 0);
	// By the disks' own ids: two providers list one disk by two ObjectIds, and the group may name the other one.
	const ids = (members: readonly string[]) => memberIds(seen, members);
	return expected !== null && isSameMembership(ids(expected), ids(seen.members));
}

function unseen(step: Step, before: GroupSight, sent: Call): ReplicationError {
	const isAsBefore = isSameMembership(before.members, step.last.members);
	if (!isAsBefore) {
		return stopped(
			step,
			errorCodes.unexpectedState,
			"array",
			"the group is neither as it was nor as the call was to make it",
		);
	}
	const look = "look with the array's own tools whether it is still under way there, and run again when it is not.";
	if (sent.kind === "cutOff")
		return stopped(step, errorCodes.callCutOff, "transport", "no answer came, and nothing changed in a minute", look);
	if (sent.meaning.class === "unknown") return refused(step, sent);
	return stopped(step, errorCodes.operationHadNoEffect, "array", "the array took the call, and nothing changed", look);
}

type AnsweredCall = Extract<Call, { readonly kind: "answered" }>;

function refused(step: Step, call: AnsweredCall): ReplicationError {
	const { code, remedy } = refusals[call.meaning.class];
	return stopped(step, code, "array", describeAnswer(call, step.asked), remedy);
}

/** The array's own words may name the group and its disks. */
function describeAnswer({ answer, meaning }: AnsweredCall, { hideNames }: DeclaredGroup): string {
	const text = answer.message === null || hideNames ? "" : ` (${answer.message})`;
	return `the array answered ${meaning.code}, ${meaning.wording}${text}`;
}

/** An error that says of the run what is known of it. */
class StoppedStep extends ReplicationError {}

/** What was thrown by whoever knows only his own moment: his "nothing was changed" is untrue of a run that sent something. */
function told(step: Step, error: unknown): StoppedStep {
	if (error instanceof StoppedStep) return error;
	if (error instanceof ReplicationError) {
		const { code, class: errorClass, what, remedy } = error.facts;
		const effect = step.isSent ? "; the call was sent, and whether it had its effect is not known" : "";
		return stopped(step, code, errorClass, `${what.replace(/\.$/, "")}${effect}`, remedy);
	}
	const what = `an internal error: ${error instanceof Error ? error.message : String(error)}`;
	return stopped(step, errorCodes.internal, "internal", what, "report it with the arguments that caused it.");
}

function stopped(step: Step, code: ErrorCode, errorClass: ErrorClass, what: string, remedy = runAgain): StoppedStep {
	const { asked, label, last } = step;
	const { disk } = groupLabels(asked, last);
	const members = last.members ?? [];
	const held = disk === null ? `${members.length} disks` : members.map(disk).join(", ") || "no disk";
	const seen = last.group === null ? `no group ${groupName(asked)}` : `${groupName(asked)} holds ${held}`;
	return new StoppedStep({
		code,
		class: errorClass,
		what: `${label}: ${what}; last seen: ${seen}${doneBefore(step)}.`,
		dataSafety: "yes; no disk changes with its group, and nothing further was sent.",
		remedy,
	});
}

function doneBefore({ done }: Step): string {
	return done.length === 0 ? "" : `; done before it: ${done.join("; ")}`;
}
