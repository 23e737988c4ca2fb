import { closeSync, openSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { labelsOf } from "../executor/describeOutlook";
import { sameId } from "../executor/identity";
import { onlyWaits, plansWithLessAsked, planWithoutRecord, refusalOf, replans } from "../executor/outlook";
import type { Request } from "../executor/request";
import type { CheckedPlan } from "../executor/transition";
import { type TransitionResult, TransitionStopped } from "../executor/transitionEnd";
import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import { replanLine } from "../planner/describePlan";
import type { Answer } from "../planner/plan";
import { lineOfError, plannedLines } from "./announce";
import type { Bag } from "./arguments";
import { declaredTwice } from "./declaredTwice";
import { Course, describeStop } from "./describeStop";
import { runOnLedger } from "./onLedger";
import { drawProgress } from "./progress";
import type { Session } from "./session";
import { nameIn } from "./urn";

/**
 * Whether somebody watches a status row. The program cannot tell, the language host runs it on pipes; a provider's
 * process belongs to the terminal's session if there is one. Without one every status would be a line of its own.
 */
function hasTerminal(): boolean {
	if (process.env.CI !== undefined || process.platform === "win32") return false;
	try {
		closeSync(openSync("/dev/tty", "r"));
		return true;
	} catch {
		return false;
	}
}

/** A run that stopped after it had sent something; the message says of all of it what is known. */
export class RunStopped extends Error {
	readonly stopped: TransitionStopped;

	constructor(message: string, stopped: TransitionStopped) {
		super(message, { cause: stopped });
		this.stopped = stopped;
	}
}

/**
 * Runs a transition with everything a Pulumi operation gives it: log, fence, progress. Throws a `ReplicationError` if it
 * stopped before anything was sent, and `RunStopped` after.
 */
export async function apply(
	session: Session,
	request: Request,
	urn: string,
	agreed?: CheckedPlan,
): Promise<TransitionResult> {
	const log = session.log.forResource(urn);
	const course = new Course();
	const name = nameIn(urn);
	const draw = drawProgress(request, { log, name, terminal: hasTerminal(), now: () => session.clock.now() });
	session.underWay++;
	try {
		return await runOnLedger(
			session,
			{ request, urn },
			{
				hosts: session.hosts,
				clock: session.clock,
				fence: async () => {
					const rival = session.declarations.rivalOf(urn);
					if (rival !== undefined) throw declaredTwice(rival);
					await log.fence();
				},
				report: (event) => {
					course.note(event);
					draw(event);
				},
				signal: session.ending.signal,
			},
			agreed,
		);
	} catch (error) {
		throw error instanceof TransitionStopped ? new RunStopped(describeStop(error, course, request), error) : error;
	} finally {
		await session.runEnded(log);
	}
}

/**
 * Holds what is found against the plan that check wrote: leading steps that already hold may be dropped, anything else
 * must be as it was shown. What sends nothing is agreed to: what was to be sent is under way already. Compared as check
 * saw it, without the record.
 */
export function agreedIn(inputs: Bag, request: Request): CheckedPlan {
	if (isOfAnotherTarget(inputs, request)) return () => null;
	const shown = inputs.plannedOperations;
	const checked = Array.isArray(shown) ? shown.map(String) : [];
	// The steps after something in flight were not known when the plan was shown, and it said so.
	if (checked.includes(replanLine)) return () => null;
	// Check cannot know that the wish it adopts for is one that a stopped run was on its way to; consent is asked all the same.
	if (request.wish.onRoleChange === "adopt" && request.record?.interrupted !== undefined) return () => null;
	return (outlook) => {
		if (onlyWaits(outlook) && !replans(outlook)) return null;
		const linesOf = (answer: Answer) =>
			answer.outcome === "refused" ? [lineOfError(refusalOf(answer).facts)] : plannedLines(answer, labelsOf(request));
		const changed = planChangedFrom(checked, linesOf(planWithoutRecord(outlook, request)));
		if (changed === null) return null;
		// A retake or a restore that stopped half way would be refused for ever. Line by line as it was shown: of no step at all
		// every plan is what is left.
		const isShown = plansWithLessAsked(outlook, request).some((answer) => isDeepStrictEqual(linesOf(answer), checked));
		return isShown ? null : changed;
	};
}

/**
 * Check saw a copy that somebody else made in the place of this one, and plans with that disk; the state goes on knowing
 * the copy's own. Told as a change of the array it would be refused for ever. Diff has shown the plan of the state's disk.
 */
function isOfAnotherTarget({ targetUniqueId }: Bag, { declared: { knownIds }, wish }: Request): boolean {
	if (wish.copy === undefined || knownIds.target === null || typeof targetUniqueId !== "string") return false;
	return !sameId(targetUniqueId, knownIds.target);
}

/** Leading steps of the plan that was shown may hold by now; whatever else differs was not agreed to. */
export function planChangedFrom(shown: readonly string[], found: readonly string[]): ReplicationError | null {
	if (isTail(found.map(withoutNumber), shown.map(withoutNumber))) return null;
	return new ReplicationError({
		code: errorCodes.planChanged,
		class: "safety",
		what: `the array is not as it was when the plan was shown. Shown: ${joined(shown)}. Now: ${joined(found)}.`,
		dataSafety: "yes, nothing was sent.",
		remedy: "run preview and look at the plan again.",
	});
}

function isTail(found: readonly string[], checked: readonly string[]): boolean {
	return (
		found.length <= checked.length &&
		found.every((line, index) => line === checked[checked.length - found.length + index])
	);
}

function withoutNumber(line: string): string {
	return line.replace(/^\d+\. /, "");
}

function joined(lines: readonly string[]): string {
	return lines.length === 0 ? "nothing to do" : lines.map((line) => line.replace(/\.$/, "")).join("; ");
}
