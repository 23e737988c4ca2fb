import { endsOf, type LedgerRun, type LedgerStep } from "../../provider/ledger/runs";
import { groupKind } from "../../provider/lifecycle/groupArguments";
import { movesRoles } from "../../provider/planner/operations";
import { describeAnswer, describeCall, describeConsent, describeWho } from "../describeRun";
import { kindDeclaredBy } from "../stackExport";
import type { RunReport } from "./estate";

/** A run of the ledger as a report tells it: what was done, what failed, and what was not tried. */
export function runReportOf(run: LedgerRun): RunReport {
	const { started, plannedAgain, steps, ended } = run;
	const { url, ...who } = started.who;
	const told = endsOf(started);
	const { group } = started;
	const end = ({ host, virtualDisk }: NonNullable<typeof told>["source"]) => ({
		host,
		virtualDisk: virtualDisk ?? null,
	});
	const consents = [started, ...plannedAgain].flatMap(({ consent }) => describeConsent(consent) ?? []);
	return {
		run: started.run,
		urn: started.urn,
		name: started.name,
		kind: group === undefined ? (started.relationship ?? kindDeclaredBy(started.urn?.split("::")[2] ?? "")) : groupKind,
		project: started.project,
		stack: started.stack,
		ends: told === null ? null : { source: end(told.source), target: end(told.target) },
		group:
			group === undefined
				? null
				: {
						host: group.host,
						storageSubsystem: group.storageSubsystem ?? null,
						friendlyName: group.friendlyName ?? null,
					},
		startedAt: started.at,
		durationMs: ended?.durationMs ?? null,
		who: describeWho({ ...who, url: null }),
		url,
		why: started.why,
		wish: started.wish,
		before: started.before,
		after: ended?.seen ?? steps.findLast(({ proved }) => proved !== null)?.proved?.seen ?? null,
		outcome: ended === null ? "noEnd" : ended.stop === null ? "finished" : "stopped",
		stop: ended?.stop ?? null,
		movedRoles: steps.some(({ calls }) => calls.some((call) => movesRoles(call.started.operation))),
		steps: stepsOf(run),
		consent: consents,
		dataSafe: ended?.dataSafe ?? null,
		goesOnFrom: started.goesOnFrom,
	};
}

type StepReport = RunReport["steps"][number];

/** Of a run without an end the plan tells what was to come; whether its last call had its effect nobody knows. */
function stepsOf({ started, plannedAgain, steps, ended }: LedgerRun): StepReport[] {
	const proved = steps.filter((step) => step.proved !== null);
	const begun = steps.find((step) => step.proved === null);
	const report = (text: string, outcome: StepReport["outcome"], step?: LedgerStep): StepReport => ({
		text,
		outcome,
		durationMs: step?.proved?.durationMs ?? null,
		calls: (step?.calls ?? []).map((call) => ({
			operation: call.started.operation,
			call: describeCall(call),
			answer: describeAnswer(call),
		})),
	});
	if (ended !== null) {
		return [
			...ended.done.map((text, index) => report(text, "done", proved[index])),
			...(ended.failed === null ? [] : [report(ended.failed, "failed", begun)]),
			...ended.notTried.map((text) => report(text, "notTried")),
		];
	}
	const planned = [started, ...plannedAgain].at(-1)?.plan ?? [];
	// What was planned anew counts from there; what was proved before it has only its calls to tell of it.
	const before = Math.max(0, (steps[0]?.of ?? planned.length) - planned.length);
	return [
		...proved.map((step, index) => report(planned[index - before] ?? describeSent(step), "done", step)),
		...(begun === undefined ? [] : [report(planned[proved.length - before] ?? describeSent(begun), "notKnown", begun)]),
		...planned.slice(proved.length - before + (begun === undefined ? 0 : 1)).map((text) => report(text, "notTried")),
	].map((step) => ({ ...step, text: step.text.replace(/^\d+\. /, "") }));
}

function describeSent({ calls }: LedgerStep): string {
	const [call] = calls;
	return call === undefined ? "wait" : describeCall(call);
}

/** How long the moves of roles of one wish took, from the first line of a run to its end: the recovery time, measured. */
export interface RecoveryTime {
	readonly wish: string;
	readonly runs: number;
	readonly medianMs: number;
	readonly slowestMs: number;
	readonly last: { readonly at: string; readonly durationMs: number };
}

/** Of runs that finished: what stopped half way says nothing of how long a move takes. */
export function recoveryTimesIn(runs: readonly RunReport[]): RecoveryTime[] {
	const byWish = new Map<string, { readonly at: string; readonly durationMs: number }[]>();
	for (const { outcome, movedRoles, durationMs, wish, startedAt } of runs) {
		if (outcome !== "finished" || !movedRoles || durationMs === null) continue;
		byWish.set(wish, [...(byWish.get(wish) ?? []), { at: startedAt, durationMs }]);
	}
	return [...byWish].flatMap(([wish, moves]) => {
		const durations = moves.map(({ durationMs }) => durationMs).sort((one, other) => one - other);
		const [median, slowest, last] = [durations[Math.floor((durations.length - 1) / 2)], durations.at(-1), moves.at(-1)];
		if (median === undefined || slowest === undefined || last === undefined) return [];
		return [{ wish, runs: moves.length, medianMs: median, slowestMs: slowest, last }];
	});
}
