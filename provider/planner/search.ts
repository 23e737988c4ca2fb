import { currentSource, currentTarget } from "../model/relationship";
import { findCheapest, type Move } from "./cheapest";
import { createFrom } from "./creation";
import { isAdvertised, type NameEnd } from "./operations";
import type { Loss, Step } from "./plan";
import { type NamedRule, rulesOf } from "./rules";
import type { Frame, Standing } from "./standing";
import { keyOf } from "./standingKey";
import { waitFrom, whyWait } from "./waiting";
import { wishHolds } from "./wishes";

export interface FoundPlan {
	readonly steps: readonly Step[];
	/** What is predicted after each step; as many as steps. */
	readonly standings: readonly Standing[];
	readonly end: Standing;
}

/** The cheapest legal way from a standing of one relationship to where the wish holds, or null. */
export function findPlan(start: Standing, frame: Frame, name: NameEnd): FoundPlan | null {
	const moves = findCheapest<Standing>({
		start,
		movesFrom: (standing) => movesFrom(standing, frame, name),
		holds: (standing) => wishHolds(frame.desired, standing),
		keyOf,
	});
	if (moves === null) return null;
	return {
		steps: moves.map(stepOf),
		standings: moves.map(({ to }) => to),
		end: moves.at(-1)?.to ?? start,
	};
}

function movesFrom(standing: Standing, frame: Frame, name: NameEnd): readonly Move<Standing>[] {
	const moves: Move<Standing>[] = [];
	const waited = waitFrom(standing, frame);
	if (waited !== null) {
		moves.push({
			kind: "wait",
			name: null,
			code: 0,
			at: "source",
			hazard: "none",
			loses: null,
			movesRoles: false,
			until: untilOf(waited),
			to: waited,
			why: () => whyWait(standing, name),
		});
	}
	if (standing.copyState === "absent") {
		const created = createFrom(standing, frame, name);
		if (created !== null) moves.push(created);
		return moves;
	}
	for (const rule of rulesOf(frame.kind)) {
		if (!rule.serves(standing, frame) || !isAdvertised(rule.operation, frame) || !rule.legal(standing, frame)) continue;
		const move = moveBy(rule, standing, frame, name);
		if (move !== null) moves.push(move);
	}
	return moves;
}

/** One legal operation, or null: it would take old writes of the end whose writes may not go. */
export function moveBy(rule: NamedRule, standing: Standing, frame: Frame, name: NameEnd): Move<Standing> | null {
	const hazard = rule.hazard(standing, frame);
	const loses = hazard === "dataLoss" ? lossOf(rule, standing) : null;
	if (loses !== null && loses.age === "yes" && loses.end === frame.kept && rule.takesKept !== true) return null;
	const to = rule.result(standing, frame);
	return {
		kind: "operation",
		name: rule.operation,
		code: rule.code,
		at: rule.at(standing, frame),
		hazard,
		loses,
		movesRoles: rule.movesRoles,
		until: untilOf(to, standing),
		to,
		why: () => rule.why(standing, name),
	};
}

function lossOf(rule: NamedRule, standing: Standing): Loss {
	const { direction, ahead } = standing;
	const end = rule.takes === "currentSource" ? currentSource(direction) : currentTarget(direction);
	const age = ahead[end] === "recent" ? "recent" : "yes";
	const what = rule.what?.(standing) ?? "writes";
	return what === "writes" ? { end, age } : { end, age: "yes", what };
}

/** The same of an operation that is asked for by name: it is done once, whatever is asked for besides. */
export function untilRequested(move: Move<Standing>): Step["until"] {
	const once = { ResyncReplica: "retake", Activate: "retake", RestoreFromReplica: "restore" } as const;
	const done = move.name !== null && move.name in once ? once[move.name as keyof typeof once] : undefined;
	const isMirrorCopying = move.to.copy === null && done === "retake";
	const isLater = move.to.phase === "requiresActivate";
	return done === undefined || isMirrorCopying || isLater ? move.until : { ...move.until, done };
}

/** What a step leads to; of what is done once, CopyState proves nothing: a retake leads from Synchronized to Synchronized. */
export function untilOf(to: Standing, from?: Standing): Step["until"] {
	const { copyState, direction, copy } = to;
	if (!copy || !from?.copy) return { copyState, direction };
	if (copy.done.restore && !from.copy.done.restore) return { copyState, direction, done: "restore" };
	if (copy.done.retake && !from.copy.done.retake) return { copyState, direction, done: "retake" };
	return { copyState, direction };
}

export function stepOf<At>(move: Move<At>): Step {
	const { kind, name, code, at, hazard, loses, members, pairs, until } = move;
	const why = move.why();
	if (kind === "wait") return { kind, until, why };
	const lost = loses === null ? {} : { loses };
	const whom = { ...(members ? { members } : {}), ...(pairs ? { pairs } : {}) };
	if (kind === "create" || name === null) {
		return { kind: "create", at: "source", hazard, ...lost, ...whom, until, why };
	}
	return { kind: "operation", operation: name, code, at, hazard, ...lost, ...whom, until, why };
}
