import { currentSource, currentTarget, type End, ends } from "../model/relationship";
import { makeStanding } from "../planner/beginning";
import type { Step } from "../planner/plan";
import { toTheSecond } from "./copyMemory";
import { withAskedOnce } from "./copyWish";
import type { Overwritten } from "./dataSafety";
import { describeSighting } from "./describeOutlook";
import type { StepPosition } from "./events";
import { journalOfPair, type PairMemory, type PairOf, recordOfPair, sharedMemory } from "./groupMemory";
import type { Pair } from "./groupOutlook";
import { aheadToRemember, type Journal, targetBeganToWrite, targetTakesWrites, wholeIn } from "./journal";
import type { Outlook } from "./outlook";
import { emptyRecord, type RelationshipRecord, withHistory, withoutNo } from "./record";
import type { Request } from "./request";
import { mayHaveMovedRoles } from "./roleChange";
import { describeWish } from "./wish";

/** What a run knows when its record is written. */
export interface Run {
	readonly request: Request;
	readonly journal: Journal | null;
	readonly issued: boolean;
	/** The last look at which the relationship was there; null: it never was. */
	readonly lastShown: Outlook | null;
	/** Both ends listed it at some look of this run, or of an earlier one. */
	readonly bothListed: boolean;
	readonly done: readonly Step[];
	readonly nowMs: number;
}

/** The step that a run stopped in, and the disk that its copy ran onto. */
export type Interrupted = StepPosition & {
	readonly overwritten: Overwritten | null;
	/** When its call was made; null: none was, or it was refused. */
	readonly sentAtMs: number | null;
	/** Of a group, where only some took it: how many of its pairs did; null: all, none, or it is no group. */
	readonly moved: { readonly pairs: number; readonly of: number } | null;
};

/** Operations that overwrite the current source from the target. */
export const copiesBackwards: readonly string[] = ["Failback", "RestoreFromReplica"];

/** The record of where things stand after a run, whether it got there or not. */
export function recordAfter(run: Run, outlook: Outlook, interrupted?: Interrupted): RelationshipRecord {
	const { request, issued } = run;
	const before = request.record ?? emptyRecord;
	const { interrupted: _, ...kept } = before;
	const { desired, onRoleChange } = request.wish;
	// A wish without a say in roles that finds nothing to do must not agree to roles that somebody else changed.
	const agrees = (desired.state !== "suspended" && desired.state !== "split") || onRoleChange === "adopt";
	if (before.copyState !== "absent" && !issued && !agrees && isTheOtherWay(outlook, before)) {
		return { ...doubtedBy(kept, outlook), wish: describeWish(desired) };
	}
	const copy = copyAfter(run, outlook, interrupted);
	const { group, ...known } = { ...kept, ...knownAfter(run, outlook, interrupted) };
	const next: RelationshipRecord = {
		...known,
		// The engine stores no undefined: it ends the resource with "Unexpected struct type" (measured).
		...(group === undefined ? {} : { group }),
		...(copy === undefined ? {} : { copy }),
		generation: before.generation + (issued ? 1 : 0),
		wish: interrupted === undefined ? describeWish(desired) : before.wish,
		...(interrupted === undefined ? {} : { interrupted: whereIn(interrupted, run.nowMs) }),
	};
	const line = historyLine(run, outlook, interrupted);
	return line === null ? next : withHistory(next, line);
}

/** What was done of what is asked once, and how the copy stands: written when it is proved, and never guessed. */
function copyAfter(
	{ request: { wish, record }, journal, done }: Run,
	{ sighting, situation: { observed } }: Outlook,
	interrupted: Interrupted | undefined,
): RelationshipRecord["copy"] {
	if (wish.copy === undefined) return record?.copy;
	const before = record?.copy;
	const { triggers, restore, isExpired } = wish.copy;
	const isReached = interrupted === undefined;
	const proved = journal?.inThisRun === true ? journal.copy : null;
	const asked = withAskedOnce(wish.desired, wish.copy, record);
	// Who ends a copy has done nothing of what else is asked.
	const isDone = isReached && wish.desired.state !== "absent";
	const retaken = isDone || record === null || (asked.retake === true && proved?.done.retake === true);
	const wasRestored = isDone || (asked.restore === true && proved?.done.restore === true);
	const isAbsent = observed.presence === "absent";
	// How an earlier image ended says nothing of one that was begun over it.
	const isBegun = [...done, ...(interrupted?.sentAtMs == null ? [] : [interrupted.step])].some(beginsImage);
	const endedBefore = isBegun ? null : before?.ended;
	return {
		triggersDone: retaken ? (triggers ?? before?.triggersDone ?? null) : (before?.triggersDone ?? null),
		restoreDone: wasRestored ? (restore ?? before?.restoreDone ?? null) : (before?.restoreDone ?? null),
		syncTime: isAbsent ? null : toTheSecond(sighting.syncTime),
		// A clone that is complete is an independent disk, and stays one when its time has come.
		ended: !isAbsent ? null : (proved?.ended ?? endedBefore ?? (isExpired && isReached ? "expired" : null)),
		restoreOpen:
			mayHaveRestored(interrupted, currentSource(observed.direction)) ||
			(!(isReached && wish.desired.keep === "source") && (journal?.copy ?? before)?.restoreOpen === true),
	};
}

