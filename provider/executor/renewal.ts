import type { Clock } from "./clock";
import { type DisksDiscovered, discoverDisks, isSameState } from "./currentState";
import type { Hosts } from "./hosts";
import type { Outlook } from "./outlook";
import type { Request } from "./request";
import type { Surroundings } from "./surroundings";

/** Disks are discovered while their state is waited for: after this time first, then ever more slowly. */
const firstMs = 10_000;
const mostMs = 300_000;
/** From then on their arrays are, too, where the last Discover of the disks changed nothing. */
const arraysFromMs = 120_000;
/** A Discover of the arrays that another wait began so shortly ago is as good as one of our own. */
const sharedMs = 10_000;

/** Has the hosts renew what they know while a step is proved: a cache that nobody renews shows the state before it for ever. */
export class Renewal {
	private readonly clock: Clock;
	private readonly hosts: Hosts;
	private readonly startedAtMs: number;
	private nextMs = firstMs;
	/** When the disks were last discovered, and what was seen before. */
	private last: { readonly atMs: number; readonly seen: Outlook } | null = null;
	private beforeTelling: "nothing" | DisksDiscovered | "everything" = "nothing";

	constructor({ clock, hosts }: Surroundings) {
		this.clock = clock;
		this.hosts = hosts;
		this.startedAtMs = clock.monotonic();
	}

	/**
	 * A Discover of a disk refreshes "only that object" (discover-msft-storageprovider), perhaps not the association that has
	 * the state. A copy that is seen to go on needs no more.
	 */
	async whileWaiting(seen: Outlook, request: Request): Promise<void> {
		const nowMs = this.clock.monotonic();
		if (nowMs - this.startedAtMs < this.nextMs) return;
		this.nextMs += Math.min(this.nextMs, mostMs);
		const { last } = this;
		this.last = { atMs: nowMs, seen };
		const { hosts } = await discoverDisks(seen, request, this.hosts);
		if (last === null || nowMs - this.startedAtMs < arraysFromMs || !isUnmoved(last.seen, seen)) return;
		await this.discoverArrays(hosts, last.atMs);
	}

	/**
	 * Before it is told that nothing happened: on an old state the next run would send the same operation again, as would
	 * every run after it. Both disks first, once; then their arrays, where no provider says that its cache is automatic or
	 * the call may have begun. Whether there is anything to look at again.
	 */
	async toTell(seen: Outlook, request: Request, mayHaveBegun: boolean): Promise<boolean> {
		const done = this.beforeTelling;
		if (done === "everything") return false;
		if (done === "nothing") {
			const discovered = await discoverDisks(seen, request, this.hosts);
			this.beforeTelling = discovered;
			return discovered.hosts.length > 0;
		}
		this.beforeTelling = "everything";
		if (done.hosts.length === 0 || (done.automatic && !mayHaveBegun)) return false;
		await this.discoverArrays(done.hosts, this.clock.monotonic() - sharedMs);
		return true;
	}

	private async discoverArrays(names: readonly string[], begunAfterMs: number): Promise<void> {
		await Promise.allSettled(names.map((name) => this.hosts.discoverArrays(name, { begunAfterMs })));
	}
}

function isUnmoved(before: Outlook, now: Outlook): boolean {
	return isSameState(before, now) && before.sighting.percentSynced === now.sighting.percentSynced;
}
