import { appendFileSync, closeSync, openSync } from "node:fs";
import { describeSighting } from "../provider/executor/describeOutlook";
import type { TransitionEvent } from "../provider/executor/events";
import type { Outlook } from "../provider/executor/outlook";
import type { Request } from "../provider/executor/request";
import { type Who, whoIn } from "../provider/ledger/who";
import { errorCodes } from "../provider/model/errorCodes";
import type { End, Operation } from "../provider/model/relationship";
import { ReplicationError } from "../provider/model/replicationError";

/** The line that an operation on request leaves, once something was sent. */
export interface OperationLine {
	readonly at: string;
	readonly who: Who;
	readonly reason: string | null;
	readonly operation: Operation;
	readonly source: LoggedEnd;
	readonly target: LoggedEnd;
	/** Of the plan. */
	readonly digest: string | null;
	readonly before: string;
	readonly after: string;
	/** The code of what it stopped with; null: it was proved. */
	readonly stop: string | null;
	readonly durationMs: number;
}

interface LoggedEnd {
	readonly host: string;
	readonly virtualDisk: string;
	readonly id: string | null;
}

/** What is known of one run for its line. */
export class OperationLog {
	private planned: Outlook | null = null;
	private sent = false;
	private readonly path: string | undefined;
	private readonly request: Request;
	private readonly startedAtMs = Date.now();
	private readonly startedMs = performance.now();

	/** Throws if the file cannot be written: nothing may be sent that is not in it. */
	constructor(path: string | undefined, request: Request) {
		this.path = path;
		this.request = request;
		if (path !== undefined) mayBeWritten(path);
	}

	note(event: TransitionEvent): void {
		if (event.kind === "planned") this.planned = event.outlook;
		if (event.kind === "afterCall" || event.kind === "callCutOff") this.sent = true;
	}

	/** Nothing, where nothing was sent. What was sent has to be told somewhere, also if the file is full by now. */
	write(after: Outlook, stop: ReplicationError | null): void {
		const { planned, path } = this;
		if (!this.sent || planned === null) return;
		const line = `${JSON.stringify(this.line(planned, after, stop))}\n`;
		try {
			if (path === undefined) process.stderr.write(line);
			else appendFileSync(path, line);
		} catch (error) {
			process.stderr.write(`warning: ${path} cannot be written: ${reasonOf(error)}; its line: ${line}`);
		}
	}

	private line(planned: Outlook, after: Outlook, stop: ReplicationError | null): OperationLine {
		const { declared, wish } = this.request;
		const end = (each: End): LoggedEnd => {
			const { host, virtualDisk } = declared.ends[each];
			return { host, virtualDisk, id: planned.sighting.ids[each] };
		};
		return {
			at: new Date(this.startedAtMs).toISOString(),
			who: whoIn(process.env),
			reason: wish.reason,
			operation: wish.desired.operation as Operation,
			source: end("source"),
			target: end("target"),
			digest: planned.answer.outcome === "plan" ? planned.answer.digest : null,
			before: describeSighting(planned),
			after: describeSighting(after),
			stop: stop?.code ?? null,
			durationMs: Math.round(performance.now() - this.startedMs),
		};
	}
}

function mayBeWritten(path: string): void {
	try {
		closeSync(openSync(path, "a"));
	} catch (error) {
		throw new ReplicationError(
			{
				code: errorCodes.invalidCommandLine,
				class: "user",
				what: `the log file ${path} cannot be written: ${reasonOf(error)}.`,
				dataSafety: "yes, nothing was contacted.",
				remedy: "give --log a file that this account may write, or leave it out.",
			},
			{ cause: error },
		);
	}
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
