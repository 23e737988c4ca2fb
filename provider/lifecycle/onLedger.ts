import { randomUUID } from "node:crypto";
import type { Clock } from "../executor/clock";
import type { TransitionEvent } from "../executor/events";
import type { RelationshipRecord } from "../executor/record";
import type { Request } from "../executor/request";
import type { Surroundings } from "../executor/surroundings";
import { type CheckedPlan, runTransition } from "../executor/transition";
import type { TransitionResult } from "../executor/transitionEnd";
import type { Begun, Ledger, LedgerRun, RunOnLedger } from "../ledger";
import type { ResourceLog } from "./engineLog";
import { loadLedger } from "./openLedger";

/** Where a run is that keeps a ledger: a provider's process, or a command. */
export interface Keeping {
	readonly ledger: Promise<Ledger> | null;
	readonly clock: Clock;
	readonly log: { forResource(urn: string): Pick<ResourceLog, "warning"> };
}

/** What a run begins with where a ledger is kept, and its own place in it; without one, what was asked. */
export interface OnLedger {
	readonly request: Request;
	readonly run: RunOnLedger<TransitionEvent, TransitionResult> | null;
}

/** Opens a run on the session's ledger. It goes on from what the ledger knows of a run that was killed. */
export async function onLedger(
	session: Keeping,
	request: Request,
	urn: string,
	why = reasonOfRun(request.wish.reason),
): Promise<OnLedger> {
	if (session.ledger === null) return { request, run: null };
	const { RunLines, RunOnLedger, withKilledRun } = await loadLedger();
	const ledger = await session.ledger;
	const killed = await killedRun(ledger, request, urn);
	const facts = { ...(await begunNow(session, urn, why)), request, goesOnFrom: killed?.started.run ?? null };
	return {
		request: killed === null ? request : { ...request, record: withKilledRun(request.record, killed) },
		run: new RunOnLedger(ledger, new RunLines(facts), session.clock, session.log.forResource(urn).warning),
	};
}

/** What is said of this run comes before what the program says of all. */
export function reasonOfRun<Reason>(declared: Reason): string | Reason {
	return process.env.STORAGE_REPLICATION_REASON || declared;
}

/** What every run is, whatever it steers. */
export async function begunNow({ clock }: Keeping, urn: string, why: string | null): Promise<Begun> {
	const { momentOf, whoIn } = await loadLedger();
	return { run: randomUUID(), urn, who: whoIn(process.env), why, startedAt: momentOf(clock) };
}

/** Runs a transition that a ledger is kept of, with how it ended. */
export async function runOnLedger(
	session: Keeping,
	{ request, urn, why }: { readonly request: Request; readonly urn: string; readonly why?: string | null },
	around: Surroundings,
	agreed?: CheckedPlan,
): Promise<TransitionResult> {
	const { request: asked, run } = await onLedger(session, request, urn, why);
	const report = async (event: TransitionEvent) => {
		await around.report(event);
		await run?.note(event);
	};
	try {
		const result = await runTransition(asked, { ...around, report }, agreed);
		await run?.finished(result);
		return result;
	} catch (error) {
		await run?.stopped(error);
		throw error;
	}
}

/** The record as the next run begins with it: the state's, and what the ledger knows of a run that was killed. */
export async function recordOnLedger(
	session: Keeping,
	request: Request,
	urn: string,
): Promise<RelationshipRecord | null> {
	if (session.ledger === null) return request.record;
	const killed = await killedRun(await session.ledger, request, urn);
	return killed === null ? request.record : (await loadLedger()).withKilledRun(request.record, killed);
}

async function killedRun(ledger: Ledger, { declared, record }: Request, urn: string): Promise<LedgerRun | null> {
	const { isOfPair, killedRunIn, ledgerUnusable, runsIn } = await loadLedger();
	try {
		const runs = runsIn(ledger.lines).filter(({ started }) => isOfPair(started, { urn, declared }));
		return killedRunIn(runs, record);
	} catch (error) {
		throw ledgerUnusable("read", error);
	}
}
