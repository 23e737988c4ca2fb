import { errorCodes } from "../model/errorCodes";
import type { ReplicationError } from "../model/replicationError";
import { returnCode } from "../model/returnCodes";
import { describeGroupCall, membershipAfter } from "../planner/groupMembership";
import { CallCutOff } from "./callCutOff";
import type { CallPosition, GroupSurroundings } from "./groupRunEvents";
import type { CallAnswer, ReplicationGroups } from "./host";
import { type Call, mayHaveBegun } from "./issue";
import { lookAtGroup } from "./lookAtGroup";
import { type DeclaredGroup, describeGroup, type GroupSight, groupIdOf, groupLabels } from "./oneGroup";
import { proveGroupCall, type Reached } from "./oneGroupProof";
import { hindranceTo } from "./oneGroupRefusals";
import { cancelled, type GroupStep, isTaken, type StoppedStep, stopped, told } from "./oneGroupStep";
import { afterSentCall, isAsSent, membershipDigest, type SentGroupCall } from "./sentGroupCall";

export interface GroupResult {
	readonly sight: GroupSight;
	/** Lines of what this run did, and proved. */
	readonly done: readonly string[];
	/** A call of ours made the group, in this run or in one that was stopped. */
	readonly made: boolean;
	/** A call of this run whose end it did not see. */
	readonly sent: SentGroupCall | null;
}

/** A run that stopped after it had sent something, with what it left. */
export class GroupRunStopped extends Error {
	readonly reason: StoppedStep;
	readonly left: GroupResult;

	constructor(reason: StoppedStep, left: GroupResult) {
		super(reason.message, { cause: reason });
		this.reason = reason;
		this.left = left;
	}
}

export interface GroupRunOptions {
	/** Answers for the plan that the first look gives. */
	readonly agreed?: (sight: GroupSight) => ReplicationError | null;
	/** What a run that was stopped left on its way. */
	readonly sent?: SentGroupCall | null;
}

/**
 * Looks and plans, then sends one call after the other and proves each by looking. No call is sent twice, whatever became of
 * its answer: a second CreateReplicationGroup makes a second group of the name, and from then on nobody can tell which is
 * meant.
 */
export function steerGroup(
	declared: DeclaredGroup,
	around: GroupSurroundings,
	{ agreed = () => null, sent = null }: GroupRunOptions = {},
): Promise<GroupResult> {
	return around.hosts.withPlaces([declared.host], async () => {
		let asked = declared;
		let sight = await afterSentCall(asked, sent, around);
		const plan = sight.calls;
		const lines = plan.map((call) => describeGroupCall(call, groupLabels(asked, sight)));
		const id = sight.group && groupIdOf(sight.group);
		await around.report({ kind: "planned", lines, seen: describeGroup(asked, sight), id });
		const hindrance = (await hindranceTo(asked, sight, around.hosts)) ?? agreed(sight);
		if (hindrance !== null) throw hindrance;
		const done: string[] = [];
		let made = isMadeBy(sent, sight);
		for (const [index, call] of plan.entries()) {
			const rest = plan.slice(index);
			// An array without empty groups deletes one with its last member: nothing is left to do then.
			if (sight.calls.length < rest.length) continue;
			const at = { number: index + 1, of: plan.length, line: lines[index] ?? "" };
			const step: GroupStep = { asked, call, rest, ...at, done: [...done], left: null, sent: null, last: sight };
			try {
				const reached = await take(step, around);
				await around.report({
					kind: "reached",
					...at,
					seen: describeGroup(asked, reached.sight),
					refusal: reached.refusal,
				});
				({ sight } = reached);
				if (reached.refusal === null) {
					done.push(`${at.number}. ${at.line}`);
					made ||= call.kind === "create";
				}
			} catch (error) {
				const isUnderWay = mayHaveBegun(step.sent);
				if (done.length === 0 && !isUnderWay) throw error;
				made ||= call.kind === "create" && isTaken(step.sent) && step.last.group !== null;
				const left = isUnderWay ? step.left : null;
				throw new GroupRunStopped(told(step, error), { sight: step.last, done, made, sent: left });
			}
			// What was seen once is known by its id for the rest of the run, whatever the array calls it.
			if (sight.group !== null) asked = { ...asked, knownId: groupIdOf(sight.group) };
		}
		return { sight, done, made, sent: null };
	});
}

/** One with other members may be somebody else's, and whoever deletes it has to be sure. */
export function isMadeBy(sent: SentGroupCall | null, sight: GroupSight): boolean {
	return sent?.kind === "create" && sent.isOthers !== true && sight.group !== null && isAsSent(sent, sight);
}

async function take(step: GroupStep, around: GroupSurroundings): Promise<Reached> {
	await reportCall(step, around);
	// After what is written of the call, which may wait for a file: the engine may be gone by then.
	await around.fence();
	if (step.number > 1) {
		const hindrance = await lookAgain(step, around);
		if (hindrance !== null) throw hindrance;
	}
	const before = step.last;
	let sent = await send(step, around);
	if (sent.kind === "answered" && sent.meaning.class === "staleCache") {
		// It says that nothing was done: the one answer after which a call is sent again, if it still is the next one.
		await around.hosts.discoverArrays(step.asked.host, { anew: true });
		await around.fence();
		if ((await lookAgain(step, around)) === null) {
			await reportCall(step, around);
			sent = await send(step, around);
		}
	}
	return proveGroupCall(step, before, sent, around);
}

async function reportCall(step: GroupStep, { report }: GroupSurroundings): Promise<void> {
	await report({ kind: "beforeCall", ...at(step), call: step.call, leadsTo: leadsTo(step) });
}

function leadsTo({ call, last }: GroupStep): string {
	return membershipDigest(last, membershipAfter(last.members, call));
}

function at({ number, of, line }: GroupStep): CallPosition {
	return { number, of, line };
}

/** Looks right before a call. Since the last look others may have forbidden it, by a relationship, or changed the group. */
async function lookAgain(step: GroupStep, { hosts }: GroupSurroundings): Promise<ReplicationError | null> {
	step.last = await lookAtGroup(step.asked, hosts, "fresh");
	const hindrance = await hindranceTo(step.asked, step.last, hosts);
	if (hindrance !== null || JSON.stringify(step.last.calls) === JSON.stringify(step.rest)) return hindrance;
	const what = "the group changed while the run was on, and the plan from there is another one; the call was not sent";
	return stopped(step, errorCodes.planChanged, "safety", what, "run preview again and look at the new plan.");
}

async function send(step: GroupStep, { hosts, clock, signal, report }: GroupSurroundings): Promise<Call> {
	// After the fence: the engine may end the run while it is asked for a sign of life.
	if (signal?.aborted) throw cancelled(step);
	const { host } = step.asked;
	step.left = { kind: step.call.kind, leadsTo: leadsTo(step), sentAt: new Date(clock.now()).toISOString() };
	try {
		const answer = await hosts.callGroups(host, (groups) => callOn(groups, step));
		step.sent = { kind: "answered", host, meaning: returnCode(answer.returnCode), answer };
		await report({ kind: "afterCall", ...at(step), returnCode: answer.returnCode, job: answer.jobId });
	} catch (error) {
		if (!(error instanceof CallCutOff)) throw error;
		step.sent = { kind: "cutOff", host, error };
		await report({ kind: "callCutOff", ...at(step) });
	}
	return step.sent;
}

function callOn(groups: ReplicationGroups, { asked, call, last }: GroupStep): Promise<CallAnswer> {
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
