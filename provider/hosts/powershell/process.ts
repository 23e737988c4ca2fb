import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { Writable } from "node:stream";
import { PowerShell } from "node-powershell";
import { bootstrapLines, loadedId, readyId } from "./bootstrapScript";
import { BridgeFailure, type BridgeFailureReason } from "./bridgeFailure";
import { decodeBody, encodeRequest, encodeText, type Frame, FrameReader, type RequestBody } from "./frames";
import { environmentFor, type Launch } from "./launch";
import { limits } from "./limits";
import { disown, own } from "./orphans";

/**
 * One PowerShell process and at most one request in it.
 *
 * Of node-powershell only the constructor, `streams`, `dispose()` and the exit promise are used: its `invoke()` hangs
 * or reports false success, its `command` does not escape. A process whose request ran out of time or came back
 * damaged is ended and never asked again, because the old command may still run in it.
 */
export class PowerShellProcess {
	/** Resolves when the process is gone, for whatever reason. */
	readonly ended: Promise<void>;
	private readonly shell: ShellInternals;
	private readonly frames = new FrameReader();
	private pending: Pending | undefined;
	private gone: string | undefined;
	private doomed = false;
	private exit: string | undefined;
	private outputClosed = false;
	private stderrTail = "";
	private markEnded: () => void = () => {};

	constructor(
		launch: Launch,
		private readonly redact: (text: string) => string,
	) {
		this.ended = new Promise((resolve) => {
			this.markEnded = resolve;
		});
		if (process.env.NODE_POWERSHELL) {
			throw new BridgeFailure("notStarted", false, "NODE_POWERSHELL is set and would replace the executable");
		}
		this.shell = startShell(launch);
		// In the same tick: without a handler a missing executable would end Node (unhandled rejection).
		this.shell.exitPromise.then(
			() => this.onExit("the process ended"),
			(error: unknown) => this.onExit(describeEnd(error)),
		);
		const { stdin, stdout, stderr } = this.shell.streams;
		// A pipe, not a listener: node-powershell's own reader pauses stderr when it detaches, and the child would block.
		stderr.pipe(
			new Writable({ decodeStrings: false, write: (text, _encoding, done) => done(this.keepStderr(String(text))) }),
		);
		stdout.on("data", (chunk: string) => this.onStdout(chunk));
		stdout.on("close", () => this.onOutputClosed());
		stdin.on("error", (error: Error) => this.onExit(`its input closed (${error.message})`));
		own(this);
	}

	/** Loads the script. Resolves with what the far side is; rejects within the time, ending the process. */
	start(timeoutMs: number): Promise<unknown> {
		return this.exchange(bootstrapLines(), { id: readyId, timeoutMs, starting: true });
	}

	/** The value of the answer frame: `{ ok, … }` as the script wrote it. */
	request(body: RequestBody, timeoutMs: number, secret?: string): Promise<unknown> {
		const id = randomBytes(8).toString("hex");
		const line = encodeRequest(id, body);
		if (line.length > limits.requestCharacters) {
			return Promise.reject(new BridgeFailure("damaged", false, `a request of ${line.length} characters is too long`));
		}
		return this.exchange(line, { id, timeoutMs, starting: false, secret });
	}

	/** Whether it may be asked again. */
	get alive(): boolean {
		return this.gone === undefined && !this.doomed;
	}

	/** Ends the process now. What is in flight fails. */
	end(): void {
		this.fail("closed", "the bridge was closed");
		this.kill();
	}

	/** Ends it and waits until it is gone, keeping Node alive for that. */
	stop(): Promise<void> {
		this.end();
		if (this.gone === undefined) this.hold(true);
		return this.ended;
	}

	/** Whether an idle process keeps Node alive: it does not. */
	private hold(busy: boolean): void {
		const { stdin, stdout, stderr } = this.shell.streams;
		for (const handle of [this.shell.process, stdin as Socket, stdout as Socket, stderr as Socket]) {
			if (busy) handle.ref?.();
			else handle.unref?.();
		}
	}

	private exchange(line: string, request: Omit<Pending, "resolve" | "reject" | "timer">): Promise<unknown> {
		if (this.gone !== undefined) return Promise.reject(new BridgeFailure("died", false, this.gone));
		if (this.pending !== undefined) throw new Error("a PowerShell process answers one request at a time");
		this.hold(true);
		return new Promise((resolve, reject) => {
			const timer = setTimeout(
				() => this.fail("timedOut", `no answer within ${request.timeoutMs} ms`),
				request.timeoutMs,
			);
			this.pending = { ...request, resolve, reject, timer };
			this.shell.streams.stdin.write(line);
		});
	}