function beginsImage(step: Step): boolean {
	return step.kind === "create" || (step.kind === "operation" && step.until.done === "retake");
}

/** It was sent and neither proved nor refused, or it was seen to run: nothing else copies onto the source of a copy. */
function mayHaveRestored(interrupted: Interrupted | undefined, source: End): boolean {
	if (interrupted === undefined) return false;
	const isSent = operationOf(interrupted.step) === "RestoreFromReplica" && interrupted.sentAtMs !== null;
	return isSent || interrupted.overwritten?.end === source;
}

function whereIn(
	{ step, number, of, sentAtMs, moved }: Interrupted,
	nowMs: number,
): NonNullable<RelationshipRecord["interrupted"]> {
	const sent = sentAtMs === null ? {} : { sentAt: new Date(sentAtMs).toISOString() };
	return {
		operation: operationOf(step),
		step: number,
		of,
		at: new Date(nowMs).toISOString(),
		...sent,
		...(moved === null ? {} : { moved }),
	};
}

/** Under which name the record knows a step. */
export function operationOf(step: Step): string {
	return step.kind === "operation" ? step.operation : step.kind;
}

/** Null: nothing was done that anybody would look for later. */
function historyLine({ done, nowMs }: Run, outlook: Outlook, interrupted: Interrupted | undefined): string | null {
	const acted = done.filter((step) => step.kind !== "wait");
	if (acted.length === 0 && interrupted === undefined) return null;
	const operations = acted.map((step) => (step.kind === "operation" ? step.operation : "CreateReplica")).join(", ");
	const stopped =
		interrupted === undefined ? "" : `stopped at ${operationOf(interrupted.step)}${describeMoved(interrupted.moved)}: `;
	return `${new Date(nowMs).toISOString()} ${operations === "" ? "" : `${operations}: `}${stopped}${describeSighting(outlook)}`;
}

/** `, 1 of 2 pairs moved` */
function describeMoved(moved: Interrupted["moved"]): string {
	return moved === null ? "" : `, ${moved.pairs} of ${moved.of} pairs moved`;
}

type Known = Omit<RelationshipRecord, "version" | "generation" | "wish" | "interrupted" | "history">;
type Seen = Pick<Outlook, "situation" | "sighting">;

/** What was not proven gone is not written as gone: it may be hidden for a moment. */
function knownAfter(run: Run, outlook: Outlook, interrupted: Interrupted | undefined): Partial<Known> {
	if (outlook.situation.observed.presence === "present") return knownIn(outlook, run, interrupted);
	if (run.journal?.copyState === "absent") {
		return { copyState: "absent", ahead: { source: null, target: null }, group: undefined };
	}
	return run.lastShown === null ? {} : knownIn(run.lastShown, run, interrupted);
}

/** Of a group: what its pairs share, and which of them stand otherwise. */
function knownIn(outlook: Outlook, run: Run, interrupted: Interrupted | undefined): Known {
	const own = { ...knownAt(outlook, run.journal, run, interrupted), group: undefined };
	const memory = memoryOfPairs(outlook, (of, pair) => {
		if (pair === undefined) return recordOfPair(run.request.record, of);
		return knownAt(asSeen(outlook, pair), journalOfPair(run.journal, of), run, interrupted && asOf(interrupted, pair));
	});
	return memory === null ? own : { ...own, ...memory.shared, group: memory.group };
}

/** A copy that was seen to run onto some members may or may not have begun on the others. */
function asOf(interrupted: Interrupted, { key }: Pair): Interrupted {
	const { overwritten } = interrupted;
	if (overwritten?.members === undefined || overwritten.members.includes(key)) return interrupted;
	return { ...interrupted, overwritten: { ...overwritten, how: "maybe" } };
}

/** What is told of each pair put together; `null`: no pair is told of. `pair` is left out of one that could not be read. */
function memoryOfPairs(
	{ sighting, pairs = [] }: Outlook,
	memoryOf: (of: PairOf, pair: Pair | undefined) => PairMemory | null,
): ReturnType<typeof sharedMemory> {
	const keys = (sighting.group?.members ?? []).map(({ key }) => key);
	const told = keys.flatMap((key): [string, PairMemory][] => {
		const known = memoryOf(
			{ key, keys },
			pairs.find((pair) => pair.isMember && pair.key === key),
		);
		if (known === null) return [];
		const { direction, copyState, syncMode, ahead, targetConsistent, sourceConsistent, readOnly } = known;
		return [[key, { direction, copyState, syncMode, ahead, targetConsistent, sourceConsistent, readOnly }]];
	});
	return sharedMemory(new Map(told));
}

