import type { Clock } from "../provider/executor/clock";
import type { Outlook } from "../provider/executor/outlook";
import type { Keeping } from "../provider/lifecycle/onLedger";
import { openLedger } from "../provider/lifecycle/openLedger";

/** Where a command keeps the ledger of what it runs. A place that is none is known before any host is asked. */
export async function keeping(journal: string | undefined, clock: Clock): Promise<Keeping> {
	return {
		ledger: journal === undefined ? null : Promise.resolve(await openLedger(journal, clock.now())),
		clock,
		log: { forResource: () => ({ warning: tell }) },
	};
}

/** The first Ctrl-C lets what was sent be looked at to its end; the second one ends the process. */
export async function untilInterrupted<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
	const interrupted = new AbortController();
	const interrupt = () => interrupted.abort();
	process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
	try {
		return await run(interrupted.signal);
	} finally {
		process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
	}
}

/** The token that a plan still needs; null: it needs none, or has its consent. */
export function missingToken({ consent, token }: Outlook): string | null {
	return consent?.by === "nothing" ? token : null;
}

/** To standard error: the output of a command may be read by a program. */
export function tell(text: string): void {
	process.stderr.write(`${text}\n`);
}
