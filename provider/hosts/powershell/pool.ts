import type { Clock } from "../../executor/clock";
import { BridgeFailure } from "./bridgeFailure";
import { limits } from "./limits";
import type { PowerShellProcess } from "./process";

export interface PoolSettings {
	/** Makes a process that is loaded and connected. */
	readonly start: () => Promise<PowerShellProcess>;
	/** Says goodbye to an idle process before it is ended. Bounded in time by itself. */
	readonly leave: (process: PowerShellProcess) => Promise<void>;
	readonly maxProcesses: number;
	/** Longest wait for a process, in milliseconds. */
	readonly queueTimeoutMs: number;
	readonly clock: Clock;
}

/**
 * The processes of one host: none until the first call, one afterwards, more only while calls overlap. A process that
 * died is replaced when the next call needs one, later and later while nothing succeeds.
 */
export class PowerShellPool {
	private readonly idle: PowerShellProcess[] = [];
	private readonly all = new Set<PowerShellProcess>();
	private readonly waiting: Waiting[] = [];
	private starting = 0;
	private failures = 0;
	private closed = false;
	private surplusTimer: NodeJS.Timeout | undefined;

	constructor(private readonly settings: PoolSettings) {}

	/** Runs `use` with a process of its own. */
	async run<T>(use: (process: PowerShellProcess) => Promise<T>): Promise<T> {
		const process = await this.acquire();
		try {
			const result = await use(process);
			this.failures = 0;
			return result;
		} finally {
			this.release(process);
		}
	}

	/** Ends all processes. Calls that wait fail; so does what is in flight. */
	async close(): Promise<void> {
		this.closed = true;
		clearTimeout(this.surplusTimer);
		this.rejectWaiting(new BridgeFailure("closed", false, "the bridge was closed"));
		const idle = this.idle.splice(0);
		await Promise.all(idle.map((process) => this.settings.leave(process)));
		await Promise.all([...this.all].map((process) => process.stop()));
	}

	private acquire(): Promise<PowerShellProcess> {
		if (this.closed) return Promise.reject(new BridgeFailure("closed", false, "the bridge was closed"));
		for (let idle = this.idle.pop(); idle !== undefined; idle = this.idle.pop()) {
			if (idle.alive) return Promise.resolve(idle);
		}
		if (this.waiting.length >= limits.queuedCalls) {
			const text = `${limits.queuedCalls} calls wait already`;
			return Promise.reject(new BridgeFailure("queueFull", false, text));
		}
		return new Promise((resolve, reject) => {
			const waiting: Waiting = {
				resolve: (process) => {
					clearTimeout(timer);
					resolve(process);
				},
				reject: (failure) => {
					clearTimeout(timer);
					reject(failure);
				},
			};
			const timer = setTimeout(() => {
				const place = this.waiting.indexOf(waiting);
				if (place !== -1) this.waiting.splice(place, 1);
				reject(new BridgeFailure("timedOut", false, `no process was free within ${this.settings.queueTimeoutMs} ms`));
			}, this.settings.queueTimeoutMs);
			this.waiting.push(waiting);
			this.startIfNeeded();
		});
	}

	private startIfNeeded(): void {
		if (this.closed || this.starting >= this.waiting.length) return;
		if (this.all.size + this.starting >= this.settings.maxProcesses) return;
		this.starting += 1;
		void this.startOne();
	}

	private async startOne(): Promise<void> {
		try {
			await this.settings.clock.sleep(this.backOffMs());
			const process = await this.settings.start();
			this.starting -= 1;
			this.adopt(process);
		} catch (error) {
			this.starting -= 1;
			this.failures += 1;
			// While another process lives the callers wait for that one; otherwise all would fail one by one, each later.
			if (this.all.size + this.starting === 0) {
				this.rejectWaiting(
					error instanceof BridgeFailure
						? error
						: new BridgeFailure("notStarted", false, String(error), { cause: error }),
				);
			}
		}
	}

	private adopt(process: PowerShellProcess): void {
		if (this.closed || !process.alive) {
			process.end();
			this.startIfNeeded();
			return;
		}
		this.all.add(process);
		void process.ended.then(() => this.forget(process));
		this.release(process);
	}

	private release(process: PowerShellProcess): void {
		if (!process.alive || this.closed) return;
		const next = this.waiting.shift();
		if (next !== undefined) {
			next.resolve(process);
			return;
		}
		this.idle.push(process);
		if (this.all.size > 1) this.endSurplusLater();
	}

	private forget(process: PowerShellProcess): void {
		if (!this.all.delete(process)) return;
		const place = this.idle.indexOf(process);
		if (place !== -1) this.idle.splice(place, 1);
		else this.failures += 1;
		if (this.waiting.length > 0) this.startIfNeeded();
	}

	private endSurplusLater(): void {
		clearTimeout(this.surplusTimer);
		this.surplusTimer = setTimeout(() => {
			if (this.waiting.length > 0 || this.all.size - this.idle.length > 1) return;
			for (const process of this.idle.splice(1)) {
				this.all.delete(process);
				void this.settings.leave(process).finally(() => process.end());
			}
		}, limits.surplusIdleMs);
		this.surplusTimer.unref();
	}

	private rejectWaiting(failure: BridgeFailure): void {
		for (const waiting of this.waiting.splice(0)) waiting.reject(failure);
	}

	/** The first replacement is immediate. */
	private backOffMs(): number {
		if (this.failures <= 1) return 0;
		return Math.min(limits.maxBackOffMs, limits.backOffMs * 2 ** (this.failures - 2));
	}
}

interface Waiting {
	readonly resolve: (process: PowerShellProcess) => void;
	readonly reject: (failure: BridgeFailure) => void;
}
