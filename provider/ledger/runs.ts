import type { PerEnd } from "../model/relationship";
import type { LedgerLine, LineOf } from "./line";

/** A call and what is known of it; `ended` is null while it is under way, and for good if its run was killed. */
export interface LedgerCall {
	readonly started: LineOf<"callStarted">;
	ended: LineOf<"callEnded"> | null;
}

/** A step of a run. One that only waits has no calls, and one that was repeated after 40003 has two. */
export interface LedgerStep {
	readonly step: number;
	readonly of: number;
	readonly calls: LedgerCall[];
	proved: LineOf<"stepProved"> | null;
}

/** A run as its lines tell it; `ended` is null while it is under way, and for good if it was killed. */
export interface LedgerRun {
	readonly started: LineOf<"runStarted">;
	readonly plannedAgain: LineOf<"plannedAgain">[];
	readonly steps: LedgerStep[];
	ended: LineOf<"runEnded"> | null;
}

/** The ends of a run's relationship; null: it is one of a replication group. */
export function endsOf({ source, target }: LedgerRun["started"]): PerEnd<NonNullable<typeof source>> | null {
	return source === undefined || target === undefined ? null : { source, target };
}

/** Runs in the order in which they began. Lines of a run whose beginning was cut off (retention) tell of no run. */
export function runsIn(lines: readonly LedgerLine[]): LedgerRun[] {
	const runs = new Map<string, LedgerRun>();
	for (const line of lines) {
		const run = runs.get(line.run);
		if (line.kind === "runStarted") runs.set(line.run, { started: line, plannedAgain: [], steps: [], ended: null });
		else if (run !== undefined) note(run, line);
	}
	return [...runs.values()];
}

function note(run: LedgerRun, line: Exclude<LedgerLine, { readonly kind: "runStarted" }>): void {
	switch (line.kind) {
		case "plannedAgain":
			run.plannedAgain.push(line);
			return;
		case "callStarted":
			stepOf(run, line).calls.push({ started: line, ended: null });
			return;
		case "callEnded": {
			const call = stepOf(run, line).calls.at(-1);
			if (call !== undefined) call.ended = line;
			return;
		}
		case "stepProved":
			stepOf(run, line).proved = line;
			return;
		case "runEnded":
			run.ended = line;
			return;
		default:
			line satisfies never;
	}
}

function stepOf(run: LedgerRun, { step, of }: Pick<LedgerStep, "step" | "of">): LedgerStep {
	const known = run.steps.find((each) => each.step === step);
	if (known !== undefined) return known;
	const added: LedgerStep = { step, of, calls: [], proved: null };
	run.steps.push(added);
	return added;
}
