import type { GroupRunEvent, GroupSurroundings } from "../executor/groupRunEvents";
import type { DeclaredGroup } from "../executor/oneGroup";
import { type GroupResult, type GroupRunOptions, steerGroup } from "../executor/oneGroupRun";
import type { SentGroupCall } from "../executor/sentGroupCall";
import type { Ledger } from "../ledger";
import { begunNow, type Keeping, reasonOfRun } from "./onLedger";
import { loadLedger } from "./openLedger";

export interface GroupRun {
	readonly declared: DeclaredGroup;
	readonly urn: string;
	readonly why: string | null;
}

/** Steers a group, on the session's ledger if it keeps one. It goes on from what the ledger knows of a run that was killed. */
export async function steerOnLedger(
	session: Keeping,
	asked: GroupRun,
	around: GroupSurroundings,
	options: GroupRunOptions,
): Promise<GroupResult> {
	const { declared, urn } = asked;
	if (session.ledger === null) return steerGroup(declared, around, options);
	const { GroupRunLines, RunOnLedger } = await loadLedger();
	const ledger = await session.ledger;
	const killed = await killedRun(ledger, asked);
	const begun = await begunNow(session, urn, reasonOfRun(asked.why));
	const lines = new GroupRunLines({ ...begun, declared, goesOnFrom: killed?.run ?? null });
	const run = new RunOnLedger(ledger, lines, session.clock, session.log.forResource(urn).warning);
	const report = async (event: GroupRunEvent) => {
		await around.report(event);
		await run.note(event);
	};
	try {
		// What the state knows is this resource's own.
		const sent = (killed?.sent.isOthers === true ? options.sent : null) ?? killed?.sent ?? options.sent ?? null;
		const result = await steerGroup(declared, { ...around, report }, { ...options, sent });
		await run.finished(result);
		return result;
	} catch (error) {
		await run.stopped(error);
		throw error;
	}
}

async function killedRun(
	ledger: Ledger,
	asked: GroupRun,
): Promise<{ readonly run: string; readonly sent: SentGroupCall } | null> {
	const { isOfGroup, killedGroupRunIn, ledgerUnusable, runsIn } = await loadLedger();
	try {
		const runs = runsIn(ledger.lines).filter(({ started }) => isOfGroup(started, asked));
		return killedGroupRunIn(runs, asked.urn);
	} catch (error) {
		throw ledgerUnusable("read", error);
	}
}