/** Some role differs from what is remembered. */
function isTheOtherWay(outlook: Outlook, record: RelationshipRecord): boolean {
	const { pairs = [], sighting, situation } = outlook;
	const keys = (sighting.group?.members ?? []).map(({ key }) => key);
	const members = pairs.filter(({ isMember }) => isMember);
	if (members.length === 0) return situation.observed.direction !== record.direction;
	return members.some(({ key, observed }) => recordOfPair(record, { key, keys })?.direction !== observed.direction);
}

function asSeen({ situation }: Outlook, { sighting, observed }: Pair): Seen {
	return { sighting, situation: { ...situation, observed } };
}

function knownAt(
	{ situation, sighting }: Seen,
	journal: Journal | null,
	{ bothListed }: Run,
	interrupted: Interrupted | undefined,
): Omit<Known, "copy" | "group"> {
	const { observed } = situation;
	const standing = typeof observed.copyState === "string" ? makeStanding(situation) : null;
	// Both ends were being written to when a copy onto the source broke off: either may hold the only copy of something.
	const backwards = interrupted !== undefined && copiesBackwards.includes(operationOf(interrupted.step));
	// What was sent may have had its effect after the last look: whoever serves then takes writes that nobody of us sees, also
	// when the roles are back as they were before the next look.
	const moves = interrupted !== undefined && mayHaveMovedRoles(operationOf(interrupted.step));
	const isWhole = (end: End) => wholeAfter(end, observed, journal, interrupted?.overwritten ?? null, backwards);
	const told = standing === null ? yesOf(journal) : aheadToRemember(standing, observed);
	// Of a copy that stands still and was not looked at nobody knows what it takes: its site may be in use.
	const target = currentTarget(observed.direction);
	const unwatched = sighting.disks[target] === null && observed.copyState !== "Synchronized" && told[target] === "no";
	const ahead = unwatched ? { ...told, [target]: null } : told;
	return {
		direction: observed.direction,
		copyState: standing?.copyState ?? journal?.copyState ?? "absent",
		syncMode: observed.syncMode,
		ahead: backwards ? { source: "yes", target: "yes" } : moves ? withoutNo(ahead) : ahead,
		targetConsistent: isWhole(currentTarget(observed.direction)),
		sourceConsistent: isWhole(currentSource(observed.direction)),
		bothListed,
		readOnly: sighting.observed.readOnly,
	};
}

/**
 * What a look leaves of a record where nothing was done. Roles that nobody agreed to, or a state in which a target takes
 * writes, end the `no` of a target (replication-model.md §2), and what it took is not forgotten when somebody puts
 * everything back. Nothing else is written: a role change would look agreed. The record itself where nothing is doubted.
 */
export function doubtedBy(record: RelationshipRecord, outlook: Outlook): RelationshipRecord {
	if (record.copyState === "absent") return record;
	let isDoubted = false;
	const memory = memoryOfPairs(outlook, (of, pair) => {
		const known = recordOfPair(record, of);
		if (known === null || pair === undefined) return known;
		const { ahead } = doubtedAt(known, asSeen(outlook, pair));
		isDoubted ||= ends.some((end) => ahead[end] !== known.ahead[end]);
		return { ...known, ahead };
	});
	if (memory === null) {
		const { ahead } = doubtedAt(record, outlook);
		return ends.every((end) => ahead[end] === record.ahead[end]) ? record : { ...record, ahead };
	}
	return isDoubted ? { ...record, ...memory.shared, group: memory.group } : record;
}

function doubtedAt(record: RelationshipRecord, { situation, sighting }: Seen): Pick<RelationshipRecord, "ahead"> {
	const { observed } = situation;
	const { ahead: held } = record;
	if (observed.presence === "absent" || record.copyState === "absent") return { ahead: held };
	const mayWrite = targetTakesWrites(observed) || targetBeganToWrite(sighting, record);
	if (observed.direction === record.direction && !mayWrite) return { ahead: held };
	const seen = typeof observed.copyState === "string" ? aheadToRemember(makeStanding(situation), observed) : held;
	const worse = (end: End) => (held[end] === "yes" || seen[end] === "yes" ? "yes" : null);
	return { ahead: { source: worse("source"), target: worse("target") } };
}

/** A state without a name says nothing of who is ahead: what was known against an end stays known. */
function yesOf(journal: Journal | null): RelationshipRecord["ahead"] {
	const kept = (end: End) => {
		const held = journal?.ahead[end] ?? null;
		return held === null || held === "no" ? null : "yes";
	};
	return { source: kept("source"), target: kept("target") };
}

function wholeAfter(
	end: End,
	observed: Outlook["situation"]["observed"],
	journal: Journal | null,
	overwritten: Overwritten | null,
	backwards: boolean,
): boolean | null {
	const whole = wholeIn(observed)[end];
	if (observed.copyState === "Synchronized" || overwritten === null) return whole;
	// A copy that ran the other way left this disk as it was.
	if (overwritten.end !== end) return whole ?? journal?.whole[end] ?? null;
	if (overwritten.how === "seen" || backwards) return false;
	return whole === true ? null : whole;
}
