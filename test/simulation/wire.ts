import type { Clock, SimulatedClock } from "../../provider/executor/clock";
import type { Host } from "../../provider/executor/host";

/** What a provider's process waits for, and what happens there before it goes on. */
export type OnWait = (wait: { readonly what: string; readonly number: number; readonly sleep: number | null }) => void;

/** No run of a few pairs has as much to ask for; one that goes on asks without ever sleeping. */
const mostWaits = 20_000;

/**
 * Everything that a provider's process waits for goes through here: readings, calls, sleeps, the engine's word. A killed
 * process never hears of any of them again.
 */
export class Wire {
	readonly dead: Promise<"dead">;
	private die: () => void = () => {};
	private waits = 0;
	private sleeps = 0;
	private killed = false;
	private endless = false;
	/** Kills right after this wait has had its effect. */
	private killAfter = false;
	private readonly onWait: OnWait;

	constructor(onWait: OnWait) {
		this.onWait = onWait;
		this.dead = new Promise((resolve) => {
			this.die = () => resolve("dead");
		});
	}

	/** Called by what happens at a wait; `after`: what is asked for there has its effect still. */
	kill(after: boolean): void {
		if (after) this.killAfter = true;
		else this.end();
	}

	get isDead(): boolean {
		return this.killed;
	}

	async wait<T>(what: string, act: () => Promise<T>, isSleep = false): Promise<T> {
		if (this.killed) return never();
		if (this.waits === mostWaits) this.endless = true;
		if (this.endless) throw new Error(`the process asks without end: ${what}`);
		this.waits++;
		if (isSleep) this.sleeps++;
		this.onWait({ what, number: this.waits, sleep: isSleep ? this.sleeps : null });
		if (this.killed) return never();
		try {
			return await act();
		} finally {
			if (this.killAfter) {
				this.end();
				await never();
			}
		}
	}

	/** A clock that stops for a killed process. */
	clock(clock: SimulatedClock): Clock {
		return {
			now: () => clock.now(),
			monotonic: () => clock.monotonic(),
			sleep: async (ms, signal) => {
				if (signal?.aborted === true) return;
				await this.wait("sleep", () => clock.sleep(ms), true);
			},
		};
	}

	/** A host that is spoken to over this wire. */
	host(host: Host): Host {
		const over = <A extends unknown[], R>(what: string, method: (...given: A) => Promise<R>) => {
			const bound = method.bind(host);
			return (...given: A) => this.wait(`${what} at ${host.name}`, () => bound(...given));
		};
		return {
			name: host.name,
			address: host.address,
			discovers: host.discovers,
			maxConcurrent: host.maxConcurrent,
			observe: over("observe", host.observe),
			observeDisks: over("observeDisks", host.observeDisks),
			capabilities: over("capabilities", host.capabilities),
			setReplicationRelationship: over("SetReplicationRelationship", host.setReplicationRelationship),
			createReplica: over("CreateReplica", host.createReplica),
			...(host.groups === undefined
				? {}
				: {
						groups: {
							setRelationship: over("SetReplicationRelationship of a group", host.groups.setRelationship),
							createReplica: over("CreateReplica of a group", host.groups.createReplica),
							create: over("CreateReplicationGroup", host.groups.create),
							addMembers: over("AddMember", host.groups.addMembers),
							removeMembers: over("RemoveMember", host.groups.removeMembers),
							delete: over("DeleteObject of a group", host.groups.delete),
						},
					}),
			job: over("job", host.job),
			affectedDisks: over("affectedDisks", host.affectedDisks),
			discover: over("discover", host.discover),
			discoverArrays: over("discoverArrays", host.discoverArrays),
			ping: over("ping", host.ping),
			close: () => host.close(),
		};
	}

	private end(): void {
		this.killed = true;
		this.die();
	}
}

function never<T>(): Promise<T> {
	return new Promise(() => {});
}