	private onStdout(chunk: string): void {
		try {
			for (const frame of this.frames.push(chunk)) this.onFrame(frame);
		} catch (error) {
			this.fail("damaged", `the answer cannot be read: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	private onFrame(frame: Frame): void {
		const pending = this.pending;
		if (pending === undefined) return;
		if (frame.id === `${pending.id}-secret` && pending.secret !== undefined) {
			this.shell.streams.stdin.write(`${encodeText(pending.secret)}\n`);
			return;
		}
		if (pending.starting && frame.id === loadedId) {
			this.fail("notStarted", `PowerShell runs but did not load the script (${frame.body || "it does not say why"})`);
			return;
		}
		// Late and duplicate frames of earlier requests, and whatever only looks like ours.
		if (frame.id !== pending.id) return;
		if (frame.body === null) throw new SyntaxError("its frame is damaged");
		const value = decodeBody(frame.body);
		this.settle()?.resolve(value);
	}

	/** Exit is often seen before the last output is: an answer that was written counts. */
	private onExit(how: string): void {
		this.doomed = true;
		this.exit ??= how;
		if (this.outputClosed) this.onEnd(this.exit);
		else setTimeout(() => this.onEnd(how), limits.lastOutputMs).unref();
	}

	/** And output often closes before the exit is seen, which says why. Every end closes it, a missing executable too. */
	private onOutputClosed(): void {
		this.doomed = true;
		this.outputClosed = true;
		if (this.exit !== undefined) this.onEnd(this.exit);
		else setTimeout(() => this.onEnd(this.exit ?? "its output closed"), limits.exitReasonMs).unref();
	}

	private onEnd(how: string): void {
		if (this.gone !== undefined) return;
		this.gone = how;
		disown(this);
		this.fail("died", how);
		this.markEnded();
	}

	/** Fails the request in flight and ends the process with it. */
	private fail(reason: BridgeFailureReason, detail: string): void {
		const pending = this.settle();
		if (pending === undefined) return;
		this.kill();
		const stderr = this.stderrTail.trim();
		const text = this.redact(stderr === "" ? detail : `${detail}; stderr ends with: ${stderr}`);
		pending.reject(new BridgeFailure(pending.starting ? "notStarted" : reason, !pending.starting, text));
	}

	private settle(): Pending | undefined {
		const pending = this.pending;
		this.pending = undefined;
		if (pending === undefined) return undefined;
		clearTimeout(pending.timer);
		this.hold(false);
		return pending;
	}

	private kill(): void {
		this.doomed = true;
		if (this.gone !== undefined) return;
		// dispose() rejects after any signal but SIGTERM.
		this.shell.dispose("SIGTERM").catch(() => {});
		setTimeout(() => {
			if (this.gone === undefined) this.shell.dispose("SIGKILL").catch(() => {});
		}, limits.killAfterMs).unref();
	}

	private keepStderr(text: string): undefined {
		this.stderrTail = (this.stderrTail + text).slice(-limits.stderrCharacters);
		return undefined;
	}
}

interface Pending {
	readonly id: string;
	readonly timeoutMs: number;
	readonly starting: boolean;
	/** Written as a line of its own when the script asks for it. */
	readonly secret?: string | undefined;
	readonly resolve: (value: unknown) => void;
	readonly reject: (failure: BridgeFailure) => void;
	readonly timer: NodeJS.Timeout;
}

/** The two private fields that there is no way around: the exit promise, and the child for ref and unref. */
interface ShellInternals {
	readonly streams: PowerShell["streams"];
	readonly exitPromise: Promise<void>;
	readonly process: ChildProcess;
	dispose(signal: NodeJS.Signals): Promise<void>;
}

function startShell(launch: Launch): ShellInternals {
	try {
		const shell = new PowerShell({
			...(launch.executable === undefined ? {} : { executable: launch.executable }),
			executableOptions: { ...launch.options },
			// Either alone leaves escape sequences in one of the two streams (PowerShell #20170).
			spawnOptions: { env: { ...environmentFor(launch), NO_COLOR: "1", TERM: "dumb" }, windowsHide: true },
		});
		return shell as unknown as ShellInternals;
	} catch (error) {
		throw new BridgeFailure("notStarted", false, `PowerShell cannot be started: ${String(error)}`, { cause: error });
	}
}

/** node-powershell's ProcessError: what spawn said, else the exit code or signal. */
function describeEnd(error: unknown): string {
	const end = error as { originalError?: unknown; exitCode?: unknown; signalCode?: unknown };
	if (end.originalError instanceof Error) return `the process ended: ${end.originalError.message}`;
	return `the process ended with ${end.signalCode ? `signal ${String(end.signalCode)}` : `exit code ${String(end.exitCode)}`}`;
}
