import type { Clock } from "../executor/clock";
import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import type { Ledger } from "./ledger";
import type { LedgerLine } from "./line";
import type { LinesOf, Moment } from "./runLines";

/**
 * One run, written as it goes on. Who asked for a ledger wants no call that is not in it: what cannot be written before a
 * call stops the run, and nothing is sent. After a call it is a warning: what was sent must be proved and saved.
 */
export class RunOnLedger<Event, Result> {
	private readonly ledger: Ledger;
	private readonly lines: LinesOf<Event, Result>;
	private readonly clock: Clock;
	private readonly warn: (message: string) => void;

	constructor(ledger: Ledger, lines: LinesOf<Event, Result>, clock: Clock, warn: (message: string) => void) {
		this.ledger = ledger;
		this.lines = lines;
		this.clock = clock;
		this.warn = warn;
	}

	async note(event: Event): Promise<void> {
		const lines = this.lines.note(event, momentOf(this.clock));
		const isBeforeCall = lines.some(({ kind }) => kind === "runStarted" || kind === "callStarted");
		if (!isBeforeCall) return this.told(lines);
		try {
			await this.append(lines);
		} catch (error) {
			throw ledgerUnusable("written", error);
		}
	}

	finished(result: Result): Promise<void> {
		return this.told(this.lines.finished(result, momentOf(this.clock)));
	}

	stopped(error: unknown): Promise<void> {
		return this.told(this.lines.stopped(error, momentOf(this.clock)));
	}

	private async told(lines: readonly LedgerLine[]): Promise<void> {
		try {
			await this.append(lines);
		} catch (error) {
			this.warn(
				`storageReplication:journal cannot be written, what this run did is not all in it: ${reasonOf(error)}.`,
			);
		}
	}

	private async append(lines: readonly LedgerLine[]): Promise<void> {
		if (lines.length > 0) await this.ledger.append(lines);
	}
}

export function momentOf(clock: Clock): Moment {
	return { wallMs: clock.now(), monotonicMs: clock.monotonic() };
}

/** A ledger that cannot be read tells of no run that was killed, and one that cannot be written would miss this one. */
export function ledgerUnusable(how: "read" | "written", error: unknown): ReplicationError {
	return new ReplicationError(
		{
			code: errorCodes.ledgerUnusable,
			class: "safety",
			what: `storageReplication:journal cannot be ${how}: ${reasonOf(error)}.`,
			dataSafety: "yes, nothing was sent.",
			remedy:
				"make its place one that this account may read and write, or take storageReplication:journal away, and run again.",
		},
		{ cause: error },
	);
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	// Its own words do not say which of the names is no folder.
	const isInFile = "code" in error && error.code === "ENOTDIR";
	return isInFile ? `${error.message}: a part of its path is a file, and no folder` : error.message;
}
